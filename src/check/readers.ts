import { itemsOf } from '../engine/items.ts';
import { type Expression, partsOf } from '../model/expression.ts';
import type { Formula, Questionnaire } from '../model/questionnaire.ts';

/** Everything that decides something: rules, conditions of asking, calculated values and constraints; no invariants. */
export function* formulasOf(questionnaire: Questionnaire): Iterable<Formula> {
  for (const { when } of questionnaire.rules) yield when;
  for (const { item } of itemsOf(questionnaire).values()) if (item.enableWhen) yield item.enableWhen;
  for (const { value } of questionnaire.calculated) yield value;
  for (const { requires } of questionnaire.constraints) yield requires;
}

/** An expression and everything inside it. */
export function* within(expression: Expression): Iterable<Expression> {
  yield expression;
  for (const part of partsOf(expression)) yield* within(part);
}

/** The linkIds, and `params.` names, that some formula reads, or a window of time. */
export function namesRead(questionnaire: Questionnaire): ReadonlySet<string> {
  const read = new Set<string>();
  const visit = (expression: Expression): void => {
    if (expression.kind === 'answer' || expression.kind === 'member') read.add(expression.linkId);
    if (expression.kind === 'parameter') read.add(`params.${expression.name}`);
    partsOf(expression).forEach(visit);
  };
  for (const { expression } of formulasOf(questionnaire)) visit(expression);
  for (const { item } of itemsOf(questionnaire).values()) if (item.validFor) read.add(`params.${item.validFor}`);
  return read;
}

/**
 * The questions as they are put to a patient, but for those of an instrument: a group with a `credit` has the wording
 * that its owner published.
 */
export function* wordingOf(questionnaire: Questionnaire): Iterable<{ readonly linkId: string; readonly text: string }> {
  for (const { item, groups } of itemsOf(questionnaire).values()) {
    const isPublished = groups.some(({ credit }) => credit !== undefined);
    if (item.type !== 'group' && !isPublished) yield { linkId: item.linkId, text: item.text };
  }
}
