import { type Bytes, type Chunk, joined, longestRecord, type RawRecord, unmarked } from './records.ts';

/** Where the record that starts at `from` ends: the offset of its line feed; undefined where it is not among `bytes`. */
export type FindEnd = (bytes: Uint8Array, from: number) => number | undefined;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** A record ends with its line. */
export function endOfLine(bytes: Uint8Array, from: number): number | undefined {
  const at = bytes.indexOf(lineFeed, from);
  return at === -1 ? undefined : at;
}

/** Cuts bytes into records; holds one record and one part of the input, whatever the length of the input. */
export async function* chunksOfLines(bytes: Bytes, findEnd: FindEnd): AsyncGenerator<Chunk> {
  let state: Cutting = { rest: new Uint8Array(0), line: 1, isSkipping: false };
  let start = 0;
  let size = 0;
  for await (const { bytes: part, end: partEnd } of unmarked(bytes)) {
    size = partEnd;
    const found = cutAll({ ...state, rest: joined([state.rest, part]) }, findEnd, { size, isLast: false });
    state = found.state;
    const end = size - state.rest.length;
    if (found.records.length > 0) yield { start, end, records: found.records };
    if (found.records.length > 0) start = end;
  }
  if (state.rest.length === 0 && !state.isSkipping) return;
  const ended = { ...state, rest: joined([state.rest, Uint8Array.of(lineFeed)]) };
  yield { start, end: size, records: cutAll(ended, findEnd, { size, isLast: true }).records };
}

interface Cutting {
  /** What no record has been cut from yet. */
  readonly rest: Uint8Array;
  /** The line that `rest` starts on. */
  readonly line: number;
  /** Inside a line too long to keep. */
  readonly isSkipping: boolean;
}

interface Seen {
  /** Bytes of the input so far. */
  readonly size: number;
  /** No more bytes come: a line feed was put after the last. */
  readonly isLast: boolean;
}

/** Cuts off every record that can be told. */
function cutAll(
  { rest, line: first, isSkipping: wasSkipping }: Cutting,
  findEnd: FindEnd,
  { size, isLast }: Seen,
): { readonly state: Cutting; readonly records: readonly RawRecord[] } {
  const records: RawRecord[] = [];
  const offset = size - rest.length + (isLast ? 1 : 0);
  let [line, isSkipping, from] = [first, wasSkipping, 0];
  for (;;) {
    const cut = isSkipping ? cutLine(rest, from, 'too-long') : cutRecord(rest, from, findEnd, isLast);
    if (!cut) break;
    const { is, end } = cut;
    const raw = is === 'too-long' ? undefined : withoutReturn(rest.subarray(from, end));
    records.push({ line, is, raw, end: Math.min(offset + end + 1, size) });
    line += is === 'whole' ? linesIn(rest, from, end) : 1;
    from = end + 1;
    isSkipping = false;
  }
  isSkipping ||= rest.length - from > longestRecord;
  return { state: { rest: rest.subarray(isSkipping ? rest.length : from), line, isSkipping }, records };
}

interface Cut {
  readonly is: RawRecord['is'];
  /** Offset of the line feed after it. */
  readonly end: number;
}

/** The line that starts at `from`. */
function cutLine(bytes: Uint8Array, from: number, is: RawRecord['is']): Cut | undefined {
  const end = endOfLine(bytes, from);
  return end === undefined ? undefined : { is, end };
}

/** The record that starts at `from`. Where it does not end within what a record may have, its first line is given up alone. */
function cutRecord(bytes: Uint8Array, from: number, findEnd: FindEnd, isEnd: boolean): Cut | undefined {
  const end = findEnd(bytes, from);
  if (end !== undefined && end - from <= longestRecord) return { is: 'whole', end };
  if (end === undefined && !isEnd && bytes.length - from <= longestRecord) return undefined;
  const line = cutLine(bytes, from, 'unclosed');
  return line && line.end - from > longestRecord ? { ...line, is: 'too-long' } : line;
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
}

/** Lines that end in `bytes` from `from` to `end`, the line feed at `end` included. */
function linesIn(bytes: Uint8Array, from: number, end: number): number {
  let lines = 1;
  for (let at = endOfLine(bytes, from); at !== undefined && at < end; at = endOfLine(bytes, at + 1)) lines += 1;
  return lines;
}
