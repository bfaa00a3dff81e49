import type { Expression } from '../../model/expression.ts';
import type { Item, Questionnaire } from '../../model/questionnaire.ts';
import type { CheckRule, Problem } from '../rule.ts';
import { canBeTrue } from '../satisfiable.ts';

/** A question or group whose conditions no answers can meet. */
export const unreachableItem: CheckRule = {
  code: 'unreachable-item',
  severity: 'error',
  suppressible: false,
  why: 'A safety question that can never be asked protects nobody.',
  bad: `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - linkId: bleed
        type: choice
        text: Bleeding
        why: Pressure rises.
        options: [{ code: none, text: None }, { code: brain, text: Brain }, { code: other, text: Other }]
      - { linkId: healed, type: boolean, text: Healed?, why: It may wait., enableWhen: 'bleed == "brain" && bleed == "other"' }
rules:
  - { id: bleed, disposition: defer, when: 'bleed == "brain" && !healed', reason: Bleeding., action: Wait., sources: [label] }
`,
  marked: `'bleed == "brain" && bleed == "other"'`,
  good: `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - linkId: bleed
        type: choice
        text: Bleeding
        why: Pressure rises.
        options: [{ code: none, text: None }, { code: brain, text: Brain }, { code: other, text: Other }]
      - { linkId: healed, type: boolean, text: Healed?, why: It may wait., enableWhen: 'bleed == "brain" || bleed == "other"' }
rules:
  - { id: bleed, disposition: defer, when: 'bleed == "brain" && !healed', reason: Bleeding., action: Wait., sources: [label] }
`,
  *check(questionnaire) {
    for (const section of questionnaire.items) yield* unreachableIn(section, [], questionnaire);
  },
};

/** `around` are the conditions of the groups around the item. What stands in an unreachable group is not named again. */
function* unreachableIn(item: Item, around: readonly Expression[], questionnaire: Questionnaire): Iterable<Problem> {
  const { enableWhen } = item;
  const conditions = enableWhen ? [...around, enableWhen.expression] : around;
  if (enableWhen && !canBeTrue(allOf(conditions, enableWhen.expression), questionnaire)) {
    const what = item.type === 'group' ? `the questions of \`${item.linkId}\` are` : `\`${item.linkId}\` is`;
    yield {
      at: enableWhen.at,
      message: `${what} never asked: no answers can make this true`,
      note: 'rules that read it stay silent for everybody',
      help: 'mend the condition, or drop the question with the rules that read it',
    };
  } else if (item.type === 'group') {
    for (const child of item.items) yield* unreachableIn(child, conditions, questionnaire);
  }
}

function allOf(of: readonly Expression[], { type, at }: Expression): Expression {
  return { kind: 'and', of, type, at };
}
