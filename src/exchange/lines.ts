import { type Bytes, joined, longestRecord, unmarked } from './records.ts';

/** A stretch of lines as it came, without the last line ending. */
export interface Stretch {
  /** The line it starts on, from 1. */
  readonly line: number;
  /** `too-long`: a line too long to keep. `unclosed`: one line, on which a quote opens that nothing closes. */
  readonly is: 'whole' | 'too-long' | 'unclosed';
  /** Undefined where `too-long`. */
  readonly raw: Uint8Array | undefined;
}

/** Where the record that starts at `from` ends: the offset of its line feed; undefined where it is not among `bytes`. */
export type FindEnd = (bytes: Uint8Array, from: number) => number | undefined;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** A record ends with its line. */
export function endOfLine(bytes: Uint8Array, from: number): number | undefined {
  const at = bytes.indexOf(lineFeed, from);
  return at === -1 ? undefined : at;
}

/** Cuts bytes into records; holds one record and one chunk, whatever the length of the input. */
export async function* stretches(bytes: Bytes, findEnd: FindEnd): AsyncGenerator<Stretch> {
  let state: Cutting = { rest: new Uint8Array(0), line: 1, isSkipping: false, isEnd: false };
  for await (const chunk of unmarked(bytes)) {
    const found: Stretch[] = [];
    state = cutAll({ ...state, rest: joined([state.rest, chunk]) }, findEnd, found);
    yield* found;
  }
  if (state.rest.length === 0 && !state.isSkipping) return;
  const found: Stretch[] = [];
  cutAll({ ...state, rest: joined([state.rest, Uint8Array.of(lineFeed)]), isEnd: true }, findEnd, found);
  yield* found;
}

interface Cutting {
  /** What no record has been cut from yet. */
  readonly rest: Uint8Array;
  /** The line that `rest` starts on. */
  readonly line: number;
  /** Inside a line too long to keep. */
  readonly isSkipping: boolean;
  /** No more bytes come. */
  readonly isEnd: boolean;
}

/** Cuts off every record that can be told. */
function cutAll(state: Cutting, findEnd: FindEnd, found: Stretch[]): Cutting {
  const { rest, isEnd } = state;
  let { line, isSkipping } = state;
  let from = 0;
  for (;;) {
    const cut = isSkipping ? cutLine(rest, from, 'too-long') : cutRecord(rest, from, findEnd, isEnd);
    if (!cut) break;
    const { is, end } = cut;
    found.push({ line, is, raw: is === 'too-long' ? undefined : withoutReturn(rest.subarray(from, end)) });
    line += is === 'whole' ? linesIn(rest, from, end) : 1;
    from = end + 1;
    isSkipping = false;
  }
  isSkipping ||= rest.length - from > longestRecord;
  return { rest: rest.subarray(isSkipping ? rest.length : from), line, isSkipping, isEnd };
}

interface Cut {
  readonly is: Stretch['is'];
  /** Offset of the line feed after it. */
  readonly end: number;
}

/** The line that starts at `from`. */
function cutLine(bytes: Uint8Array, from: number, is: Stretch['is']): Cut | undefined {
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
