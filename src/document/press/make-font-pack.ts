import { fontOf } from '../paint.ts';
import { type FaceSource, type FontPackSource, type PackedFace, packedFaces } from './font-pack.ts';
import type { Deflate } from './pdf-writer.ts';

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
  layout(text: string): Shaped;
  createSubset(): { includeGlyph(id: number): number; encode(): Uint8Array };
}

/**
 * Makes the pack of these TrueType files: every pair of characters is shaped, and a face where shaping does more than
 * to move pairs apart is refused with an error. `profile` is an ICC profile of sRGB, `digest` and `recipe`
 * are kept with the pack.
 */
export function makeFontPack(
  files: Readonly<Record<PackedFace, Uint8Array>>,
  profile: Uint8Array,
  { digest, recipe, deflate }: { readonly digest: string; readonly recipe: string; readonly deflate: Deflate },
): FontPackSource {
  const [regular, bold] = packedFaces.map((face) => makeFace(fontOf(files[face]).font as Program, deflate));
  if (!regular || !bold) throw new Error('a font pack has two faces');
  return { digest, recipe, faces: { regular, bold }, profile: deflate(profile) };
}

/** Not packed: what combines with its neighbours, cannot be seen, or turns digits into a fraction; spaces but the one. */
const unpacked = /[\p{M}\p{C}\p{Z}\p{DI}\u2044]/u;

function makeFace(program: Program, deflate: Deflate): FaceSource {
  const scale = 1000 / program.unitsPerEm;
  const characters = program.characterSet
    .filter((codePoint) => codePoint < 0x10000)
    .map((codePoint) => String.fromCharCode(codePoint))
    .filter((character) => character === ' ' || !unpacked.test(character));
  const glyphs = characters.map((character) => singleGlyph(program, character));
  const subset = program.createSubset();
  for (const [index, { id }] of glyphs.entries()) {
    if (subset.includeGlyph(id) !== index + 1) throw new Error(`${characters[index]} shares its glyph`);
  }
  const bytes = subset.encode();
  const { minX, minY, maxX, maxY } = program.bbox;
  return {
    name: `PACKED+${program.postscriptName.replaceAll(' ', '_')}`,
    flags: 4,
    box: [minX, minY, maxX, maxY].map((each) => each * scale),
    italicAngle: program.italicAngle,
    ascent: program.ascent * scale,
    descent: program.descent * scale,
    capHeight: (program.capHeight || program.ascent) * scale,
    xHeight: (program.xHeight || 0) * scale,
    characters: characters.join(''),
    advances: [program.getGlyph(0), ...glyphs].map(({ advanceWidth }) => advanceWidth * scale),
    ...kerningOf(program, characters, glyphs, scale),
    program: deflate(bytes),
    programLength: bytes.length,
  };
}

function singleGlyph(program: Program, character: string): Glyph {
  const { glyphs } = program.layout(character);
  const [glyph] = glyphs;
  if (!glyph || glyphs.length !== 1) throw new Error(`${character} is not set by one glyph`);
  return glyph;
}

function kerningOf(
  program: Program,
  characters: readonly string[],
  glyphs: readonly Glyph[],
  scale: number,
): Pick<FaceSource, 'kerning' | 'distances'> {
  const kerning = new Uint8Array(characters.length ** 2);
  const distances: number[] = [];
  glyphs.forEach((left, row) => {
    glyphs.forEach((right, column) => {
      const { glyphs: set, positions } = program.layout(`${characters[row]}${characters[column]}`);
      const [first, second] = positions;
      const isPlain =
        set.length === 2 &&
        set[0]?.id === left.id &&
        set[1]?.id === right.id &&
        second?.xAdvance === right.advanceWidth &&
        positions.every(({ xOffset, yOffset }) => xOffset === 0 && yOffset === 0);
      const apart = ((first?.xAdvance ?? 0) - left.advanceWidth) * scale;
      if (!distances.includes(apart)) distances.push(apart);
      kerning[row * characters.length + column] = distances.indexOf(apart);
      if (!isPlain || distances.length > 256) {
        throw new Error(`${characters[row]}${characters[column]} is not set by moving two glyphs apart`);
      }
    });
  });
  return { kerning, distances };
}
