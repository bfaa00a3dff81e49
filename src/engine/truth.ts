import type { Truth } from '../model/assessment.ts';

/** Kleene's `not`. */
export function not(of: Truth): Truth {
  return of === 'unknown' ? 'unknown' : !of;
}

/** Kleene's `and`: false absorbs unknown, whatever the order. True of nothing. */
export function and(of: Iterable<Truth>): Truth {
  let result: Truth = true;
  for (const part of of) {
    if (part === false) return false;
    if (part === 'unknown') result = 'unknown';
  }
  return result;
}

/** Kleene's `or`: true absorbs unknown, whatever the order. False of nothing. */
export function or(of: Iterable<Truth>): Truth {
  let result: Truth = false;
  for (const part of of) {
    if (part === true) return true;
    if (part === 'unknown') result = 'unknown';
  }
  return result;
}

/** `and` of two. */
export function both(a: Truth, b: Truth): Truth {
  if (a === false || b === false) return false;
  return a === 'unknown' ? a : b;
}

/** `or` of two. */
export function either(a: Truth, b: Truth): Truth {
  if (a === true || b === true) return true;
  return a === 'unknown' ? a : b;
}
