import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isOthers } from './is-others.ts';
import { modeLike, targetOf, whileWriting } from './write-whole.ts';

/**
 * A file that grows beside its target, as `NAME.partial`: nothing is at the target until `place`, and another run can go
 * on with what is there. A device or a pipe is written to as it is.
 */
export interface PartialFile {
  /** Once it is done, nothing needs `chunk` any more. It may not be in the file yet; what goes wrong there rejects what is asked next. */
  write(chunk: string | Uint8Array): Promise<void>;
  /**
   * What was written when it was called is safe from now on, also where the power fails. Gives its length in bytes. More may be
   * written meanwhile. Where some of it could not be written, it rejects from then on.
   */
  sync(): Promise<number>;
  /** Puts what was synced in the place of the target. */
  place(): Promise<void>;
  /** Ends, and leaves what was written for another run. */
  leave(): Promise<void>;
}

/** Where a file grows: its target with links followed. `canGrow` is false for a device or a pipe. */
export interface PartialPlace {
  readonly target: string;
  readonly partial: string;
  readonly canGrow: boolean;
}

/** The place beside `path`. Where a folder or a link of another account stands there, a CommandError with exit 2. */
export async function partialPlace(path: string): Promise<PartialPlace> {
  return whileWriting(path, async () => {
    const target = await targetOf(path);
    const there = await stat(target).catch(() => undefined);
    if (there?.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    return { target, partial: `${target}.partial`, canGrow: there === undefined || there.isFile() };
  });
}

/** True where an earlier run of this account left at least `length` bytes. */
export async function isLeft({ partial }: PartialPlace, length: number): Promise<boolean> {
  const there = await lstat(partial).catch(() => undefined);
  return there?.isFile() === true && !isOthers(there) && there.size >= length;
}

/** Takes away what an earlier run left. */
export async function removePartial({ target, partial }: PartialPlace): Promise<void> {
  await whileWriting(target, () => rm(partial, { force: true }));
}

/** Bytes that are gathered before they are written. */
const mostHeld = 256 * 1024;

/**
 * Opens the file for writing from `from` on; what stands behind is cut off. At 0 it is made anew. Readable by its owner
 * alone, unless it will replace one that others may read. Where that fails, a CommandError with exit 2.
 */
export async function openPartial(place: PartialPlace, from: number): Promise<PartialFile> {
  const handle = await whileWriting(place.target, () => openAt(place, from));
  let position = from;
  /** With what is not in the file yet. */
  let length = from;
  let held = Buffer.allocUnsafeSlow(mostHeld);
  let size = 0;
  /** What was held before: it is written while more is gathered. */
  let other = Buffer.allocUnsafeSlow(mostHeld);
  let written: Promise<void> = Promise.resolve();
  let synced: Promise<void> = Promise.resolve();
  let isOpen = true;
  let failure: unknown;
  const writing = async <T>(work: () => Promise<T>): Promise<T> => {
    if (failure !== undefined) throw failure;
    try {
      return await whileWriting(place.target, work);
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  const close = async (): Promise<void> => {
    await Promise.allSettled([written, synced]);
    if (isOpen) await handle.close();
    isOpen = false;
  };
  const put = async (bytes: Uint8Array): Promise<void> => {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, place.canGrow ? position : null);
      at += bytesWritten;
      position += bytesWritten;
    }
  };
  const putNext = (bytes: Uint8Array): Promise<void> => {
    written = written.then(() => writing(() => put(bytes)));
    // Whoever asks next is told.
    written.catch(() => undefined);
    return written;
  };
  const makeRoom = async (): Promise<void> => {
    await written;
    [held, other] = [other, held];
    putNext(other.subarray(0, size));
    size = 0;
  };
  return {
    async write(chunk) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      if (size + bytes.length > mostHeld) await makeRoom();
      length += bytes.length;
      if (bytes.length > mostHeld) return putNext(bytes);
      held.set(bytes, size);
      size += bytes.length;
    },
    async sync() {
      const whole = length;
      const rest = Buffer.from(held.subarray(0, size));
      size = 0;
      synced = putNext(rest).then(() => writing(async () => (place.canGrow ? handle.datasync() : undefined)));
      await synced;
      return whole;
    },
    place: () =>
      writing(async () => {
        await close();
        if (!place.canGrow) return;
        await rename(place.partial, place.target);
        await syncFolder(place.target);
      }),
    leave: close,
  };
}

/** Writes a whole file that no other process writes. What one that was killed left beside it is taken away. */
export async function writePartial(place: PartialPlace, content: string | Uint8Array): Promise<void> {
  const file = await openPartial(place, 0);
  try {
    await file.write(content);
    await file.sync();
    await file.place();
  } catch (error) {
    await file.leave();
    if (place.canGrow) await removePartial(place);
    throw error;
  }
}

async function openAt({ target, partial, canGrow }: PartialPlace, from: number): Promise<FileHandle> {
  if (!canGrow) return open(target, 'w');
  if (from === 0) await rm(partial, { force: true });
  const there = await stat(target).catch(() => undefined);
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;
  // Made anew it must be ours: whatever somebody put in the way meanwhile, a link too, is an error.
  const flags = O_RDWR | O_NOFOLLOW | (from === 0 ? O_CREAT | O_EXCL : 0);
  const handle = await open(partial, flags, modeLike(there));
  await handle.truncate(from);
  return handle;
}

/** Makes the names in the folder of `path` safe, where the system can. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
