import type { Answer, Answers } from '../model/answers.ts';
import type { Field, Fields } from './answers.ts';
import type { Delimiter } from './csv.ts';
import { type Column, rawOf } from './csv-cell.ts';
import { type Cursor, cursorOver, takeNumber } from './plain-number.ts';
import type { ReadPlain } from './records.ts';
import { Tokens, textAt } from './tokens.ts';

/**
 * Reads a row that is written the plain way: UTF-8 without control signs, quotes around whole cells alone, every answer
 * accepted. Where it reads a row, the reader that tells what is wrong reads the same.
 */
export function plainCsvReader(columns: readonly Column[], fields: Fields, delimiter: Delimiter): ReadPlain {
  const between = delimiter.charCodeAt(0);
  const linkIds = [...fields.byKey.keys()];
  const cells = columns.map((column): Cell => {
    const place = linkIds.indexOf(column.repeat ?? column.name);
    return { place, position: column.position ?? 0, key: column.field.key, read: readerOf(column.field, between) };
  });
  const repeats = [...fields.byKey.values()].flatMap((field, place): Repeat[] => {
    const { item, entry } = field;
    return item.type === 'group' && item.repeats && entry
      ? [{ place, least: item.repeats.min, fields: [...entry.byKey.values()] }]
      : [];
  });
  return (bytes) => {
    const given: (Answer | undefined)[] = new Array(linkIds.length).fill(undefined);
    const entries: Entries = new Map();
    const cursor = cursorOver(bytes);
    let isBlank = true;
    for (let index = 0; index < cells.length; index += 1) {
      if (index > 0 && !takes(cursor, between)) return undefined;
      if (takesEmpty(cursor, between)) continue;
      const cell = cells[index] as Cell;
      const answer = cell.read(cursor);
      if (answer === undefined) return undefined;
      isBlank = false;
      if (cell.position === 0) given[cell.place] = answer;
      else entryAt(entries, cell).set(cell.key, answer);
    }
    const isWhole = !isBlank && cursor.at === bytes.length;
    return isWhole && placesEntries(given, entries, repeats) ? { given, isAsWritten: false } : undefined;
  };
}

interface Cell {
  /** Of the answer, or of the repeat that it is inside, among those given. */
  readonly place: number;
  /** Of the entry, from 1; 0 outside repeats. */
  readonly position: number;
  readonly key: string;
  readonly read: (cursor: Cursor) => Answer | undefined;
}

interface Repeat {
  readonly place: number;
  readonly least: number;
  readonly fields: readonly Field[];
}

/** By the place of a repeat: its entries by position, from 1, each with its answers by key. */
type Entries = Map<number, (Map<string, Answer> | undefined)[]>;

function entryAt(entries: Entries, { place, position }: Cell): Map<string, Answer> {
  const ofRepeat = entries.get(place) ?? [];
  const entry = ofRepeat[position - 1] ?? new Map<string, Answer>();
  ofRepeat[position - 1] = entry;
  entries.set(place, ofRepeat);
  return entry;
}

/** Puts the entries among what is given. False where they are not those that a row may have. */
function placesEntries(given: (Answer | undefined)[], entries: Entries, repeats: readonly Repeat[]): boolean {
  for (const { place, least, fields } of repeats) {
    const ofRepeat = entries.get(place);
    if (ofRepeat === undefined) continue;
    if (given[place] !== undefined || ofRepeat.length < least || ofRepeat.includes(undefined)) return false;
    given[place] = (ofRepeat as ReadonlyMap<string, Answer>[]).map((entry) => inOrder(entry, fields));
  }
  return true;
}

/** By linkId, whatever the order of the columns. */
function inOrder(entry: ReadonlyMap<string, Answer>, fields: readonly Field[]): Answers {
  const answers = new Map<string, Answer>();
  for (const { key, item } of fields) {
    const answer = entry.get(key);
    if (answer !== undefined) answers.set(item.linkId, answer);
  }
  return answers;
}

const quote = 0x22;
const space = 0x20;

function takes(cursor: Cursor, code: number): boolean {
  if (cursor.bytes[cursor.at] !== code) return false;
  cursor.at += 1;
  return true;
}

/** Takes a cell with nothing in it, quotes around that or not. */
function takesEmpty(cursor: Cursor, between: number): boolean {
  const { bytes, at } = cursor;
  const end = bytes[at] === quote && bytes[at + 1] === quote ? at + 2 : at;
  if (end < bytes.length && bytes[end] !== between) return false;
  cursor.at = end;
  return true;
}

/** Reads a cell, with the quotes around it; undefined where it is not plain. */
function readerOf(field: Field, between: number): Cell['read'] {
  const { item } = field;
  const tokens = new Tokens(field, (text) => rawOf(text, field));
  /** The offset after the cell whose text ends at `end`; undefined where it does not end there. */
  const endOfCell = (bytes: Uint8Array, end: number, isQuoted: boolean): number | undefined => {
    if (isQuoted && bytes[end] !== quote) return undefined;
    const after = isQuoted ? end + 1 : end;
    return after === bytes.length || bytes[after] === between ? after : undefined;
  };
  const numberOf =
    item.type === 'integer' || item.type === 'decimal' ? (cursor: Cursor) => takeNumber(cursor, item) : undefined;
  return (cursor) => {
    const { bytes } = cursor;
    const isQuoted = bytes[cursor.at] === quote;
    const from = isQuoted ? cursor.at + 1 : cursor.at;
    const take = (answer: Answer | undefined, textEnd: number): Answer | undefined => {
      const end = endOfCell(bytes, textEnd, isQuoted);
      if (end === undefined) return undefined;
      cursor.at = end;
      return answer;
    };
    if (numberOf) {
      cursor.at = from;
      const number = numberOf(cursor);
      const taken = number === undefined ? undefined : take(number, cursor.at);
      if (taken !== undefined) return taken;
    }
    const known = tokens.match(bytes, cursor.view, from);
    const taken = known && take(known.answer, from + known.text.length);
    if (taken !== undefined) return taken;
    const end = endOfText(bytes, from, isQuoted ? quote : between);
    const text = end === undefined ? undefined : textAt(bytes, from, end);
    if (end === undefined || text === undefined) return undefined;
    return take(tokens.read(bytes.subarray(from, end), text)?.answer, end);
  };
}

/** Where a text ends that goes on to `last`, or to the end; undefined where something else than text comes before. */
function endOfText(bytes: Uint8Array, from: number, last: number): number | undefined {
  for (let at = from; at < bytes.length; at += 1) {
    const code = bytes[at] as number;
    if (code === last) return at;
    if (code === quote || code < space) return undefined;
  }
  return bytes.length;
}
