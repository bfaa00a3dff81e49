import type { Text } from './content.ts';
import { type Face, faceOf, type Measure } from './faces.ts';

/** A stretch of one line in one face, `x` points from the line's start. */
export interface Piece {
  readonly text: string;
  readonly face: Face;
  readonly x: number;
  readonly width: number;
}

export type Line = readonly Piece[];

interface Part {
  readonly text: string;
  readonly face: Face;
}

/** Parts that stay together, with the width they take. */
interface Word {
  readonly parts: readonly Part[];
  readonly width: number;
}

const glue = '\u00a0';

/**
 * Breaks a text into lines of at most `width` points, at spaces. "64 in 100" is never torn apart; a word wider than
 * the line is broken after a slash, dot or hyphen, else between letters. Always at least one line.
 */
export function breakLines(text: Text, size: number, width: number, measure: Measure): readonly Line[] {
  const lines: Line[] = [];
  let line: Word[] = [];
  let used = 0;
  const flush = (): void => {
    lines.push(pieces(line, size, measure));
    line = [];
    used = 0;
  };
  for (const word of wordsOf(text, size, measure).flatMap((each) => splitWide(each, size, width, measure))) {
    const gap = line.length === 0 ? 0 : spaceBefore(word, size, measure);
    if (line.length > 0 && used + gap + word.width > width) flush();
    used += (line.length === 0 ? 0 : gap) + word.width;
    line.push(word);
  }
  if (line.length > 0 || lines.length === 0) flush();
  return lines;
}

function spaceBefore({ parts }: Word, size: number, measure: Measure): number {
  return measure.width(parts[0]?.face ?? 'regular', size, ' ');
}

function wordsOf(text: Text, size: number, measure: Measure): readonly Word[] {
  const words: Part[][] = [];
  let isOpen = false;
  for (const run of text) {
    const face = faceOf(run, measure);
    const glued = run.text.replace(/(?<=\d) \p{Ll}{2} (?=\d)/gu, (gap) => gap.replaceAll(' ', glue));
    glued.split(/( +)/).forEach((token) => {
      if (token === '') return;
      if (token.startsWith(' ')) {
        isOpen = false;
        return;
      }
      const part = { text: token.replaceAll(glue, ' '), face };
      const last = words.at(-1);
      if (isOpen && last) last.push(part);
      else words.push([part]);
      isOpen = true;
    });
  }
  return words.map((parts) => ({ parts, width: widthOf(parts, size, measure) }));
}

function widthOf(parts: readonly Part[], size: number, measure: Measure): number {
  return parts.reduce((sum, { text, face }) => sum + measure.width(face, size, text), 0);
}

function splitWide(word: Word, size: number, width: number, measure: Measure): readonly Word[] {
  if (word.width <= width) return [word];
  const bits = word.parts.flatMap(({ text, face }) =>
    text
      .split(/(?<=[/._-])/)
      .flatMap((bit) =>
        (measure.width(face, size, bit) <= width ? [bit] : graphemes(bit)).map((each) => ({ text: each, face })),
      ),
  );
  const words: Part[][] = [];
  for (const bit of bits) {
    const last = words.at(-1);
    if (last && widthOf([...last, bit], size, measure) <= width) last.push(bit);
    else words.push([bit]);
  }
  return words.map((parts) => ({ parts: merged(parts), width: widthOf(parts, size, measure) }));
}

function graphemes(text: string): readonly string[] {
  return [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment);
}

function merged(parts: readonly Part[]): readonly Part[] {
  const result: Part[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (last?.face === part.face) result[result.length - 1] = { face: part.face, text: last.text + part.text };
    else result.push(part);
  }
  return result;
}

/** A space belongs to what stands before it. */
function pieces(words: readonly Word[], size: number, measure: Measure): Line {
  const parts = words.flatMap((word, index) =>
    word.parts.map((part, at) => {
      const isLast = at === word.parts.length - 1 && index < words.length - 1;
      return isLast ? { face: part.face, text: `${part.text} ` } : part;
    }),
  );
  let x = 0;
  return merged(parts).map(({ text, face }) => {
    const width = measure.width(face, size, text);
    const piece = { text, face, x, width };
    x += width;
    return piece;
  });
}
