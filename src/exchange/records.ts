import type { Answer } from '../model/answers.ts';
import { joined } from '../model/bytes.ts';
import type { AnswerError, PlaceOf } from './answers.ts';

/** Bytes as they arrive: a file or standard input. */
export type Bytes = AsyncIterable<Uint8Array>;

/** A record of an input as it came, not looked into yet. */
export interface RawRecord {
  /** The line it starts on, from 1; in a JSON list, which one it is. */
  readonly line: number;
  /** Without its line ending. */
  readonly raw: Uint8Array;
  readonly is: RecordKind;
  /** Offset in the input of the first byte after it and what ends it; `endOfInput` where that is all there is of it. */
  readonly end: number;
}

/**
 * `part`: bytes of a record that is too long to keep, and there are more; it comes alone in a chunk, which ends where it
 * starts. `too-long`: the last bytes of such a record, or all. `unclosed`: one line, on which a quote opens that nothing closes. `broken-list`: a JSON
 * list is not closed after it, or was closed before it; `endless`: the last bytes of such a record that is too long. `tangled`: the
 * value of a JSON list with quotes that go wrong, so that other values stand in it; its last bytes where it is too long. `nothing`:
 * nothing stands before a comma of a JSON list.
 */
export const recordKinds = [
  'whole',
  'part',
  'too-long',
  'unclosed',
  'broken-list',
  'endless',
  'tangled',
  'nothing',
] as const;
export type RecordKind = (typeof recordKinds)[number];

/** Whole records that follow each other in an input. */
export interface Chunk {
  /** Offset of their first byte in the input. */
  readonly start: number;
  /** Offset of the first byte after them: the next chunk starts there. */
  readonly end: number;
  /** Blank ones too. */
  readonly records: readonly RawRecord[];
}

/** Where a record ends that is nothing but the end of a list that is not closed. No byte has this offset. */
export const endOfInput = Number.MAX_SAFE_INTEGER;

/** Reads one record; undefined where it is blank. Never throws. */
export type ReadRecord = (record: RawRecord) => InputRecord | undefined;

/** Reads a record that is written the plain way and has nothing wrong in it. Undefined for any other, which `ReadRecord` reads. */
export type ReadPlain = (raw: Uint8Array) => PlainRecord | undefined;

export interface PlainRecord {
  /** The answers by their place among `wholeItems`. */
  readonly given: (Answer | undefined)[];
  /** The bytes of the record are those that `sheetWriter` writes. */
  readonly isAsWritten: boolean;
}

/** How the records of an input are read. */
export interface Readers {
  readonly read: ReadRecord;
  readonly readPlain?: ReadPlain;
}

/** One record of an input. `sheet` is worth reading where `errors` is empty. */
export interface InputRecord {
  /** The line it starts on, from 1; in a JSON list, which one it is. */
  readonly line: number;
  /** As it came, without its line ending; undefined where it did not come as bytes. */
  readonly raw: Uint8Array | undefined;
  readonly sheet: unknown;
  readonly errors: readonly AnswerError[];
  /** What stands here in the place of a record: a type of FHIR resource that holds no answers. */
  readonly passedOver?: string;
  /** Where the answers of the sheet stand. */
  readonly place?: PlaceOf;
}

/** Bytes that one record may have. An answer sheet has a few thousand. */
export const longestRecord = 1024 * 1024;

/** True for JSON that is a FHIR resource, of whatever type. */
export function isResource(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'resourceType' in value;
}

/** A record that could not be told apart or read as one. */
export function badRecord(line: number, raw: Uint8Array | undefined, error: Omit<AnswerError, 'linkId'>): InputRecord {
  return { line, raw, sheet: undefined, errors: [{ ...error, linkId: '' }] };
}

/** The place of what cannot be looked into, or is not there. */
export const itsBeginning: Place = { character: 1 };

export function tooLong({ line, raw }: RawRecord): InputRecord {
  const message = `a record has at most ${longestRecord / 1024 / 1024} MiB: is a line break or a bracket missing?`;
  return badRecord(line, raw, { code: 'record-too-long', message, ...itsBeginning });
}

/** A chunk of bytes of a record that is too long to keep. `start`: where the record begins in the input. */
export function partOfRecord(line: number, raw: Uint8Array, start: number): Chunk {
  return { start, end: start, records: [{ line, raw, is: 'part', end: start }] };
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of UTF-8 bytes; undefined where they are something else. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The error of bytes that are not UTF-8, with where they stop being so. */
export function notUtf8(bytes: Uint8Array): Omit<AnswerError, 'linkId'> {
  const place = placeAt(...firstFault(bytes));
  const message = `this is not UTF-8 text from ${placeText(place)} on: save the file as UTF-8`;
  return { code: 'not-utf-8', message, ...place };
}

const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
const replacement = '\ufffd';
const written = [0xef, 0xbf, 0xbd] as const;

/** The text as far as it can be read, and the first character in it that was not written so. */
function firstFault(bytes: Uint8Array): readonly [string, number] {
  const text = lenient.decode(bytes);
  let offset = 0;
  let from = 0;
  for (let at = text.indexOf(replacement); at !== -1; at = text.indexOf(replacement, from)) {
    offset += new TextEncoder().encode(text.slice(from, at)).length;
    if (!written.every((byte, index) => bytes[offset + index] === byte)) return [text, at];
    offset += written.length;
    from = at + 1;
  }
  return [text, text.length];
}

/** Where something begins in a record. Characters are those that editors count: UTF-16 code units, from 1. */
export interface Place {
  /** From 1, where the record has several lines. */
  readonly lineInRecord?: number;
  /** In that line. */
  readonly character: number;
  /** The name of its column, in a table. */
  readonly column?: string;
}

/** Where the character at `position` (from 0) of a record is. */
export function placeAt(text: string, position: number): Place {
  const before = text.slice(0, position).split('\n');
  const character = (before.at(-1) ?? '').length + 1;
  return text.includes('\n') ? { lineInRecord: before.length, character } : { character };
}

/** `character 12`, or `line 2 of the record, character 5`. */
export function placeText({ lineInRecord, character }: Place): string {
  return `${lineInRecord === undefined ? '' : `line ${lineInRecord} of the record, `}character ${character}`;
}

/** The mark that some editors put before UTF-8 text. */
export const mark = [0xef, 0xbb, 0xbf] as const;

/** The bytes without that mark. */
export function withoutMark(bytes: Uint8Array): Uint8Array {
  return mark.every((byte, at) => bytes[at] === byte) ? bytes.subarray(mark.length) : bytes;
}

/** Bytes of an input, and the offset in it where they end. */
export interface Part {
  readonly bytes: Uint8Array;
  readonly end: number;
}

/** The parts of an input without that mark at its beginning. */
export async function* unmarked(bytes: Bytes): AsyncGenerator<Part> {
  let end = 0;
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of bytes) {
    end += chunk.length;
    if (head === undefined) {
      yield { bytes: chunk, end };
      continue;
    }
    head = joined([head, chunk]);
    if (head.length < mark.length) continue;
    yield { bytes: withoutMark(head), end };
    head = undefined;
  }
  if (head !== undefined && head.length > 0) yield { bytes: withoutMark(head), end };
}
