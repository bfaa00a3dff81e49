import { rowOf } from '../../../engine/evaluate.ts';
import { calculatedValue } from '../../../engine/situation.ts';
import type { AnswerReference, Expression } from '../../../model/expression.ts';
import type { Questionnaire } from '../../../model/questionnaire.ts';
import { Answers } from './answers.ts';
import type { Script } from './script.ts';
import { and, constant, ite, not, or, sum, type Term } from './terms.ts';
import type { DateValue, Element, List, Quantity, Range, Scope, Text, Truth, Value, Values } from './values.ts';

export const noVariables: Scope = new Map();

/** What the expressions of a questionnaire come to, by the answers. */
export class Expressions {
  readonly answers: Answers;
  readonly #questionnaire: Questionnaire;
  readonly #script: Script;
  readonly #values: Values;
  readonly #known = new Map<Expression, Value>();

  constructor(questionnaire: Questionnaire, script: Script, values: Values) {
    this.#questionnaire = questionnaire;
    this.#script = script;
    this.#values = values;
    this.answers = new Answers(questionnaire, script, values, (expression) => this.condition(expression));
  }

  /** A condition: what has no value is false. */
  condition(expression: Expression, scope: Scope = noVariables): Truth {
    const { true: isTrue, false: isFalse, none } = this.value(expression, scope) as Truth;
    return this.#values.truth(isTrue, or(isFalse, none));
  }

  value(expression: Expression, scope: Scope = noVariables): Value {
    if (scope !== noVariables) return this.#valueIn(expression, scope);
    const value = this.#known.get(expression) ?? this.#valueIn(expression, scope);
    this.#known.set(expression, value);
    return value;
  }

