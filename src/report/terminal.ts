import type { Disposition } from '../model/disposition.ts';
import { dispositionNames, dispositionTones } from './assessment.ts';
import type { Paint } from './colour.ts';

/** How a screening went, for what is said after its result. Every text is safe to print. */
export interface Outcome {
  readonly disposition: Disposition;
  /** Id of the screening, which says nothing of the patient, with the options that find it. */
  readonly id: string;
  /** The emergency page: which rules opened it, who was told, and when, in words. */
  readonly told: readonly { readonly rules: readonly string[]; readonly who: string; readonly when: string }[];
  /** Questions that were not reached, where the screening stopped in an emergency. */
  readonly notReached: number;
  /** The record is in the store. */
  readonly isKept: boolean;
}

/**
 * What comes after the result: who was told of an emergency, what was not reached, what to do next, and where something stands in
 * the way the result once more, as its first line may have left the screen.
 */
export function describeOutcome(
  { disposition, id, told, notReached, isKept }: Outcome,
  paint: Paint,
): readonly string[] {
  const page = describeTold(told);
  const rest = notReached > 0 ? [`${notReached} questions were not reached. What they decide is not settled.`] : [];
  const steps = nextSteps(disposition, id, notReached > 0, isKept);
  return [
    ...(page.length + rest.length > 0 ? ['', ...page, ...rest] : []),
    ...(steps.length > 0 ? ['', 'Next', ...steps.flatMap(describeStep)] : []),
    ...(standsInTheWay(disposition)
      ? ['', paint(`RESULT: ${dispositionNames[disposition]}`, dispositionTones[disposition])]
      : []),
  ];
}

function standsInTheWay(disposition: Disposition): boolean {
  return disposition !== 'proceed' && disposition !== 'proceed-with-conditions';
}

/** Who was told of an emergency, and when, in sentences. */
export function describeTold(told: Outcome['told']): readonly string[] {
  return told.map(
    ({ rules, who, when }) =>
      `The emergency page (${rules.join(', ')}) was answered at ${when}: ${who.toLowerCase() === 'told' ? 'a clinician was told' : `told ${who}`}.`,
  );
}

/** What to do, and the command or file for it. */
interface Step {
  readonly text: string;
  readonly with?: string;
}

function describeStep({ text, with: tool }: Step, index: number): readonly string[] {
  return [`  ${index + 1}  ${text}`, ...(tool === undefined ? [] : [`     ${tool}`])];
}

function nextSteps(disposition: Disposition, id: string, isStopped: boolean, isKept: boolean): readonly Step[] {
  if (isStopped) {
    return [
      { text: 'Act on the steps above.' },
      { text: 'Go on later, if the clinician agrees:', with: `preinfuse screen --resume ${id}` },
    ];
  }
  if (!isKept) return [];
  switch (disposition) {
    case 'emergency':
      return [
        { text: 'Act on the steps above.' },
        { text: 'The answers, for the clinician:', with: `preinfuse records show ${id}` },
      ];
    case 'defer':
      return [{ text: 'When that has changed, start from these answers:', with: `preinfuse screen --again ${id}` }];
    case 'clinician-review':
      return [
        { text: 'A clinician looks at the findings:', with: `preinfuse records show ${id}` },
        {
          text: 'Once cleared, with a FILE of name, licence, when and why (docs/records.md):',
          with: `preinfuse consent ${id} --clearance FILE --output FORM.pdf`,
        },
      ];
    default:
      return [];
  }
}
