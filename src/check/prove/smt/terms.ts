/** A term of SMT-LIB 2, as text. */
export type Term = string;

/** Safe between bars, and different for different names. */
export function quoted(name: string): string {
  return name.replace(/[%|\\]|[^ -~]/gu, (sign) => `%${(sign.codePointAt(0) ?? 0).toString(16)};`);
}

/** An integer. */
export function constant(value: number): Term {
  return value < 0 ? `(- ${-value})` : String(value);
}

/** True for an integer as `constant` writes it. */
export function isConstant(term: Term): boolean {
  return /^(?:\d+|\(- \d+\))$/.test(term);
}

/** Negation, undone where it stands twice. */
export function not(of: Term): Term {
  if (of === 'true') return 'false';
  if (of === 'false') return 'true';
  const inner = /^\(not ([^ ()]+|\|[^|]*\|)\)$/.exec(of)?.[1];
  return inner ?? `(not ${of})`;
}

/** True of nothing. */
export function and(...of: readonly Term[]): Term {
  const parts = [...new Set(of)].filter((each) => each !== 'true');
  if (parts.includes('false')) return 'false';
  return parts.length <= 1 ? (parts[0] ?? 'true') : `(and ${parts.join(' ')})`;
}

/** False of nothing. */
export function or(...of: readonly Term[]): Term {
  const parts = [...new Set(of)].filter((each) => each !== 'false');
  if (parts.includes('true')) return 'true';
  return parts.length <= 1 ? (parts[0] ?? 'false') : `(or ${parts.join(' ')})`;
}

/** False only where the premise holds and the conclusion does not. */
export function implies(premise: Term, conclusion: Term): Term {
  return or(not(premise), conclusion);
}

/** Equality, settled where it can be. */
export function same(a: Term, b: Term | number): Term {
  const other = typeof b === 'number' ? constant(b) : b;
  if (a === other) return 'true';
  return isConstant(a) && isConstant(other) ? 'false' : `(= ${a} ${other})`;
}

/** One of two terms, by a condition. */
export function ite(condition: Term, then: Term, otherwise: Term): Term {
  if (condition === 'true' || then === otherwise) return then;
  return condition === 'false' ? otherwise : `(ite ${condition} ${then} ${otherwise})`;
}

/** 0 of nothing. */
export function sum(of: readonly Term[]): Term {
  return of.length <= 1 ? (of[0] ?? '0') : `(+ ${of.join(' ')})`;
}
