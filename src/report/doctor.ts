import type { Paint, Tone } from './colour.ts';
import { jsonText } from './json-text.ts';

/** What came of looking at one thing. `note`: good to know. `mend`: something does not work before it is mended. */
export interface DoctorCheck {
  readonly name: string;
  readonly is: 'fine' | 'note' | 'mend';
  /** What was found, with nothing of a patient in it. */
  readonly found: string;
  /** What to do. */
  readonly hint?: string;
}

const tones: Readonly<Record<DoctorCheck['is'], Tone>> = { fine: 'muted', note: 'caution', mend: 'alarm' };

/** Letters of the longest name. */
const nameWidth = 16;

/** The checks as lines for people, and what they come to. */
export function describeDoctor(checks: readonly DoctorCheck[], paint: Paint): readonly string[] {
  const lines = checks.flatMap(({ name, is, found, hint }) => [
    `${paint(is.padEnd(6), tones[is])}${name.padEnd(nameWidth)}  ${found}`,
    ...(hint === undefined ? [] : [`${' '.repeat(6 + nameWidth)}  -> ${hint}`]),
  ]);
  return [...lines, '', conclusion(checks)];
}

function conclusion(checks: readonly DoctorCheck[]): string {
  const count = checks.filter(({ is }) => is === 'mend').length;
  if (count === 0) return 'Everything works.';
  return count === 1 ? 'One thing is to be mended.' : `${count} things are to be mended.`;
}

/** The same as one object, for a script or a request for help. */
export function doctorJson(checks: readonly DoctorCheck[]): string {
  const isFine = checks.every(({ is }) => is !== 'mend');
  return jsonText({ fine: isFine, checks });
}
