import type { Content, Text } from '../content.ts';
import { plainText } from '../faces.ts';
import { type Mark, moved, type Setting } from '../marks.ts';
import { column, margin } from '../pages.ts';
import { palette } from '../palette.ts';
import type { Pen } from './pen.ts';
import { setText, textMarks, widthOf } from './text.ts';

/** Points from one line of the footer to the next. */
export function footerLeading({ scale }: Pen): number {
  return 9 * (scale > 1 ? 1.25 : 1) * 1.3;
}

/** What stands at the foot of every page, a text a line. */
export function footerLines({ footer: { chart, form, review, digest } }: Content): readonly Text[] {
  return [chart, form, ...(review ? [review] : []), digest];
}

/** The footers by page. All of them have the same lines, and beside the first the number of the page. */
export function footers(content: Content, pages: number, y: number, pen: Pen): readonly (readonly Mark[])[] {
  const words = content.footer;
  const numbers = Array.from({ length: pages }, (_, page) => {
    const count = `${plainText(words.page)} ${page + 1} ${plainText(words.pageOf)} ${pages}`;
    return footerLine([{ text: count, strong: false, origin: 'template' }], column, 0, y, pen);
  });
  const room = column - Math.max(...numbers.map(({ width }) => width)) - 12;
  const lines = footerLines(content).flatMap(
    (text, index) => footerLine(text, index === 0 ? room : column, index, y, pen).marks,
  );
  return numbers.map(({ width, marks }) => [...lines, ...marks.map((mark) => moved(mark, column - width, 0))]);
}

interface FooterLine {
  readonly width: number;
  readonly marks: readonly Mark[];
}

/** One line, set smaller where it would not fit: nothing in a footer is ever cut. */
function footerLine(text: Text, width: number, row: number, y: number, pen: Pen): FooterLine {
  const size = footerLeading(pen) / 1.3;
  const setting: Setting = { kind: 'fitted', size, width, isBold: false };
  const [pieces = []] = setText(text, setting, pen.measure);
  return {
    width: widthOf(pieces),
    marks: textMarks(text, setting, 0, pieces, palette.quiet).map((mark) =>
      moved(mark, margin, y + size + row * footerLeading(pen)),
    ),
  };
}
