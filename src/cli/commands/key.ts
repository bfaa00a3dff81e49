import { rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { reference } from '../../exchange/result.ts';
import { CannotOpen } from '../../record/cannot-open.ts';
import { documentsOf, listCases, noteReading, type StoredCase } from '../../record/cases.ts';
import { type Identity, identityOf, lock, newIdentity } from '../../record/keys.ts';
import { reindex } from '../../record/reindex.ts';
import { closedTo, rewrapAll } from '../../record/rotation.ts';
import { findKey, listKeys, replaceKeys, type Store } from '../../record/store.ts';
import { caseStates } from '../../record/tables.ts';
import { CommandError, Exit } from '../exit.ts';
import { makeOwnFile, replaceOwnFile } from '../files/own-file.ts';
import { isThere } from '../files/read-source.ts';
import { printable, writeOut } from '../files/write-out.ts';
import { loadClinic } from '../forms/templates.ts';
import type { Io } from '../io.ts';
import { vaultOver, withStore } from '../records/desk.ts';
import {
  findOrMakeKeyring,
  given,
  identityFile,
  identityFrom,
  type Keyring,
  keyFiles,
  keysName,
  needsTerminal,
  type Readers,
  readerSecrets,
  readReaders,
  recipientsFile,
  recipientsOf,
  vaultAt,
} from '../records/keyring.ts';
import type { StoreChoice } from '../records/record-store.ts';
import { refuseOtherIndex } from '../records/record-store.ts';

export interface KeyOptions extends StoreChoice {
  /** Where the reviewer's new key goes, in place of a passphrase. */
  readonly reviewerFile?: string;
  /** Where the new recovery key goes, in place of the screen. */
  readonly recoveryFile?: string;
  readonly quiet?: boolean;
}

/**
 * Makes the two keys that open completed records: the reviewer's, behind a passphrase or in a file, and a recovery key, shown
 * once or in a file. From then on the desk seals records and cannot read them back; those it kept before are made over. Says on
 * stdout who the readers are.
 */
export async function init(options: KeyOptions, io: Io): Promise<number> {
  const place = await loadClinic(io, options.questionnaire);
  const { keyring } = await findOrMakeKeyring(place, io);
  if (keyring.readers) {
    throw new CommandError(`there is a reviewer and a recovery key already (${keyring.folder})`, Exit.cannotStart, {
      hint: 'new ones in their place: preinfuse key rotate',
    });
  }
  return withStore(place, options.store, io, async (store) => {
    await refuseOtherIndex(store, keyring);
    await refuseReaders(store);
    const reviewer = await newReviewer(join(keyring.folder, keyFiles.reviewer), options, io);
    const recovery = await newRecovery(options, io);
    await reviewer.write();
    await recovery.write();
    const readers = readersWith(reviewer, recovery);
    await replaceOwnFile(join(keyring.folder, keyFiles.readers), recipientsFile(readers), keysName);
    await handOver(store, [keyring.desk.secret], readers, io);
    await sayReaders([reviewer, recovery], io);
    if (options.quiet !== true) {
      await writeOut(
        io.stderr,
        'From now on this desk seals completed records and cannot open them.\n' +
          'Try the recovery key before you need it: preinfuse key test-recovery\n',
      );
    }
    return Exit.ok;
  });
}

/** Other desks seal for readers already: with readers of its own, what this desk seals would be closed to them. */
async function refuseReaders(store: Store): Promise<void> {
  // Before there are readers, a data key is for the desk that made it, alone.
  const keys = await listKeys(store);
  if (keys.every(({ recipients }) => recipients.length === 1)) return;
  throw new CommandError('this store has a reviewer and a recovery key already', Exit.cannotStart, {
    hint: `copy ${keyFiles.readers} and ${keyFiles.index}, with mode 0600, from the folder of the keys of a desk that has them`,
  });
}

export interface RotateOptions extends KeyOptions {
  /** A new recovery key too; so does `recoveryFile`. */
  readonly recovery?: boolean;
  /** No new keys: data keys of other desks for the readers of today. */
  readonly onlyRewrap?: boolean;
}

/**
 * Puts a new reviewer's key, and where that is wanted a new recovery key, in the place of the old ones: all data keys of the
 * store are wrapped anew, in one transaction. Cut short at any moment, either the old keys hold or the new ones do.
 */
export async function rotate(options: RotateOptions, io: Io): Promise<number> {
  const place = await loadClinic(io, options.questionnaire);
  const { keyring } = await findOrMakeKeyring(place, io);
  const { folder, readers } = keyring;
  if (!readers) {
    throw new CommandError('there is no reviewer yet whose key could be changed', Exit.cannotStart, {
      hint: 'make one: preinfuse key init',
    });
  }
  return withStore(place, options.store, io, async (store) => {
    if (await finishRotation(folder, store)) return sayFinished(keyring, store, options, io);
    if (options.onlyRewrap === true) {
      // Of whatever time the key is: another desk may have sealed for one that was replaced since.
      await handOver(store, [keyring.desk.secret, ...(await readerSecrets(keyring, options, io))], readers, io);
      return Exit.ok;
    }
    const secrets = [keyring.desk.secret, ...(await currentSecrets(keyring, readers, options, io))];
    const at = (name: string): string => join(folder, name);
    const reviewer = await newReviewer(at(keyFiles.nextReviewer), options, io);
    const isBoth = options.recovery === true || options.recoveryFile !== undefined;
    const recovery = isBoth ? await newRecovery(options, io) : undefined;
    const next = {
      reviewer: reviewer.identity.recipient,
      recovery: recovery?.identity.recipient ?? readers.recovery,
    };
    await rm(at(keyFiles.nextReviewer), { force: true });
    await reviewer.write();
    await recovery?.write();
    await replaceOwnFile(at(keyFiles.nextReaders), recipientsFile(next), keysName);
    await handOver(store, secrets, next, io);
    await putNext(folder);
    // The old one opens nothing any more.
    if (options.reviewerFile !== undefined) await rm(at(keyFiles.reviewer), { force: true });
    await sayReaders([reviewer, ...(recovery ? [recovery] : [])], io);
    if (options.quiet !== true) await writeOut(io.stderr, copyReaders);
    return Exit.ok;
  });
}

const copyReaders =
  `Copy ${keyFiles.readers} to the other desks now: until then they go on sealing for the old keys.\n` +
  'For what they sealed meanwhile: preinfuse key rotate --only-rewrap --key-file FILE, with a key that opens it.\n';

/** This desk too went on sealing for the old keys: what the key that was named opens is wrapped anew, the rest is told. */
async function sayFinished(keyring: Keyring, store: Store, options: RotateOptions, io: Io): Promise<number> {
  await writeOut(io.stderr, 'A rotation that had been cut short is finished now; the keys it made hold.\n');
  const readers = await readReaders(keyring.folder);
  const named = options.keyFile === undefined ? [] : await readerSecrets(keyring, options, io);
  if (readers) await handOver(store, [keyring.desk.secret, ...named], readers, io);
  if (options.quiet !== true) await writeOut(io.stderr, copyReaders);
  return Exit.ok;
}

/** The secrets of a reader, who must be one of those of today: any other would open nothing. */
async function currentSecrets(
  keyring: Keyring,
  readers: Readers,
  options: KeyOptions,
  io: Io,
): Promise<readonly string[]> {
  const secrets = await readerSecrets(keyring, options, io);
  const recipients = await Promise.all(secrets.map(async (secret) => (await identityOf(secret)).recipient));
  if (recipients.some((each) => recipientsOf(readers).includes(each))) return secrets;
  throw new CommandError("that key is neither the reviewer's nor the recovery key of today", Exit.cannotStart, {
    hint: 'name one of them with --key-file FILE',
  });
}

/** Wraps the data keys of a store to other readers. Says how many, and which stay as they are. */
async function handOver(store: Store, secrets: readonly string[], readers: Readers, io: Io): Promise<void> {
  const { changed, closed } = await rewrapAll(await listKeys(store), secrets, recipientsOf(readers));
  await replaceKeys(store, changed, 'keys-changed', `${changed.length} data keys; reviewer ${readers.reviewer}`);
  await writeOut(io.stderr, `Data keys wrapped anew: ${changed.length}.\n`);
  if (closed.length === 0) return;
  await writeOut(
    io.stderr,
    `Not opened by any key here, and left as they are: ${closed.length}. At the desk that sealed them, or with a key that opens them:\n` +
      '  preinfuse key rotate --only-rewrap --key-file FILE\n',
  );
}

/** Finishes a rotation that was cut short after the store had changed. False where there is none: then nothing of it counted. */
async function finishRotation(folder: string, store: Store): Promise<boolean> {
  const next = await readReaders(folder, 'nextReaders');
  if (!next) return false;
  const isDone = (await listKeys(store)).some(({ recipients }) => recipients.includes(next.reviewer));
  if (isDone) await putNext(folder);
  else await rm(join(folder, keyFiles.nextReaders), { force: true });
  return isDone;
}

/** The reviewer's key first, where it is kept here: the readers are changed once their key is there. */
async function putNext(folder: string): Promise<void> {
  const at = (name: string): string => join(folder, name);
  if (isThere(at(keyFiles.nextReviewer))) await rename(at(keyFiles.nextReviewer), at(keyFiles.reviewer));
  await rename(at(keyFiles.nextReaders), at(keyFiles.readers));
}

/**
 * Has all cases looked up by the `index.key` of this desk, where the one they were looked up by is lost. Other desks need a copy
 * of it then. What no key here opens is not found by chart reference any more, which is said; where that is all that is
 * finished, a CommandError with exit 2, and nothing is changed.
 */
export async function reindexCases(options: KeyOptions, io: Io): Promise<number> {
  const place = await loadClinic(io, options.questionnaire);
  const { keyring } = await findOrMakeKeyring(place, io);
  return withStore(place, options.store, io, async (store) => {
    const secrets = await readerSecrets(keyring, options, io);
    const vaultFor = ({ db }: Pick<Store, 'db'>) => vaultAt(keyring, (id) => findKey({ db }, id), secrets);
    const { cases, closed } = await reindex(store, keyring.indexKey, vaultFor, (answers) => {
      const chart = answers[reference];
      return typeof chart === 'string' ? chart : undefined;
    }).catch(withoutReader);
    await writeOut(io.stdout, `Looked up by the index.key of this desk now: ${cases}\n`);
    if (closed.length === 0) return Exit.ok;
    const ids = closed.map((id) => `Not found by chart reference any more, no key here opens it: ${printable(id)}\n`);
    await writeOut(io.stdout, ids.join(''));
    return Exit.findings;
  });
}

function withoutReader(cause: unknown): never {
  if (!(cause instanceof CannotOpen)) throw cause;
  throw new CommandError('no key here opens any finished screening; nothing was changed', Exit.cannotStart, {
    cause,
    hint: "name the reviewer's or the recovery key with --key-file FILE: what does not open would not be found any more",
  });
}

/**
 * Sees whether the recovery key, typed in or in a file, opens every data key of the store and the newest record. Exit 1 where
 * it does not.
 */
export async function testRecovery(options: KeyOptions, io: Io): Promise<number> {
  const place = await loadClinic(io, options.questionnaire);
  const { keyring } = await findOrMakeKeyring(place, io);
  if (!keyring.readers) {
    throw new CommandError('there is no recovery key yet', Exit.cannotStart, { hint: 'make one: preinfuse key init' });
  }
  const { secret, recipient } = await typedRecovery(options, io);
  if (recipient !== keyring.readers.recovery) {
    await writeOut(io.stdout, 'This is not the recovery key of this clinic.\n');
    return Exit.findings;
  }
  return withStore(place, options.store, io, async (store) => {
    const keys = await listKeys(store);
    const closed = await closedTo(keys, secret);
    const opened = await newestRecord(store, { ...keyring, desk: { secret, recipient } });
    await noteReading(
      store,
      'recovery-tested',
      opened?.id,
      `${keys.length - closed.length} of ${keys.length} data keys`,
    );
    await writeOut(
      io.stdout,
      `The recovery key opens ${keys.length - closed.length} of ${keys.length} data keys.\n` +
        (opened
          ? `With it record ${printable(opened.id)} was opened, as a test.\n`
          : 'There is no completed record yet to open.\n') +
        closed.map((id) => `Stays closed: ${printable(id)}\n`).join(''),
    );
    return closed.length === 0 ? Exit.ok : Exit.findings;
  });
}

async function typedRecovery(options: KeyOptions, io: Io): Promise<Identity> {
  if (options.keyFile !== undefined) return identityFrom(resolve(io.cwd, options.keyFile), options, io);
  needsTerminal('the recovery key is', '--key-file FILE names a file with it, readable by you alone', options, io);
  const { askHidden } = await import('../prompts.ts');
  for (;;) {
    const typed = given(await askHidden('The recovery key, from the paper (it is not shown)', io));
    const identity = await identityOf(typed).catch(() => undefined);
    if (identity) return identity;
    io.stderr.write('A character is wrong or missing: it starts with AGE-SECRET-KEY-1 and has 74 in all.\n');
  }
}

/** The newest case that is no draft, opened with the secret of the keyring alone. */
async function newestRecord(store: Store, keyring: Keyring): Promise<StoredCase | undefined> {
  const states = caseStates.filter((state) => state !== 'draft');
  for await (const found of listCases(store, { states })) {
    await documentsOf(store, vaultOver(store, keyring), found.id);
    return found;
  }
  return undefined;
}

/** A new key, and where it is to stand. */
interface FreshKey {
  readonly whose: 'reviewer' | 'recovery';
  readonly identity: Identity;
  readonly where: string;
  write(): Promise<void>;
}

/** A new key for the reviewer: for the file that was named, else for `locked`, behind a passphrase that is asked for. */
async function newReviewer(locked: string, options: KeyOptions, io: Io): Promise<FreshKey> {
  const identity = await newIdentity();
  const text = identityFile('reviewer', identity);
  if (options.reviewerFile !== undefined) return inFile('reviewer', options.reviewerFile, identity, text, io);
  needsTerminal('a new passphrase is', '--reviewer-file FILE puts the key in a file instead', options, io);
  const content = await lock(text, await newPassphrase(io));
  return {
    whose: 'reviewer',
    identity,
    where: locked.replace(/\.next$/, ''),
    write: () => replaceOwnFile(locked, content, keysName),
  };
}

/** A new recovery key: for the file that was named, else shown once and asked back in part. */
async function newRecovery(options: KeyOptions, io: Io): Promise<FreshKey> {
  const identity = await newIdentity();
  const text = identityFile('recovery', identity);
  if (options.recoveryFile !== undefined) return inFile('recovery', options.recoveryFile, identity, text, io);
  needsTerminal('whether the recovery key is written down is', '--recovery-file FILE puts it in a file', options, io);
  await showUntilWritten(identity, io);
  return { whose: 'recovery', identity, where: 'on paper', write: () => Promise.resolve() };
}

/** A key for a file that is not there yet, which is found out before anything is asked or made. */
async function inFile(
  whose: FreshKey['whose'],
  name: string,
  identity: Identity,
  text: string,
  io: Io,
): Promise<FreshKey> {
  const path = resolve(io.cwd, name);
  const taken = (): CommandError =>
    new CommandError(`${printable(name)} is there already`, Exit.cannotStart, { hint: 'name another file' });
  if (isThere(path)) throw taken();
  const write = async (): Promise<void> => {
    if (!(await makeOwnFile(path, text, keysName))) throw taken();
  };
  return { whose, identity, where: printable(name), write };
}

function readersWith(reviewer: FreshKey, recovery: FreshKey): Readers {
  return { reviewer: reviewer.identity.recipient, recovery: recovery.identity.recipient };
}

/** Characters that a passphrase has at least: four or five words. */
const shortestPassphrase = 16;

async function newPassphrase(io: Io): Promise<string> {
  const { askHidden } = await import('../prompts.ts');
  io.stderr.write(
    "The reviewer's key is kept behind a passphrase. Four or five words by chance are good; a name or a date is not.\n",
  );
  for (;;) {
    const first = given(await askHidden("New passphrase of the reviewer's key", io)).normalize('NFC');
    if (first.length < shortestPassphrase) {
      io.stderr.write(`That is too short: it takes ${shortestPassphrase} characters or more.\n`);
      continue;
    }
    if (given(await askHidden('The same again', io)).normalize('NFC') === first) return first;
    io.stderr.write('Those two are not the same.\n');
  }
}

/** How much of the recovery key is typed back, to see that it stands on paper. */
const typedBack = 6;

async function showUntilWritten({ secret }: Identity, io: Io): Promise<void> {
  const { askLine, showOnce } = await import('../prompts.ts');
  for (;;) {
    if (!(await showOnce(recoveryWords(secret), io))) given(undefined);
    const typed = given(await askLine(`Its last ${typedBack} characters, from the paper`, io));
    if (typed.replace(/\s/g, '').toUpperCase() === secret.slice(-typedBack)) return;
    io.stderr.write('That is not what it ends in. It is shown again.\n');
  }
}

const secretStart = 'AGE-SECRET-KEY-1';
const groupsInLine = 5;

function recoveryWords(secret: string): string {
  const groups = secret.slice(secretStart.length).match(/.{1,4}/g) ?? [];
  const lines = groups.flatMap((_, at) =>
    at % groupsInLine === 0 ? [groups.slice(at, at + groupsInLine).join(' ')] : [],
  );
  return [
    'The recovery key. It opens every record where the passphrase is lost. It is shown this once.',
    'Write it on paper and keep the paper in a safe, away from this desk.',
    '',
    `  ${secretStart}`,
    ...lines.map((line) => `  ${line}`),
    '',
    'The first line belongs to it. Spaces do not count.',
    '',
    '',
  ].join('\n');
}

async function sayReaders(keys: readonly FreshKey[], io: Io): Promise<void> {
  const lines = keys.map(({ whose, identity, where }) => `${whose}  ${identity.recipient}  ${where}\n`);
  await writeOut(io.stdout, lines.join(''));
}
