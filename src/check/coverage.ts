import { typeOf } from '../definition/items.ts';
import { assess } from '../engine/assess.ts';
import { itemsOf, repeatOf } from '../engine/items.ts';
import { type Situation, situationOf, truthOf } from '../engine/situation.ts';
import type { Answers } from '../model/answers.ts';
import type { Finding } from '../model/assessment.ts';
import { formatDecimal } from '../model/decimal.ts';
import { severityRank } from '../model/disposition.ts';
import { type AnswerReference, type Expression, type ExpressionType, partsOf } from '../model/expression.ts';
import type { Formula, Item, Questionnaire, Rule } from '../model/questionnaire.ts';
import type { Remark } from '../report/test-report.ts';
import { canonical, optionsIn, withParts } from './mutants-expression.ts';
import type { Places } from './places.ts';
import { Circuit } from './prove/circuit.ts';
import { EncodedDefinition } from './prove/definition.ts';
import { isChecked, solve } from './prove/search.ts';
import { type Literal, negated, Solver } from './prove/solver.ts';
import { formulasOf } from './readers.ts';
import { fixedValue } from './satisfiable.ts';

/** What the cases are measured by. */
const coverageNames = ['rules fired', 'rules deciding', 'answers given', 'conditions', 'limits'] as const;
export type CoverageName = (typeof coverageNames)[number];

export interface CoverageMeasure {
  readonly name: CoverageName;
  readonly covered: number;
  /** What is impossible is not among them. */
  readonly total: number;
  readonly missing: readonly Remark[];
  /** No answers at all can show these: proved. */
  readonly impossible: readonly Remark[];
}

export interface Coverage {
  readonly measures: readonly CoverageMeasure[];
  /** Every proof was checked step by step by code that the solver does not share. */
  readonly isChecked: boolean;
}

/** Covered of what is possible, in percent, rounded down: 100 only where nothing is missing. */
export function percentOf({ covered, total }: Pick<CoverageMeasure, 'covered' | 'total'>): number {
  return total === 0 ? 100 : Math.floor((100 * covered) / total);
}

/**
 * A point with what shows it: a condition that a case makes true (and where given, that these two do not come to the
 * same), or a rule that decides alone.
 */
type Goal = Remark & { readonly name: CoverageName } & (
    | { readonly condition: Expression; readonly apart?: readonly [Expression, Expression] }
    | { readonly decides: Rule }
  );

/**
 * What of a definition the answer sheets show: each rule firing, and deciding alone; each answer of a choice given; each
 * condition of a rule or of asking true and false where that settles the whole (MC/DC by masking); each number just
 * below, at and just above what it is compared with. Of the rest it is proved whether any answers could.
 */
export function coverageOf(questionnaire: Questionnaire, sheets: readonly Answers[], places: Places): Coverage {
  const seen = sheets.map((answers) => ({
    situation: situationOf(questionnaire, answers),
    findings: assess(questionnaire, answers).findings,
  }));
  const goals = goalsOf(questionnaire, places);
  const open = goals.filter((goal) => !seen.some(({ situation, findings }) => isShown(goal, situation, findings)));
  const encoded = new EncodedDefinition(questionnaire, new Circuit(new Solver()));
  const impossible = new Set(open.filter((goal) => isImpossible(goal, encoded)));
  const measures = coverageNames.map((name): CoverageMeasure => {
    const own = goals.filter((goal) => goal.name === name && !impossible.has(goal));
    const missing = open.filter((goal) => goal.name === name && !impossible.has(goal));
    const others = [...impossible].filter((goal) => goal.name === name);
    return {
      name,
      covered: own.length - missing.length,
      total: own.length,
      missing: missing.map(remarkOf),
      impossible: others.map(remarkOf),
    };
  });
  return { measures, isChecked: isChecked(encoded.circuit) };
}

function remarkOf({ words, at }: Goal): Remark {
  return { words, at };
}

function isShown(goal: Goal, situation: Situation, findings: readonly Finding[]): boolean {
  if ('condition' in goal) {
    const [a, b] = (goal.apart ?? []).map((each) => truthOf(situation, each));
    return truthOf(situation, goal.condition) === true && (goal.apart === undefined || a !== b);
  }
  const { id, disposition } = goal.decides;
  const isAlone = findings.every(
    (each) => each.rule === id || severityRank(each.disposition) > severityRank(disposition),
  );
  return isAlone && findings.some(({ rule, absent }) => rule === id && absent.length === 0);
}

