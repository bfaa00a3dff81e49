import { counted } from '../model/counted.ts';
import { type Disposition, dispositions } from '../model/disposition.ts';
import { type Questionnaire, questionnaireName } from '../model/questionnaire.ts';
import { dispositionTones } from './assessment.ts';
import type { Paint } from './colour.ts';

/** What a batch came to. Lines, never names. Lists of lines hold the first `mostLines`. */
export interface Tally {
  readonly records: number;
  readonly dispositions: ReadonlyMap<Disposition, number>;
  /** How often each rule is in the findings. */
  readonly rules: ReadonlyMap<string, number>;
  /** In how many records each question has no answer: not known, declined, or required and left out; by linkId. */
  readonly absent: ReadonlyMap<string, number>;
  readonly emergencies: readonly number[];
  readonly refused: number;
  readonly refusedLines: readonly number[];
  /** In how many records each kind of error stands. */
  readonly errors: ReadonlyMap<string, number>;
  /** How much of what is no record was passed over, by what it is. */
  readonly passedOver: ReadonlyMap<string, number>;
  /** A list goes wrong in a record in error: what stands behind it, or in it, was not screened. */
  readonly isBrokenOff: boolean;
  /** Consent forms that stand ready, and how many could not be made; undefined where none were asked for. */
  readonly forms?: { readonly ready: number; readonly failed: number };
}

/** How many lines a summary names. */
export const mostLines = 20;

/** What an input counts: `record` in a JSON list. */
export type Unit = 'line' | 'record';

/** A batch in a table, emergencies first. `took`: such as `3.4 s`. */
export function describeBatch(
  { id, version }: Questionnaire,
  tally: Tally,
  unit: Unit,
  took: string,
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
    `${counted(records, 'record')}, ${took}, ${id} ${version}`,
    '',
    ...rows,
    row('in error', refused, refused > 0 ? `${placesOf(refusedLines, refused, unit)}: nothing decided` : ''),
    ...(tally.passedOver.size === 0 ? [] : [`  passed over: ${namedCounts(mostFirst(tally.passedOver))}`]),
    ...(forms
      ? ['', `${counted(forms.ready, 'consent form')}${forms.failed > 0 ? `, ${forms.failed} not made` : ''}`]
      : []),
    ...mostCommon('Most common findings', tally.rules),
    ...mostCommon('Most often without an answer', tally.absent),
  ];
}

/** The emergencies of a batch in one line, to be said whatever else is kept quiet; undefined where there are none. */
export function emergencyLine({ dispositions, emergencies }: Tally, unit: Unit, paint: Paint): string | undefined {
  const count = dispositions.get('emergency') ?? 0;
  if (count === 0) return undefined;
  return `${paint('URGENT, act today:', 'alarm')} ${placesOf(emergencies, count, unit)}`;
}

/**
 * That an input was not screened to its end, to be said whatever else is kept quiet: an emergency may stand behind. Undefined
 * where it was.
 */
export function unscreenedLine({ isBrokenOff }: Tally, paint: Paint): string | undefined {
  if (!isBrokenOff) return undefined;
  return `${paint('NOT SCREENED:', 'alarm')} part of the list: a quote or a bracket is missing in a record in error, and what follows it was taken along. Mend it there and screen it again.`;
}

/** A batch as data for a script. The keys and their order are part of the contract; nothing in it is of a patient. */
export function batchSummary(questionnaire: Questionnaire, definitionDigest: string, tally: Tally, unit: Unit) {
  const { records, refused, refusedLines, emergencies, forms } = tally;
  return {
    questionnaire: questionnaireName(questionnaire),
    definition: definitionDigest,
    records,
    dispositions: Object.fromEntries(dispositions.map((each) => [each, tally.dispositions.get(each) ?? 0])),
    inError: refused,
    unit,
    firstEmergencies: emergencies,
    firstInError: refusedLines,
    findings: Object.fromEntries(mostFirst(tally.rules)),
    withoutAnswer: Object.fromEntries(mostFirst(tally.absent)),
    errors: Object.fromEntries(mostFirst(tally.errors)),
    ...(tally.passedOver.size > 0 && { passedOver: Object.fromEntries(mostFirst(tally.passedOver)) }),
    ...(tally.isBrokenOff && { brokenOff: true }),
    ...(forms && { forms: { ready: forms.ready, failed: forms.failed } }),
  };
}

/** Counts, the highest first; by name where they are the same. */
export function mostFirst(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
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

function mostCommon(title: string, counts: ReadonlyMap<string, number>): readonly string[] {
  const first = mostFirst(counts).slice(0, 3);
  return first.length === 0 ? [] : ['', `${title}: ${namedCounts(first)}`];
}

/** `Patient 12, Consent 3` */
function namedCounts(counts: readonly (readonly [string, number])[]): string {
  return counts.map(([name, count]) => `${name} ${count}`).join(', ');
}
