import { wordingOf } from '../readers.ts';
import type { CheckRule } from '../rule.ts';

/** A question in which one negative turns another round. */
export const doubleNegative: CheckRule = {
  code: 'double-negative',
  severity: 'warning',
  suppressible: true,
  why: 'Nobody knows what a yes to it means, least of all a patient who is unwell: half of them answer the opposite.',
  bad: `
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: escort, type: boolean, text: Will you not go home without somebody?, why: No driving. }]
rules:
  - { id: alone, disposition: defer, when: "!escort", reason: Alone., action: Wait., sources: [label] }
`,
  marked: 'Will you not go home without somebody?',
  good: `
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: escort, type: boolean, text: Will somebody go home with you?, why: No driving. }]
rules:
  - { id: alone, disposition: defer, when: "!escort", reason: Alone., action: Wait., sources: [label] }
`,
  *check(questionnaire, places) {
    for (const { linkId, text } of wordingOf(questionnaire)) {
      const sentence = text.split(/[.?!;:()]/).find((each) => [...each.matchAll(negative)].length > 1);
      if (sentence === undefined) continue;
      const words = [...sentence.matchAll(negative)].map(([word]) => `"${word}"`);
      yield {
        at: places.item(linkId, 'text'),
        message: `\`${linkId}\` is asked with ${words.slice(0, 2).join(' and ')} in one sentence`,
        help: 'ask for what is there, not for what is not',
      };
    }
  },
};

const negative =
  /\b(?:not|no|never|nobody|nothing|none|neither|without|cannot|unable|unless|\w+n['\u2019]t|refuse[ds]?|den(?:y|ies|ied))\b/gi;
