import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { holds } from '../../../src/check/prove/circuit.ts';
import { areProved } from '../../../src/check/prove/rup.ts';
import { type Clause, type Lemma, type Literal, negated, Solver } from '../../../src/check/prove/solver.ts';

const folder = fileURLToPath(new URL('dimacs/', import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith('.cnf'));

interface Instance {
  readonly expected: string;
  readonly variables: number;
  readonly clauses: readonly Clause[];
}

function read(name: string): Instance {
  const lines = readFileSync(`${folder}${name}`, 'utf8').trim().split('\n');
  const [, expected = ''] = /^c expected: (\w+)$/m.exec(lines.join('\n')) ?? [];
  const [, variables, count] = /^p cnf (\d+) (\d+)$/m.exec(lines.join('\n')) ?? [];
  const clauses = lines
    .filter((line) => /^-?\d/.test(line))
    .map((line) => line.split(' ').slice(0, -1).map(Number).map(literalOf));
  expect(clauses, name).toHaveLength(Number(count));
  return { expected, variables: Number(variables), clauses };
}

/** Variables count from 1 there, and from 0 here. */
function literalOf(signed: number): Literal {
  return signed > 0 ? 2 * (signed - 1) : 2 * (-signed - 1) + 1;
}

function solverOf({ variables, clauses }: Instance): Solver {
  const solver = new Solver();
  for (let at = 0; at < variables; at += 1) solver.newVariable();
  for (const clause of clauses) solver.add(clause);
  return solver;
}

describe('the solver comes to what is known of', () => {
  test.each(names)('%s', (name) => {
    const instance = read(name);
    const solver = solverOf(instance);
    const verdict = solver.solve([], 1_000_000);
    expect(verdict.is).toBe(instance.expected);
    if (verdict.is === 'satisfiable')
      expect(instance.clauses.filter((clause) => !clause.some((each) => holds(each, verdict.model)))).toEqual([]);
    else expect(isRefutation(instance.clauses, solver.lemmas)).toBe(true);
  });
});

function isRefutation(clauses: readonly Clause[], lemmas: readonly Lemma[]): boolean {
  return lemmas.some(({ clause }) => clause.length === 0) && areProved(clauses, lemmas);
}

function refutationOf(name: string): { readonly clauses: readonly Clause[]; readonly lemmas: readonly Lemma[] } {
  const instance = read(name);
  const solver = solverOf(instance);
  expect(solver.solve([], 1_000_000).is).toBe('unsatisfiable');
  return { clauses: instance.clauses, lemmas: solver.lemmas };
}

/** Whether a clause holds in every assignment that satisfies the others, by trying all. */
function follows(clauses: readonly Clause[], clause: Clause, variables: number): boolean {
  for (let bits = 0; bits < 2 ** variables; bits += 1) {
    const isMet = (each: Clause): boolean =>
      each.some((literal) => ((bits >> (literal >> 1)) & 1) === 1 - (literal & 1));
    if (!isMet(clause) && clauses.every(isMet)) return false;
  }
  return true;
}

describe('the checker', () => {
  test('refuses a refutation whose steps do not name all that they need', () => {
    const { clauses, lemmas } = refutationOf('pigeonhole-6.cnf');
    expect(isRefutation(clauses, lemmas)).toBe(true);
    for (const [at, { clause, hints }] of lemmas.entries()) {
      // The contradiction comes with the last that is named; without it there is none.
      const cut = { clause, hints: hints.slice(0, -1) };
      expect(areProved(clauses, lemmas.with(at, cut)), `lemma ${at}`).toBe(false);
    }
  });

  test('refuses every lemma with a literal turned round that then does not follow', () => {
    // Two models: what is turned round can be told to be false.
    const instance = read('colouring-six-circle-2.cnf');
    const solver = solverOf(instance);
    const { clauses, variables } = instance;
    for (let at = 0; at < variables; at += 1) solver.solve([2 * at, negated(2 * ((at + 3) % variables))], 1_000);
    const { lemmas } = solver;
    expect(areProved(clauses, lemmas)).toBe(true);
    let refused = 0;
    for (const [at, { clause, hints }] of lemmas.entries()) {
      for (const literal of clause) {
        const turned = clause.map((each) => (each === literal ? negated(each) : each));
        if (follows(clauses, turned, variables)) continue;
        expect(areProved(clauses, lemmas.with(at, { clause: turned, hints }))).toBe(false);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(0);
  });

  test('never accepts, in the place of a lemma, what the clauses do not imply', () => {
    const { clauses, lemmas } = refutationOf('random-20-1.cnf'.replace('1', String(unsatisfiableSeed())));
    const half = clauses.slice(0, Math.floor(clauses.length / 2));
    // Half of the clauses has models, so no list of lemmas whatever may refute it.
    expect(areProved(half, lemmas)).toBe(false);
    expect(areProved(half, [{ clause: [], hints: half.map((_, at) => at) }])).toBe(false);
  });
});

function unsatisfiableSeed(): number {
  const seed = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((each) => read(`random-20-${each}.cnf`).expected === 'unsatisfiable');
  if (seed === undefined) throw new Error('no such instance');
  return seed;
}
