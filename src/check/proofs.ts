import { itemsOf } from '../engine/items.ts';
import type { Answers } from '../model/answers.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Questionnaire, SourceSpan } from '../model/questionnaire.ts';
import type { Places } from './places.ts';
import type { ProvenForm } from './prove/form.ts';
import { type Outcome, prove } from './prove/prove.ts';
import { departures } from './prove/tell.ts';
import type { Replay } from './replay.ts';
import { keyOf } from './satisfiable.ts';

export interface Proofs {
  readonly outcomes: readonly Outcome[];
  readonly settled: number;
  readonly goals: number;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What holds over every answer sheet, not only over the golden cases: each refutation with the applicant nearest to the
 * unremarkable one, or to an empty sheet where there is no baseline. `forms` are proved with the definition they belong to.
 */
export function proofsOf(
  questionnaire: Questionnaire,
  baseline: Answers,
  replays: readonly Replay[],
  places: Places,
  forms: readonly ProvenForm[],
): Proofs {
  const known = replays.map(({ answers }) => answers);
  const { outcomes, isChecked } = prove(questionnaire, baseline, known, forms);
  const twins = twinsIn(questionnaire);
  const dead = new Set(outcomes.filter(isDeadRule).map(({ goal }) => goal.id));
  const told = outcomes.filter(
    ({ goal, is }) =>
      is !== 'as-expected' && !(goal.kind === 'rule-decides' && (dead.has(goal.id) || twins.has(goal.id))),
  );
  return {
    outcomes,
    settled: outcomes.filter(({ is }) => is !== 'undecided').length,
    goals: outcomes.length,
    diagnostics: [
      ...told.map((outcome) => diagnosticOf(outcome, questionnaire, baseline, places)),
      ...(isChecked ? [] : [notConfirmed(places)]),
    ],
  };
}

/** Rules with one condition and one disposition, by id: neither decides alone, and that is said elsewhere. */
function twinsIn({ rules }: Questionnaire): ReadonlySet<string> {
  const keys = rules.map(({ disposition, when }) => `${disposition} ${keyOf(when.expression)}`);
  return new Set(
    rules
      .filter((_, at) => keys.indexOf(keys[at] as string) !== keys.lastIndexOf(keys[at] as string))
      .map(({ id }) => id),
  );
}

function isDeadRule({ goal, is }: Outcome): boolean {
  return goal.kind === 'rule-fires' && is === 'refuted';
}

function diagnosticOf(outcome: Outcome, questionnaire: Questionnaire, baseline: Answers, places: Places): Diagnostic {
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
  const example = witness && departures(questionnaire, witness.answers, baseline);
  return {
    code: codes[goal.kind],
    severity: goal.kind === 'answer-matters' || goal.kind === 'disposition-reached' ? 'warning' : 'error',
    message: messageOf(outcome),
    at,
    ...(example !== undefined && { note: `for example: ${example}` }),
    help: helps[goal.kind],
  };
}

function messageOf(outcome: Outcome): string {
  const { goal, witness, answered } = outcome;
  if (!witness) return `no answers at all let ${wordsOf(outcome)}`;
  const { disposition } = witness.assessment;
  if (goal.kind === 'finding-told')
    return `an applicant with a form that is silent about \`${goal.id}\` ends in ${disposition}`;
  if (goal.kind === 'signed-once')
    return `a form for ${disposition} is signed by the patient and the surrogate, or by neither`;
  if (goal.kind !== 'absence') return `\`${goal.id}\` does not hold: an applicant ends in ${disposition}`;
  const other = answered?.assessment.disposition;
  return disposition === 'proceed'
    ? `\`${goal.id}\` ${goal.absence} gives ${disposition}, while an answer to it can give ${other}`
    : `\`${goal.id}\` ${goal.absence} gives ${disposition}, while no answer to it gives less than ${other}`;
}

const codes = {
  invariant: 'invariant-broken',
  premise: 'vacuous-invariant',
  'question-asked': 'unreachable-item',
  'rule-fires': 'unreachable-rule',
  'rule-decides': 'shadowed-rule',
  'disposition-reached': 'unreachable-disposition',
  'value-reached': 'unreachable-value',
  'answer-matters': 'idle-answer',
  absence: 'absent-answer-milder',
  'finding-told': 'missing-finding',
  'clause-printed': 'unprintable-finding',
  'signed-once': 'unsigned-form',
} as const;

const helps = {
  invariant: 'mend the rule or the number that lets this patient through',
  premise: 'an invariant about nobody protects nobody: mend its condition',
  'question-asked': 'mend its `enableWhen`, or the limits of the questions in it',
  'rule-fires': 'mend its condition, or drop the rule',
  'rule-decides': 'a worse finding always comes with it: mend the condition, or drop the rule',
  'disposition-reached': 'some rule finds everybody: mend its condition',
  'value-reached': 'mend the limits of the calculation, or drop the text',
  'answer-matters': 'add the rule that was meant to read it, or drop the option',
  absence:
    'let a rule that reads it be unsettled by its absence: do not ask `answered`, `unknown`, `declined` or `orElse` to clear it',
  'finding-told': 'write `:::finding[...]{rule="..."}` for it',
  'clause-printed': 'a finding that allows no form always comes with it: remove the clause, or mend the rule',
  'signed-once': 'let `when` of one signature say what `unless` of the other says',
} as const;

function wordsOf({ goal: { kind, id, code, absence } }: Outcome): string {
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
    case 'disposition-reached':
      return `an applicant end in ${id}`;
    case 'value-reached':
      return `\`${id}\` be \`${code}\``;
    case 'answer-matters':
      return code === undefined
        ? `an answer to \`${id}\` make a difference`
        : `the option \`${code}\` of \`${id}\` make a difference`;
    case 'absence':
      return `\`${id}\` ${absence} never come out milder than an answer`;
    case 'finding-told':
      return `a form be silent about \`${id}\``;
    case 'clause-printed':
      return `the clause of \`${id}\` be printed`;
    case 'signed-once':
      return 'a form be signed by the patient and the surrogate, or by neither';
  }
}

function placeOf({ goal }: Outcome, questionnaire: Questionnaire, places: Places): SourceSpan {
  const { kind, id, code, at } = goal;
  if (at) return at;
  const { rules, invariants, calculated } = questionnaire;
  switch (kind) {
    case 'question-asked':
      return places.item(id, 'enableWhen');
    case 'rule-fires':
    case 'rule-decides':
      return rules.find((rule) => rule.id === id)?.at ?? places.at(['rules']);
    case 'invariant':
    case 'premise':
      return invariants.find((invariant) => invariant.id === id)?.at ?? places.at(['invariants']);
    case 'disposition-reached':
      return places.at(['rules']);
    case 'value-reached': {
      const index = calculated.findIndex(({ linkId }) => linkId === id);
      return places.at(['calculated', index, 'value']);
    }
    case 'finding-told':
    case 'clause-printed':
    case 'signed-once':
      return places.at(['rules']);
    case 'absence':
      return places.item(id, 'linkId');
    case 'answer-matters': {
      const item = itemsOf(questionnaire).get(id)?.item;
      const index = item?.type === 'choice' ? item.options.findIndex((option) => option.code === code) : -1;
      return index < 0 ? places.item(id, 'linkId') : places.item(id, 'options', index, 'code');
    }
  }
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
