/** How it went when the patient was asked to say something in their own words, best first. */
export const teachBackOutcomes = ['first-time', 'after-explaining', 'not-yet'] as const;

export type TeachBackOutcome = (typeof teachBackOutcomes)[number];

/** Questions that one patient is asked: as many as a talk holds, and never none. */
export const teachBackCount = { least: 4, most: 6 } as const;

/** What came of the questions that a patient was asked. */
export interface TeachBack {
  /** Who asked. */
  readonly by?: string;
  /** Day, or day and time, as it was written down: `2026-11-24` or `2026-11-24 09:30`. */
  readonly when?: string;
  readonly outcomes: readonly { readonly question: string; readonly outcome: TeachBackOutcome }[];
}
