import { joined } from '../model/bytes.ts';
import { type Bytes, type Chunk, longestRecord, partOfRecord, type RawRecord, unmarked } from './records.ts';

/** Where the record that starts at `from` ends: the offset of its line feed; undefined where it is not among `bytes`. */
export type FindEnd = (bytes: Uint8Array, from: number) => number | undefined;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** A record ends with its line. */
export function endOfLine(bytes: Uint8Array, from: number): number | undefined {
  // That of a Buffer searches eight bytes at a time or more, that of other bytes one by one.
  const at = Buffer.prototype.indexOf.call(bytes, lineFeed, from);
  return at === -1 ? undefined : at;
}

/** Cuts bytes into records; holds one record and one part of the input, whatever the length of the input. */
export async function* chunksOfLines(bytes: Bytes, findEnd: FindEnd): AsyncGenerator<Chunk> {
  let state: Cutting = { rest: new Uint8Array(0), line: 1, isSkipping: false };
  let start = 0;
  let size = 0;
  for await (const { bytes: part, end: partEnd } of unmarked(bytes)) {
    size = partEnd;
    const { records, ...next } = cutPart(state, part, findEnd, size);
    const { end } = records.at(-1) ?? { end: start };
    if (records.length > 0) yield { start, end, records };
    start = end;
    state = next.isSkipping ? { ...next, rest: new Uint8Array(0) } : next;
    if (next.isSkipping && next.rest.length > 0) yield partOfRecord(next.line, next.rest, start);
  }
  if (state.rest.length === 0 && !state.isSkipping) return;
  const ended = { ...state, rest: joined([state.rest, Uint8Array.of(lineFeed)]) };
  yield { start, end: size, records: cutAll(ended, findEnd, size + 1, size).records };
}

interface Cutting {
  /** What no record has been cut from yet. */
  readonly rest: Uint8Array;
  /** The line that `rest` starts on. */
  readonly line: number;
  /** `rest` is part of a line that is too long to keep. */
  readonly isSkipping: boolean;
}

/** Cuts off every record that can be told of what is left and what comes after it. `size`: bytes so far. */
function cutPart(state: Cutting, part: Uint8Array, findEnd: FindEnd, size: number): ReturnType<typeof cutAll> {
  const cutWith = (more: Uint8Array, end: number): ReturnType<typeof cutAll> =>
    cutAll({ ...state, rest: joined([state.rest, more]) }, findEnd, end);
  const end = endOfLine(part, 0);
  if (end === undefined) return cutWith(part, size);
  const after = end + 1;
  // Mostly what is left ends with its line: then the rest need not be copied.
  const first = cutWith(part.subarray(0, after), size - part.length + after);
  if (first.rest.length > 0) return cutWith(part, size);
  const others = cutAll({ ...first, rest: part.subarray(after) }, findEnd, size);
  return { ...others, records: [...first.records, ...others.records] };
}

/** Cuts off every record that can be told. `size`: bytes so far. `last`: bytes of an input whose last line feed was put there. */
function cutAll(
  { rest, line: first, isSkipping: wasSkipping }: Cutting,
  findEnd: FindEnd,
  size: number,
  last?: number,
): Cutting & { readonly records: readonly RawRecord[] } {
  const records: RawRecord[] = [];
  const offset = size - rest.length;
  let [line, isSkipping, from] = [first, wasSkipping, 0];
  for (;;) {
    const cut = isSkipping ? cutLine(rest, from, 'too-long') : cutRecord(rest, from, findEnd, last !== undefined);
    if (!cut) break;
    const { is, end } = cut;
    const raw = withoutReturn(rest.subarray(from, end));
    records.push({ line, is, raw, end: Math.min(offset + end + 1, last ?? size) });
    line += is === 'whole' ? linesIn(rest, from, end) : 1;
    from = end + 1;
    isSkipping = false;
  }
  isSkipping ||= rest.length - from > longestRecord;
  return { rest: rest.subarray(from), line, isSkipping, records };
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
