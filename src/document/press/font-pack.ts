import { joined } from '../../model/bytes.ts';
import type { Face, Family, Measure, Weight } from '../faces.ts';

export const weights = ['regular', 'bold'] as const satisfies readonly Weight[];

/** The packs in the order in which they are tried: the letters that the form is set in, then those of names in others. */
export const packNames = ['form', 'latin', 'greek', 'cyrillic'] as const;
export type PackName = (typeof packNames)[number];

/** What the packs of other letters are there for. */
const served: Readonly<Record<Exclude<PackName, 'form'>, RegExp>> = {
  latin: /\p{sc=Latn}/u,
  greek: /\p{sc=Grek}/u,
  cyrillic: /\p{sc=Cyrl}/u,
};

/** All faces, in the order of the packs: `regular`, `bold`, `latin/regular`, ... */
export const packedFaces: readonly Face[] = packNames.flatMap((name) => weights.map((weight) => faceOf(name, weight)));

function faceOf(name: PackName, weight: Weight): Face {
  return name === 'form' ? weight : `${name}/${weight}`;
}

/** What a PDF says of a face beside its program, in thousandths of the size. */
export interface FaceFacts {
  /** PostScript name of the subset, such as `PACKED+Name-Bold`. */
  readonly name: string;
  readonly flags: number;
  readonly box: readonly number[];
  readonly italicAngle: number;
  readonly ascent: number;
  readonly descent: number;
  readonly capHeight: number;
  readonly xHeight: number;
}

/** A letter with a mark that is drawn by itself. */
export interface Marked {
  /** The character without the mark. */
  readonly letter: string;
  /** Glyph of the mark, which has no width. */
  readonly mark: number;
  /** The character that the mark reads as. */
  readonly reads: string;
  /** How far behind the letter's end the mark is drawn, in thousandths of the size. */
  readonly offset: number;
}

/**
 * A face made ready for printing without a font engine. A text of these characters is set by one glyph for each, moved
 * closer or apart by pairs: whoever makes a pack sees to it that this is all that shaping does to them.
 */
export interface FaceSource extends FaceFacts {
  /** Character `i` has glyph `i + 1`; glyph 0 stands for none. */
  readonly characters: string;
  /** Characters that shaping sets as another and a mark, each with the glyph of its mark. */
  readonly marked: Readonly<Record<string, Marked>>;
  /** Pairs of which shaping makes something else, such as a ligature: no text with one can be set. */
  readonly joined: readonly string[];
  /** Widths by glyph in thousandths of the size: glyph 0, the characters, the marks. */
  readonly advances: readonly number[];
  /** How far pairs are moved apart, in thousandths: the distances that occur, at most 256. */
  readonly distances: readonly number[];
  /** Of the pair of characters `row`, `column` the index of its distance: row after row. */
  readonly kerning: Uint8Array;
  /** The TrueType program of these glyphs, deflated, and its length before. */
  readonly program: Uint8Array;
  readonly programLength: number;
}

export interface FontPackSource {
  /** SHA-256 over the font files that it was made from. */
  readonly digest: string;
  /** SHA-256 over what made it. */
  readonly recipe: string;
  readonly faces: Readonly<Record<Weight, FaceSource>>;
  /** The ICC profile of the colours, deflated; empty but in the pack of the form. */
  readonly profile: Uint8Array;
}

/** A face with what setting a text needs at hand. */
export interface OpenFace extends FaceSource {
  /** Glyph by UTF-16 code; 0 where there is none. */
  readonly glyphs: Uint16Array;
  /** What draws a character inside of a literal string of a PDF, by its glyph: the two bytes of the glyph. */
  readonly codes: readonly string[];
  /** Words that were set before, each with the space behind it; emptied when it grows large. */
  readonly words: Map<string, SetWord>;
}

interface SetWord {
  /** In thousandths of the size. */
  readonly advance: number;
  /** Glyphs, and what pairs are moved by: the inside of an operand of `TJ`. */
  readonly operand: string;
}

/** Measures texts of packed characters. */
export interface FontPack extends Measure {
  readonly profile: Uint8Array;
  /** A face of a pack that is there. */
  open(face: Face): OpenFace;
  /** The first pack that can set a text, in both weights; undefined where none can. */
  packOf(text: string): PackName | undefined;
}

/** `more` reads the packs of other letters, each when a text first needs it; undefined where there is none. */
export function openFontPack(form: FontPackSource, more: (name: PackName) => FontPackSource | undefined): FontPack {
  const known = new Map<PackName, OpenPack | undefined>([['form', openFaces(form)]]);
  const packNamed = (name: PackName): OpenPack | undefined => {
    if (!known.has(name)) {
      const source = more(name);
      known.set(name, source && openFaces(source));
    }
    return known.get(name);
  };
  const places = new Map(
    packNames.flatMap((name) => weights.map((weight) => [faceOf(name, weight), { name, weight }] as const)),
  );
  const found = new Map<Face, OpenFace>();
  const find = (face: Face): OpenFace | undefined => {
    const known = found.get(face);
    if (known) return known;
    const place = places.get(face);
    const read = place && packNamed(place.name)?.[place.weight];
    if (read) found.set(face, read);
    return read;
  };
  const open = (face: Face): OpenFace => {
    const found = find(face);
    if (!found) throw new Error(`no such face is packed: ${face}`);
    return found;
  };
  return {
    profile: form.profile,
    open,
    fonts: packNames.map((name): Family => {
      return { name, read: () => undefined, ...(name !== 'form' && { serves: served[name] }) };
    }),
    has: (face) => find(face) !== undefined,
    packOf: (text) =>
      packNames.find((name) => {
        if (name !== 'form' && !served[name].test(text)) return false;
        const pack = packNamed(name);
        return pack !== undefined && weights.every((weight) => isSettable(pack[weight], text));
      }),
    covers: (face, text) => hasGlyphs(open(face), text),
    width(face, size, text) {
      const own = open(face);
      const space = own.advances[glyphOf(own, 32)] ?? 0;
      // A word is measured as it is drawn inside a line: with its space. The same sums as the plain printer's, to the last digit.
      const width = text.includes(' ')
        ? advanceOf(own, text) * 0.001
        : advanceOf(own, `${text} `) * 0.001 - space * 0.001;
      return width * size;
    },
  };
}

