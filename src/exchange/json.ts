import { parse } from 'lossless-json';
import type { AnswerError } from './answers.ts';
import { ExactNumber } from './exact-number.ts';
import { looksLikeLinkId } from './link-id.ts';
import { placeOf } from './records.ts';

/** Objects and lists inside each other that a record may have. An answer sheet has three. */
export const deepestNesting = 32;

/** `errors` is empty where `value` is what the text says. */
export interface ReadJson {
  readonly value?: unknown;
  readonly errors: readonly AnswerError[];
}

/** Reads JSON with each number as an `ExactNumber` where a float would lose digits. A key that stands twice is an error. Never throws. */
export function readJson(text: string): ReadJson {
  const error = structureError(text);
  if (error) return { errors: [error] };
  try {
    return { value: mayLoseDigits.test(text) ? parse(text, null, exactNumbers) : JSON.parse(text), errors: [] };
  } catch {
    return { errors: [notJson(text)] };
  }
}

/** More digits than every float keeps, or an exponent. */
const mayLoseDigits = /[\d.]{16}|\d[eE]/;
const exactNumbers = { parseNumber: (text: string) => new ExactNumber(text) };

/** Where the text stops being JSON. What stands there is not repeated: it can be a patient's. */
function notJson(text: string): AnswerError {
  try {
    parse(text, null, exactNumbers);
  } catch (cause) {
    const [, position] = /at position (\d+)/.exec(cause instanceof Error ? cause.message : '') ?? [];
    if (position !== undefined) return { code: 'not-json', linkId: '', message: placeIn(text, Number(position)) };
  }
  return { code: 'not-json', linkId: '', message: 'this is not JSON' };
}

function placeIn(text: string, position: number): string {
  const place = placeOf(text, position);
  return position >= text.length ? `this JSON ends too early, at ${place}` : `this is not JSON from ${place} on`;
}

/** What JSON readers let pass or fall over: a key that stands twice in one object, and endless nesting. */
function structureError(text: string): AnswerError | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case openBrace:
        open.push(new Set());
        break;
      case openBracket:
        open.push(undefined);
        break;
      case closeBrace:
      case closeBracket:
        open.pop();
        break;
      case quote: {
        const end = endOfString(text, at);
        const keys = open.at(-1);
        if (keys && isKey(text, end)) {
          const key = keyIn(text.slice(at, end));
          if (keys.has(key)) return duplicateKey(key, placeOf(text, at));
          keys.add(key);
        }
        at = end - 1;
      }
    }
    if (open.length > deepestNesting) return tooDeep(placeOf(text, at));
  }
  return undefined;
}

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

function tooDeep(place: string): AnswerError {
  const message = `lists and objects stand at most ${deepestNesting} deep in each other: see ${place}`;
  return { code: 'too-deep', linkId: '', message };
}

/** The offset after the quote that closes the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === backslash) at += 1;
  }
  return text.length;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (' \t\r\n'.includes(text[at] ?? '.')) at += 1;
  return text[at] === ':';
}

/** The key that a JSON string writes; the string itself where it is none. */
function keyIn(string: string): string {
  if (!string.includes('\\')) return string.slice(1, -1);
  try {
    return String(JSON.parse(string));
  } catch {
    return string;
  }
}

function duplicateKey(key: string, place: string): AnswerError {
  const linkId = looksLikeLinkId(key) ? key : '';
  return {
    code: 'duplicate-key',
    linkId,
    message: `this key stands twice, at ${place} again: keep the one that is meant`,
  };
}
