import type { Disposition } from '../model/disposition.ts';

/** A definition as people name it. */
export interface Edition {
  readonly id: string;
  readonly version: string;
  readonly title: string;
}

/** An answer of an applicant that is not the unremarkable one. `answer` as it is written: `false`, `162`, `left out`. */
export interface Departure {
  /** `trial[2].dose` for the second entry of a repeat. */
  readonly path: string;
  readonly question: string;
  readonly answer: string;
  /** The answer as staff read it: `No`, `162 mmHg`. */
  readonly words: string;
}

export interface SeenFinding {
  readonly rule: string;
  readonly disposition: Disposition;
  /** What the rule says was found, for staff. */
  readonly reason: string;
}

/** What one definition makes of an applicant. Findings worst first. */
export interface Seen {
  readonly disposition: Disposition;
  readonly findings: readonly SeenFinding[];
}

/** An applicant whom two definitions see otherwise, as near to the unremarkable one as can be (`isFewest`: proved so). */
export interface Witness {
  readonly departures: readonly Departure[];
  readonly isFewest: boolean;
  readonly was: Seen;
  readonly now: Seen;
  /** Whole answer sheets as JSON, ready to be evaluated. */
  readonly sheets: { readonly old: Readonly<Record<string, unknown>>; readonly new: Readonly<Record<string, unknown>> };
}

/** Some applicant moves from the disposition `was` to `now`. `loosened`: the new one is milder. */
export interface Move extends Witness {
  readonly direction: 'loosened' | 'tightened';
}

/** Some applicant ends in one disposition under both, and something else differs. */
export interface InsideMove extends Witness {
  readonly what: 'findings' | 'asked' | 'values';
  /** What differs, in words. */
  readonly details: readonly string[];
}

/** Answers that one of the definitions refuses: nobody who gives them is compared. */
export interface OneSided {
  readonly takenBy: 'old' | 'new';
  /** The question; for a constraint between answers, where to mend it. */
  readonly linkId: string;
  readonly what: string;
  /** For a constraint: an applicant whom only that definition takes. */
  readonly departures?: readonly Departure[];
}

export interface FieldChange {
  readonly field: string;
  /** Undefined where there was none. */
  readonly was?: string;
  /** Undefined where there is none any more. */
  readonly now?: string;
}

export type PartKind =
  | 'definition'
  | 'question'
  | 'group'
  | 'rule'
  | 'parameter'
  | 'calculated value'
  | 'constraint'
  | 'invariant'
  | 'table row'
  | 'source';

/** A part of the definition that is not as it was. */
export interface PartChange {
  readonly kind: PartKind;
  readonly id: string;
  readonly what: 'added' | 'removed' | 'changed' | 'renamed';
  /** What it was called before, by an explicit map. */
  readonly renamedFrom?: string;
  readonly fields: readonly FieldChange[];
}

/** A part that went and one that came and look the same: perhaps a rename. Never assumed. */
export interface RenameNote {
  readonly kind: 'question' | 'rule';
  readonly from: string;
  readonly to: string;
}

/** What differs between two definitions. Plain data. */
export interface Difference {
  readonly old: Edition;
  readonly new: Edition;
  /** Loosened first; of each direction the farthest first. */
  readonly moves: readonly Move[];
  readonly inside: readonly InsideMove[];
  /** What the proof could not settle, in words. Not settled is not proved. */
  readonly undecided: readonly string[];
  /** Every "nobody" was checked step by step by code that the solver does not share. */
  readonly isChecked: boolean;
  readonly oneSided: readonly OneSided[];
  /** What decides and what is asked. */
  readonly structure: readonly PartChange[];
  /** Texts and sources: they decide nothing. */
  readonly wording: readonly PartChange[];
  readonly renameNotes: readonly RenameNote[];
}

/** True where it is proved that no applicant whom both definitions take ends elsewhere. */
export function isOutcomeProvedSame({ moves, undecided, isChecked }: Difference): boolean {
  return moves.length === 0 && undecided.length === 0 && isChecked;
}
