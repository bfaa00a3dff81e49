import type { CheckRule } from '../rule.ts';
import { canBeTrue } from '../satisfiable.ts';

/** A rule whose condition no answers can meet. */
export const unreachableRule: CheckRule = {
  code: 'unreachable-rule',
  severity: 'error',
  suppressible: false,
  why: 'A rule that can never fire stops nobody.',
  bad: `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - linkId: stroke
        type: choice
        text: Stroke
        why: Pressure rises.
        options: [{ code: none, text: None }, { code: stroke, text: Stroke }, { code: tia, text: TIA }]
rules:
  - id: brain
    disposition: defer
    when: stroke == "stroke" && stroke == "tia"
    reason: A stroke or a TIA.
    action: Tell the clinician.
    sources: [label]
`,
  marked: 'stroke == "stroke" && stroke == "tia"',
  good: `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - linkId: stroke
        type: choice
        text: Stroke
        why: Pressure rises.
        options: [{ code: none, text: None }, { code: stroke, text: Stroke }, { code: tia, text: TIA }]
rules:
  - id: brain
    disposition: defer
    when: stroke == "stroke" || stroke == "tia"
    reason: A stroke or a TIA.
    action: Tell the clinician.
    sources: [label]
`,
  *check(questionnaire) {
    for (const { id, when, disposition } of questionnaire.rules) {
      if (canBeTrue(when.expression, questionnaire)) continue;
      yield {
        at: when.at,
        message: `the rule \`${id}\` never fires: no answers can make this true`,
        note: `nobody gets \`${disposition}\` by it`,
        help: 'one answer has one value: join its values with `||`, or move the limits apart',
      };
    }
  },
};
