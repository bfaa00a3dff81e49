import { type Clause, type Literal, type Model, negated, type Scope, type Solver } from './solver.ts';

/** Two's complement, least significant bit first; the last bit is the sign. */
export type Bits = readonly Literal[];

/** Gates over a solver, each built once: the same inputs give the same literal (Tseitin 1968). */
export class Circuit {
  readonly solver: Solver;
  readonly true: Literal;
  readonly false: Literal;
  private readonly gates = new Map<string | number, Literal>();
  /** For each variable, those that have to be decided with it: the inputs of a gate, and who shares a requirement. */
  private readonly neighbours: (readonly number[])[][] = [];

  constructor(solver: Solver) {
    this.solver = solver;
    this.true = this.variable();
    this.false = negated(this.true);
    solver.add([this.true]);
  }

  variable(): Literal {
    this.neighbours.push([]);
    return 2 * this.solver.newVariable();
  }

  /** States a clause that is no gate: something that every assignment of the inputs has to keep to. */
  require(...clause: Clause): void {
    if (clause.includes(this.true)) return;
    this.solver.add(clause);
    this.tie(clause);
  }

  /** Has all of these decided where one of them is. */
  tie(literals: Clause): void {
    const variables = literals.map((literal) => literal >> 1).filter((variable) => variable !== this.true >> 1);
    for (const variable of variables) this.neighbours[variable]?.push(variables);
  }

  /**
   * The variables that settle some literals. Gates are functions of their inputs, and what inputs have to keep to ties
   * them together, so an assignment of this scope without conflict extends to all variables.
   */
  scopeOf(literals: readonly Literal[]): Scope {
    const includes = new Uint8Array(this.solver.variableCount);
    const found: number[] = [];
    const include = (variable: number): void => {
      if (includes[variable] === 1) return;
      includes[variable] = 1;
      found.push(variable);
    };
    for (const literal of literals) include(literal >> 1);
    for (let at = 0; at < found.length; at += 1)
      for (const group of this.neighbours[found[at] as number] as readonly (readonly number[])[])
        group.forEach(include);
    return { variables: Int32Array.from(found).sort(), includes };
  }

  constant(value: boolean): Literal {
    return value ? this.true : this.false;
  }

  and(...of: readonly Literal[]): Literal {
    const parts = [...new Set(of)].filter((each) => each !== this.true).sort((a, b) => a - b);
    if (parts.some((each, at) => each === this.false || negated(each) === parts[at + 1])) return this.false;
    if (parts.length <= 1) return parts[0] ?? this.true;
    return this.gate(parts.length === 2 ? pairOf(parts) : parts.join(' '), parts, (out) => {
      for (const part of parts) this.solver.add([negated(out), part]);
      this.solver.add([out, ...parts.map(negated)]);
    });
  }

  or(...of: readonly Literal[]): Literal {
    return negated(this.and(...of.map(negated)));
  }

  xor(a: Literal, b: Literal): Literal {
    if (a === this.false) return b;
    if (b === this.false) return a;
    if (a === this.true) return negated(b);
    if (b === this.true) return negated(a);
    if (a === b) return this.false;
    if (a === negated(b)) return this.true;
    const isFlipped = (a & 1) !== (b & 1);
    const [low, high] = [Math.min(a & ~1, b & ~1), Math.max(a & ~1, b & ~1)];
    const out = this.gate(-pairOf([low, high]), [low, high], (gate) => {
      this.solver.add([negated(gate), low, high]);
      this.solver.add([negated(gate), negated(low), negated(high)]);
      this.solver.add([gate, negated(low), high]);
      this.solver.add([gate, low, negated(high)]);
    });
    return isFlipped ? negated(out) : out;
  }

  /** `condition ? then : otherwise` */
  choose(condition: Literal, then: Literal, otherwise: Literal): Literal {
    if (condition === this.true || then === otherwise) return then;
    if (condition === this.false) return otherwise;
    return this.or(this.and(condition, then), this.and(negated(condition), otherwise));
  }

  private gate(key: string | number, inputs: Clause, define: (out: Literal) => void): Literal {
    const known = this.gates.get(key);
    if (known !== undefined) return known;
    const out = this.variable();
    this.gates.set(key, out);
    this.neighbours[out >> 1]?.push(inputs.map((literal) => literal >> 1));
    define(out);
    return out;
  }

