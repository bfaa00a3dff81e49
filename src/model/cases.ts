import type { CalculatedResult } from './assessment.ts';
import type { Disposition } from './disposition.ts';
import type { SourceSpan } from './questionnaire.ts';

/** An answer sheet that other cases start from: JSON answers by linkId, as they were written. */
export interface AnswerSheet {
  readonly id: string;
  readonly title: string;
  readonly answers: Readonly<Record<string, unknown>>;
  readonly at: SourceSpan;
}

/** The sheet that other cases start from. */
export interface Baseline extends AnswerSheet {
  /** Where given, every question and repeat that it is asked, those inside repeats too. */
  readonly asked?: readonly string[];
}

/** What a case must come to. */
export interface Expectation {
  readonly disposition: Disposition;
  /** Rules that must be among the findings. */
  readonly rules: readonly string[];
  /** Where given, every rule among the findings and no other. */
  readonly findings?: readonly string[];
  /** Where given, every required question that was left out, by path. */
  readonly notAsked?: readonly string[];
  /** Where given, every question and repeat that is asked, in any order. */
  readonly asked?: readonly string[];
  /** Where given, these calculated values; null: has none. */
  readonly values?: ReadonlyMap<string, CalculatedResult | null>;
  readonly at: SourceSpan;
}

/** Answers that must be refused, at these linkIds and no others. `answers` are whole: the baseline is in them. */
export interface RefusedSheet extends AnswerSheet {
  readonly refused: readonly string[];
  readonly expectedAt: SourceSpan;
  readonly source?: string;
  readonly signedBy?: string;
  readonly rationale?: string;
}

/** Answers with the disposition and rules that a clinician signed for them. `answers` are whole: the baseline is in them. */
export interface GoldenCase extends AnswerSheet {
  readonly expect: Expectation;
  readonly source?: string;
  readonly signedBy?: string;
  readonly rationale?: string;
}
