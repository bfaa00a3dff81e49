import type { Weight } from '../faces.ts';
import { fontOf } from '../paint.ts';
import { type FaceSource, type FontPackSource, type Marked, type PackName, weights } from './font-pack.ts';
import type { WriterTools } from './pdf-writer.ts';

/* What the font engine tells of a face. */

interface Glyph {
  readonly id: number;
  readonly advanceWidth: number;
}

interface Shaped {
  readonly glyphs: readonly Glyph[];
  readonly positions: readonly { readonly xAdvance: number; readonly xOffset: number; readonly yOffset: number }[];
}

interface Program {
  readonly unitsPerEm: number;
  readonly characterSet: readonly number[];
  readonly postscriptName: string;
  readonly ascent: number;
  readonly descent: number;
  readonly capHeight: number;
  readonly xHeight: number;
  readonly italicAngle: number;
  readonly bbox: { readonly minX: number; readonly minY: number; readonly maxX: number; readonly maxY: number };
  getGlyph(id: number): Glyph;
  glyphForCodePoint(codePoint: number): Glyph;
  layout(text: string): Shaped;
  createSubset(): { includeGlyph(id: number): number; encode(): Uint8Array };
}

/** Makes a pack: what of the fonts goes in, and what is kept with it. */
export interface PackRecipe {
  readonly name: PackName;
  readonly digest: string;
  readonly recipe: string;
  /** An ICC profile of sRGB; empty where the pack needs none. */
  readonly profile: Uint8Array;
  readonly deflate: WriterTools['deflate'];
}

/**
 * Makes the pack of these TrueType files: every pair of characters is shaped. A pair of which shaping does more than to move
 * two glyphs apart is kept as one that cannot be set; in the pack of the form it is refused with an error.
 */
export function makeFontPack(
  files: Readonly<Record<Weight, Uint8Array>>,
  { name, digest, recipe, profile, deflate }: PackRecipe,
): FontPackSource {
  const [regular, bold] = weights.map((weight) => makeFace(fontOf(files[weight]).font as Program, name, deflate));
  if (!regular || !bold) throw new Error('a font pack has two faces');
  const joined = [...regular.joined, ...bold.joined];
  if (name === 'form' && joined.length > 0) throw new Error(`${joined[0]} is not set by moving two glyphs apart`);
  return { digest, recipe, faces: { regular, bold }, profile: profile.length === 0 ? profile : deflate(profile) };
}

/** Not packed: what combines with its neighbours, cannot be seen, or turns digits into a fraction; spaces but the one. */
const unpacked = /[\p{M}\p{C}\p{Z}\p{DI}\u2044]/u;

/** What a pack holds: that of the form all, the others the letters of names, with what may stand between them. */
const held: Readonly<Record<PackName, RegExp>> = {
  form: /./u,
  latin: /[\x20-\x7e’]|[\u00c0-\u017f\u018f\u01a0\u01a1\u01af\u01b0\u01cd-\u01dc\u0259\u1ea0-\u1ef9]/u,
  greek: /[\x20-\x7e’]|[\u0370-\u03ff]/u,
  cyrillic: /[\x20-\x7e’]|[\u0400-\u045f\u0490-\u04bb\u04d8\u04d9\u04e8\u04e9]/u,
};

/** Six letters before the name of a subset: no two subsets of a font have the same. */
const tags: Readonly<Record<PackName, string>> = {
  form: 'PACKED',
  latin: 'PACKLA',
  greek: 'PACKGR',
  cyrillic: 'PACKCY',
};

