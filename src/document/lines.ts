import { hasRightToLeft, levelsOf, visualOrder } from './bidi.ts';
import type { Run, Text } from './content.ts';
import { type Face, faceOf, type Measure, plainText } from './faces.ts';

/** A stretch of one line in one face and one direction, `x` points from the line's start. */
export interface Piece {
  readonly text: string;
  readonly face: Face;
  /** Where it is written from the right. Its text is in reading order all the same. */
  readonly direction?: 'rtl';
  /** Where it is not that of the form. */
  readonly language?: string;
  readonly x: number;
  readonly width: number;
}

/** In reading order. Where letters are written from the right, that is not the order of `x`. */
export type Line = readonly Piece[];

interface Part {
  readonly text: string;
  readonly face: Face;
  readonly language?: string;
  /** Odd where it is written from the right. */
  readonly level: number;
}

/** Parts that stay together, with the width they take. */
interface Word {
  readonly parts: readonly Part[];
  readonly width: number;
  /** The level of the space before it; undefined where it follows without one. */
  readonly space: number | undefined;
}

const glue = '\u00a0';

/**
 * Breaks a text into lines of at most `width` points, at spaces and between Chinese or Japanese characters. "64 in 100"
 * and "64 de cada 100" are never torn apart, nor is "(303) 555-0100"; a word wider than the line is broken after a slash, dot or hyphen, else
 * between letters. A line that ended at a space keeps it. Always at least one line.
 */
export function breakLines(text: Text, size: number, width: number, measure: Measure): readonly Line[] {
  const whole = wholeLine(text, size, width, measure);
  if (whole) return [[whole]];
  const lines: Line[] = [];
  let line: Word[] = [];
  let used = 0;
  const flush = (isContinued: boolean): void => {
    lines.push(pieces(line, isContinued, size, measure));
    line = [];
    used = 0;
  };
  for (const word of wordsOf(text, size, measure).flatMap((each) => splitWide(each, size, width, measure))) {
    const gap = line.length === 0 ? 0 : spaceBefore(word, size, measure);
    if (line.length > 0 && used + gap + word.width > width) flush(word.space !== undefined);
    used += (line.length === 0 ? 0 : gap) + word.width;
    line.push(word);
  }
  if (line.length > 0 || lines.length === 0) flush(false);
  return lines;
}

/** A text in one face that is sure to fit, as the one piece that it is: names, dates and digests mostly are. */
function wholeLine(text: Text, size: number, width: number, measure: Measure): Piece | undefined {
  const whole = plainText(text);
  // Half the size for each letter is a guess at what will not fit: a paragraph is not measured twice.
  if (whole === '' || whole.length * size * 0.5 > width) return undefined;
  if (/^ | $| {2}/.test(whole)) return undefined;
  if (hasRightToLeft(whole)) return undefined;
  const [first] = text;
  if (first === undefined || text.some((run) => run.language !== first.language)) return undefined;
  const face = faceOf(first, measure);
  if (text.length > 1 && text.some((run) => faceOf(run, measure) !== face)) return undefined;
  const { language } = first;
  const own = measure.width(face, size, whole);
  return own < width - 1 ? { text: whole, face, ...(language && { language }), x: 0, width: own } : undefined;
}

function spaceBefore({ parts, space }: Word, size: number, measure: Measure): number {
  return space === undefined ? 0 : measure.width(parts[0]?.face ?? 'regular', size, ' ');
}

const ideographs = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}]/u;

/** Between Chinese or Japanese characters a line may end, but not before closing nor after opening punctuation. */
const betweenIdeographs =
  /(?<=[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}ー、。，．：；？！）」』】〉》])(?=[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}（「『【〈《])/u;

function bitsOf(token: string, hasIdeographs: boolean): readonly string[] {
  if (token === '') return [];
  return hasIdeographs && ideographs.test(token) ? token.split(betweenIdeographs) : [token];
}

/** "in", "or", "de cada", "o" between two numbers. Looks for letters only there: a class of letters takes long to compile. */
function glueRatios(text: string): string {
  if (!/\d \S+ (?:\S+ )?\d/.test(text)) return text;
  return text.replace(/(?<=\d) (?:\p{Ll}{2}(?: \p{Ll}{4})?|o) (?=\d)/gu, (gap) => gap.replaceAll(' ', glue));
}

/** A space between digits, or behind an area code. */
function gluePhones(text: string): string {
  return text.replace(/(?<=\d\)?) (?=\d)/g, glue);
}

