import { type AnswerReference, type Expression, partsOf } from '../model/expression.ts';
import { evaluate, type Scope, stateOf } from './evaluate.ts';
import { itemsOf } from './items.ts';
import { asTruth, type Entry, isList, type Result, unknown } from './result.ts';
import { calculatedValue, pathOf, type Situation } from './situation.ts';

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
    default:
      partsOf(expression).forEach(visit);
  }
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
