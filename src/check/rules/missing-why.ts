import { itemsOf } from '../../engine/items.ts';
import { namesRead } from '../readers.ts';
import type { CheckRule } from '../rule.ts';

/** A question, read by something, that staff cannot explain. */
export const missingWhy: CheckRule = {
  code: 'missing-why',
  severity: 'warning',
  suppressible: true,
  why: 'A patient who asks why is told nothing, and is more likely to leave the question out.',
  bad: `
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: willing, type: boolean, text: Do you want to go on? }]
rules:
  - { id: unwilling, disposition: do-not-proceed, when: "!willing", reason: Unwilling., action: Stop., sources: [label] }
`,
  marked: 'willing',
  good: `
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: willing, type: boolean, text: Do you want to go on?, why: It is the person's choice. }]
rules:
  - { id: unwilling, disposition: do-not-proceed, when: "!willing", reason: Unwilling., action: Stop., sources: [label] }
`,
  *check(questionnaire, places) {
    const read = namesRead(questionnaire);
    for (const { item, groups } of itemsOf(questionnaire).values()) {
      if (item.type === 'group' || [...groups, item].some(({ help }) => help.why !== undefined)) continue;
      if (read.has(item.linkId))
        yield {
          at: places.item(item.linkId, 'linkId'),
          message: `nothing says why \`${item.linkId}\` is asked`,
          help: 'add `why:` to the question, or to the group around it',
        };
    }
  },
};
