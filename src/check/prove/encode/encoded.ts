import type { Bits } from '../circuit.ts';
import type { Literal } from '../solver.ts';

/** Which kinds of absence leave an expression unsettled; all false where it is settled. */
export interface Kinds {
  readonly unknown: Literal;
  readonly declined: Literal;
  readonly leftOut: Literal;
}

interface Common {
  /** It has no value: a question is not enabled, or a table has no such row. */
  readonly none: Literal;
  readonly kinds: Kinds;
}

/** At most one of `true`, `false` and `none` holds; none of them: unknown. */
export interface EncodedBoolean extends Common {
  readonly is: 'boolean';
  readonly true: Literal;
  readonly false: Literal;
}

/** The bounds count where neither `unknown` nor `none` holds. */
export interface EncodedNumber extends Common {
  readonly is: 'number';
  readonly min: Bits;
  readonly max: Bits;
  readonly unknown: Literal;
}

/** Exactly one code holds where neither `unknown` nor `none` does. */
export interface EncodedText extends Common {
  readonly is: 'text';
  readonly codes: ReadonlyMap<string, Literal>;
  readonly unknown: Literal;
}

/** A date stands for itself: what matters is how far apart two of them are. */
export interface EncodedDate extends Common {
  readonly is: 'date';
  readonly name: string;
  readonly unknown: Literal;
}

/** One entry of a repeat, from 0. */
export interface EncodedEntry {
  readonly is: 'entry';
  readonly repeat: string;
  readonly index: number;
}

export interface EncodedElement {
  readonly value: Encoded | EncodedEntry;
  readonly isIn: Literal;
  readonly isOut: Literal;
  /** What leaves open whether it is in the list, and its value; not what leaves `own` of the list open. */
  readonly kinds: Kinds;
}

export interface EncodedList extends Common {
  readonly is: 'list';
  readonly elements: readonly EncodedElement[];
  readonly unknown: Literal;
  /** What leaves open the list that it was filtered and mapped from. */
  readonly own: Kinds;
}

export type Encoded = EncodedBoolean | EncodedNumber | EncodedText | EncodedDate | EncodedList;
