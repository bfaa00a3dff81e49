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
  for (let before = -1; before < changed.size; ) {
    before = changed.size;
    for (const [linkId, expression] of meaningsOf(variant)) if (reads(expression, changed)) changed.add(linkId);
    for (const [linkId, { groups }] of itemsOf(variant))
      if (groups.some((group) => changed.has(group.linkId))) changed.add(linkId);
  }
  return changed;
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
