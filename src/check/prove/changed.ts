import { itemsOf } from '../../engine/items.ts';
import { type Expression, partsOf } from '../../model/expression.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';

/**
 * The calculated values and conditions of asking that may mean something else in a variant which asks the same questions,
 * by linkId. Formulas count as changed where they are not the very same value.
 */
export function changedMeanings(of: Questionnaire, variant: Questionnaire): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const { linkId, value } of variant.calculated)
    if (of.calculated.find((each) => each.linkId === linkId)?.value !== value) changed.add(linkId);
  for (const [linkId, { item }] of itemsOf(variant))
    if (itemsOf(of).get(linkId)?.item.enableWhen !== item.enableWhen) changed.add(linkId);
  return affectedBy(variant, changed);
}

/** What may mean something else where these answers, calculated values or conditions of asking do, themselves included. */
export function affectedBy(questionnaire: Questionnaire, linkIds: Iterable<string>): ReadonlySet<string> {
  const affected = new Set(linkIds);
  if (affected.size === 0) return affected;
  for (let before = -1; before < affected.size; ) {
    before = affected.size;
    for (const [linkId, expression] of meaningsOf(questionnaire)) if (reads(expression, affected)) affected.add(linkId);
    for (const [linkId, { groups }] of itemsOf(questionnaire))
      if (groups.some((group) => affected.has(group.linkId))) affected.add(linkId);
  }
  return affected;
}

function meaningsOf(questionnaire: Questionnaire): readonly (readonly [string, Expression])[] {
  return [
    ...questionnaire.calculated.map(({ linkId, value }) => [linkId, value.expression] as const),
    ...[...itemsOf(questionnaire)].flatMap(([linkId, { item }]) =>
      item.enableWhen ? [[linkId, item.enableWhen.expression] as const] : [],
    ),
  ];
}

/** True where the expression names one of them. */
export function reads(expression: Expression, linkIds: ReadonlySet<string>): boolean {
  const { kind } = expression;
  const isNamed = kind === 'answer' || kind === 'member' || kind === 'calculated';
  return (isNamed && linkIds.has(expression.linkId)) || partsOf(expression).some((part) => reads(part, linkIds));
}

/** The expression with the calculated values and conditions of asking that it leans on, directly or through each other. */
export function leanedOn(expression: Expression, questionnaire: Questionnaire): readonly Expression[] {
  const meanings = meaningsOf(questionnaire);
  const found = new Set<Expression>([expression]);
  const named = new Set<string>();
  const visit = (part: Expression): void => {
    if (part.kind === 'answer' || part.kind === 'member' || part.kind === 'calculated') include(part.linkId);
    partsOf(part).forEach(visit);
  };
  const include = (linkId: string): void => {
    if (named.has(linkId)) return;
    named.add(linkId);
    for (const { linkId: group } of itemsOf(questionnaire).get(linkId)?.groups ?? []) include(group);
    for (const [each, meaning] of meanings) {
      if (each !== linkId) continue;
      found.add(meaning);
      visit(meaning);
    }
  };
  visit(expression);
  return [...found];
}
