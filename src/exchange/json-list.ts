import { joined } from '../model/bytes.ts';
import {
  type Bytes,
  type Chunk,
  endOfInput,
  longestRecord,
  partOfRecord,
  type RawRecord,
  unmarked,
} from './records.ts';

/**
 * Cuts a JSON list into its values, or gives one value alone. `line` is which one of the list it is. Holds one of them
 * and one part of the input, whatever the length of the list. A list that is never closed, or goes on after its end, is
 * a record in error. `member`: a list under this key of an object that is all of the input is such a list too.
 */
export async function* chunksOfList(bytes: Bytes, member?: string): AsyncGenerator<Chunk> {
  const scan = new ListScan(member);
  const values = new Values();
  let start = 0;
  let end = 0;
  for await (const { bytes: part, end: partEnd } of unmarked(bytes)) {
    let from = 0;
    for (let at = 0; at < part.length; at += 1) {
      const delimiter = scan.next(part[at] as number);
      if (delimiter === undefined) continue;
      values.end(part.subarray(from, at), delimiter, partEnd - part.length + at + 1, scan.takeTangle());
      from = at + 1;
    }
    values.keep(part.subarray(from));
    end = partEnd;
    const records = values.take();
    const chunkEnd = end - (part.length - from);
    if (records.length > 0) yield { start, end: chunkEnd, records };
    if (records.length > 0) start = chunkEnd;
    const cut = values.takePart();
    if (cut) yield partOfRecord(cut.line, cut.raw, start);
  }
  values.end(new Uint8Array(0), scan.end(), endOfInput);
  const records = values.take();
  if (records.length > 0) yield { start, end: endOfInput, records };
}

/**
 * What a value ends with; before `list-opened` and `object-closed` there is none. `alone`, `list-broken` and `list-over` are the end of
 * input without a list, in it, after it.
 */
type Ending = 'list-opened' | 'comma' | 'list-closed' | 'object-closed' | 'alone' | 'list-broken' | 'list-over';

/** Puts values together from the parts that they came in. */
class Values {
  #kept: Uint8Array[] = [];
  #size = 0;
  #line = 0;
  /** The first bytes of the value were taken. */
  #isCut = false;
  #found: RawRecord[] = [];

  keep(part: Uint8Array): void {
    this.#size += part.length;
    this.#kept.push(part);
  }

