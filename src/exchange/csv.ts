import { CsvError, parse } from 'csv-parse/sync';
import type { Questionnaire } from '../model/questionnaire.ts';
import { type AnswerError, type Fields, sheetFields, wayOutOf } from './answers.ts';
import { type Column, rawOf } from './csv-cell.ts';
import { chunksOfLines, endOfLine, type FindEnd } from './lines.ts';
import { looksLikeLinkId } from './link-id.ts';
import { plainCsvReader } from './plain-csv.ts';
import {
  type Bytes,
  badRecord,
  type Chunk,
  decodeUtf8,
  type InputRecord,
  mark,
  notUtf8,
  type Place,
  placeAt,
  placeText,
  type RawRecord,
  type Readers,
  tooLong,
} from './records.ts';

/** A CSV file with a header that could be read, or what is wrong with the header. */
export type OpenedCsv =
  | { readonly problems: readonly string[] }
  | ({
      readonly header: Uint8Array;
      readonly firstLine: Uint8Array;
      readonly chunks: AsyncIterable<Chunk>;
    } & Readers);

/** What stands between two cells. */
export type Delimiter = ',' | '\t';

/**
 * Opens CSV with a header of linkIds: `trial[1].dose` is a column of the first entry. Several choices are joined by `;`,
 * `unknown` and `declined` are absences, an empty cell was not asked; a column `trial` says `none` where there are no
 * entries. Lines are as an editor counts them. Give it what `bytes` has from its beginning. With tabs (TSV) the quotes
 * mean the same.
 */
export async function openCsv(questionnaire: Questionnaire, bytes: Bytes, delimiter: Delimiter): Promise<OpenedCsv> {
  const chunks = chunksOfLines(bytes, endOfRow(delimiter));
  const { value: first } = await chunks.next();
  const head = first?.records[0];
  if (!first || !head) return { problems: ['the file is empty'] };
  const opened = readHeader(head, sheetFields(questionnaire), delimiter);
  if ('problems' in opened) {
    await chunks.return(undefined);
    return opened;
  }
  return {
    header: head.raw,
    firstLine: firstLineOf(head),
    chunks: followedBy({ ...first, start: head.end, records: first.records.slice(1) }, chunks),
    ...readersOfColumns(opened.columns, sheetFields(questionnaire), delimiter),
  };
}

/** The header as it came: with a byte order mark before it, and the end of its line. */
function firstLineOf({ raw, end }: RawRecord): Uint8Array {
  const around = end - raw.length;
  const before = around > crlf.length ? mark : [];
  const after = around - before.length === crlf.length ? crlf : [lineFeed];
  return Uint8Array.from([...before, ...raw, ...after]);
}

/** How rows are read under a header that is known to be right. */
export function csvReaders(questionnaire: Questionnaire, header: Uint8Array, delimiter: Delimiter): Readers {
  const opened = readHeader({ line: 1, raw: header, is: 'whole', end: 0 }, sheetFields(questionnaire), delimiter);
  if ('problems' in opened) throw new Error(opened.problems.join('; '));
  return readersOfColumns(opened.columns, sheetFields(questionnaire), delimiter);
}

function readersOfColumns(columns: readonly Column[], fields: Fields, delimiter: Delimiter): Readers {
  return {
    read: (record) => readRow(record, columns, delimiter),
    readPlain: plainCsvReader(columns, fields, delimiter),
  };
}

async function* followedBy(first: Chunk, chunks: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
  yield first;
  yield* chunks;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const crlf = [carriageReturn, lineFeed];
const quote = 0x22;

/**
 * A row ends with its line, unless a quote is open there. A quote opens only where a cell begins. Where one closes inside a cell,
 * the row has ended with its first line: what stands behind that are others, which a missing quote would take along.
 */
function endOfRow(delimiter: Delimiter): FindEnd {
  const between = delimiter.charCodeAt(0);
  return (bytes, from) => {
    let isQuoted = false;
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === lineFeed && !isQuoted) return at;
      if (byte !== quote) continue;
      if (isQuoted && bytes[at + 1] === quote) at += 1;
      else if (isQuoted && !mayEndCell(bytes, at + 1, between)) return endOfLine(bytes, from);
      else isQuoted = !isQuoted && (at === from || bytes[at - 1] === between);
    }
    return undefined;
  };
}

/** False where a cell does not end at `at`, whatever follows these bytes. */
function mayEndCell(bytes: Uint8Array, at: number, between: number): boolean {
  const isReturn = bytes[at] === carriageReturn;
  const end = isReturn ? at + 1 : at;
  return end >= bytes.length || bytes[end] === lineFeed || (!isReturn && bytes[end] === between);
}

