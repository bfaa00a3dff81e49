import { readAnswers } from '../exchange/answers.ts';
import { readResponse } from '../exchange/fhir/read-response.ts';
import { readJson } from '../exchange/json.ts';
import type { Answers } from '../model/answers.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import { asText, decodedStream, objectsOf, type PartTools } from './integrity/file-parts.ts';

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
  const { sheet, errors: unread } = readResponse(questionnaire, json.value);
  // What another version asked is compared too, where it can be read: the form says itself which version it was.
  if (unread.some(({ code }) => code !== 'other-questionnaire')) return 'unreadable';
  const { answers, errors } = readAnswers(questionnaire, sheet);
  return errors.length > 0 ? 'unreadable' : answers;
}

function textIn(read: () => Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(read());
  } catch {
    return undefined;
  }
}
