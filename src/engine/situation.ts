import type { Answers } from '../model/answers.ts';
import type { Truth } from '../model/assessment.ts';
import type { Expression } from '../model/expression.ts';
import type { Questionnaire } from '../model/questionnaire.ts';

/** A questionnaire with the answers known so far. Immutable: for other answers make another. */
export interface Situation {
  readonly questionnaire: Questionnaire;
  readonly answers: Answers;
}

export function situationOf(questionnaire: Questionnaire, answers: Answers): Situation {
  return { questionnaire, answers };
}

/** Truth of a condition under the answers known so far. Total: never throws. */
export function truthOf(_situation: Situation, _condition: Expression): Truth {
  throw new Error('not built yet');
}

/** Whether a question is asked: its own `enableWhen` and those of the groups around it. Total. */
export function enablementOf(_situation: Situation, _linkId: string): Truth {
  throw new Error('not built yet');
}