  #valueIn(expression: Expression, scope: Scope): Value {
    switch (expression.kind) {
      case 'literal':
      case 'parameter':
        return this.#values.literal(expression.value);
      case 'answer':
      case 'member':
        return this.answers.answer(expression, scope);
      case 'calculated':
        return this.#calculated(expression.linkId);
      case 'variable':
        return scope.get(expression.name) as Value;
      case 'not': {
        const of = this.condition(expression.of, scope);
        return this.#values.truth(of.false, of.true);
      }
      case 'and':
      case 'or': {
        const parts = expression.of.map((part) => this.condition(part, scope));
        const [all, any] = expression.kind === 'and' ? (['true', 'false'] as const) : (['false', 'true'] as const);
        const [every, some] = [and(...parts.map((each) => each[all])), or(...parts.map((each) => each[any]))];
        return expression.kind === 'and' ? this.#values.truth(every, some) : this.#values.truth(some, every);
      }
      case 'conditional':
        return this.#values.choice(
          this.condition(expression.if, scope),
          this.value(expression.then, scope),
          this.value(expression.else, scope),
        );
      case 'compare':
        return this.#values.compare(
          expression.operator,
          this.value(expression.left, scope),
          this.value(expression.right, scope),
        );
      case 'arithmetic': {
        const { operator, left, right } = expression;
        const [a, b] = [this.#number(left, scope), this.#number(right, scope)];
        if (operator === '*') return this.#values.product(a, b, rangeOf(left), rangeOf(right));
        const none = or(a.none, b.none);
        const unknown = or(a.unknown, b.unknown);
        const of = (x: Term, y: Term): Term => `(${operator} ${x} ${y})`;
        const [low, high] = operator === '+' ? [b.min, b.max] : [b.max, b.min];
        return this.#values.quantity(of(a.min, low), of(a.max, high), unknown, none);
      }
      case 'rescale':
        return this.#values.product(
          this.#number(expression.of, scope),
          this.#values.literal(expression.factor) as Quantity,
          rangeOf(expression.of),
          { min: expression.factor, max: expression.factor },
        );
      case 'greatest':
      case 'least':
        return this.#values.extreme(
          expression.kind,
          this.#ranged(expression.left, scope),
          this.#ranged(expression.right, scope),
        );
      case 'quotient':
        throw new Error('a quotient is compared or shown, never evaluated');
      case 'in':
        return this.#values.contains(this.list(expression.list, scope), this.value(expression.element, scope) as Text);
      case 'state':
        return this.#isInState(expression.state, expression.of, scope);
      case 'orElse': {
        const [of, otherwise] = [this.#number(expression.of, scope), this.#number(expression.otherwise, scope)];
        return this.#values.quantity(
          ite(of.none, otherwise.min, of.min),
          ite(of.none, otherwise.max, of.max),
          of.unknown,
          'false',
        );
      }
      case 'exists':
      case 'all':
      case 'filter':
      case 'map':
        return this.#overList(expression, scope);
      case 'distinct':
        return this.#values.distinct(this.list(expression.list, scope));
      case 'size': {
        const { elements, unknown, none } = this.list(expression.list, scope);
        const min = sum(elements.map(({ isIn }) => ite(isIn, '1', '0')));
        const max = sum(elements.map(({ isOut }) => ite(isOut, '0', '1')));
        return this.#values.quantity(min, max, unknown, none);
      }
      case 'list': {
        const elements = expression.of.map((part) => ({
          value: this.value(part, scope),
          isIn: 'true',
          isOut: 'false',
        }));
        return { is: 'list', elements, unknown: 'false', none: 'false' };
      }
      case 'age':
        return this.#values.apart('years', this.#date(expression.birthDate, scope), this.#date(expression.on, scope));
      case 'daysBetween':
        return this.#values.apart('days', this.#date(expression.from, scope), this.#date(expression.to, scope));
      case 'listed': {
        const key = this.value(expression.key, scope) as Text;
        const isRow = or(
          ...key.texts.flatMap((text) => (this.#row(expression.table, text) ? [this.#values.is(key, text)] : [])),
        );
        const isKnown = not(or(key.unknown, key.none));
        return this.#values.truth(and(isKnown, isRow), and(isKnown, not(isRow)), key.none);
      }
      case 'lookup':
        return this.#lookup(expression, this.value(expression.key, scope) as Text);
    }
  }

  list(expression: Expression, scope: Scope): List {
    return this.value(expression, scope) as List;
  }

  #number(expression: Expression, scope: Scope): Quantity {
    return this.value(expression, scope) as Quantity;
  }

  #date(expression: Expression, scope: Scope): DateValue {
    const value = this.value(expression, scope);
    if (value.is !== 'date') throw new Error('a date is expected here');
    return value;
  }

  #calculated(linkId: string): Value {
    return this.value(calculatedValue(this.#questionnaire, linkId).value.expression);
  }

  #isInState(asked: 'answered' | 'unknown' | 'declined', reference: AnswerReference, scope: Scope): Truth {
    const standing = this.answers.standing(reference, scope);
    const isOpen = this.answers.isRequired(reference.linkId) ? or(standing.missing, standing.unsettled) : 'false';
    return this.#values.truth(standing[asked], not(or(standing[asked], isOpen)));
  }

  /** A number; where it is unknown, all that its type allows. */
  #ranged(expression: Expression, scope: Scope): Quantity {
    const of = this.#number(expression, scope);
    const { type } = expression;
    if (type.is !== 'number') throw new Error('a number is expected here');
    const [min, max] = [ite(of.unknown, constant(type.min), of.min), ite(of.unknown, constant(type.max), of.max)];
    return this.#values.quantity(min, max, 'false', of.none);
  }

  #overList(expression: Extract<Expression, { kind: 'exists' | 'all' | 'filter' | 'map' }>, scope: Scope): Value {
    const list = this.list(expression.list, scope);
    const { elements, unknown, none } = list;
    const inner = (element: Element): Scope => new Map(scope).set(expression.variable, element.value);
    if (expression.kind === 'map') {
      const mapped = elements.map((each) => ({ ...each, value: this.value(expression.body, inner(each)) }));
      return { is: 'list', elements: mapped, unknown, none };
    }
    const held = elements.map((each) => ({ each, body: this.condition(expression.body, inner(each)) }));
    if (expression.kind === 'filter') {
      const kept = held.map(({ each, body }) => ({
        value: each.value,
        isIn: this.#script.define(and(each.isIn, body.true)),
        isOut: this.#script.define(or(each.isOut, body.false)),
      }));
      return { is: 'list', elements: kept, unknown, none };
    }
    const isKnown = not(or(unknown, none));
    const [hit, clear] = expression.kind === 'exists' ? (['true', 'false'] as const) : (['false', 'true'] as const);
    const some = and(isKnown, or(...held.map(({ each, body }) => and(each.isIn, body[hit]))));
    const every = and(isKnown, ...held.map(({ each, body }) => or(each.isOut, body[clear])));
    return expression.kind === 'exists' ? this.#values.truth(some, every, none) : this.#values.truth(every, some, none);
  }

  #row(table: string, text: string): ReturnType<typeof rowOf> {
    return rowOf(this.#questionnaire, table, text);
  }

  #lookup({ table, column }: Extract<Expression, { kind: 'lookup' }>, key: Text): Value {
    const found = key.texts.flatMap((text) => {
      const row = this.#row(table, text);
      return row ? [{ row, isIt: this.#values.is(key, text) }] : [];
    });
    const none = this.#script.define(or(key.none, and(not(key.unknown), not(or(...found.map(({ isIt }) => isIt))))));
    const pick = (of: (row: (typeof found)[number]['row']) => Term): Term =>
      found.reduceRight((otherwise, { row, isIt }) => ite(isIt, of(row), otherwise), '0');
    if (column === 'key') {
      const value = this.#script.integer(pick((row) => constant(this.#script.numberOf(row.mainKey))));
      return {
        is: 'text',
        value,
        texts: [...new Set(found.map(({ row }) => row.mainKey))],
        unknown: key.unknown,
        none,
      };
    }
    const value = pick((row) => constant(row.values[column] ?? 0));
    return this.#values.quantity(value, value, key.unknown, none);
  }
}

function rangeOf({ type }: Expression): Range {
  if (type.is !== 'number') throw new Error('a number is expected here');
  return type;
}
