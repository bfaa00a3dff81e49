import type { Clause, Lemma, Literal } from './solver.ts';

/**
 * Checks lemmas by reverse unit propagation (Goldberg and Novikov 2003) along their hints (as in LRAT, Cruz-Filipe and
 * others 2017): taken for false, each must contradict the lemmas of one literal before it and the clauses that it names,
 * of which each gives a unit in its turn. Shares no code with the solver.
 */
export function areProved(clauses: readonly Clause[], lemmas: readonly Lemma[]): boolean {
  const checker = new Checker(clauses, lemmas);
  return lemmas.every((_, at) => checker.follows(at));
}

class Checker {
  private readonly clauses: readonly Clause[];
  private readonly lemmas: readonly Lemma[];
  /** 1 for literals that are true; those on the trail only while a lemma is taken for false. */
  private readonly isTrue: Uint8Array;
  private readonly trail: Literal[] = [];

  constructor(clauses: readonly Clause[], lemmas: readonly Lemma[]) {
    this.clauses = clauses;
    this.lemmas = lemmas;
    let most = 0;
    const look = (clause: Clause): void => {
      for (const literal of clause) most = Math.max(most, literal);
    };
    clauses.forEach(look);
    for (const { clause } of lemmas) look(clause);
    this.isTrue = new Uint8Array(most + 2);
  }

  /** Whether the lemma at `at` follows; where it is one literal, that is true from here on. To be asked in order. */
  follows(at: number): boolean {
    const { clause, hints } = this.lemmas[at] as Lemma;
    const isContradiction =
      !clause.every((literal) => this.makeTrue(literal ^ 1)) ||
      hints.some((hint) => this.contradicts(hint >= 0 ? this.clauses[hint] : this.lemmaBefore(at, ~hint)));
    for (const literal of this.trail) this.isTrue[literal] = 0;
    this.trail.length = 0;
    const [only] = clause;
    if (isContradiction && only !== undefined && clause.length === 1) this.isTrue[only] = 1;
    return isContradiction;
  }

  private lemmaBefore(at: number, other: number): Clause | undefined {
    return other < at ? this.lemmas[other]?.clause : undefined;
  }

  /** Whether all literals of a clause are false; where all but one are, that one becomes true. */
  private contradicts(clause: Clause | undefined): boolean {
    if (clause === undefined) return false;
    let unit: Literal | undefined;
    for (const literal of clause) {
      if (this.isTrue[literal ^ 1] === 1 || literal === unit) continue;
      if (unit !== undefined) return false;
      unit = literal;
    }
    return unit === undefined || !this.makeTrue(unit);
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
}