/** The cells of one row; undefined where its quotes are wrong. */
function cellsOf(row: string, delimiter: Delimiter): readonly string[] | undefined {
  if (row === '') return [''];
  try {
    const rows: string[][] = parse(row, { delimiter, record_delimiter: '\n', relax_column_count: true });
    return rows.length === 1 ? rows[0] : undefined;
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}

/** Where the quotes of a row go wrong: at one inside a cell, at what follows a closed one, or at one that is not closed. */
function quoteFault(row: string, delimiter: Delimiter): { readonly at: number; readonly isOpen: boolean } {
  let opened: number | undefined;
  for (let at = 0; at < row.length; at += 1) {
    if (row[at] !== '"') continue;
    if (opened === undefined) {
      if (at > 0 && row[at - 1] !== delimiter) return { at, isOpen: false };
      opened = at;
    } else if (row[at + 1] === '"') at += 1;
    else if (at + 1 < row.length && row[at + 1] !== delimiter) return { at: at + 1, isOpen: false };
    else opened = undefined;
  }
  return { at: opened ?? 0, isOpen: opened !== undefined };
}

/** The error of a row whose quotes go wrong. */
function notCsv(row: string, delimiter: Delimiter): Omit<AnswerError, 'linkId'> {
  const { at, isOpen } = quoteFault(row, delimiter);
  const place = placeAt(row, at);
  const message = isOpen
    ? `the quote that opens at ${placeText(place)} is not closed`
    : `a quote stands inside a cell at ${placeText(place)}: quote the whole cell and double the quotes in it`;
  return { code: 'not-csv', message, ...place };
}

type Header = { readonly columns: readonly Column[] } | { readonly problems: readonly string[] };

function readHeader({ raw, is }: RawRecord, fields: Fields, delimiter: Delimiter): Header {
  const text = is === 'whole' ? decodeUtf8(raw) : '';
  if (text === undefined) return { problems: [notUtf8(raw).message] };
  if (is === 'whole' && text.trim() === '') return { problems: [blankHeader] };
  const names = is === 'whole' ? cellsOf(text, delimiter) : undefined;
  if (!names) return { problems: ['the first line is not a header: a quote is not closed, or it is too long'] };
  const columns = names.map((name) => columnOf(name, fields));
  const problems = [
    ...columns.flatMap((column, index) => (typeof column === 'string' ? [`column ${index + 1}: ${column}`] : [])),
    ...repeatedNames(names),
  ];
  const isOtherDelimiter = names.length === 1 && /[;,\t]/.test(names[0] ?? '');
  if (isOtherDelimiter) return { problems: [otherDelimiter[delimiter]] };
  if (names.some((name) => name.includes('\r'))) return { problems: [loneReturn] };
  if (columns.every((column) => column === notALinkId || column === noName)) return { problems: [noHeader] };
  return problems.length > 0 ? { problems } : { columns: columns.filter((column) => typeof column !== 'string') };
}

const otherDelimiter: Readonly<Record<Delimiter, string>> = {
  ',': 'columns are separated by commas: save the file as comma-separated CSV, or as tab-separated .tsv',
  '\t': 'columns are separated by tabs: save the file as tab-separated text, or as comma-separated .csv',
};
const blankHeader = 'the first line is blank: the header must stand there';
const notALinkId = 'its name is not a linkId';
const noName = 'it has no name: delete the column';
const noHeader = 'no cell of the first line is a linkId: it looks like data, not like a header';
const loneReturn =
  'lines end with a carriage return alone: save the file with line feeds (Unix or Windows line endings)';

function repeatedNames(names: readonly string[]): string[] {
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    if (first === index || !looksLikeLinkId(name)) return [];
    return [`column ${index + 1}: ${name} stands in column ${first + 1} already`];
  });
}

/** What is wrong with the name of a column. It is repeated where it cannot be data of a patient. */
function told(name: string, wayOut: string | undefined): string {
  return wayOut === undefined ? notALinkId : `${name}: ${wayOut}`;
}

/** The column that a header cell names; a text says why it names none. */
function columnOf(name: string, fields: Fields): Column | string {
  const field = fields.byKey.get(name);
  if (field) return { name, field };
  if (name === '') return noName;
  if (fields.byKey.has(name.trim())) return `${name.trim()}: take away the blanks around it`;
  const [, repeat = '', position = '', key = ''] = /^(.+)\[([1-9]\d{0,3})\]\.(.+)$/.exec(name) ?? [];
  const around = fields.byKey.get(repeat);
  if (around?.item.type !== 'group' || !around.entry) return told(name, wayOutOf(name, fields));
  const most = around.item.repeats?.max ?? 0;
  if (Number(position) > most) return `${name}: there are at most ${most} entries`;
  const inner = around.entry.byKey.get(key);
  return inner ? { name, field: inner, repeat, position: Number(position) } : told(name, wayOutOf(key, around.entry));
}

