import type { Answer, Answers } from '../model/answers.ts';
import type { Assessment, CalculatedResult, Finding } from '../model/assessment.ts';
import { type Expression, partsOf } from '../model/expression.ts';
import type { CalculatedValue, Constraint, GroupItem, Questionnaire, Rule } from '../model/questionnaire.ts';
import { assessmentOf, findingOf, shownResult } from './assess.ts';
import { inputsOf, operandsOf } from './because.ts';
import { AbsenceFinder } from './compile/absences.ts';
import { becauseFinder } from './compile/because.ts';
import { always, Expressions } from './compile/expressions.ts';
import { type Condition, entryPath, lookAnew, type Place, Places, type Sheet, type Value } from './compile/sheet.ts';
import { hashOf, Inputs, notYet } from './inputs.ts';
import { isAnswered, questionsIn } from './items.ts';

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

/** Questions that are asked or not asked together. */
interface AskedTogether<Of> {
  readonly isAsked: Condition;
  readonly questions: readonly Of[];
}

class Compiler {
  readonly #questionnaire: Questionnaire;
  readonly #places: Places;
  readonly #expressions: Expressions;
  readonly #absences: AbsenceFinder;
  readonly #inputs = new Map<string, Inputs>();

  constructor(questionnaire: Questionnaire) {
    this.#questionnaire = questionnaire;
    this.#places = new Places(questionnaire);
    this.#expressions = new Expressions(questionnaire, this.#places);
    this.#absences = new AbsenceFinder(questionnaire, this.#places, this.#expressions);
  }

