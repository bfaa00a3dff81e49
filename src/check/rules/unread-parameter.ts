import { namesRead } from '../readers.ts';
import type { CheckRule } from '../rule.ts';

/** A signed number that decides nothing. */
export const unreadParameter: CheckRule = {
  code: 'unread-parameter',
  severity: 'warning',
  suppressible: true,
  why: 'Whoever changes and signs it believes that something now follows it.',
  bad: `
parameters:
  youngest: { title: Youngest age, value: 18, unit: a, because: Adults only., sources: [label] }
`,
  marked: 'youngest',
  good: `
parameters:
  youngest: { title: Youngest age, value: 18, unit: a, because: Adults only., sources: [label] }
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: years, type: integer, text: Age, why: Adults only., unit: a, min: 0, max: 120 }]
rules:
  - { id: minor, disposition: defer, when: years < params.youngest, reason: Young., action: Refer., sources: [label] }
`,
  *check(questionnaire, places) {
    const read = namesRead(questionnaire);
    for (const { name } of questionnaire.parameters) {
      if (read.has(`params.${name}`)) continue;
      yield {
        at: places.parameter(name),
        message: `no condition or calculated value reads \`params.${name}\``,
        help: 'use it where its number was meant to count, or drop it',
      };
    }
  },
};
