import { questionnaireResponseOf } from '../exchange/fhir/questionnaire-response.ts';
import type { Answers } from '../model/answers.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { Attachment } from './metadata.ts';

/** The answers as a file to go into a form: a FHIR R4 QuestionnaireResponse. `visit` is 00:00 UTC of its day. */
export function answersAttachment(
  { questionnaire, answers }: { readonly questionnaire: Questionnaire; readonly answers: Answers },
  visit: Date,
): Attachment {
  const response = questionnaireResponseOf(questionnaire, answers, visit.toISOString().slice(0, 10));
  return {
    name: 'answers.fhir.json',
    mediaType: 'application/fhir+json',
    description: 'The answers that this form was made from, as a FHIR R4 QuestionnaireResponse',
    content: `${JSON.stringify(response, null, 2)}\n`,
  };
}
