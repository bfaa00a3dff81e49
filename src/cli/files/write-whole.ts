import type { Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, realpath, rename, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { isStore, markedBytes } from '../../record/store-mark.ts';
import { CommandError, Exit } from '../exit.ts';
import type { Io } from '../io.ts';
import { draftIn, removeDraft, removeLeftDrafts } from './drafts.ts';
import { isOthers } from './is-others.ts';
import { isThere } from './read-source.ts';
import { printable } from './write-out.ts';

/** A file being written beside its target. Nothing is at the target until `commit`. */
export interface WholeFile {
  write(chunk: string | Uint8Array): Promise<void>;
  /** Puts what was written in the place of the target. */
  commit(): Promise<void>;
  /** Leaves the target as it was. Does nothing after `commit`. */
  discard(): Promise<void>;
}

/** A CommandError with exit 2 where a file is at `path` already, `name` as it was typed. A device or a pipe is none: it is written to as it is. */
export async function refuseFile(path: string, name: string, hint: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isFile()) throw new CommandError(`${printable(name)} is there already`, Exit.cannotStart, { hint });
}

/** A CommandError with exit 2 where something is at `name` already, as it was typed; `hint` is the way out. */
export function refuseThere(name: string, hint: string, { cwd }: Pick<Io, 'cwd'>): void {
  if (isThere(resolve(cwd, name))) {
    throw new CommandError(`${printable(name)} is there already`, Exit.cannotStart, { hint });
  }
}

/**
 * Opens a file that is written whole or not at all. Readable by its owner alone, unless it replaces one of theirs that others
 * may read. A link is followed, one of another account refused; a device or a pipe is written to as it is. Where that fails, a
 * CommandError with exit 2. What a run that was killed left beside it is taken away.
 */
export async function openWhole(path: string): Promise<WholeFile> {
  return whileWriting(path, async () => {
    const target = await targetOf(path);
    const there = await stat(target).catch(() => undefined);
    if (there && !there.isFile()) return inPlace(path, await open(target, 'w'));
    // What runs that were killed left there, patient's data maybe. Where it cannot be looked at, it stays.
    await removeLeftDrafts(dirname(target)).catch(() => undefined);
    const draft = draftIn(dirname(target));
    return beside(path, target, draft, await open(draft, 'wx', modeLike(there)));
  });
}

/**
 * The file that a path leads to. A link that another account put there could lead to a place of theirs: it rejects with ELOOP.
 * Root is no other account. A store of records is nobody's output: it rejects with ESTORE.
 */
export async function targetOf(path: string): Promise<string> {
  const there = await lstat(path).catch(() => undefined);
  if (there?.isSymbolicLink() && isOthers(there))
    throw Object.assign(new Error('link of another account'), { code: 'ELOOP' });
  const target = await realpath(path).catch(() => path);
  if (await isStoreAt(target)) throw Object.assign(new Error('a store of records'), { code: 'ESTORE' });
  return target;
}

async function isStoreAt(path: string): Promise<boolean> {
  const there = await stat(path).catch(() => undefined);
  const file = there?.isFile() ? await open(path).catch(() => undefined) : undefined;
  try {
    const start = Buffer.alloc(markedBytes);
    await file?.read(start);
    return isStore(start);
  } finally {
    await file?.close();
  }
}

/** Who may read a file that takes the place of `there`: those who could, where it was ours; else its owner alone. */
export function modeLike(there: Stats | undefined): number {
  return there === undefined || isOthers(there) ? 0o600 : there.mode & 0o777;
}

/** Writes one file whole or not at all, as `openWhole`. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const file = await openWhole(path);
  try {
    await file.write(content);
    await file.commit();
  } finally {
    await file.discard();
  }
}

/** Makes a folder where there is none, for its owner alone. */
export async function makeFolder(path: string): Promise<void> {
  await whileWriting(path, () => mkdir(path, { recursive: true, mode: 0o700 }));
}

function inPlace(path: string, handle: FileHandle): WholeFile {
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await handle.close();
    isOpen = false;
  };
  return {
    write: (chunk) => whileWriting(path, () => writeTo(handle, chunk)),
    commit: () => whileWriting(path, close),
    discard: close,
  };
}

function beside(path: string, target: string, draft: string, handle: FileHandle): WholeFile {
  const file = inPlace(path, handle);
  return {
    write: file.write,
    commit: () =>
      whileWriting(path, async () => {
        await handle.sync();
        await file.commit();
        await rename(draft, target);
      }),
    async discard() {
      await file.discard();
      await removeDraft(draft);
    },
  };
}

async function writeTo(handle: FileHandle, chunk: string | Uint8Array): Promise<void> {
  await (typeof chunk === 'string' ? handle.writeFile(chunk, 'utf8') : handle.writeFile(chunk));
}

/** Runs `work`, which writes `path`; a failure of the system is a CommandError with exit 2. */
export async function whileWriting<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new CommandError(`cannot write ${basename(path)}: ${reasonOf(cause)}`, Exit.cannotStart, {
      cause,
      hint: 'name a place that is there, has room, and that you may write to',
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'you may not write there',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is full',
  EFBIG: 'files may be no larger here',
  EISDIR: 'it is a folder',
  EEXIST: 'a file of that name is in the way',
  ESTORE: 'the records of a clinic are in it',
  ELOOP: 'a link stands in the way',
  ENOTDIR: 'a file stands where a folder should',
};

/** Why the system did not let a file be written, in a few words. */
export function reasonOf(cause: unknown): string {
  return reasons[(cause as NodeJS.ErrnoException).code ?? ''] ?? 'the system refused';
}
