import { calculatedValue } from '../../../engine/situation.ts';
import { type AnswerReference, type Expression, partsOf } from '../../../model/expression.ts';
import type { Questionnaire } from '../../../model/questionnaire.ts';
import type { Answers } from './answers.ts';
import { type Expressions, noVariables } from './expressions.ts';
import type { Script } from './script.ts';
import { and, not, or, type Term } from './terms.ts';
import type { Scope, Values } from './values.ts';

/** Which kinds of absence leave an expression unsettled. */
export interface Kinds {
  readonly unknown: Term;
  readonly declined: Term;
  readonly leftOut: Term;
}

/** Which absences leave the expressions of a questionnaire unsettled. */
export class Absences {
  readonly #questionnaire: Questionnaire;
  readonly #script: Script;
  readonly #values: Values;
  readonly #expressions: Expressions;
  readonly #answers: Answers;
  readonly #known = new Map<Expression, Kinds>();

  constructor(questionnaire: Questionnaire, script: Script, values: Values, expressions: Expressions) {
    this.#questionnaire = questionnaire;
    this.#script = script;
    this.#values = values;
    this.#expressions = expressions;
    this.#answers = expressions.answers;
  }

  /** Which kinds of absence leave an expression unsettled; none where it is settled. */
  kinds(expression: Expression, scope: Scope = noVariables): Kinds {
    const known = scope === noVariables ? this.#known.get(expression) : undefined;
    if (known) return known;
    const kinds = this.#where(
      this.#values.isUnsettled(this.#expressions.value(expression, scope)),
      this.#innerKinds(expression, scope),
    );
    if (scope === noVariables) this.#known.set(expression, kinds);
    return kinds;
  }

  #where(condition: Term, of: readonly Kinds[]): Kinds {
    const is = this.#script.define(condition);
    const any = (kind: keyof Kinds): Term => this.#script.define(and(is, or(...of.map((each) => each[kind]))));
    return { unknown: any('unknown'), declined: any('declined'), leftOut: any('leftOut') };
  }

  #innerKinds(expression: Expression, scope: Scope): readonly Kinds[] {
    switch (expression.kind) {
      case 'answer':
      case 'member':
        return this.#answerKinds(expression, scope);
      case 'state':
        return this.#answerKinds(expression.of, scope);
      case 'calculated':
        return [this.kinds(calculatedValue(this.#questionnaire, expression.linkId).value.expression)];
      case 'conditional': {
        const condition = this.#expressions.condition(expression.if, scope);
        return [
          this.kinds(expression.if, scope),
          this.#where(not(condition.false), [this.kinds(expression.then, scope)]),
          this.#where(not(condition.true), [this.kinds(expression.else, scope)]),
        ];
      }
      case 'exists':
      case 'all':
      case 'filter':
      case 'map': {
        const { elements, unknown, none } = this.#expressions.list(expression.list, scope);
        const bodies = elements.map((each) =>
          this.#where(not(or(unknown, none, each.isOut)), [
            this.kinds(expression.body, new Map(scope).set(expression.variable, each.value)),
          ]),
        );
        return [this.kinds(expression.list, scope), ...bodies];
      }
      case 'distinct': {
        const list = this.#expressions.list(expression.list, scope);
        const { of, parts } = this.#tracedIn(expression.list, scope);
        const adding = list.elements.map((each, at) =>
          this.#where(
            not(or(list.unknown, list.none, each.isOut, this.#values.addsNothing(each, list))),
            parts.map((part) => part[at] as Kinds),
          ),
        );
        return [this.kinds(of, scope), ...adding];
      }
      default:
        return partsOf(expression).map((part) => this.kinds(part, scope));
    }
  }

  /** What leaves each element open of a list that is filtered and mapped, step by step, and the list that they come `of`. */
  #tracedIn(
    expression: Expression,
    scope: Scope,
  ): { readonly of: Expression; readonly parts: readonly (readonly Kinds[])[] } {
    if (expression.kind !== 'filter' && expression.kind !== 'map') return { of: expression, parts: [] };
    const { of, parts } = this.#tracedIn(expression.list, scope);
    const own = this.#expressions
      .list(expression.list, scope)
      .elements.map(({ value }) => this.kinds(expression.body, new Map(scope).set(expression.variable, value)));
    return { of, parts: [...parts, own] };
  }

  #answerKinds(reference: AnswerReference, scope: Scope): readonly Kinds[] {
    const { unknown, declined, missing, unsettled } = this.#answers.standing(reference, scope);
    const own = { unknown, declined, leftOut: missing };
    const enabling = this.#answers.enablingConditions(reference.linkId);
    if (enabling.length === 0) return [own];
    return [
      own,
      this.#where(
        or(unsettled, unknown, declined),
        enabling.map((each) => this.kinds(each)),
      ),
    ];
  }
}
