import { createHmac, randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { inflateSync } from 'node:zlib';
import type { PartTools } from '../../document/integrity/file-parts.ts';
import type { Clinic } from '../../model/clinic.ts';
import { makeOwnFile, ownFolder, readOwnFile, type SecretName, unusable } from '../files/own-file.ts';
import { sha256 } from '../files/source.ts';
import { stateFolder } from '../files/state-folder.ts';
import { printable } from '../files/write-out.ts';
import type { Io } from '../io.ts';

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
export type FormTools = Pick<FormKey, 'mac'> & PartTools;

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
  const text = await readOwnFile(path, secret);
  if (text === undefined) return undefined;
  const [, hex] = /^([0-9a-f]{64})\r?\n?$/.exec(text) ?? [];
  if (!hex) throw unusable('it does not hold 64 hex digits', path, secret);
  return { isSample: false, mac: macWith(Buffer.from(hex, 'hex')) };
}

async function makeFormKey(place: KeyPlace, io: Io): Promise<FormKey> {
  const path = keyPath(place, io);
  const name = { ...secret, hint: 'name another place with formKey: in preinfuse.yaml' };
  // A folder that was named is not made: it may be a drive that is not there today.
  if (place.clinic.formKey === undefined) await ownFolder(dirname(path), name);
  await makeOwnFile(path, `${randomBytes(32).toString('hex')}\n`, name);
  io.stderr.write(
    `The key of this clinic's consent forms was made: ${printable(path)}\n` +
      `  Keep a copy in a safe place: it tells your forms from forged ones.\n`,
  );
  const made = await findFormKey(place, io);
  if (!made) throw unusable('it could not be made', path, secret);
  return made;
}

const secret: SecretName = { what: "the key of the clinic's forms", hint: 'see docs/verify.md: the key of the clinic' };

function keyPath({ clinic, root }: KeyPlace, { env }: Io): string {
  if (clinic.formKey !== undefined) return resolve(root, clinic.formKey);
  return join(stateFolder(env), 'form.key');
}

function macWith(key: string | Uint8Array): FormKey['mac'] {
  return (text) => createHmac('sha256', key).update(text).digest('hex');
}
