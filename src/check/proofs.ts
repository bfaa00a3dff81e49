import type { Diagnostic } from '../model/diagnostic.ts';
import type { Questionnaire, SourceSpan } from '../model/questionnaire.ts';
import type { Places } from './places.ts';
import { type Outcome, prove } from './prove/prove.ts';
import { departures } from './prove/tell.ts';
import type { Replay } from './replay.ts';

export interface Proofs {
  readonly settled: number;
  readonly goals: number;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What holds over every answer sheet, not only over the golden cases: each refutation with the applicant nearest to the
 * unremarkable one. Without a baseline there is no such applicant and nothing is proved.
 */
export function proofsOf(
  questionnaire: Questionnaire,
  baseline: Replay | undefined,
  replays: readonly Replay[],
  places: Places,
): Proofs {
  if (!baseline) return { settled: 0, goals: 0, diagnostics: [] };
  const known = replays.map(({ answers }) => answers);
  const { outcomes, isChecked } = prove(questionnaire, baseline.answers, known);
  const dead = new Set(outcomes.filter(isDeadRule).map(({ goal }) => goal.id));
  const told = outcomes.filter(
    ({ goal, is }) => is !== 'as-expected' && !(goal.kind === 'rule-decides' && dead.has(goal.id)),
  );
  return {
    settled: outcomes.filter(({ is }) => is !== 'undecided').length,
    goals: outcomes.length,
    diagnostics: [
      ...told.map((outcome) => diagnosticOf(outcome, questionnaire, baseline, places)),
      ...(isChecked ? [] : [notConfirmed(places)]),
    ],
  };
}

function isDeadRule({ goal, is }: Outcome): boolean {
  return goal.kind === 'rule-fires' && is === 'refuted';
}

function diagnosticOf(outcome: Outcome, questionnaire: Questionnaire, baseline: Replay, places: Places): Diagnostic {
  const { goal, witness } = outcome;
  const at = placeOf(outcome, questionnaire, places);
  if (outcome.is === 'undecided') {
    return {
      code: 'undecided',
      severity: 'error',
      message: `whether ${wordsOf(outcome)} could not be settled`,
      at,
      note: 'what is not settled does not count as proved',
      help: 'write the conditions behind it more simply',
    };
  }
  const example = witness && departures(questionnaire, witness.answers, baseline.answers);
  return {
    code: codes[goal.kind],
    severity: 'error',
    message:
      witness === undefined
        ? `no answers at all let ${wordsOf(outcome)}`
        : `\`${goal.id}\` does not hold: an applicant ends in ${witness.assessment.disposition}`,
    at,
    ...(example !== undefined && { note: `for example: ${example}` }),
    help: helps[goal.kind],
  };
}

const codes = {
  invariant: 'invariant-broken',
  premise: 'vacuous-invariant',
  'question-asked': 'unreachable-item',
  'rule-fires': 'unreachable-rule',
  'rule-decides': 'shadowed-rule',
} as const;

const helps = {
  invariant: 'mend the rule or the number that lets this patient through',
  premise: 'an invariant about nobody protects nobody: mend its condition',
  'question-asked': 'mend its `enableWhen`, or the limits of the questions in it',
  'rule-fires': 'mend its condition, or drop the rule',
  'rule-decides': 'a worse finding always comes with it: mend the condition, or drop the rule',
} as const;

function wordsOf({ goal: { kind, id } }: Outcome): string {
  switch (kind) {
    case 'invariant':
      return `\`${id}\` hold`;
    case 'premise':
      return `the condition of \`${id}\` be true`;
    case 'question-asked':
      return `\`${id}\` be asked`;
    case 'rule-fires':
      return `\`${id}\` fire`;
    case 'rule-decides':
      return `\`${id}\` decide`;
  }
}

function placeOf({ goal: { kind, id } }: Outcome, { rules, invariants }: Questionnaire, places: Places): SourceSpan {
  if (kind === 'question-asked') return places.item(id, 'enableWhen');
  const named = kind === 'rule-fires' || kind === 'rule-decides' ? rules : invariants;
  return named.find((each) => each.id === id)?.at ?? places.at([]);
}

function notConfirmed(places: Places): Diagnostic {
  return {
    code: 'proof-not-confirmed',
    severity: 'error',
    message: 'a proof was found, and its second check does not confirm it',
    at: places.at(['invariants']),
    help: 'this is a bug in preinfuse: count nothing as proved, and report it',
  };
}
