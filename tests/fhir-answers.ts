import { type ReadAnswers, readAnswers } from '../src/exchange/answers.ts';
import { readResponse } from '../src/exchange/fhir/read-response.ts';
import type { Questionnaire } from '../src/model/questionnaire.ts';

/** The answers that a QuestionnaireResponse says, held to the questionnaire like any answer sheet. */
export function readQuestionnaireResponse(questionnaire: Questionnaire, resource: unknown): ReadAnswers {
  const { sheet, errors } = readResponse(questionnaire, resource);
  if (errors.length === 0) return readAnswers(questionnaire, sheet);
  return { answers: new Map(), errors: errors.map(({ at: _, ...error }) => error) };
}
