import type { AnswerError } from './answers.ts';

/** Bytes as they arrive: a file or standard input. */
export type Bytes = AsyncIterable<Uint8Array>;

/** One record of an input. `sheet` is worth reading where `errors` is empty. */
export interface InputRecord {
  /** The line it starts on, from 1; in a JSON list, which one it is. */
  readonly line: number;
  /** As it came, without its line ending; undefined where it was too long to keep. */
  readonly raw: Uint8Array | undefined;
  readonly sheet: unknown;
  readonly errors: readonly AnswerError[];
}

/** Bytes that one record may have. An answer sheet has a few thousand. */
export const longestRecord = 1024 * 1024;

/** A record that could not be told apart or read as one. */
export function badRecord(line: number, raw: Uint8Array | undefined, error: Omit<AnswerError, 'linkId'>): InputRecord {
  return { line, raw, sheet: undefined, errors: [{ ...error, linkId: '' }] };
}

export function tooLong(line: number): InputRecord {
  const message = `a record has at most ${longestRecord / 1024 / 1024} MiB: is a line break or a bracket missing?`;
  return badRecord(line, undefined, { code: 'record-too-long', message });
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

export const notUtf8 = { code: 'not-utf-8', message: 'this is not UTF-8 text: save the file as UTF-8' } as const;

/** The bytes without the mark that some editors put before UTF-8 text. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return isMarked ? bytes.subarray(3) : bytes;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only, ...more] = parts;
  if (only && more.length === 0) return only;
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The same bytes without that mark at their beginning. */
export async function* unmarked(bytes: Bytes): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of bytes) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = joined([head, chunk]);
    if (head.length < 3) continue;
    yield withoutMark(head);
    head = undefined;
  }
  if (head !== undefined && head.length > 0) yield withoutMark(head);
}
