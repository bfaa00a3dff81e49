import type { Answer, Answers } from '../model/answers.ts';
import { isAbsent } from '../model/answers.ts';
import type { Assessment, CalculatedResult, Finding, Truth } from '../model/assessment.ts';
import { type AnswerReference, type Comparison, type Expression, partsOf } from '../model/expression.ts';
import { wholeYears } from '../model/local-date.ts';
import { remembering } from '../model/memo.ts';
import type { CalculatedValue, Constraint, GroupItem, Questionnaire, Rule } from '../model/questionnaire.ts';
import { type AbsenceKind, isSettled } from './absences.ts';
import { assessmentOf, findingOf, shownResult } from './assess.ts';
import { inputsOf, operandsOf, withoutWholes } from './because.ts';
import { boundsOf, choose, contains, inTable, ofTwo, resultOfAnswer, rowOf } from './evaluate.ts';
import { type AnswersByItem, hashOf, Inputs, notYet } from './inputs.ts';
import { isAnswered, itemsOf, type PlacedItem, questionsIn, repeatOf } from './items.ts';
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
import { calculatedValue } from './situation.ts';
import { both, either, not } from './truth.ts';

/**
 * A questionnaire made ready for many answer sheets. What it says is what `assess`, `strayAnswers` and
 * `brokenConstraints` say; it only says it sooner.
 */
export interface Assessor {
  assess(answers: Answers): Assessment;
  strayAnswers(answers: Answers): readonly string[];
  brokenConstraints(answers: Answers): readonly Constraint[];
  /** The three of one sheet at one look, which is good until the next. */
  look(given: Given): Look;
}

/** Answers by their place among `wholeItems`; undefined where there is none. */
export type Given = readonly (Answer | undefined)[];

export interface Look {
  /** The same finding, and not only an equal one, comes again only of the same answers to all that its rule depends on. */
  assess(): Assessment;
  strayAnswers(): readonly string[];
  brokenConstraints(): readonly Constraint[];
}

const known = new WeakMap<Questionnaire, Assessor>();

/** Each questionnaire is made ready once. Not to be called again from inside one of its own functions. */
export function assessorOf(questionnaire: Questionnaire): Assessor {
  const assessor = known.get(questionnaire) ?? new Compiler(questionnaire).assessor();
  known.set(questionnaire, assessor);
  return assessor;
}

type Value = (sheet: Sheet) => Result;
type Condition = (sheet: Sheet) => Truth;

/**
 * The answers under one look. Each question outside repeats, each repeat, and each question of each entry of a repeat has
 * a cell of its own.
 */
interface Sheet extends AnswersByItem {
  readonly given: (Answer | undefined)[];
  /** By cell: 1 where the answer could still be anything. */
  readonly hidden: Uint8Array;
  /** Counts looks: what was worked out at another look is not looked at. */
  look: number;
  /** By cell: the last look that read the answer. */
  read: Float64Array;
  /** The same, for looks that may come to nothing. */
  spare: Float64Array;
  /** By item: whether it is asked, and the look that worked it out. */
  readonly enabled: Truth[];
  readonly enabledAt: Float64Array;
  readonly calculated: Result[];
  readonly calculatedAt: Float64Array;
  /** What the variables stand for, each with a place of its own. */
  readonly variables: (Entry | Result | undefined)[];
}

/** An item with its cell; for one inside a repeat `step` cells for each entry. */
interface Place {
  readonly at: number;
  readonly cell: number;
  readonly step: number;
  readonly placed: PlacedItem;
  readonly repeat: GroupItem | undefined;
}

/** Questions that are asked or not asked together. */
interface AskedTogether<Of> {
  readonly isAsked: Condition;
  readonly questions: readonly Of[];
}

class Compiler {
  private readonly questionnaire: Questionnaire;
  private readonly places = new Map<string, Place>();
  private readonly values = new Map<string, { readonly at: number; readonly value: Value }>();
  private cells = 0;
  private variables = 0;

  constructor(questionnaire: Questionnaire) {
    this.questionnaire = questionnaire;
    for (const [linkId, placed] of itemsOf(questionnaire)) this.place(linkId, placed);
  }

