import { brokenConstraints, strayAnswers } from '../engine/accept.ts';
import { itemsOf } from '../engine/items.ts';
import type { Answers } from '../model/answers.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { Side } from './diff-applicant.ts';
import { type Observation, observe } from './observe.ts';
import type { Applicant } from './prove/compare.ts';

type Seen = Applicant['old'];

/**
 * The applicant with each number and date that is out of the ordinary brought as near to the usual one as the same
 * dispositions and findings allow: an example at the limit says where the limit is. Looked for by halving, on the engine.
 */
export function atLimits(old: Side, next: Side, applicant: Applicant): Applicant {
  return [...itemsOf(next.questionnaire).keys()].reduce<Applicant>((nearest, linkId) => {
    const value = nearest.new.answers.get(linkId);
    const usual = next.baseline.get(linkId);
    const isShared = !nearest.old.answers.has(linkId) || nearest.old.answers.get(linkId) === value;
    if (typeof value !== 'number' || typeof usual !== 'number' || !isShared) return nearest;
    return halved(old, next, nearest, { linkId, from: usual, to: value });
  }, applicant);
}

interface Stretch {
  readonly linkId: string;
  /** The usual value: it does not show what the applicant shows. */
  readonly from: number;
  readonly to: number;
}

function halved(old: Side, next: Side, applicant: Applicant, { linkId, from, to }: Stretch): Applicant {
  let [out, nearest] = [from, applicant];
  for (let at = to; Math.abs(at - out) > 1; ) {
    const middle = Math.trunc((at + out) / 2);
    const tried = withValue(old, next, applicant, linkId, middle);
    if (tried) [at, nearest] = [middle, tried];
    else out = middle;
  }
  return nearest;
}

/** The applicant with another answer; undefined where a definition refuses it or sees something else in it. */
function withValue(old: Side, next: Side, applicant: Applicant, linkId: string, value: number): Applicant | undefined {
  const [before, after] = [
    seenWith(old.questionnaire, applicant.old, linkId, value),
    seenWith(next.questionnaire, applicant.new, linkId, value),
  ];
  return before && after ? { ...applicant, old: before, new: after } : undefined;
}

function seenWith(
  questionnaire: Questionnaire,
  { answers, observation }: Seen,
  linkId: string,
  value: number,
): Seen | undefined {
  if (!answers.has(linkId)) return { answers, observation };
  const other: Answers = new Map([...answers]).set(linkId, value);
  if (strayAnswers(questionnaire, other).length + brokenConstraints(questionnaire, other).length > 0) return undefined;
  const seen = observe(questionnaire, other);
  return outcomeOf(seen) === outcomeOf(observation) ? { answers: other, observation: seen } : undefined;
}

function outcomeOf({ assessment: { disposition, findings } }: Observation): string {
  return JSON.stringify([disposition, findings.map(({ rule, disposition: own }) => [rule, own])]);
}
