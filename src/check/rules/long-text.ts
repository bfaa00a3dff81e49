import { wrap } from '../../wizard/text.ts';
import { wordingOf } from '../readers.ts';
import type { CheckRule } from '../rule.ts';

const [mostLines, columns] = [3, 80];

/** A question that takes more than three lines of a terminal. */
export const longText: CheckRule = {
  code: 'long-text',
  severity: 'warning',
  suppressible: true,
  why: 'A question is read out or taken in at a glance; what stands in its fourth line is not heard.',
  bad: `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - linkId: willing
        type: boolean
        why: It is the person's choice.
        text: "Do you want to go on with this screening today, knowing that it takes about a quarter of an hour, that staff will ask about your health, your medicines and your mood, that a clinician reads every answer before anything is decided, and that you may stop whenever you like?"
`,
  marked:
    '"Do you want to go on with this screening today, knowing that it takes about a quarter of an hour, that staff will ask about your health, your medicines and your mood, that a clinician reads every answer before anything is decided, and that you may stop whenever you like?"',
  good: `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - linkId: willing
        type: boolean
        why: It is the person's choice.
        text: Do you want to go on with this screening today?
        say: It takes about a quarter of an hour, and you may stop whenever you like.
`,
  *check(questionnaire, places) {
    for (const { linkId, text } of wordingOf(questionnaire)) {
      const lines = wrap(text, columns).length;
      if (lines <= mostLines) continue;
      yield {
        at: places.item(linkId, 'text'),
        message: `\`${linkId}\` takes ${lines} lines of ${columns} columns to ask`,
        help: 'ask in one sentence, and move the rest to `counts:` or `say:`',
      };
    }
  },
};
