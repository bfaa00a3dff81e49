import { situationOf, truthOf } from '../engine/situation.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Invariant, Questionnaire } from '../model/questionnaire.ts';
import { findingsInWords, type Replay } from './replay.ts';

type Conditional = Extract<Invariant, { kind: 'never' | 'always' }>;

/** The invariants that say something about every sheet by itself. */
export function conditionalInvariants({ invariants }: Questionnaire): readonly Conditional[] {
  return invariants.filter((invariant) => invariant.kind !== 'absence-never-milder');
}

/** Invariants that some sheet breaks, each named once with the first sheet that does. */
export function brokenInvariants(questionnaire: Questionnaire, replays: readonly Replay[]): readonly Diagnostic[] {
  return conditionalInvariants(questionnaire).flatMap((invariant) => {
    const [first, ...others] = replays.filter((replay) => isBrokenBy(invariant, questionnaire, replay));
    if (!first) return [];
    const rest = others.length === 0 ? '' : `, and so do ${others.length} more`;
    return [
      {
        code: 'invariant-broken',
        severity: 'error',
        message: `\`${invariant.id}\` does not hold: the case \`${first.sheet.id}\` ends in ${first.assessment.disposition}${rest}`,
        at: invariant.at,
        note: `${invariant.title}. Findings of that case: ${findingsInWords(questionnaire, first)}`,
        help: 'mend the rule or the number that lets this patient through',
      },
    ];
  });
}

function isBrokenBy(
  { kind, dispositions, when }: Conditional,
  questionnaire: Questionnaire,
  { answers, assessment }: Replay,
): boolean {
  const isNamed = dispositions.includes(assessment.disposition);
  if (kind === 'always' ? isNamed : !isNamed) return false;
  return truthOf(situationOf(questionnaire, answers), when.expression) === true;
}
