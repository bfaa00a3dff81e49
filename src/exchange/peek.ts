import { joined } from '../model/bytes.ts';
import type { Bytes } from './records.ts';

/** The first bytes of an input, and all of them, those included. */
export interface Peeked {
  readonly head: Uint8Array;
  readonly all: Bytes;
  /** Gives the input up, where `all` is not read. */
  close(): Promise<void>;
}

/** Reads as much of the beginning of an input as is enough, or all where nothing is. */
export async function peek(bytes: Bytes, isEnough: (head: Uint8Array) => boolean): Promise<Peeked> {
  const parts = bytes[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  while (!isEnough(head)) {
    const { value, done } = await parts.next();
    if (done) break;
    head = head.length === 0 ? value : joined([head, value]);
  }
  const close = async (): Promise<void> => void (await parts.return?.());
  return { head, all: followedBy(head, parts), close };
}

async function* followedBy(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
