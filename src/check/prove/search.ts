import type { Circuit } from './circuit.ts';
import { areProved } from './rup.ts';
import { type Clause, type Literal, type Model, negated, type Verdict } from './solver.ts';

/** Conflicts one question to the solver may cost before it is reported undecided. */
const conflictBudget = 200_000;

/** Whether an assignment makes all the literals true. */
export function solve(circuit: Circuit, assumptions: Clause): Verdict {
  return circuit.solver.solve(assumptions, conflictBudget, circuit.scopeOf(assumptions));
}

/**
 * A model of `goal` in which as few of `departures` hold as can be. `isFewest` is false where the budget ran out below
 * that many. Undefined where there is none within the budget.
 */
export function nearest(
  circuit: Circuit,
  goal: Literal,
  departures: readonly Literal[],
): { readonly model: Model; readonly isFewest: boolean } | undefined {
  const count = circuit.count(departures);
  let isFewest = true;
  for (let most = 0; most <= departures.length; most += 1) {
    const isFew = negated(circuit.less(circuit.integer(most), count));
    const verdict = solve(circuit, [goal, isFew]);
    if (verdict.is === 'satisfiable') return { model: verdict.model, isFewest };
    if (verdict.is === 'undecided') isFewest = false;
  }
  return undefined;
}

/** Every refutation so far was checked step by step by code that the solver does not share. */
export function isChecked({ solver: { clauses, lemmas } }: Circuit): boolean {
  return areProved(clauses, lemmas);
}
