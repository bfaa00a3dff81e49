import type { Answer, Answers } from '../model/answers.ts';
import { isAbsent } from '../model/answers.ts';
import type { Assessment, CalculatedResult, Truth } from '../model/assessment.ts';
import { type Comparison, type Expression, partsOf } from '../model/expression.ts';
import { wholeYears } from '../model/local-date.ts';
import type { CalculatedValue, Constraint, GroupItem, Questionnaire, TableRow } from '../model/questionnaire.ts';
import { absencesOf } from './absences.ts';
import { assessmentOf, findingOf, shownResult } from './assess.ts';
import { inputsOf, operandsOf, withoutWholes } from './because.ts';
import { boundsOf, choose, contains, inTable, ofTwo, resultOfAnswer, rowOf } from './evaluate.ts';
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
import { situationOf } from './situation.ts';
import { and, not, or } from './truth.ts';

/**
 * A questionnaire made ready for many answer sheets. What it says is what `assess`, `strayAnswers` and
 * `brokenConstraints` say; it only says it sooner.
 */
export interface Assessor {
  assess(answers: Answers): Assessment;
  strayAnswers(answers: Answers): readonly string[];
  brokenConstraints(answers: Answers): readonly Constraint[];
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
interface Sheet {
  /** By item: the answer as it was given. */
  readonly given: (Answer | undefined)[];
  /** By cell: 1 where the answer could still be anything. */
  readonly hidden: Uint8Array;
  /** By cell: 1 where the last look read the answer. */
  readonly read: Uint8Array;
  /** By item: whether it is asked, where this look has worked it out. */
  readonly enabled: (Truth | undefined)[];
  readonly calculated: (Result | undefined)[];
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
    const rules = questionnaire.rules.map((rule) => ({
      rule,
      condition: this.condition(rule.when.expression),
      becauseOf: this.because(rule.when.expression),
    }));
    const constraints = questionnaire.constraints.map((constraint) => ({
      constraint,
      condition: this.condition(constraint.requires.expression),
    }));
    const shown = questionnaire.calculated.map((each) => this.shown(each.linkId));
    const leftOut = this.leftOut();
    const wholes = [...this.places].flatMap(([linkId, { at, step, placed }]) =>
      step === 0 && isAnswered(placed.item) ? [{ linkId, at, isAsked: this.isAsked(linkId) }] : [],
    );
    const sheet: Sheet = {
      given: [],
      hidden: new Uint8Array(this.cells),
      read: new Uint8Array(this.cells),
      enabled: new Array(this.places.size),
      calculated: new Array(this.values.size),
      variables: new Array(this.variables),
    };
    const open = (answers: Answers): Sheet => {
      for (const { linkId, at } of wholes) sheet.given[at] = answers.get(linkId);
      return lookAnew(sheet);
    };
    return {
      assess(answers) {
        open(answers);
        const truths = rules.map(({ condition }) => condition(sheet));
        const values = new Map<string, CalculatedResult>();
        for (const show of shown) show(sheet, values);
        const notAsked = leftOut(sheet);
        const findings = rules.flatMap(({ rule, becauseOf }, at) =>
          findingOf(
            rule,
            truths[at] as Truth,
            () => becauseOf(sheet),
            () => absencesOf(rule.when.expression, situationOf(questionnaire, answers)),
          ),
        );
        return assessmentOf(findings, values, notAsked);
      },
      strayAnswers: (answers) => {
        open(answers);
        return wholes.flatMap(({ linkId, at, isAsked }) =>
          sheet.given[at] !== undefined && isAsked(sheet) === false ? [linkId] : [],
        );
      },
      brokenConstraints: (answers) => {
        open(answers);
        return constraints
          .filter(({ constraint, condition }) => answers.has(constraint.linkId) && condition(sheet) === false)
          .map(({ constraint }) => constraint);
      },
    };
  }

  /* Questions */