function isImpossible(goal: Goal, encoded: EncodedDefinition): boolean {
  const { circuit } = encoded;
  return solve(circuit, [circuit.and(encoded.isAccepted(), gateOf(goal, encoded))]).is === 'unsatisfiable';
}

function gateOf(goal: Goal, encoded: EncodedDefinition): Literal {
  if ('condition' in goal) {
    const [a, b] = (goal.apart ?? []).map((each) => encoded.encoder.condition(each));
    const isShown = encoded.encoder.condition(goal.condition).true;
    if (!a || !b) return isShown;
    const { circuit } = encoded;
    return circuit.and(isShown, circuit.or(circuit.xor(a.true, b.true), circuit.xor(a.false, b.false)));
  }
  const others = encoded.questionnaire.rules.filter((rule) => rule !== goal.decides);
  const isAsBad = encoded.isAsBad(severityRank(goal.decides.disposition), others);
  return encoded.circuit.and(encoded.rule(goal.decides).true, negated(isAsBad));
}

function goalsOf(questionnaire: Questionnaire, places: Places): readonly Goal[] {
  const conditional = [...itemsOf(questionnaire).values()].flatMap(({ item }) =>
    item.enableWhen ? [{ name: item.linkId, formula: item.enableWhen }] : [],
  );
  const conditions = [...conditional, ...questionnaire.rules.map(({ id, when }) => ({ name: id, formula: when }))];
  return [
    ...questionnaire.rules.flatMap((rule): readonly Goal[] => [
      { name: 'rules fired', words: rule.id, at: rule.at, condition: rule.when.expression },
      { name: 'rules deciding', words: rule.id, at: rule.at, decides: rule },
    ]),
    ...answerGoals(questionnaire, places),
    ...conditions.flatMap(({ name, formula }) => conditionGoals(name, formula, places)),
    ...limitGoals(questionnaire, places),
  ];
}

/* Expressions of our own */

const boolean: ExpressionType = { is: 'boolean' };
const nowhere = { start: 0, end: 0 };

function literal(value: boolean | number | string, type: ExpressionType): Expression {
  return { kind: 'literal', value, type, at: nowhere };
}

function not(of: Expression): Expression {
  return { kind: 'not', of, type: boolean, at: nowhere };
}

function isEqual(left: Expression, right: Expression): Expression {
  return { kind: 'compare', operator: '==', left, right, type: boolean, at: nowhere };
}

/* Answers */

function answerGoals(questionnaire: Questionnaire, places: Places): readonly Goal[] {
  return [...itemsOf(questionnaire).values()].flatMap((placed) => {
    const { item } = placed;
    const repeat = repeatOf(placed);
    const inside = (make: (reference: AnswerReference) => Expression): Expression => {
      const type = typeOf(item) ?? boolean;
      const at = nowhere;
      if (!repeat) return make({ kind: 'answer', linkId: item.linkId, type, at });
      const list: Expression = { kind: 'answer', linkId: repeat.linkId, type: typeOf(repeat) ?? boolean, at };
      const body = make({ kind: 'member', variable: 'entry', linkId: item.linkId, type, at });
      return { kind: 'exists', list, variable: 'entry', body, type: boolean, at };
    };
    return valuesOf(item).map(
      ({ words, is }): Goal => ({
        name: 'answers given',
        words: `\`${item.linkId}\` answered ${words}`,
        at: places.item(item.linkId),
        condition: inside(is),
      }),
    );
  });
}

interface Value {
  readonly words: string;
  readonly is: (reference: AnswerReference) => Expression;
}

function valuesOf(item: Item): readonly Value[] {
  if (item.type === 'boolean')
    return [
      { words: 'yes', is: (reference) => reference },
      { words: 'no', is: (reference) => isEqual(reference, literal(false, boolean)) },
    ];
  if (item.type !== 'choice') return [];
  return item.options.map(({ code, score = 0 }) => {
    const type: ExpressionType = item.scored
      ? { is: 'number', scale: 0, min: score, max: score }
      : { is: 'text', codes: [code] };
    const value = literal(item.scored ? score : code, type);
    const is = (reference: AnswerReference): Expression =>
      item.repeats
        ? { kind: 'in', element: value, list: reference, type: boolean, at: nowhere }
        : isEqual(reference, value);
    return { words: code, is };
  });
}