  end(part: Uint8Array, ending: Ending, offset: number, isTangled = false): void {
    this.keep(part);
    const isTooLong = this.#size > longestRecord;
    const raw = trimmed(joined(this.#kept), this.#isCut ? 'end' : 'both');
    this.#kept = [];
    this.#size = 0;
    this.#isCut = false;
    if (ending === 'list-opened' || ending === 'object-closed') return;
    this.#line += 1;
    const is = isTangled ? 'tangled' : kindOf(raw.length > 0, isTooLong, ending, this.#line);
    if (is !== undefined) this.#found.push({ line: this.#line, raw, is, end: offset });
  }

  /** What is kept of a value that is too long for that: the rest of it comes later. */
  takePart(): Pick<RawRecord, 'line' | 'raw'> | undefined {
    if (this.#size <= longestRecord) return undefined;
    const raw = trimmed(joined(this.#kept), this.#isCut ? 'none' : 'start');
    this.#kept = [];
    this.#isCut = true;
    return raw.length === 0 ? undefined : { line: this.#line + 1, raw };
  }

  /** Those that are whole. */
  take(): readonly RawRecord[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }
}

function kindOf(isThere: boolean, isTooLong: boolean, ending: Ending, line: number): RawRecord['is'] | undefined {
  if (ending === 'list-broken' || (ending === 'list-over' && isThere)) return isTooLong ? 'endless' : 'broken-list';
  if (isTooLong) return 'too-long';
  if (isThere) return 'whole';
  return ending === 'comma' || (ending === 'list-closed' && line > 1) ? 'nothing' : undefined;
}

/** A value without the blanks around it. `at`: where it may have some. */
function trimmed(bytes: Uint8Array, at: 'both' | 'start' | 'end' | 'none'): Uint8Array {
  let [from, to] = [0, bytes.length];
  if (at !== 'end' && at !== 'none') while (from < to && spaces.includes(bytes[from] as number)) from += 1;
  if (at !== 'start' && at !== 'none') while (to > from && spaces.includes(bytes[to - 1] as number)) to -= 1;
  return bytes.subarray(from, to);
}

const spaces = [0x20, 0x09, 0x0a, 0x0d];
const [comma, quote, backslash, lineFeed] = [0x2c, 0x22, 0x5c, 0x0a];
const [openBracket, openBrace, closeBracket, closeBrace] = [0x5b, 0x7b, 0x5d, 0x7d];

/** Follows brackets and quotes, without a look at what stands between them: in an object, but at the names of its own keys. */
class ListScan {
  readonly #member: MemberScan | undefined;
  #place: 'before' | 'object' | 'alone' | 'list' | 'after' = 'before';
  #hasList = false;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  /** The string has a line end in it, which no string of JSON has. */
  #isBrokenText = false;
  /** Such a string has something in it that opens an object: a quote is missing before, and a text of the list was taken for one. */
  #isTangled = false;

  constructor(member: string | undefined) {
    this.#member = member === undefined ? undefined : new MemberScan(member);
  }

  /** What this byte ends or opens: nothing, mostly. */
  next(byte: number): 'list-opened' | 'comma' | 'list-closed' | 'object-closed' | undefined {
    switch (this.#place) {
      case 'before':
        if (spaces.includes(byte)) return undefined;
        if (byte === openBracket) return this.#openList();
        this.#place = byte === openBrace && this.#member ? 'object' : 'alone';
        return undefined;
      case 'object':
        return this.#inObject(byte);
      case 'list':
        return this.#isInString ? this.#inString(byte) : this.#inList(byte);
      default:
        return undefined;
    }
  }

  #openList(): 'list-opened' {
    this.#place = 'list';
    this.#hasList = true;
    return 'list-opened';
  }

  #inString(byte: number): undefined {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === backslash) this.#isEscaped = true;
    else if (byte === quote) {
      this.#isInString = false;
      this.#isBrokenText = false;
    } else if (byte === lineFeed) this.#isBrokenText = true;
    else if (byte === openBrace && this.#isBrokenText) this.#isTangled = true;
  }

  /** Whether quotes went wrong in the value that ends here. */
  takeTangle(): boolean {
    const isTangled = this.#isTangled;
    this.#isTangled = false;
    return isTangled;
  }

  /** `#depth` is that inside the object. */
  #inObject(byte: number): 'list-opened' | 'object-closed' | undefined {
    const isOpened = this.#depth === 0 && this.#member?.next(byte, this.#isInString) === true;
    if (this.#isInString) return this.#inString(byte);
    if (isOpened) return this.#openList();
    if (byte === quote) this.#isInString = true;
    else if (byte === openBracket || byte === openBrace) this.#depth += 1;
    else if (byte === closeBracket || byte === closeBrace) this.#depth -= 1;
    if (this.#depth >= 0) return undefined;
    this.#place = this.#hasList ? 'after' : 'alone';
    return this.#hasList ? 'object-closed' : undefined;
  }

  #inList(byte: number): 'comma' | 'list-closed' | undefined {
    if (byte === quote) this.#isInString = true;
    else if (byte === openBracket || byte === openBrace) this.#depth += 1;
    else if (this.#depth > 0) this.#depth -= byte === closeBracket || byte === closeBrace ? 1 : 0;
    else if (byte === comma) return 'comma';
    else if (byte === closeBracket) {
      this.#place = this.#member?.isInside ? 'object' : 'after';
      return 'list-closed';
    }
    return undefined;
  }

  end(): 'alone' | 'list-broken' | 'list-over' {
    if (this.#place === 'list' || (this.#place === 'object' && this.#hasList)) return 'list-broken';
    return this.#place === 'after' ? 'list-over' : 'alone';
  }
}

/** Finds the list under one key of an object, which is written without escapes. */
class MemberScan {
  /** The key in quotes and the colon after it. */
  readonly #key: Uint8Array;
  /** How many bytes of that were met; -1 in another string. */
  #met = 0;
  /** The list was found: the input is such an object. */
  isInside = false;

  constructor(member: string) {
    this.#key = new TextEncoder().encode(`"${member}":`);
  }

  /** True for the bracket that opens the list. `byte` stands in the object itself, or in a string there. */
  next(byte: number, isInString: boolean): boolean {
    if (!isInString && spaces.includes(byte)) return false;
    if (this.#met === this.#key.length) {
      this.#met = 0;
      this.isInside ||= byte === openBracket;
      return byte === openBracket;
    }
    if (byte === this.#key[this.#met]) this.#met += 1;
    else this.#met = isInString && byte !== quote ? -1 : 0;
    return false;
  }
}
