import { operandsOf } from '../../engine/because.ts';
import { rowOf } from '../../engine/evaluate.ts';
import { itemsOf, questionsIn, repeatOf } from '../../engine/items.ts';
import { calculatedValue } from '../../engine/situation.ts';
import { type Disposition, dispositions, severityRank } from '../../model/disposition.ts';
import { type AnswerReference, type Comparison, type Expression, partsOf } from '../../model/expression.ts';
import type { GroupItem, QuestionItem, Questionnaire, Rule } from '../../model/questionnaire.ts';
import type { Outcome } from './prove.ts';
import { and, constant, implies, isConstant, ite, not, or, quoted, same, sum, type Term } from './smt-terms.ts';
import { textsFor } from './texts.ts';

/** A definition and its goals in SMT-LIB 2, for any solver of the logic it names. */
export interface SmtExport {
  readonly text: string;
  /** One for each `(check-sat)`, in order. */
  readonly goals: readonly SmtGoal[];
  /** Goals that are not in the text, by kind and id. */
  readonly left: readonly string[];
}

export interface SmtGoal {
  /** Kind, id and code. */
  readonly name: string;
  /** What our own prover came to. */
  readonly expected: 'sat' | 'unsat' | 'unknown';
}

/**
 * The meaning that `engine/evaluate` and `engine/absences` give a definition, written a second time: over integers and
 * truths, from the expressions, sharing nothing with the gates that `prove` reasons about but which texts are tried. The
 * same freedom is taken: how far two dates lie apart is any number, for each pair of dates and unit by itself.
 */
export function smtLib(questionnaire: Questionnaire, outcomes: readonly Outcome[]): SmtExport {
  const writer = new SmtWriter(questionnaire);
  const goals: SmtGoal[] = [];
  const left: string[] = [];
  const checks: string[] = [];
  for (const outcome of outcomes) {
    const name = nameOf(outcome.goal);
    const goal = writer.goal(outcome.goal);
    if (goal === undefined) {
      left.push(name);
      continue;
    }
    const expected = expectedOf(outcome);
    goals.push({ name, expected });
    checks.push(`; ${name}: expected ${expected}\n(push 1)\n(assert ${goal})\n(check-sat)\n(pop 1)\n`);
  }
  const head = [
    `; ${questionnaire.id} ${questionnaire.version}: ${goals.length} goals, one (check-sat) each.`,
    '; sat: some answer sheet does it; unsat: none does. "expected" is what preinfuse proved by itself.',
    ...notExported(left),
  ];
  return { text: [...head, ...writer.lines(), '', ...checks].join('\n'), goals, left };
}

/** Of a goal what names it. */
interface Named {
  readonly kind: string;
  readonly id: string;
  readonly code?: string;
  readonly absence?: string;
}

function nameOf({ kind, id, code, absence }: Named): string {
  return [kind, id, code, absence].filter((part) => part !== undefined).join(' ');
}

function notExported(left: readonly string[]): readonly string[] {
  if (left.length === 0) return ['; Every goal is exported.'];
  const kinds = left.map((name) => name.split(' ')[0] ?? '');
  const counts = [...new Set(kinds)].map(
    (kind) => `${kinds.filter((each) => each === kind).length} of the kind ${kind}`,
  );
  return [`; ${left.length} goals are not exported: ${counts.join(', ')}.`, ...left.map((name) => `;   ${name}`)];
}

function expectedOf({ goal, is }: Outcome): SmtGoal['expected'] {
  if (is === 'undecided') return 'unknown';
  return (is === 'as-expected') === (goal.expects === 'possible') ? 'sat' : 'unsat';
}

interface Truth {
  readonly is: 'boolean';
  readonly true: Term;
  readonly false: Term;
  /** No value. None of the three: unknown. */
  readonly none: Term;
}

interface Quantity {
  readonly is: 'number';
  readonly min: Term;
  readonly max: Term;
  readonly unknown: Term;
  readonly none: Term;
}

interface Text {
  readonly is: 'text';
  /** The number of the text; see `numberOf`. */
  readonly value: Term;
  readonly texts: readonly string[];
  readonly unknown: Term;
  readonly none: Term;
}

interface DateValue {
  readonly is: 'date';
  readonly name: string;
  readonly unknown: Term;
  readonly none: Term;
}

interface List {
  readonly is: 'list';
  readonly elements: readonly Element[];
  readonly unknown: Term;
  readonly none: Term;
}

interface Element {
  readonly value: Value | Entry;
  readonly isIn: Term;
  readonly isOut: Term;
}

interface Entry {
  readonly is: 'entry';
  readonly index: number;
}

type Value = Truth | Quantity | Text | DateValue | List;
type Scope = ReadonlyMap<string, Value | Entry>;

