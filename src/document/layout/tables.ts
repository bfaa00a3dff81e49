import type { Block, Text } from '../content.ts';
import type { Mark, Node } from '../marks.ts';
import { heightOf, type Strip, widestGap } from '../pages.ts';
import { palette } from '../palette.ts';
import type { Pen } from './pen.ts';
import { heldLoosely, heldToNext, joined, node, shift } from './strips.ts';
import { type Style, textStrips } from './text.ts';

interface Cell {
  readonly text: Text;
  readonly owner: Node | undefined;
  readonly x: number;
  readonly width: number;
  readonly style: Style;
}

/** A row of cells with a rule below it, line by line. */
function rowLines(cells: readonly Cell[], width: number, pen: Pen): readonly Strip[] {
  const pad = 3.5 * pen.scale;
  const columns = cells.map(({ text, owner, x, width: own, style }) => {
    const lines = textStrips(text, owner ?? { tag: 'TD', children: [] }, pen, { ...style, width: own - 2 * pad });
    return lines.map((line) => {
      const { strokes, ...rest } = shift(line, x + pad, 0);
      return { ...rest, strokes: owner ? strokes : strokes.map((stroke) => ({ ...stroke, node: undefined })) };
    });
  });
  const longest = columns.reduce((most, each) => (each.length > most.length ? each : most), []);
  return longest.map(({ height, hold }, index): Strip => {
    const [above, below] = [index === 0 ? pad : 0, index === longest.length - 1 ? pad : 0];
    const row: Strip = { height: above + height + below, before: 0, hold, strokes: [] };
    const rule: Mark = { kind: 'line', x: 0, y: row.height, width, color: palette.rule };
    const inside = columns.flatMap((lines) => shift(lines[index] ?? row, 0, above).strokes);
    return { ...row, strokes: [...(below > 0 ? [{ node: undefined, marks: [rule] }] : []), ...inside] };
  });
}

/** The same as one strip, on a ground where it has one. */
function rowStrip(cells: readonly Cell[], width: number, pen: Pen, fill?: string): Strip {
  const row = joined(rowLines(cells, width, pen));
  const ground: readonly Mark[] =
    fill === undefined ? [] : [{ kind: 'rect', x: 0, y: 0, width, height: row.height, fill }];
  return { ...row, strokes: [{ node: undefined, marks: ground }, ...row.strokes] };
}

/** Labels above their values, three beside each other, or two where letters are large. */
function tileStrips(block: Extract<Block, { kind: 'card' }>, parent: Node, width: number, pen: Pen): readonly Strip[] {
  const table = node(parent, 'Table');
  const columns = pen.scale > 1 ? 2 : 3;
  const own = width / columns;
  const rows = Array.from({ length: Math.ceil(block.rows.length / columns) }, (_, index) =>
    block.rows.slice(index * columns, (index + 1) * columns),
  );
  const pad = 4 * pen.scale;
  const strips = rows.map((tiles): Strip => {
    const laid = tiles.map(({ label, value }) => {
      // A row of its own, wherever it stands: else a label would be the head of what follows on the line.
      const row = node(table, 'TR');
      const inner = own - 2 * pad;
      const name = { width: inner, size: 9.5, color: palette.quiet, isBold: true };
      return joined([
        ...textStrips(label, node(row, 'TH', { scope: 'Row' }), pen, name),
        ...textStrips(value, node(row, 'TD'), pen, { width: inner }),
      ]);
    });
    const height = Math.max(...laid.map((each) => each.height)) + 2 * pad;
    const rule: Mark = { kind: 'line', x: 0, y: height, width, color: palette.rule };
    const strokes = laid.flatMap((each, index) => shift(each, pad + index * own, pad).strokes);
    return { height, before: 0, hold: 3, strokes: [{ node: undefined, marks: [rule] }, ...strokes] };
  });
  return strips.map((strip, index) => (index < strips.length - 1 ? strip : { ...strip, hold: 0 }));
}

/** Facts with their names: as tiles beside each other, or in rows. */
export function cardStrips(
  block: Extract<Block, { kind: 'card' }>,
  parent: Node,
  width: number,
  pen: Pen,
): readonly Strip[] {
  if (block.size === 'tiles') return tileStrips(block, parent, width, pen);
  const table = node(parent, 'Table');
  const style = { size: block.size === 'small' ? 9.5 : 12 };
  const labels = 0.28 * width;
  const rows = block.rows.map(({ label, value }) => {
    const row = node(table, 'TR');
    const head = { ...style, color: palette.quiet, isBold: true };
    const lines = rowLines(
      [
        { text: label, owner: node(row, 'TH', { scope: 'Row' }), x: 0, width: labels, style: head },
        { text: value, owner: node(row, 'TD'), x: labels, width: width - labels, style },
      ],
      width,
      pen,
    );
    return heightOf(lines) <= widestGap ? [joined(lines)] : lines;
  });
  // A small card may go on over the next page; no row of it stands alone there.
  const last = rows.length - 1;
  const isBound = (index: number): boolean =>
    index < last && (block.size !== 'small' || index === 0 || index === last - 1);
  return heldLoosely(rows.flatMap((lines, index) => (isBound(index) ? heldToNext(lines) : lines)));
}

/** A table whose head is told again on each page. */
export function tableStrips(
  block: Extract<Block, { kind: 'table' }>,
  parent: Node,
  width: number,
  pen: Pen,
): readonly Strip[] {
  const table = node(parent, 'Table');
  const style: Style = { size: 9.5 };
  const cells = (texts: readonly Text[], ownerOf: (index: number) => Node | undefined, own: Style): readonly Cell[] => {
    let x = 0;
    return texts.map((text, index) => {
      const cell = { text, owner: ownerOf(index), x, width: (block.columns[index] ?? 0) * width, style: own };
      x += cell.width;
      return cell;
    });
  };
  const headRow = node(table, 'TR');
  const headStyle: Style = { ...style, color: palette.heading, isBold: true };
  const head = rowStrip(
    cells(block.head, () => node(headRow, 'TH', { scope: 'Column' }), headStyle),
    width,
    pen,
    palette.tint,
  );
  const repeat = rowStrip(
    cells(block.head, () => undefined, headStyle),
    width,
    pen,
    palette.tint,
  );
  const rows = block.rows.map((row) => {
    const owner = node(table, 'TR');
    const strip = rowStrip(
      cells(row, (index) => (index === 0 ? node(owner, 'TH', { scope: 'Row' }) : node(owner, 'TD')), style),
      width,
      pen,
    );
    return { ...strip, repeat };
  });
  return [{ ...head, hold: 3 }, ...rows];
}
