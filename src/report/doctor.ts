import { wrapped } from './assessment.ts';
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

/** The checks as lines for people, of at most `columns`, and what they come to. */
export function describeDoctor(checks: readonly DoctorCheck[], paint: Paint, columns: number): readonly string[] {
  const margin = ' '.repeat(6 + nameWidth + 2);
  const lines = checks.flatMap(({ name, is, found, hint }) => [
    ...behind(`${paint(is.padEnd(6), tones[is])}${name.padEnd(nameWidth)}  `, wrapped(found, margin, columns), margin),
    ...(hint === undefined ? [] : behind(`${margin}-> `, wrapped(hint, `${margin}   `, columns), `${margin}   `)),
  ]);
  return [...lines, '', conclusion(checks)];
}

/** Lines of which the first has `start` in the place of the `margin` that all have. */
function behind(start: string, lines: readonly string[], margin: string): readonly string[] {
  return lines.map((line, index) => (index === 0 ? `${start}${line.slice(margin.length)}` : line));
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
