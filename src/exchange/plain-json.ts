import type { Answer, Answers } from '../model/answers.ts';
import { isNumberItem } from '../model/questionnaire.ts';
import { comesAgain, entryOf, type Field, type Fields } from './answers.ts';
import { isAt, type Pattern, patternOf, patternOfText } from './pattern.ts';
import { type Cursor, cursorOver, mostDigits, takeNumber } from './plain-number.ts';
import type { ReadPlain } from './records.ts';
import { type Token, Tokens, textAccepter, textAt } from './tokens.ts';

/**
 * Reads a record that is written the plain way: one JSON object, known keys once each, texts without an escape, numbers
 * without an exponent, every answer accepted, at most a space after a colon or comma. Keys are expected in the order of
 * the record before. Where it reads a record, the readers that tell what is wrong read the same.
 */
export function plainJsonReader(fields: Fields): ReadPlain {
  const keys = keysOf(fields);
  return (bytes) => {
    const cursor = cursorOver(bytes);
    const given = readObject(cursor, keys);
    return given && cursor.at === bytes.length ? { given, isAsWritten: cursor.isAsWritten } : undefined;
  };
}

/** A key of an object, and how its answer is read: undefined where it is not plain. */
interface Key {
  readonly place: number;
  /** The key with its quotes and a colon. */
  readonly pattern: Pattern;
  readonly read: Read;
  /** The remembered answer that was met last. */
  usual: Token | undefined;
}

type Read = (cursor: Cursor, key: Key) => Answer | undefined;

interface Keys {
  readonly byName: ReadonlyMap<string, Key>;
  /** By the place of the key before plus 1, 0 for the first: the one that came next last time. */
  readonly next: (Key | undefined)[];
}

function keysOf({ byKey }: Fields): Keys {
  const keys = [...byKey.values()].map((field, place): Key => {
    const bytes = new TextEncoder().encode(`"${field.key}":`);
    return { place, pattern: patternOf(bytes), read: readerOf(field, bytes), usual: undefined };
  });
  return { byName: new Map([...byKey.keys()].map((name, at) => [name, keys[at] as Key])), next: [...keys] };
}

const quote = 0x22;
const comma = 0x2c;
const decimalPoint = 0x2e;
const nine = 0x39;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const smallA = 0x61;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const space = 0x20;

/** Answers by the place of their keys. */
function readObject(cursor: Cursor, keys: Keys): (Answer | undefined)[] | undefined {
  const given: (Answer | undefined)[] = new Array(keys.byName.size).fill(undefined);
  if (!takes(cursor, openBrace)) return undefined;
  if (takes(cursor, closeBrace)) return given;
  let last = -1;
  for (;;) {
    const expected = keys.next[last + 1];
    const usual = expected?.usual && takeUsual(cursor, expected.usual);
    const key = usual === undefined ? readKey(cursor, keys, last) : expected;
    if (key === undefined || given[key.place] !== undefined) return undefined;
    if (key.place < last) cursor.isAsWritten = false;
    const answer = usual ?? key.read(cursor, key);
    if (answer === undefined) return undefined;
    given[key.place] = answer;
    last = key.place;
    if (takes(cursor, closeBrace)) return given;
    if (!takes(cursor, comma)) return undefined;
    skipSpace(cursor);
  }
}

/** Takes a key with its answer where both stand there as they were met before. Most applicants answer most questions alike. */
function takeUsual(cursor: Cursor, { whole, answer, isAsWritten }: Token): Answer | undefined {
  const { bytes, view, at } = cursor;
  const end = at + whole.length;
  if (!isAt(whole, bytes, view, at) || !isEnd(bytes[end])) return undefined;
  cursor.at = end;
  if (!isAsWritten) cursor.isAsWritten = false;
  return answer;
}

/** Takes a key and the colon after it. */
function readKey(cursor: Cursor, { byName, next }: Keys, last: number): Key | undefined {
  const expected = next[last + 1];
  if (expected !== undefined && isAt(expected.pattern, cursor.bytes, cursor.view, cursor.at)) {
    cursor.at += expected.pattern.length;
    skipSpace(cursor);
    return expected;
  }
  const start = cursor.at;
  const end = endOfText(cursor.bytes, start);
  const name = end === undefined ? undefined : textAt(cursor.bytes, start + 1, end - 1);
  const key = name === undefined ? undefined : byName.get(name);
  if (key === undefined || end === undefined || cursor.bytes[end] !== colon) return undefined;
  cursor.at = end + 1;
  skipSpace(cursor);
  next[last + 1] = key;
  return key;
}

function takes(cursor: Cursor, code: number): boolean {
  if (cursor.bytes[cursor.at] !== code) return false;
  cursor.at += 1;
  return true;
}

/** The space that many writers put after a colon and a comma. */
function skipSpace(cursor: Cursor): void {
  if (cursor.bytes[cursor.at] !== space) return;
  cursor.at += 1;
  cursor.isAsWritten = false;
}

