import { type Answer, isAbsent } from '../../model/answers.ts';
import { formatDate, parseDate } from '../../model/local-date.ts';
import type { Item } from '../../model/questionnaire.ts';
import type { ConsentTemplate } from '../../model/template.ts';
import type { Run, Text } from '../content.ts';
import type { PartDigests } from '../integrity/digests.ts';
import { ConsentRefused } from '../refusal.ts';
import { type Desk, itemOf, type Matter, open, say } from './desk.ts';

/** A run of an open text, by its origin. `digest`: that of the footer, empty while it is taken. */
export function openRun(matter: Matter, parts: PartDigests, origin: string, digest: string): Run {
  return { text: openText(matter, parts, origin, digest).normalize('NFC'), strong: false, origin, isOpen: true };
}

function openText(matter: Matter, parts: PartDigests, origin: string, digest: string): string {
  switch (origin) {
    case 'digest':
      return `${matter.template.words.content} SHA-256: ${digest}`;
    case 'digestOfAnswers':
      return parts.answers;
    case 'auditHead':
      return matter.auditHead ?? '';
    case matter.template.card.condition:
      return answerKnown(matter, origin) ?? matter.template.words.notRecorded;
    default:
      return answerShown(matter, origin);
  }
}

/** The answer to a question of the card. A choice is one of few: it is closed. */
export function answerText(desk: Desk, linkId: string): Text {
  return itemOf(desk, linkId)?.type === 'choice' ? say(answerShown(desk, linkId), false, linkId) : open(linkId);
}

/** An answer as a reader understands it. Throws ConsentRefused where the card's answer is not there. */
function answerShown(matter: Matter, linkId: string): string {
  const text = answerKnown(matter, linkId);
  if (text !== undefined) return text;
  throw new ConsentRefused('missing-detail', `the form needs an answer to ${linkId}`, `answer ${linkId} and try again`);
}

function answerKnown(matter: Matter, linkId: string): string | undefined {
  const answer = matter.answers.get(linkId);
  const item = itemOf(matter, linkId);
  const text = item && answer !== undefined && !isAbsent(answer) ? shown(matter, item, answer) : undefined;
  return text?.trim() === '' ? undefined : text;
}

function shown({ template }: Matter, item: Item, answer: Answer): string | undefined {
  if (item.type === 'date' && typeof answer === 'number') return dateText(template, answer);
  if (item.type === 'choice') {
    const own = template.questions?.options[item.linkId]?.[String(answer)];
    return own ?? item.options.find(({ code }) => code === answer)?.text;
  }
  return typeof answer === 'string' ? answer : undefined;
}

function dateText({ months, dateFormat }: ConsentTemplate, day: number): string {
  const [year = '', month = '', date = ''] = formatDate(day).split('-');
  return dateFormat
    .replace('{day}', String(Number(date)))
    .replace('{month}', months[Number(month) - 1] ?? month)
    .replace('{year}', String(Number(year)));
}

/** A day as the form writes it, with the time where one is given: `2026-11-24 09:30`. */
export function momentText(template: ConsentTemplate, moment: string): string {
  const [date = '', time] = moment.split(/[ T]/);
  const day = parseDate(date);
  if (day === undefined) return moment;
  return [dateText(template, day), ...(time === undefined ? [] : [time])].join(', ');
}
