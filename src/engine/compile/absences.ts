import { isAbsent } from '../../model/answers.ts';
import { type AnswerReference, type Expression, partsOf } from '../../model/expression.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import { type AbsenceKind, addsNothing, isSettled } from '../absences.ts';
import { asTruth, type Element, type Entry, isList } from '../result.ts';
import { calculatedValue } from '../situation.ts';
import { both } from '../truth.ts';
import { type Expressions, noScope, type Scope } from './expressions.ts';
import { entryPath, lookAnew, type Places, type Sheet } from './sheet.ts';

/** Absent answers by path. */
type Absences = Map<string, AbsenceKind>;
type Collect = (sheet: Sheet, found: Absences) => void;

/** An element with what collects the absences that leave it open. */
interface Traced extends Element {
  readonly collect: Collect;
}

/** Finds the absent answers that leave expressions unsettled. */
export class AbsenceFinder {
  readonly #questionnaire: Questionnaire;
  readonly #places: Places;
  readonly #expressions: Expressions;

  constructor(questionnaire: Questionnaire, places: Places, expressions: Expressions) {
    this.#questionnaire = questionnaire;
    this.#places = places;
    this.#expressions = expressions;
  }

  /** As `absencesOf` does it. Most rules are settled on most sheets: compiled at first need. */
  absencesOf(expression: Expression): (sheet: Sheet) => Absences {
    let collect: Collect | undefined;
    return (sheet) => {
      collect ??= this.#collect(expression, noScope);
      const found: Absences = new Map();
      collect(lookAnew(sheet), found);
      return found;
    };
  }

  #collect(expression: Expression, scope: Scope): Collect {
    const inside = this.#collectInside(expression, scope);
    // An answer is unsettled where it is absent, which is what is collected: it need not be looked at twice.
    if (partsOf(expression).length === 0 && expression.kind !== 'calculated') return inside;
    const value = this.#expressions.value(expression, scope);
    return (sheet, found) => {
      if (!isSettled(value(sheet))) inside(sheet, found);
    };
  }

  #collectInside(expression: Expression, scope: Scope): Collect {
    switch (expression.kind) {
      case 'answer':
      case 'member':
        return this.#collectAnswer(expression, scope);
      case 'state':
        return this.#collectAnswer(expression.of, scope);
      case 'calculated':
        return this.#collect(calculatedValue(this.#questionnaire, expression.linkId).value.expression, noScope);
      case 'conditional': {
        const condition = this.#expressions.condition(expression.if, scope);
        const [first, then, otherwise] = [expression.if, expression.then, expression.else].map((part) =>
          this.#collect(part, scope),
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
        const { at, inner } = this.#expressions.bound(expression.variable, scope);
        const [list, ofList] = [this.#expressions.value(expression.list, scope), this.#collect(expression.list, scope)];
        const body = this.#collect(expression.body, inner);
        return (sheet, found) => {
          ofList(sheet, found);
          const elements = list(sheet);
          for (const { element } of isList(elements) ? elements : []) {
            sheet.variables[at] = element;
            body(sheet, found);
          }
        };
      }
      case 'distinct': {
        const { of, elements } = this.#tracedIn(expression.list, scope);
        const ofList = this.#collect(of, scope);
        return (sheet, found) => {
          ofList(sheet, found);
          const traced = elements(sheet);
          for (const each of traced) if (!addsNothing(each, traced)) each.collect(sheet, found);
        };
      }
      default: {
        const parts = partsOf(expression).map((part) => this.#collect(part, scope));
        return (sheet, found) => {
          for (const part of parts) part(sheet, found);
        };
      }
    }
  }

  /** As `tracedIn` of the engine: the elements of a list that is filtered or mapped, and the list that they come `of`. */
  #tracedIn(
    expression: Expression,
    scope: Scope,
  ): { readonly of: Expression; readonly elements: (sheet: Sheet) => readonly Traced[] } {
    if (expression.kind !== 'filter' && expression.kind !== 'map') {
      const list = this.#expressions.value(expression, scope);
      const elements = (sheet: Sheet): readonly Traced[] => {
        const result = list(sheet);
        return isList(result) ? result.map((each) => ({ ...each, collect: () => {} })) : [];
      };
      return { of: expression, elements };
    }
    const { of, elements } = this.#tracedIn(expression.list, scope);
    const { at, inner } = this.#expressions.bound(expression.variable, scope);
    const [value, body] = [this.#expressions.value(expression.body, inner), this.#collect(expression.body, inner)];
    const traced = (sheet: Sheet): readonly Traced[] =>
      elements(sheet).flatMap(({ element, isIn, collect }): readonly Traced[] => {
        sheet.variables[at] = element;
        const result = value(sheet);
        const own: Collect = (again, found) => {
          collect(again, found);
          again.variables[at] = element;
          body(again, found);
        };
        if (expression.kind === 'map') return [{ element: result, isIn, collect: own }];
        const isStillIn = both(isIn, asTruth(result));
        return isStillIn === false ? [] : [{ element, isIn: isStillIn, collect: own }];
      });
    return { of, elements: traced };
  }

  #collectAnswer(reference: AnswerReference, scope: Scope): Collect {
    const { linkId } = reference;
    const { at, repeat } = this.#places.of(linkId);
    const isAsked = this.#expressions.isAsked(linkId);
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
        enablements ??= this.#places.enablements(linkId).map((expression) => this.#collect(expression, noScope));
        for (const enablement of enablements) enablement(sheet, found);
      }
    };
  }
}
