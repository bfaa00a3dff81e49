import type { Disposition } from '../model/disposition.ts';
import { oneLine } from '../report/codebook.ts';
import { checkCharacters, type Measure } from './faces.ts';
import { breakLines } from './lines.ts';
import { bookmarksIn, type Layout, type Mark, moved, type Node, paper } from './marks.ts';
import type { Printer } from './paint.ts';
import { palette } from './palette.ts';

/** Words that belong together, read as one paragraph. */
export interface Caption {
  readonly level: 'title' | 'section' | 'text';
  readonly marks: readonly Mark[];
}

/** One page: boxes and lines behind, words before, in reading order. `height` is how far down it is used. */
export interface PicturePage {
  readonly shapes: readonly Mark[];
  readonly captions: readonly Caption[];
  readonly height: number;
}

/** Around a page, in points. */
export const margin = 36;

/** A disposition's colour. The word stands beside it always. */
export const colours: Readonly<Record<Disposition, string>> = {
  emergency: '#8c1a11',
  'do-not-proceed': '#b5452f',
  defer: '#a86400',
  'clinician-review': '#6b5ca5',
  'proceed-with-conditions': '#1d6f73',
  proceed: '#2f6b2f',
};

/** How a text is set; size in points. */
export interface Style {
  readonly size: number;
  readonly bold?: boolean;
  readonly color?: string;
}

/** Writes texts. */
export interface Pen {
  /** The lines of a text as marks from `(0, 0)` down, and their height. A line is never wider than `width`. */
  write(text: string, width: number, style: Style): { readonly marks: readonly Mark[]; readonly height: number };
}

/** A pen that writes as wide as `measure` says. */
export function penOf(measure: Measure): Pen {
  return {
    write(text, width, { size, bold = false, color = palette.text }) {
      const lines = breakLines([{ text, strong: bold, origin: 'the definition' }], size, width, measure);
      const leading = size * 1.28;
      const marks = lines.flatMap((line, index) =>
        line.map(
          ({ width: _, ...piece }): Mark => ({ kind: 'text', y: index * leading + size, size, color, ...piece }),
        ),
      );
      return { marks, height: lines.length * leading };
    },
  };
}

/** What is put below each other on a page. */
export interface Piece {
  readonly height: number;
  readonly shapes: readonly Mark[];
  readonly captions: readonly Caption[];
}

/** The same piece elsewhere. */
export function placed(piece: Piece, dx: number, dy: number): Piece {
  return {
    height: piece.height,
    shapes: piece.shapes.map((mark) => moved(mark, dx, dy)),
    captions: piece.captions.map(({ level, marks }) => ({ level, marks: marks.map((mark) => moved(mark, dx, dy)) })),
  };
}

/** An SVG is shown in whatever font there is: room for the widest usual one, bold DejaVu Sans, a quarter wider than ours. */
export function forSvg(measure: Measure): Measure {
  return {
    ...measure,
    width: (face, size, text) => 1.3 * measure.width(face, size, text),
  };
}

/** What stands in the margins of a printed picture and in its properties. */
export interface PictureImprint {
  readonly title: string;
  readonly edition: string;
  readonly digest: string;
  readonly created: Date;
}

/** Drawn pages as a tagged PDF of lines and words; edition, digest and page number on every page. Same pages, same bytes. */
export async function picturePdf(
  pages: readonly PicturePage[],
  { title, edition, digest, created }: PictureImprint,
  printer: Printer,
): Promise<Uint8Array> {
  const root = structureOf(pages, oneLine(title));
  const layout: Layout = {
    pages: pages.length,
    root,
    bookmarks: bookmarksIn(root),
    artifacts: pages.map(({ shapes }) => shapes),
    footers: pages.map((_, page) => footer(`${edition}, ${digest}`, page, pages.length, printer)),
  };
  return printer.paint(layout, {
    title: oneLine(title),
    author: oneLine(edition),
    keywords: `definition=${oneLine(edition)}; definition-digest=${oneLine(digest)}`,
    language: 'en',
    created,
  });
}

/** Readies `printer` for these texts. Throws ConsentRefused for a character that no font has. */
export async function checkPicture(texts: readonly string[], printer: Printer): Promise<void> {
  const words = texts.map((text) => [{ text, strong: false, origin: 'the definition' }]);
  const none = words[0] ?? [];
  checkCharacters(
    {
      title: none,
      language: 'en',
      notices: words,
      sections: [],
      footer: { chart: none, form: none, page: none, pageOf: none, digest: none },
    },
    printer,
  );
  await printer.prepare(texts.join(' '));
}

const tags = { title: 'H1', section: 'H2', text: 'P' } as const satisfies Record<Caption['level'], Node['tag']>;

function structureOf(pages: readonly PicturePage[], title: string): Node {
  const captions = pages.flatMap(({ captions: said }, page) =>
    said.map(({ level, marks }): Node => ({ tag: tags[level], children: [{ page, marks: [...marks] }] })),
  );
  return { tag: 'Document', title, children: captions };
}

function footer(edition: string, page: number, pages: number, measure: Measure): readonly Mark[] {
  const size = 7;
  const count = `Page ${page + 1} of ${pages}`;
  const y = paper.height - 30;
  const style = { kind: 'text', y, size, face: 'regular', color: palette.quiet } as const;
  return [
    { ...style, x: margin, text: edition },
    { ...style, x: paper.width - margin - measure.width('regular', size, count), text: count },
  ];
}
