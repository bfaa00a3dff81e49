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

/** A question outside repeats, or one of the entry at `index` of a repeat, counted from 0 (the first without an index). */
export interface AnswerPlace {
  readonly linkId: string;
  readonly repeat?: string | undefined;
  readonly index?: number;
}

export function answerIn(answers: Answers, { linkId, repeat, index = 0 }: AnswerPlace): Answer | undefined {
  if (repeat === undefined) return answers.get(linkId);
  const entries = answers.get(repeat);
  return isEntries(entries) ? entries[index]?.get(linkId) : undefined;
}

/** The answers with another one in a place, or without one; as they are where the place is an entry that they do not have. */
export function withAnswerIn(
  answers: Answers,
  { linkId, repeat, index = 0 }: AnswerPlace,
  answer: Answer | undefined,
): Answers {
  if (repeat === undefined) return withOwn(answers, linkId, answer);
  const entries = answers.get(repeat);
  if (!isEntries(entries) || !entries[index]) return answers;
  return withOwn(answers, repeat, entries.with(index, withOwn(entries[index], linkId, answer)));
}

function withOwn(answers: Answers, linkId: string, answer: Answer | undefined): Answers {
  const other = new Map(answers);
  if (answer === undefined) other.delete(linkId);
  else other.set(linkId, answer);
  return other;
}

/** True for two answers that say the same; also for none and none. */
export function isSameAnswer(one: Answer | undefined, other: Answer | undefined): boolean {
  if (one === other) return true;
  if (one instanceof Map && other instanceof Map) {
    return one.size === other.size && [...one].every(([key, answer]) => isSameAnswer(answer, other.get(key) as Answer));
  }
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((answer, index) => isSameAnswer(answer, other[index]));
  }
  const [absence, later] = [one, other].map((each) => (isAbsent(each) ? each.absent : undefined));
  return absence !== undefined && absence === later;
}
