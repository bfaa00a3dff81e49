import type { AnswerError } from './answers.ts';
import { placeText } from './records.ts';

/** An error as people read it: what it is about, where it stands unless the message says so itself, and the message. */
export function errorText({ linkId, character, message, ...place }: AnswerError): string {
  const where = character === undefined ? '' : placeText({ ...place, character });
  const named = [linkId, message.includes(where) ? '' : where].filter((part) => part !== '');
  return named.length === 0 ? message : `${named.join(', ')}: ${message}`;
}
