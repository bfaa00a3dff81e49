import { itemsOf } from '../../engine/items.ts';
import { type Expression, partsOf } from '../../model/expression.ts';
import { formulasOf } from '../readers.ts';
import type { CheckRule } from '../rule.ts';

type State = Extract<Expression, { kind: 'state' }>;

/** `unknown(x)` or `declined(x)` of a question that takes neither. */
export const impossibleAbsence: CheckRule = {
  code: 'impossible-absence',
  severity: 'error',
  suppressible: false,
  why: 'Whoever wrote it counted on a patient who does not know or will not say; that answer is refused, so the condition waits in vain.',
  bad: `
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: escort, type: boolean, text: Escort?, why: No driving., absence: none }]
rules:
  - { id: alone, disposition: defer, when: "!escort || unknown(escort)", reason: Alone., action: Wait., sources: [label] }
`,
  marked: 'unknown(escort)',
  good: `
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: escort, type: boolean, text: Escort?, why: No driving. }]
rules:
  - { id: alone, disposition: defer, when: "!escort || unknown(escort)", reason: Alone., action: Wait., sources: [label] }
`,
  *check(questionnaire, places) {
    const items = itemsOf(questionnaire);
    for (const formula of formulasOf(questionnaire)) {
      for (const { state, of, at } of statesIn(formula.expression)) {
        if (state === 'answered' || items.get(of.linkId)?.item.mayBeAbsent !== false) continue;
        yield {
          at: places.inFormula(formula, at),
          message: `\`${of.linkId}\` takes no \`${state}\`, so this is never true`,
          help: `drop this part, or drop \`absence: none\` from the question`,
        };
      }
    }
  },
};

function statesIn(expression: Expression): readonly State[] {
  return [...(expression.kind === 'state' ? [expression] : []), ...partsOf(expression).flatMap(statesIn)];
}
