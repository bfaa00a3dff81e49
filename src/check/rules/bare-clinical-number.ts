import { itemsOf } from '../../engine/items.ts';
import { type Expression, partsOf } from '../../model/expression.ts';
import type { Formula, Questionnaire } from '../../model/questionnaire.ts';
import type { CheckRule } from '../rule.ts';

/** A number in a condition that has no name. */
export const bareClinicalNumber: CheckRule = {
  code: 'bare-clinical-number',
  severity: 'error',
  suppressible: false,
  why: 'A clinical number needs a name, a unit, a reason and a source, or nobody can sign it, and one of two copies is forgotten when it changes.',
  bad: `
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: systolic, type: integer, text: Upper, why: It rises., unit: "mm[Hg]", min: 40, max: 300 }]
rules:
  - { id: pressure, disposition: defer, when: systolic >= 180, reason: High., action: Wait., sources: [label] }
`,
  marked: '180',
  good: `
parameters:
  deferSystolic: { title: Wait from, value: 180, unit: "mm[Hg]", because: The label says so., sources: [label] }
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: systolic, type: integer, text: Upper, why: It rises., unit: "mm[Hg]", min: 40, max: 300 }]
rules:
  - id: pressure
    disposition: defer
    when: systolic >= params.deferSystolic
    reason: High.
    action: Wait.
    sources: [label]
`,
  *check(questionnaire, places) {
    for (const { formula, find } of formulasOf(questionnaire)) {
      for (const number of find(formula.expression)) {
        const written = formula.source.slice(number.at.start, number.at.end);
        if (isNumber(written) && Number(written) !== 0 && Number(written) !== 1)
          yield {
            at: places.inFormula(formula, number.at),
            message: `the number ${written} stands in a condition without a name`,
            help: `give it a name, a unit and a source under \`parameters:\` and write \`params.name\``,
          };
      }
    }
  },
};

type Literal = Extract<Expression, { kind: 'literal' }>;

/** Where no number may stand bare: anywhere in a condition; in a calculation, only where it is compared with something. */
function* formulasOf(questionnaire: Questionnaire): Iterable<{
  readonly formula: Formula;
  readonly find: (expression: Expression) => readonly Literal[];
}> {
  for (const { when } of questionnaire.rules) yield { formula: when, find: literalsIn };
  for (const { item } of itemsOf(questionnaire).values())
    if (item.enableWhen) yield { formula: item.enableWhen, find: literalsIn };
  for (const { value } of questionnaire.calculated) yield { formula: value, find: comparedLiterals };
}

function literalsIn(expression: Expression): readonly Literal[] {
  if (expression.kind === 'literal') return [expression];
  return partsOf(expression).flatMap(literalsIn);
}

function comparedLiterals(expression: Expression): readonly Literal[] {
  const sides = expression.kind === 'compare' ? [expression.left, expression.right] : [];
  const compared = sides
    .map((side) => (side.kind === 'rescale' ? side.of : side))
    .filter((side) => side.kind === 'literal');
  return [...compared, ...partsOf(expression).flatMap(comparedLiterals)];
}

function isNumber(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text);
}