/** The offset after the text in quotes that starts at `from`; undefined where none does, or one with an escape. */
function endOfText(bytes: Uint8Array, from: number): number | undefined {
  if (bytes[from] !== quote) return undefined;
  for (let at = from + 1; at < bytes.length; at += 1) {
    const code = bytes[at] as number;
    if (code === quote) return at + 1;
    if (code < space || code === backslash) return undefined;
  }
  return undefined;
}

/* Answers */

function readerOf(field: Field, before: Uint8Array): Read {
  const { item, entry } = field;
  const ofToken = tokenReader(field, before);
  if (item.type === 'group') return entry ? entriesReader(field, entry, ofToken) : () => undefined;
  if (!comesAgain(field)) return textReader(field, ofToken);
  if (!isNumberItem(item)) return ofToken;
  return (cursor, key) => {
    const { bytes, at } = cursor;
    const number = takeNumber(cursor, item);
    if (number !== undefined && isEnd(bytes[cursor.at])) return number;
    cursor.at = at;
    return ofToken(cursor, key);
  };
}

/** Reads a text or a date that hardly ever comes again: what stands between its quotes, as there is no escape in it. */
function textReader(field: Field, ofToken: Read): Read {
  const accept = textAccepter(field);
  return (cursor, key) => {
    const { bytes, at } = cursor;
    const end = endOfText(bytes, at);
    if (end === undefined || !isEnd(bytes[end])) return ofToken(cursor, key);
    cursor.at = end;
    const text = textAt(bytes, at + 1, end - 1);
    return text === undefined ? undefined : accept(text);
  };
}

/** Absences as they are mostly written. */
const absences = ['unknown', 'declined']
  .flatMap((reason) => [`{"absent":"${reason}"}`, `{"absent": "${reason}"}`])
  .map(patternOfText);

/** Reads a text, a boolean, a number, a list of texts, an absence. `before`: the key with its colon. */
function tokenReader(field: Field, before: Uint8Array): Read {
  const tokens = new Tokens(field, JSON.parse, before);
  return (cursor, key) => {
    const { bytes, view, at } = cursor;
    const known = tokens.match(bytes, view, at);
    if (known !== undefined && isEnd(bytes[at + known.text.length])) {
      key.usual = known;
      cursor.at = at + known.text.length;
      if (!known.isAsWritten) cursor.isAsWritten = false;
      return known.answer;
    }
    const end = endOfToken(bytes, view, at);
    if (end === undefined || !isEnd(bytes[end])) return undefined;
    const text = textAt(bytes, at, end);
    cursor.at = end;
    const token = text === undefined ? undefined : tokens.read(bytes.subarray(at, end), text);
    if (!token?.isAsWritten) cursor.isAsWritten = false;
    return token?.answer;
  };
}

function isEnd(code: number | undefined): boolean {
  return code === comma || code === closeBrace;
}

function endOfToken(bytes: Uint8Array, view: DataView, from: number): number | undefined {
  switch (bytes[from]) {
    case quote:
      return endOfText(bytes, from);
    case openBracket:
      return endOfTexts(bytes, from);
    case openBrace: {
      const absence = absences.find((each) => isAt(each, bytes, view, from));
      return absence && from + absence.length;
    }
    default: {
      const end = endOfWord(bytes, from);
      return end - from > mostDigits ? undefined : end;
    }
  }
}

/** The offset after a number without an exponent, or after `true`, `false` and `null`. */
function endOfWord(bytes: Uint8Array, from: number): number {
  const isNumber = (bytes[from] as number) <= nine;
  let at = from + 1;
  for (
    let code = bytes[at] as number;
    isNumber ? code >= decimalPoint && code <= nine : code >= smallA;
    code = bytes[at] as number
  ) {
    if (code === closeBrace) break;
    at += 1;
  }
  return at;
}

/** The offset after a list of texts. What stands between them is left to `JSON.parse`. */
function endOfTexts(bytes: Uint8Array, from: number): number | undefined {
  let at = from + 1;
  while (at < bytes.length) {
    const code = bytes[at];
    if (code === closeBracket) return at + 1;
    const end = code === quote ? endOfText(bytes, at) : at + 1;
    if (end === undefined || code === openBracket || code === openBrace) return undefined;
    at = end;
  }
  return undefined;
}

/** Reads the entries of a repeat. */
function entriesReader({ item }: Field, entry: Fields, ofToken: Read): Read {
  const keys = keysOf(entry);
  const linkIds = [...entry.byKey.values()].map((field) => field.item.linkId);
  const { min, max } = item.type === 'group' && item.repeats ? item.repeats : { min: 0, max: 0 };
  return (cursor, key) => {
    if (!takes(cursor, openBracket)) return ofToken(cursor, key);
    const entries: Answers[] = [];
    while (!takes(cursor, closeBracket)) {
      if (entries.length > 0 && !takes(cursor, comma)) return undefined;
      if (entries.length > 0) skipSpace(cursor);
      const given = readObject(cursor, keys);
      if (given === undefined) return undefined;
      entries.push(entryOf(given, linkIds));
    }
    return entries.length < min || entries.length > max ? undefined : entries;
  };
}
