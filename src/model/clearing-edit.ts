import type { Answers } from './answers.ts';
import type { Disposition } from './disposition.ts';

/**
 * An edit after which a finding that stood in the way no longer rests on what was answered before. Often right: a slip of the
 * key, or something remembered. `before` and `after` hold the edited answers alone, by linkId; `after` lacks what was taken back.
 */
export interface ClearingEdit {
  /** When, in milliseconds since 1970. */
  readonly at: number;
  readonly rule: string;
  /** What the finding called for. */
  readonly disposition: Disposition;
  readonly before: Answers;
  readonly after: Answers;
}
