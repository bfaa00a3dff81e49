import { operandsOf } from '../engine/because.ts';
import { evaluate } from '../engine/evaluate.ts';
import { itemsOf, repeatOf } from '../engine/items.ts';
import { enablementOf, situationOf } from '../engine/situation.ts';
import type { Answer, Answers } from '../model/answers.ts';
import type { Expression } from '../model/expression.ts';
import { dayRange } from '../model/local-date.ts';
import type { Item, QuestionItem, Questionnaire } from '../model/questionnaire.ts';

export type Compare = Extract<Expression, { kind: 'compare' }>;

/** Sides of a limit. */
export const sides = ['just below', 'exactly at', 'just above'] as const;
export type Side = (typeof sides)[number];

/** True for a fixed number, or one times the divisor of a quotient. */
export function isFixedNumber(side: Expression): boolean {
  if (side.kind === 'rescale') return isFixedNumber(side.of);
  if (side.kind === 'arithmetic' && side.operator === '*') return isFixedNumber(side.left);
  return side.kind === 'literal' || side.kind === 'parameter';
}

/** Answers of yes/no and choices; of numbers, both ends. */
export function answersToTry(item: Item): readonly Answer[] {
  switch (item.type) {
    case 'boolean':
      return [false, true];
    case 'choice':
      return item.options.map(({ code, score }) => (item.scored ? (score ?? 0) : item.repeats ? [code] : code));
    case 'integer':
    case 'decimal':
      return [item.min, item.max];
    default:
      return [];
  }
}

/** An answer that can be moved up and down: `at(index)` for 0 to `size` - 1. */
interface Dial {
  readonly linkId: string;
  readonly size: number;
  at(index: number): Answer;
}

/** Looks for answers around the limit of a comparison. Pure: the same answers give the same patients. */
export class LimitSearch {
  private readonly questionnaire: Questionnaire;
  private readonly compare: Compare;

  constructor(questionnaire: Questionnaire, compare: Compare) {
    this.questionnaire = questionnaire;
    this.compare = compare;
  }

  /** The answers with every question asked that the comparison needs; undefined where none was found. */
  started(answers: Answers): Answers | undefined {
    if (this.gap(answers) !== undefined) return answers;
    let sheet = answers;
    for (const item of this.operands()) {
      sheet = this.enabled(sheet, item.linkId, 3);
      if (item.type === 'group' || sheet.has(item.linkId)) continue;
      const value = firstAnswer(item, sheet);
      if (value !== undefined) sheet = new Map(sheet).set(item.linkId, value);
    }
    return this.gap(sheet) === undefined ? undefined : sheet;
  }

  /** The answers nearest to the limit on one side of it, the fewest dials moved; undefined where none was found. */
  reach(start: Answers, side: Side): Answers | undefined {
    const dials = this.operands()
      .map((item) => dialOf(item, start))
      .filter((dial) => dial !== undefined);
    let best = start;
    for (const dial of dials) best = this.nearest(best, dial, side);
    if (side === 'exactly at' && this.gap(best) !== 0) best = this.exactly(best, dials) ?? best;
    return this.isReached(best, side) ? best : undefined;
  }

  /** The questions that are compared, a repeat for those inside it; the day of the visit only where there is no other. */
  private operands(): readonly Item[] {
    const index = itemsOf(this.questionnaire);
    const placed = [...operandsOf(this.questionnaire, this.compare)].flatMap((linkId) => index.get(linkId) ?? []);
    const items = [...new Set(placed.map((each) => repeatOf(each) ?? each.item))];
    const moved = items.filter((item) => !(item.type === 'date' && item.initial === 'visit'));
    return moved.length > 0 ? moved : items;
  }

  /** How far the compared value lies above the limit; undefined where it has no number. */
  private gap(answers: Answers): number | undefined {
    const situation = situationOf(this.questionnaire, answers);
    const [left, right] = [evaluate(this.compare.left, situation), evaluate(this.compare.right, situation)];
    if (typeof left !== 'number' || typeof right !== 'number') return undefined;
    return isFixedNumber(this.compare.left) ? right - left : left - right;
  }

  private isReached(answers: Answers, side: Side): boolean {
    const gap = this.gap(answers);
    if (gap === undefined) return false;
    return side === 'just below' ? gap < 0 : side === 'exactly at' ? gap === 0 : gap > 0;
  }

  /** Smaller is nearer; the wrong side is farther than any right one. */
  private distance(answers: Answers, side: Side): number {
    const gap = this.gap(answers);
    if (gap === undefined) return Number.POSITIVE_INFINITY;
    const isRight = this.isReached(answers, side) || side === 'exactly at';
    return Math.abs(gap) + (isRight ? 0 : 1e12);
  }

