import type { CasesReading, Placed } from '../definition/cases.ts';
import { answerAt, readAnswers } from '../exchange/answers.ts';
import type { Answers } from '../model/answers.ts';
import type { Finding } from '../model/assessment.ts';
import type { AnswerSheet, Baseline, GoldenCase, RefusedSheet } from '../model/cases.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Questionnaire, SourceSpan } from '../model/questionnaire.ts';
import { type Observation, observe } from './observe.ts';
import { listDifferences, outcomeOf, refusedOtherwise, shortfalls } from './test-expectations.ts';

/** A sheet of the golden cases with what the definition makes of it. */
export interface Replay extends Observation {
  readonly sheet: AnswerSheet;
  readonly answers: Answers;
}

export interface ReplayedCases {
  /** The baseline and every case whose answers are accepted. */
  readonly replays: readonly Replay[];
  readonly passed: number;
  readonly total: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** Runs every golden case, and the baseline for its answers and for what it is asked. */
export function replayCases(questionnaire: Questionnaire, reading: CasesReading): ReplayedCases {
  const start = reading.baseline && replaySheet(questionnaire, reading.baseline);
  const isAsked = start?.replay && reading.baseline ? askedOtherwise(reading.baseline.sheet, start.replay) : [];
  const runs = reading.cases.map((placed) => {
    const { replay, diagnostics } = replaySheet(questionnaire, placed);
    const failures = replay
      ? failuresOf(questionnaire, saidOnce(placed.sheet, reading.baseline, start?.replay), replay)
      : [];
    return { replay, diagnostics: [...diagnostics, ...failures] };
  });
  const refusals = reading.refusals.map(({ sheet }) => ({ diagnostics: notRefused(questionnaire, sheet) }));
  return {
    replays: [start, ...runs].flatMap((run) => run?.replay ?? []),
    passed: [...runs, ...refusals].filter(({ diagnostics }) => diagnostics.length === 0).length,
    total: reading.written,
    diagnostics: [...isAsked, ...[start, ...runs, ...refusals].flatMap((run) => run?.diagnostics ?? [])],
  };
}

function replaySheet(
  questionnaire: Questionnaire,
  { sheet, at }: Placed<AnswerSheet>,
): { readonly replay?: Replay; readonly diagnostics: readonly Diagnostic[] } {
  const { answers, errors } = readAnswers(questionnaire, sheet.answers);
  if (errors.length === 0) return { replay: { sheet, answers, ...observe(questionnaire, answers) }, diagnostics: [] };
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
  const wrong = shortfalls(expect, outcomeOf(replay));
  if (wrong.length === 0) return [];
  return [caseFailed(id, wrong, expect.at, findingsInWords(questionnaire, replay))];
}

/** A case without what is asked otherwise than its baseline says of itself: that is said there, once. */
function saidOnce(sheet: GoldenCase, baseline: Placed<Baseline> | undefined, start: Replay | undefined): GoldenCase {
  const [said, found] = [baseline?.sheet.asked, start?.asked];
  const { asked } = sheet.expect;
  if (!said || !found || !asked) return sheet;
  const kept = asked.filter((linkId) => found.includes(linkId) || !said.includes(linkId));
  const added = found.filter((linkId) => !said.includes(linkId) && !asked.includes(linkId));
  return { ...sheet, expect: { ...sheet.expect, asked: [...kept, ...added] } };
}

function askedOtherwise({ id, asked, at }: Baseline, replay: Replay): readonly Diagnostic[] {
  const wrong = listDifferences('asked', asked, replay.asked);
  if (wrong.length === 0) return [];
  const help =
    'mend the definition; or, where the change is meant, mend `asked:` of the baseline: every case differs from it';
  return [{ ...caseFailed(id, wrong, at), help }];
}

function notRefused(questionnaire: Questionnaire, { id, answers, refused, expectedAt }: RefusedSheet) {
  const wrong = refusedOtherwise(questionnaire, answers, refused);
  return wrong.length === 0 ? [] : [caseFailed(id, wrong, expectedAt)];
}

function caseFailed(id: string, wrong: readonly string[], at: SourceSpan, note?: string): Diagnostic {
  return {
    code: 'case-failed',
    severity: 'error',
    message: `\`${id}\`: ${wrong.join('; ')}`,
    at,
    ...(note !== undefined && { note }),
    help: 'mend the definition; or, where the change is meant, have the case signed anew',
  };
}

const mostFindings = 6;

/** What was found and which answers decided it, worst first; the rest is counted. */
function findingsInWords(questionnaire: Questionnaire, { answers, assessment }: Replay): string {
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