function makeFace(program: Program, name: PackName, deflate: WriterTools['deflate']): FaceSource {
  const scale = 1000 / program.unitsPerEm;
  const characters = program.characterSet
    .filter((codePoint) => codePoint < 0x10000)
    .map((codePoint) => String.fromCharCode(codePoint))
    .filter((character) => held[name].test(character) && (character === ' ' || !unpacked.test(character)))
    // A text comes composed: another form of a character is never in one.
    .filter((character) => character.normalize('NFC') === character);
  const glyphs = characters.map((character) => ownGlyph(program, character));
  const subset = program.createSubset();
  for (const [index, { id }] of glyphs.entries()) {
    if (subset.includeGlyph(id) !== index + 1) throw new Error(`${characters[index]} shares its glyph`);
  }
  const marked = markedOf(program, characters, (id) => subset.includeGlyph(id), scale);
  const bytes = subset.encode();
  const { minX, minY, maxX, maxY } = program.bbox;
  return {
    name: `${tags[name]}+${program.postscriptName.replaceAll(' ', '_')}`,
    flags: 4,
    box: [minX, minY, maxX, maxY].map((each) => each * scale),
    italicAngle: program.italicAngle,
    ascent: program.ascent * scale,
    descent: program.descent * scale,
    capHeight: (program.capHeight || program.ascent) * scale,
    xHeight: (program.xHeight || 0) * scale,
    characters: characters.join(''),
    marked,
    advances: [
      ...[program.getGlyph(0), ...glyphs].map(({ advanceWidth }) => advanceWidth * scale),
      ...[...new Set(Object.values(marked).map(({ mark }) => mark))].map(() => 0),
    ],
    ...kerningOf(program, characters, glyphs, scale),
    program: deflate(bytes),
    programLength: bytes.length,
  };
}

/** The glyph of a character. Where shaping sets a letter and its dot one by one, that of both: it has to be as wide. */
function ownGlyph(program: Program, character: string): Glyph {
  const { positions } = program.layout(character);
  const glyph = program.glyphForCodePoint(character.charCodeAt(0));
  if (widthOf(positions) !== glyph.advanceWidth) throw new Error(`${character} is not as wide as its glyph`);
  return glyph;
}

/** The characters that shaping sets as a letter and a mark. `glyphOf` puts a glyph into the subset and numbers it. */
function markedOf(
  program: Program,
  characters: readonly string[],
  glyphOf: (id: number) => number,
  scale: number,
): Readonly<Record<string, Marked>> {
  const made = characters.flatMap((character): readonly (readonly [string, Marked])[] => {
    const { glyphs, positions } = program.layout(character);
    const [base, mark, ...more] = glyphs;
    if (!base || !mark) return [];
    const letter = characters.find((each) => program.glyphForCodePoint(each.charCodeAt(0)).id === base.id);
    const { xAdvance, xOffset, yOffset } = positions[1] ?? {};
    if (letter === undefined || more.length > 0 || xAdvance !== 0 || xOffset === undefined || yOffset !== 0) {
      throw new Error(`${character} is not set by a letter and a mark beside it`);
    }
    const reads = character.normalize('NFD').at(-1) ?? '';
    return [[character, { letter, mark: glyphOf(mark.id), reads, offset: xOffset * scale }]];
  });
  return Object.fromEntries(made);
}

function widthOf(positions: Shaped['positions']): number {
  return positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0);
}

function kerningOf(
  program: Program,
  characters: readonly string[],
  glyphs: readonly Glyph[],
  scale: number,
): Pick<FaceSource, 'kerning' | 'distances' | 'joined'> {
  const kerning = new Uint8Array(characters.length ** 2);
  const distances: number[] = [];
  const joined: string[] = [];
  const alone = characters.map((character) => program.layout(character));
  alone.forEach((left, row) => {
    alone.forEach((right, column) => {
      const both = program.layout(`${characters[row]}${characters[column]}`);
      const apart = widthOf(both.positions) - (glyphs[row]?.advanceWidth ?? 0) - (glyphs[column]?.advanceWidth ?? 0);
      if (!isApart(left, right, both, apart)) joined.push(`${characters[row]}${characters[column]}`);
      if (!distances.includes(apart * scale)) distances.push(apart * scale);
      kerning[row * characters.length + column] = distances.indexOf(apart * scale);
    });
  });
  if (distances.length > 256) throw new Error('pairs are moved by too many distances');
  return { kerning, distances, joined };
}

/** Whether a pair is its two characters, the second moved by `apart`. A mark stands where its letter is. */
function isApart(left: Shaped, right: Shaped, both: Shaped, apart: number): boolean {
  const ids = [...left.glyphs, ...right.glyphs].map(({ id }) => id);
  const start = left.glyphs.length;
  return (
    both.glyphs.length === ids.length &&
    both.glyphs.every(({ id }, index) => id === ids[index]) &&
    both.positions.every(({ xAdvance, xOffset, yOffset }, index) => {
      const own = index < start ? left.positions[index] : right.positions[index - start];
      const isMark = own?.xAdvance === 0;
      const moved = index === 0 ? apart : 0;
      return xAdvance - (own?.xAdvance ?? 0) === moved && yOffset === own?.yOffset && (isMark || xOffset === 0);
    })
  );
}
