import { itemsOf, questionsIn, repeatOf } from '../../../engine/items.ts';
import { isRequired } from '../../../engine/situation.ts';
import type { AnswerReference, Expression } from '../../../model/expression.ts';
import type { GroupItem, QuestionItem, Questionnaire } from '../../../model/questionnaire.ts';
import { textsFor } from '../texts.ts';
import type { Script } from './script.ts';
import { and, constant, implies, not, or, quoted, same, type Term } from './terms.ts';
import type { Element, Entry, Scope, Truth, Value, Values } from './values.ts';

/** Where an answer stands: exactly one of these. */
export interface Standing {
  readonly disabled: Term;
  readonly answered: Term;
  readonly unknown: Term;
  readonly declined: Term;
  /** Enabled and no answer. */
  readonly missing: Term;
  /** Enablement unknown and no answer. */
  readonly unsettled: Term;
}

/** What there may be for a question: at most one of these. */
const states = ['answered', 'unknown', 'declined'] as const;
type State = (typeof states)[number];

/** The answers that a sheet may have: each question, and each of every entry of a repeat, has variables of its own. */
export class Answers {
  readonly #questionnaire: Questionnaire;
  readonly #script: Script;
  readonly #values: Values;
  readonly #conditionOf: (expression: Expression) => Truth;
  readonly #enabled = new Map<string, Truth>();

  /** Declares them all. `conditionOf`: what an expression comes to that reads them. */
  constructor(
    questionnaire: Questionnaire,
    script: Script,
    values: Values,
    conditionOf: (expression: Expression) => Truth,
  ) {
    this.#questionnaire = questionnaire;
    this.#script = script;
    this.#values = values;
    this.#conditionOf = conditionOf;
    for (const [linkId, placed] of itemsOf(questionnaire)) {
      const repeat = repeatOf(placed);
      const { item } = placed;
      if (item.type !== 'group' && !repeat) this.#declare(item, linkId);
      if (item.type === 'group' && item === repeat) this.#declareRepeat(item);
    }
  }

  /** Questions outside repeats, and repeats. */
  wholes(): readonly string[] {
    return [...itemsOf(this.#questionnaire)].flatMap(([linkId, placed]) => {
      const repeat = repeatOf(placed);
      const isWhole = repeat ? placed.item === repeat : placed.item.type !== 'group';
      return isWhole ? [linkId] : [];
    });
  }

  /** Whether it is asked. */
  enablement(linkId: string): Truth {
    const known = this.#enabled.get(linkId);
    if (known) return known;
    const parts = this.enablingConditions(linkId).map((each) => this.#conditionOf(each));
    const enablement = this.#values.truth(
      and(...parts.map((each) => each.true)),
      or(...parts.map((each) => each.false)),
    );
    this.#enabled.set(linkId, enablement);
    return enablement;
  }

