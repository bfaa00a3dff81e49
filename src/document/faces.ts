import type { Content, Run, Text } from './content.ts';
import { runsOf } from './content.ts';
import { ConsentRefused } from './refusal.ts';

export const faces = ['regular', 'bold', 'fallback-regular', 'fallback-bold'] as const;
export type Face = (typeof faces)[number];

/** The bytes of the four TrueType faces. */
export type Fonts = Readonly<Record<Face, Uint8Array>>;

/** What a set of faces can tell about itself. */
export interface Measure {
  /** Width in points of `text` at `size` points. */
  width(face: Face, size: number, text: string): number;
  /** True where the face has a glyph for the code point. */
  covers(face: Face, codePoint: number): boolean;
}

/**
 * Refuses what cannot be printed as it was meant: control and direction characters, and characters that no face has.
 * Runs before anything is drawn. The message names the field and the code point, never the text.
 */
export function checkCharacters(content: Content, measure: Measure): void {
  for (const run of runsOf(content)) {
    for (const character of run.text) {
      const codePoint = character.codePointAt(0) ?? 0;
      if (/\p{C}|[\u2028\u2029]/u.test(character)) {
        throw new ConsentRefused(
          'unprintable-character',
          `${run.origin} holds the invisible character ${nameOf(codePoint)}`,
          'type it anew without control, direction or zero-width characters',
        );
      }
    }
    const missing = firstUncovered(run, 'fallback-', measure);
    if (missing !== undefined && faceOf(run, measure).startsWith('fallback')) {
      throw new ConsentRefused(
        'unprintable-character',
        `no font on hand has the character ${nameOf(missing)} in ${run.origin}`,
        'write it in Latin, Greek or Cyrillic letters as in the passport',
      );
    }
  }
}

/** The face of a whole run: one that has all its characters, so that no name is set in two fonts. */
export function faceOf(run: Run, measure: Measure): Face {
  const isCovered = firstUncovered(run, '', measure) === undefined;
  return `${isCovered ? '' : 'fallback-'}${run.strong ? 'bold' : 'regular'}`;
}

function firstUncovered({ text, strong }: Run, family: '' | 'fallback-', measure: Measure): number | undefined {
  const face: Face = `${family}${strong ? 'bold' : 'regular'}`;
  return [...text]
    .map((character) => character.codePointAt(0) ?? 0)
    .find((codePoint) => !measure.covers(face, codePoint));
}

function nameOf(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** A text as it is read aloud. */
export function plainText(text: Text): string {
  return text.map((run) => run.text).join('');
}
