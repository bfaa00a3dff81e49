import { parse } from 'lossless-json';
import type { AnswerError } from './answers.ts';
import { ExactNumber } from './exact-number.ts';
import { looksLikeLinkId } from './link-id.ts';
import { type Place, placeAt, placeText } from './records.ts';

/** Objects and lists inside each other that a record may have. An answer sheet has three. */
const deepestNesting = 32;

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
  const position = faultIn(text);
  if (position !== undefined) return notJsonFrom(text, position);
  return { code: 'not-json', linkId: '', message: 'this is not JSON' };
}

/** Where a text stops being JSON, from 0: its length where it is, or could go on to be. Undefined where nobody knows. */
export function faultIn(text: string): number | undefined {
  try {
    parse(text, null, exactNumbers);
    return text.length;
  } catch (cause) {
    const [, position] = /at position (\d+)/.exec(cause instanceof Error ? cause.message : '') ?? [];
    return position === undefined ? undefined : Number(position);
  }
}

function notJsonFrom(text: string, position: number): AnswerError {
  const place = placeAt(text, position);
  const where = placeText(place);
  const message =
    position >= text.length ? `this JSON ends too early, at ${where}` : `this is not JSON from ${where} on`;
  return { code: 'not-json', linkId: '', message, ...place };
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
          if (keys.has(key)) return duplicateKey(key, placeAt(text, at));
          keys.add(key);
        }
        at = end - 1;
      }
    }
    if (open.length > deepestNesting) return tooDeep(placeAt(text, at));
  }
  return undefined;
}

export const quote = 0x22;
export const comma = 0x2c;
const backslash = 0x5c;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;

function tooDeep(place: Place): AnswerError {
  const message = `lists and objects stand at most ${deepestNesting} deep in each other: see ${placeText(place)}`;
  return { code: 'too-deep', linkId: '', message, ...place };
}

/** The offset after the quote that closes the string that opens at `start`. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === backslash) at += 1;
  }
  return text.length;
}

/** What may stand between the parts of JSON. */
export function isSpace(character: string | undefined): boolean {
  return character !== undefined && ' \t\r\n'.includes(character);
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (isSpace(text[at])) at += 1;
  return text[at] === ':';
}

/** The key that a JSON string writes; the string itself where it is none. */
export function keyIn(string: string): string {
  if (!string.includes('\\')) return string.slice(1, -1);
  try {
    return String(JSON.parse(string));
  } catch {
    return string;
  }
}

function duplicateKey(key: string, place: Place): AnswerError {
  const linkId = looksLikeLinkId(key) ? key : '';
  return {
    code: 'duplicate-key',
    linkId,
    message: `this key stands twice, at ${placeText(place)} again: keep the one that is meant`,
    ...place,
  };
}