/** Which kinds of absence leave an expression unsettled. */
interface Kinds {
  readonly unknown: Term;
  readonly declined: Term;
  readonly leftOut: Term;
}

/** Where an answer stands: exactly one of these. */
interface Standing {
  readonly disabled: Term;
  readonly answered: Term;
  readonly unknown: Term;
  readonly declined: Term;
  /** Enabled and no answer. */
  readonly missing: Term;
  /** Enablement unknown and no answer. */
  readonly unsettled: Term;
}

const noVariables: Scope = new Map();

/** What there may be for a question: at most one of these. */
const states = ['answered', 'unknown', 'declined'] as const;
type State = (typeof states)[number];

class SmtWriter {
  private readonly questionnaire: Questionnaire;
  private readonly declarations: string[] = [];
  private readonly body: string[] = [];
  private readonly defined = new Map<Term, Term>();
  private readonly texts = new Map<string, number>();
  private readonly enabled = new Map<string, Truth>();
  private readonly pairs = new Set<string>();
  private readonly ofExpressions = new Map<Expression, Value>();
  private readonly kindsOfExpressions = new Map<Expression, Kinds>();

  constructor(questionnaire: Questionnaire) {
    this.questionnaire = questionnaire;
    for (const [linkId, placed] of itemsOf(questionnaire)) {
      const repeat = repeatOf(placed);
      const { item } = placed;
      if (item.type !== 'group' && !repeat) this.declare(item, linkId);
      if (item.type === 'group' && item === repeat) this.declareRepeat(item);
    }
    for (const linkId of this.wholes()) {
      this.note(`no answer to ${linkId} where it is not asked`);
      this.assert(implies(this.enablement(linkId).false, isMissing(linkId)));
    }
    for (const { linkId, requires } of questionnaire.constraints) {
      if (!this.wholes().includes(linkId)) continue;
      const isGiven = not(isMissing(linkId));
      this.note(`constraint on ${linkId}`);
      this.assert(not(and(isGiven, this.condition(requires.expression, noVariables).false)));
    }
  }

  lines(): readonly string[] {
    return ['(set-logic QF_LIA)', ...this.declarations, ...this.body];
  }

  /** What the goal asks for, as a term; undefined for a kind that is not exported. */
  goal({ kind, id, code }: Named): Term | undefined {
    switch (kind) {
      case 'premise':
      case 'invariant': {
        const invariant = this.questionnaire.invariants.find((each) => each.id === id);
        if (!invariant || invariant.kind === 'absence-never-milder') return undefined;
        const premise = this.condition(invariant.when.expression, noVariables).true;
        if (kind === 'premise') return premise;
        const named = or(...invariant.dispositions.map((each) => this.endsIn(severityRank(each))));
        return this.define(and(premise, invariant.kind === 'never' ? named : not(named)));
      }
      case 'question-asked':
        return this.enablement(id).true;
      case 'rule-fires':
      case 'rule-decides': {
        const rule = this.questionnaire.rules.find((each) => each.id === id);
        if (!rule) return undefined;
        const fires = this.condition(rule.when.expression, noVariables).true;
        if (kind === 'rule-fires') return fires;
        const others = this.questionnaire.rules.filter((each) => each !== rule);
        const rank = severityRank(rule.disposition);
        return this.define(and(fires, ...others.map((each) => not(this.isAsBad(each, rank)))));
      }
      case 'disposition-reached':
        return this.endsIn(dispositions.indexOf(id as Disposition));
      case 'value-reached': {
        const { expression } = calculatedValue(this.questionnaire, id).value;
        const operands = [...operandsOf(this.questionnaire, expression)];
        const isAsked =
          operands.length === 0 ? 'true' : not(and(...operands.map((each) => this.enablement(each).false)));
        const value = this.value(expression, noVariables) as Text;
        return this.define(and(isAsked, not(or(value.unknown, value.none)), this.is(value, code ?? '')));
      }
      default:
        return undefined;
    }
  }

  private wholes(): readonly string[] {
    return [...itemsOf(this.questionnaire)].flatMap(([linkId, placed]) => {
      const repeat = repeatOf(placed);
      const isWhole = repeat ? placed.item === repeat : placed.item.type !== 'group';
      return isWhole ? [linkId] : [];
    });
  }

  private note(text: string): void {
    this.body.push(`; ${text.replace(/\s+/g, ' ')}`);
  }

  private assert(term: Term): void {
    if (term !== 'true') this.body.push(`(assert ${term})`);
  }

