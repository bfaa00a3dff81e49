import type { Font, GlyphInfo, GlyphPosition } from 'harfbuzzjs';

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

type Direction = 'ltr' | 'rtl';

export interface FontProgram {
  readonly characterSet: readonly number[];
  /** Glyphs met so far; each keeps the characters it was first met with. */
  _glyphs: Record<number, unknown>;
  getGlyph(id: number): Glyph;
  glyphForCodePoint(codePoint: number): Glyph;
  layout(text: string, features?: object, script?: string, language?: string, direction?: Direction): ShapedRun;
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

/** What was shaped before with a font, for all documents; emptied when it grows large. */
export interface Shaped {
  readonly words: Map<string, ShapedRun>;
  readonly wholes: Map<string, ShapedRun>;
  readonly turned: Map<string, Turned>;
  /** The font as HarfBuzz opens it, once. */
  peer(): Font;
}

/** Nothing shaped yet, with the font in this file. */
export function unshaped(bytes: Uint8Array): Shaped {
  let peer: Font | undefined;
  return {
    words: new Map(),
    wholes: new Map(),
    turned: new Map(),
    peer() {
      const { Blob, Face, Font } = loaded();
      peer ??= new Font(new Face(new Blob(bytes)));
      return peer;
    },
  };
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
  return glyphs.map((glyph, index) => itemOf(glyph, positions[index], scale));
}

/** From units of the em. */
function itemOf(
  { id, codePoints, advanceWidth }: Glyph,
  { xAdvance = 0, xOffset = 0, yOffset = 0 }: Partial<Position> = {},
  scale: number,
): Item {
  return {
    glyph: { id, codePoints: codePoints.length === 0 ? unread : codePoints, advanceWidth },
    position: {
      xAdvance: xAdvance * scale,
      xOffset: xOffset * scale,
      yOffset: yOffset * scale,
      advanceWidth: advanceWidth * scale,
    },
  };
}

function runOf(items: readonly Item[]): ShapedRun {
  return {
    glyphs: items.map(({ glyph }) => glyph),
    positions: items.map(({ position }) => position),
    advanceWidth: items.reduce((sum, { position }) => sum + position.xAdvance, 0),
  };
}

/** Scripts whose letters stand side by side, as pdfkit sets them. */
const plain =
  /^[\p{sc=Zyyy}\p{sc=Zinh}\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Armn}\p{sc=Geor}\p{sc=Ethi}\p{sc=Cher}\p{sc=Cans}\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Bopo}]*$/u;

/** Where a letter has several marks, fontkit sees the first alone: an i keeps its dot, two marks stand in one place. */
const severalMarks = /\p{M}{2}/u;

/** True where letters are joined, turned or put in another order, or marks on one another: HarfBuzz does that. */
export function isComplex(text: string): boolean {
  return !plain.test(text) || severalMarks.test(text);
}

let harfbuzz: typeof import('harfbuzzjs') | undefined;

/** Loads HarfBuzz where the text needs it. To be awaited before such a text is measured or drawn. */
export async function prepareFor(text: string): Promise<void> {
  if (isComplex(text)) harfbuzz ??= await import('harfbuzzjs');
}

/** A complex text that is written from the left, as a whole. */
export function whole(font: EmbeddedFont, shaped: Shaped, text: string): ShapedRun {
  return once(shaped.wholes, text, () => runOf(lettersOf(font, shaped, text, 'ltr')));
}

/**
 * A text that is written from the right. Readers of the page take its letters from left to right and turn them, one by
 * one: so each glyph reads as one character. What reads as more, such as lam with alef, hands the rest to glyphs without
 * ink or width; where two of them are the same, as in Allah, to spaces side by side: readers take the same letter in one
 * place for one. A mark on a letter hands on what it reads as, for its ink stands out of line.
 */
