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

/** The linkIds, and `params.` names, that some formula reads. */
export function namesRead(questionnaire: Questionnaire): ReadonlySet<string> {
  const read = new Set<string>();
  const visit = (expression: Expression): void => {
    if (expression.kind === 'answer' || expression.kind === 'member') read.add(expression.linkId);
    if (expression.kind === 'parameter') read.add(`params.${expression.name}`);
    partsOf(expression).forEach(visit);
  };
  for (const { expression } of formulasOf(questionnaire)) visit(expression);
  return read;
}