  /** The answers with one dial where they are nearest, looking around the points where it crosses the limit. */
  private nearest(answers: Answers, dial: Dial, side: Side): Answers {
    const turned = (index: number): Answers => new Map(answers).set(dial.linkId, dial.at(index));
    const sign = (index: number): number => Math.sign(this.gap(turned(index)) ?? 0);
    const [first, last] = [sign(0), sign(dial.size - 1)];
    const [leaves, arrives] = [
      firstIndex(dial.size, (index) => sign(index) !== first),
      firstIndex(dial.size, (index) => sign(index) === last),
    ];
    // Where it comes to the limit from below stands first: on the birthday, not on the day before the next one.
    const crossings = last < first ? [arrives, leaves] : [leaves, arrives];
    const tried = [...crossings.flatMap((index) => [index - 1, index, index + 1]), 0, dial.size - 1]
      .filter((index) => index >= 0 && index < dial.size)
      .map(turned);
    return tried.reduce((best, next) => (this.distance(next, side) < this.distance(best, side) ? next : best), answers);
  }

  /** Exactly at the limit by two dials: the first moved step by step, the second to where it crosses. */
  private exactly(start: Answers, [first, second]: readonly Dial[]): Answers | undefined {
    if (!first || !second) return undefined;
    for (let index = 0; index < Math.min(first.size, 400); index += 1) {
      const answers = this.nearest(new Map(start).set(first.linkId, first.at(index)), second, 'exactly at');
      if (this.gap(answers) === 0) return answers;
    }
    return undefined;
  }

  /** The answers with one changed so that a question is asked; as they are where that was not found. */
  private enabled(answers: Answers, linkId: string, depth: number): Answers {
    if (this.isEnabled(answers, linkId) || depth === 0) return answers;
    for (const item of this.gatesOf(linkId)) {
      const before = this.enabled(answers, item.linkId, depth - 1);
      const tried = answersToTry(item).map((answer) => new Map(before).set(item.linkId, answer));
      const found = tried.find((sheet) => this.isEnabled(sheet, linkId));
      if (found) return found;
    }
    return answers;
  }

  private isEnabled(answers: Answers, linkId: string): boolean {
    return enablementOf(situationOf(this.questionnaire, answers), linkId) === true;
  }

  /** The questions that decide whether one is asked. */
  private gatesOf(linkId: string): readonly Item[] {
    const index = itemsOf(this.questionnaire);
    const placed = index.get(linkId);
    return [...(placed?.groups ?? []), ...(placed ? [placed.item] : [])].flatMap(({ enableWhen }) =>
      enableWhen
        ? [...operandsOf(this.questionnaire, enableWhen.expression)].flatMap((gate) => index.get(gate)?.item ?? [])
        : [],
    );
  }
}

/** The first index below `size` from which on a condition holds, if it holds from some index on; else the last. */
function firstIndex(size: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, size - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}

/** Something to start from in a question that had no answer. */
function firstAnswer(item: QuestionItem, answers: Answers): Answer | undefined {
  switch (item.type) {
    case 'integer':
    case 'decimal':
      return item.plausible?.min ?? item.min;
    case 'date':
      return [...answers.values()].find((answer) => typeof answer === 'number' && answer > 0);
    case 'choice':
      return item.scored ? item.options[0]?.score : undefined;
    default:
      return undefined;
  }
}

const longestLife = 50_000;

function dialOf(item: Item, answers: Answers): Dial | undefined {
  const { linkId } = item;
  switch (item.type) {
    case 'integer':
    case 'decimal':
      return { linkId, size: item.max - item.min + 1, at: (index) => item.min + index };
    case 'choice': {
      const scores = item.scored ? item.options.flatMap(({ score }) => score ?? []).sort((a, b) => a - b) : [];
      return scores.length === 0 ? undefined : { linkId, size: scores.length, at: (index) => scores[index] ?? 0 };
    }
    case 'date': {
      const now = answers.get(linkId);
      if (typeof now !== 'number') return undefined;
      const first = Math.max(now - longestLife, dayRange.min);
      return { linkId, size: Math.min(2 * longestLife, dayRange.max - first), at: (index) => first + index };
    }
    case 'group': {
      const entries = answers.get(linkId);
      if (!item.repeats || !Array.isArray(entries)) return undefined;
      return { linkId, size: entries.length + 1, at: (index) => entries.slice(0, index) as readonly Answers[] };
    }
    default:
      return undefined;
  }
}
