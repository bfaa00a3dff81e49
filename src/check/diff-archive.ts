import { assess } from '../engine/assess.ts';
import { enablementOf, situationOf } from '../engine/situation.ts';
import {
  type AnswerError,
  answerAt,
  type Fields,
  readAnswers,
  sheetFields,
  writeAnswers,
} from '../exchange/answers.ts';
import type { InputRecord } from '../exchange/records.ts';
import { reference, visitDate as visitDay } from '../exchange/result.ts';
import { type Answers, linkIdOf } from '../model/answers.ts';
import type { Assessment, Finding } from '../model/assessment.ts';
import { type Disposition, severityRank, worse } from '../model/disposition.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { OutcomeChange, Recall, RecallProblem } from '../report/diff-recall.ts';
import { type Renames, renamedSheet } from './renames.ts';

/** What recorded answer sheets are looked at again with. */
export interface Revision {
  /** Under the new names. */
  readonly old: Questionnaire;
  readonly new: Questionnaire;
  readonly renames: Renames;
  /** `YYYY-MM-DD`: the day of the visit for a sheet that has none. Without it such a sheet is not evaluated. */
  readonly visitDate?: string;
}

/**
 * What becomes of one recorded answer sheet. Answers that a definition does not ask for are set aside under it, as for
 * any applicant that the two are compared on. Never throws.
 */
export function recall(revision: Revision, { line, sheet: recorded, errors }: InputRecord): Recall {
  const sheet = renamedSheet(recorded, revision.renames);
  const named = { line, ...idOf(sheet) };
  const cannot = (by: 'record' | 'old' | 'new', problems: readonly RecallProblem[]): Recall => ({
    ...named,
    is: 'undetermined',
    by,
    problems: problems.map(({ code, linkId, message }) => ({ code, linkId, message })),
  });
  if (errors.length > 0) return cannot('record', errors);
  const day = dated(sheet, revision);
  if ('problem' in day) return cannot('record', [day.problem]);
  const before = screened(revision.old, day.sheet);
  if ('errors' in before) return cannot('old', before.errors);
  const after = screened(revision.new, onlyAsked(day.sheet, revision.old, revision.new));
  if ('errors' in after) return cannot('new', after.errors);
  const settled = settledBy(before, after, revision);
  if ('missing' in settled) return cannot('new', settled.missing.map(notRecorded));
  const change = changeBetween(before.assessment, { ...after.assessment, disposition: settled.disposition });
  return { ...named, ...change };
}

function changeBetween(before: Assessment, after: Assessment): OutcomeChange {
  const [from, to] = [before.disposition, after.disposition];
  if (from === to) return { is: 'same' };
  const [was, now] = [before, after].map(({ findings }) => findings.map(({ rule }) => rule)) as [string[], string[]];
  return {
    is: 'changed',
    from,
    to,
    direction: severityRank(to) > severityRank(from) ? 'loosened' : 'tightened',
    noLongerFound: was.filter((rule) => !now.includes(rule)),
    found: now.filter((rule) => !was.includes(rule)),
  };
}

type Sheet = Readonly<Record<string, unknown>>;

function isSheet(sheet: unknown): sheet is Sheet {
  return typeof sheet === 'object' && sheet !== null && !Array.isArray(sheet);
}

function idOf(sheet: unknown): { readonly id?: string } {
  const id = isSheet(sheet) ? sheet[reference] : undefined;
  return typeof id === 'string' ? { id } : {};
}

/** The sheet with a day of the visit. Today would make everybody older than they were. */
function dated(
  sheet: unknown,
  { old, visitDate }: Pick<Revision, 'old' | 'visitDate'>,
): { readonly sheet: unknown } | { readonly problem: RecallProblem } {
  const lacksDay = isSheet(sheet) && !Object.hasOwn(sheet, visitDay) && sheetFields(old).byKey.has(visitDay);
  if (!lacksDay) return { sheet };
  if (visitDate !== undefined) return { sheet: { ...sheet, [visitDay]: visitDate } };
  const message = 'the day of the visit is not recorded: give it with --on where it is one day for all';
  return { problem: { code: 'not-recorded', linkId: visitDay, message } };
}

interface Screened {
  readonly answers: Answers;
  readonly assessment: Assessment;
}

/** What a definition makes of a sheet; answers to questions that the others settle as not asked are set aside. */
function screened(
  questionnaire: Questionnaire,
  sheet: unknown,
): Screened | { readonly errors: readonly AnswerError[] } {
  const { answers, errors } = readAnswers(questionnaire, sheet);
  const stray = new Set(errors.filter(({ code }) => code === 'not-enabled').map(({ linkId }) => linkId));
  if (stray.size > 0) {
    const asked = new Map([...answers].filter(([linkId]) => !stray.has(linkId)));
    return screened(questionnaire, writeAnswers(questionnaire, asked));
  }
  return errors.length > 0 ? { errors } : { answers, assessment: assess(questionnaire, answers) };
}

/** Without answers to questions that the old definition asks and the new one does not; in the entries of repeats too. */
function onlyAsked(sheet: unknown, old: Questionnaire, next: Questionnaire): unknown {
  return isSheet(sheet) ? withoutDropped(sheet, sheetFields(old), sheetFields(next)) : sheet;
}

function withoutDropped(sheet: Sheet, old: Fields, next: Fields): Sheet {
  const kept = Object.entries(sheet).filter(([key]) => next.byKey.has(key) || !old.byKey.has(key));
  const entries = kept.map(([key, value]): [string, unknown] => {
    const [before, after] = [old.byKey.get(key)?.entry, next.byKey.get(key)?.entry];
    if (!before || !after || !Array.isArray(value)) return [key, value];
    return [key, value.map((entry: unknown) => (isSheet(entry) ? withoutDropped(entry, before, after) : entry))];
  });
  return Object.fromEntries(entries);
}

/**
 * The new disposition; or, where a rule could make it worse than everything else does, the answers that this hangs on
 * and that the record lacks because the old definition did not ask for them.
 */
function settledBy(
  before: Screened,
  after: Screened,
  { old, new: next }: Pick<Revision, 'old' | 'new'>,
): { readonly disposition: Disposition } | { readonly missing: readonly string[] } {
  const situation = situationOf(old, before.answers);
  const isLacking = (path: string): boolean => {
    const linkId = linkIdOf(path);
    return enablementOf(situation, linkId) !== true && answerAt(next, after.answers, path) === undefined;
  };
  const { findings } = after.assessment;
  const open = findings.filter(({ absent }) => absent.some(isLacking));
  const sure = findings
    .filter((finding) => !open.includes(finding))
    .reduce<Disposition>((worst, { disposition }) => worse(worst, disposition), 'proceed');
  const couldBeWorse = ({ rule: id, disposition, absent }: Finding): boolean => {
    const fires = next.rules.find((rule) => rule.id === id)?.disposition ?? disposition;
    const worst = absent.every(isLacking) ? fires : worse(fires, disposition);
    return severityRank(worst) < severityRank(sure);
  };
  const telling = open.filter(couldBeWorse);
  if (telling.length === 0) return { disposition: sure };
  return { missing: [...new Set(telling.flatMap(({ absent }) => absent.filter(isLacking)))] };
}

function notRecorded(linkId: string): RecallProblem {
  return { code: 'not-recorded', linkId, message: 'the new definition needs this answer, and it was not asked for' };
}
