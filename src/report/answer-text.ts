import { type Answer, type Answers, isAbsent } from '../model/answers.ts';
import { counted } from '../model/counted.ts';
import { formatDecimal } from '../model/decimal.ts';
import { formatDate } from '../model/local-date.ts';
import type { AnswerOption, ChoiceItem, Item } from '../model/questionnaire.ts';

/** An answer in words for people: `Yes`, `148 mmHg`, the option's text, `not known`. */
export function answerText(item: Item, answer: Answer): string {
  if (isAbsent(answer)) return answer.absent === 'unknown' ? 'not known' : 'declined';
  switch (item.type) {
    case 'boolean':
      return answer === true ? 'Yes' : 'No';
    case 'integer':
    case 'decimal':
      return `${formatDecimal(Number(answer), item.decimals)} ${item.unitText}`;
    case 'date':
      return formatDate(Number(answer));
    case 'string':
      return String(answer);
    case 'choice':
      return choiceText(item, answer);
    case 'group':
      return entriesText(item.repeats?.entry ?? '', answer);
  }
}

function choiceText(item: ChoiceItem, answer: Answer): string {
  if (!Array.isArray(answer)) return optionOf(item, answer)?.text ?? '';
  const chosen = new Set<unknown>(answer);
  return item.options
    .filter(({ code }) => chosen.has(code))
    .map(({ text }) => text)
    .join('; ');
}

/** The option that an answer to a single choice means. */
export function optionOf({ options, scored }: ChoiceItem, answer: Answer): AnswerOption | undefined {
  return options.find(({ code, score }) => answer === (scored ? score : code));
}

function entriesText(entry: string, answer: Answer): string {
  const count = Array.isArray(answer) ? answer.length : 0;
  return count === 0 ? 'none' : counted(count, entry);
}

/** One entry of a repeat on one line: its answers in asking order, without those that say nothing by themselves. */
export function entryText(fields: readonly Item[], entry: Answers): string {
  const telling = fields.filter(({ type }) => type !== 'boolean');
  const texts = telling.flatMap((field) => {
    const answer = entry.get(field.linkId);
    return answer === undefined ? [] : [answerText(field, answer)];
  });
  return texts.join(', ');
}
