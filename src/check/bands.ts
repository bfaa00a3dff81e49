import { compare } from '../engine/result.ts';
import { and, not, or } from '../engine/truth.ts';
import type { Truth } from '../model/assessment.ts';
import { type Expression, type ExpressionType, partsOf } from '../model/expression.ts';
import { fixedValue, keyOf } from './satisfiable.ts';

/** A number that an answer or a calculation gives, and the fixed numbers that something compares it with, at its scale. */
export interface Term {
  readonly expression: Expression;
  readonly type: Extract<ExpressionType, { is: 'number' }>;
  readonly limits: ReadonlySet<number>;
}

/** The numbers that are compared with fixed ones anywhere in the expressions, by what they mean. */
export function termsIn(expressions: readonly Expression[]): ReadonlyMap<string, Term> {
  const terms = new Map<string, { expression: Expression; type: Term['type']; limits: Set<number> }>();
  const visit = (expression: Expression): void => {
    const found = expression.kind === 'compare' ? limitOf(expression.left, expression.right) : undefined;
    if (found && found.term.type.is === 'number') {
      const key = keyOf(found.term);
      const { limits } = terms.get(key) ?? { limits: new Set<number>() };
      terms.set(key, { expression: found.term, type: found.term.type, limits: limits.add(found.limit) });
    }
    partsOf(expression).forEach(visit);
  };
  expressions.forEach(visit);
  return terms;
}

/** One side of a comparison where the other is fixed, without the factor it was brought to a scale by. */
function limitOf(
  left: Expression,
  right: Expression,
): { readonly term: Expression; readonly limit: number } | undefined {
  const [a, b] = [fixedValue(left), fixedValue(right)];
  const [side, limit] = typeof b === 'number' ? [left, b] : [right, a];
  if (typeof limit !== 'number' || (a !== undefined && b !== undefined)) return undefined;
  return side.kind === 'rescale' ? { term: side.of, limit: limit / side.factor } : { term: side, limit };
}

/**
 * What a condition comes to where one number is `value` and nothing else is known. `==` and `!=` are left open: whoever
 * writes them means one value.
 */
export function truthAt(condition: Expression, term: string, value: number): Truth {
  const at = (part: Expression): Truth => truthAt(part, term, value);
  switch (condition.kind) {
    case 'literal':
      return typeof condition.value === 'boolean' ? condition.value : 'unknown';
    case 'not':
      return not(at(condition.of));
    case 'and':
      return and(condition.of.map(at));
    case 'or':
      return or(condition.of.map(at));
    case 'compare': {
      const { operator } = condition;
      const [left, right] = [numberAt(condition.left, term, value), numberAt(condition.right, term, value)];
      const isOpen = left === undefined || right === undefined || operator === '==' || operator === '!=';
      return isOpen ? 'unknown' : compare(operator, left, right);
    }
    default:
      return 'unknown';
  }
}

function numberAt(expression: Expression, term: string, value: number): number | undefined {
  if (keyOf(expression) === term) return value;
  if (expression.kind === 'rescale') {
    const of = numberAt(expression.of, term, value);
    return of === undefined ? undefined : of * expression.factor;
  }
  const fixed = fixedValue(expression);
  return typeof fixed === 'number' ? fixed : undefined;
}
