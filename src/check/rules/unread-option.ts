import { itemsOf } from '../../engine/items.ts';
import { type Expression, partsOf } from '../../model/expression.ts';
import { formulasOf } from '../readers.ts';
import type { CheckRule } from '../rule.ts';

/** In a choice of several of which rules read some, one that none reads. */
export const unreadOption: CheckRule = {
  code: 'unread-option',
  severity: 'warning',
  suppressible: true,
  why: 'A patient who ticks it gets no finding, while each of its neighbours gives one.',
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
        options:
          - { code: opioid, text: Opioid }
          - { code: theophylline, text: Theophylline }
          - { code: none, text: None, exclusive: true }
rules:
  - { id: opioid, disposition: defer, when: '"opioid" in medicines', reason: Opioid., action: Wait., sources: [label] }
`,
  marked: 'theophylline',
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
        options:
          - { code: opioid, text: Opioid }
          - { code: none, text: None, exclusive: true }
rules:
  - { id: opioid, disposition: defer, when: '"opioid" in medicines', reason: Opioid., action: Wait., sources: [label] }
`,
  *check(questionnaire, places) {
    const read = new Set([...formulasOf(questionnaire)].flatMap(({ expression }) => optionsReadIn(expression)));
    for (const { item } of itemsOf(questionnaire).values()) {
      if (item.type !== 'choice' || !item.repeats) continue;
      const isRead = (code: string): boolean => read.has(`${item.linkId} ${code}`);
      if (!item.options.some(({ code }) => isRead(code)) || !item.options.some(({ exclusive }) => exclusive)) continue;
      for (const [index, { code, exclusive }] of item.options.entries()) {
        if (exclusive || isRead(code)) continue;
        yield {
          at: places.item(item.linkId, 'options', index, 'code'),
          message: `no rule reads the option \`${code}\` of \`${item.linkId}\``,
          help: `add a rule with \`"${code}" in ${item.linkId}\`, or drop the option`,
        };
      }
    }
  },
};

/** `linkId code` for each option that a `in` asks for. */
function optionsReadIn(expression: Expression): readonly string[] {
  const inner = partsOf(expression).flatMap(optionsReadIn);
  if (expression.kind !== 'in' || expression.list.kind !== 'answer') return inner;
  const { element, list } = expression;
  const codes =
    element.kind === 'literal' ? [element.value] : element.type.is === 'text' ? (element.type.codes ?? []) : [];
  return [...codes.map((code) => `${list.linkId} ${code}`), ...inner];
}
