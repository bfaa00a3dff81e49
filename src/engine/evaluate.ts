import { type Answer, type Answers, isAbsent } from '../model/answers.ts';
import type { Truth } from '../model/assessment.ts';
import type { AnswerReference, Expression } from '../model/expression.ts';
import { wholeYears } from '../model/local-date.ts';
import type { Questionnaire, TableRow } from '../model/questionnaire.ts';
import { normalizedName } from '../model/table-name.ts';
import {
  asTruth,
  calculate,
  compare,
  distinct,
  type Element,
  type Entry,
  extreme,
  fromTruth,
  isList,
  noValue,
  type Result,
  sizeOf,
  unknown,
} from './result.ts';
import { type AnswerState, answerState, calculatedResult, isRequired, type Situation } from './situation.ts';
import { and, both, either, not, or } from './truth.ts';

/** What the variables of `filter`, `map`, `exists` and `all` stand for. */
export type Scope = ReadonlyMap<string, Entry | Result>;

const noVariables: Scope = new Map();

/** What an expression comes to under the answers known so far. Total: never throws on a checked definition. */
export function evaluate(expression: Expression, situation: Situation, scope: Scope = noVariables): Result {
  const of = (part: Expression): Result => evaluate(part, situation, scope);
  const truth = (part: Expression): Truth => asTruth(of(part));
  switch (expression.kind) {
    case 'literal':
    case 'parameter':
      return expression.value;
    case 'answer':
    case 'member':
      return resultOfState(stateOf(expression, situation, scope), expression.linkId);
    case 'calculated':
      return calculatedResult(situation, expression.linkId);
    case 'variable':
      return scope.get(expression.name) as Result;
    case 'not':
      return fromTruth(not(truth(expression.of)));
    case 'and':
      return fromTruth(and(lazily(expression.of, truth)));
    case 'or':
      return fromTruth(or(lazily(expression.of, truth)));
    case 'conditional':
      return choose(
        truth(expression.if),
        () => of(expression.then),
        () => of(expression.else),
      );
    case 'compare':
      return fromTruth(compare(expression.operator, of(expression.left), of(expression.right)));
    case 'arithmetic':
      return calculate(expression.operator, of(expression.left), of(expression.right));
    case 'greatest':
    case 'least':
      return extreme(
        expression.kind,
        boundsOf(expression.left, of(expression.left)),
        boundsOf(expression.right, of(expression.right)),
      );
    case 'quotient':
      throw new Error('a quotient is compared or shown, never evaluated');
    case 'rescale':
      return calculate('*', of(expression.of), expression.factor);
    case 'in':
      return fromTruth(contains(of(expression.list), of(expression.element)));
    case 'state':
      return fromTruth(isInState(expression.state, expression.of, situation, scope));
    case 'orElse': {
      const result = of(expression.of);
      return result === noValue ? of(expression.otherwise) : result;
    }
    case 'exists':
    case 'all':
    case 'filter':
    case 'map': {
      const body = ({ element }: Element): Result =>
        evaluate(expression.body, situation, new Map(scope).set(expression.variable, element));
      return overList(expression.kind, of(expression.list), body);
    }
    case 'distinct': {
      const list = of(expression.list);
      return isList(list) ? distinct(list) : list;
    }
    case 'size': {
      const list = of(expression.list);
      return isList(list) ? sizeOf(list) : list;
    }
    case 'list':
      return expression.of.map((part) => ({ element: of(part), isIn: true }));
    case 'age':
      return ofTwo(of(expression.birthDate), of(expression.on), wholeYears);
    case 'daysBetween':
      return ofTwo(of(expression.from), of(expression.to), (from, to) => to - from);
    case 'listed':
    case 'lookup':
      return inTable(expression, of(expression.key), (name) => rowOf(situation.questionnaire, expression.table, name));
  }
}

/** What a number comes to; where it is unknown, all that the limits of its question allow. */
export function boundsOf({ type }: Expression, result: Result): Result {
  return result === unknown && type.is === 'number' ? { min: type.min, max: type.max } : result;
}

function* lazily<From, To>(of: readonly From[], each: (part: From) => To): Iterable<To> {
  for (const part of of) yield each(part);
}

