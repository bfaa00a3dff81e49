import { casesInWords, type Exit, exitName, type Spine, type Stop, type Stretch } from '../report/graph.ts';
import type { Measure } from './faces.ts';
import { type Mark, moved, paper } from './marks.ts';
import { palette } from './palette.ts';
import {
  type Caption,
  colours,
  margin,
  type Pen,
  type PicturePage,
  type Piece,
  penOf,
  placed,
  type Style,
} from './picture.ts';

/** Everything below is in points of US letter. */
/** How far down a printed page is used. */
export const pageBottom = paper.height - 60;
const box = { x: margin, width: 236 } as const;
const trunk = 294;
const exitBox = { x: 316, width: paper.width - margin - 316 } as const;
const pad = 5;
const gap = 9;

/** Ground of an exit by how many golden cases find it: none, one, more. */
const grounds = ['#fbe3e0', '#fff3d6', '#e8f4ea'] as const;

/**
 * Draws a spine: one page a section, more where it reaches below `bottom`. Pure: the same spine and measures give the
 * same marks.
 */
export function drawSpine(spine: Spine, measure: Measure, bottom: number): readonly PicturePage[] {
  const pen = penOf(measure);
  return spine.stretches.flatMap((stretch, index) =>
    pagesOf(stretch, index === 0 ? opening(spine, pen) : [], bottom, pen),
  );
}

function stroke(path: string, color: string): Mark {
  return { kind: 'shape', x: 0, y: 0, scale: 1, path, stroke: color, lineWidth: 0.9 };
}

/** The outline of a box in dashes: a picture of "not always". */
function dashed(width: number, height: number): string {
  const dashes = (length: number, draw: (from: number, to: number) => string): string => {
    const parts: string[] = [];
    for (let at = 0; at < length; at += 7) parts.push(draw(at, Math.min(at + 4, length)));
    return parts.join(' ');
  };
  return [
    dashes(width, (from, to) => `M${n(from)} 0 L${n(to)} 0 M${n(from)} ${n(height)} L${n(to)} ${n(height)}`),
    dashes(height, (from, to) => `M0 ${n(from)} L0 ${n(to)} M${n(width)} ${n(from)} L${n(width)} ${n(to)}`),
  ].join(' ');
}

/** A coordinate with at most two decimals. */
function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/* Pages */

/** Title and legend, before the first section. */
function opening({ title, edition }: Spine, pen: Pen): readonly Piece[] {
  const width = paper.width - 2 * margin;
  const heading = pen.write(title, width, { size: 17, bold: true, color: palette.heading });
  const legend = pen.write(
    `${edition}. Questions stand in asking order; Q numbers name them. A dashed box is asked only if its condition holds. ` +
      'Each rule leaves the spine at the last question it reads; the worst rule found is the outcome. The ground of a rule ' +
      'tells how many golden cases find it: red none, yellow one, green more; the number is written too.',
    width,
    { size: 8, color: palette.quiet },
  );
  return [
    { height: heading.height + 3, shapes: [], captions: [{ level: 'title', marks: heading.marks }] },
    { height: legend.height + 4, shapes: [], captions: [{ level: 'text', marks: legend.marks }] },
  ];
}

function pagesOf(stretch: Stretch, before: readonly Piece[], bottom: number, pen: Pen): readonly PicturePage[] {
  const pages: PicturePage[] = [];
  let shapes: Mark[] = [];
  let captions: Caption[] = [];
  let y: number = margin;
  let spineFrom: number | undefined;
  const put = (piece: Piece): void => {
    const { shapes: drawn, captions: said } = placed(piece, margin, y);
    shapes.push(...drawn);
    captions.push(...said);
    y += piece.height;
  };
  const turn = (): void => {
    pages.push({ shapes, captions, height: y });
    [shapes, captions, y, spineFrom] = [[], [], margin, undefined];
  };
  before.forEach(put);
  put(sectionHead(stretch.title, pen));
  for (const row of stretch.stops.flatMap((stop) => rowsOf(stop, bottom - margin - 40, pen))) {
    if (y + gap + row.height > bottom) {
      turn();
      put(sectionHead(`${stretch.title} (continued)`, pen));
    }
    if (spineFrom !== undefined)
      shapes.push(stroke(`M${margin + 14} ${n(spineFrom)} L${margin + 14} ${n(y + gap)}`, palette.rule));
    y += gap;
    put(row);
    spineFrom = y - row.height + row.boxHeight;
  }
  turn();
  return pages;
}

function sectionHead(title: string, pen: Pen): Piece {
  const width = paper.width - 2 * margin;
  const words = pen.write(title, width, { size: 12, bold: true, color: palette.heading });
  const rule = stroke(`M0 ${n(words.height + 2)} L${width} ${n(words.height + 2)}`, palette.rule);
  return { height: words.height + 4, shapes: [rule], captions: [{ level: 'section', marks: words.marks }] };
}

/* Rows: a question with its exits */

interface Row extends Piece {
  /** Where the question's box ends. */
  readonly boxHeight: number;
}

