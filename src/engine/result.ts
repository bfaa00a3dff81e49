import type { Answers } from '../model/answers.ts';
import type { Truth } from '../model/assessment.ts';
import type { Comparison } from '../model/expression.ts';
import { or } from './truth.ts';

/** The answers do not settle it. */
export const unknown = Symbol('unknown');
/** There is none to have: the question is not enabled, or a table has no such row. */
export const noValue = Symbol('no value');

/** A count of which only bounds are known, both inclusive. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** One entry of a repeat. `index` counts from 0. */
export interface Entry {
  readonly repeat: string;
  readonly index: number;
  readonly answers: Answers;
}

/** A list element, and whether it is in the list at all. */
export interface Element {
  readonly element: Entry | Result;
  readonly isIn: true | 'unknown';
}

/** What an expression comes to. */
export type Result = boolean | number | string | Range | readonly Element[] | typeof unknown | typeof noValue;

/** A result read as a condition: what has no value is false. */
export function asTruth(result: Result): Truth {
  if (typeof result === 'boolean') return result;
  return result === noValue ? false : 'unknown';
}

export function fromTruth(truth: Truth): Result {
  return truth === 'unknown' ? unknown : truth;
}

export function isList(result: Result | undefined): result is readonly Element[] {
  return Array.isArray(result);
}

/** How many elements are in the list: a number, or a range where that is not settled for every element. */
export function sizeOf(list: readonly Element[]): number | Range {
  let min = 0;
  for (const { isIn } of list) if (isIn === true) min += 1;
  return min === list.length ? min : { min, max: list.length };
}

/** The list with one element for each different text. One whose text is unknown might equal any other, or be in no table. */
export function distinct(list: readonly Element[]): readonly Element[] {
  const found: Element[] = [];
  for (const each of list) {
    if (each.element === noValue) continue;
    if (each.element === unknown) {
      found.push(openElement);
      continue;
    }
    let at = 0;
    while (at < found.length && found[at]?.element !== each.element) at += 1;
    if (found[at]?.isIn !== true) found[at] = each;
  }
  return found;
}

const openElement: Element = { element: unknown, isIn: 'unknown' };

function asRange(value: number | Range): Range {
  return typeof value === 'number' ? { min: value, max: value } : value;
}

function isQuantity(value: Result): value is number | Range {
  return typeof value === 'number' || (typeof value === 'object' && 'min' in value);
}

/** True or false where every value of both ranges agrees. */
function compareRanges(operator: Comparison, a: Range, b: Range): Truth {
  switch (operator) {
    case '<':
      return a.max < b.min ? true : a.min >= b.max ? false : 'unknown';
    case '<=':
      return a.max <= b.min ? true : a.min > b.max ? false : 'unknown';
    case '>':
      return compareRanges('<', b, a);
    case '>=':
      return compareRanges('<=', b, a);
    case '==':
      if (a.max < b.min || a.min > b.max) return false;
      return a.min === a.max && b.min === b.max ? true : 'unknown';
    case '!=':
      return or([compareRanges('<', a, b), compareRanges('>', a, b)]);
  }
}

/** A comparison of two results of one type. What has no value makes it false; what is unknown makes it unknown. */
export function compare(operator: Comparison, left: Result, right: Result): Truth {
  if (left === noValue || right === noValue) return false;
  if (left === unknown || right === unknown) return 'unknown';
  if (isQuantity(left) && isQuantity(right)) return compareRanges(operator, asRange(left), asRange(right));
  return operator === '!=' ? left !== right : left === right;
}

/** Sum, difference or product. What has no value gives no value; what is unknown gives unknown. */
export function calculate(operator: '+' | '-' | '*', left: Result, right: Result): Result {
  if (left === noValue || right === noValue) return noValue;
  if (!isQuantity(left) || !isQuantity(right)) return unknown;
  if (typeof left === 'number' && typeof right === 'number') return combine(operator, left, right);
  const [a, b] = [asRange(left), asRange(right)];
  const corners = [a.min, a.max].flatMap((x) => [b.min, b.max].map((y) => combine(operator, x, y)));
  return { min: Math.min(...corners), max: Math.max(...corners) };
}

/** The greater or the lesser of two numbers or ranges. What has no value gives no value. */
export function extreme(kind: 'greatest' | 'least', left: Result, right: Result): Result {
  if (left === noValue || right === noValue) return noValue;
  if (!isQuantity(left) || !isQuantity(right)) return unknown;
  const pick = kind === 'greatest' ? Math.max : Math.min;
  const [a, b] = [asRange(left), asRange(right)];
  const range = { min: pick(a.min, b.min), max: pick(a.max, b.max) };
  return range.min === range.max ? range.min : range;
}

function combine(operator: '+' | '-' | '*', left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
  }
}
