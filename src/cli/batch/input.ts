import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Chunk } from '../../exchange/records.ts';
import { CommandError, Exit } from '../exit.ts';
import type { Io } from '../io.ts';
import type { InputState } from './state.ts';

/** The bytes of an input as they are read, and how many and which they were. */
export interface Meter {
  readonly bytes: AsyncGenerator<Uint8Array>;
  /** So far. */
  read(): number;
  /** Of all that is read so far: SHA-256, 64 hex digits. */
  digest(): string;
  /** False until the bytes that an earlier run read are seen to be the same. */
  isKnown(): boolean;
}

/** Counts and digests `bytes`. Where they are not those that `left` speaks of, a CommandError with exit 2. */
export function metered(bytes: AsyncIterable<Uint8Array>, left: InputState | undefined): Meter {
  const hash = createHash('sha256');
  const known = left?.read ?? 0;
  let read = 0;
  let isKnown = known === 0;
  const digest = (): string => hash.copy().digest('hex');
  const take = (chunk: Uint8Array): void => {
    hash.update(chunk);
    read += chunk.length;
    if (read !== known || isKnown) return;
    if (digest() !== left?.digest) throw otherInput();
    isKnown = true;
  };
  async function* through(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      const before = Math.max(0, Math.min(chunk.length, known - read));
      if (before > 0) take(chunk.subarray(0, before));
      if (before < chunk.length) take(chunk.subarray(before));
      yield chunk;
    }
    if (!isKnown) throw otherInput();
  }
  return { bytes: through(), read: () => read, digest, isKnown: () => isKnown };
}

function otherInput(): CommandError {
  return new CommandError('the input is not what it was when the earlier run read it', Exit.cannotStart, {
    hint: 'leave out --resume to start again',
  });
}

/**
 * The records that an earlier run has not done: those that end after `offset`. Where none ends at it, the input went on in
 * the middle of a record since: a CommandError with exit 2.
 */
export async function* chunksAfter(chunks: AsyncIterable<Chunk>, offset: number): AsyncGenerator<Chunk> {
  let isMet = offset === 0;
  for await (const chunk of chunks) {
    isMet ||= chunk.start === offset || chunk.end === offset || chunk.records.some(({ end }) => end === offset);
    if (chunk.end <= offset && chunk.start < offset) continue;
    if (!isMet) throw otherInput();
    if (chunk.start >= offset) yield chunk;
    else yield { ...chunk, start: offset, records: chunk.records.filter(({ end }) => end > offset) };
  }
  if (!isMet) throw otherInput();
}

/** A file as it is at some moment; undefined for what is no file. */
export interface InputMoment {
  readonly size: number;
  readonly inode: number;
  readonly modified: number;
}

/** The input as it is now; undefined for standard input and pipes, and where it is gone. */
export async function inputNow(source: string, io: Io): Promise<InputMoment | undefined> {
  if (source === '-') return undefined;
  const there = await stat(resolve(io.cwd, source)).catch(() => undefined);
  return there?.isFile() ? { size: there.size, inode: there.ino, modified: there.mtimeMs } : undefined;
}

/** Whether a file that was read to its end, `read` bytes, changed meanwhile. One that was replaced was read as it was. */
export function hasChanged(before: InputMoment | undefined, after: InputMoment | undefined, read: number): boolean {
  if (before === undefined) return false;
  if (read !== before.size) return true;
  return after?.inode === before.inode && after.modified !== before.modified;
}
