import { createHash } from 'node:crypto';
import { closeSync, constants, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { noHead } from './chain.ts';
import type { Head } from './sealing.ts';

/**
 * What this desk knows of a store beside the store itself: the last entry it wrote there. An older file that was copied back, or
 * one whose last entries were cut off, lacks it.
 */
export interface Memory {
  /** The head before the first entry where nothing is remembered. */
  read(): Head;
  /** Survives the end of the process at any moment. */
  write(head: Head): void;
  close(): void;
}

/**
 * The memory of a store at a place, in a file of its own below `folder`: a backup that was put back elsewhere, to see that it
 * can be, goes on apart from the store it was made of. One that cannot be written is none: nothing is held up by it.
 */
export function memoryOf(folder: string, store: string, place: string): Memory {
  const path = join(folder, `${store}-${createHash('sha256').update(place).digest('hex').slice(0, 16)}.head`);
  const opened: { file?: number } = {};
  return {
    read: () => readHead(path),
    write(head) {
      try {
        opened.file ??= openMemory(folder, path);
        // Always as long, so that one write replaces the one before.
        writeSync(opened.file, `${String(head.seq).padStart(16)} ${head.hash}\n`, 0);
      } catch {
        delete opened.file;
      }
    },
    close() {
      if (opened.file !== undefined) closeSync(opened.file);
      delete opened.file;
    },
  };
}

function openMemory(folder: string, path: string): number {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return openSync(path, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o600);
}

function readHead(path: string): Head {
  try {
    const [, seq, hash] = /^ *(\d+) ([0-9a-f]{64})\n$/.exec(readFileSync(path, 'utf8')) ?? [];
    return seq === undefined || hash === undefined ? noHead : { seq: Number(seq), hash };
  } catch {
    return noHead;
  }
}
