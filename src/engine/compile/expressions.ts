import { type Answer, type Answers, isAbsent } from '../../model/answers.ts';
import type { Truth } from '../../model/assessment.ts';
import { type Comparison, type Expression, partsOf } from '../../model/expression.ts';
import { wholeYears } from '../../model/local-date.ts';
import { remembering } from '../../model/memo.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import { boundsOf, choose, contains, inTable, ofTwo, resultOfAnswer, rowOf } from '../evaluate.ts';
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
} from '../result.ts';
import { both, either, not } from '../truth.ts';
import type { Condition, Place, Places, Value } from './sheet.ts';

/** Compiles the expressions of a questionnaire. What they come to is what `evaluate` says. */
export class Expressions {
  readonly #questionnaire: Questionnaire;
  readonly #places: Places;
  readonly #calculated = new Map<string, Value>();
  readonly #enablements = new Map<Expression, Condition>();
  readonly #answers = new Map<string, Value>();
  #variables = 0;

  constructor(questionnaire: Questionnaire, places: Places) {
    this.#questionnaire = questionnaire;
    this.#places = places;
  }

  /** Places that the variables of what is compiled have on a sheet. */
  get variables(): number {
    return this.#variables;
  }

  /** Places that calculated values have. */
  get calculatedValues(): number {
    return this.#calculated.size;
  }

  /** Whether an item is asked, worked out once a look. */
  isAsked(linkId: string): Condition {
    const { at } = this.#places.of(linkId);
    const conditions = this.#places.enablements(linkId).map((expression) => this.#enablement(expression));
    if (conditions.length === 0) return always;
    const all = allOf(conditions);
    return (sheet) => {
      const { look } = sheet;
      if (sheet.enabledAt[at] === look) return sheet.enabled[at] as Truth;
      const enabled = all(sheet);
      sheet.enabled[at] = enabled;
      sheet.enabledAt[at] = look;
      return enabled;
    };
  }

