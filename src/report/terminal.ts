import type { Disposition } from '../model/disposition.ts';
import { dispositionNames, dispositionTones } from './assessment.ts';
import type { Paint } from './colour.ts';

/** How a screening went, for what is said after its result. Every text is safe to print. */
export interface Outcome {
  readonly disposition: Disposition;
  /** Id of the draft: says nothing of the patient. */
  readonly id: string;
  /** The emergency page: which rules opened it, who was told, and when, in words. */
  readonly told: readonly { readonly rules: readonly string[]; readonly who: string; readonly when: string }[];
  /** Questions that were not reached, where the screening stopped in an emergency. */
  readonly notReached: number;
  /** Path of the answers, where they are kept. */
  readonly answers?: string;
}

/** What comes after the result: who was told of an emergency, what was not reached, and what to do next. */
export function describeOutcome(
  { disposition, id, told, notReached, answers }: Outcome,
  paint: Paint,
): readonly string[] {
  const page = told.map(
    ({ rules, who, when }) => `The emergency page (${rules.join(', ')}) was answered at ${when}: ${who.toLowerCase() === 'told' ? 'a clinician was told' : `told ${who}`}.`,
  );
  const rest = notReached > 0 ? [`${notReached} questions were not reached. What they decide is not settled.`] : [];
  const steps = nextSteps(disposition, id, notReached > 0, answers);
  return [
    ...(page.length + rest.length > 0 ? ['', ...page, ...rest] : []),
    ...(steps.length > 0 ? ['', 'Next', ...steps.map((step, index) => `  ${index + 1}  ${step}`)] : []),
    ...(disposition === 'emergency'
      ? ['', paint(`RESULT: ${dispositionNames.emergency}`, dispositionTones.emergency)]
      : []),
  ];
}

function nextSteps(
  disposition: Disposition,
  id: string,
  isStopped: boolean,
  answers: string | undefined,
): readonly string[] {
  if (isStopped)
    return ['Act on the steps above.', `Go on later, if the clinician agrees: preinfuse screen --resume ${id}`];
  if (answers === undefined) return [];
  switch (disposition) {
    case 'emergency':
      return ['Act on the steps above.', `The answers are kept for the clinician: ${answers}`];
    case 'defer':
      return [`When that has changed, start from these answers: preinfuse screen --answers ${answers}`];
    case 'clinician-review':
      return [
        `A clinician looks at the findings: preinfuse evaluate ${answers}`,
        `Once cleared: preinfuse consent ${answers} --clearance FILE --output FORM.pdf`,
      ];
    default:
      return [`The answers are kept: ${answers}`];
  }
}