export function turned(font: EmbeddedFont, shaped: Shaped, text: string): Turned {
  return once(shaped.turned, text, () => {
    const blank = blankOf(font.font, font.scale);
    const space = spaceOf(font.font, font.scale);
    const marks: Item[] = [];
    const words: { readonly x: number; readonly items: Item[] }[] = [];
    let x = 0;
    for (const { glyph, position } of lettersOf(font, shaped, text, 'rtl')) {
      const [first = 0, ...rest] = glyph.codePoints;
      if (words.length === 0 || first === 0x20) words.push({ x, items: [] });
      const word = words.at(-1)?.items;
      const ink = (): unknown => marks.push({ glyph, position: { ...position, xOffset: x + position.xOffset } });
      if (position.xAdvance > 0 && hasTwins(glyph.codePoints)) {
        const advance = position.xAdvance / glyph.codePoints.length;
        word?.push(...glyph.codePoints.toReversed().map((codePoint) => space(codePoint, advance)));
        ink();
      } else if (position.xAdvance > 0) {
        word?.push(...rest.toReversed().map(blank), { glyph: { ...glyph, codePoints: [first] }, position });
      } else {
        if (glyph.codePoints !== unread) word?.push(...glyph.codePoints.toReversed().map(blank));
        ink();
      }
      x += position.xAdvance;
    }
    const inOrder = words.toReversed().map((word) => ({ x: word.x, run: runOf(word.items) }));
    return { width: x, words: inOrder, marks: runOf(marks) };
  });
}

/** What HarfBuzz makes of a text, from left to right; the widest glyph of what belongs together reads as all of it. */
function lettersOf({ font, scale }: EmbeddedFont, shaped: Shaped, text: string, direction: Direction): readonly Item[] {
  const { infos, places } = shapedBy(shaped, text, direction);
  const starts = [...new Set(infos.map(({ cluster }) => cluster))].sort((a, b) => a - b);
  const readings = new Map(starts.map((start, index) => [start, text.slice(start, starts[index + 1])]));
  const widest = new Map<number, number>();
  infos.forEach(({ cluster }, index) => {
    const best = widest.get(cluster);
    if (best === undefined || advance(places, index) > advance(places, best)) widest.set(cluster, index);
  });
  return infos.map(({ codepoint: id, cluster }, index) => {
    const reading = widest.get(cluster) === index ? (readings.get(cluster) ?? '') : '';
    const codePoints = [...reading].map((character) => character.codePointAt(0) ?? 0);
    return itemOf({ id, codePoints, advanceWidth: font.getGlyph(id).advanceWidth }, places[index], scale);
  });
}

function advance(places: readonly GlyphPosition[], index: number): number {
  return places[index]?.xAdvance ?? 0;
}

function shapedBy(
  shaped: Shaped,
  text: string,
  direction: Direction,
): { readonly infos: readonly GlyphInfo[]; readonly places: readonly GlyphPosition[] } {
  const { Buffer, ClusterLevel, Direction, shape } = loaded();
  const buffer = new Buffer();
  buffer.setClusterLevel(ClusterLevel.MONOTONE_CHARACTERS);
  buffer.addText(text);
  buffer.setDirection(direction === 'rtl' ? Direction.RTL : Direction.LTR);
  // Else it would be that of the machine.
  buffer.setLanguage('en');
  buffer.guessSegmentProperties();
  shape(shaped.peer(), buffer);
  return { infos: buffer.getGlyphInfos(), places: buffer.getGlyphPositions() };
}

function loaded(): typeof import('harfbuzzjs') {
  if (!harfbuzz) throw new Error('HarfBuzz was not loaded');
  return harfbuzz;
}

function hasTwins(codePoints: readonly number[]): boolean {
  return codePoints.some((each, index) => each === codePoints[index + 1]);
}

/** A space that reads as a character, as wide as is asked for. */
function spaceOf(font: FontProgram, scale: number): (codePoint: number, xAdvance: number) => Item {
  const { id, advanceWidth } = font.glyphForCodePoint(0x20);
  return (codePoint, xAdvance) =>
    itemOf({ id, codePoints: [codePoint], advanceWidth }, { xAdvance: xAdvance / scale }, scale);
}

/** Zero-width space, joiners, and the mark that joins letters unseen: fonts show some of them. */
const unseen = [0x200b, 0x200c, 0x200d, 0x034f];

/** A glyph that reads as a character, without ink and without width. */
function blankOf(font: FontProgram, scale: number): (codePoint: number) => Item {
  const isBlank = ({ id, advanceWidth, path }: Glyph): boolean =>
    id !== 0 && advanceWidth === 0 && path?.commands.length === 0;
  const found = unseen.map((codePoint) => font.glyphForCodePoint(codePoint)).find(isBlank);
  const { id, advanceWidth } = found ?? font.glyphForCodePoint(0x20);
  return (codePoint) => itemOf({ id, codePoints: [codePoint], advanceWidth }, {}, scale);
}
