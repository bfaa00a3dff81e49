import type { SourceSpan } from './questionnaire.ts';

/** A problem in what somebody wrote, as a value. Nobody throws one. */
export interface Diagnostic {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** One sentence: what is wrong. Lower-case first letter, no full stop. */
  readonly message: string;
  readonly at: SourceSpan;
  /** What follows from it for a patient or a reader. */
  readonly note?: string;
  /** What to write instead. */
  readonly help?: string;
}
