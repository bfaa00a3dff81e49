import type { Answers } from '../model/answers.ts';
import type { Assessment } from '../model/assessment.ts';
import type { Questionnaire } from '../model/questionnaire.ts';

/** The disposition of an applicant with all findings, worst first. Total: any answers that `refusal` accepts. */
export function assess(_questionnaire: Questionnaire, _answers: Answers): Assessment {
  throw new Error('not built yet');
}
