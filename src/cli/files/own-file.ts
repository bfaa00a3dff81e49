import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { link, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { notOwn } from '../../record/own-place.ts';
import { CommandError, Exit } from '../exit.ts';
import { reasonOf } from './write-whole.ts';

/** What a file or folder of secrets is called where it cannot be used, and the way out. */
export interface SecretName {
  readonly what: string;
  readonly hint: string;
}

/** Bytes that a file of secrets may have. */
const mostBytes = 64 * 1024;

/**
 * The text of a file that its owner alone may read; undefined where there is none. One that is a link, is no file, belongs to
 * somebody else, that others may read, or that is too large for a secret is a CommandError with exit 2.
 */
export async function readOwnFile(path: string, name: SecretName): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw unusable(code === 'ELOOP' ? 'it is a link' : 'you may not read it', path, name, cause);
  });
  if (!file) return undefined;
  try {
    const found = await file.stat();
    if (!found.isFile()) throw unusable('it is no file', path, name);
    refuseShared(found, path, name, 'chmod 600');
    if (found.size > mostBytes) throw unusable('it is too large', path, name);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Makes a folder where there is none. One that is a link, belongs to somebody else or that others may look into is a CommandError with exit 2. */
export async function ownFolder(path: string, name: SecretName): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const found = await lstat(path);
    if (!found.isDirectory()) throw unusable('it is no folder', path, name);
    refuseShared(found, path, name, 'chmod 700');
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    const isOther = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw unusable(isOther ? 'it is no folder' : 'it is not there and cannot be made', path, name, cause);
  }
}

function refuseShared(found: Stats, path: string, name: SecretName, mend: string): void {
  const why = notOwn(found);
  if (why === undefined) return;
  throw unusable(why, path, why === 'others may read it' ? { ...name, hint: `make it yours alone: ${mend}` } : name);
}

/**
 * Makes a file for its owner alone, whole or not at all, in a folder that is there; false where a file of that name is there
 * already, which stays. Where that fails, a CommandError with exit 2.
 */
export function makeOwnFile(path: string, text: string, name: SecretName): Promise<boolean> {
  return writeOwnFile(path, text, name, (draft) =>
    link(draft, path).then(
      () => true,
      (cause: unknown) => {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
        return false;
      },
    ),
  );
}

/** The same, in the place of what is there. A link is replaced, not followed. */
export async function replaceOwnFile(path: string, text: string, name: SecretName): Promise<void> {
  await writeOwnFile(path, text, name, (draft) => rename(draft, path).then(() => true));
}

async function writeOwnFile(
  path: string,
  text: string,
  name: SecretName,
  put: (draft: string) => Promise<boolean>,
): Promise<boolean> {
  const draft = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    return await put(draft);
  } catch (cause) {
    throw unusable(`it is not there and cannot be made: ${reasonOf(cause)}`, path, name, cause);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** Why a file of secrets cannot be used. */
export function unusable(why: string, path: string, { what, hint }: SecretName, cause?: unknown): CommandError {
  return new CommandError(`${what} cannot be used: ${why} (${path})`, Exit.cannotStart, { cause, hint });
}
