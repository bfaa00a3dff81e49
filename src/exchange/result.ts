import type { Answers } from '../model/answers.ts';
import type { Assessment, CalculatedResult, Finding } from '../model/assessment.ts';
import type { Disposition } from '../model/disposition.ts';
import { type Questionnaire, questionnaireName } from '../model/questionnaire.ts';
import { type AnswerError, answerAt, sheetFields, writeAnswers } from './answers.ts';
import { Utf8Text } from './utf8-text.ts';

/** SHA-256 of bytes, or of a text in UTF-8: 64 hex digits. */
export type Sha256 = (data: string | Uint8Array) => string;

/** Answers to be looked up one by one. */
export type AnswerLookup = Pick<Answers, 'get'>;

/** A finding as others read it. `because`: the answers that settled the rule, by path. */
export interface FindingResult {
  readonly rule: string;
  readonly disposition: Disposition;
  readonly because: Readonly<Record<string, unknown>>;
  readonly absent?: readonly string[];
}

/** What came of one record. The order of its keys is part of the contract. */
export interface Result {
  readonly line: number;
  readonly id?: string;
  readonly disposition: Disposition;
  readonly findings: readonly FindingResult[];
  readonly values: Readonly<Record<string, CalculatedResult>>;
  /** Required questions that were left out, by path. */
  readonly notAsked?: readonly string[];
  readonly questionnaire: string;
  readonly digest: string;
  /** File name of the consent form, where one was made. */
  readonly form?: string;
}

/** A record that was not evaluated. */
export interface RefusedResult {
  readonly line: number;
  readonly id?: string;
  readonly errors: readonly AnswerError[];
}

/** The question whose answer is the `id` of a result. */
export const reference = 'applicant.id';
/** The question whose answer is the day of the visit. */
export const visitDate = 'visit.date';

/** The result of one record. `digest` is that of `screeningDigest`. */
export function resultOf(
  line: number,
  questionnaire: Questionnaire,
  answers: AnswerLookup,
  assessment: Assessment,
  digest: string,
): Result {
  const { disposition, findings, values, notAsked } = assessment;
  return {
    line,
    ...withId(answers),
    disposition,
    findings: findings.map((finding) => findingResult(questionnaire, answers, finding)),
    values: Object.fromEntries(values),
    ...(notAsked.length > 0 && { notAsked }),
    questionnaire: questionnaireName(questionnaire),
    digest,
  };
}

/** One finding of the result. `resultWriter` writes the same by hand. */
function findingResult(
  questionnaire: Questionnaire,
  answers: AnswerLookup,
  { rule, disposition, because, absent }: Finding,
): FindingResult {
  return {
    rule,
    disposition,
    because: becauseOf(questionnaire, answers, because),
    ...(absent.length > 0 && { absent }),
  };
}

function becauseOf(
  questionnaire: Questionnaire,
  answers: AnswerLookup,
  paths: readonly string[],
): FindingResult['because'] {
  const because: Record<string, unknown> = {};
  for (const path of paths) because[path] = answerAt(questionnaire, answers, path);
  return because;
}

/** The result of a record in error. `answers` are those that could be read. */
export function refusedResult(line: number, answers: AnswerLookup, errors: readonly AnswerError[]): RefusedResult {
  return { line, ...withId(answers), errors: errors.map(inOrder) };
}

/** The order of the keys of an error is part of the contract. */
function inOrder({ code, linkId, message, lineInRecord, character, column }: AnswerError): AnswerError {
  return {
    code,
    linkId,
    message,
    ...(lineInRecord !== undefined && { lineInRecord }),
    ...(character !== undefined && { character }),
    ...(column !== undefined && { column }),
  };
}

/** The applicant's reference; undefined where it is not given. */
export function idOf(answers: AnswerLookup): string | undefined {
  const id = answers.get(reference);
  return typeof id === 'string' ? id : undefined;
}

function withId(answers: AnswerLookup): { readonly id?: string } {
  const id = idOf(answers);
  return id === undefined ? {} : { id };
}

/** `sha256:` and 64 hex digits over the definition and the answers: the same screening has the same one, however it was written. */
export function screeningDigest(
  questionnaire: Questionnaire,
  definitionDigest: string,
  answers: Answers,
  sha256: Sha256,
): string {
  const sheet = JSON.stringify(writeAnswers(questionnaire, answers));
  return `sha256:${sha256(`${definitionDigest}\n${sheet}`)}`;
}

/** The same of answers that `write` adds. What it gathers for one sheet is gone with the next. */
export function writtenSheetDigester(
  definitionDigest: string,
  sha256: Sha256,
): (write: (sheet: Utf8Text) => void) => string {
  const text = new Utf8Text();
  text.add(`${definitionDigest}\n`);
  const start = text.length;
  return (write) => {
    text.cut(start);
    write(text);
    return `sha256:${sha256(text.whole())}`;
  };
}

/** The sheet with a visit date: `date` (`YYYY-MM-DD`) where it has none. What is no sheet is left as it is. */
export function withVisitDate(questionnaire: Questionnaire, sheet: unknown, date: string): unknown {
  const isSheet = typeof sheet === 'object' && sheet !== null && !Array.isArray(sheet);
  if (!isSheet || Object.hasOwn(sheet, visitDate) || !asks(questionnaire, visitDate)) return sheet;
  return { ...sheet, [visitDate]: date };
}

function asks(questionnaire: Questionnaire, linkId: string): boolean {
  return sheetFields(questionnaire).byKey.has(linkId);
}
