import type { Choice, Field, Mark, Node } from '../marks.ts';
import type { Stroke } from '../pages.ts';
import { palette } from '../palette.ts';
import type { Pen } from './pen.ts';
import { node } from './strips.ts';

/** A field under `parent`; nothing where the form is flat, but for the seal. */
export function fieldStrokes(
  parent: Node,
  pen: Pen,
  field: Field | Choice,
  place: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): readonly Stroke[] {
  if (!pen.isFillable && field.kind !== 'seal') return [];
  const isBox = field.kind === 'check' || field.kind === 'choice';
  const size = isBox ? place.height : Math.min(12 * pen.scale, 0.7 * place.height);
  return [{ node: node(parent, 'Form'), marks: [{ kind: 'field', ...place, size, field }] }];
}

/** A box to tick, with its field where the form is filled in on the screen. */
export function tickBox(entry: Node, pen: Pen, field: Field | Choice): readonly Stroke[] {
  const side = 11 * pen.scale;
  const place = { x: 0, y: 2.5 * pen.scale, width: side, height: side };
  const marks: readonly Mark[] = [{ kind: 'rect', ...place, stroke: palette.outline }];
  if (!pen.isFillable) return [{ node: node(entry, 'Lbl', { actual: emptyBox }), marks }];
  return [{ node: undefined, marks }, ...fieldStrokes(node(entry, 'Lbl'), pen, field, place)];
}

/** A ballot box: what a box that is drawn reads as. */
const emptyBox = '\u2610';
