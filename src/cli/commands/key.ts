import { join, resolve } from 'node:path';
import { type Identity, lock, newIdentity } from '../../record/keys.ts';
import { isThere } from '../definitions.ts';
import { CommandError, Exit } from '../exit.ts';
import type { Io } from '../io.ts';
import {
  findOrMakeKeyring,
  given,
  identityFile,
  type KeySource,
  keyFiles,
  keysName,
  needsTerminal,
  type Readers,
  recipientsFile,
} from '../keyring.ts';
import { makeOwnFile, replaceOwnFile } from '../own-file.ts';
import { loadClinic } from '../templates.ts';
import { printable, writeOut } from '../write-out.ts';

export interface KeyOptions extends KeySource {
  readonly questionnaire?: string;
  /** Where the reviewer's new key goes, in place of a passphrase. */
  readonly reviewerFile?: string;
  /** Where the new recovery key goes, in place of the screen. */
  readonly recoveryFile?: string;
  readonly quiet?: boolean;
}

/**
 * Makes the two keys that open completed records: the reviewer's, behind a passphrase or in a file, and a recovery key, shown
 * once or in a file. From then on the desk seals records and cannot read them back. Says on stdout who the readers are.
 */
export async function init(options: KeyOptions, io: Io): Promise<number> {
  const { keyring } = await findOrMakeKeyring(await loadClinic(io, options.questionnaire), io);
  if (keyring.readers) {
    throw new CommandError(`there is a reviewer and a recovery key already (${keyring.folder})`, Exit.cannotStart, {
      hint: 'new ones in their place: preinfuse key rotate',
    });
  }
  const at = (name: string): string => join(keyring.folder, name);
  const reviewer = await newReviewer(at(keyFiles.reviewer), options, io);
  const recovery = await newRecovery(options, io);
  await reviewer.write();
  await recovery.write();
  await replaceOwnFile(at(keyFiles.readers), recipientsFile(readersWith(reviewer, recovery)), keysName);
  await sayReaders(reviewer, recovery, options, io);
  return Exit.ok;
}

/** A new key, and where it is to stand. */
interface FreshKey {
  readonly identity: Identity;
  readonly where: string;
  write(): Promise<void>;
}

/** A new key for the reviewer: for the file that was named, else for `locked`, behind a passphrase that is asked for. */
async function newReviewer(locked: string, options: KeyOptions, io: Io): Promise<FreshKey> {
  const identity = await newIdentity();
  const text = identityFile('reviewer', identity);
  if (options.reviewerFile !== undefined) return inFile(options.reviewerFile, identity, text, io);
  needsTerminal('a new passphrase is', '--reviewer-file FILE puts the key in a file instead', options, io);
  const content = await lock(text, await newPassphrase(io));
  return { identity, where: locked, write: () => replaceOwnFile(locked, content, keysName) };
}

/** A new recovery key: for the file that was named, else shown once and asked back in part. */
async function newRecovery(options: KeyOptions, io: Io): Promise<FreshKey> {
  const identity = await newIdentity();
  const text = identityFile('recovery', identity);
  if (options.recoveryFile !== undefined) return inFile(options.recoveryFile, identity, text, io);
  needsTerminal('whether the recovery key is written down is', '--recovery-file FILE puts it in a file', options, io);
  await showUntilWritten(identity, io);
  return { identity, where: 'on paper', write: () => Promise.resolve() };
}

/** A key for a file that is not there yet, which is found out before anything is asked or made. */
async function inFile(name: string, identity: Identity, text: string, io: Io): Promise<FreshKey> {
  const path = resolve(io.cwd, name);
  const taken = (): CommandError =>
    new CommandError(`${printable(name)} is there already`, Exit.cannotStart, { hint: 'name another file' });
  if (await isThere(path)) throw taken();
  const write = async (): Promise<void> => {
    if (!(await makeOwnFile(path, text, keysName))) throw taken();
  };
  return { identity, where: printable(name), write };
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

async function sayReaders(reviewer: FreshKey, recovery: FreshKey, { quiet }: KeyOptions, io: Io): Promise<void> {
  const line = (whose: string, { identity, where }: FreshKey): string => `${whose}  ${identity.recipient}  ${where}\n`;
  await writeOut(io.stdout, line('reviewer', reviewer) + line('recovery', recovery));
  if (quiet === true) return;
  await writeOut(
    io.stderr,
    'From now on this desk seals completed records and cannot open them.\n' +
      'Try the recovery key before you need it: preinfuse key test-recovery\n',
  );
}
