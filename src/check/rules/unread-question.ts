import { itemsOf } from '../../engine/items.ts';
import { namesRead } from '../readers.ts';
import type { CheckRule } from '../rule.ts';

/** A question that decides nothing, and does not say what it is recorded for. */
export const unreadQuestion: CheckRule = {
  code: 'unread-question',
  severity: 'warning',
  suppressible: true,
  why: 'Its rule may have been lost: the patient answers, and nothing comes of it.',
  bad: `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - { linkId: willing, type: boolean, text: Do you want to go on?, why: It is the person's choice. }
      - { linkId: porphyria, type: boolean, text: Porphyria? }
`,
  marked: 'porphyria',
  good: `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - { linkId: willing, type: boolean, text: Do you want to go on?, why: It is the person's choice. }
      - { linkId: porphyria, type: boolean, text: Porphyria?, why: For the prescriber. It decides nothing. }
`,
  *check(questionnaire, places) {
    const read = namesRead(questionnaire);
    for (const { item, groups } of itemsOf(questionnaire).values()) {
      if (item.type === 'group' || [...groups, item].some(({ help }) => help.why !== undefined)) continue;
      if (!read.has(item.linkId))
        yield {
          at: places.item(item.linkId, 'linkId'),
          message: `no rule, condition or calculated value reads \`${item.linkId}\``,
          help: 'add the rule; or, if it is for the record, say so under `why:`',
        };
    }
  },
};
