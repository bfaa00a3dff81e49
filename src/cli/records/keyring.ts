import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { CannotOpen } from '../../record/cannot-open.ts';
import { allowedSigner } from '../../record/checkpoint.ts';
import { type Identity, identityOf, isRecipient, newIdentity, unlock } from '../../record/keys.ts';
import type { Vault, WrappedKey } from '../../record/sealing.ts';
import { sshPublicKey } from '../../record/ssh-signature.ts';
import { openVault } from '../../record/vault.ts';
import { CommandError, Exit } from '../exit.ts';
import { makeOwnFile, ownFolder, readOwnFile, type SecretName, unusable } from '../files/own-file.ts';
import { isThere } from '../files/read-source.ts';
import { stateFolder } from '../files/state-folder.ts';
import { printable } from '../files/write-out.ts';
import type { KeyPlace } from '../forms/form-key.ts';
import type { Io } from '../io.ts';

/** Who reads completed records: age recipients. */
export interface Readers {
  readonly reviewer: string;
  readonly recovery: string;
}

/** The keys that are at a desk. */
export interface Keyring {
  readonly folder: string;
  /** Opens the drafts of this desk, and completed records where there are no `readers` yet. */
  readonly desk: Identity;
  /** Chart references are looked up with it; the same at all desks of a clinic. */
  readonly indexKey: Uint8Array;
  /** Signs checkpoints of the audit trail: Ed25519, PEM. */
  readonly auditKey: string;
  /** Undefined before `preinfuse key init`. */
  readonly readers: Readers | undefined;
}

/** The files of a keyring. All are for their owner alone; those of age are as stock `age` reads them. */
export const keyFiles = {
  desk: 'desk.key',
  index: 'index.key',
  audit: 'audit.key',
  /** Who may sign checkpoints, as `ssh-keygen -Y verify -f` reads it. */
  signers: 'allowed_signers',
  /** As `age -R` reads it. */
  readers: 'recipients.txt',
  /** The reviewer's key behind a passphrase. */
  reviewer: 'reviewer.key.age',
  /** What a rotation that is under way puts in the place of the two before. */
  nextReaders: 'recipients.txt.next',
  nextReviewer: 'reviewer.key.age.next',
} as const;

/** How messages call the keys. */
export const keysName: SecretName = { what: 'the keys of the records', hint: 'see docs/security.md: the keys' };

/** `keys:` in the clinic's settings, else `keys` beside the drafts. */
export function keyFolder({ clinic, root }: KeyPlace, { env }: Io): string {
  if (clinic.keys !== undefined) return resolve(root, clinic.keys);
  return join(stateFolder(env), 'keys');
}

/**
 * The keys of this desk. Those that are not there are made, which is said on stderr once. Keys that are not safe to use are a
 * CommandError with exit 2.
 */
export async function openKeyring(place: KeyPlace, io: Io): Promise<Keyring> {
  const { keyring, isNew } = await findOrMakeKeyring(place, io);
  if (isNew) io.stderr.write(newKeysWords(keyring));
  return keyring;
}

/** The same, unsaid. */
export async function findOrMakeKeyring(
  place: KeyPlace,
  io: Io,
): Promise<{ readonly keyring: Keyring; readonly isNew: boolean }> {
  const folder = keyFolder(place, io);
  await ownFolder(folder, keysName);
  const isNew = (await readKey(folder, 'desk')) === undefined;
  const desk = await deskIdentity(folder);
  const indexKey = await keptOrMade(folder, 'index', /^[0-9a-f]{64}$/, () => randomBytes(32).toString('hex'));
  const auditKey = await keptOrMade(folder, 'audit', /^-----BEGIN PRIVATE KEY-----/, newAuditKey);
  const signers = join(folder, keyFiles.signers);
  if (!isThere(signers)) await makeOwnFile(signers, allowedSigner('preinfuse', sshPublicKey(auditKey)), keysName);
  const readers = await readReaders(folder);
  return { keyring: { folder, desk, indexKey: Buffer.from(indexKey, 'hex'), auditKey, readers }, isNew };
}

/** Who may sign checkpoints, as the file of the keyring says it. A CommandError with exit 2 where there is none: none is made. */
export async function readSigners(place: KeyPlace, io: Io): Promise<string> {
  const folder = keyFolder(place, io);
  const text = await readKey(folder, 'signers');
  if (text !== undefined) return text;
  throw unusable('there is no such file', join(folder, keyFiles.signers), {
    what: 'who may sign checkpoints',
    hint: 'copy it from the desk that made the checkpoint',
  });
}

function newKeysWords({ folder, readers }: Keyring): string {
  const made = `The keys of this desk were made: ${printable(folder)}`;
  if (readers) return `${made}\n  What is kept here is sealed with them.\n`;
  return (
    `${made}\n  They seal what is kept here: who has that folder reads it, without it nobody.\n` +
    '  For a reviewer and a recovery key: preinfuse key init\n'
  );
}

type KeyFile = keyof typeof keyFiles;

function readKey(folder: string, name: KeyFile): Promise<string | undefined> {
  return readOwnFile(join(folder, keyFiles[name]), keysName);
}

/** The text of a key file, made where there is none; two that start at once end with the same. */
async function keptOrMade(folder: string, name: KeyFile, form: RegExp, make: () => string): Promise<string> {
  const path = join(folder, keyFiles[name]);
  if ((await readKey(folder, name)) === undefined) await makeOwnFile(path, `${make()}\n`, keysName);
  const text = (await readKey(folder, name))?.trim() ?? '';
  if (!form.test(text)) throw unusable('it does not hold a key', path, keysName);
  return text;
}

function newAuditKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
}

async function deskIdentity(folder: string): Promise<Identity> {
  if ((await readKey(folder, 'desk')) === undefined) {
    await makeOwnFile(join(folder, keyFiles.desk), identityFile('desk', await newIdentity()), keysName);
  }
  return identityIn((await readKey(folder, 'desk')) ?? '', join(folder, keyFiles.desk));
}

/** A key pair as age keeps it. */
export function identityFile(whose: string, { secret, recipient }: Identity): string {
  return `# preinfuse ${whose} key\n# public key: ${recipient}\n${secret}\n`;
}

/** The key in a file of age, where there is one alone. */
async function identityIn(text: string, path: string): Promise<Identity> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  try {
    return await identityOf(lines.join(''));
  } catch (cause) {
    throw unusable('it does not hold a key', path, keysName, cause);
  }
}

/** Who reads completed records, as a file that stock age takes as well. */
export function recipientsFile({ reviewer, recovery }: Readers): string {
  return `# Who can open completed records.\n# reviewer\n${reviewer}\n# recovery\n${recovery}\n`;
}

/** The readers that a file of the keyring names. */
export async function readReaders(
  folder: string,
  file: 'readers' | 'nextReaders' = 'readers',
): Promise<Readers | undefined> {
  const text = await readKey(folder, file);
  if (text === undefined) return undefined;
  const [reviewer = '', recovery = '', ...more] = text
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (more.length > 0 || !isRecipient(reviewer) || !isRecipient(recovery)) {
    throw unusable('it does not name a reviewer and a recovery key', join(folder, keyFiles[file]), keysName);
  }
  return { reviewer, recovery };
}

/** Those who can open completed records: before `key init` the desk alone. */
function readersOf({ desk, readers }: Keyring): readonly string[] {
  return readers ? recipientsOf(readers) : [desk.recipient];
}

/** Readers as age takes them; none where there are no readers yet. */
export function recipientsOf(readers: Readers | undefined): readonly string[] {
  return readers ? [readers.reviewer, readers.recovery] : [];
}

/** The vault of a desk; with the secrets of others as well, what they may read opens too. */
export function vaultAt(
  keyring: Keyring,
  findKey: (id: string) => Promise<WrappedKey | undefined>,
  secrets: readonly string[] = [],
): Vault {
  const { desk, indexKey } = keyring;
  return openVault({
    readers: readersOf(keyring),
    desk: desk.recipient,
    secrets: [desk.secret, ...secrets],
    indexKey,
    findKey,
  });
}

/** Where a reader's key comes from. */
export interface KeySource {
  /** A file with the key, or with the key behind a passphrase. */
  readonly keyFile?: string;
  /** False for `--no-input`. */
  readonly input?: boolean;
}

/**
 * The secrets that open completed records: out of `--key-file`, else the reviewer's key in the keyring, whose passphrase is
 * asked for. None are needed before `key init`. What cannot be had is a CommandError with exit 2; no answer is one with 130.
 */
export async function readerSecrets(keyring: Keyring, source: KeySource, io: Io): Promise<readonly string[]> {
  const { keyFile } = source;
  if (keyFile !== undefined) return [(await identityFrom(resolve(io.cwd, keyFile), source, io)).secret];
  const { folder, readers } = keyring;
  if (!readers) return [];
  const elsewhere = new CommandError("this needs the reviewer's key, which is not at this desk", Exit.cannotStart, {
    hint: 'name it with --key-file FILE',
  });
  if ((await readKey(folder, 'reviewer')) === undefined) throw elsewhere;
  const { secret, recipient } = await identityFrom(join(folder, keyFiles.reviewer), source, io);
  if (recipient !== readers.reviewer) throw elsewhere;
  return [secret];
}

/** The key in a file, whose passphrase is asked for where it has one. */
export async function identityFrom(path: string, source: KeySource, io: Io): Promise<Identity> {
  const text = await readOwnFile(path, keysName);
  if (text === undefined) throw unusable('there is no such file', path, keysName);
  if (!text.startsWith('-----BEGIN AGE ENCRYPTED FILE-----')) return identityIn(text, path);
  const passphrase = await passphraseFor(source, io);
  try {
    return await identityIn(await unlock(text, passphrase), path);
  } catch (cause) {
    if (cause instanceof CannotOpen && cause.reason === 'no-key') {
      throw new CommandError('that is not the passphrase of this key', Exit.cannotStart, {
        hint: 'try again; the recovery key opens the records too, with --key-file',
      });
    }
    throw cause instanceof CannotOpen ? unusable('it does not hold a key', path, keysName, cause) : cause;
  }
}

async function passphraseFor(source: KeySource, io: Io): Promise<string> {
  needsTerminal('the passphrase of the key is', '--key-file FILE names a key file, readable by you alone', source, io);
  const { askHidden } = await import('../prompts.ts');
  return given(await askHidden('Passphrase of the key', io)).normalize('NFC');
}

/** A CommandError with exit 2 where nobody can be asked. */
export function needsTerminal(what: string, hint: string, { input }: KeySource, { stdin, stderr }: Io): void {
  if (input !== false && stdin.isTTY && stderr.isTTY) return;
  throw new CommandError(`${what} asked for at a terminal, and there is none`, Exit.cannotStart, { hint });
}

/** What somebody typed; a CommandError with exit 130 where they stopped instead. */
export function given(typed: string | undefined): string {
  if (typed === undefined) throw new CommandError('stopped; nothing was changed', Exit.interrupted);
  return typed;
}