  /** Compiled once for all the items that it holds for. */
  #enablement(expression: Expression): Condition {
    const done = this.#enablements.get(expression) ?? this.condition(expression);
    this.#enablements.set(expression, done);
    return done;
  }

  /** The answer to a question outside repeats, or the entries of a repeat. */
  #answer(linkId: string): Value {
    const done = this.#answers.get(linkId) ?? this.#answerAnew(linkId);
    this.#answers.set(linkId, done);
    return done;
  }

  #answerAnew(linkId: string): Value {
    const { at, cell } = this.#places.of(linkId);
    const isAsked = this.isAsked(linkId);
    let last: Answer | undefined;
    let lastResult: Result = unknown;
    return (sheet) => {
      sheet.read[cell] = sheet.look;
      if (sheet.hidden[cell] === 1) return unknown;
      if (isAsked(sheet) === false) return noValue;
      const answer = sheet.given[at];
      if (answer === last) return lastResult;
      last = answer;
      lastResult = resultOfAnswer(answer, linkId);
      return lastResult;
    };
  }

  /** The answer to a question inside the entry that a variable stands for. */
  #member(linkId: string, variable: number): Value {
    const { cell, step } = this.#places.of(linkId);
    const isAsked = this.isAsked(linkId);
    return (sheet) => {
      const entry = sheet.variables[variable] as Entry;
      const own = cell + step * entry.index;
      sheet.read[own] = sheet.look;
      if (sheet.hidden[own] === 1) return unknown;
      if (isAsked(sheet) === false) return noValue;
      return resultOfAnswer(entry.answers.get(linkId), linkId);
    };
  }

  #state({ state, of }: Extract<Expression, { kind: 'state' }>, scope: Scope): Condition {
    const { at, cell, step, placed } = this.#places.of(of.linkId);
    const isAsked = this.isAsked(of.linkId);
    const withoutAnswer: Truth = placed.item.required ? 'unknown' : false;
    const variable = of.kind === 'member' ? (scope.get(of.variable) as number) : undefined;
    return (sheet) => {
      const entry = variable === undefined ? undefined : (sheet.variables[variable] as Entry);
      const own = cell + step * (entry?.index ?? 0);
      sheet.read[own] = sheet.look;
      if (sheet.hidden[own] === 1) return 'unknown';
      if (isAsked(sheet) === false) return false;
      const answer = entry ? entry.answers.get(of.linkId) : sheet.given[at];
      if (answer === undefined) return withoutAnswer;
      return state === (isAbsent(answer) ? answer.absent : 'answered');
    };
  }

  condition(expression: Expression, scope: Scope = noScope): Condition {
    switch (expression.kind) {
      case 'not': {
        const of = this.condition(expression.of, scope);
        return (sheet) => not(of(sheet));
      }
      case 'and':
        return allOf(expression.of.map((part) => this.condition(part, scope)));
      case 'or':
        return anyOf(expression.of.map((part) => this.condition(part, scope)));
      case 'compare':
        return comparison(expression.operator, this.value(expression.left, scope), this.value(expression.right, scope));
      case 'in':
        return this.#contained(expression, scope);
      case 'state':
        return this.#state(expression, scope);
      default: {
        const value = this.value(expression, scope);
        return (sheet) => asTruth(value(sheet));
      }
    }
  }

  value(expression: Expression, scope: Scope = noScope): Value {
    const of = (part: Expression): Value => this.value(part, scope);
    switch (expression.kind) {
      case 'literal':
      case 'parameter': {
        const { value } = expression;
        return () => value;
      }
      case 'answer':
        return this.#answer(expression.linkId);
      case 'member':
        return this.#member(expression.linkId, scope.get(expression.variable) as number);
      case 'calculated':
        return this.calculated(expression.linkId);
      case 'variable': {
        const variable = scope.get(expression.name) as number;
        return (sheet) => sheet.variables[variable] as Result;
      }
      case 'not':
      case 'and':
      case 'or':
      case 'compare':
      case 'in':
      case 'state': {
        const condition = this.condition(expression, scope);
        return (sheet) => fromTruth(condition(sheet));
      }
      case 'conditional':
        return chosen(this.condition(expression.if, scope), of(expression.then), of(expression.else));
      case 'arithmetic': {
        const { operator } = expression;
        const [left, right] = [of(expression.left), of(expression.right)];
        return (sheet) => calculate(operator, left(sheet), right(sheet));
      }
      case 'greatest':
      case 'least': {
        const [left, right] = [of(expression.left), of(expression.right)];
        return (sheet) =>
          extreme(expression.kind, boundsOf(expression.left, left(sheet)), boundsOf(expression.right, right(sheet)));
      }
      case 'quotient':
        return () => {
          throw new Error('a quotient is compared or shown, never evaluated');
        };
      case 'rescale': {
        const { factor } = expression;
        const value = of(expression.of);
        return (sheet) => calculate('*', value(sheet), factor);
      }
      case 'orElse': {
        const [value, otherwise] = [of(expression.of), of(expression.otherwise)];
        return (sheet) => {
          const result = value(sheet);
          return result === noValue ? otherwise(sheet) : result;
        };
      }
      case 'exists':
      case 'all':
        return this.#quantified(expression, scope);
      case 'filter':
      case 'map':
        return this.#transformed(expression, scope);
      case 'distinct': {
        const list = of(expression.list);
        return (sheet) => {
          const result = list(sheet);
          return isList(result) ? distinct(result) : result;
        };
      }
      case 'size': {
        const list = of(expression.list);
        return (sheet) => {
          const result = list(sheet);
          return isList(result) ? sizeOf(result) : result;
        };
      }
      case 'list': {
        const parts = expression.of.map(of);
        return (sheet) => parts.map((part) => ({ element: part(sheet), isIn: true }));
      }
      case 'age':
        return calculated(of(expression.birthDate), of(expression.on), wholeYears);
      case 'daysBetween':
        return calculated(of(expression.from), of(expression.to), (from, to) => to - from);
      case 'listed':
      case 'lookup':
        return this.#inTable(expression, of(expression.key));
    }
  }

  calculated(linkId: string): Value {
    const done = this.#calculated.get(linkId);
    if (done) return done;
    const calculated = this.#questionnaire.calculated.find((each) => each.linkId === linkId);
    if (!calculated) throw new Error(`no calculated value ${linkId}`);
    const whole = this.value(calculated.value.expression);
    const at = this.#calculated.size;
    const value: Value = (sheet) => {
      const { look } = sheet;
      if (sheet.calculatedAt[at] === look) return sheet.calculated[at] as Result;
      const result = whole(sheet);
      sheet.calculated[at] = result;
      sheet.calculatedAt[at] = look;
      return result;
    };
    this.#calculated.set(linkId, value);
    return value;
  }

  /** Nested variables and those of calculated values never share a place. */
  bound(variable: string, scope: Scope): { readonly inner: Scope; readonly at: number } {
    const at = this.#variables;
    this.#variables += 1;
    return { at, inner: new Map(scope).set(variable, at) };
  }

  #quantified(
    { kind, list, variable, body }: Extract<Expression, { kind: 'exists' | 'all' | 'filter' | 'map' }>,
    scope: Scope,
  ): Value {
    const { at, inner } = this.bound(variable, scope);
    const [elements, condition] = [this.value(list, scope), this.#ofEach(body, variable, inner)];
    const settling = kind === 'exists';
    return (sheet) => {
      const result = elements(sheet);
      if (!isList(result)) return result;
      let truth: Truth = !settling;
      for (const { element, isIn } of result) {
        sheet.variables[at] = element;
        const own = condition(sheet);
        const each = settling ? both(isIn, own) : either(not(isIn), own);
        if (each === settling) return settling;
        if (each === 'unknown') truth = 'unknown';
      }
      return fromTruth(truth);
    };
  }

  /**
   * A condition of each element. Of an entry it is worked out anew only where an answer that it read is hidden now and was
   * not, or the other way round: the search for what a rule needs hides answers one by one.
   */
  #ofEach(body: Expression, variable: string, scope: Scope): Condition {
    const condition = this.condition(body, scope);
    const fields = this.#fieldsAlone(body, variable);
    if (fields === undefined || fields.length > mostFields) return condition;
    const at = scope.get(variable) as number;
    const kept: KeptTruth[] = [];
    return (sheet) => {
      const { answers, index } = sheet.variables[at] as Entry;
      const { read, hidden, look } = sheet;
      const last = kept[index];
      let isHidden = 0;
      for (let bit = 0; bit < fields.length; bit += 1) {
        const { cell, step } = fields[bit] as Place;
        isHidden |= (hidden[cell + step * index] as number) << bit;
      }
      if (last?.answers === answers && ((last.hidden ^ isHidden) & last.read) === 0) {
        for (let bit = 0; bit < fields.length; bit += 1) {
          const { cell, step } = fields[bit] as Place;
          if ((last.read >>> bit) & 1) read[cell + step * index] = look;
        }
        return last.truth;
      }
      const truth = condition(sheet);
      let readNow = 0;
      for (let bit = 0; bit < fields.length; bit += 1) {
        const { cell, step } = fields[bit] as Place;
        if (read[cell + step * index] === look) readNow |= 1 << bit;
      }
      kept[index] = { answers, hidden: isHidden, read: readNow, truth };
      return truth;
    };
  }

  /** The questions that a condition of an entry asks about, where it depends on nothing else; undefined where it does. */
  #fieldsAlone(body: Expression, variable: string): readonly Place[] | undefined {
    const fields = new Map<string, Place>();
    const isAlone = (part: Expression): boolean => {
      switch (part.kind) {
        case 'answer':
        case 'calculated':
        case 'variable':
        case 'exists':
        case 'all':
        case 'filter':
        case 'map':
          return false;
        case 'member':
          fields.set(part.linkId, this.#places.of(part.linkId));
          return part.variable === variable && this.isAsked(part.linkId) === always;
        default:
          return partsOf(part).every(isAlone);
      }
    };
    return isAlone(body) && fields.size > 0 ? [...fields.values()] : undefined;
  }

  #transformed(
    { kind, list, variable, body }: Extract<Expression, { kind: 'exists' | 'all' | 'filter' | 'map' }>,
    scope: Scope,
  ): Value {
    const { at, inner } = this.bound(variable, scope);
    const elements = this.value(list, scope);
    if (kind === 'map') {
      const value = this.value(body, inner);
      return (sheet) => {
        const result = elements(sheet);
        if (!isList(result)) return result;
        return result.map(({ element, isIn }) => {
          sheet.variables[at] = element;
          return { element: value(sheet), isIn };
        });
      };
    }
    const condition = this.#ofEach(body, variable, inner);
    return (sheet) => {
      const result = elements(sheet);
      if (!isList(result)) return result;
      const kept: Element[] = [];
      for (const each of result) {
        sheet.variables[at] = each.element;
        const isIn = both(each.isIn, condition(sheet));
        if (isIn !== false) kept.push(isIn === each.isIn ? each : { ...each, isIn });
      }
      return kept;
    };
  }

  #contained({ list, element }: Extract<Expression, { kind: 'in' }>, scope: Scope): Condition {
    const value = this.value(element, scope);
    const literals =
      list.kind === 'list' ? list.of.flatMap((part) => (part.kind === 'literal' ? [part.value] : [])) : [];
    if (
      list.kind === 'list' &&
      literals.length === list.of.length &&
      literals.every((each) => typeof each === 'string')
    ) {
      const texts = new Set<Result>(literals);
      return (sheet) => {
        const result = value(sheet);
        if (typeof result === 'string') return texts.has(result);
        return result === noValue || texts.size === 0 ? false : 'unknown';
      };
    }
    const elements = this.value(list, scope);
    return (sheet) => contains(elements(sheet), value(sheet));
  }

  /** Names come again and again: each is looked up once, until there are very many. */
  #inTable(expression: Extract<Expression, { kind: 'listed' | 'lookup' }>, key: Value): Value {
    const questionnaire = this.#questionnaire;
    const find = remembering(mostNames, (name: string) => rowOf(questionnaire, expression.table, name));
    return (sheet) => inTable(expression, key(sheet), find);
  }
}

