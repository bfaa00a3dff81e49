import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { inflateSync } from 'node:zlib';
import type { Clinic } from '../model/clinic.ts';
import { draftFolders } from './drafts.ts';
import { CommandError, Exit } from './exit.ts';
import type { Io } from './io.ts';
import { sha256 } from './source.ts';

/** The key that a clinic's forms are marked with. `isSample`: everybody has it, it proves nothing. */
export interface FormKey {
  readonly isSample: boolean;
  /** HMAC-SHA256 of a text, 64 hex digits. */
  readonly mac: (text: string) => string;
}

/** Where a clinic's settings are, and what they say. */
export interface KeyPlace {
  readonly clinic: Clinic;
  /** Folder of `preinfuse.yaml`: a relative `formKey` starts there. */
  readonly root: string;
}

/** Everything that a form's digests are taken with. */
export interface FormTools extends Pick<FormKey, 'mac'> {
  readonly sha256: (data: string | Uint8Array) => string;
  readonly inflate: (data: Uint8Array) => Uint8Array;
}

/** The key of the example clinic, in the open: its forms are the same bytes on every machine. */
export const sampleKey: FormKey = { isSample: true, mac: macWith('preinfuse sample key, known to everybody') };

/**
 * The tools for a clinic's forms. Its key is made where there is none yet, which is said on stderr; one that is not
 * safe to use is a CommandError with exit 2.
 */
export async function formTools(place: KeyPlace, io: Io): Promise<FormTools> {
  return toolsWith((await findFormKey(place, io)) ?? (await makeFormKey(place, io)));
}

/** Bytes that one stream of a form may hold, decoded. */
const mostDecoded = 64 * 1024 * 1024;

export function toolsWith({ mac }: Pick<FormKey, 'mac'>): FormTools {
  return { sha256, mac, inflate: (data) => inflateSync(data, { maxOutputLength: mostDecoded }) };
}

/** The key of a clinic; undefined where none was made yet. One that is not safe to use is a CommandError with exit 2. */
export async function findFormKey(place: KeyPlace, io: Io): Promise<FormKey | undefined> {
  if (place.clinic.demo && place.clinic.formKey === undefined) return sampleKey;
  const path = keyPath(place, io);
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw badKey(code === 'ELOOP' ? 'it is a link' : 'you may not read it', path, cause);
  });
  if (!file) return undefined;
  try {
    return { isSample: false, mac: macWith(Buffer.from(await readKey(file, path), 'hex')) };
  } finally {
    await file.close();
  }
}

async function readKey(file: FileHandle, path: string): Promise<string> {
  const found = await file.stat();
  if (!found.isFile()) throw badKey('it is no file', path);
  if (process.getuid !== undefined && found.uid !== process.getuid()) throw badKey('it belongs to somebody else', path);
  const isOpen = process.platform !== 'win32' && (found.mode & 0o077) !== 0;
  if (isOpen) throw badKey('others may read it', path, undefined, 'make it yours alone: chmod 600');
  const text = found.size <= 66 ? await file.readFile('utf8') : '';
  const [, hex] = /^([0-9a-f]{64})\r?\n?$/.exec(text) ?? [];
  if (!hex) throw badKey('it does not hold 64 hex digits', path);
  return hex;
}

async function makeFormKey(place: KeyPlace, io: Io): Promise<FormKey> {
  const path = keyPath(place, io);
  const draft = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    // A folder that was named is not made: it may be a drive that is not there today.
    if (place.clinic.formKey === undefined) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${randomBytes(32).toString('hex')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    // Whole or not at all, and never over a key that another run has just made.
    await link(draft, path).catch((cause: unknown) => {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    });
  } catch (cause) {
    throw badKey(
      'it is not there and cannot be made',
      path,
      cause,
      'name another place with formKey: in preinfuse.yaml',
    );
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
  io.stderr.write(
    `The key of this clinic's consent forms was made: ${path}\n` +
      `  Keep a copy in a safe place: it tells your forms from forged ones.\n`,
  );
  const made = await findFormKey(place, io);
  if (!made) throw badKey('it could not be made', path);
  return made;
}

function keyPath({ clinic, root }: KeyPlace, { env }: Io): string {
  if (clinic.formKey !== undefined) return resolve(root, clinic.formKey);
  return join(dirname(draftFolders(env).drafts), 'form.key');
}

function macWith(key: string | Uint8Array): FormKey['mac'] {
  return (text) => createHmac('sha256', key).update(text).digest('hex');
}

function badKey(
  why: string,
  path: string,
  cause?: unknown,
  hint = 'see docs/verify.md: the key of the clinic',
): CommandError {
  return new CommandError(`the key of the clinic's forms cannot be used: ${why} (${path})`, Exit.cannotStart, {
    cause,
    hint,
  });
}