function wordsOf(text: Text, size: number, measure: Measure): readonly Word[] {
  const words: { readonly parts: Part[]; readonly space: number | undefined }[] = [];
  const levels = text.some((run) => hasRightToLeft(run.text)) ? levelsOf(text.map(stretchOf)) : [];
  let isOpen = false;
  let space: number | undefined;
  text.forEach((run, index) => {
    const face = faceOf(run, measure);
    const glued = gluePhones(glueRatios(run.text));
    const hasIdeographs = ideographs.test(run.text);
    let at = 0;
    for (const token of glued.split(/( +)/)) {
      if (token.startsWith(' ')) {
        isOpen = false;
        space = levels[index]?.[at] ?? 0;
        at += token.length;
        continue;
      }
      for (const bit of bitsOf(token, hasIdeographs)) {
        const look = run.language === undefined ? { face } : { face, language: run.language };
        const parts = partsOf(bit.replaceAll(glue, ' '), look, levels[index]?.subarray(at));
        at += bit.length;
        const last = words.at(-1);
        if (isOpen && last) last.parts.push(...parts);
        else words.push({ parts: [...parts], space });
        isOpen = false;
        space = undefined;
      }
      isOpen = token !== '' || isOpen;
    }
  });
  return words.map(({ parts, space: before }) => ({ parts, space: before, width: widthOf(parts, size, measure) }));
}

/** What a clinic, a clinician or an applicant wrote has a direction of its own. */
function stretchOf({ text, origin }: Run): { readonly text: string; readonly isOwn: boolean } {
  return { text, isOwn: origin !== 'template' };
}

/** Cut where the level changes. */
function partsOf(text: string, look: Pick<Part, 'face' | 'language'>, levels: Uint8Array | undefined): readonly Part[] {
  if (!levels) return [{ text, ...look, level: 0 }];
  const parts: Part[] = [];
  let start = 0;
  for (let at = 1; at <= text.length; at += 1) {
    if (at < text.length && levels[at] === levels[start]) continue;
    parts.push({ text: text.slice(start, at), ...look, level: levels[start] ?? 0 });
    start = at;
  }
  return parts;
}

function widthOf(parts: readonly Part[], size: number, measure: Measure): number {
  return parts.reduce((sum, { text, face }) => sum + measure.width(face, size, text), 0);
}

function splitWide(word: Word, size: number, width: number, measure: Measure): readonly Word[] {
  if (word.width <= width) return [word];
  const bits = word.parts.flatMap((part) =>
    part.text
      .split(/(?<=[/._-])/)
      .flatMap((bit) => (measure.width(part.face, size, bit) <= width ? [bit] : graphemes(bit)))
      .map((text) => ({ ...part, text })),
  );
  const words: Part[][] = [];
  for (const bit of bits) {
    const last = words.at(-1);
    if (last && widthOf([...last, bit], size, measure) <= width) last.push(bit);
    else words.push([bit]);
  }
  return words.map((parts, index) => ({
    parts: merged(parts),
    width: widthOf(parts, size, measure),
    space: index === 0 ? word.space : undefined,
  }));
}

function graphemes(text: string): readonly string[] {
  return [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment);
}

function merged(parts: readonly Part[]): readonly Part[] {
  const result: (Omit<Part, 'text'> & { text: string })[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (last?.face === part.face && last.level === part.level && last.language === part.language)
      last.text += part.text;
    else result.push({ ...part });
  }
  return result;
}

/** A space is in the face and language of what stands before it; the one that ends a line stands at its right end. */
function pieces(words: readonly Word[], isContinued: boolean, size: number, measure: Measure): Line {
  const parts: Part[] = [];
  const addSpace = (level: number): void => {
    parts.push({ face: 'regular', ...parts.at(-1), text: ' ', level });
  };
  words.forEach((word, index) => {
    if (index > 0 && word.space !== undefined) addSpace(word.space);
    parts.push(...word.parts);
  });
  if (isContinued) addSpace(0);
  const stretches = merged(parts);
  const widths = stretches.map(({ text, face }) => measure.width(face, size, text));
  const starts: number[] = [];
  let x = 0;
  for (const index of visualOrder(stretches.map(({ level }) => level))) {
    starts[index] = x;
    x += widths[index] ?? 0;
  }
  return stretches.map(({ text, face, language, level }, index) => ({
    text,
    face,
    ...(language !== undefined && { language }),
    ...(level % 2 === 1 && { direction: 'rtl' as const }),
    x: starts[index] ?? 0,
    width: widths[index] ?? 0,
  }));
}
