import { assessorOf } from '../engine/compile.ts';
import type { Answers } from '../model/answers.ts';
import type { Assessment } from '../model/assessment.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import { readAnswers } from './answers.ts';
import type { InputRecord } from './records.ts';
import {
  type RefusedResult,
  type Result,
  refusedResult,
  resultOf,
  type Sha256,
  screeningDigest,
  withVisitDate,
} from './result.ts';

/** What every record of an input is screened with. */
export interface Screening {
  readonly questionnaire: Questionnaire;
  readonly definitionDigest: string;
  /** `YYYY-MM-DD`: the day of the visit for a sheet that has none. */
  readonly visitDate: string;
  readonly sha256: Sha256;
}

/** What came of a record: an assessment, or errors and nothing decided. */
export type Screened =
  | { readonly is: 'assessed'; readonly answers: Answers; readonly assessment: Assessment; readonly result: Result }
  | { readonly is: 'refused'; readonly result: RefusedResult };

/** Screens one record of an input. Never throws. */
export function screenRecord(screening: Screening, { line, sheet, errors }: InputRecord): Screened {
  const { questionnaire, definitionDigest, visitDate, sha256 } = screening;
  const read = readAnswers(questionnaire, withVisitDate(questionnaire, sheet, visitDate));
  const { answers } = read;
  const refused = errors.length > 0 ? errors : read.errors;
  if (refused.length > 0) return { is: 'refused', result: refusedResult(line, answers, refused) };
  const assessment = assessorOf(questionnaire).assess(answers);
  const digest = screeningDigest(questionnaire, definitionDigest, answers, sha256);
  return { is: 'assessed', answers, assessment, result: resultOf(line, questionnaire, answers, assessment, digest) };
}
