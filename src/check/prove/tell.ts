import { itemsOf, questionsIn, wholeItems } from '../../engine/items.ts';
import { answerAt } from '../../exchange/answers.ts';
import { type AnswerPlace, type Answers, answerIn, isEntries, linkIdOf } from '../../model/answers.ts';
import { counted } from '../../model/counted.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import { answerText } from '../../report/answer-text.ts';
import type { Departure } from '../../report/diff.ts';
import { departuresInWords } from '../../report/diff-text.ts';

/** Where a sheet departs from the unremarkable applicant, on one line: `today.escort false, trial[2].dose 60`. */
export function departures(questionnaire: Questionnaire, answers: Answers, baseline: Answers): string {
  return departuresInWords(departuresIn(questionnaire, answers, baseline));
}

/**
 * Where a sheet departs from the unremarkable one, in asking order. In a repeat: how many entries there are, where that
 * differs, and then each answer that the same entry of the other sheet does not have.
 */
export function departuresIn(questionnaire: Questionnaire, answers: Answers, baseline: Answers): readonly Departure[] {
  return wholeItems(questionnaire).flatMap((item): readonly Departure[] => {
    const [given, usual] = [answers, baseline].map((sheet) => sheet.get(item.linkId));
    if (item.type !== 'group' || !isEntries(given) || !isEntries(usual))
      return departuresAt([item.linkId], questionnaire, answers, baseline);
    const fields = questionsIn(item).map(({ linkId }) => linkId.slice(item.linkId.length));
    const paths = given.flatMap((_, index) => fields.map((field) => `${item.linkId}[${index + 1}]${field}`));
    const answer = counted(given.length, 'entry', 'entries');
    const count = { path: item.linkId, question: item.text, answer, words: answerText(item, given) };
    return [
      ...(given.length === usual.length ? [] : [count]),
      ...departuresAt(paths, questionnaire, answers, baseline),
    ];
  });
}

function departuresAt(
  paths: readonly string[],
  questionnaire: Questionnaire,
  answers: Answers,
  baseline: Answers,
): readonly Departure[] {
  return paths.flatMap((path) => {
    const [now, usual] = [answers, baseline].map((sheet) => JSON.stringify(answerAt(questionnaire, sheet, path)));
    const item = itemsOf(questionnaire).get(linkIdOf(path))?.item;
    if (now === usual || !item) return [];
    const given = answerIn(answers, placeOf(path));
    const words = given === undefined ? leftOut : answerText(item, given);
    return [{ path, question: item.text, answer: told(now), words }];
  });
}

/** The place that a path names. */
function placeOf(path: string): AnswerPlace {
  const [, repeat, position] = /^(.+?)\[(\d+)\]/.exec(path) ?? [];
  return { linkId: linkIdOf(path), repeat, index: Number(position ?? 1) - 1 };
}

/** What is said of a question without an answer. */
export const leftOut = 'left out';

/** An answer as it is written, without the quotation marks of JSON. */
function told(json: string | undefined): string {
  if (json === undefined) return leftOut;
  const absent = /^\{"absent":"(unknown|declined)"\}$/.exec(json)?.[1];
  return absent ?? json.replace(/^"(.*)"$/, '$1');
}