/** A question with its exits; where they are too many for a page, the rest stands beside its number again. */
function rowsOf(stop: Stop, room: number, pen: Pen): readonly Row[] {
  const groups: Piece[][] = [[]];
  let height = 0;
  for (const exit of stop.exits.map((each) => exitPiece(each, room, pen))) {
    if (height > 0 && height + exit.height + 4 > room) {
      groups.push([]);
      height = 0;
    }
    groups.at(-1)?.push(exit);
    height += exit.height + 4;
  }
  return groups.map((exits, index) => row(questionPiece(stop, index > 0, room, pen), exits));
}

function row(question: Piece, exits: readonly Piece[]): Row {
  let y = 0;
  const at = exits.map((exit) => {
    const here = y;
    y += exit.height + 4;
    return here;
  });
  const height = Math.max(question.height, y - 4);
  const out = Math.min(question.height / 2, 12);
  const [left, right, middle] = [box.width, exitBox.x - margin, trunk - margin];
  const ends = at.map((top, index) => top + Math.min((exits[index]?.height ?? 0) / 2, 12));
  const [first, last] = [Math.min(out, ...ends), Math.max(out, ...ends)];
  const lines =
    exits.length === 0
      ? []
      : [
          stroke(`M${left} ${n(out)} L${middle} ${n(out)}`, palette.rule),
          stroke(`M${middle} ${n(first)} L${middle} ${n(last)}`, palette.rule),
          ...ends.map((end) =>
            stroke(
              `M${middle} ${n(end)} L${right} ${n(end)} M${right - 4} ${n(end - 2.5)} L${right} ${n(end)} L${right - 4} ${n(end + 2.5)}`,
              palette.rule,
            ),
          ),
        ];
  const drawn = exits.map((exit, index) => placed(exit, right, at[index] ?? 0));
  return {
    height,
    boxHeight: question.height,
    shapes: [...lines, ...question.shapes, ...drawn.flatMap(({ shapes }) => shapes)],
    captions: [...question.captions, ...drawn.flatMap(({ captions }) => captions)],
  };
}

interface Line {
  readonly text: string;
  readonly style: Style;
}

const most = 'and more: see the codebook';

/** Lines in a box, as many as there is room for. */
function boxed(lines: readonly Line[], width: number, room: number, pen: Pen): { marks: Mark[]; height: number } {
  const marks: Mark[] = [];
  let y = pad - 1;
  for (const { text, style } of lines) {
    const indent = (text.length - text.trimStart().length) * 4;
    const words = pen.write(text.trimStart(), width - 2 * pad - indent, style);
    if (y + words.height > room - 2 * pad - 12) {
      const rest = pen.write(most, width - 2 * pad, style);
      marks.push(...rest.marks.map((mark) => moved(mark, pad, y)));
      y += rest.height;
      break;
    }
    marks.push(...words.marks.map((mark) => moved(mark, pad + indent, y)));
    y += words.height;
  }
  return { marks, height: y + pad - 1 };
}

function questionPiece({ number, text, onlyIf, cases }: Stop, isMore: boolean, room: number, pen: Pen): Piece {
  const conditions = isMore ? [] : onlyIf;
  const quiet: Style = { size: 7.5, color: palette.quiet };
  const lines: Line[] = [
    { text: `Q${number}${isMore ? ' (continued)' : ''}  ${text}`, style: { size: 8.5, bold: true } },
    ...conditions.map((line) => ({ text: line, style: quiet })),
    ...(isMore ? [] : [{ text: `decides in ${casesInWords(cases)}`, style: quiet }]),
  ];
  const { marks, height } = boxed(lines, box.width, room, pen);
  const isDashed = onlyIf.length > 0;
  const ground: Mark = {
    kind: 'rect',
    x: 0,
    y: 0,
    width: box.width,
    height,
    fill: palette.paper,
    ...(!isDashed && { stroke: palette.outline }),
  };
  const outline = isDashed ? [stroke(dashed(box.width, height), palette.outline)] : [];
  return { height, shapes: [ground, ...outline], captions: [{ level: 'text', marks }] };
}

function exitPiece(exit: Exit, room: number, pen: Pen): Piece {
  const { disposition, when, cases } = exit;
  const colour = colours[disposition];
  const lines: Line[] = [
    { text: exitName(exit), style: { size: 8, bold: true, color: colour } },
    ...when.map((line, index) => ({ text: index === 0 ? `when ${line}` : line, style: { size: 7.5 } })),
    { text: casesInWords(cases), style: { size: 7, color: palette.quiet } },
  ];
  const bar = 4;
  const { marks, height } = boxed(lines, exitBox.width - bar, room, pen);
  const fill = grounds[Math.min(cases, 2)] ?? grounds[0];
  return {
    height,
    shapes: [
      { kind: 'rect', x: 0, y: 0, width: exitBox.width, height, fill },
      { kind: 'rect', x: 0, y: 0, width: bar, height, fill: colour },
    ],
    captions: [{ level: 'text', marks: marks.map((mark) => moved(mark, bar, 0)) }],
  };
}
