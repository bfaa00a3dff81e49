import type { Text } from './content.ts';
import type { Face } from './faces.ts';
import type { Place } from './icon-array.ts';

/** US letter, in points. */
export const paper = { width: 612, height: 792 } as const;

/** Ink at a place; `y` grows downwards, the `y` of a text is its baseline. */
export type Mark =
  | {
      readonly kind: 'text';
      readonly x: number;
      readonly y: number;
      readonly size: number;
      readonly face: Face;
      /** Where the text is written from the right; the text itself is in reading order. */
      readonly direction?: 'rtl';
      /** Where it is not that of the form: it is marked in the structure. */
      readonly language?: string;
      readonly color: string;
      readonly text: string;
      /** Where the text is of this copy of the form alone. */
      readonly open?: OpenText;
    }
  | {
      readonly kind: 'rect';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly fill?: string;
      readonly stroke?: string;
    }
  | { readonly kind: 'line'; readonly x: number; readonly y: number; readonly width: number; readonly color: string }
  | {
      readonly kind: 'shape';
      readonly x: number;
      readonly y: number;
      readonly scale: number;
      readonly path: string;
      /** Where it is drawn, in its own units: at its origin unless places are named. */
      readonly places?: readonly Place[];
      readonly fill?: string;
      readonly stroke?: string;
      readonly lineWidth?: number;
    }
  | {
      /** A place to fill in on the screen. */
      readonly kind: 'field';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      /** Of the text that is typed. */
      readonly size: number;
      readonly field: Field | Choice;
    };

/** What is filled in. */
export type Field = NamedField & { readonly kind: 'text' | 'check' | 'seal' };

/** A box of several with one name, of which one is ticked. */
export type Choice = NamedField & {
  readonly kind: 'choice';
  /** Which of them it is. */
  readonly code: string;
  /** Read aloud: what is chosen. */
  readonly question: string;
};

interface NamedField {
  /** Unique in the form, the same in every language: `initials.no-driving`, `patient.date`. */
  readonly name: string;
  /** Read aloud: what goes in, and which part of the form it belongs to. */
  readonly label: string;
}

/** The piece of a line that a mark holds, and how another text would be set in its stead. */
export interface OpenText {
  readonly text: Text;
  readonly line: number;
  readonly piece: number;
  readonly setting: Setting;
}

/** How a text becomes lines: broken to a width, or one line that is set smaller where it would be wider. */
export interface Setting {
  readonly kind: 'broken' | 'fitted';
  readonly size: number;
  readonly width: number;
  /** All of it in bold. */
  readonly isBold: boolean;
}

/** Marks of one page. */
export interface Ink {
  readonly page: number;
  readonly marks: Mark[];
}

/** An element of the document's structure, in reading order. Its inks may lie on several pages. */
export interface Node {
  readonly tag:
    | 'Document'
    | 'Sect'
    | 'H1'
    | 'H2'
    | 'H3'
    | 'P'
    | 'L'
    | 'LI'
    | 'Lbl'
    | 'LBody'
    | 'Table'
    | 'TR'
    | 'TH'
    | 'TD'
    | 'Figure'
    | 'Form'
    | 'Span'
    | 'Div';
  readonly scope?: 'Row' | 'Column';
  readonly alt?: string;
  /** What the drawing is read as. */
  readonly actual?: string;
  /** Where it is not the language of the form. */
  readonly language?: string;
  /** Of an L: labels are boxes to tick, not bullets. */
  readonly isToTick?: true;
  readonly title?: string;
  readonly children: (Node | Ink)[];
  /** Of a Figure: its size in points, from where its first mark is. */
  readonly box?: { readonly width: number; readonly height: number };
}

/** True for ink, false for an element. */
export function isInk(child: Node | Ink): child is Ink {
  return 'marks' in child;
}

/** Where everything stands. Backgrounds and rules carry no meaning: `artifacts` and `footers` by page. */
export interface Layout {
  readonly pages: number;
  readonly root: Node;
  readonly artifacts: readonly (readonly Mark[])[];
  readonly footers: readonly (readonly Mark[])[];
  /** The headings below the title, in reading order. */
  readonly bookmarks: readonly Bookmark[];
}

/** Where a heading stands. */
export interface Bookmark {
  readonly title: string;
  /** 1: a section; 2: inside the section before it. */
  readonly level: 1 | 2;
  readonly page: number;
  /** A little above its letters. */
  readonly y: number;
}

/** The headings below the title that are under `root` and have ink. */
export function bookmarksIn(root: Node): readonly Bookmark[] {
  return root.children.flatMap((child) => {
    if (isInk(child)) return [];
    return child.tag === 'H2' || child.tag === 'H3' ? bookmark(child) : bookmarksIn(child);
  });
}

function bookmark({ tag, children }: Node): readonly Bookmark[] {
  const inks = children.filter(isInk);
  const marks = inks.flatMap((each) => each.marks.filter((mark) => mark.kind === 'text'));
  const [first] = marks;
  if (!first) return [];
  const title = marks.map(({ text, y }, at) => (at > 0 && y !== marks[at - 1]?.y ? ` ${text}` : text)).join('');
  const y = Math.max(0, first.y - 1.5 * first.size);
  return [{ title, level: tag === 'H2' ? 1 : 2, page: inks[0]?.page ?? 0, y }];
}

/** The structure with an element of its own around what is in another language than the form. */
export function withSpans(node: Node): Node {
  const children = node.children.flatMap((child): readonly (Node | Ink)[] =>
    isInk(child) ? spansOf(child) : [withSpans(child)],
  );
  const isSame = children.length === node.children.length && children.every((each, at) => each === node.children[at]);
  return isSame ? node : { ...node, children };
}

function spansOf(ink: Ink): readonly (Node | Ink)[] {
  if (!ink.marks.some((mark) => languageOf(mark) !== undefined)) return [ink];
  const stretches: Mark[][] = [];
  for (const mark of ink.marks) {
    const last = stretches.at(-1);
    if (last?.[0] && languageOf(last[0]) === languageOf(mark)) last.push(mark);
    else stretches.push([mark]);
  }
  return stretches.map((marks) => {
    const language = marks[0] && languageOf(marks[0]);
    const own: Ink = { page: ink.page, marks };
    return language === undefined ? own : { tag: 'Span', language, children: [own] };
  });
}

function languageOf(mark: Mark): string | undefined {
  return mark.kind === 'text' ? mark.language : undefined;
}

/** The mark at another place. */
export function moved(mark: Mark, dx: number, dy: number): Mark {
  return { ...mark, x: mark.x + dx, y: mark.y + dy };
}
