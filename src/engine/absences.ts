import { type AnswerReference, type Expression, partsOf } from '../model/expression.ts';
import { evaluate, type Scope, stateOf } from './evaluate.ts';
import { itemsOf } from './items.ts';
import { asTruth, type Element, type Entry, isList, noValue, type Result, unknown } from './result.ts';
import { calculatedValue, pathOf, type Situation } from './situation.ts';
import { both } from './truth.ts';

/** Why an answer is absent: said to be unknown, declined, or left out although it is required. */
export type AbsenceKind = 'unknown' | 'declined' | 'left-out';

const noVariables: Scope = new Map();

/**
 * The absent answers, by path, that leave an expression unsettled; empty where it is settled. Where the enablement of a
 * question is unsettled, the answers that would settle that are named; the question itself where it was answered as
 * unknown or declined.
 */
export function absencesOf(expression: Expression, situation: Situation): ReadonlyMap<string, AbsenceKind> {
  const found = new Map<string, AbsenceKind>();
  collect(expression, situation, noVariables, found);
  return found;
}

/** True where nothing that is absent could change it. */
export function isSettled(result: Result): boolean {
  if (isList(result)) return result.every(({ isIn, element }) => isIn === true && element !== unknown);
  return result !== unknown && (typeof result !== 'object' || result === null);
}

function collect(expression: Expression, situation: Situation, scope: Scope, found: Map<string, AbsenceKind>): void {
  if (isSettled(evaluate(expression, situation, scope))) return;
  const visit = (part: Expression): void => collect(part, situation, scope, found);
  switch (expression.kind) {
    case 'answer':
    case 'member':
      collectAnswer(expression, situation, scope, found);
      break;
    case 'state':
      collectAnswer(expression.of, situation, scope, found);
      break;
    case 'calculated':
      collect(
        calculatedValue(situation.questionnaire, expression.linkId).value.expression,
        situation,
        noVariables,
        found,
      );
      break;
    case 'conditional': {
      const condition = asTruth(evaluate(expression.if, situation, scope));
      if (condition === 'unknown') visit(expression.if);
      if (condition !== false) visit(expression.then);
      if (condition !== true) visit(expression.else);
      break;
    }
    case 'exists':
    case 'all':
    case 'filter':
    case 'map': {
      visit(expression.list);
      const list = evaluate(expression.list, situation, scope);
      for (const { element } of isList(list) ? list : []) {
        collect(expression.body, situation, new Map(scope).set(expression.variable, element), found);
      }
      break;
    }
    case 'distinct': {
      const traced = tracedIn(expression.list, situation, scope);
      visit(traced.of);
      for (const { parts } of traced.elements.filter((each) => !addsNothing(each, traced.elements)))
        for (const part of parts) collect(part.expression, situation, part.scope, found);
      break;
    }
    default:
      partsOf(expression).forEach(visit);
  }
}

/** An element with the conditions and calculations that it came from. */
interface Traced extends Element {
  readonly parts: readonly { readonly expression: Expression; readonly scope: Scope }[];
}

/** The elements of a list that is filtered or mapped, and the list that they come `of`. */
function tracedIn(
  expression: Expression,
  situation: Situation,
  scope: Scope,
): { readonly of: Expression; readonly elements: readonly Traced[] } {
  if (expression.kind !== 'filter' && expression.kind !== 'map') {
    const list = evaluate(expression, situation, scope);
    return { of: expression, elements: isList(list) ? list.map((each) => ({ ...each, parts: [] })) : [] };
  }
  const { of, elements } = tracedIn(expression.list, situation, scope);
  const traced = elements.flatMap(({ element, isIn, parts }): readonly Traced[] => {
    const inner = new Map(scope).set(expression.variable, element);
    const body = evaluate(expression.body, situation, inner);
    const own = [...parts, { expression: expression.body, scope: inner }];
    if (expression.kind === 'map') return [{ element: body, isIn, parts: own }];
    const isStillIn = both(isIn, asTruth(body));
    return isStillIn === false ? [] : [{ element, isIn: isStillIn, parts: own }];
  });
  return { of, elements: traced };
}

/** True for an element that leaves a list without doubles as it is: it has no value, or one that is surely in the list. */
export function addsNothing({ element }: Element, all: readonly Element[]): boolean {
  return (
    element === noValue || (element !== unknown && all.some((each) => each.isIn === true && each.element === element))
  );
}

function collectAnswer(
  reference: AnswerReference,
  situation: Situation,
  scope: Scope,
  found: Map<string, AbsenceKind>,
): void {
  const { is } = stateOf(reference, situation, scope);
  const isAbsent = is === 'unknown' || is === 'declined';
  const entry = reference.kind === 'member' ? (scope.get(reference.variable) as Entry) : undefined;
  const path = pathOf(reference.linkId, entry);
  if (isAbsent) found.set(path, is);
  if (is === 'left-out' || is === 'omitted') found.set(path, 'left-out');
  if (!isAbsent && is !== 'unsettled') return;
  const placed = itemsOf(situation.questionnaire).get(reference.linkId);
  for (const item of placed ? [...placed.groups, placed.item] : []) {
    if (item.enableWhen) collect(item.enableWhen.expression, situation, noVariables, found);
  }
}
