import { type Answer, type Answers, isAbsent } from '../model/answers.ts';
import type { Truth } from '../model/assessment.ts';
import type { Expression } from '../model/expression.ts';
import type { CalculatedValue, Questionnaire } from '../model/questionnaire.ts';
import { evaluate } from './evaluate.ts';
import { itemsOf } from './items.ts';
import { asTruth, type Entry, type Result } from './result.ts';
import { and } from './truth.ts';

/** A questionnaire with the answers known so far. For other answers make another. */
export interface Situation {
  readonly questionnaire: Questionnaire;
  readonly answers: Answers;
  /** Answers to look away from, by path: each is as if it could still be anything. */
  readonly hidden: ReadonlySet<string>;
  readonly calculated: Map<string, Result>;
  readonly enabled: Map<string, Truth>;
}

const nothing: ReadonlySet<string> = new Set();

export function situationOf(questionnaire: Questionnaire, answers: Answers, hidden = nothing): Situation {
  return { questionnaire, answers, hidden, calculated: new Map(), enabled: new Map() };
}

/** Truth of a condition under the answers known so far. Total: never throws. */
export function truthOf(situation: Situation, condition: Expression): Truth {
  return asTruth(evaluate(condition, situation));
}

/** Whether a question is asked: its own `enableWhen` and those of the groups around it. Total. */
export function enablementOf(situation: Situation, linkId: string): Truth {
  const known = situation.enabled.get(linkId);
  if (known !== undefined) return known;
  const placed = itemsOf(situation.questionnaire).get(linkId);
  const enablement = placed
    ? and(
        [...placed.groups, placed.item].map(
          ({ enableWhen }) => enableWhen === undefined || truthOf(situation, enableWhen.expression),
        ),
      )
    : false;
  situation.enabled.set(linkId, enablement);
  return enablement;
}

/** What a calculated value comes to, each worked out once. */
export function calculatedResult(situation: Situation, linkId: string): Result {
  const known = situation.calculated.get(linkId);
  if (known !== undefined) return known;
  const result = evaluate(calculatedValue(situation.questionnaire, linkId).value.expression, situation);
  situation.calculated.set(linkId, result);
  return result;
}

export function calculatedValue(questionnaire: Questionnaire, linkId: string): CalculatedValue {
  const value = questionnaire.calculated.find((each) => each.linkId === linkId);
  if (!value) throw new Error(`no calculated value ${linkId}`);
  return value;
}

/**
 * Where one question stands.
 * `hidden`: looked away from. `left-out`: enabled, required, no answer. `omitted`: enabled, not required, no answer.
 * `unsettled`: whether it is enabled is itself unknown, and it has no answer.
 */
export type AnswerState =
  | { readonly is: 'answered'; readonly answer: Answer }
  | { readonly is: 'unknown' | 'declined' | 'disabled' | 'hidden' | 'left-out' | 'omitted' | 'unsettled' };

/** The path of an answer: its linkId, or for the second entry of a repeat `trial[2].dose`. */
export function pathOf(linkId: string, entry: Entry | undefined): string {
  return entry ? `${entry.repeat}[${entry.index + 1}]${linkId.slice(entry.repeat.length)}` : linkId;
}

/** The state of an item, or of an item inside `entry` of its repeat. */
export function answerState(situation: Situation, linkId: string, entry?: Entry): AnswerState {
  if (situation.hidden.has(pathOf(linkId, entry))) return { is: 'hidden' };
  const enablement = enablementOf(situation, linkId);
  if (enablement === false) return { is: 'disabled' };
  const answer = (entry?.answers ?? situation.answers).get(linkId);
  if (isAbsent(answer)) return { is: answer.absent };
  if (answer !== undefined) return { is: 'answered', answer };
  if (enablement === 'unknown') return { is: 'unsettled' };
  return { is: isRequired(situation.questionnaire, linkId) ? 'left-out' : 'omitted' };
}

export function isRequired(questionnaire: Questionnaire, linkId: string): boolean {
  return itemsOf(questionnaire).get(linkId)?.item.required ?? true;
}