/* Conditions */

/** Each condition of a formula true and false, where the whole would come out otherwise with it the other way. */
function conditionGoals(name: string, formula: Formula, places: Places): readonly Goal[] {
  return atomsOf(formula.expression).flatMap((atom) => {
    const forced = (value: boolean): Expression => replaced(formula.expression, atom, literal(value, boolean));
    const apart = [forced(true), forced(false)] as const;
    const at = places.inFormula(formula, atom.at);
    const words = (value: boolean): string => `${name}: ${textOf(formula, atom)} ${value}, and it matters`;
    return [
      { name: 'conditions' as const, words: words(true), at, condition: atom, apart },
      { name: 'conditions' as const, words: words(false), at, condition: not(atom), apart },
    ];
  });
}

function textOf({ source }: Formula, { at }: Expression): string {
  return `\`${source.slice(at.start, at.end).replace(/\s+/g, ' ').trim()}\``;
}

/** The conditions that a formula is put together from; `x in [...]` is one. */
function atomsOf(expression: Expression): readonly Expression[] {
  const isList = expression.kind === 'or' && optionsIn(expression) !== undefined;
  switch (expression.kind) {
    case 'and':
    case 'or':
    case 'not':
    case 'conditional':
      return isList ? [expression] : partsOf(expression).flatMap(atomsOf);
    default:
      return [expression];
  }
}

function replaced(expression: Expression, from: Expression, to: Expression): Expression {
  if (expression === from) return to;
  return withParts(
    expression,
    partsOf(expression).map((part) => replaced(part, from, to)),
  );
}

/* Limits */

interface Limit {
  readonly formula: Formula;
  readonly comparison: Extract<Expression, { kind: 'compare' }>;
  readonly term: Expression;
  /** At the scale of the term: just below, at and just above. A limit between two possible numbers has no "at". */
  readonly values: readonly number[];
  readonly wrap: (body: Expression) => Expression;
}

function limitGoals(questionnaire: Questionnaire, places: Places): readonly Goal[] {
  const limits = [...formulasOf(questionnaire)].flatMap((formula) =>
    limitsIn(formula, formula.expression, (body) => body),
  );
  const goals = limits.flatMap(({ formula, comparison, term, values, wrap }) =>
    values.map((value) => {
      const { type } = term;
      const scale = type.is === 'number' ? type.scale : 0;
      const own: ExpressionType = { is: 'number', scale, min: value, max: value };
      const condition = wrap(isEqual(term, literal(value, own)));
      const words = `${textOf(formula, comparison)} at ${formatDecimal(value, scale)}`;
      return { name: 'limits' as const, words, at: places.inFormula(formula, comparison.at), condition };
    }),
  );
  const seen = new Set<string>();
  return goals.filter(({ condition }) => {
    const key = canonical(condition);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Every comparison of a number with a fixed one, those about the entries of a list too. */
function limitsIn(formula: Formula, expression: Expression, wrap: Limit['wrap']): readonly Limit[] {
  if (expression.kind === 'compare') {
    const limit = limitOf(expression);
    return limit ? [{ formula, comparison: expression, wrap, ...limit }] : [];
  }
  if ('body' in expression) {
    const { list, variable } = expression;
    const inside = (body: Expression): Expression =>
      wrap({ kind: 'exists', list, variable, body, type: boolean, at: nowhere });
    return [...limitsIn(formula, list, wrap), ...limitsIn(formula, expression.body, inside)];
  }
  return partsOf(expression).flatMap((part) => limitsIn(formula, part, wrap));
}

function limitOf({ left, right }: Limit['comparison']): Pick<Limit, 'term' | 'values'> | undefined {
  const [term, fixed] = fixedValue(right) === undefined ? [right, fixedValue(left)] : [left, fixedValue(right)];
  if (typeof fixed !== 'number' || term.type.is !== 'number') return undefined;
  const [own, factor] = term.kind === 'rescale' ? [term.of, term.factor] : [term, 1];
  const exact = fixed / factor;
  const values = [Math.ceil(exact) - 1, ...(Number.isInteger(exact) ? [exact] : []), Math.floor(exact) + 1];
  return { term: own, values };
}