  /** Whether an item is asked, worked out once a look. */
  private isAsked(linkId: string): Condition {
    const { at, placed } = this.placeOf(linkId);
    const conditions = [...placed.groups, placed.item].flatMap(({ enableWhen }) =>
      enableWhen ? [this.enablement(enableWhen.expression)] : [],
    );
    if (conditions.length === 0) return () => true;
    const all = allOf(conditions);
    return (sheet) => {
      const settled = sheet.enabled[at];
      if (settled !== undefined) return settled;
      const enabled = all(sheet);
      sheet.enabled[at] = enabled;
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

  /** The answer to a question outside repeats, or the entries of a repeat. */
  private answer(linkId: string): Value {
    const { at, cell } = this.placeOf(linkId);
    const isAsked = this.isAsked(linkId);
    return (sheet) => {
      sheet.read[cell] = 1;
      if (sheet.hidden[cell] === 1) return unknown;
      if (isAsked(sheet) === false) return noValue;
      return resultOfAnswer(sheet.given[at], linkId);
    };
  }

  /** The answer to a question inside the entry that a variable stands for. */
  private member(linkId: string, variable: number): Value {
    const { cell, step } = this.placeOf(linkId);
    const isAsked = this.isAsked(linkId);
    return (sheet) => {
      const entry = sheet.variables[variable] as Entry;
      const own = cell + step * entry.index;
      sheet.read[own] = 1;
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
      sheet.read[own] = 1;
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
      const settled = sheet.calculated[at];
      if (settled !== undefined) return settled;
      const result = whole(sheet);
      sheet.calculated[at] = result;
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
    const [elements, condition] = [this.value(list, scope), this.condition(body, inner)];
    const settling = kind === 'exists';
    return (sheet) => {
      const result = elements(sheet);
      if (!isList(result)) return result;
      let truth: Truth = !settling;
      for (const { element, isIn } of result) {
        sheet.variables[at] = element;
        const own = condition(sheet);
        const each = settling ? and([isIn, own]) : or([not(isIn), own]);
        if (each === settling) return settling;
        if (each === 'unknown') truth = 'unknown';
      }
      return fromTruth(truth);
    };
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
    const condition = this.condition(body, inner);
    return (sheet) => {
      const result = elements(sheet);
      if (!isList(result)) return result;
      const kept: Element[] = [];
      for (const each of result) {
        sheet.variables[at] = each.element;
        const isIn = and([each.isIn, condition(sheet)]);
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
    const met = new Map<string, TableRow | undefined>();
    const find = (name: string): TableRow | undefined => {
      if (met.has(name)) return met.get(name);
      if (met.size > mostNames) met.clear();
      const row = rowOf(questionnaire, expression.table, name);
      met.set(name, row);
      return row;
    };
    return (sheet) => inTable(expression, key(sheet), find);
  }

  /* Results */

  /** Adds a calculated value to those that have one. */
  private shown(linkId: string): (sheet: Sheet, values: Map<string, CalculatedResult>) => void {
    const calculated = this.questionnaire.calculated.find((each) => each.linkId === linkId) as CalculatedValue;
    const { expression } = calculated.value;
    const whole = this.calculated(linkId);
    const parts = new Map(partsOf(expression).map((part) => [part, this.value(part)]));
    const operands = [...operandsOf(this.questionnaire, expression)].map((each) => this.isOut(each));
    return (sheet, values) => {
      if (operands.length > 0 && operands.every((isOut) => isOut(sheet))) return;
      const result = shownResult(
        calculated,
        (part) => (parts.get(part) as Value)(sheet),
        () => whole(sheet),
      );
      if (result !== undefined) values.set(linkId, result);
    };
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
      const isRepeat = repeat !== undefined;
      return [{ linkId, at, isRequired: placed.item.required, isAsked: this.isAsked(linkId), isRepeat, fields }];
    });
    return (sheet) => {
      const paths: string[] = [];
      for (const { linkId, at, isRequired, isAsked, isRepeat, fields } of wholes) {
        const answer = sheet.given[at];
        if (answer === undefined) {
          if (isRequired && isAsked(sheet) === true) paths.push(linkId);
        } else if (isRepeat && Array.isArray(answer)) {
          answer.forEach((entry: Answers, index) => {
            for (const missing of fields) missing(sheet, entry, index, paths);
          });
        }
      }
      return paths;
    };
  }

  /** Adds the path of a required question of an entry that is asked and has no answer. */
  private missing(linkId: string): (sheet: Sheet, entry: Answers, index: number, paths: string[]) => void {
    const { placed, repeat } = this.placeOf(linkId);
    const isAsked = this.isAsked(linkId);
    const pathOf = entryPath(linkId, repeat as GroupItem);
    if (!placed.item.required) return () => {};
    return (sheet, entry, index, paths) => {
      if (!entry.has(linkId) && isAsked(sheet) === true) paths.push(pathOf(index));
    };
  }

  /**
   * As `becauseOf` does it. An answer that the last look did not read is not one that the condition needs: hiding it
   * changes nothing, so that need not be tried.
   */
  private because(expression: Expression): (sheet: Sheet) => readonly string[] {
    const condition = this.condition(expression);
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
      const isTrue = (): boolean => condition(lookAnew(sheet)) === true;
      const tryWithout = (cell: number, path: () => string): void => {
        const wasRead = sheet.read[cell] === 1;
        sheet.hidden[cell] = 1;
        if (!wasRead || isTrue()) return;
        sheet.hidden[cell] = 0;
        isTrue();
        kept.unshift(path());
      };
      isTrue();
      for (const { linkId, at, cell, fields } of wholes) {
        const answer = sheet.given[at];
        if (answer === undefined) continue;
        for (const { index, field } of fieldsGiven(fields, answer)) {
          tryWithout(field.cell + field.step * index, () => field.pathOf(index));
        }
        tryWithout(cell, () => linkId);
      }
      sheet.hidden.fill(0);
      return withoutWholes(kept);
    };
  }
}

/** A question of each entry of a repeat, with the cells that hold its answers. */
interface InnerCell {
  readonly linkId: string;
  readonly cell: number;
  readonly step: number;
  readonly pathOf: (index: number) => string;
}

/** What the entries of a repeat answer, the last entry first. */
function fieldsGiven(
  fields: readonly InnerCell[],
  answer: Answer,
): readonly { readonly index: number; readonly field: InnerCell }[] {
  if (fields.length === 0 || !Array.isArray(answer)) return [];
  const entries = answer as readonly Answers[];
  return entries.flatMap((_, at) => {
    const index = entries.length - 1 - at;
    return fields.filter(({ linkId }) => entries[index]?.has(linkId)).map((field) => ({ index, field }));
  });
}

type Scope = ReadonlyMap<string, number>;

const noScope: Scope = new Map();

/** Names of a table that are remembered. */
const mostNames = 10_000;

/** Nothing is worked out yet. */
function lookAnew(sheet: Sheet): Sheet {
  sheet.enabled.fill(undefined);
  sheet.calculated.fill(undefined);
  sheet.read.fill(0);
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