function readRow(record: RawRecord, columns: readonly Column[], delimiter: Delimiter): InputRecord | undefined {
  const { line, is, raw } = record;
  if (is === 'part') return undefined;
  if (is === 'too-long') return tooLong(record);
  const text = decodeUtf8(raw);
  if (text === undefined) return badRecord(line, raw, notUtf8(raw));
  if (text.trim() === '') return undefined;
  const cells = is === 'unclosed' ? undefined : cellsOf(text, delimiter);
  if (!cells) return badRecord(line, raw, notCsv(text, delimiter));
  if (cells.every((cell) => cell === '')) return undefined;
  if (cells.length !== columns.length) {
    const message = `expected ${columns.length} cells as in the header, found ${cells.length}`;
    return badRecord(line, raw, {
      code: 'ragged-row',
      message,
      ...raggedAt(text, cells.length, columns.length, delimiter),
    });
  }
  const place = (path: string): Place | undefined => {
    const index = columnWith(path, cells, columns);
    if (index === undefined) return undefined;
    return { ...placeAt(text, startOfCell(text, index, delimiter)), column: columns[index]?.name ?? '' };
  };
  const { sheet, errors } = readCells(cells, columns);
  return { line, raw, sheet, errors: errors.map((error) => ({ ...error, ...place(error.linkId) })), place };
}

/** Where a row of another length goes wrong: at its first cell too many, or where it ends. */
function raggedAt(row: string, found: number, expected: number, delimiter: Delimiter): Place {
  return placeAt(row, found > expected ? startOfCell(row, expected, delimiter) : row.length);
}

/** The column of an answer; where `path` names several, its own, else the first with something in it, else the first. */
function columnWith(path: string, cells: readonly string[], columns: readonly Column[]): number | undefined {
  const meant = columns.flatMap(({ name }, index) => {
    const isMeant = name === path || name.startsWith(`${path}.`) || name.startsWith(`${path}[`);
    return isMeant ? [{ isOwn: name === path, isFilled: cells[index] !== '', index }] : [];
  });
  const found = meant.find(({ isOwn, isFilled }) => isOwn && isFilled) ?? meant.find(({ isFilled }) => isFilled);
  return (found ?? meant[0])?.index;
}

/** Where a cell begins, in a row whose quotes are right. */
function startOfCell(row: string, index: number, delimiter: Delimiter): number {
  let [at, isQuoted] = [0, false];
  for (let count = 0; count < index; at += 1) {
    if (row[at] === '"') isQuoted = !isQuoted;
    else if (row[at] === delimiter && !isQuoted) count += 1;
  }
  return at;
}

/** Builds the sheet that the cells write: the same that a JSON record would have. */
function readCells(cells: readonly string[], columns: readonly Column[]): Pick<InputRecord, 'sheet' | 'errors'> {
  const sheet = new Map<string, unknown>();
  const entries = new Map<string, Map<number, Map<string, unknown>>>();
  columns.forEach(({ field, repeat, position }, index) => {
    const cell = cells[index] ?? '';
    if (cell === '') return;
    if (repeat === undefined || position === undefined) sheet.set(field.key, rawOf(cell, field));
    else inEntry(entries, repeat, position).set(field.key, rawOf(cell, field));
  });
  const errors: InputRecord['errors'][number][] = [];
  for (const [repeat, byPosition] of entries) {
    const count = Math.max(...byPosition.keys());
    const gap = Array.from({ length: count }, (_, index) => index + 1).find((position) => !byPosition.has(position));
    if (sheet.has(repeat)) {
      const message = `${repeat} and columns of its entries are filled in: empty ${repeat}, or all of those`;
      errors.push({ code: 'wrong-type', linkId: repeat, message });
    }
    if (gap !== undefined) {
      const message = 'this entry is empty and a later one is not: fill them in from the first on';
      errors.push({ code: 'wrong-type', linkId: `${repeat}[${gap}]`, message });
    }
    const inOrder = [...byPosition].sort(([a], [b]) => a - b);
    sheet.set(
      repeat,
      inOrder.map(([, entry]) => Object.fromEntries(entry)),
    );
  }
  return { sheet: Object.fromEntries(sheet), errors };
}

function inEntry(
  entries: Map<string, Map<number, Map<string, unknown>>>,
  repeat: string,
  position: number,
): Map<string, unknown> {
  const byPosition = entries.get(repeat) ?? new Map<number, Map<string, unknown>>();
  const entry = byPosition.get(position) ?? new Map<string, unknown>();
  entries.set(repeat, byPosition.set(position, entry));
  return entry;
}