  /** A new number from `min` to `max`. */
  number(min: number, max: number): Bits {
    const bits = Array.from({ length: widthFor(min, max) }, () => this.variable());
    const limits = [negated(this.less(bits, this.integer(min))), negated(this.less(this.integer(max), bits))];
    for (const limit of limits) this.require(limit);
    this.tie([...bits, ...limits]);
    return bits;
  }

  integer(value: number): Bits {
    const width = widthFor(value, value);
    return Array.from({ length: width }, (_, at) => this.constant(bitOf(value, at)));
  }

  private extended(bits: Bits, width: number): Bits {
    const sign = bits.at(-1) ?? this.false;
    return [...bits, ...new Array<Literal>(Math.max(0, width - bits.length)).fill(sign)];
  }

  add(a: Bits, b: Bits, carry = this.false): Bits {
    const width = Math.max(a.length, b.length) + 1;
    const [left, right] = [this.extended(a, width), this.extended(b, width)];
    let carried = carry;
    return left.map((bit, at) => {
      const other = right[at] as Literal;
      const half = this.xor(bit, other);
      const sum = this.xor(half, carried);
      carried = this.or(this.and(bit, other), this.and(half, carried));
      return sum;
    });
  }

  subtract(a: Bits, b: Bits): Bits {
    return this.add(this.extended(a, b.length), this.extended(b, a.length).map(negated), this.true);
  }

  multiply(a: Bits, b: Bits): Bits {
    const width = a.length + b.length;
    const [left, right] = [this.extended(a, width), this.extended(b, width)];
    let sum: Bits = [this.false];
    right.forEach((bit, shift) => {
      if (bit === this.false) return;
      const row = [
        ...new Array<Literal>(shift).fill(this.false),
        ...left.slice(0, width - shift).map((each) => this.and(each, bit)),
      ];
      sum = this.add(this.extended(sum, width), row).slice(0, width);
    });
    return this.extended(sum, width);
  }

  less(a: Bits, b: Bits): Literal {
    return this.subtract(a, b).at(-1) as Literal;
  }

  equal(a: Bits, b: Bits): Literal {
    const width = Math.max(a.length, b.length);
    const [left, right] = [this.extended(a, width), this.extended(b, width)];
    return this.and(...left.map((bit, at) => negated(this.xor(bit, right[at] as Literal))));
  }

  chooseBits(condition: Literal, then: Bits, otherwise: Bits): Bits {
    if (then === otherwise) return then;
    const width = Math.max(then.length, otherwise.length);
    const [a, b] = [this.extended(then, width), this.extended(otherwise, width)];
    return a.map((bit, at) => this.choose(condition, bit, b[at] as Literal));
  }

  /** How many of the literals are true. */
  count(of: readonly Literal[]): Bits {
    const open = of.filter((each) => each !== this.false);
    if (open.length === 0) return [this.false];
    if (open.length === 1) return [open[0] as Literal, this.false];
    const half = open.length >> 1;
    return this.add(this.count(open.slice(0, half)), this.count(open.slice(half)));
  }
}

/** One number for two literals: there are fewer than 2^26 of them. */
function pairOf(pair: Clause): number {
  const [a, b] = pair as readonly [Literal, Literal];
  return a * 2 ** 26 + b;
}

function widthFor(min: number, max: number): number {
  let width = 1;
  while (min < -(2 ** (width - 1)) || max >= 2 ** (width - 1)) width += 1;
  return width;
}

function bitOf(value: number, at: number): boolean {
  return (BigInt(value) >> BigInt(at)) % 2n !== 0n;
}

/** The number that bits come to in a model. */
export function decode(bits: Bits, model: Model): number {
  const isSet = (literal: Literal): boolean => holds(literal, model);
  return bits.reduce((sum, bit, at) => {
    if (!isSet(bit)) return sum;
    return at === bits.length - 1 ? sum - 2 ** at : sum + 2 ** at;
  }, 0);
}

/** True where the model makes the literal true. */
export function holds(literal: Literal, model: Model): boolean {
  return model[literal] === 1;
}

/** True where the model leaves it open. */
export function isOpen(literal: Literal, model: Model): boolean {
  return model[literal] === -1;
}
