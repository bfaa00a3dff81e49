import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRefutation } from '../../../src/check/prove/rup.ts';
import { type Clause, luby, type Model, negated, Solver } from '../../../src/check/prove/solver.ts';

function solverOf(variables: number, clauses: readonly Clause[]): Solver {
  const solver = new Solver();
  for (let at = 0; at < variables; at += 1) solver.newVariable();
  for (const clause of clauses) solver.add(clause);
  return solver;
}

const holds = (clause: Clause, model: Model): boolean => clause.some((literal) => model[literal] === 1);

function isSatisfiable(variables: number, clauses: readonly Clause[]): boolean {
  for (let bits = 0; bits < 2 ** variables; bits += 1) {
    const model = Int8Array.from(
      { length: 2 * variables },
      (_, literal) => ((bits >> (literal >> 1)) & 1) ^ (literal & 1),
    );
    if (clauses.every((clause) => holds(clause, model))) return true;
  }
  return false;
}

const variables = 8;
const literal = fc.integer({ min: 0, max: 2 * variables - 1 });
const clauses = fc.array(fc.array(literal, { minLength: 1, maxLength: 3 }), { maxLength: 45 });

describe('the solver', () => {
  test('agrees with trying everything, under assumptions too; models hold and refutations check', () => {
    fc.assert(
      fc.property(
        clauses,
        fc.array(fc.uniqueArray(literal, { maxLength: 3 }), { minLength: 1, maxLength: 4 }),
        (given, calls) => {
          const solver = solverOf(variables, given);
          for (const assumptions of calls) {
            const verdict = solver.solve(assumptions, 10_000);
            const expected = isSatisfiable(variables, [...given, ...assumptions.map((each) => [each])]);
            expect(verdict.is).toBe(expected ? 'satisfiable' : 'unsatisfiable');
            if (verdict.is === 'satisfiable') {
              for (const clause of [...given, ...assumptions.map((each) => [each])])
                expect(holds(clause, verdict.model)).toBe(true);
            }
            if (verdict.is === 'unsatisfiable') {
              expect(assumptions.map(negated)).toEqual(expect.arrayContaining([...verdict.core]));
              expect(isRefutation(solver.clauses, solver.lemmas, verdict.core)).toBe(true);
            }
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test.each([4, 5, 6, 7])('refutes %i pigeons in one hole fewer', (pigeons) => {
    const holes = pigeons - 1;
    const sits = (pigeon: number, hole: number): number => 2 * (pigeon * holes + hole);
    const all = Array.from({ length: pigeons }, (_, pigeon) => pigeon);
    const given: Clause[] = [
      ...all.map((pigeon) => Array.from({ length: holes }, (_, hole) => sits(pigeon, hole))),
      ...all.flatMap((one) =>
        all
          .slice(one + 1)
          .flatMap((other) => Array.from({ length: holes }, (_, hole) => [sits(one, hole) + 1, sits(other, hole) + 1])),
      ),
    ];
    const solver = solverOf(pigeons * holes, given);
    expect(solver.solve([], 1_000_000)).toEqual({ is: 'unsatisfiable', core: [] });
    expect(isRefutation(solver.clauses, solver.lemmas, [])).toBe(true);
  });

  test('says undecided where the budget ends, never satisfiable or not', () => {
    const holes = 9;
    const sits = (pigeon: number, hole: number): number => 2 * (pigeon * holes + hole);
    const given: Clause[] = [];
    for (let one = 0; one <= holes; one += 1) {
      given.push(Array.from({ length: holes }, (_, hole) => sits(one, hole)));
      for (let other = one + 1; other <= holes; other += 1)
        for (let hole = 0; hole < holes; hole += 1) given.push([sits(one, hole) + 1, sits(other, hole) + 1]);
    }
    expect(solverOf((holes + 1) * holes, given).solve([], 50)).toEqual({ is: 'undecided', conflicts: 50 });
  });
});

describe('the checker', () => {
  test('refuses a lemma that does not follow', () => {
    expect(isRefutation([[0, 2]], [[0]], [])).toBe(false);
    expect(isRefutation([[0], [1]], [], [])).toBe(true);
    expect(
      isRefutation(
        [
          [0, 2],
          [1, 2],
        ],
        [[2]],
        [2],
      ),
    ).toBe(true);
    expect(
      isRefutation(
        [
          [0, 2],
          [1, 2],
        ],
        [[2]],
        [],
      ),
    ).toBe(false);
  });
});

test('the restart sequence', () => {
  expect(Array.from({ length: 15 }, (_, at) => luby(at + 1))).toEqual([1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8]);
});
