import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Circuit, decode, holds } from '../../../src/check/prove/circuit.ts';
import { Solver } from '../../../src/check/prove/solver.ts';

const number = fc.integer({ min: -3_000, max: 3_000 });

test('arithmetic and comparison of bits are those of numbers', () => {
  fc.assert(
    fc.property(number, number, fc.array(fc.boolean(), { maxLength: 9 }), (x, y, flags) => {
      const circuit = new Circuit(new Solver());
      const [a, b] = [circuit.number(-3_000, 3_000), circuit.number(-3_000, 3_000)];
      const set = flags.map(() => circuit.variable());
      const isLess = circuit.less(a, b);
      const isEqual = circuit.equal(a, b);
      const results = [
        circuit.add(a, b),
        circuit.subtract(a, b),
        circuit.multiply(a, b),
        circuit.count(set),
        circuit.chooseBits(isLess, a, b),
      ];
      const verdict = circuit.solver.solve(
        [
          circuit.equal(a, circuit.integer(x)),
          circuit.equal(b, circuit.integer(y)),
          ...set.map((each, at) => (flags[at] ? each : each ^ 1)),
        ],
        100_000,
      );
      if (verdict.is !== 'satisfiable') throw new Error(verdict.is);
      const { model } = verdict;
      expect(results.map((bits) => decode(bits, model))).toEqual([
        x + y,
        x - y,
        x * y + 0,
        flags.filter(Boolean).length,
        Math.min(x, y),
      ]);
      expect(holds(isLess, model)).toBe(x < y);
      expect(holds(isEqual, model)).toBe(x === y);
    }),
    { numRuns: 150 },
  );
});

test('a number keeps to its limits', () => {
  const circuit = new Circuit(new Solver());
  const bits = circuit.number(-5, 11);
  for (const value of [-6, 12])
    expect(circuit.solver.solve([circuit.equal(bits, circuit.integer(value))], 1_000).is).toBe('unsatisfiable');
  for (const value of [-5, 0, 11])
    expect(circuit.solver.solve([circuit.equal(bits, circuit.integer(value))], 1_000).is).toBe('satisfiable');
});
