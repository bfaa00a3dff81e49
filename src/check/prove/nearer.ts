import { questionsIn, wholeItems } from '../../engine/items.ts';
import { type Answer, type AnswerPlace, type Answers, answerIn, isEntries, isSameAnswer } from '../../model/answers.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';

/** The sheet with another answer in a place, or without one; undefined where that does not show the same. */
export type Change<Sheet> = (sheet: Sheet, place: AnswerPlace, answer: Answer | undefined) => Sheet | undefined;

/**
 * A sheet brought as near to the usual one as what it shows allows, so that people see what matters in it: an answer in an
 * entry is as in the same entry of the usual one (of an entry more than usual, as in its last), and a number or a day
 * that is out of the ordinary is the nearest that will do, looked for by halving. Questions outside repeats that have
 * the usual answer are left alone.
 */
export function nearer<Sheet>(
  questionnaire: Questionnaire,
  usual: Answers,
  sheet: Sheet,
  answersOf: (sheet: Sheet) => Answers,
  changed: Change<Sheet>,
): Sheet {
  return placesIn(questionnaire, answersOf(sheet), usual).reduce<Sheet>((near, place) => {
    const [answer, usually] = [answerIn(answersOf(near), place), usualAt(usual, place)];
    if (isSameAnswer(answer, usually)) return near;
    const at = (value: Answer | undefined): Sheet | undefined => changed(near, place, value);
    const asUsual = place.repeat === undefined ? undefined : at(usually);
    if (asUsual !== undefined || typeof answer !== 'number' || typeof usually !== 'number') return asUsual ?? near;
    return halved(near, usually, answer, at);
  }, sheet);
}

/** `out` does not show what `sheet`, which has `shown`, shows. */
function halved<Sheet>(sheet: Sheet, out: number, shown: number, at: (value: number) => Sheet | undefined): Sheet {
  if (Math.abs(shown - out) <= 1) return sheet;
  const middle = Math.trunc((shown + out) / 2);
  const tried = at(middle);
  return tried === undefined ? halved(sheet, middle, shown, at) : halved(tried, out, middle, at);
}

/** Entries where the usual sheet has none are like no others: they are left alone. */
function placesIn(questionnaire: Questionnaire, answers: Answers, usual: Answers): readonly AnswerPlace[] {
  return wholeItems(questionnaire).flatMap((item): readonly AnswerPlace[] => {
    const entries = answers.get(item.linkId);
    if (item.type !== 'group' || !isEntries(entries)) return [{ linkId: item.linkId }];
    if (!hasEntries(usual.get(item.linkId))) return [];
    return entries.flatMap((_, index) =>
      questionsIn(item).map(({ linkId }) => ({ linkId, repeat: item.linkId, index })),
    );
  });
}

function hasEntries(answer: Answer | undefined): boolean {
  return isEntries(answer) && answer.length > 0;
}

function usualAt(usual: Answers, place: AnswerPlace): Answer | undefined {
  const entries = place.repeat === undefined ? undefined : usual.get(place.repeat);
  const last = isEntries(entries) ? entries.length - 1 : 0;
  return answerIn(usual, { ...place, index: Math.min(place.index ?? 0, last) });
}
