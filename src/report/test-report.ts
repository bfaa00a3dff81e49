import type { SourceSpan } from '../model/questionnaire.ts';
import type { PlacedDiagnostic, Texts } from './diagnostics.ts';

/** What `test` found, ready to be written down. */
export interface TestReport {
  readonly definitions: readonly TestedDefinition[];
  readonly texts: Texts;
}

export interface TestedDefinition {
  /** The path of its questionnaire. */
  readonly path: string;
  /** What is wrong with it or its cases, sorted. */
  readonly diagnostics: readonly PlacedDiagnostic[];
  readonly cases: CaseCounts;
  readonly coverage?: CoverageReport;
  readonly mutation?: MutationReport;
  /** Coverage or mutants were asked for, and the cases have to pass first. */
  readonly isHeldBack: boolean;
}

/** `signed`: those that name a reviewer. */
export interface CaseCounts {
  readonly passed: number;
  readonly total: number;
  readonly signed: number;
}

/** Something written in a definition, and what is said of it. */
export interface Remark {
  readonly words: string;
  readonly at: SourceSpan;
}

export interface CoverageReport {
  readonly measures: readonly {
    readonly name: string;
    readonly covered: number;
    /** What is impossible is not among them. */
    readonly total: number;
    /** Rounded down. */
    readonly percent: number;
    readonly missing: readonly Remark[];
    readonly impossible: readonly Remark[];
  }[];
  readonly isChecked: boolean;
}

export interface MutantRemark extends Remark {
  readonly id: string;
}

export interface SurvivorRemark extends MutantRemark {
  /** Where the applicant to add departs from the baseline. */
  readonly applicant: string;
  /** What comes out otherwise for that applicant. */
  readonly differs: readonly string[];
}

export interface MutationReport {
  readonly killed: number;
  /** All that some answers could tell from the original, those that are not settled too. */
  readonly total: number;
  /** Rounded down. */
  readonly percent: number;
  readonly survivors: readonly SurvivorRemark[];
  readonly undecided: readonly MutantRemark[];
  /** No answers at all tell these from the original. */
  readonly equivalent: readonly MutantRemark[];
  readonly isChecked: boolean;
}
