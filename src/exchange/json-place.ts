import { partsOfPath } from './answers.ts';
import { closeBrace, closeBracket, comma, endOfString, isSpace, keyIn, openBrace, openBracket, quote } from './json.ts';

/**
 * Tells where the answer with a path begins in the text of a record, from 0; undefined where it is not there. `trial[2]` is an
 * entry, `trial[2].dose` an answer in it; where only the entry is there, it is that. An empty path is the record. The text must be
 * JSON. A record is gone through once, however many of its answers are asked for.
 */
export function placesInJson(text: string): (path: string) => number | undefined {
  const sheet = afterSpace(text, 0);
  let members: ReadonlyMap<string, number> | undefined;
  return (path) => {
    if (path === '') return sheet;
    members ??= new Map(membersOf(text, sheet));
    const { name, position, key } = partsOfPath(path);
    const whole = members.get(path);
    if (whole !== undefined || position === undefined) return whole;
    const list = members.get(name);
    const entry = list === undefined ? undefined : elementIn(text, list, position);
    if (entry === undefined || key === undefined) return entry;
    return memberIn(text, entry, key) ?? entry;
  };
}

/** Where what these keys and positions (from 0) lead to begins; where they lead nowhere, the last that they led to. */
export function positionOf(text: string, steps: readonly (string | number)[]): number {
  let at = afterSpace(text, 0);
  for (const step of steps) {
    const next = typeof step === 'string' ? memberIn(text, at, step) : elementIn(text, at, step + 1);
    if (next === undefined) return at;
    at = next;
  }
  return at;
}

/** Where the value of a key begins in the object at `open`. */
function memberIn(text: string, open: number, key: string): number | undefined {
  for (const [name, value] of membersOf(text, open)) if (name === key) return value;
  return undefined;
}

/** The keys of the object at `open`, and where their values begin. */
function* membersOf(text: string, open: number): Generator<readonly [key: string, value: number]> {
  if (text.charCodeAt(open) !== openBrace) return;
  for (let at = afterSpace(text, open + 1); text.charCodeAt(at) === quote; ) {
    const end = endOfString(text, at);
    const value = afterSpace(text, afterSpace(text, end) + 1);
    yield [keyIn(text.slice(at, end)), value];
    at = afterComma(text, endOfValue(text, value));
  }
}

/** Where an element (from 1) of the list at `open` begins. */
function elementIn(text: string, open: number, position: number): number | undefined {
  if (text.charCodeAt(open) !== openBracket) return undefined;
  let at = afterSpace(text, open + 1);
  for (let count = 1; text.charCodeAt(at) !== closeBracket; count += 1) {
    if (count === position) return at;
    at = afterComma(text, endOfValue(text, at));
  }
  return undefined;
}

function afterComma(text: string, from: number): number {
  const at = afterSpace(text, from);
  return text.charCodeAt(at) === comma ? afterSpace(text, at + 1) : at;
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text[at])) at += 1;
  return at;
}

/** Where the value that begins at `from` has ended: before what follows it. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at) - 1;
    else if (code === openBrace || code === openBracket) depth += 1;
    else if (code === closeBrace || code === closeBracket) depth -= 1;
    if (depth < 0 || (depth === 0 && code === comma)) return at;
  }
  return text.length;
}
