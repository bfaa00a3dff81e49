import type { Content, Run, Text } from './content.ts';
import { runsOf } from './content.ts';
import { ConsentRefused } from './refusal.ts';

export type Weight = 'regular' | 'bold';

/** A family of type in one weight or two. Its file is read when a text first needs it. */
export interface Family {
  /** Such as `noto-sans`. */
  readonly name: string;
  /** The characters it is there for: it comes before families that are there for all. Absent: for all. */
  readonly serves?: RegExp;
  /** The bytes of a TrueType or OpenType file; undefined where there is none. */
  read(weight: Weight): Uint8Array | undefined;
  /** The npm package that brings it, where a clinic has to install it. */
  readonly pack?: string;
}

/** Families in the order in which they are tried. The first is what the form is set in. */
export type Fonts = readonly Family[];

/** A weight of the first family by the weight alone, one of another as `noto-sans/bold`. */
export type Face = Weight | `${string}/${Weight}`;

/** What a set of faces can tell about itself. */
export interface Measure {
  readonly fonts: Fonts;
  /** True where there is a file for the face. */
  has(face: Face): boolean;
  /** True where the face is there and has a glyph for each code point of `text`. */
  covers(face: Face, text: string): boolean;
  /** Width in points of `text` at `size` points. */
  width(face: Face, size: number, text: string): number;
}

/**
 * Refuses what cannot be printed as it was meant: control and direction characters, and characters that no face has.
 * Runs before anything is drawn. The message names the field and the code point, never the text.
 */
export function checkCharacters(content: Content, measure: Measure): void {
  for (const run of runsOf(content)) {
    const refusal = hiddenIn(run) ?? missingFrom(run, measure);
    if (refusal) throw new ConsentRefused('unprintable-character', ...refusal);
  }
}

type Refusal = readonly [message: string, hint: string];

function hiddenIn({ text, origin }: Run): Refusal | undefined {
  const hidden = firstHidden(text);
  if (hidden === undefined) return undefined;
  const message = `${origin} holds the invisible character ${nameOf(hidden)}`;
  return [message, 'type it anew without control, direction or zero-width characters'];
}

function missingFrom(run: Run, measure: Measure): Refusal | undefined {
  const { missing } = choose(run, measure);
  if (!missing) return undefined;
  const name = nameOf(missing.codePoint);
  if (!missing.isAnywhere) {
    return [`no font on hand has the character ${name} in ${run.origin}`, wayOut(missing.codePoint, measure)];
  }
  const message = `no one font on hand has all the characters of ${run.origin}: ${name} is in none that has the others`;
  return [message, 'write it in the letters of one script, as in the passport'];
}

/**
 * The face of a whole run: the first that has all its characters, so that no name is set in two fonts. Where none has
 * them all, the one that lacks least.
 */
export function faceOf(run: Run, measure: Measure): Face {
  return choose(run, measure).face;
}

/** A joiner is part of the spelling between Arabic letters and after the sign that joins Indic ones. Elsewhere it is unseen. */
const joiners =
  /(?<=\p{sc=Arab}\p{M}*)\u200c(?=\p{sc=Arab})|(?<=[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca])[\u200c\u200d]/gu;

const unseen = /[\p{C}\p{DI}\p{Zl}\p{Zp}]/u;

function firstHidden(text: string): number | undefined {
  if (!unseen.test(text)) return undefined;
  return unseen.exec(text.replace(joiners, ''))?.[0].codePointAt(0);
}

interface Missing {
  readonly codePoint: number;
  /** Some font has it, but none that has the rest. */
  readonly isAnywhere: boolean;
}

interface Choice {
  readonly face: Face;
  readonly missing?: Missing;
}

function choose({ text, strong }: Run, measure: Measure): Choice {
  const tried: Face[] = [];
  // Those that are there for the text, then the others: a symbol may be in any.
  for (const isFor of [true, false]) {
    for (const family of measure.fonts) {
      if ((family.serves === undefined || family.serves.test(text)) !== isFor) continue;
      const face = faceIn(family, strong, measure);
      if (face === undefined) continue;
      if (measure.covers(face, text)) return { face };
      tried.push(face);
    }
  }
  return bestOf(tried, text, measure);
}

function bestOf(tried: readonly Face[], text: string, measure: Measure): Choice {
  const characters = [...new Set(text)];
  const all = tried.map((face) => ({ face, lacks: characters.filter((each) => !measure.covers(face, each)) }));
  const best = all.reduce((least, each) => (each.lacks.length < least.lacks.length ? each : least));
  const nowhere = best.lacks.find((character) => all.every(({ lacks }) => lacks.includes(character)));
  const codePoint = (nowhere ?? best.lacks[0] ?? '').codePointAt(0) ?? 0;
  return { face: best.face, missing: { codePoint, isAnywhere: nowhere === undefined } };
}

/** The face of a family for a weight; its regular one where it has no bold. */
function faceIn(family: Family, strong: boolean, measure: Measure): Face | undefined {
  const bold = strong ? faceOfWeight(family, 'bold', measure) : undefined;
  return bold ?? faceOfWeight(family, 'regular', measure);
}

function faceOfWeight(family: Family, weight: Weight, measure: Measure): Face | undefined {
  const face: Face = family === measure.fonts[0] ? weight : `${family.name}/${weight}`;
  return measure.has(face) ? face : undefined;
}

function wayOut(codePoint: number, measure: Measure): string {
  const character = String.fromCodePoint(codePoint);
  const absent = measure.fonts.find(
    (family) => family.pack !== undefined && family.serves?.test(character) && !faceIn(family, false, measure),
  );
  return absent
    ? `install the fonts of its script where you work: npm install ${absent.pack}`
    : 'write it in letters that have a font, as in the passport, or name a folder with a font that has it under `fonts` in preinfuse.yaml';
}

function nameOf(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** A text as it is read aloud. */
export function plainText(text: Text): string {
  return text.map((run) => run.text).join('');
}
