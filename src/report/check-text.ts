import { counted } from '../model/counted.ts';
import { counts, describeEach, type PlacedDiagnostic, type Texts } from './diagnostics.ts';
import { describeFirstCases } from './first-cases.ts';

/** What a check looked at, for its last lines. */
export interface CheckSummary {
  readonly files: number;
  readonly definitions: number;
  /** Definitions that read without an error; of the others no case was run. */
  readonly read: number;
  readonly cases: { readonly passed: number; readonly total: number };
  /** Goals settled over every answer sheet, of all that were set. */
  readonly proofs: { readonly settled: number; readonly goals: number };
  /** Of each text of a consent form, hardest first. */
  readonly reading: readonly ReadingLine[];
}

/** How hard one text of a form is to read, in the unit of its template's formula. */
export interface ReadingLine {
  readonly language: string;
  readonly id: string;
  readonly grade: number;
  readonly words: number;
}

/** Everything a reporter needs. Both lists are sorted. */
export interface CheckReport {
  readonly diagnostics: readonly PlacedDiagnostic[];
  /** What a comment beside it gives the reason for. */
  readonly suppressed: readonly PlacedDiagnostic[];
  readonly summary: CheckSummary;
  readonly texts: Texts;
}

/** What is wrong, and no more: for `--quiet`. */
export function checkTextOfProblems({ diagnostics, texts }: CheckReport): string {
  return describeFirstCases(diagnostics, texts).join('\n');
}

/** What was found, and how much was looked at. */
function summaryLines({ diagnostics, suppressed, summary }: CheckReport): readonly string[] {
  const letBe = suppressed.length === 0 ? '' : `, ${suppressed.length} suppressed`;
  const found = `${counts(diagnostics)}${letBe} in ${counted(summary.files, 'file')}`;
  const fixable = diagnostics.filter(({ fix }) => fix !== undefined).length;
  const fixes = fixable === 0 ? '' : `; ${fixable} can be fixed with --fix`;
  return [`${found}${fixes}`, ...notRun(summary), ...replayed(summary), ...read(summary)];
}

function notRun({ definitions, read }: CheckSummary): readonly string[] {
  if (read === definitions) return [];
  if (definitions === 1) return ['the definition does not read, so its golden cases were not run'];
  return [`${definitions - read} of ${definitions} definitions do not read, so their golden cases were not run`];
}

function replayed({ read, cases, proofs }: CheckSummary): readonly string[] {
  if (read === 0) return [];
  return [
    cases.total === 0
      ? 'no golden cases'
      : `${cases.passed} of ${counted(cases.total, 'golden case passes', 'golden cases pass')}`,
    `${proofs.settled} of ${counted(proofs.goals, 'goal')} settled over every answer sheet, each proof checked`,
  ];
}

function read({ reading }: CheckSummary): readonly string[] {
  return [...new Set(reading.map(({ language }) => language))].map((language) => {
    const grades = reading.filter((each) => each.language === language);
    const [hardest, middle] = [grades[0], grades[grades.length >> 1]];
    return `form ${language} reads at ${hardest?.grade.toFixed(1)} at most (${hardest?.id}), ${middle?.grade.toFixed(1)} in the middle`;
  });
}

/** The report for people. Where many golden cases fail, the first few of them. */
export function checkText(report: CheckReport): string {
  return withSummary(describeFirstCases(report.diagnostics, report.texts), report);
}

/** The report for people with every case that fails. */
export function wholeCheckText(report: CheckReport): string {
  return withSummary(describeEach(report.diagnostics, report.texts), report);
}

function withSummary(problems: readonly string[], report: CheckReport): string {
  const [first] = report.diagnostics;
  const more = first ? [`More about a code: preinfuse explain ${first.code}`] : [];
  return [...problems, ...summaryLines(report), ...more, ''].join('\n');
}

/** The summary over several definitions; `files` counts each file once. */
export function addUp(summaries: readonly CheckSummary[], files: number): CheckSummary {
  const sum = (of: (summary: CheckSummary) => number): number =>
    summaries.reduce((total, summary) => total + of(summary), 0);
  return {
    files,
    definitions: sum((each) => each.definitions),
    read: sum((each) => each.read),
    cases: { passed: sum(({ cases }) => cases.passed), total: sum(({ cases }) => cases.total) },
    proofs: { settled: sum(({ proofs }) => proofs.settled), goals: sum(({ proofs }) => proofs.goals) },
    reading: summaries.flatMap(({ reading }) => reading),
  };
}
