import type { Blank, Text } from '../content.ts';
import { plainText } from '../faces.ts';
import { sealField } from '../integrity/seal-field.ts';
import { type Field, type Mark, moved, type Node } from '../marks.ts';
import type { Strip } from '../pages.ts';
import { palette } from '../palette.ts';
import { fieldStrokes } from './fields.ts';
import type { Pen } from './pen.ts';
import { joined, node, shift } from './strips.ts';
import { textStrips } from './text.ts';

/** Lines to write on beside each other, each with its name below. */
export function blankLine(
  blanks: readonly Blank[],
  { id, title }: { readonly id: string; readonly title: Text },
  parent: Node,
  width: number,
  pen: Pen,
): Strip {
  const gap = 12 * pen.scale;
  const room = 22 * pen.scale;
  let x = 0;
  const parts = blanks.map((blank) => {
    const own = blank.width * width;
    const line: Mark = { kind: 'line', x, y: room, width: own - gap, color: palette.outline };
    // What stands on the line is read before what is below it.
    const value = blank.value
      ? joined(textStrips(blank.value, node(parent, 'P'), pen, { width: own - gap }))
      : undefined;
    const label = joined(textStrips(blank.label, node(parent, 'P'), pen, { width: own - gap, color: palette.quiet }));
    // A signature is written by hand, or by a signing program.
    const isTyped = value === undefined && blank.id !== 'signature';
    const field: Field = {
      kind: 'text',
      name: `${id}.${blank.id}`,
      label: `${plainText(title)}: ${plainText(blank.label)}`,
    };
    const place = { x, y: room - 19 * pen.scale, width: own - gap, height: 18 * pen.scale };
    const typed = isTyped ? fieldStrokes(parent, pen, field, place) : [];
    const at = x;
    x += own;
    return { line, label, value, typed, at };
  });
  const rise = Math.max(0, ...parts.map(({ value }) => (value?.height ?? 0) - room + 4));
  const strokes = parts.flatMap(({ line, label, value, typed, at }) => [
    { node: undefined, marks: [moved(line, 0, rise)] },
    ...(value ? shift(value, at, rise + room - value.height - 1).strokes : []),
    ...shift(label, at, rise + room + 1).strokes,
    ...typed.map((stroke) => ({ ...stroke, y: rise })),
  ]);
  return { height: rise + room + 1 + Math.max(...parts.map(({ label }) => label.height)), before: 0, hold: 0, strokes };
}

/** Words with a mark before them; both are the place of the seal. */
export function sealStrip(of: Text, parent: Node, width: number, pen: Pen): Strip {
  const side = 15 * pen.scale;
  const indent = side + 7 * pen.scale;
  const words = joined(textStrips(of, node(parent, 'P'), pen, { width: width - indent }));
  const height = Math.max(side, words.height);
  const ring = { kind: 'shape', x: 0, y: 1, scale: side / 24, stroke: palette.heading, lineWidth: 2 } as const;
  const marks: readonly Mark[] = [
    { ...ring, path: 'M12 1.5 A10.5 10.5 0 1 1 11.99 1.5 Z' },
    { ...ring, path: 'M7 12.5 L10.8 16.2 L17.2 8.6' },
  ];
  const field: Field = { kind: 'seal', name: sealField, label: plainText(of) };
  const place = { x: 0, y: 0, width, height };
  return {
    height,
    before: 0,
    hold: 0,
    strokes: [
      { node: undefined, marks },
      ...shift(words, indent, 0).strokes,
      ...fieldStrokes(parent, pen, field, place),
    ],
  };
}
