import { itemsOf, wholeItems } from '../engine/items.ts';
import { answerAt, writeAnswers } from '../exchange/answers.ts';
import type { Answer, Answers } from '../model/answers.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import { answerText } from '../report/answer-text.ts';
import type { Departure, Seen, Witness } from '../report/diff.ts';
import type { Observation } from './observe.ts';
import type { Applicant } from './prove/compare.ts';

/** A definition with the answers of the unremarkable applicant. */
export interface Side {
  readonly questionnaire: Questionnaire;
  readonly baseline: Answers;
}

/** What the two definitions make of an applicant, who is told by the answers that are out of the ordinary. */
export function witnessOf(old: Side, next: Side, applicant: Applicant): Witness {
  return {
    departures: departuresOf(old, next, applicant),
    isFewest: applicant.isFewest,
    was: seen(applicant.old.observation, old.questionnaire),
    now: seen(applicant.new.observation, next.questionnaire),
    sheets: {
      old: writeAnswers(old.questionnaire, applicant.old.answers),
      new: writeAnswers(next.questionnaire, applicant.new.answers),
    },
  };
}

function seen({ assessment: { disposition, findings } }: Observation, { rules }: Questionnaire): Seen {
  return {
    disposition,
    findings: findings.map(({ rule: id, disposition: own }) => {
      return { rule: id, disposition: own, reason: rules.find((rule) => rule.id === id)?.reason ?? '' };
    }),
  };
}

/** Answers to questions of the new definition in its order, then those that only the old one asks. */
export function departuresOf(old: Side, next: Side, applicant: Pick<Applicant, 'old' | 'new'>): readonly Departure[] {
  const now = departuresIn(next, applicant.new.answers);
  const isTold = new Set(now.map(({ path }) => path));
  const shared = itemsOf(next.questionnaire);
  const was = departuresIn(old, applicant.old.answers).filter(({ path }) => !isTold.has(path));
  // What both ask and only the old definition sees depart is not asked of this applicant under the new one.
  return [...now, ...was.filter(({ path, answer }) => !shared.has(linkIdOf(path)) || answer !== leftOut)];
}

function departuresIn({ questionnaire, baseline }: Side, answers: Answers): readonly Departure[] {
  return wholeItems(questionnaire).flatMap((item): readonly Departure[] => {
    const [given, usual] = [answers, baseline].map((sheet) => sheet.get(item.linkId));
    if (item.type !== 'group' || !isEntries(given) || !isEntries(usual)) {
      return departuresAt([item.linkId], questionnaire, answers, baseline);
    }
    if (given.length !== usual.length) {
      const answer = given.length === 1 ? '1 entry' : `${given.length} entries`;
      return [{ path: item.linkId, question: item.text, answer, words: answerText(item, given) }];
    }
    const fields = item.items.map(({ linkId }) => linkId.slice(item.linkId.length));
    const paths = given.flatMap((_, index) => fields.map((field) => `${item.linkId}[${index + 1}]${field}`));
    return departuresAt(paths, questionnaire, answers, baseline);
  });
}

function isEntries(answer: unknown): answer is readonly Answers[] {
  return Array.isArray(answer) && answer.every((each) => typeof each === 'object');
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
    const given = answerOf(answers, path);
    const words = given === undefined ? leftOut : answerText(item, given);
    return [{ path, question: item.text, answer: told(now), words }];
  });
}

/** The answer at a path, as the engine holds it. */
function answerOf(answers: Answers, path: string): Answer | undefined {
  const [, repeat, position] = /^(.+?)\[(\d+)\]/.exec(path) ?? [];
  if (repeat === undefined) return answers.get(path);
  const entries = answers.get(repeat);
  return isEntries(entries) ? entries[Number(position) - 1]?.get(linkIdOf(path)) : undefined;
}

const leftOut = 'left out';

/** An answer as it is written, without the quotation marks of JSON. */
function told(json: string | undefined): string {
  if (json === undefined) return leftOut;
  const absent = /^\{"absent":"(unknown|declined)"\}$/.exec(json)?.[1];
  return absent ?? json.replace(/^"(.*)"$/, '$1');
}

function linkIdOf(path: string): string {
  return path.replace(/\[\d+\]/, '');
}