/** The state of the answer a reference names. */
export function stateOf(reference: AnswerReference, situation: Situation, scope: Scope): AnswerState {
  if (reference.kind === 'answer') return answerState(situation, reference.linkId);
  return answerState(situation, reference.linkId, scope.get(reference.variable) as Entry);
}

function resultOfState(state: AnswerState, linkId: string): Result {
  if (state.is === 'disabled') return noValue;
  return state.is === 'answered' ? resultOfAnswer(state.answer, linkId) : unknown;
}

/** What an answer to a question that is asked comes to; none, and one that says why there is none, are unknown. */
export function resultOfAnswer(answer: Answer | undefined, linkId: string): Result {
  if (answer === undefined || isAbsent(answer)) return unknown;
  if (!Array.isArray(answer)) return answer as boolean | number | string;
  return answer.map(
    (part: string | Answers, index): Element => ({
      element: typeof part === 'string' ? part : { repeat: linkId, index, answers: part },
      isIn: true,
    }),
  );
}

/** `answered(x)`, `unknown(x)`, `declined(x)`. A required question left out could still be any of them. */
function isInState(
  asked: 'answered' | 'unknown' | 'declined',
  reference: AnswerReference,
  situation: Situation,
  scope: Scope,
): Truth {
  const state = stateOf(reference, situation, scope);
  switch (state.is) {
    case 'hidden':
    case 'left-out':
      return 'unknown';
    case 'unsettled':
      return isRequired(situation.questionnaire, reference.linkId) ? 'unknown' : false;
    case 'disabled':
    case 'omitted':
      return false;
    default:
      return state.is === asked;
  }
}

/** Where the condition is unknown and both branches come to the same, that is the result. */
export function choose(condition: Truth, then: () => Result, otherwise: () => Result): Result {
  if (condition !== 'unknown') return condition ? then() : otherwise();
  const result = then();
  return result === otherwise() && !isList(result) ? result : unknown;
}

/** Whether one of a list equals `element`. What has no value makes it false. */
export function contains(list: Result, element: Result): Truth {
  if (element === noValue || list === noValue) return false;
  if (!isList(list)) return 'unknown';
  return or(list.map((each) => compare('==', each.element as Result, element)));
}

function overList(kind: 'exists' | 'all' | 'filter' | 'map', list: Result, body: (element: Element) => Result): Result {
  if (!isList(list)) return list;
  switch (kind) {
    case 'exists':
      return fromTruth(or(lazily(list, (each) => both(each.isIn, asTruth(body(each))))));
    case 'all':
      return fromTruth(and(lazily(list, (each) => either(not(each.isIn), asTruth(body(each))))));
    case 'filter':
      return list.flatMap((each): Element[] => {
        const isIn = both(each.isIn, asTruth(body(each)));
        return isIn === false ? [] : [{ ...each, isIn }];
      });
    case 'map':
      return list.map((each) => ({ element: body(each), isIn: each.isIn }));
  }
}

/** A calculation with two dates or numbers. What has no value gives no value. */
export function ofTwo(left: Result, right: Result, calculation: (left: number, right: number) => number): Result {
  if (left === noValue || right === noValue) return noValue;
  return typeof left === 'number' && typeof right === 'number' ? calculation(left, right) : unknown;
}

/** `listed(table, key)` or `lookup(table, key, column)`, where `find` gives the row of a name. */
export function inTable(
  expression: Extract<Expression, { kind: 'listed' | 'lookup' }>,
  key: Result,
  find: (name: string) => TableRow | undefined,
): Result {
  if (typeof key !== 'string') return key;
  const row = find(key);
  if (expression.kind === 'listed') return row !== undefined;
  return (expression.column === 'key' ? row?.mainKey : row?.values[expression.column]) ?? noValue;
}

const rows = new WeakMap<Questionnaire, ReadonlyMap<string, ReadonlyMap<string, TableRow>>>();

/** The row of a table that a name means, by its key or any of its names. */
export function rowOf(questionnaire: Questionnaire, table: string, name: string): TableRow | undefined {
  let index = rows.get(questionnaire);
  if (!index) {
    index = new Map(
      questionnaire.tables.map((each) => [
        each.name,
        new Map(each.rows.flatMap((row) => [row.key, ...row.names].map((known) => [normalizedName(known), row]))),
      ]),
    );
    rows.set(questionnaire, index);
  }
  return index.get(table)?.get(normalizedName(name));
}