  /**
   * A name for a term; the same for the same term. A constant that equals it, not a `define-fun`: z3 writes those out
   * wherever they stand, and these stand in each other.
   */
  private define(term: Term, sort: 'Bool' | 'Int' = 'Bool'): Term {
    if (!term.startsWith('(')) return term;
    const known = this.defined.get(term);
    if (known !== undefined) return known;
    const name = `d${this.defined.size}`;
    this.defined.set(term, name);
    this.body.push(`(declare-fun ${name} () ${sort})`, `(assert (= ${name} ${term}))`);
    return name;
  }

  private integer(term: Term): Term {
    return this.define(term, 'Int');
  }

  private truth(isTrue: Term, isFalse: Term, none: Term = 'false'): Truth {
    return { is: 'boolean', true: this.define(isTrue), false: this.define(isFalse), none: this.define(none) };
  }

  /** The number that stands for a text. */
  private numberOf(text: string): number {
    const number = this.texts.get(text) ?? this.texts.size;
    this.texts.set(text, number);
    return number;
  }

  // Answers

  private declareVariable(name: Term, sort: 'Bool' | 'Int', limit: Term = 'true'): void {
    this.declarations.push(`(declare-fun ${name} () ${sort})`);
    if (limit !== 'true') this.declarations.push(`(assert ${limit})`);
  }

  private declareState(name: string, mayBeAbsent: boolean): void {
    for (const state of states) this.declareVariable(stateName(name, state), 'Bool');
    const [answered, unknown, declined] = states.map((state) => stateName(name, state)) as [Term, Term, Term];
    const rivals = [and(answered, unknown), and(answered, declined), and(unknown, declined)];
    const refused = mayBeAbsent ? rivals : [unknown, declined];
    for (const each of refused) this.declarations.push(`(assert ${not(each)})`);
  }

  private declare(item: QuestionItem, name: string): void {
    this.declareState(name, item.mayBeAbsent);
    const value = answerName(name);
    switch (item.type) {
      case 'boolean':
        this.declareVariable(value, 'Bool');
        break;
      case 'integer':
      case 'decimal':
        this.declareVariable(value, 'Int', `(<= ${constant(item.min)} ${value} ${constant(item.max)})`);
        break;
      case 'string':
        this.declareOneOf(
          value,
          textsFor(this.questionnaire, item).map((text) => this.numberOf(text)),
        );
        break;
      case 'date':
        break;
      case 'choice':
        if (item.scored)
          this.declareOneOf(
            value,
            item.options.map(({ score }) => score ?? 0),
          );
        else if (!item.repeats)
          this.declareOneOf(
            value,
            item.options.map(({ code }) => this.numberOf(code)),
          );
        else this.declareSeveral(item, name);
    }
  }

  private declareOneOf(name: Term, values: readonly number[]): void {
    this.declareVariable(name, 'Int', or(...values.map((value) => same(name, value))));
  }

  private declareSeveral({ options }: Extract<QuestionItem, { type: 'choice' }>, name: string): void {
    const chosen = options.map(({ code }) => answerName(`${name} ${code}`));
    for (const each of chosen) this.declareVariable(each, 'Bool');
    const alone = options.flatMap(({ exclusive }, at) =>
      exclusive ? [implies(chosen[at] as Term, not(or(...chosen.filter((_, other) => other !== at))))] : [],
    );
    for (const limit of [or(...chosen), ...alone]) this.declarations.push(`(assert ${limit})`);
  }

  private declareRepeat(group: GroupItem): void {
    const { linkId } = group;
    const { min, max } = group.repeats ?? { min: 0, max: 0 };
    this.declareState(linkId, group.mayBeAbsent);
    const count = answerName(linkId);
    this.declareVariable(count, 'Int');
    const isAnswered = stateName(linkId, 'answered');
    this.declarations.push(`(assert (ite ${isAnswered} (<= ${min} ${count} ${max}) (= ${count} 0)))`);
    for (let index = 0; index < max; index += 1) {
      for (const field of questionsIn(group)) {
        const name = fieldName(field.linkId, index);
        this.declare(field, name);
        this.declarations.push(`(assert (=> (<= ${count} ${index}) ${isMissing(name)}))`);
      }
    }
  }

  private enablement(linkId: string): Truth {
    const known = this.enabled.get(linkId);
    if (known) return known;
    const parts = this.enablingConditions(linkId).map((each) => this.condition(each, noVariables));
    const enablement = this.truth(and(...parts.map((each) => each.true)), or(...parts.map((each) => each.false)));
    this.enabled.set(linkId, enablement);
    return enablement;
  }

  private enablingConditions(linkId: string): readonly Expression[] {
    const placed = itemsOf(this.questionnaire).get(linkId);
    const around = placed ? [...placed.groups, placed.item] : [];
    return around.flatMap(({ enableWhen }) => (enableWhen ? [enableWhen.expression] : []));
  }

