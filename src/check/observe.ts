import { assess } from '../engine/assess.ts';
import { answeredItems } from '../engine/items.ts';
import { enablementOf, type Situation, situationOf } from '../engine/situation.ts';
import type { Answers } from '../model/answers.ts';
import type { Assessment } from '../model/assessment.ts';
import type { Questionnaire } from '../model/questionnaire.ts';

/** Everything about a screening that a golden case can pin. */
export interface Observation {
  readonly assessment: Assessment;
  /** The questions and repeats that are asked, in asking order. */
  readonly asked: readonly string[];
}

export function observe(questionnaire: Questionnaire, answers: Answers): Observation {
  return { assessment: assess(questionnaire, answers), asked: askedIn(situationOf(questionnaire, answers)) };
}

/** The questions and repeats that are asked, in asking order. */
export function askedIn(situation: Situation): readonly string[] {
  const { questionnaire } = situation;
  return answeredItems(questionnaire).flatMap(({ linkId }) =>
    enablementOf(situation, linkId) === true ? [linkId] : [],
  );
}

/** What of two observations of one applicant is not the same, as a golden case would show it. */
export function differencesBetween(
  a: Observation,
  b: Observation,
): readonly ('disposition' | 'findings' | 'asked' | 'values')[] {
  const rules = ({ assessment }: Observation): string =>
    JSON.stringify(assessment.findings.map(({ rule }) => rule).sort());
  const values = ({ assessment }: Observation): string => JSON.stringify([...assessment.values]);
  return [
    ...(a.assessment.disposition === b.assessment.disposition ? [] : (['disposition'] as const)),
    ...(rules(a) === rules(b) ? [] : (['findings'] as const)),
    ...(JSON.stringify(a.asked) === JSON.stringify(b.asked) ? [] : (['asked'] as const)),
    ...(values(a) === values(b) ? [] : (['values'] as const)),
  ];
}
