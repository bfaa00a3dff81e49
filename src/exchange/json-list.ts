import { jsonRecord } from './ndjson.ts';
import { type Bytes, badRecord, type InputRecord, joined, longestRecord, tooLong, unmarked } from './records.ts';

/**
 * Reads a JSON list of objects, or one object alone. `line` is which one of the list it is. Holds one of them and one
 * chunk, whatever the length of the list. A list that is never closed, or goes on after its end, is a record in error.
 */
export async function* readJsonList(bytes: Bytes): AsyncGenerator<InputRecord> {
  let line = 0;
  for await (const { raw, ends } of pieces(bytes)) {
    line += 1;
    const record = raw === undefined ? tooLong(line) : jsonRecord(line, raw);
    if (record && (ends === 'list-broken' || ends === 'list-over')) yield badRecord(line, raw, brokenList);
    else if (record) yield record;
    else if (ends === 'comma' || (ends === 'list-closed' && line > 1)) yield badRecord(line, raw, nothingThere);
    else if (ends === 'list-broken') yield badRecord(line, raw, brokenList);
  }
}

const brokenList = {
  code: 'not-json',
  message: 'the list does not end here as it should: look for a missing ] or quote',
} as const;
const nothingThere = { code: 'not-json', message: 'a comma too many: nothing stands before it' } as const;

/** The bytes between two delimiters of the list; undefined where they are too many to keep. */
interface Piece {
  readonly raw: Uint8Array | undefined;
  /** What it ends with: `alone`, `list-broken` and `list-over` are the end of input without a list, in it, after it. */
  readonly ends: 'comma' | 'list-closed' | 'alone' | 'list-broken' | 'list-over';
}

async function* pieces(bytes: Bytes): AsyncGenerator<Piece> {
  const scan = new ListScan();
  let kept: Uint8Array[] = [];
  let size = 0;
  const take = (part: Uint8Array): Uint8Array | undefined => {
    const whole = size + part.length > longestRecord ? undefined : joined([...kept, part]);
    kept = [];
    size = 0;
    return whole;
  };
  for await (const chunk of unmarked(bytes)) {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const delimiter = scan.next(chunk[at] as number);
      if (delimiter === undefined) continue;
      const raw = take(chunk.subarray(from, at));
      if (delimiter !== 'list-opened') yield { raw, ends: delimiter };
      from = at + 1;
    }
    size += chunk.length - from;
    if (size <= longestRecord) kept.push(chunk.subarray(from));
    else kept = [];
  }
  yield { raw: take(new Uint8Array(0)), ends: scan.end() };
}

const spaces = [0x20, 0x09, 0x0a, 0x0d];
const [comma, quote, backslash] = [0x2c, 0x22, 0x5c];
const [openBracket, openBrace, closeBracket, closeBrace] = [0x5b, 0x7b, 0x5d, 0x7d];

/** Follows brackets and quotes, without a look at what stands between them. */
class ListScan {
  #place: 'before' | 'alone' | 'list' | 'after' = 'before';
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  /** What this byte ends or opens: nothing, mostly. */
  next(byte: number): 'list-opened' | 'comma' | 'list-closed' | undefined {
    switch (this.#place) {
      case 'before':
        if (spaces.includes(byte)) return undefined;
        this.#place = byte === openBracket ? 'list' : 'alone';
        return byte === openBracket ? 'list-opened' : undefined;
      case 'list':
        return this.#isInString ? this.#inString(byte) : this.#inList(byte);
      default:
        return undefined;
    }
  }

  #inString(byte: number): undefined {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === backslash) this.#isEscaped = true;
    else if (byte === quote) this.#isInString = false;
  }

  #inList(byte: number): 'comma' | 'list-closed' | undefined {
    if (byte === quote) this.#isInString = true;
    else if (byte === openBracket || byte === openBrace) this.#depth += 1;
    else if (this.#depth > 0) this.#depth -= byte === closeBracket || byte === closeBrace ? 1 : 0;
    else if (byte === comma) return 'comma';
    else if (byte === closeBracket) {
      this.#place = 'after';
      return 'list-closed';
    }
    return undefined;
  }

  end(): 'alone' | 'list-broken' | 'list-over' {
    if (this.#place === 'list') return 'list-broken';
    return this.#place === 'after' ? 'list-over' : 'alone';
  }
}
