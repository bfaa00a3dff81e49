import { type Answer, isAbsent } from '../model/answers.ts';

/** The answers of a sheet by item, each with its hash. */
export interface AnswersByItem {
  readonly given: readonly (Answer | undefined)[];
  readonly hashes: Int32Array;
}

/** Answers that something depends on, and what came of those that were met, by who depends on them. */
export class Inputs {
  /** How many there are that depend on them. */
  dependents = 0;
  /** The answers may be others than when they were last looked at. */
  isChanged = true;
  readonly places: readonly number[];
  #outcomes: Outcomes = [];
  /** By the hash of their answers; one that another takes the place of is forgotten. */
  readonly #met: (Met | undefined)[] = new Array(mostMet).fill(undefined);

  constructor(places: readonly number[]) {
    this.places = places;
  }

  /** What came of the answers on the sheet: to be filled in by who works it out. */
  outcomes({ given, hashes }: AnswersByItem): Outcomes {
    if (!this.isChanged) return this.#outcomes;
    this.isChanged = false;
    const { places } = this;
    let hash = 0;
    for (let index = 0; index < places.length; index += 1) {
      hash = Math.imul(hash ^ (hashes[places[index] as number] as number), hashFactor);
    }
    const slot = (hash >>> 16) % mostMet;
    const met = this.#met[slot] ?? { answers: [], outcomes: new Array(this.dependents).fill(notYet) };
    this.#met[slot] = met;
    this.#outcomes = met.outcomes;
    if (isSame(given, places, met.answers)) return met.outcomes;
    for (let index = 0; index < places.length; index += 1) met.answers[index] = given[places[index] as number];
    return met.outcomes.fill(notYet);
  }
}

export const notYet = Symbol('not worked out yet');
type Outcomes = unknown[];

interface Met {
  readonly answers: (Answer | undefined)[];
  readonly outcomes: Outcomes;
}

/** Combinations of answers that are remembered at a time. */
const mostMet = 256;

function isSame(given: AnswersByItem['given'], places: readonly number[], seen: Met['answers']): boolean {
  for (let index = 0; index < places.length; index += 1) {
    if (given[places[index] as number] !== seen[index]) return false;
  }
  return true;
}

/** Odd, with its bits well mixed (the golden ratio of 32 bits). */
const hashFactor = 0x9e3779b1;

/** Mostly another number for another answer. Entries are hardly ever the same again: they all have one. */
export function hashOf(answer: Answer | undefined): number {
  switch (typeof answer) {
    case 'number':
      return answer | 0;
    case 'boolean':
      return answer ? 1 : 2;
    case 'string': {
      let hash = answer.length;
      for (let at = 0; at < answer.length; at += 1) hash = Math.imul(hash, hashFactor) + answer.charCodeAt(at);
      return hash;
    }
    case 'undefined':
      return 0;
    default:
      if (isAbsent(answer)) return hashOf(answer.absent);
      return answer.reduce<number>((hash, part) => (typeof part === 'string' ? hash ^ hashOf(part) : hash), 0);
  }
}
