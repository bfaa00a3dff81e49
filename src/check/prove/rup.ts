import type { Clause, Literal } from './solver.ts';

/**
 * Checks a refutation by reverse unit propagation (Goldberg and Novikov 2003): every lemma, and last `goal`, must follow
 * from the clauses and the lemmas before it by unit propagation alone. Shares no code with the solver.
 */
export function isRefutation(clauses: readonly Clause[], lemmas: readonly Clause[], goal: Clause): boolean {
  const literals = [...clauses, ...lemmas, goal].reduce(
    (most, clause) => clause.reduce((max, literal) => Math.max(max, literal), most),
    1,
  );
  const checker = new Propagator(literals + 2);
  for (const clause of clauses) checker.add(clause);
  return [...lemmas, goal].every((lemma) => {
    const follows = checker.follows(lemma);
    checker.add(lemma);
    return follows;
  });
}

/** Clauses of which two literals each are watched; a literal that becomes false has its clauses looked at. */
class Propagator {
  private readonly watchers: Literal[][][];
  /** 1 for literals that are true; those on the trail, the first `fixed` of them whatever is assumed. */
  private readonly isTrue: Uint8Array;
  private readonly trail: Literal[] = [];
  private fixed = 0;
  private looked = 0;
  private isContradictory = false;

  constructor(literals: number) {
    this.isTrue = new Uint8Array(literals);
    this.watchers = Array.from({ length: literals }, () => []);
  }

  add(literals: Clause): void {
    const unique = [...new Set(literals)];
    if (unique.some((literal) => this.isTrue[literal] === 1)) return;
    const clause = unique.filter((literal) => this.isTrue[literal ^ 1] === 0);
    const [first, second] = clause;
    if (first === undefined) this.isContradictory = true;
    else if (second === undefined) {
      if (!this.propagate([first])) this.isContradictory = true;
      this.fixed = this.trail.length;
    } else {
      this.watchers[first]?.push(clause);
      this.watchers[second]?.push(clause);
    }
  }

  follows(clause: Clause): boolean {
    if (this.isContradictory) return true;
    const isConsistent = this.propagate(clause.map((literal) => literal ^ 1));
    for (let at = this.fixed; at < this.trail.length; at += 1) this.isTrue[this.trail[at] as Literal] = 0;
    this.trail.length = this.fixed;
    this.looked = this.fixed;
    return !isConsistent;
  }

  /** Takes literals and all that follows for true; false where that is a contradiction. */
  private propagate(units: readonly Literal[]): boolean {
    if (!units.every((literal) => this.makeTrue(literal))) return false;
    while (this.looked < this.trail.length) {
      const falsified = (this.trail[this.looked] as Literal) ^ 1;
      this.looked += 1;
      const clauses = this.watchers[falsified] as Literal[][];
      let kept = 0;
      let isConsistent = true;
      for (let at = 0; at < clauses.length; at += 1) {
        const clause = clauses[at] as Literal[];
        if (isConsistent && this.moved(clause, falsified)) continue;
        clauses[kept] = clause;
        kept += 1;
        isConsistent = isConsistent && this.makeTrue(clause[0] as Literal);
      }
      clauses.length = kept;
      if (!isConsistent) return false;
    }
    return true;
  }

  /** False where the literal is false already. */
  private makeTrue(literal: Literal): boolean {
    if (this.isTrue[literal ^ 1] === 1) return false;
    if (this.isTrue[literal] === 0) {
      this.isTrue[literal] = 1;
      this.trail.push(literal);
    }
    return true;
  }

  /** Puts the watch on another literal that is not false; where there is none the first one has to be true. */
  private moved(clause: Literal[], falsified: Literal): boolean {
    if (clause[0] === falsified) {
      clause[0] = clause[1] as Literal;
      clause[1] = falsified;
    }
    if (this.isTrue[clause[0] as Literal] === 1) return false;
    for (let at = 2; at < clause.length; at += 1) {
      const literal = clause[at] as Literal;
      if (this.isTrue[literal ^ 1] === 1) continue;
      clause[1] = literal;
      clause[at] = falsified;
      this.watchers[literal]?.push(clause);
      return true;
    }
    return false;
  }
}
