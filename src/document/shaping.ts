import { mirror, mirrored } from './bidi.ts';

/* What pdfkit and fontkit have and their types do not tell. */

export interface Glyph {
  readonly id: number;
  /** What it reads as. */
  readonly codePoints: readonly number[];
  readonly advanceWidth: number;
  readonly path?: { readonly commands: readonly unknown[] };
}

interface Position {
  readonly xAdvance: number;
  readonly xOffset: number;
  readonly yOffset: number;
  /** Of the glyph by itself. */
  readonly advanceWidth: number;
}

/** Glyphs from left to right. What pdfkit is given has its positions in thousandths of the size. */
export interface ShapedRun {
  readonly glyphs: readonly Glyph[];
  readonly positions: readonly Position[];
  readonly advanceWidth: number;
}

export interface FontProgram {
  readonly characterSet: readonly number[];
  /** Glyphs met so far; each keeps the characters it was first met with. */
  _glyphs: Record<number, unknown>;
  getGlyph(id: number, codePoints?: readonly number[]): Glyph;
  glyphForCodePoint(codePoint: number): Glyph;
  layout(text: string, features?: object, script?: string, language?: string, direction?: 'ltr' | 'rtl'): ShapedRun;
}

/** A font of one document. */
export interface EmbeddedFont {
  readonly font: FontProgram;
  /** 1000 divided by the units of the em. */
  readonly scale: number;
  layoutRun(text: string, features?: object): ShapedRun;
  layoutCached(text: string): ShapedRun;
  widthOfString(text: string, size: number, features?: object): number;
  /** Codes of the glyphs as hexadecimal digits, and where they stand. */
  encode(text: string, features?: object): readonly [codes: readonly string[], positions: readonly Position[]];
  /** The glyphs that are embedded; their places in the list are their codes. */
  readonly subset: { readonly glyphs: number[] };
  /** By code. */
  readonly widths: number[];
  readonly unicode: (readonly number[])[];
}

/** What was shaped before, for all documents; emptied when it grows large. */
export interface Shaped {
  readonly words: Map<string, ShapedRun>;
  readonly turned: Map<string, Turned>;
}

/** A text that is written from the right, ready to be drawn from left to right. Lengths are in thousandths of the size. */
export interface Turned {
  readonly width: number;
  /** Its words with the space after them, in reading order; `x` is the left end of each. */
  readonly words: readonly { readonly x: number; readonly run: ShapedRun }[];
  /** Dots and vowel signs over and under them: ink alone, the words have the text. */
  readonly marks: ShapedRun;
}

const cacheLimit = 20_000;

/** What `known` has under the key, else what `make` makes, kept. */
export function once<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size > cacheLimit) known.clear();
  const made = make();
  known.set(key, made);
  return made;
}

/**
 * Shapes each word once for all documents. The font forgets the glyphs it has met before each word: else what a glyph
 * reads as would depend on the words before it, and so on the documents before. A run that is given in place of
 * OpenType features is drawn as it is.
 */
export function shareShaping(font: EmbeddedFont, { words }: Shaped): void {
  font.layoutCached = (word) =>
    once(words, word, () => {
      font.font._glyphs = {};
      return runOf(itemsOf(font.font.layout(word, undefined, undefined, undefined, 'ltr'), font.scale));
    });
  const encodeWords = font.encode.bind(font);
  const codeOf = codesByReading(font);
  font.layoutRun = (_text, run) => run as ShapedRun;
  font.encode = (text, run) => {
    if (!run) return encodeWords(text);
    const { glyphs, positions } = run as ShapedRun;
    return [glyphs.map(codeOf), positions];
  };
}

/** A shape that two letters share gets a code for each, so that each reads as itself. */
function codesByReading({ subset, widths, unicode, scale }: EmbeddedFont): (glyph: Glyph) => string {
  const known = new Map<string, string>();
  return ({ id, codePoints, advanceWidth }) =>
    once(known, `${id} ${codePoints}`, () => {
      const code = subset.glyphs.push(id) - 1;
      widths[code] = advanceWidth * scale;
      unicode[code] = codePoints;
      return code.toString(16).padStart(4, '0');
    });
}

interface Item {
  readonly glyph: Glyph;
  readonly position: Position;
}

/** Of ink that has no letter of its own: a zero-width space, as a character map may not say "nothing". */
const unread = [0x200b];