  /** The entries of a repeat lie behind it, one after the other, as many as there can be. */
  private place(linkId: string, placed: PlacedItem): void {
    const repeat = repeatOf(placed);
    const at = this.places.size;
    if (repeat && placed.item !== repeat) {
      const fields = questionsIn(repeat);
      const first = this.placeOf(repeat.linkId).cell + 1;
      const own = fields.findIndex((field) => field.linkId === linkId);
      this.places.set(linkId, { at, cell: first + own, step: fields.length, placed, repeat });
      return;
    }
    this.places.set(linkId, { at, cell: this.cells, step: 0, placed, repeat });
    this.cells += 1 + (repeat ? questionsIn(repeat).length * (repeat.repeats?.max ?? 0) : 0);
  }

  private placeOf(linkId: string): Place {
    return this.places.get(linkId) as Place;
  }

  assessor(): Assessor {
    const { questionnaire } = this;
    const findings = this.findings();
    const constraints = questionnaire.constraints.map((constraint) => {
      const { linkId, requires } = constraint;
      const condition = this.condition(requires.expression);
      return {
        constraint,
        at: this.placeOf(linkId).at,
        isAsked: this.isAsked(linkId),
        condition: this.remembered(inputsOf(questionnaire, requires.expression), condition),
      };
    });
    const shown = questionnaire.calculated.map((each) => this.shown(each));
    const leftOut = this.leftOut();
    const wholes = [...this.places].flatMap(([linkId, { at, step, placed }]) =>
      step === 0 && isAnswered(placed.item) ? [{ linkId, at }] : [],
    );
    const conditional = this.askedTogether(wholes).filter(({ isAsked }) => isAsked !== always);
    const sheet: Sheet = {
      given: [],
      hashes: new Int32Array(this.places.size),
      hidden: new Uint8Array(this.cells),
      look: 0,
      read: new Float64Array(this.cells),
      spare: new Float64Array(this.cells),
      enabled: new Array(this.places.size),
      enabledAt: new Float64Array(this.places.size),
      calculated: new Array(this.values.size),
      calculatedAt: new Float64Array(this.values.size),
      variables: new Array(this.variables),
    };
    const look: Look = {
      assess() {
        const values = new Map<string, CalculatedResult>();
        for (const { linkId, result } of shown) {
          const value = result(sheet);
          if (value !== undefined) values.set(linkId, value);
        }
        const notAsked = leftOut(sheet);
        const found: Finding[] = [];
        for (const finding of findings) {
          const each = finding(sheet);
          for (let at = 0; at < each.length; at += 1) found.push(each[at] as Finding);
        }
        return assessmentOf(found, values, notAsked);
      },
      strayAnswers() {
        const stray: string[] = [];
        for (const { isAsked, questions } of conditional) {
          if (isAsked(sheet) !== false) continue;
          for (const { linkId, at } of questions) if (sheet.given[at] !== undefined) stray.push(linkId);
        }
        return stray;
      },
      brokenConstraints: () =>
        constraints
          .filter(
            ({ at, isAsked, condition }) =>
              sheet.given[at] !== undefined && isAsked(sheet) !== false && condition(sheet) === false,
          )
          .map(({ constraint }) => constraint),
    };
    const dependents = Array.from(this.places, (_, at) =>
      [...this.inputs.values()].filter(({ places }) => places.includes(at)),
    );
    const open = (answerOf: (linkId: string, place: number) => Answer | undefined): Look => {
      for (let place = 0; place < wholes.length; place += 1) {
        const { linkId, at } = wholes[place] as (typeof wholes)[number];
        const answer = answerOf(linkId, place);
        if (answer === sheet.given[at]) continue;
        sheet.given[at] = answer;
        sheet.hashes[at] = hashOf(answer);
        for (const inputs of dependents[at] as readonly Inputs[]) inputs.isChanged = true;
      }
      lookAnew(sheet);
      return look;
    };
    const lookAt = (answers: Answers): Look => open((linkId) => answers.get(linkId));
    return {
      assess: (answers) => lookAt(answers).assess(),
      strayAnswers: (answers) => lookAt(answers).strayAnswers(),
      brokenConstraints: (answers) => lookAt(answers).brokenConstraints(),
      look: (given) => open((_, place) => given[place]),
    };
  }

  /** The findings of all rules, together where they depend on the same answers. */
  private findings(): readonly ((sheet: Sheet) => readonly Finding[])[] {
    const groups = new Map<string, readonly Rule[]>();
    for (const rule of this.questionnaire.rules) {
      const key = inputsOf(this.questionnaire, rule.when.expression).join();
      groups.set(key, [...(groups.get(key) ?? []), rule]);
    }
    return [...groups.values()].map((rules) => {
      const [{ when }] = rules as readonly [Rule, ...Rule[]];
      const each = rules.map((rule) => this.finding(rule));
      return this.remembered(inputsOf(this.questionnaire, when.expression), (sheet) => {
        return each.flatMap((finding) => finding(sheet));
      });
    });
  }

