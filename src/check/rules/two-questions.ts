import { wordingOf } from '../readers.ts';
import type { CheckRule } from '../rule.ts';

/** Two questions that one answer has to do for. */
export const twoQuestions: CheckRule = {
  code: 'two-questions',
  severity: 'warning',
  suppressible: true,
  why: 'A patient to whom only one of them applies has no true answer to give.',
  bad: `
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: heart, type: boolean, text: Have you had a stroke and do you take aspirin?, why: Pressure rises. }]
rules:
  - { id: heart, disposition: defer, when: heart, reason: Heart., action: Wait., sources: [label] }
`,
  marked: 'Have you had a stroke and do you take aspirin?',
  good: `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - { linkId: stroke, type: boolean, text: Have you had a stroke?, why: Pressure rises. }
      - { linkId: aspirin, type: boolean, text: Do you take aspirin?, why: It is for the record. }
rules:
  - { id: stroke, disposition: defer, when: stroke, reason: Stroke., action: Wait., sources: [label] }
`,
  *check(questionnaire, places) {
    for (const { linkId, text } of wordingOf(questionnaire)) {
      if ([...text.matchAll(/\?/g)].length < 2 && !second.test(text)) continue;
      yield {
        at: places.item(linkId, 'text'),
        message: `\`${linkId}\` asks two questions and takes one answer`,
        help: 'make two items of it',
      };
    }
  },
};

/** Where a second question starts within a sentence: `and do you`. `or` leaves one true answer. */
const second =
  /\band\s+(?:do|did|does|are|is|have|has|had|was|were|can|could|will|would|should)\s+(?:you|they|he|she|it|the|your|their)\b/i;
