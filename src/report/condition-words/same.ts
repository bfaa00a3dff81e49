import { type Expression, partsOf } from '../../model/expression.ts';

/** Without the node that only moves the decimal point. */
export function bare(expression: Expression): Expression {
  return expression.kind === 'rescale' ? bare(expression.of) : expression;
}

/** True where two calculations are the same but for where they were written and how many digits they are held with. */
export function isSame(one: Expression, other: Expression): boolean {
  const [a, b] = [bare(one), bare(other)];
  return a.kind === b.kind && ownFacts(a) === ownFacts(b) && areSame(partsOf(a), partsOf(b));
}

function areSame(some: readonly Expression[], others: readonly Expression[]): boolean {
  return (
    some.length === others.length &&
    some.every((each, index) => {
      const other = others[index];
      return other !== undefined && isSame(each, other);
    })
  );
}

/** What tells a node from others of its kind, beside its parts. */
function ownFacts(expression: Expression): string {
  const facts = Object.entries(expression).filter(([key, value]) => key !== 'at' && typeof value !== 'object');
  return JSON.stringify(facts.sort(([a], [b]) => (a < b ? -1 : 1)));
}
