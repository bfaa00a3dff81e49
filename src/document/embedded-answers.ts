import { questionnaireResponseOf, readQuestionnaireResponse } from '../exchange/fhir/questionnaire-response.ts';
import { readJson } from '../exchange/json.ts';
import type { Answers } from '../model/answers.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import { asText, decodedStream, objectsOf, type PartTools } from './integrity/file-parts.ts';
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

/** The answers inside a form as it was painted; `unreadable` where they are not those of this questionnaire, undefined where none are inside. */
export function embeddedAnswers(
  bytes: Uint8Array,
  questionnaire: Questionnaire,
  tools: PartTools,
): Answers | 'unreadable' | undefined {
  if (!asText(bytes).includes('/Type /EmbeddedFile')) return undefined;
  const file = objectsOf(bytes).find(({ head }) => /\/Type \/EmbeddedFile\b/.test(head));
  const text = file && textIn(() => decodedStream(file, bytes, tools));
  const json = text === undefined ? undefined : readJson(text);
  if (!json || json.errors.length > 0) return 'unreadable';
  const { answers, errors } = readQuestionnaireResponse(questionnaire, json.value);
  return errors.length > 0 ? 'unreadable' : answers;
}

function textIn(read: () => Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(read());
  } catch {
    return undefined;
  }
}
