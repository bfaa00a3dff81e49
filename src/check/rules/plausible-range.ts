import { itemsOf } from '../../engine/items.ts';
import { formatDecimal } from '../../model/decimal.ts';
import { isNumberItem } from '../../model/questionnaire.ts';
import type { CheckRule } from '../rule.ts';

/** A `plausible` range that is empty, or reaches beyond what is accepted. */
export const plausibleRange: CheckRule = {
  code: 'plausible-range',
  severity: 'error',
  suppressible: false,
  why: 'Staff who have to confirm every reading stop looking at it, and then a typing error passes.',
  bad: `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - linkId: pulse
        type: integer
        text: Pulse
        why: It rises.
        unit: /min
        min: 20
        max: 250
        plausible: { min: 140, max: 40 }
parameters:
  low: { title: Low, value: 50, unit: /min, because: A clinic default., sources: [label] }
rules:
  - { id: slow, disposition: defer, when: pulse < params.low, reason: Slow., action: Wait., sources: [label] }
`,
  marked: '{ min: 140, max: 40 }',
  good: `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - linkId: pulse
        type: integer
        text: Pulse
        why: It rises.
        unit: /min
        min: 20
        max: 250
        plausible: { min: 40, max: 140 }
parameters:
  low: { title: Low, value: 50, unit: /min, because: A clinic default., sources: [label] }
rules:
  - { id: slow, disposition: defer, when: pulse < params.low, reason: Slow., action: Wait., sources: [label] }
`,
  *check(questionnaire, places) {
    for (const { item } of itemsOf(questionnaire).values()) {
      if (!isNumberItem(item) || !item.plausible) continue;
      const { plausible, min, max, decimals, linkId } = item;
      if (plausible.min <= plausible.max && plausible.min >= min && plausible.max <= max) continue;
      yield {
        at: places.item(linkId, 'plausible'),
        message: `the plausible range of \`${linkId}\` does not lie within its limits`,
        help: `write a range within ${formatDecimal(min, decimals)} to ${formatDecimal(max, decimals)}, the lower number first`,
      };
    }
  },
};