  private nameOf(reference: AnswerReference, scope: Scope): string {
    if (reference.kind === 'answer') return reference.linkId;
    return fieldName(reference.linkId, (scope.get(reference.variable) as Entry).index);
  }

  private standing(reference: AnswerReference, scope: Scope): Standing {
    const name = this.nameOf(reference, scope);
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

  private isRequired(linkId: string): boolean {
    return itemsOf(this.questionnaire).get(linkId)?.item.required ?? true;
  }

  private answer(reference: AnswerReference, scope: Scope): Value {
    const { disabled: none, answered } = this.standing(reference, scope);
    const name = this.nameOf(reference, scope);
    const value = answerName(name);
    const unknown = this.define(not(or(none, answered)));
    const placed = itemsOf(this.questionnaire).get(reference.linkId);
    const { item } = placed ?? {};
    if (!item) throw new Error(`no question ${reference.linkId}`);
    switch (item.type) {
      case 'boolean':
        return this.truth(and(answered, value), and(answered, not(value)), none);
      case 'integer':
      case 'decimal':
        return { is: 'number', min: value, max: value, unknown, none };
      case 'date':
        return { is: 'date', name, unknown, none };
      case 'string':
        return { is: 'text', value, texts: textsFor(this.questionnaire, item), unknown, none };
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
          return { value: this.text(code), isIn, isOut: not(isIn) };
        });
        return { is: 'list', elements, unknown, none };
      }
    }
  }

  // Values

  private text(value: string): Text {
    return { is: 'text', value: constant(this.numberOf(value)), texts: [value], unknown: 'false', none: 'false' };
  }

  /** A condition: what has no value is false. */
  private condition(expression: Expression, scope: Scope): Truth {
    const { true: isTrue, false: isFalse, none } = this.value(expression, scope) as Truth;
    return this.truth(isTrue, or(isFalse, none));
  }

  private value(expression: Expression, scope: Scope): Value {
    if (scope !== noVariables) return this.valueIn(expression, scope);
    const value = this.ofExpressions.get(expression) ?? this.valueIn(expression, scope);
    this.ofExpressions.set(expression, value);
    return value;
  }

  private valueIn(expression: Expression, scope: Scope): Value {
    switch (expression.kind) {
      case 'literal':
      case 'parameter':
        return this.literal(expression.value);
      case 'answer':
      case 'member':
        return this.answer(expression, scope);
      case 'calculated':
        return this.calculated(expression.linkId);
      case 'variable':
        return scope.get(expression.name) as Value;
      case 'not': {
        const of = this.condition(expression.of, scope);
        return this.truth(of.false, of.true);
      }
      case 'and':
      case 'or': {
        const parts = expression.of.map((part) => this.condition(part, scope));
        const [all, any] = expression.kind === 'and' ? (['true', 'false'] as const) : (['false', 'true'] as const);
        const [every, some] = [and(...parts.map((each) => each[all])), or(...parts.map((each) => each[any]))];
        return expression.kind === 'and' ? this.truth(every, some) : this.truth(some, every);
      }
      case 'conditional':
        return this.choice(
          this.condition(expression.if, scope),
          this.value(expression.then, scope),
          this.value(expression.else, scope),
        );
      case 'compare':
        return this.compare(
          expression.operator,
          this.value(expression.left, scope),
          this.value(expression.right, scope),
        );
      case 'arithmetic': {
        const { operator, left, right } = expression;
        const [a, b] = [this.number(left, scope), this.number(right, scope)];
        if (operator === '*') return this.product(a, b, rangeOf(left), rangeOf(right));
        const none = or(a.none, b.none);
        const unknown = or(a.unknown, b.unknown);
        const of = (x: Term, y: Term): Term => `(${operator} ${x} ${y})`;
        const [low, high] = operator === '+' ? [b.min, b.max] : [b.max, b.min];
        return this.quantity(of(a.min, low), of(a.max, high), unknown, none);
      }
      case 'rescale':
        return this.product(
          this.number(expression.of, scope),
          this.literal(expression.factor) as Quantity,
          rangeOf(expression.of),
          { min: expression.factor, max: expression.factor },
        );
      case 'greatest':
      case 'least':
        return this.extreme(expression.kind, this.ranged(expression.left, scope), this.ranged(expression.right, scope));
      case 'quotient':
        throw new Error('a quotient is compared or shown, never evaluated');
      case 'in':
        return this.contains(this.list(expression.list, scope), this.value(expression.element, scope) as Text);
      case 'state':
        return this.isInState(expression.state, expression.of, scope);
      case 'orElse': {
        const [of, otherwise] = [this.number(expression.of, scope), this.number(expression.otherwise, scope)];
        return this.quantity(
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
        return this.overList(expression, scope);
      case 'distinct':
        return this.distinct(this.list(expression.list, scope));
      case 'size': {
        const { elements, unknown, none } = this.list(expression.list, scope);
        const min = sum(elements.map(({ isIn }) => ite(isIn, '1', '0')));
        const max = sum(elements.map(({ isOut }) => ite(isOut, '0', '1')));
        return this.quantity(min, max, unknown, none);
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
        return this.apart('years', this.date(expression.birthDate, scope), this.date(expression.on, scope));
      case 'daysBetween':
        return this.apart('days', this.date(expression.from, scope), this.date(expression.to, scope));
      case 'listed': {
        const key = this.value(expression.key, scope) as Text;
        const isRow = or(
          ...key.texts.flatMap((text) => (this.row(expression.table, text) ? [this.is(key, text)] : [])),
        );
        const isKnown = not(or(key.unknown, key.none));
        return this.truth(and(isKnown, isRow), and(isKnown, not(isRow)), key.none);
      }
      case 'lookup':
        return this.lookup(expression, this.value(expression.key, scope) as Text);
    }
  }

  private number(expression: Expression, scope: Scope): Quantity {
    return this.value(expression, scope) as Quantity;
  }

  private list(expression: Expression, scope: Scope): List {
    return this.value(expression, scope) as List;
  }

  private date(expression: Expression, scope: Scope): DateValue {
    const value = this.value(expression, scope);
    if (value.is !== 'date') throw new Error('a date is expected here');
    return value;
  }

  private literal(value: boolean | number | string): Value {
    if (typeof value === 'boolean') return this.truth(String(value), String(!value));
    if (typeof value === 'string') return this.text(value);
    return { is: 'number', min: constant(value), max: constant(value), unknown: 'false', none: 'false' };
  }

  private calculated(linkId: string): Value {
    return this.value(calculatedValue(this.questionnaire, linkId).value.expression, noVariables);
  }

  private quantity(min: Term, max: Term, unknown: Term, none: Term): Quantity {
    const low = this.integer(min);
    const high = min === max ? low : this.integer(max);
    return {
      is: 'number',
      min: low,
      max: high,
      unknown: this.define(and(unknown, not(none))),
      none: this.define(none),
    };
  }

  private isInState(asked: 'answered' | 'unknown' | 'declined', reference: AnswerReference, scope: Scope): Truth {
    const standing = this.standing(reference, scope);
    const isOpen = this.isRequired(reference.linkId) ? or(standing.missing, standing.unsettled) : 'false';
    return this.truth(standing[asked], not(or(standing[asked], isOpen)));
  }

  /** The condition settles which; where it is open, what both come to. */
  private choice(condition: Truth, then: Value, otherwise: Value): Value {
    const isOpen = this.define(not(or(condition.true, condition.false)));
    const pick = (a: Term, b: Term): Term => or(and(condition.true, a), and(condition.false, b), and(isOpen, a, b));
    const none = this.define(pick(then.none, otherwise.none));
    if (then.is === 'boolean' && otherwise.is === 'boolean')
      return this.truth(pick(then.true, otherwise.true), pick(then.false, otherwise.false), none);
    if (then.is === 'boolean' || otherwise.is === 'boolean' || then.is === 'list' || then.is === 'date')
      throw new Error('only texts, numbers and truths can be chosen between');
    const isSame =
      then.is === 'number' && otherwise.is === 'number'
        ? and(same(then.min, then.max), same(otherwise.min, otherwise.max), same(then.min, otherwise.min))
        : same((then as Text).value, (otherwise as Text).value);
    const areKnown = not(or(then.unknown, otherwise.unknown, then.none, otherwise.none));
    const unknown = and(
      or(
        and(condition.true, then.unknown),
        and(condition.false, otherwise.unknown),
        and(isOpen, not(and(areKnown, isSame))),
      ),
      not(none),
    );
    if (then.is === 'number' && otherwise.is === 'number')
      return this.quantity(
        ite(condition.false, otherwise.min, then.min),
        ite(condition.false, otherwise.max, then.max),
        unknown,
        none,
      );
    const [a, b] = [then as Text, otherwise as Text];
    return {
      is: 'text',
      value: this.integer(ite(condition.false, b.value, a.value)),
      texts: [...new Set([...a.texts, ...b.texts])],
      unknown: this.define(unknown),
      none,
    };
  }

  private compare(operator: Comparison, left: Value, right: Value): Truth {
    const none = or(left.none, right.none);
    const settled = (isKnown: Term, isTrue: Term, isFalse: Term): Truth =>
      this.truth(and(isKnown, isTrue), or(none, and(isKnown, isFalse)));
    if (left.is === 'boolean' && right.is === 'boolean') {
      const isKnown = and(or(left.true, left.false), or(right.true, right.false));
      const isEqual = same(left.true, right.true);
      return operator === '!=' ? settled(isKnown, not(isEqual), isEqual) : settled(isKnown, isEqual, not(isEqual));
    }
    if (left.is === 'boolean' || right.is === 'boolean') throw new Error('only values of one type are compared');
    const isKnown = not(or(none, left.unknown, right.unknown));
    if (left.is === 'number' && right.is === 'number') {
      const [isTrue, isFalse] = compareRanges(operator, left, right);
      return settled(isKnown, isTrue, isFalse);
    }
    if (left.is === 'date' && right.is === 'date')
      return this.compare(operator, this.literal(0), this.apart('days', left, right));
    if (left.is !== 'text' || right.is !== 'text') throw new Error('only values of one type are compared');
    const isEqual = same(left.value, right.value);
    return operator === '!=' ? settled(isKnown, not(isEqual), isEqual) : settled(isKnown, isEqual, not(isEqual));
  }

  private product(a: Quantity, b: Quantity, ofA: Range, ofB: Range): Quantity {
    if (ofA.max - ofA.min < ofB.max - ofB.min) return this.product(b, a, ofB, ofA);
    const none = or(a.none, b.none);
    const unknown = or(a.unknown, b.unknown);
    const isExact = a.min === a.max && b.min === b.max;
    const corners = (isExact ? [a.min] : [a.min, a.max]).flatMap((x) =>
      (isExact ? [b.min] : [b.min, b.max]).map((y) => this.times(x, y, ofB)),
    );
    const pick = (order: '<' | '>'): Term =>
      corners.reduce((best, each) => this.integer(ite(`(${order} ${each} ${best})`, each, best)));
    return this.quantity(pick('<'), pick('>'), unknown, none);
  }

  /**
   * `x` times `y`, which lies in `range` wherever it counts. Where neither is fixed, `y` in binary, and `x` shifted for
   * each bit: products of variables would leave linear arithmetic, and z3 with them.
   */
  private times(x: Term, y: Term, { min, max }: Range): Term {
    if (isConstant(x) || isConstant(y)) return this.integer(`(* ${x} ${y})`);
    const name = `|${quoted(`${x} times ${y}`)}|`;
    const bits = Array.from(
      { length: Math.ceil(Math.log2(max - min + 1)) },
      (_, at) => `|${quoted(`${x} times ${y}`)} bit ${at}|`,
    );
    if (this.pairs.has(name)) return this.integer(shifted(x, min, bits));
    this.pairs.add(name);
    for (const bit of bits) this.declareVariable(bit, 'Bool');
    const isY = same(y, sum([constant(min), ...bits.map((bit, at) => ite(bit, constant(2 ** at), '0'))]));
    this.assert(implies(`(<= ${constant(min)} ${y} ${constant(max)})`, isY));
    return this.integer(shifted(x, min, bits));
  }

  /** A number; where it is unknown, all that its type allows. */
  private ranged(expression: Expression, scope: Scope): Quantity {
    const of = this.number(expression, scope);
    const { type } = expression;
    if (type.is !== 'number') throw new Error('a number is expected here');
    const [min, max] = [ite(of.unknown, constant(type.min), of.min), ite(of.unknown, constant(type.max), of.max)];
    return this.quantity(min, max, 'false', of.none);
  }

  private extreme(kind: 'greatest' | 'least', a: Quantity, b: Quantity): Quantity {
    const order = kind === 'greatest' ? '<' : '>';
    const pick = (x: Term, y: Term): Term => ite(`(${order} ${x} ${y})`, y, x);
    return this.quantity(pick(a.min, b.min), pick(a.max, b.max), 'false', or(a.none, b.none));
  }

  private contains(list: List, element: Text): Truth {
    const none = or(list.none, element.none);
    const isKnown = not(or(none, list.unknown, element.unknown));
    const found = or(...list.elements.map(({ value, isIn }) => and(isIn, same((value as Text).value, element.value))));
    return this.truth(and(isKnown, found), or(none, and(isKnown, not(found))));
  }

  private overList(
    expression: Extract<Expression, { kind: 'exists' | 'all' | 'filter' | 'map' }>,
    scope: Scope,
  ): Value {
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
        isIn: this.define(and(each.isIn, body.true)),
        isOut: this.define(or(each.isOut, body.false)),
      }));
      return { is: 'list', elements: kept, unknown, none };
    }
    const isKnown = not(or(unknown, none));
    const [hit, clear] = expression.kind === 'exists' ? (['true', 'false'] as const) : (['false', 'true'] as const);
    const some = and(isKnown, or(...held.map(({ each, body }) => and(each.isIn, body[hit]))));
    const every = and(isKnown, ...held.map(({ each, body }) => or(each.isOut, body[clear])));
    return expression.kind === 'exists' ? this.truth(some, every, none) : this.truth(every, some, none);
  }

  private distinct({ elements, unknown, none }: List): List {
    const of = elements.map((each) => ({ ...each, text: each.value as Text }));
    const texts = [...new Set(of.flatMap(({ text }) => text.texts))];
    const known = texts.map((code): Element => {
      const among = of.filter(({ text }) => text.texts.includes(code));
      const isCode = (text: Text): Term => and(not(or(text.unknown, text.none)), this.is(text, code));
      const isIn = or(...among.map(({ text, isIn }) => and(isIn, isCode(text))));
      const isMaybe = or(...among.map(({ text, isOut }) => and(not(isOut), isCode(text))));
      return { value: this.text(code), isIn: this.define(isIn), isOut: this.define(not(isMaybe)) };
    });
    const open = of.map(
      ({ value, text, isOut }): Element => ({
        value,
        isIn: 'false',
        isOut: this.define(not(and(not(isOut), text.unknown))),
      }),
    );
    return { is: 'list', elements: [...known, ...open], unknown, none };
  }

  private apart(unit: 'years' | 'days', from: DateValue, to: DateValue): Quantity {
    const most = unit === 'years' ? 10_000 : 4_000_000;
    const name = `|${unit} from ${quoted(from.name)} to ${quoted(to.name)}|`;
    if (!this.pairs.has(name)) {
      this.pairs.add(name);
      this.declareVariable(name, 'Int', `(<= (- ${most}) ${name} ${most})`);
    }
    return this.quantity(name, name, or(from.unknown, to.unknown), or(from.none, to.none));
  }

  private row(table: string, text: string): ReturnType<typeof rowOf> {
    return rowOf(this.questionnaire, table, text);
  }

  private is(of: Text, text: string): Term {
    return same(of.value, this.numberOf(text));
  }

  private lookup({ table, column }: Extract<Expression, { kind: 'lookup' }>, key: Text): Value {
    const found = key.texts.flatMap((text) => {
      const row = this.row(table, text);
      return row ? [{ row, isIt: this.is(key, text) }] : [];
    });
    const none = this.define(or(key.none, and(not(key.unknown), not(or(...found.map(({ isIt }) => isIt))))));
    const pick = (of: (row: (typeof found)[number]['row']) => Term): Term =>
      found.reduceRight((otherwise, { row, isIt }) => ite(isIt, of(row), otherwise), '0');
    if (column === 'key') {
      const value = this.integer(pick((row) => constant(this.numberOf(row.mainKey))));
      return {
        is: 'text',
        value,
        texts: [...new Set(found.map(({ row }) => row.mainKey))],
        unknown: key.unknown,
        none,
      };
    }
    const value = pick((row) => constant(row.values[column] ?? 0));
    return this.quantity(value, value, key.unknown, none);
  }

  // Absence

  private isUnsettled(value: Value): Term {
    switch (value.is) {
      case 'boolean':
        return not(or(value.true, value.false, value.none));
      case 'number':
        return or(value.unknown, and(not(value.none), not(same(value.min, value.max))));
      case 'text':
      case 'date':
        return value.unknown;
      case 'list': {
        const open = value.elements.map(({ value: of, isIn, isOut }) =>
          and(not(isOut), or(not(isIn), of.is === 'entry' ? 'false' : this.isOpenElement(of))),
        );
        return or(value.unknown, and(not(value.none), or(...open)));
      }
    }
  }

  private isOpenElement(value: Value): Term {
    return value.is === 'boolean' ? this.isUnsettled(value) : value.unknown;
  }

  /** Which kinds of absence leave an expression unsettled; none where it is settled. */
  private kinds(expression: Expression, scope: Scope): Kinds {
    const known = scope === noVariables ? this.kindsOfExpressions.get(expression) : undefined;
    if (known) return known;
    const kinds = this.where(this.isUnsettled(this.value(expression, scope)), this.innerKinds(expression, scope));
    if (scope === noVariables) this.kindsOfExpressions.set(expression, kinds);
    return kinds;
  }

  private where(condition: Term, of: readonly Kinds[]): Kinds {
    const is = this.define(condition);
    const any = (kind: keyof Kinds): Term => this.define(and(is, or(...of.map((each) => each[kind]))));
    return { unknown: any('unknown'), declined: any('declined'), leftOut: any('leftOut') };
  }

  private innerKinds(expression: Expression, scope: Scope): readonly Kinds[] {
    switch (expression.kind) {
      case 'answer':
      case 'member':
        return this.answerKinds(expression, scope);
      case 'state':
        return this.answerKinds(expression.of, scope);
      case 'calculated':
        return [this.kinds(calculatedValue(this.questionnaire, expression.linkId).value.expression, noVariables)];
      case 'conditional': {
        const condition = this.condition(expression.if, scope);
        return [
          this.kinds(expression.if, scope),
          this.where(not(condition.false), [this.kinds(expression.then, scope)]),
          this.where(not(condition.true), [this.kinds(expression.else, scope)]),
        ];
      }
      case 'exists':
      case 'all':
      case 'filter':
      case 'map': {
        const { elements, unknown, none } = this.list(expression.list, scope);
        const bodies = elements.map((each) =>
          this.where(not(or(unknown, none, each.isOut)), [
            this.kinds(expression.body, new Map(scope).set(expression.variable, each.value)),
          ]),
        );
        return [this.kinds(expression.list, scope), ...bodies];
      }
      default:
        return partsOf(expression).map((part) => this.kinds(part, scope));
    }
  }

  private answerKinds(reference: AnswerReference, scope: Scope): readonly Kinds[] {
    const { unknown, declined, missing, unsettled } = this.standing(reference, scope);
    const own = { unknown, declined, leftOut: missing };
    const enabling = this.enablingConditions(reference.linkId);
    if (enabling.length === 0) return [own];
    return [
      own,
      this.where(
        or(unsettled, unknown, declined),
        enabling.map((each) => this.kinds(each, noVariables)),
      ),
    ];
  }

  // Dispositions

  /** The finding of a rule is as bad as `rank` or worse. */
  private isAsBad(rule: Rule, rank: number): Term {
    const { expression } = rule.when;
    const { true: fires, false: silent } = this.condition(expression, noVariables);
    const { unknown, declined, leftOut } = this.kinds(expression, noVariables);
    const isWithin = (kind: keyof Rule['absence'], term: Term): Term =>
      severityRank(rule.absence[kind]) <= rank ? term : 'false';
    const isUnexplained = not(or(unknown, declined, leftOut));
    const byAbsence = or(
      isWithin('unknown', unknown),
      isWithin('declined', declined),
      isWithin('leftOut', or(leftOut, isUnexplained)),
    );
    const byFiring = severityRank(rule.disposition) <= rank ? fires : 'false';
    return this.define(or(byFiring, and(not(or(fires, silent)), byAbsence)));
  }

  private endsIn(rank: number): Term {
    const worstIs = (limit: number): Term =>
      limit === dispositions.length - 1
        ? 'true'
        : this.define(or(...this.questionnaire.rules.map((rule) => this.isAsBad(rule, limit))));
    return this.define(rank === 0 ? worstIs(0) : and(worstIs(rank), not(worstIs(rank - 1))));
  }
}

