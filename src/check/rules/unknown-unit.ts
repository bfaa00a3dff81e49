import { itemsOf } from '../../engine/items.ts';
import { isNumberItem, type Questionnaire, type SourceSpan } from '../../model/questionnaire.ts';
import type { Places } from '../places.ts';
import type { CheckRule } from '../rule.ts';
import { spellings, units } from '../units.ts';

/** A unit that is not written as UCUM writes it. */
export const unknownUnit: CheckRule = {
  code: 'unknown-unit',
  severity: 'error',
  suppressible: true,
  why: 'Another program that reads the answer, a chart say, takes the number for something else or drops it.',
  bad: `
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: systolic, type: integer, text: Upper, why: It rises., unit: mmHg, min: 40, max: 300 }]
parameters:
  high: { title: High, value: 180, unit: "mm[Hg]", because: The label says so., sources: [label] }
rules:
  - { id: pressure, disposition: defer, when: systolic >= params.high, reason: High., action: Wait., sources: [label] }
`,
  marked: 'mmHg',
  good: `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - { linkId: systolic, type: integer, text: Upper, why: It rises., unit: "mm[Hg]", unitText: mmHg, min: 40, max: 300 }
parameters:
  high: { title: High, value: 180, unit: "mm[Hg]", because: The label says so., sources: [label] }
rules:
  - { id: pressure, disposition: defer, when: systolic >= params.high, reason: High., action: Wait., sources: [label] }
`,
  *check(questionnaire, places) {
    for (const { unit, at } of unitsIn(questionnaire, places)) {
      if (units.has(unit)) continue;
      const meant = spellings.get(unit.toLowerCase());
      yield {
        at,
        message: `\`${unit}\` is not a unit as UCUM writes it`,
        help:
          meant === undefined ? 'write the UCUM code; what people read goes under `unitText`' : `write \`"${meant}"\``,
      };
    }
  },
};

function* unitsIn(
  { calculated, parameters, ...questionnaire }: Questionnaire,
  places: Places,
): Iterable<{ readonly unit: string; readonly at: SourceSpan }> {
  for (const { name, unit } of parameters) yield { unit, at: places.at(['parameters', name, 'unit']) };
  for (const [index, { unit }] of calculated.entries()) yield { unit, at: places.at(['calculated', index, 'unit']) };
  for (const { item } of itemsOf({ calculated, parameters, ...questionnaire }).values()) {
    if (!isNumberItem(item)) continue;
    yield { unit: item.unit, at: places.item(item.linkId, 'unit') };
    for (const [index, { unit }] of item.alternatives.entries())
      yield { unit, at: places.item(item.linkId, 'alternatives', index, 'unit') };
  }
}
