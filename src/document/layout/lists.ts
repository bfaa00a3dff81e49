import type { Block, ItemBlock, OutlineItem, Text } from '../content.ts';
import { plainText } from '../faces.ts';
import { breakLines } from '../lines.ts';
import type { Choice, Field, Node } from '../marks.ts';
import type { Strip, Stroke } from '../pages.ts';
import { palette } from '../palette.ts';
import { tickBox } from './fields.ts';
import type { Pen } from './pen.ts';
import { besideEachOther, heldToNext, joined, node, shift, spaced } from './strips.ts';
import { textStrips, widthOf } from './text.ts';

/** Items behind dots, or behind boxes to tick. */
export function listStrips(
  block: Extract<Block, { kind: 'list' }>,
  parent: Node,
  width: number,
  pen: Pen,
  owner: ItemBlock | undefined,
): readonly Strip[] {
  const list = node(parent, 'L', block.marker === 'box' ? { isToTick: true } : {});
  const name = owner?.id ?? 'form';
  const field = (item: Text, index: number): Field | Choice => {
    const question = owner ? plainText(owner.title) : '';
    const label = `${owner ? `${question}: ` : ''}${plainText(item)}`;
    const code = block.oneOf?.[index];
    return code === undefined
      ? { kind: 'check', name: `${name}.${index + 1}`, label }
      : { kind: 'choice', name, label, code, question };
  };
  const indent = (block.marker === 'box' ? 20 : 13) * pen.scale;
  const items = block.items.map((item, index) => {
    const entry = node(list, 'LI');
    const label = block.marker === 'box' ? tickBox(entry, pen, field(item, index)) : [disc(node(entry, 'Lbl'), pen)];
    const strips = textStrips(item, node(node(entry, 'LBody'), 'P'), pen, { width: width - indent });
    return strips.map((strip, at) => {
      const shifted = shift(strip, indent, 0);
      if (at > 0) return shifted;
      return { ...shifted, strokes: [...label, ...shifted.strokes] };
    });
  });
  const gap = (block.marker === 'box' ? 5 : 2) * pen.scale;
  const below = items.flatMap((strips, index) => spaced(strips, index === 0 ? 0 : gap));
  if (!block.oneOf) return below;
  const widths = block.items.map((item) => indent + lineWidth(item, pen));
  return [inOneRow(items.map(joined), widths, width, pen) ?? joined(below)];
}

/** How wide a text is on one line. */
function lineWidth(text: Text, { measure, scale }: Pen): number {
  const [line = []] = breakLines(text, 12 * scale, Number.POSITIVE_INFINITY, measure);
  return widthOf(line);
}

/** Strips from left to right; undefined where they do not all fit beside each other. */
function inOneRow(strips: readonly Strip[], widths: readonly number[], room: number, pen: Pen): Strip | undefined {
  const gap = 16 * pen.scale;
  const starts = widths.map((_, index) => widths.slice(0, index).reduce((sum, each) => sum + each + gap, 0));
  const end = (starts.at(-1) ?? 0) + (widths.at(-1) ?? 0);
  if (end > room) return undefined;
  return besideEachOther(
    strips.map((strip, index) => shift(strip, starts[index] ?? 0, 0)),
    0,
  );
}

/** Bullets with bullets below them, each level set in. */
export function outlineStrips(items: readonly OutlineItem[], parent: Node, width: number, pen: Pen): readonly Strip[] {
  const list = node(parent, 'L');
  const indent = 13 * pen.scale;
  return items.flatMap((item, index) => {
    const entry = node(list, 'LI');
    const label = disc(node(entry, 'Lbl'), pen);
    const body = node(entry, 'LBody');
    const own = textStrips(item.of, node(body, 'P'), pen, { width: width - indent });
    const below = item.items.length === 0 ? [] : outlineStrips(item.items, body, width - indent, pen);
    const moved = [...(below.length === 0 ? own : heldToNext(own)), ...below].map((strip) => shift(strip, indent, 0));
    const labelled = moved.map((strip, at) => (at === 0 ? { ...strip, strokes: [label, ...strip.strokes] } : strip));
    return spaced(labelled, index === 0 ? 0 : 2 * pen.scale);
  });
}

function disc(label: Node, { scale }: Pen): Stroke {
  const size = 12 * scale;
  return {
    node: label,
    marks: [{ kind: 'text', x: 1, y: size * 1.02, size, face: 'regular', color: palette.text, text: '• ' }],
  };
}
