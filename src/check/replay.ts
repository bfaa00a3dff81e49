import type { CasesReading, Placed } from '../definition/cases.ts';
import { assess } from '../engine/assess.ts';
import { answerAt, readAnswers } from '../exchange/answers.ts';
import type { Answers } from '../model/answers.ts';
import type { Assessment, Finding } from '../model/assessment.ts';
import type { AnswerSheet, GoldenCase } from '../model/cases.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Questionnaire, SourceSpan } from '../model/questionnaire.ts';

/** A sheet of the golden cases with what the definition makes of it. */
export interface Replay {
  readonly sheet: AnswerSheet;
  readonly answers: Answers;
  readonly assessment: Assessment;
}

export interface ReplayedCases {
  /** The baseline and every case whose answers are accepted. */
  readonly replays: readonly Replay[];
  readonly passed: number;
  readonly total: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** Runs every golden case, and the baseline for its answers alone. */
export function replayCases(questionnaire: Questionnaire, { baseline, cases, written }: CasesReading): ReplayedCases {
  const start = baseline && replaySheet(questionnaire, baseline);
  const runs = cases.map((placed) => {
    const { replay, diagnostics } = replaySheet(questionnaire, placed);
    const failures = replay ? failuresOf(questionnaire, placed.sheet, replay) : [];
    return { replay, diagnostics: [...diagnostics, ...failures] };
  });
  return {
    replays: [start, ...runs].flatMap((run) => run?.replay ?? []),
    passed: runs.filter(({ diagnostics }) => diagnostics.length === 0).length,
    total: written,
    diagnostics: [start, ...runs].flatMap((run) => run?.diagnostics ?? []),
  };
}

function replaySheet(
  questionnaire: Questionnaire,
  { sheet, at }: Placed<AnswerSheet>,
): { readonly replay?: Replay; readonly diagnostics: readonly Diagnostic[] } {
  const { answers, errors } = readAnswers(questionnaire, sheet.answers);
  if (errors.length === 0)
    return { replay: { sheet, answers, assessment: assess(questionnaire, answers) }, diagnostics: [] };
  return {
    diagnostics: errors.map(({ linkId, message }) => ({
      code: 'case-answers',
      severity: 'error',
      message: `the answers of \`${sheet.id}\` are refused: ${linkId === '' ? '' : `${linkId}: `}${message}`,
      at: at(linkId),
      help: 'give answers that a patient could give',
    })),
  };
}

function failuresOf(questionnaire: Questionnaire, { id, expect }: GoldenCase, replay: Replay): readonly Diagnostic[] {
  const { disposition, findings, notAsked } = replay.assessment;
  const found = findings.map(({ rule }) => rule);
  const missing = expect.rules.filter((rule) => !found.includes(rule));
  const wrong = [
    ...(disposition === expect.disposition ? [] : [`expected ${expect.disposition}, got ${disposition}`]),
    ...(missing.length === 0 ? [] : [`${missing.join(', ')} did not fire`]),
    ...differences('findings', expect.findings, found),
    ...differences('not asked', expect.notAsked, notAsked),
  ];
  if (wrong.length === 0) return [];
  return [caseFailed(id, wrong, expect.at, findingsInWords(questionnaire, replay))];
}

function caseFailed(id: string, wrong: readonly string[], at: SourceSpan, note: string): Diagnostic {
  return {
    code: 'case-failed',
    severity: 'error',
    message: `\`${id}\`: ${wrong.join('; ')}`,
    at,
    note,
    help: 'mend the definition; or, where the change is meant, have the case signed anew',
  };
}

function differences(
  what: string,
  expected: readonly string[] | undefined,
  found: readonly string[],
): readonly string[] {
  if (!expected) return [];
  const tooMany = found.filter((each) => !expected.includes(each));
  const tooFew = expected.filter((each) => !found.includes(each));
  return [
    ...(tooMany.length === 0 ? [] : [`${what}: ${tooMany.join(', ')} not expected`]),
    ...(tooFew.length === 0 ? [] : [`${what}: ${tooFew.join(', ')} expected`]),
  ];
}

const mostFindings = 6;

/** What was found and which answers decided it, worst first; the rest is counted. */
export function findingsInWords(questionnaire: Questionnaire, { answers, assessment }: Replay): string {
  const { findings } = assessment;
  if (findings.length === 0) return 'no rule fired';
  const words = findings.slice(0, mostFindings).map((finding) => findingInWords(questionnaire, answers, finding));
  return [...words, ...(findings.length > mostFindings ? [`and ${findings.length - mostFindings} more`] : [])].join(
    '; ',
  );
}

function findingInWords(
  questionnaire: Questionnaire,
  answers: Answers,
  { rule, disposition, because, absent }: Finding,
): string {
  const given = because.map((path) => `${path} = ${JSON.stringify(answerAt(questionnaire, answers, path))}`);
  const reasons = [...given, ...absent.map((path) => `${path} is absent`)];
  return `${rule} (${disposition}: ${reasons.length === 0 ? 'whatever is answered' : reasons.join(', ')})`;
}
