import type { Disposition } from '../model/disposition.ts';

/** Exit codes; docs and README tell the same. Never a count. */
export const Exit = {
  ok: 0,
  findings: 1,
  cannotStart: 2,
  bug: 3,
  defer: 10,
  clinicianReview: 11,
  doNotProceed: 12,
  emergency: 13,
  stopped: 75,
  changed: 76,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof Exit)[keyof typeof Exit];

/** The exit code of `screen` and `evaluate` for a disposition. */
export const exitOfDisposition: Readonly<Record<Disposition, ExitCode>> = {
  emergency: Exit.emergency,
  'do-not-proceed': Exit.doNotProceed,
  defer: Exit.defer,
  'clinician-review': Exit.clinicianReview,
  'proceed-with-conditions': Exit.ok,
  proceed: Exit.ok,
};

/** Ends a command with a message for people and an exit code. Carries no patient data. The one throw beside bugs. */
export class CommandError extends Error {
  readonly exit: ExitCode;
  /** The way out, one sentence. */
  readonly hint: string | undefined;

  constructor(message: string, exit: ExitCode, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.exit = exit;
    this.hint = options.hint;
  }
}
