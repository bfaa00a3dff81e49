import type { Term } from './terms.ts';

/** What is declared and asserted so far, in SMT-LIB 2. */
export class Script {
  readonly #declarations: string[] = [];
  readonly #body: string[] = [];
  readonly #defined = new Map<Term, Term>();
  readonly #texts = new Map<string, number>();

  /** The logic, what is declared, then what is asserted. */
  lines(): readonly string[] {
    return ['(set-logic QF_LIA)', ...this.#declarations, ...this.#body];
  }

  /** A comment of one line. */
  note(text: string): void {
    this.#body.push(`; ${text.replace(/\s+/g, ' ')}`);
  }

  /** A variable and what holds of it. */
  declare(name: Term, sort: 'Bool' | 'Int', limit: Term = 'true'): void {
    this.#declarations.push(`(declare-fun ${name} () ${sort})`);
    this.limit(limit);
  }

  /** What holds of variables whatever is defined. */
  limit(term: Term): void {
    if (term !== 'true') this.#declarations.push(`(assert ${term})`);
  }

  /** Behind all that was defined so far. */
  assert(term: Term): void {
    if (term !== 'true') this.#body.push(`(assert ${term})`);
  }

  /**
   * A name for a term; the same for the same term. A constant that equals it, not a `define-fun`: z3 writes those out
   * wherever they stand, and these stand in each other.
   */
  define(term: Term, sort: 'Bool' | 'Int' = 'Bool'): Term {
    if (!term.startsWith('(')) return term;
    const known = this.#defined.get(term);
    if (known !== undefined) return known;
    const name = `d${this.#defined.size}`;
    this.#defined.set(term, name);
    this.#body.push(`(declare-fun ${name} () ${sort})`, `(assert (= ${name} ${term}))`);
    return name;
  }

  integer(term: Term): Term {
    return this.define(term, 'Int');
  }

  /** The number that stands for a text. */
  numberOf(text: string): number {
    const number = this.#texts.get(text) ?? this.#texts.size;
    this.#texts.set(text, number);
    return number;
  }
}
