import { itemsOf } from '../../engine/items.ts';
import { type AlternativeUnit, isNumberItem } from '../../model/questionnaire.ts';
import type { CheckRule } from '../rule.ts';
import { unitSizes } from '../units.ts';

/** Another unit that the wizard takes, and turns into the wrong number. */
export const wrongFactor: CheckRule = {
  code: 'wrong-factor',
  severity: 'error',
  suppressible: false,
  why: 'Staff type what the scale shows, and every rule then reads another weight than the person has.',
  bad: `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - linkId: weight
        type: decimal
        text: Weight
        why: Doses go by it.
        unit: kg
        decimals: 1
        min: 25
        max: 400
        alternatives: [{ unit: "[lb_av]", names: [lb], factor: "0.54359237" }]
parameters:
  high: { title: High, value: 200, unit: kg, because: The table holds as much., sources: [label] }
rules:
  - { id: heavy, disposition: defer, when: weight > params.high, reason: Heavy., action: Ask., sources: [label] }
`,
  marked: '"0.54359237"',
  good: `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - linkId: weight
        type: decimal
        text: Weight
        why: Doses go by it.
        unit: kg
        decimals: 1
        min: 25
        max: 400
        alternatives: [{ unit: "[lb_av]", names: [lb], factor: "0.45359237" }]
parameters:
  high: { title: High, value: 200, unit: kg, because: The table holds as much., sources: [label] }
rules:
  - { id: heavy, disposition: defer, when: weight > params.high, reason: Heavy., action: Ask., sources: [label] }
`,
  *check(questionnaire, places) {
    for (const { item } of itemsOf(questionnaire).values()) {
      if (!isNumberItem(item)) continue;
      for (const [index, alternative] of item.alternatives.entries()) {
        if (isRight(alternative, item.unit)) continue;
        yield {
          at: places.item(item.linkId, 'alternatives', index, 'factor'),
          message: `this factor does not turn ${alternative.unit} into ${item.unit}`,
          help: 'write how many of the unit of the question one of the other is',
        };
      }
    }
  },
};

/** Units whose exact size is not known here are not looked at. */
function isRight({ unit, numerator, denominator }: AlternativeUnit, into: string): boolean {
  const [from, to] = [unitSizes.get(unit), unitSizes.get(into)];
  if (!from || !to) return true;
  return from.of === to.of && BigInt(numerator) * to.size === BigInt(denominator) * from.size;
}
