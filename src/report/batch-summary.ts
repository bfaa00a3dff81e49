import { type Disposition, dispositions } from '../model/disposition.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import { dispositionTones } from './assessment.ts';
import type { Paint } from './colour.ts';

/** What a batch came to. Lines, never names. Lists of lines hold the first `mostLines`. */
export interface Tally {
  readonly records: number;
  readonly dispositions: ReadonlyMap<Disposition, number>;
  /** How often each rule is in the findings. */
  readonly rules: ReadonlyMap<string, number>;
  readonly emergencies: readonly number[];
  readonly refused: number;
  readonly refusedLines: readonly number[];
  /** Consent forms that stand ready, and how many could not be made; undefined where none were asked for. */
  readonly forms?: { readonly ready: number; readonly failed: number };
}

/** How many lines a summary names. */
export const mostLines = 20;

/** A batch in a table, emergencies first. `unit` is what an input counts: `line`, or `record` in a JSON list. */
export function describeBatch(
  { id, version }: Questionnaire,
  tally: Tally,
  unit: 'line' | 'record',
  paint: Paint,
): readonly string[] {
  const { records, emergencies, refused, refusedLines, forms } = tally;
  const rows = dispositions.map((disposition) => {
    const count = tally.dispositions.get(disposition) ?? 0;
    const where = disposition === 'emergency' ? placesOf(emergencies, count, unit) : '';
    return row(disposition, count, where, count > 0 ? paint(disposition, dispositionTones[disposition]) : disposition);
  });
  return [
    '',
    `${counted(records, 'record')}, ${id} ${version}`,
    '',
    ...rows,
    row('in error', refused, refused > 0 ? `${placesOf(refusedLines, refused, unit)}: nothing decided` : ''),
    ...(forms
      ? ['', `${counted(forms.ready, 'consent form')}${forms.failed > 0 ? `, ${forms.failed} not made` : ''}`]
      : []),
    ...mostCommon(tally.rules),
  ];
}

/** `line 14`, `lines 38, 201`, `lines 1, 2 and 40 more` */
export function placesOf(lines: readonly number[], count: number, unit: string): string {
  const named = lines.slice(0, mostLines);
  const more = count > named.length ? ` and ${count - named.length} more` : '';
  return count === 0 ? '' : `${unit}${count === 1 ? '' : 's'} ${named.join(', ')}${more}`;
}

function row(name: string, count: number, rest: string, shown = name): string {
  return `  ${shown}${' '.repeat(24 - name.length)}${String(count).padStart(7)}${rest === '' ? '' : `   ${rest}`}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function mostCommon(rules: ReadonlyMap<string, number>): readonly string[] {
  const sorted = [...rules].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, 3);
  return sorted.length === 0
    ? []
    : ['', `Most common findings: ${sorted.map(([id, count]) => `${id} ${count}`).join(', ')}`];
}
