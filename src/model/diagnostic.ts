import type { SourceSpan } from './questionnaire.ts';

/** What is found wrong in a definition that reads well: each is the name of a file in `check/rules`. */
export type LintCode =
  | 'band-gap'
  | 'band-order'
  | 'bare-clinical-number'
  | 'double-negative'
  | 'duplicate-condition'
  | 'emergency-without-phone'
  | 'exclusive-missing'
  | 'grid-options'
  | 'impossible-absence'
  | 'long-text'
  | 'missing-why'
  | 'mixed-units'
  | 'plausible-range'
  | 'two-questions'
  | 'unknown-field'
  | 'unknown-unit'
  | 'unreachable-item'
  | 'unreachable-rule'
  | 'unread-option'
  | 'unread-parameter'
  | 'unread-question'
  | 'wrong-factor';

/** Every other code. One that is not here does not compile, and one that has no page in `check/pages` does not either. */
export type OtherCode =
  // Reading a file of the definition
  | 'absence-milder'
  | 'always-true'
  | 'asked-later'
  | 'bad-link-id'
  | 'cel-syntax'
  | 'cel-type'
  | 'cycle'
  | 'duplicate-id'
  | 'duplicate-key'
  | 'missing-file'
  | 'missing-key'
  | 'never-true'
  | 'not-analysable'
  | 'number-too-large'
  | 'unknown-column'
  | 'unknown-key'
  | 'unknown-list'
  | 'unknown-name'
  | 'unknown-option'
  | 'unknown-source'
  | 'unknown-table'
  | 'wrong-shape'
  | 'yaml-feature'
  | 'yaml-syntax'
  // Golden cases
  | 'absent-answer-milder'
  | 'case-answers'
  | 'case-failed'
  | 'unknown-rule'
  | 'untested-rule'
  // Proofs
  | 'idle-answer'
  | 'invariant-broken'
  | 'proof-not-confirmed'
  | 'shadowed-rule'
  | 'undecided'
  | 'unreachable-disposition'
  | 'unreachable-value'
  | 'vacuous-invariant'
  // Evidence
  | 'duplicate-evidence'
  | 'figure-not-as-reported'
  | 'stale-evidence'
  | 'review-of-another-text'
  | 'wrong-relation'
  // Consent forms
  | 'beyond-its-source'
  | 'crowded-line'
  | 'duplicate-clause'
  | 'empty-block'
  | 'front-matter-missing'
  | 'hard-to-read'
  | 'loose-text'
  | 'missing-attribute'
  | 'missing-clause'
  | 'missing-cost'
  | 'missing-finding'
  | 'missing-initials'
  | 'missing-signature'
  | 'missing-slot'
  | 'missing-title'
  | 'unknown-attribute'
  | 'unknown-clause'
  | 'unknown-directive'
  | 'unknown-evidence'
  | 'unknown-link-id'
  | 'unknown-slot'
  | 'unmarked-indirect'
  | 'unclosed-block'
  | 'undrawable-figure'
  | 'unknown-figure'
  | 'unprintable-finding'
  | 'unproved-number'
  | 'unqualified-number'
  | 'unsigned-form'
  | 'unsupported-markdown'
  | 'wrong-attribute'
  | 'wrong-band'
  | 'wrong-questionnaire'
  // Forms in two languages
  | 'translation-attribute'
  | 'translation-field'
  | 'translation-measure'
  | 'translation-negation'
  | 'translation-number'
  | 'translation-order'
  | 'translation-shape'
  | 'translation-strong'
  | 'untranslated-question'
  | 'untranslated-study'
  | 'unused-difference'
  // Suppressions
  | 'not-suppressible'
  | 'suppression-without-reason'
  | 'unknown-code'
  | 'unused-suppression';

/** What is wrong, in a word that scripts may rely on. `preinfuse explain` has a page for each. */
export type Code = LintCode | OtherCode;

/** A second place that belongs to a problem, and what stands there. */
export interface RelatedPlace {
  readonly at: SourceSpan;
  readonly message: string;
}

/** A text to put in the place of `start` to `end` of the file the problem is in. It cannot change who is let through. */
export interface Fix {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A problem in what somebody wrote, as a value. Nobody throws one. */
export interface Diagnostic {
  /** Stable, kebab-case. */
  readonly code: Code;
  readonly severity: 'error' | 'warning';
  /** One sentence: what is wrong. Lower-case first letter, no full stop. */
  readonly message: string;
  readonly at: SourceSpan;
  /** What follows from it for a patient or a reader. */
  readonly note?: string;
  /** What to write instead. */
  readonly help?: string;
  readonly related?: readonly RelatedPlace[];
  readonly fix?: Fix;
  /** Why it is let be, where a comment beside it says so. Then it is counted, and kept in the reports for programs. */
  readonly suppressed?: string;
}
