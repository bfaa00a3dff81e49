import type { Disposition } from '../model/disposition.ts';

/** Why an outcome cannot be told. `message` never says what the patient answered. */
export interface RecallProblem {
  readonly code: string;
  /** A linkId, `trial[2].dose`; empty where the whole record is meant. */
  readonly linkId: string;
  readonly message: string;
}

/** What an outcome came to under the new definition. `loosened`: the new disposition is milder. */
export type OutcomeChange =
  | { readonly is: 'same' }
  | {
      readonly is: 'changed';
      readonly from: Disposition;
      readonly to: Disposition;
      readonly direction: 'loosened' | 'tightened';
      readonly noLongerFound: readonly string[];
      readonly found: readonly string[];
    };

/** An outcome that cannot be told. `by`: what refuses or lacks, the record itself or a definition. */
export interface Undetermined {
  readonly is: 'undetermined';
  readonly by: 'record' | 'old' | 'new';
  readonly problems: readonly RecallProblem[];
}

/** What becomes of one recorded answer sheet under a new definition. `line`: where it stands; `id`: the chart number. */
export type Recall = { readonly line: number; readonly id?: string } & (OutcomeChange | Undetermined);

/** How many recorded answer sheets came to what. */
export interface RecallCounts {
  readonly records: number;
  readonly same: number;
  readonly loosened: number;
  readonly tightened: number;
  readonly undetermined: number;
}
