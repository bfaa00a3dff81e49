import type { Clause, Literal } from './solver.ts';

/**
 * Checks a refutation by reverse unit propagation (Goldberg and Novikov 2003): every lemma, and last `goal`, must follow
 * from the clauses and the lemmas before it by unit propagation alone. Shares no code with the solver.
 */
export function isRefutation(clauses: readonly Clause[], lemmas: readonly Clause[], goal: Clause): boolean {
  const checker = new Propagator();
  for (const clause of clauses) checker.add(clause);
  for (const lemma of [...lemmas, goal]) {
    if (!checker.follows(lemma)) return false;
    checker.add(lemma);
  }
  return true;
}

class Propagator {
  private readonly clauses: Clause[] = [];
  private readonly occurrences = new Map<Literal, number[]>();
  /** True literals that hold whatever is assumed. */
  private readonly fixed = new Set<Literal>();
  private isContradictory = false;

  add(literals: Clause): void {
    const clause = [...new Set(literals)];
    const index = this.clauses.push(clause) - 1;
    for (const literal of clause) {
      const at = this.occurrences.get(literal);
      if (at) at.push(index);
      else this.occurrences.set(literal, [index]);
    }
    const open = clause.filter((literal) => !this.fixed.has(literal ^ 1));
    if (open.length === 0) this.isContradictory = true;
    if (open.length === 1 && this.propagate([open[0] as Literal], this.fixed)) this.isContradictory = true;
  }

  follows(clause: Clause): boolean {
    if (this.isContradictory) return true;
    const assumed = new Set<Literal>();
    return this.propagate(
      clause.map((literal) => literal ^ 1),
      assumed,
    );
  }

  /** Puts the consequences of `units` into `into`; true where they contradict each other or what is fixed. */
  private propagate(units: readonly Literal[], into: Set<Literal>): boolean {
    const isTrue = (literal: Literal): boolean => this.fixed.has(literal) || into.has(literal);
    const queue = [...units];
    for (let literal = queue.pop(); literal !== undefined; literal = queue.pop()) {
      if (isTrue(literal ^ 1)) return true;
      if (isTrue(literal)) continue;
      into.add(literal);
      for (const index of this.occurrences.get(literal ^ 1) ?? []) {
        const clause = this.clauses[index] as Clause;
        if (clause.some(isTrue)) continue;
        const open = clause.filter((each) => !isTrue(each ^ 1));
        if (open.length === 0) return true;
        if (open.length === 1) queue.push(open[0] as Literal);
      }
    }
    return false;
  }
}