  /** All that must be true for it to be asked. */
  enablingConditions(linkId: string): readonly Expression[] {
    const placed = itemsOf(this.#questionnaire).get(linkId);
    const around = placed ? [...placed.groups, placed.item] : [];
    return around.flatMap(({ enableWhen }) => (enableWhen ? [enableWhen.expression] : []));
  }

  isRequired(linkId: string): boolean {
    return isRequired(this.#questionnaire, linkId);
  }

  /** `scope`: the entry that a variable stands for. */
  standing(reference: AnswerReference, scope: Scope): Standing {
    const name = this.#nameOf(reference, scope);
    const { true: enabled, false: disabled } = this.enablement(reference.linkId);
    const used = (state: State): Term => and(stateName(name, state), not(disabled));
    return {
      disabled,
      answered: used('answered'),
      unknown: used('unknown'),
      declined: used('declined'),
      missing: and(isMissing(name), enabled),
      unsettled: and(isMissing(name), not(enabled), not(disabled)),
    };
  }

  /** What an answer comes to; unknown where there is none. */
  answer(reference: AnswerReference, scope: Scope): Value {
    const { disabled: none, answered } = this.standing(reference, scope);
    const name = this.#nameOf(reference, scope);
    const value = answerName(name);
    const unknown = this.#script.define(not(or(none, answered)));
    const placed = itemsOf(this.#questionnaire).get(reference.linkId);
    const { item } = placed ?? {};
    if (!item) throw new Error(`no question ${reference.linkId}`);
    switch (item.type) {
      case 'boolean':
        return this.#values.truth(and(answered, value), and(answered, not(value)), none);
      case 'integer':
      case 'decimal':
        return { is: 'number', min: value, max: value, unknown, none };
      case 'date':
        return { is: 'date', name, unknown, none };
      case 'string':
        return { is: 'text', value, texts: textsFor(this.#questionnaire, item), unknown, none };
      case 'group': {
        const elements = Array.from({ length: item.repeats?.max ?? 0 }, (_, index): Element => {
          const isIn = `(< ${index} ${value})`;
          return { value: { is: 'entry', index }, isIn, isOut: not(isIn) };
        });
        return { is: 'list', elements, unknown, none };
      }
      case 'choice': {
        if (item.scored) return { is: 'number', min: value, max: value, unknown, none };
        const codes = item.options.map(({ code }) => code);
        if (!item.repeats) return { is: 'text', value, texts: codes, unknown, none };
        const elements = codes.map((code): Element => {
          const isIn = answerName(`${name} ${code}`);
          return { value: this.#values.text(code), isIn, isOut: not(isIn) };
        });
        return { is: 'list', elements, unknown, none };
      }
    }
  }

  #nameOf(reference: AnswerReference, scope: Scope): string {
    if (reference.kind === 'answer') return reference.linkId;
    return fieldName(reference.linkId, (scope.get(reference.variable) as Entry).index);
  }

  #declare(item: QuestionItem, name: string): void {
    this.#declareState(name, item.mayBeAbsent);
    const value = answerName(name);
    switch (item.type) {
      case 'boolean':
        this.#script.declare(value, 'Bool');
        break;
      case 'integer':
      case 'decimal':
        this.#script.declare(value, 'Int', `(<= ${constant(item.min)} ${value} ${constant(item.max)})`);
        break;
      case 'string':
        this.#declareOneOf(
          value,
          textsFor(this.#questionnaire, item).map((text) => this.#script.numberOf(text)),
        );
        break;
      case 'date':
        break;
      case 'choice':
        if (item.scored)
          this.#declareOneOf(
            value,
            item.options.map(({ score }) => score ?? 0),
          );
        else if (!item.repeats)
          this.#declareOneOf(
            value,
            item.options.map(({ code }) => this.#script.numberOf(code)),
          );
        else this.#declareSeveral(item, name);
    }
  }

  #declareState(name: string, mayBeAbsent: boolean): void {
    for (const state of states) this.#script.declare(stateName(name, state), 'Bool');
    const [answered, unknown, declined] = states.map((state) => stateName(name, state)) as [Term, Term, Term];
    const rivals = [and(answered, unknown), and(answered, declined), and(unknown, declined)];
    const refused = mayBeAbsent ? rivals : [unknown, declined];
    for (const each of refused) this.#script.limit(not(each));
  }

  #declareOneOf(name: Term, values: readonly number[]): void {
    this.#script.declare(name, 'Int', or(...values.map((value) => same(name, value))));
  }

  #declareSeveral({ options }: Extract<QuestionItem, { type: 'choice' }>, name: string): void {
    const chosen = options.map(({ code }) => answerName(`${name} ${code}`));
    for (const each of chosen) this.#script.declare(each, 'Bool');
    const alone = options.flatMap(({ exclusive }, at) =>
      exclusive ? [implies(chosen[at] as Term, not(or(...chosen.filter((_, other) => other !== at))))] : [],
    );
    for (const limit of [or(...chosen), ...alone]) this.#script.limit(limit);
  }

  #declareRepeat(group: GroupItem): void {
    const { linkId } = group;
    const { min, max } = group.repeats ?? { min: 0, max: 0 };
    this.#declareState(linkId, group.mayBeAbsent);
    const count = answerName(linkId);
    this.#script.declare(count, 'Int');
    const isAnswered = stateName(linkId, 'answered');
    this.#script.limit(`(ite ${isAnswered} (<= ${min} ${count} ${max}) (= ${count} 0))`);
    for (let index = 0; index < max; index += 1) {
      for (const field of questionsIn(group)) {
        const name = fieldName(field.linkId, index);
        this.#declare(field, name);
        this.#script.limit(`(=> (<= ${count} ${index}) ${isMissing(name)})`);
      }
    }
  }
}

function stateName(name: string, state: State): Term {
  return `|${state} ${quoted(name)}|`;
}

/** There is no answer, nor why there is none. */
export function isMissing(name: string): Term {
  return not(or(...states.map((state) => stateName(name, state))));
}

function answerName(name: string): Term {
  return `|value ${quoted(name)}|`;
}

function fieldName(linkId: string, index: number): string {
  return `${linkId} ${index}`;
}
