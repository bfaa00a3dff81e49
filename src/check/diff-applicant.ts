import { itemsOf } from '../engine/items.ts';
import { writeAnswers } from '../exchange/answers.ts';
import { type Answers, linkIdOf } from '../model/answers.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { Departure, Seen, Witness } from '../report/diff.ts';
import type { Observation } from './observe.ts';
import type { Applicant } from './prove/compare.ts';
import { departuresIn, leftOut } from './prove/tell.ts';

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
  const departuresOn = ({ questionnaire, baseline }: Side, { answers }: Applicant['old']): readonly Departure[] =>
    departuresIn(questionnaire, answers, baseline);
  const now = departuresOn(next, applicant.new);
  const isTold = new Set(now.map(({ path }) => path));
  const shared = itemsOf(next.questionnaire);
  const was = departuresOn(old, applicant.old).filter(({ path }) => !isTold.has(path));
  // What both ask and only the old definition sees depart is not asked of this applicant under the new one.
  return [...now, ...was.filter(({ path, answer }) => !shared.has(linkIdOf(path)) || answer !== leftOut)];
}
