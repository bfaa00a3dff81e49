import { assess } from '../engine/assess.ts';
import { itemsOf } from '../engine/items.ts';
import { enablementOf, situationOf } from '../engine/situation.ts';
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
  return { assessment: assess(questionnaire, answers), asked: askedIn(questionnaire, answers) };
}

function askedIn(questionnaire: Questionnaire, answers: Answers): readonly string[] {
  const situation = situationOf(questionnaire, answers);
  return answerable(questionnaire).filter((linkId) => enablementOf(situation, linkId) === true);
}

/** Everything that is answered, in asking order: questions, repeats, and the questions inside repeats. */
export function answerable(questionnaire: Questionnaire): readonly string[] {
  return [...itemsOf(questionnaire).values()].flatMap(({ item }) =>
    item.type !== 'group' || item.repeats !== undefined ? [item.linkId] : [],
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
