import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areProved } from '../../../src/check/prove/rup.ts';
import { type Clause, type Lemma, luby, type Model, negated, Solver } from '../../../src/check/prove/solver.ts';

function solverOf(variables: number, clauses: readonly Clause[]): Solver {
  const solver = new Solver();
  for (let at = 0; at < variables; at += 1) solver.newVariable();
  for (const clause of clauses) solver.add(clause);
  return solver;
}

/** All that it learned follows, and `core` from that. */
function isProved({ clauses, lemmas }: Solver, core: Clause): boolean {
  const isStated = lemmas.some(({ clause }) => clause.every((literal) => core.includes(literal)));
  return isStated && areProved(clauses, lemmas);
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
              expect(isProved(solver, verdict.core)).toBe(true);
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
    expect(isProved(solver, [])).toBe(true);
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
  const either: readonly Clause[] = [
    [0, 2],
    [1, 2],
  ];

  test.each<[string, readonly Clause[], readonly Lemma[]]>([
    ['two clauses', either, [{ clause: [2], hints: [0, 1] }]],
    [
      'a lemma of one literal, which need not be named',
      [[0], [1]],
      [
        { clause: [0], hints: [0] },
        { clause: [], hints: [1] },
      ],
    ],
    [
      'a lemma named',
      either,
      [
        { clause: [2, 4], hints: [0, 1] },
        { clause: [2, 4, 6], hints: [~0] },
      ],
    ],
    ['nothing, being always true', [], [{ clause: [4, 5], hints: [] }]],
  ])('accepts what follows from %s', (_, given, lemmas) => expect(areProved(given, lemmas)).toBe(true));

  test.each<[string, readonly Clause[], readonly Lemma[]]>([
    ['does not follow', [[0, 2]], [{ clause: [0], hints: [0] }]],
    ['follows, and not by what it names', either, [{ clause: [2], hints: [0] }]],
    ['follows, in another order than it names', [...either, [3, 4], [3, 5]], [{ clause: [], hints: [2, 3, 0, 1] }]],
    ['names itself', either, [{ clause: [0], hints: [~0] }]],
    [
      'names one behind it',
      either,
      [
        { clause: [0], hints: [~1] },
        { clause: [0], hints: [~0] },
      ],
    ],
    ['names what is not there', either, [{ clause: [0], hints: [7, ~7] }]],
    [
      'stands behind one that does not follow',
      either,
      [
        { clause: [0], hints: [] },
        { clause: [0], hints: [] },
      ],
    ],
  ])('refuses a lemma that %s', (_, given, lemmas) => expect(areProved(given, lemmas)).toBe(false));

  test('accepts, whatever is named, only what follows', () => {
    const hints = fc.array(fc.integer({ min: -4, max: 15 }), { maxLength: 12 });
    const lemma = fc.record({ clause: fc.array(literal, { maxLength: 2 }), hints });
    let accepted = 0;
    fc.assert(
      fc.property(clauses, fc.array(lemma, { minLength: 1, maxLength: 4 }), (given, lemmas) => {
        if (!areProved(given, lemmas)) return;
        accepted += 1;
        for (const { clause } of lemmas)
          expect(isSatisfiable(variables, [...given, ...clause.map((each) => [negated(each)])])).toBe(false);
      }),
      { numRuns: 20_000 },
    );
    expect(accepted).toBeGreaterThan(20);
  });
});

test('the restart sequence', () => {
  expect(Array.from({ length: 15 }, (_, at) => luby(at + 1))).toEqual([1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8]);
});