function itemsOf({ glyphs, positions }: ShapedRun, scale: number): readonly Item[] {
  return glyphs.map(({ id, codePoints, advanceWidth }, index) => {
    const { xAdvance = 0, xOffset = 0, yOffset = 0 } = positions[index] ?? {};
    return {
      glyph: { id, codePoints: codePoints.length === 0 ? unread : codePoints, advanceWidth },
      position: {
        xAdvance: xAdvance * scale,
        xOffset: xOffset * scale,
        yOffset: yOffset * scale,
        advanceWidth: advanceWidth * scale,
      },
    };
  });
}

function runOf(items: readonly Item[]): ShapedRun {
  return {
    glyphs: items.map(({ glyph }) => glyph),
    positions: items.map(({ position }) => position),
    advanceWidth: items.reduce((sum, { position }) => sum + position.xAdvance, 0),
  };
}

/**
 * Shapes a text that is written from the right as a whole. Readers of the page take its letters from left to right and
 * turn them, one by one: so each glyph reads as one character. What reads as more, such as lam with alef, hands the rest
 * to glyphs without ink or width; a mark on a letter hands on what it reads as, for its ink stands out of line.
 */
export function turned({ font, scale }: EmbeddedFont, shaped: Shaped, text: string): Turned {
  return once(shaped.turned, text, () => {
    const blank = blankOf(font, scale);
    const marks: Item[] = [];
    const words: { readonly x: number; readonly items: Item[] }[] = [];
    let x = 0;
    for (const item of itemsOf(freshGlyphs(font, mirrored(text)), scale)) {
      const { ink, reading } = apart(item);
      if (words.length === 0 || isSpace(item)) words.push({ x, items: [] });
      words.at(-1)?.items.push(...reading.toReversed().map(blank), ...(ink === 'in line' ? [inLine(item)] : []));
      if (ink === 'out of line') marks.push(shifted(item, x));
      x += item.position.xAdvance;
    }
    const inOrder = words.toReversed().map((word) => ({ x: word.x, run: runOf(word.items) }));
    return { width: x, words: inOrder, marks: runOf(marks) };
  });
}

/** Where the ink of a glyph belongs, and what has to be read beside it. */
function apart(item: Item): { readonly ink: 'in line' | 'out of line' | 'none'; readonly reading: readonly number[] } {
  const { glyph, position } = item;
  const characters = glyph.codePoints.map(mirror);
  if (position.xAdvance > 0) return { ink: 'in line', reading: characters.slice(1) };
  // Shaping draws a joiner as a space without width.
  if (characters[0] === 0x20) return { ink: 'none', reading: [0x200c] };
  return { ink: 'out of line', reading: glyph.codePoints === unread ? [] : characters };
}

function inLine({ glyph, position }: Item): Item {
  return { glyph: { ...glyph, codePoints: glyph.codePoints.slice(0, 1).map(mirror) }, position };
}

function shifted({ glyph, position }: Item, x: number): Item {
  return { glyph, position: { ...position, xOffset: x + position.xOffset } };
}

function isSpace({ glyph, position }: Item): boolean {
  return glyph.codePoints[0] === 0x20 && position.xAdvance > 0;
}

/** Letters share their shapes: each glyph is made anew, and so knows its own. */
function freshGlyphs(font: FontProgram, text: string): ShapedRun {
  const { getGlyph } = font;
  font.getGlyph = (id, codePoints) => {
    font._glyphs = {};
    return getGlyph.call(font, id, codePoints);
  };
  const run = font.layout(text, undefined, undefined, undefined, 'rtl');
  font.getGlyph = getGlyph;
  return run;
}

/** Zero-width space, joiners, and the mark that joins letters unseen: fonts show some of them. */
const unseen = [0x200b, 0x200c, 0x200d, 0x034f];

/** A glyph that reads as a character, without ink and without width. */
function blankOf(font: FontProgram, scale: number): (codePoint: number) => Item {
  const isBlank = ({ id, advanceWidth, path }: Glyph): boolean =>
    id !== 0 && advanceWidth === 0 && path?.commands.length === 0;
  const found = unseen.map((codePoint) => font.glyphForCodePoint(codePoint)).find(isBlank);
  const { id, advanceWidth } = found ?? font.glyphForCodePoint(0x20);
  return (codePoint) => ({
    glyph: { id, codePoints: [codePoint], advanceWidth },
    position: { xAdvance: 0, xOffset: 0, yOffset: 0, advanceWidth: advanceWidth * scale },
  });
}
