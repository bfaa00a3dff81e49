/** Asked, and no answer: nobody knows (`unknown`), or the patient will not say (`declined`). */
export type AbsenceReason = 'unknown' | 'declined';

export interface Absent {
  readonly absent: AbsenceReason;
}

/**
 * One answer as the engine holds it. A number is the value times 10^`decimals` of its item; a scored choice is its
 * score; a date is its day number (see `local-date`); a choice is its code; several choices are codes; a repeat is
 * its entries, first to last.
 */
export type Answer = boolean | number | string | readonly string[] | readonly Answers[] | Absent;

/** Answers by linkId. A linkId without an entry was not asked. */
export type Answers = ReadonlyMap<string, Answer>;

/** True for an answer that says why there is none. */
export function isAbsent(answer: Answer | undefined): answer is Absent {
  return typeof answer === 'object' && 'absent' in answer;
}

/** True for the entries of a repeat. */
export function isEntries(answer: Answer | undefined): answer is readonly Answers[] {
  return Array.isArray(answer) && answer.every((each) => typeof each === 'object');
}

/** The question that a path names: `trial.dose` of `trial[2].dose`. */
export function linkIdOf(path: string): string {
  return path.replace(/\[\d+\]/g, '');
}
