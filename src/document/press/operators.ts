import type { Face } from '../faces.ts';
import { type Mark, type OpenText, paper } from '../marks.ts';
import { type FontPack, packedFaces, shown } from './font-pack.ts';
import { number, textString } from './pdf-writer.ts';
import { pathOperators } from './shape-path.ts';

/** Operators of a page: what is the same in every copy, and lines that are set anew in each. */
export type Stretch = string | OpenLine;

/** The first piece of a line that differs from copy to copy: the others follow from its text. */
export interface OpenLine {
  readonly open: OpenText;
  readonly color: string;
  /** Where the line begins, and its baseline. */
  readonly x: number;
  readonly y: number;
}

/** Writes the operators of one page, and leaves out what a reader of the page knows already. */
export interface Pen {
  mark(mark: Mark): void;
  begin(tag: string, properties: string): void;
  end(): void;
  readonly stretches: readonly Stretch[];
}

interface State {
  readonly fill?: string;
  readonly stroke?: string;
  readonly lineWidth?: number;
  readonly font?: string;
}

const names = new Map(packedFaces.map((face, index) => [face, `F${index + 1}`]));

/** The name of a packed face in a page's resources. */
export function faceName(face: Face): string {
  return names.get(face) ?? '';
}

export function openPen(pack: FontPack): Pen {
  const stretches: Stretch[] = [`1 0 0 -1 0 ${paper.height} cm\n`];
  let state: State = {};
  const put = (operators: string): void => {
    const last = stretches.at(-1);
    if (typeof last === 'string') stretches[stretches.length - 1] = `${last}${operators}\n`;
    else stretches.push(`${operators}\n`);
  };
  const set = (change: State): void => {
    const operators = Object.entries(change)
      .filter(([key, value]) => state[key as keyof State] !== value)
      .map(([key, value]) => setting(key as keyof State, value));
    state = { ...state, ...change };
    if (operators.length > 0) put(operators.join('\n'));
  };
  const fillAndStroke = (fill: string | undefined, stroke: string | undefined): string => {
    set({ ...(fill !== undefined && { fill }), ...(stroke !== undefined && { stroke }) });
    return fill === undefined ? 'S' : stroke === undefined ? 'f' : 'B';
  };
  const text = (mark: Extract<Mark, { kind: 'text' }>): void => {
    if (mark.open) {
      if (mark.open.piece > 0) return;
      stretches.push({ open: mark.open, color: mark.color, x: mark.x, y: mark.y });
      state = {};
      return;
    }
    const { face } = mark;
    const isShaped = isSpelled(mark.text);
    if (isShaped) put(spelling(mark.text));
    set({ fill: mark.color });
    const font = fontSetting(face, mark.size);
    const before = state.font === font ? '' : `${font}\n`;
    state = { ...state, font };
    put(`BT\n${before}${placed(mark.x, mark.y)}\n${shown(pack.open(face), mark.text)}TJ\nET`);
    if (isShaped) put('EMC');
  };
  return {
    stretches,
    begin: (tag, properties) => put(`/${tag}<<${properties}>>BDC`),
    end: () => put('EMC'),
    mark(mark) {
      switch (mark.kind) {
        case 'text':
          text(mark);
          return;
        case 'rect': {
          set({ lineWidth: 1 });
          const operator = fillAndStroke(mark.fill, mark.stroke);
          put(`${[mark.x, mark.y, mark.width, mark.height].map(number).join(' ')} re ${operator}`);
          return;
        }
        case 'line':
          set({ lineWidth: 0.75, stroke: mark.color });
          put(`${number(mark.x)} ${number(mark.y)} m ${number(mark.x + mark.width)} ${number(mark.y)} l S`);
          return;
        case 'shape': {
          const outside = state;
          put(`q\n${moving(mark.x, mark.y)}`);
          if (mark.scale !== 1) put(`${number(mark.scale)} 0 0 ${number(mark.scale)} 0 0 cm`);
          set({ lineWidth: mark.lineWidth ?? 1 });
          const operator = fillAndStroke(mark.fill, mark.stroke);
          const drawing = `${pathOperators(mark.path)}\n${operator}\n`;
          const placed = mark.places?.map(([x, y]) => `q\n${moving(x, y)}\n${drawing}Q\n`).join('');
          put(`${placed ?? drawing}Q`);
          state = outside;
          return;
        }
        case 'field':
          throw new Error('forms to fill in are printed plain');
        default:
          mark satisfies never;
      }
    },
  };
}

function setting(key: keyof State, value: string | number): string {
  switch (key) {
    case 'fill':
      return `${rgb(String(value))} rg`;
    case 'stroke':
      return `${rgb(String(value))} RG`;
    case 'lineWidth':
      return `${number(Number(value))} w`;
    case 'font':
      return String(value);
    default:
      return key;
  }
}

const colors = new Map<string, string>();

/** The few colours of the palette, each worked out once. */
function rgb(color: string): string {
  const known = colors.get(color);
  if (known !== undefined) return known;
  const parts = [1, 3, 5].map((at) => number(Number.parseInt(color.slice(at, at + 2), 16) / 255)).join(' ');
  colors.set(color, parts);
  return parts;
}

function moving(x: number, y: number): string {
  return `1 0 0 1 ${number(x)} ${number(y)} cm`;
}

function fontSetting(face: Face, size: number): string {
  return `/${faceName(face)} ${number(size)} Tf`;
}

/** The page is drawn upside down, its text upright. */
function placed(x: number, y: number): string {
  return `1 0 0 -1 ${number(x)} ${number(y)} Tm`;
}

/** Whether a text is written beside its glyphs, for copying and reading aloud: shaping may take a letter apart. */
export function isSpelled(text: string): boolean {
  return /[^\x20-\x7e“”’•·]/u.test(text);
}

function spelling(text: string): string {
  return `/Span<</ActualText ${textString(text)}>>BDC`;
}

/** Sets an open line with its text: each piece says its color, face and place itself. */
export type OpenLineSetter = (pieces: readonly OpenPiece[], pack: FontPack) => string;

/** A piece of the text of an open line, `x` points from its start. */
export interface OpenPiece {
  readonly x: number;
  readonly size: number;
  readonly face: Face;
  readonly text: string;
}

/** What every copy has of a line is written once. */
export function openLineSetter({ color, x, y }: OpenLine): OpenLineSetter {
  const inColor = `${rgb(color)} rg\n`;
  const atStart = placed(x, y);
  return (pieces, pack) => {
    let operators = inColor;
    for (const { face, size, text, x: from } of pieces) {
      const place = from === 0 ? atStart : placed(x + from, y);
      const drawn = `BT\n${fontSetting(face, size)}\n${place}\n${shown(pack.open(face), text)}TJ\nET\n`;
      operators += isSpelled(text) ? `${spelling(text)}\n${drawn}EMC\n` : drawn;
    }
    return operators;
  };
}
