import { itemsOf } from '../../engine/items.ts';
import type { Expression } from '../../model/expression.ts';
import { isNumberItem, type Questionnaire } from '../../model/questionnaire.ts';
import { formulasOf, within } from '../readers.ts';
import type { CheckRule } from '../rule.ts';
import { spellings } from '../units.ts';

/** A number set against one of another unit, or a calculated value that names another unit than it is made of. */
export const mixedUnits: CheckRule = {
  code: 'mixed-units',
  severity: 'error',
  suppressible: false,
  why: 'Nothing converts the numbers: 130 mmHg is above a limit of 24 kPa, which is 180 mmHg.',
  bad: `
parameters:
  high: { title: High, value: 24, unit: kPa, because: The label says so., sources: [label] }
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: systolic, type: integer, text: Upper, why: It rises., unit: "mm[Hg]", min: 20, max: 300 }]
rules:
  - { id: pressure, disposition: defer, when: systolic > params.high, reason: High., action: Wait., sources: [label] }
`,
  marked: 'systolic > params.high',
  good: `
parameters:
  high: { title: High, value: 180, unit: "mm[Hg]", because: The label says so., sources: [label] }
items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: systolic, type: integer, text: Upper, why: It rises., unit: "mm[Hg]", min: 20, max: 300 }]
rules:
  - { id: pressure, disposition: defer, when: systolic > params.high, reason: High., action: Wait., sources: [label] }
`,
  *check(questionnaire, places) {
    const unitOf = unitsOf(questionnaire);
    const invariants = questionnaire.invariants.flatMap((each) => ('when' in each ? [each.when] : []));
    for (const formula of [...formulasOf(questionnaire), ...invariants]) {
      for (const expression of within(formula.expression)) {
        const [one, other] = sidesOf(expression).map(unitOf);
        if (!differ(one, other)) continue;
        yield {
          at: places.inFormula(formula, expression.at),
          message: `a number in ${one} is set against one in ${other}`,
          help: 'name two numbers of one unit here, or mend the unit of one of them',
        };
      }
    }
    for (const [index, { linkId, unit, value }] of questionnaire.calculated.entries()) {
      const found = unitOf(value.expression);
      if (unit === pure || !differ(unit, found)) continue;
      yield {
        at: places.at(['calculated', index, 'unit']),
        message: `\`${linkId}\` is said to be in ${unit}, and what it is made of is in ${found}`,
        help: `write \`"${found}"\`, or mend the formula`,
      };
    }
  },
};

/** The two parts whose numbers must be of one unit. */
function sidesOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'compare':
    case 'greatest':
    case 'least':
      return [expression.left, expression.right];
    case 'arithmetic':
      return expression.operator === '*' ? [] : [expression.left, expression.right];
    case 'conditional':
      return [expression.then, expression.else];
    case 'orElse':
      return [expression.of, expression.otherwise];
    default:
      return [];
  }
}

/** The unit of an expression; none where it has none of its own: a bare number, a product, a quotient, a text. */
function unitsOf(questionnaire: Questionnaire): (expression: Expression) => string | undefined {
  const { parameters, calculated, tables } = questionnaire;
  const items = itemsOf(questionnaire);
  const answerUnit = (linkId: string): string | undefined => {
    const item = items.get(linkId)?.item;
    return item && isNumberItem(item) ? item.unit : pure;
  };
  const unitOf = (expression: Expression): string | undefined => {
    if (expression.type.is !== 'number') return undefined;
    switch (expression.kind) {
      case 'parameter':
        return parameters.find(({ name }) => name === expression.name)?.unit;
      case 'answer':
      case 'member':
        return answerUnit(expression.linkId);
      case 'calculated': {
        const found = calculated.find(({ linkId }) => linkId === expression.linkId);
        return found && (unitOf(found.value.expression) ?? found.unit);
      }
      case 'lookup':
        return tables.find(({ name }) => name === expression.table)?.columns[expression.column]?.unit;
      case 'age':
        return 'a';
      case 'daysBetween':
        return 'd';
      case 'size':
        return pure;
      case 'rescale':
        return unitOf(expression.of);
      default:
        return sidesOf(expression)
          .map(unitOf)
          .find((unit) => unit !== undefined);
    }
  };
  return unitOf;
}

/** The unit of scores and counts, and of a calculated value that names none. */
const pure = '1';
const pureSpellings: ReadonlySet<string> = new Set(['{score}', '{count}']);

function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && meaningOf(one) !== meaningOf(other);
}

/** A unit that is misspelt is told by `unknown-unit`. */
function meaningOf(unit: string): string {
  const meant = spellings.get(unit.toLowerCase()) ?? unit;
  return pureSpellings.has(meant) ? pure : meant;
}
