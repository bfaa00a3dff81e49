import type { Answer } from '../model/answers.ts';
import { isNumberItem } from '../model/questionnaire.ts';
import { comesAgain, entryOf, type Field, type Fields } from './answers.ts';
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
  const repeats = [...fields.byKey.values()].flatMap((field, place): Repeat[] => {
    const { item, entry } = field;
    if (item.type !== 'group' || !item.repeats || !entry) return [];
    return [{ place, least: item.repeats.min, linkIds: [...entry.byKey.values()].map((each) => each.item.linkId) }];
  });
  const cells = columns.map(({ name, field, repeat, position }): Cell => {
    const place = linkIds.indexOf(repeat ?? name);
    const among = repeats.find((each) => each.place === place)?.linkIds.indexOf(field.item.linkId) ?? -1;
    return { place, position: position ?? 0, among, read: readerOf(field, between) };
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
      else entryAt(entries, cell)[cell.among] = answer;
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
  /** Of the question among those of the entry. */
  readonly among: number;
  readonly read: ReadCell;
}

/** Reads a cell that is not empty, with the quotes around it; undefined where it is not plain. */
type ReadCell = (cursor: Cursor) => Answer | undefined;

interface Repeat {
  readonly place: number;
  readonly least: number;
  readonly linkIds: readonly string[];
}

type Entry = (Answer | undefined)[];

/** By the place of a repeat: its entries by position, from 1, each with its answers by the place of their question. */
type Entries = Map<number, (Entry | undefined)[]>;

function entryAt(entries: Entries, { place, position }: Cell): Entry {
  const ofRepeat = entries.get(place) ?? [];
  const entry = ofRepeat[position - 1] ?? [];
  ofRepeat[position - 1] = entry;
  entries.set(place, ofRepeat);
  return entry;
}

/** Puts the entries among what is given. False where they are not those that a row may have. */
function placesEntries(given: (Answer | undefined)[], entries: Entries, repeats: readonly Repeat[]): boolean {
  for (const { place, least, linkIds } of repeats) {
    const ofRepeat = entries.get(place);
    if (ofRepeat === undefined) continue;
    if (given[place] !== undefined || ofRepeat.length < least || ofRepeat.includes(undefined)) return false;
    given[place] = (ofRepeat as readonly Entry[]).map((entry) => entryOf(entry, linkIds));
  }
  return true;
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
  if (!endsAt(bytes, end, between)) return false;
  cursor.at = end;
  return true;
}

/** A cell ends at `at`. */
function endsAt(bytes: Uint8Array, at: number, between: number): boolean {
  return at >= bytes.length || bytes[at] === between;
}

function readerOf(field: Field, between: number): ReadCell {
  const { item } = field;
  const ofText = textReader(field, between);
  if (isNumberItem(item)) {
    return (cursor) => {
      const { bytes, at } = cursor;
      const number = takeNumber(cursor, item);
      if (number !== undefined && endsAt(bytes, cursor.at, between)) return number;
      cursor.at = at;
      return ofText(cursor);
    };
  }
  return comesAgain(field) ? shortReader(ofText, between) : ofText;
}

/** Reads the cells of few bytes that it has met before; any other by `ofOthers`. */
function shortReader(ofOthers: ReadCell, between: number): ReadCell {
  const codes: number[] = [];
  const answers: Answer[] = [];
  return (cursor) => {
    const { at: start } = cursor;
    const code = takeShort(cursor, between);
    const { at: end } = cursor;
    for (let index = 0; index < codes.length; index += 1) if (codes[index] === code) return answers[index];
    cursor.at = start;
    const answer = ofOthers(cursor);
    if (answer !== undefined && code !== undefined && cursor.at === end && codes.length < mostKnown) {
      codes.push(code);
      answers.push(answer);
    }
    return answer;
  };
}

/** Cells of a column that are remembered. */
const mostKnown = 16;
/** Bytes that a float holds beside a 1 before them. */
const mostBytes = 6;

/** Takes what stands before the next end of a cell, as a number: other bytes are another. Undefined where they are many. */
function takeShort(cursor: Cursor, between: number): number | undefined {
  const { bytes, at } = cursor;
  let code = 1;
  for (let index = at; !endsAt(bytes, index, between); index += 1) {
    if (index - at === mostBytes) return undefined;
    code = code * 256 + (bytes[index] as number);
    cursor.at = index + 1;
  }
  return code;
}

/** Reads a cell as a text, quotes around it or not. */
function textReader(field: Field, between: number): ReadCell {
  const delimiter = String.fromCharCode(between);
  const tokens = new Tokens(field, (text) => rawOf(text, field));
  const isRemembered = comesAgain(field);
  return (cursor) => {
    const { bytes, at } = cursor;
    const isQuoted = bytes[at] === quote;
    const from = isQuoted ? at + 1 : at;
    const known = isRemembered ? tokens.match(bytes, cursor.view, from) : undefined;
    const endOfKnown = known && endOfCell(bytes, from + known.text.length, isQuoted, between);
    if (known && endOfKnown !== undefined) {
      cursor.at = endOfKnown;
      return known.answer;
    }
    const textEnd = endOfText(bytes, from, isQuoted ? quote : between);
    const end = textEnd === undefined ? undefined : endOfCell(bytes, textEnd, isQuoted, between);
    const text = textEnd === undefined ? undefined : textAt(bytes, from, textEnd);
    if (end === undefined || text === undefined) return undefined;
    cursor.at = end;
    // One with a comma is a cell in quotes alone: remembered, it would be found without them too.
    const mayComeAgain = isRemembered && !text.includes(delimiter);
    return mayComeAgain ? tokens.read(bytes.subarray(from, textEnd), text)?.answer : tokens.answerOf(text);
  };
}

/** The offset after the cell whose text ends at `end`; undefined where it does not end there. */
function endOfCell(bytes: Uint8Array, end: number, isQuoted: boolean, between: number): number | undefined {
  if (isQuoted && bytes[end] !== quote) return undefined;
  const after = isQuoted ? end + 1 : end;
  return endsAt(bytes, after, between) ? after : undefined;
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
