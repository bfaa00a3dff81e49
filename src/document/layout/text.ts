import type { Text } from '../content.ts';
import type { Measure } from '../faces.ts';
import { breakLines, type Piece } from '../lines.ts';
import { type Mark, moved, type Node, type Setting } from '../marks.ts';
import { column, type Strip } from '../pages.ts';
import { palette } from '../palette.ts';
import type { Pen } from './pen.ts';

/** How a text is set; sizes and widths are points of the standard edition. */
export interface Style {
  readonly width?: number;
  readonly size?: number;
  readonly color?: string;
  readonly isBold?: boolean;
}

/** A text as one strip a line. The first two and the last two lines hold together. */
export function textStrips(text: Text, owner: Node, pen: Pen, style: Style): readonly Strip[] {
  const size = (style.size ?? 12) * pen.scale;
  const setting: Setting = { kind: 'broken', size, width: style.width ?? column, isBold: style.isBold === true };
  const lines = pen.linesOf(text, setting);
  const height = size * pen.leading;
  return lines.map((pieces, index) => ({
    height,
    before: 0,
    hold: index === 0 && lines.length > 1 ? 3 : index === lines.length - 2 ? 3 : 0,
    strokes: [
      {
        node: owner,
        marks: textMarks(text, setting, index, pieces, style.color ?? palette.text).map((mark) =>
          moved(mark, 0, size * 1.02),
        ),
      },
    ],
  }));
}

/** A piece of a line at its size. */
export interface SetPiece extends Piece {
  readonly size: number;
}

/** Lines from top to bottom, each of its pieces. */
export type Lines = readonly (readonly SetPiece[])[];

/** `setText`, which sets no text twice the same way: how close lines are does not change where they break. */
export function settingOnce(measure: Measure): Pen['linesOf'] {
  const known = new Map<Text, Map<string, Lines>>();
  return (text, setting) => {
    const own = known.get(text) ?? new Map<string, Lines>();
    known.set(text, own);
    const key = `${setting.kind} ${setting.size} ${setting.width} ${setting.isBold}`;
    const lines = own.get(key) ?? setText(text, setting, measure);
    own.set(key, lines);
    return lines;
  };
}

/** The lines of a text. */
export function setText(text: Text, { kind, size, width, isBold }: Setting, measure: Measure): Lines {
  const runs = isBold ? text.map((run) => ({ ...run, strong: true })) : text;
  if (kind === 'broken') {
    return breakLines(runs, size, width, measure).map((line) => line.map((piece) => ({ ...piece, size })));
  }
  const [line = []] = breakLines(runs, size, Number.POSITIVE_INFINITY, measure);
  const fit = Math.min(1, width / widthOf(line));
  return [line.map((piece) => ({ ...piece, x: piece.x * fit, width: piece.width * fit, size: size * fit }))];
}

/** Up to where the pieces of a line reach; 1 at least. */
export function widthOf(pieces: readonly Piece[]): number {
  return Math.max(1, ...pieces.map(({ x, width }) => x + width));
}

/** The ink of a line. */
export function textMarks(
  text: Text,
  setting: Setting,
  line: number,
  pieces: readonly SetPiece[],
  color: string,
): readonly Mark[] {
  const isOpen = text.some((run) => run.isOpen === true);
  return pieces.map(({ width: _, ...piece }, at) => ({
    kind: 'text',
    ...piece,
    y: 0,
    color,
    ...(isOpen && { open: { text, line, piece: at, setting } }),
  }));
}
