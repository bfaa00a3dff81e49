import { isAccepted } from '../engine/accept.ts';
import { type Answers, answerIn, isSameAnswer, withAnswerIn } from '../model/answers.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { Side } from './diff-applicant.ts';
import { type Observation, observe } from './observe.ts';
import type { Applicant } from './prove/compare.ts';
import { nearer } from './prove/nearer.ts';

type Seen = Applicant['old'];

/**
 * The applicant as near to the usual one as the same dispositions and findings allow, and the same of what else `shown`
 * picks out: an example at a limit says where the limit is.
 */
export function nearestOf(
  old: Side,
  next: Side,
  applicant: Applicant,
  shown: (applicant: Applicant) => unknown = () => [],
): Applicant {
  return nearer<Applicant>(
    next.questionnaire,
    next.baseline,
    applicant,
    (near) => near.new.answers,
    (near, place, answer) => {
      const [own, formerly] = [near.new.answers, near.old.answers];
      const isInBoth = formerly.has(place.repeat ?? place.linkId);
      if (isInBoth && !isSameAnswer(answerIn(own, place), answerIn(formerly, place))) return undefined;
      const after = seenWith(next.questionnaire, near.new, withAnswerIn(own, place, answer));
      const before = isInBoth ? seenWith(old.questionnaire, near.old, withAnswerIn(formerly, place, answer)) : near.old;
      const other = before && after && { ...near, old: before, new: after };
      return other && JSON.stringify(shown(other)) === JSON.stringify(shown(applicant)) ? other : undefined;
    },
  );
}

/** What is seen of other answers; undefined where a reader refuses them or something else is seen. */
function seenWith(questionnaire: Questionnaire, { observation }: Seen, answers: Answers): Seen | undefined {
  if (!isAccepted(questionnaire, answers)) return undefined;
  const seen = observe(questionnaire, answers);
  return outcomeOf(seen) === outcomeOf(observation) ? { answers, observation: seen } : undefined;
}

function outcomeOf({ assessment: { disposition, findings } }: Observation): string {
  return JSON.stringify([disposition, findings.map(({ rule, disposition: own }) => [rule, own])]);
}