  private finding(rule: Rule): (sheet: Sheet) => readonly Finding[] {
    const { expression } = rule.when;
    const condition = this.condition(expression);
    const becauseOf = this.because(expression, condition);
    const absencesOf = this.absencesOf(expression);
    return (sheet) => {
      const truth = condition(lookAnew(sheet));
      if (truth === false) return nothing;
      const found = findingOf(
        rule,
        truth,
        () => becauseOf(sheet),
        () => absencesOf(sheet),
      );
      lookAnew(sheet);
      return found;
    };
  }

  private readonly inputs = new Map<string, Inputs>();

  /**
   * What depends on the answers to `linkIds` alone, worked out anew where they are none that were met before: most
   * applicants answer most questions alike. Not for a look that hides answers.
   */
  private remembered<Value>(linkIds: readonly string[], workOut: (sheet: Sheet) => Value): (sheet: Sheet) => Value {
    const inputs = this.inputsAt(linkIds.map((linkId) => this.placeOf(linkId)).filter(({ step }) => step === 0));
    const own = inputs.dependents;
    inputs.dependents += 1;
    return (sheet) => {
      const outcomes = inputs.outcomes(sheet);
      const known = outcomes[own];
      if (known !== notYet) return known as Value;
      const value = workOut(sheet);
      outcomes[own] = value;
      return value;
    };
  }

  /** One for all that depends on the same answers. */
  private inputsAt(wholes: readonly Place[]): Inputs {
    const places = wholes.map(({ at }) => at);
    const key = places.join();
    const known = this.inputs.get(key) ?? new Inputs(places);
    this.inputs.set(key, known);
    return known;
  }

  /* Questions */

  /**
   * Neighbours outside repeats that are asked under the same conditions. `isAsked` is `always` itself where there are none.
   * Not for a look that hides answers.
   */
  private askedTogether<Of extends { readonly linkId: string }>(wholes: readonly Of[]): readonly AskedTogether<Of>[] {
    const together: { readonly expressions: readonly Expression[]; readonly questions: Of[] }[] = [];
    for (const whole of wholes) {
      const expressions = this.enablements(whole.linkId);
      const last = together.at(-1);
      if (last && isSameList(last.expressions, expressions)) last.questions.push(whole);
      else together.push({ expressions, questions: [whole] });
    }
    return together.map(({ expressions, questions }) => {
      const inputs = expressions.flatMap((expression) => inputsOf(this.questionnaire, expression));
      const isAsked = this.isAsked((questions[0] as Of).linkId);
      return { isAsked: isAsked === always ? always : this.remembered(inputs, isAsked), questions };
    });
  }

  /** What must be true for an item to be asked. */
  private enablements(linkId: string): readonly Expression[] {
    const { groups, item } = this.placeOf(linkId).placed;
    return [...groups, item].flatMap(({ enableWhen }) => (enableWhen ? [enableWhen.expression] : []));
  }

