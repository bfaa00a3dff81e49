import { questionsIn, wholeItems } from '../../engine/items.ts';
import { type Answer, type Answers, isEntries } from '../../model/answers.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';

/** A question outside repeats, or one of the entry at `index` of a repeat, counted from 0. */
export interface Place {
  readonly linkId: string;
  readonly repeat?: string;
  readonly index?: number;
}

/** The sheet with another answer in a place, or without one; undefined where that does not show the same. */
export type Change<Sheet> = (sheet: Sheet, place: Place, answer: Answer | undefined) => Sheet | undefined;

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
    const [answer, usually] = [answerAt(answersOf(near), place), usualAt(usual, place)];
    if (JSON.stringify(answer) === JSON.stringify(usually)) return near;
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
function placesIn(questionnaire: Questionnaire, answers: Answers, usual: Answers): readonly Place[] {
  return wholeItems(questionnaire).flatMap((item): readonly Place[] => {
    const entries = answers.get(item.linkId);
    if (item.type !== 'group' || !isEntries(entries)) return [{ linkId: item.linkId }];
    if (!hasEntries(usual.get(item.linkId))) return [];
    return entries.flatMap((_, index) =>
      questionsIn(item).map(({ linkId }) => ({ linkId, repeat: item.linkId, index })),
    );
  });
}

export function answerAt(answers: Answers, { linkId, repeat, index = 0 }: Place): Answer | undefined {
  if (repeat === undefined) return answers.get(linkId);
  const entries = answers.get(repeat);
  return isEntries(entries) ? entries[index]?.get(linkId) : undefined;
}

function hasEntries(answer: Answer | undefined): boolean {
  return isEntries(answer) && answer.length > 0;
}

function usualAt(usual: Answers, place: Place): Answer | undefined {
  const entries = place.repeat === undefined ? undefined : usual.get(place.repeat);
  const last = isEntries(entries) ? entries.length - 1 : 0;
  return answerAt(usual, { ...place, index: Math.min(place.index ?? 0, last) });
}

/** The answers with another one in a place, or without one; as they are where the place is an entry that they do not have. */
export function withAnswer(
  answers: Answers,
  { linkId, repeat, index = 0 }: Place,
  answer: Answer | undefined,
): Answers {
  if (repeat === undefined) return withOwn(answers, linkId, answer);
  const entries = answers.get(repeat);
  if (!isEntries(entries) || !entries[index]) return answers;
  return withOwn(answers, repeat, entries.with(index, withOwn(entries[index], linkId, answer)));
}

function withOwn(answers: Answers, linkId: string, answer: Answer | undefined): Answers {
  const other = new Map(answers);
  if (answer === undefined) other.delete(linkId);
  else other.set(linkId, answer);
  return other;
}