  assessor(): Assessor {
    const questionnaire = this.#questionnaire;
    const places = this.#places.all();
    const findings = this.#findings();
    const constraints = questionnaire.constraints.map((constraint) => {
      const { linkId, requires } = constraint;
      const condition = this.#expressions.condition(requires.expression);
      return {
        constraint,
        at: this.#places.of(linkId).at,
        isAsked: this.#expressions.isAsked(linkId),
        condition: this.#remembered(inputsOf(questionnaire, requires.expression), condition),
      };
    });
    const shown = questionnaire.calculated.map((each) => this.#shown(each));
    const leftOut = this.#leftOut();
    const wholes = places.flatMap(([linkId, { at, step, placed }]) =>
      step === 0 && isAnswered(placed.item) ? [{ linkId, at }] : [],
    );
    const conditional = this.#askedTogether(wholes).filter(({ isAsked }) => isAsked !== always);
    const sheet: Sheet = {
      given: [],
      hashes: new Int32Array(places.length),
      hidden: new Uint8Array(this.#places.cells),
      look: 0,
      read: new Float64Array(this.#places.cells),
      spare: new Float64Array(this.#places.cells),
      enabled: new Array(places.length),
      enabledAt: new Float64Array(places.length),
      calculated: new Array(this.#expressions.calculatedValues),
      calculatedAt: new Float64Array(this.#expressions.calculatedValues),
      variables: new Array(this.#expressions.variables),
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
    const dependents = places.map((_, at) => [...this.#inputs.values()].filter(({ places }) => places.includes(at)));
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
  #findings(): readonly FindingsOf[] {
    const groups = new Map<string, readonly Rule[]>();
    for (const rule of this.#questionnaire.rules) {
      const key = inputsOf(this.#questionnaire, rule.when.expression).join();
      groups.set(key, [...(groups.get(key) ?? []), rule]);
    }
    return [...groups.values()].map((rules) => {
      const [{ when }] = rules as readonly [Rule, ...Rule[]];
      const [first, ...others] = rules.map((rule) => this.#finding(rule)) as [FindingsOf, ...FindingsOf[]];
      return this.#remembered(inputsOf(this.#questionnaire, when.expression), (sheet) =>
        // Most rules are alone with their answers.
        others.length === 0 ? first(sheet) : [first, ...others].flatMap((finding) => finding(sheet)),
      );
    });
  }

  #finding(rule: Rule): FindingsOf {
    const { expression } = rule.when;
    const condition = this.#expressions.condition(expression);
    const becauseOf = becauseFinder(this.#questionnaire, this.#places, expression, condition);
    const absencesOf = this.#absences.absencesOf(expression);
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

  /**
   * What depends on the answers to `linkIds` alone, worked out anew where they are none that were met before: most
   * applicants answer most questions alike. Not for a look that hides answers.
   */
  #remembered<Value>(linkIds: readonly string[], workOut: (sheet: Sheet) => Value): (sheet: Sheet) => Value {
    const inputs = this.#inputsAt(linkIds.map((linkId) => this.#places.of(linkId)).filter(({ step }) => step === 0));
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
  #inputsAt(wholes: readonly Place[]): Inputs {
    const places = wholes.map(({ at }) => at);
    const key = places.join();
    const known = this.#inputs.get(key) ?? new Inputs(places);
    this.#inputs.set(key, known);
    return known;
  }

  /**
   * Neighbours outside repeats that are asked under the same conditions. `isAsked` is `always` itself where there are none.
   * Not for a look that hides answers.
   */
  #askedTogether<Of extends { readonly linkId: string }>(wholes: readonly Of[]): readonly AskedTogether<Of>[] {
    const together: { readonly expressions: readonly Expression[]; readonly questions: Of[] }[] = [];
    for (const whole of wholes) {
      const expressions = this.#places.enablements(whole.linkId);
      const last = together.at(-1);
      if (last && isSameList(last.expressions, expressions)) last.questions.push(whole);
      else together.push({ expressions, questions: [whole] });
    }
    return together.map(({ expressions, questions }) => {
      const inputs = expressions.flatMap((expression) => inputsOf(this.#questionnaire, expression));
      const isAsked = this.#expressions.isAsked((questions[0] as Of).linkId);
      return { isAsked: isAsked === always ? always : this.#remembered(inputs, isAsked), questions };
    });
  }

  /** A calculated value; undefined where it has none. */
  #shown(calculated: CalculatedValue): {
    readonly linkId: string;
    readonly result: (sheet: Sheet) => CalculatedResult | undefined;
  } {
    const { linkId, value } = calculated;
    const { expression } = value;
    const whole = this.#expressions.calculated(linkId);
    const parts = new Map(partsOf(expression).map((part) => [part, this.#expressions.value(part)]));
    const operands = [...operandsOf(this.#questionnaire, expression)].map((each) => this.#isOut(each));
    const result = this.#remembered(inputsOf(this.#questionnaire, expression), (sheet) => {
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
  #isOut(linkId: string): (sheet: Sheet) => boolean {
    const { cell } = this.#places.of(linkId);
    const isAsked = this.#expressions.isAsked(linkId);
    return (sheet) => sheet.hidden[cell] === 0 && isAsked(sheet) === false;
  }

  #leftOut(): (sheet: Sheet) => readonly string[] {
    const wholes = this.#places.all().flatMap(([linkId, { at, step, placed, repeat }]) => {
      if (step > 0 || !isAnswered(placed.item)) return [];
      const fields = repeat ? questionsIn(repeat).map((field) => this.#missing(field.linkId)) : [];
      return placed.item.required || repeat ? [{ linkId, at, isRequired: placed.item.required, fields }] : [];
    });
    const together = this.#askedTogether(wholes);
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
  #missing(linkId: string): Missing {
    const { placed, repeat } = this.#places.of(linkId);
    const isAsked = this.#expressions.isAsked(linkId);
    const pathOf = entryPath(linkId, repeat as GroupItem);
    if (!placed.item.required) return () => {};
    return (sheet, entry, index, paths) => {
      if (!entry.has(linkId) && isAsked(sheet) === true) paths.push(pathOf(index));
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

function isSameList<Of>(some: readonly Of[], others: readonly Of[]): boolean {
  return some.length === others.length && some.every((each, index) => each === others[index]);
}

type FindingsOf = (sheet: Sheet) => readonly Finding[];

const nothing: readonly Finding[] = [];