export type Scope = ReadonlyMap<string, number>;

export const noScope: Scope = new Map();

export const always: Condition = () => true;

/** What a condition of an entry came to under the answers hidden then, and at least the answers it read; a bit for each question. */
interface KeptTruth {
  readonly answers: Answers;
  readonly hidden: number;
  readonly read: number;
  readonly truth: Truth;
}

/** Questions that the bits of a number stand for. */
const mostFields = 31;

/** Names of a table that are remembered. */
const mostNames = 10_000;

function allOf(conditions: readonly Condition[]): Condition {
  return (sheet) => {
    let result: Truth = true;
    for (const condition of conditions) {
      const truth = condition(sheet);
      if (truth === false) return false;
      if (truth === 'unknown') result = 'unknown';
    }
    return result;
  };
}

function anyOf(conditions: readonly Condition[]): Condition {
  return (sheet) => {
    let result: Truth = false;
    for (const condition of conditions) {
      const truth = condition(sheet);
      if (truth === true) return true;
      if (truth === 'unknown') result = 'unknown';
    }
    return result;
  };
}

function comparison(operator: Comparison, left: Value, right: Value): Condition {
  const ofNumbers = numberComparisons[operator];
  return (sheet) => {
    const a = left(sheet);
    const b = right(sheet);
    return typeof a === 'number' && typeof b === 'number' ? ofNumbers(a, b) : compare(operator, a, b);
  };
}

const numberComparisons: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function chosen(condition: Condition, then: Value, otherwise: Value): Value {
  return (sheet) =>
    choose(
      condition(sheet),
      () => then(sheet),
      () => otherwise(sheet),
    );
}

function calculated(left: Value, right: Value, calculation: (left: number, right: number) => number): Value {
  return (sheet) => ofTwo(left(sheet), right(sheet), calculation);
}
