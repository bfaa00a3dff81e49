import type { Answer, Answers } from '../model/answers.ts';
import type { ClearingEdit } from '../model/clearing-edit.ts';
import type { Item, Questionnaire } from '../model/questionnaire.ts';
import { answerText, entryText } from './answer-text.ts';
import { dispositionNames, questionsOf, wrapped } from './assessment.ts';

/**
 * Edits after which something no longer stands in the way, for whoever reviews a screening: what was answered first, what
 * later, and what the first answer called for. `clock` writes a time, in milliseconds since 1970. No lines where there are none.
 */
export function describeClearingEdits(
  questionnaire: Questionnaire,
  edits: readonly ClearingEdit[],
  clock: (at: number) => string,
  columns: number,
): readonly string[] {
  if (edits.length === 0) return [];
  const asked = questionsOf(questionnaire);
  const line = (text: string): string[] => wrapped(text, '  ', columns);
  return [
    'Changed during the screening',
    ...line('Answers that stood in the way and were changed. Often a slip of the key, or something remembered.'),
    ...edits.flatMap(({ at, rule, disposition, before, after }) => [
      '',
      ...line(`${clock(at)}: before, ${dispositionNames[disposition]} (${rule})`),
      ...[...before].flatMap(([linkId, answer]) => line(`- ${changeText(linkId, asked.get(linkId), answer, after)}`)),
    ]),
  ];
}

function changeText(linkId: string, item: Item | undefined, answer: Answer, after: Answers): string {
  const later = after.get(linkId);
  return `${item?.text ?? linkId} ${textOf(item, answer)} -> ${later === undefined ? 'taken back' : textOf(item, later)}`;
}

/** Entries of a repeat are told each: their number may be the same. */
function textOf(item: Item | undefined, answer: Answer): string {
  if (!item) return '';
  if (item.type !== 'group' || !Array.isArray(answer) || answer.length === 0) return answerText(item, answer);
  return (answer as readonly Answers[]).map((entry) => `(${entryText(item.items, entry)})`).join(' ');
}
