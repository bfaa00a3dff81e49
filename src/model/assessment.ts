import type { Disposition } from './disposition.ts';

/** `unknown`: the answers known so far do not settle it. */
export type Truth = boolean | 'unknown';

/**
 * One rule that fired, or that absence left unsettled.
 * `because` names a minimal set of answers that settles the rule, by path (`trial[2].dose` for the second trial).
 * `absent` names the answers whose absence left it unsettled; it is empty for a rule that fired.
 */
export interface Finding {
  readonly rule: string;
  readonly disposition: Disposition;
  readonly because: readonly string[];
  readonly absent: readonly string[];
}

/** A calculated value as others read it: a decimal as text keeps its digits exact. */
export type CalculatedResult = boolean | number | string;

export interface Assessment {
  readonly disposition: Disposition;
  /** Worst first, then by rule id. */
  readonly findings: readonly Finding[];
  /** Every calculated value that has one, by linkId. */
  readonly values: ReadonlyMap<string, CalculatedResult>;
  /** Required questions that are enabled and were left out, by path. */
  readonly notAsked: readonly string[];
}
