/** A clinician's recorded decision that a screening which ended in `clinician-review` may go ahead. */
export interface Clearance {
  readonly name: string;
  readonly licence: string;
  /** Day, or day and time, as the clinician wrote it: `2026-11-24` or `2026-11-24 09:30`. */
  readonly when: string;
  readonly why: string;
  /** The rules looked at. Where given, it must name every finding that asked for the review. */
  readonly rules?: readonly string[];
}
