import { itemsOf } from '../../engine/items.ts';
import type { Item } from '../../model/questionnaire.ts';
import type { CheckRule } from '../rule.ts';

/** A grid whose questions do not have the same options. */
export const gridOptions: CheckRule = {
  code: 'grid-options',
  severity: 'error',
  suppressible: false,
  why: 'A grid has one heading for all its rows: an answer read under the wrong heading is a wrong answer.',
  bad: `
answerLists:
  often: [{ code: "0", text: Never, score: 0 }, { code: "1", text: Often, score: 1 }]
  much: [{ code: "0", text: Not at all, score: 0 }, { code: "1", text: Extremely, score: 1 }]
items:
  - linkId: mood
    type: group
    text: Mood
    presentation: grid
    items:
      - { linkId: mood.low, type: choice, text: Low, why: Severity., options: often }
      - { linkId: mood.tired, type: choice, text: Tired, why: Severity., options: much }
rules:
  - { id: low, disposition: defer, when: mood.low + mood.tired < 1, reason: Mild., action: Wait., sources: [label] }
`,
  marked: 'much',
  good: `
answerLists:
  often: [{ code: "0", text: Never, score: 0 }, { code: "1", text: Often, score: 1 }]
items:
  - linkId: mood
    type: group
    text: Mood
    presentation: grid
    items:
      - { linkId: mood.low, type: choice, text: Low, why: Severity., options: often }
      - { linkId: mood.tired, type: choice, text: Tired, why: Severity., options: often }
rules:
  - { id: low, disposition: defer, when: mood.low + mood.tired < 1, reason: Mild., action: Wait., sources: [label] }
`,
  *check(questionnaire, places) {
    for (const { item: group } of itemsOf(questionnaire).values()) {
      if (group.type !== 'group' || group.presentation !== 'grid') continue;
      const headings = headingsOf(group.items[0]);
      for (const item of group.items) {
        if (headings !== undefined && headingsOf(item) === headings) continue;
        yield {
          at: places.item(item.linkId, item.type === 'choice' ? 'options' : 'type'),
          message: `\`${item.linkId}\` does not have the options of the grid it stands in`,
          help: `give all questions of \`${group.linkId}\` one answer list, or drop \`presentation: grid\``,
        };
      }
    }
  },
};

/** What stands above the columns; undefined for an item that cannot stand in a grid. */
function headingsOf(item: Item | undefined): string | undefined {
  if (item?.type !== 'choice' || item.repeats) return undefined;
  return JSON.stringify(item.options.map(({ code, text, score }) => [code, text, score]));
}
