import { type Expression, partsOf } from '../../model/expression.ts';
import { termsIn, truthAt } from '../bands.ts';
import { formulasOf } from '../readers.ts';
import type { CheckRule } from '../rule.ts';

/** In a row of `a ? x : b ? y : z` over one number, a condition that comes too late ever to be true. */
export const bandOrder: CheckRule = {
  code: 'band-order',
  severity: 'error',
  suppressible: false,
  why: 'The first band that fits counts. One behind a wider band is never reached, so the worst cases are called mild.',
  bad: `
parameters:
  mild: { title: Mild from, value: 5, unit: "{score}", because: Published., sources: [label] }
  severe: { title: Severe from, value: 20, unit: "{score}", because: Published., sources: [label] }
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: score, type: integer, text: Score, why: Severity., unit: "{score}", min: 0, max: 27 }]
calculated:
  - linkId: band
    title: Band
    value: 'score >= params.mild ? "mild" : score >= params.severe ? "severe" : "none"'
rules:
  - { id: severe, disposition: defer, when: 'band == "severe"', reason: Severe., action: Wait., sources: [label] }
`,
  marked: 'score >= params.severe',
  good: `
parameters:
  mild: { title: Mild from, value: 5, unit: "{score}", because: Published., sources: [label] }
  severe: { title: Severe from, value: 20, unit: "{score}", because: Published., sources: [label] }
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: score, type: integer, text: Score, why: Severity., unit: "{score}", min: 0, max: 27 }]
calculated:
  - linkId: band
    title: Band
    value: 'score >= params.severe ? "severe" : score >= params.mild ? "mild" : "none"'
rules:
  - { id: severe, disposition: defer, when: 'band == "severe"', reason: Severe., action: Wait., sources: [label] }
`,
  *check(questionnaire, places) {
    for (const formula of formulasOf(questionnaire)) {
      for (const late of lateIn(formula.expression, []))
        yield {
          at: places.inFormula(formula, late.at),
          message: 'this band is never reached: those before it take every value of it',
          help: 'put the narrowest band first',
        };
    }
  },
};

type Conditional = Extract<Expression, { kind: 'conditional' }>;

/** Conditions of a row that are false wherever all those before them are. `before` are those of the row so far. */
function lateIn(expression: Expression, before: readonly Expression[]): readonly Expression[] {
  if (expression.kind !== 'conditional') return partsOf(expression).flatMap((part) => lateIn(part, []));
  return [
    ...(isLate(expression, before) ? [expression.if] : []),
    ...[expression.if, expression.then].flatMap((part) => lateIn(part, [])),
    ...lateIn(expression.else, [...before, expression.if]),
  ];
}

function isLate({ if: condition }: Conditional, before: readonly Expression[]): boolean {
  return [...termsIn([condition])].some(([key, { type, limits }]) => {
    const near = [...termsIn(before)].flatMap(([other, term]) => (other === key ? [...term.limits] : []));
    const values = [...limits, ...near].flatMap((limit) => [Math.floor(limit), Math.ceil(limit)]);
    const tried = [type.min, type.max, ...values.flatMap((value) => [value - 1, value, value + 1])];
    return (
      near.length > 0 &&
      tried
        .filter((value) => value >= type.min && value <= type.max)
        .every(
          (value) =>
            truthAt(condition, key, value) === false || before.some((each) => truthAt(each, key, value) === true),
        )
    );
  });
}
