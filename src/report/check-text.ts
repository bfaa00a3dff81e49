import { counts, describe, type PlacedDiagnostic, type Texts } from './diagnostics.ts';

/** What a check looked at, for its last line. */
export interface CheckSummary {
  readonly files: number;
  readonly definitions: number;
  readonly cases: { readonly passed: number; readonly total: number };
  readonly invariants: { readonly count: number; readonly sheets: number };
  /** Absent answers put in the place of given ones. */
  readonly absences: { readonly tried: number };
}

/** Everything a reporter needs. `diagnostics` are sorted. */
export interface CheckReport {
  readonly diagnostics: readonly PlacedDiagnostic[];
  readonly summary: CheckSummary;
  readonly texts: Texts;
}

/** Each diagnostic with its line of the file, a blank line between them. */
export function describeAll({ diagnostics, texts }: CheckReport): readonly string[] {
  return diagnostics.flatMap((each) => [...describe(each, texts), '']);
}

/** What was found and how much was looked at, on one line. */
export function summaryLine({ diagnostics, summary }: CheckReport): string {
  const { files, cases, invariants, absences } = summary;
  return [
    `${counts(diagnostics)} in ${plural(files, 'file')}`,
    `${cases.passed} of ${plural(cases.total, 'golden case')} ${cases.total === 1 ? 'passes' : 'pass'}`,
    `${plural(invariants.count, 'invariant')} replayed on ${plural(invariants.sheets, 'answer sheet')}`,
    `${plural(absences.tried, 'absent answer')} tried, a sample and no proof`,
  ].join('; ');
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** The report for people. */
export function checkText(report: CheckReport): string {
  return [...describeAll(report), summaryLine(report), ''].join('\n');
}

/** The summary over several definitions; `files` counts each file once. */
export function addUp(summaries: readonly CheckSummary[], files: number): CheckSummary {
  const sum = (of: (summary: CheckSummary) => number): number =>
    summaries.reduce((total, summary) => total + of(summary), 0);
  return {
    files,
    definitions: sum((each) => each.definitions),
    cases: { passed: sum(({ cases }) => cases.passed), total: sum(({ cases }) => cases.total) },
    invariants: {
      count: sum(({ invariants }) => invariants.count),
      sheets: sum(({ invariants }) => invariants.sheets),
    },
    absences: { tried: sum(({ absences }) => absences.tried) },
  };
}