type OpenPack = Readonly<Record<Weight, OpenFace>>;

function openFaces({ faces }: FontPackSource): OpenPack {
  return { regular: openFace(faces.regular), bold: openFace(faces.bold) };
}

function openFace(source: FaceSource): OpenFace {
  const codePoints = [...source.characters].map((character) => character.charCodeAt(0));
  const glyphs = new Uint16Array(Math.max(...codePoints) + 1);
  codePoints.forEach((codePoint, index) => {
    glyphs[codePoint] = index + 1;
  });
  const codes = source.advances.map((_, glyph) => codeOf(glyph));
  for (const [character, { letter, mark, offset }] of Object.entries(source.marked)) {
    const code = codes[glyphs[letter.charCodeAt(0)] ?? 0];
    codes[glyphs[character.charCodeAt(0)] ?? 0] = `${code})${-offset}(${codeOf(mark)})${offset}(`;
  }
  return { ...source, glyphs, codes, words: new Map() };
}

function codeOf(glyph: number): string {
  return `${literal(glyph >> 8)}${literal(glyph & 0xff)}`;
}

function literal(byte: number): string {
  const character = String.fromCharCode(byte);
  return character === '\r' ? '\\r' : /[()\\]/.test(character) ? `\\${character}` : character;
}

function glyphOf({ glyphs }: OpenFace, code: number): number {
  return glyphs[code] ?? 0;
}

function hasGlyphs(face: OpenFace, text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (glyphOf(face, text.charCodeAt(at)) === 0) return false;
  return true;
}

function isSettable(face: OpenFace, text: string): boolean {
  return hasGlyphs(face, text) && face.joined.every((pair) => !text.includes(pair));
}

/** Words that are remembered: each is measured, then drawn. */
const mostWords = 4000;

/** Words are shaped each with the space behind it: no pair across that is moved. */
function forEachWord(face: OpenFace, text: string, use: (word: SetWord) => void): void {
  let from = 0;
  while (from < text.length) {
    const space = text.indexOf(' ', from);
    const to = space < 0 ? text.length : space + 1;
    use(wordOf(face, text.slice(from, to)));
    from = to;
  }
}

function wordOf(face: OpenFace, text: string): SetWord {
  const known = face.words.get(text);
  if (known) return known;
  const word = setWord(face, text);
  if (face.words.size >= mostWords) face.words.clear();
  face.words.set(text, word);
  return word;
}

function setWord({ glyphs, advances, kerning, distances, characters, codes }: OpenFace, text: string): SetWord {
  let advance = 0;
  let operand = '';
  let before = 0;
  for (let at = 0; at < text.length; at += 1) {
    const glyph = glyphs[text.charCodeAt(at)] ?? 0;
    const pair = before > 0 && glyph > 0 ? kerning[(before - 1) * characters.length + glyph - 1] : undefined;
    const apart = (pair !== undefined && distances[pair]) || 0;
    if (apart !== 0) operand += `)${-apart}(`;
    operand += codes[glyph];
    advance += (advances[glyph] ?? 0) + apart;
    before = glyph;
  }
  return { advance, operand };
}

/** In thousandths of the size. */
function advanceOf(face: OpenFace, text: string): number {
  let sum = 0;
  forEachWord(face, text, ({ advance }) => {
    sum += advance;
  });
  return sum;
}

/** A text as the operand of `TJ`: strings of glyphs, and between them what pairs are moved by. Latin-1. */
export function shown(face: OpenFace, text: string): string {
  let inside = '';
  forEachWord(face, text, ({ operand }) => {
    inside += operand;
  });
  return `[(${inside})]`;
}

/* One file: the length of the head in four bytes, the head as JSON, kerning and program of each face, the profile. */

interface Head {
  readonly digest: string;
  readonly recipe: string;
  readonly faces: readonly (Omit<FaceSource, 'kerning' | 'program'> & { readonly packedLength: number })[];
}

export function writeFontPack({ digest, recipe, faces, profile }: FontPackSource): Uint8Array {
  const sources = weights.map((weight) => faces[weight]);
  const head: Head = {
    digest,
    recipe,
    faces: sources.map(({ kerning: _, program, ...facts }) => ({ ...facts, packedLength: program.length })),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(head));
  const parts = [bytes, ...sources.flatMap(({ kerning, program }) => [kerning, program]), profile];
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return joined([length, ...parts]);
}

/** What `writeFontPack` wrote. */
export function readFontPack(whole: Uint8Array): FontPackSource {
  const headEnd = 4 + new DataView(whole.buffer, whole.byteOffset).getUint32(0);
  const head = JSON.parse(new TextDecoder().decode(whole.subarray(4, headEnd))) as Head;
  let at = headEnd;
  const next = (length: number): Uint8Array => {
    at += length;
    return whole.subarray(at - length, at);
  };
  const [regular, bold] = head.faces.map(({ packedLength, ...facts }): FaceSource => {
    return { ...facts, kerning: next(facts.characters.length ** 2), program: next(packedLength) };
  });
  if (!regular || !bold) throw new Error('a font pack has two faces');
  return { digest: head.digest, recipe: head.recipe, faces: { regular, bold }, profile: whole.subarray(at) };
}