  /** Whether an item is asked, worked out once a look. */
  private isAsked(linkId: string): Condition {
    const { at } = this.placeOf(linkId);
    const conditions = this.enablements(linkId).map((expression) => this.enablement(expression));
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

  private readonly conditions = new Map<Expression, Condition>();

  /** Compiled once for all the items that it holds for. */
  private enablement(expression: Expression): Condition {
    const done = this.conditions.get(expression) ?? this.condition(expression);
    this.conditions.set(expression, done);
    return done;
  }

  private readonly answers = new Map<string, Value>();

  /** The answer to a question outside repeats, or the entries of a repeat. */
  private answer(linkId: string): Value {
    const done = this.answers.get(linkId) ?? this.answerAnew(linkId);
    this.answers.set(linkId, done);
    return done;
  }

  private answerAnew(linkId: string): Value {
    const { at, cell } = this.placeOf(linkId);
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
  private member(linkId: string, variable: number): Value {
    const { cell, step } = this.placeOf(linkId);
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

  private state({ state, of }: Extract<Expression, { kind: 'state' }>, scope: Scope): Condition {
    const { at, cell, step, placed } = this.placeOf(of.linkId);
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

  /* Expressions */

  private condition(expression: Expression, scope: Scope = noScope): Condition {
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
        return this.contained(expression, scope);
      case 'state':
        return this.state(expression, scope);
      default: {
        const value = this.value(expression, scope);
        return (sheet) => asTruth(value(sheet));
      }
    }
  }

  private value(expression: Expression, scope: Scope = noScope): Value {
    const of = (part: Expression): Value => this.value(part, scope);
    switch (expression.kind) {
      case 'literal':
      case 'parameter': {
        const { value } = expression;
        return () => value;
      }
      case 'answer':
        return this.answer(expression.linkId);
      case 'member':
        return this.member(expression.linkId, scope.get(expression.variable) as number);
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
        return this.quantified(expression, scope);
      case 'filter':
      case 'map':
        return this.transformed(expression, scope);
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
        return this.inTable(expression, of(expression.key));
    }
  }

  private calculated(linkId: string): Value {
    const done = this.values.get(linkId);
    if (done) return done.value;
    const calculated = this.questionnaire.calculated.find((each) => each.linkId === linkId);
    if (!calculated) throw new Error(`no calculated value ${linkId}`);
    const whole = this.value(calculated.value.expression);
    const at = this.values.size;
    const value: Value = (sheet) => {
      const { look } = sheet;
      if (sheet.calculatedAt[at] === look) return sheet.calculated[at] as Result;
      const result = whole(sheet);
      sheet.calculated[at] = result;
      sheet.calculatedAt[at] = look;
      return result;
    };
    this.values.set(linkId, { at, value });
    return value;
  }

  /** Nested variables and those of calculated values never share a place. */
  private bound(variable: string, scope: Scope): { readonly inner: Scope; readonly at: number } {
    const at = this.variables;
    this.variables += 1;
    return { at, inner: new Map(scope).set(variable, at) };
  }

  private quantified(
    { kind, list, variable, body }: Extract<Expression, { kind: 'exists' | 'all' | 'filter' | 'map' }>,
    scope: Scope,
  ): Value {
    const { at, inner } = this.bound(variable, scope);
    const [elements, condition] = [this.value(list, scope), this.ofEach(body, variable, inner)];
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
  private ofEach(body: Expression, variable: string, scope: Scope): Condition {
    const condition = this.condition(body, scope);
    const fields = this.fieldsAlone(body, variable);
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
  private fieldsAlone(body: Expression, variable: string): readonly Place[] | undefined {
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
          fields.set(part.linkId, this.placeOf(part.linkId));
          return part.variable === variable && this.isAsked(part.linkId) === always;
        default:
          return partsOf(part).every(isAlone);
      }
    };
    return isAlone(body) && fields.size > 0 ? [...fields.values()] : undefined;
  }

  private transformed(
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
    const condition = this.ofEach(body, variable, inner);
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

  private contained({ list, element }: Extract<Expression, { kind: 'in' }>, scope: Scope): Condition {
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
  private inTable(expression: Extract<Expression, { kind: 'listed' | 'lookup' }>, key: Value): Value {
    const { questionnaire } = this;
    const find = remembering(mostNames, (name: string) => rowOf(questionnaire, expression.table, name));
    return (sheet) => inTable(expression, key(sheet), find);
  }

  /* Results */

  /** A calculated value; undefined where it has none. */
  private shown(calculated: CalculatedValue): {
    readonly linkId: string;
    readonly result: (sheet: Sheet) => CalculatedResult | undefined;
  } {
    const { linkId, value } = calculated;
    const { expression } = value;
    const whole = this.calculated(linkId);
    const parts = new Map(partsOf(expression).map((part) => [part, this.value(part)]));
    const operands = [...operandsOf(this.questionnaire, expression)].map((each) => this.isOut(each));
    const result = this.remembered(inputsOf(this.questionnaire, expression), (sheet) => {
      if (operands.length > 0 && operands.every((isOut) => isOut(sheet))) return undefined;
      return shownResult(
        calculated,
        (part) => (parts.get(part) as Value)(sheet),
        () => whole(sheet),
      );
    });
    return { linkId, result };
  }

  /** The question is not asked. */
  private isOut(linkId: string): (sheet: Sheet) => boolean {
    const { cell } = this.placeOf(linkId);
    const isAsked = this.isAsked(linkId);
    return (sheet) => sheet.hidden[cell] === 0 && isAsked(sheet) === false;
  }

  private leftOut(): (sheet: Sheet) => readonly string[] {
    const wholes = [...this.places].flatMap(([linkId, { at, step, placed, repeat }]) => {
      if (step > 0 || !isAnswered(placed.item)) return [];
      const fields = repeat ? questionsIn(repeat).map((field) => this.missing(field.linkId)) : [];
      return placed.item.required || repeat ? [{ linkId, at, isRequired: placed.item.required, fields }] : [];
    });
    const together = this.askedTogether(wholes);
    return (sheet) => {
      const paths: string[] = [];
      for (const { isAsked, questions } of together) {
        if (isAsked(sheet) !== true) continue;
        for (const { linkId, at, isRequired, fields } of questions) {
          const answer = sheet.given[at];
          if (answer === undefined && isRequired) paths.push(linkId);
          if (fields.length > 0 && Array.isArray(answer))
            missingInside(answer as readonly Answers[], fields, sheet, paths);
        }
      }
      return paths;
    };
  }

  /** Adds the path of a required question of an entry that is asked and has no answer. */
  private missing(linkId: string): Missing {
    const { placed, repeat } = this.placeOf(linkId);
    const isAsked = this.isAsked(linkId);
    const pathOf = entryPath(linkId, repeat as GroupItem);
    if (!placed.item.required) return () => {};
    return (sheet, entry, index, paths) => {
      if (!entry.has(linkId) && isAsked(sheet) === true) paths.push(pathOf(index));
    };
  }

  /**
   * As `becauseOf` does it, of a sheet at whose look the condition was true. An answer that the last look at which it was true did not read is not one that the condition needs: hiding it
   * changes nothing, so that need not be tried.
   */
  private because(expression: Expression, condition: Condition): (sheet: Sheet) => readonly string[] {
    const inputs = inputsOf(this.questionnaire, expression);
    const fieldsOf = (repeat: GroupItem): readonly InnerCell[] =>
      questionsIn(repeat)
        .filter((field) => inputs.includes(field.linkId))
        .map(({ linkId }) => ({ ...this.placeOf(linkId), linkId, pathOf: entryPath(linkId, repeat) }))
        .reverse();
    const wholes = inputs
      .flatMap((linkId) => {
        const { at, cell, step, repeat } = this.placeOf(linkId);
        return step > 0 ? [] : [{ linkId, at, cell, fields: repeat ? fieldsOf(repeat) : [] }];
      })
      .reverse();
    return (sheet) => {
      const kept: string[] = [];
      let lastTrue = sheet.look;
      /** Whether the condition is true no longer without the answer of a cell, which else stays hidden. */
      const isNeeded = (cell: number): boolean => {
        const { read, spare } = sheet;
        sheet.hidden[cell] = 1;
        if (read[cell] !== lastTrue) return false;
        sheet.read = spare;
        sheet.spare = read;
        if (condition(lookAnew(sheet)) === true) {
          lastTrue = sheet.look;
          return false;
        }
        sheet.read = read;
        sheet.spare = spare;
        sheet.hidden[cell] = 0;
        return true;
      };
      /** What the entries of a repeat answer, the last entry first. */
      const tryEntries = (entries: readonly Answers[], fields: readonly InnerCell[]): void => {
        for (let index = entries.length - 1; index >= 0; index -= 1) {
          for (const { linkId, cell, step, pathOf } of fields) {
            const isGiven = entries[index]?.has(linkId);
            if (isGiven && isNeeded(cell + step * index)) kept.push(pathOf(index));
          }
        }
      };
      for (const { linkId, at, cell, fields } of wholes) {
        const answer = sheet.given[at];
        if (answer === undefined) continue;
        if (fields.length > 0 && Array.isArray(answer)) tryEntries(answer as readonly Answers[], fields);
        if (isNeeded(cell)) kept.push(linkId);
      }
      sheet.hidden.fill(0);
      return withoutWholes(kept.reverse());
    };
  }

  /** As `absencesOf` does it. Most rules are settled on most sheets: compiled at first need. */
  private absencesOf(expression: Expression): (sheet: Sheet) => Absences {
    let collect: Collect | undefined;
    return (sheet) => {
      collect ??= this.collect(expression, noScope);
      const found: Absences = new Map();
      collect(lookAnew(sheet), found);
      return found;
    };
  }

  private collect(expression: Expression, scope: Scope): Collect {
    const inside = this.collectInside(expression, scope);
    // An answer is unsettled where it is absent, which is what is collected: it need not be looked at twice.
    if (partsOf(expression).length === 0 && expression.kind !== 'calculated') return inside;
    const value = this.value(expression, scope);
    return (sheet, found) => {
      if (!isSettled(value(sheet))) inside(sheet, found);
    };
  }

  private collectInside(expression: Expression, scope: Scope): Collect {
    switch (expression.kind) {
      case 'answer':
      case 'member':
        return this.collectAnswer(expression, scope);
      case 'state':
        return this.collectAnswer(expression.of, scope);
      case 'calculated':
        return this.collect(calculatedValue(this.questionnaire, expression.linkId).value.expression, noScope);
      case 'conditional': {
        const condition = this.condition(expression.if, scope);
        const [first, then, otherwise] = [expression.if, expression.then, expression.else].map((part) =>
          this.collect(part, scope),
        ) as [Collect, Collect, Collect];
        return (sheet, found) => {
          const truth = condition(sheet);
          if (truth === 'unknown') first(sheet, found);
          if (truth !== false) then(sheet, found);
          if (truth !== true) otherwise(sheet, found);
        };
      }
      case 'exists':
      case 'all':
      case 'filter':
      case 'map': {
        const { at, inner } = this.bound(expression.variable, scope);
        const [list, ofList] = [this.value(expression.list, scope), this.collect(expression.list, scope)];
        const body = this.collect(expression.body, inner);
        return (sheet, found) => {
          ofList(sheet, found);
          const elements = list(sheet);
          for (const { element } of isList(elements) ? elements : []) {
            sheet.variables[at] = element;
            body(sheet, found);
          }
        };
      }
      default: {
        const parts = partsOf(expression).map((part) => this.collect(part, scope));
        return (sheet, found) => {
          for (const part of parts) part(sheet, found);
        };
      }
    }
  }

  private collectAnswer(reference: AnswerReference, scope: Scope): Collect {
    const { linkId } = reference;
    const { at, repeat } = this.placeOf(linkId);
    const isAsked = this.isAsked(linkId);
    const variable = reference.kind === 'member' ? (scope.get(reference.variable) as number) : undefined;
    const pathOf = repeat && variable !== undefined ? entryPath(linkId, repeat) : () => linkId;
    let enablements: readonly Collect[] | undefined;
    return (sheet, found) => {
      const asked = isAsked(sheet);
      if (asked === false) return;
      const entry = variable === undefined ? undefined : (sheet.variables[variable] as Entry);
      const answer = entry ? entry.answers.get(linkId) : sheet.given[at];
      if (isAbsent(answer)) found.set(pathOf(entry?.index ?? 0), answer.absent);
      if (answer === undefined && asked === true) found.set(pathOf(entry?.index ?? 0), 'left-out');
      if (asked === 'unknown' && (answer === undefined || isAbsent(answer))) {
        enablements ??= this.enablements(linkId).map((expression) => this.collect(expression, noScope));
        for (const enablement of enablements) enablement(sheet, found);
      }
    };
  }
}

/** Adds the path of a question of the entry at `index` where it has no answer and should. */
type Missing = (sheet: Sheet, entry: Answers, index: number, paths: string[]) => void;

/** Where an entry has as many answers as there are questions, none is missing. */
function missingInside(entries: readonly Answers[], fields: readonly Missing[], sheet: Sheet, paths: string[]): void {
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index] as Answers;
    if (entry.size < fields.length) for (const missing of fields) missing(sheet, entry, index, paths);
  }
}

/** Absent answers by path. */
type Absences = Map<string, AbsenceKind>;
type Collect = (sheet: Sheet, found: Absences) => void;

/** A question of each entry of a repeat, with the cells that hold its answers. */
interface InnerCell {
  readonly linkId: string;
  readonly cell: number;
  readonly step: number;
  readonly pathOf: (index: number) => string;
}

function isSameList<Of>(some: readonly Of[], others: readonly Of[]): boolean {
  return some.length === others.length && some.every((each, index) => each === others[index]);
}

type Scope = ReadonlyMap<string, number>;

const noScope: Scope = new Map();

const always: Condition = () => true;
const nothing: readonly Finding[] = [];

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

/** Nothing is worked out yet. */
function lookAnew(sheet: Sheet): Sheet {
  sheet.look += 1;
  return sheet;
}

/** The path of a question in the entry at `index`, counted from 0: `trial[2].dose` for the second. */
function entryPath(linkId: string, { linkId: repeat }: GroupItem): (index: number) => string {
  return (index) => `${repeat}[${index + 1}]${linkId.slice(repeat.length)}`;
}

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