function stateName(name: string, state: State): Term {
  return `|${state} ${quoted(name)}|`;
}

function isMissing(name: string): Term {
  return not(or(...states.map((state) => stateName(name, state))));
}

function answerName(name: string): Term {
  return `|value ${quoted(name)}|`;
}

function fieldName(linkId: string, index: number): string {
  return `${linkId} ${index}`;
}

/** `x` times the number that is `min` and the bits. */
function shifted(x: Term, min: number, bits: readonly Term[]): Term {
  return sum([`(* ${constant(min)} ${x})`, ...bits.map((bit, at) => ite(bit, `(* ${2 ** at} ${x})`, '0'))]);
}

interface Range {
  readonly min: number;
  readonly max: number;
}

function rangeOf({ type }: Expression): Range {
  if (type.is !== 'number') throw new Error('a number is expected here');
  return type;
}

/** True and false, where every pair of numbers in the two ranges agrees. */
function compareRanges(operator: Comparison, a: Quantity, b: Quantity): readonly [Term, Term] {
  switch (operator) {
    case '<':
      return [`(< ${a.max} ${b.min})`, `(>= ${a.min} ${b.max})`];
    case '<=':
      return [`(<= ${a.max} ${b.min})`, `(> ${a.min} ${b.max})`];
    case '>':
      return compareRanges('<', b, a);
    case '>=':
      return compareRanges('<=', b, a);
    case '==':
      return [
        and(same(a.min, a.max), same(b.min, b.max), same(a.min, b.min)),
        or(`(< ${a.max} ${b.min})`, `(> ${a.min} ${b.max})`),
      ];
    case '!=': {
      const [isEqual, isApart] = compareRanges('==', a, b);
      return [isApart, isEqual];
    }
  }
}
