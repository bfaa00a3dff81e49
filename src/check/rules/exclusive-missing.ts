import { itemsOf } from '../../engine/items.ts';
import type { CheckRule } from '../rule.ts';

/** A choice of several in which "none of these" can stand beside another answer, or cannot be given at all. */
export const exclusiveMissing: CheckRule = {
  code: 'exclusive-missing',
  severity: 'error',
  suppressible: false,
  why: '"None of these" beside an opioid is a contradiction that nobody sees; without such an option a patient who takes nothing cannot answer.',
  bad: `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - linkId: medicines
        type: choice
        text: Medicines
        why: Some add risk.
        repeats: true
        options: [{ code: opioid, text: Opioid }, { code: none, text: None }]
rules:
  - { id: opioid, disposition: defer, when: '"opioid" in medicines', reason: Opioid., action: Wait., sources: [label] }
`,
  marked: '[{ code: opioid, text: Opioid }, { code: none, text: None }]',
  good: `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - linkId: medicines
        type: choice
        text: Medicines
        why: Some add risk.
        repeats: true
        options: [{ code: opioid, text: Opioid }, { code: none, text: None, exclusive: true }]
rules:
  - { id: opioid, disposition: defer, when: '"opioid" in medicines', reason: Opioid., action: Wait., sources: [label] }
`,
  *check(questionnaire, places) {
    for (const { item } of itemsOf(questionnaire).values()) {
      if (item.type !== 'choice' || !item.repeats || item.options.some(({ exclusive }) => exclusive)) continue;
      yield {
        at: places.item(item.linkId, 'options'),
        message: `no option of \`${item.linkId}\` excludes the others`,
        note: 'a patient to whom none of them applies cannot say so without contradiction',
        help: 'add `exclusive: true` to the option that means "none of these"',
      };
    }
  },
};
