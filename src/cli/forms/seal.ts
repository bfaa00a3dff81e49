import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { SealRefusal } from '../../document/integrity/seal.ts';
import type { SigningKey } from '../../document/integrity/signature.ts';
import { CommandError, Exit } from '../exit.ts';
import { readOwnFile } from '../files/own-file.ts';
import { printable } from '../files/write-out.ts';
import type { Io } from '../io.ts';

export interface SealOptions {
  /** A PKCS#12 file with the clinic's key and certificate. */
  readonly seal?: string;
  readonly sealPassphraseFile?: string;
  /** False for `--no-input`. */
  readonly input?: boolean;
}

/** Puts the seal on a finished form. */
export type Seal = (form: Uint8Array) => Promise<Uint8Array>;

/**
 * What seals forms, at the time of the clock; undefined where no seal is asked for. A key that cannot be opened, or whose
 * certificate is not valid now, is a CommandError with exit 2. `hasStdin`: standard input is free to be asked on.
 */
export async function loadSeal(options: SealOptions, hasStdin: boolean, io: Io): Promise<Seal | undefined> {
  if (options.seal === undefined) {
    if (options.sealPassphraseFile === undefined) return undefined;
    throw new CommandError('--seal-passphrase-file goes with --seal', Exit.cannotStart, {
      hint: 'name the PKCS#12 file with --seal',
    });
  }
  const name = printable(options.seal);
  const file = await readKeyFile(options.seal, name, io);
  const passphrase = await passphraseOf(options, hasStdin, io);
  const { openSeal, sealForm } = await import('../../document/integrity/seal.ts');
  const key = await openSeal(file, passphrase);
  if (typeof key === 'string') throw unusable(name, ...reasons[key]);
  refuseOutOfDate(key, name, io.now());
  return (form) => sealForm(form, key, io.now());
}

/** A CommandError with exit 2 where a seal is named and no form is made. */
export function refuseIdleSeal({ seal, sealPassphraseFile }: SealOptions): void {
  if (seal === undefined && sealPassphraseFile === undefined) return;
  throw new CommandError('--seal goes with --consent-dir', Exit.cannotStart, {
    hint: 'name the folder that the forms go to',
  });
}

/** Bytes that a file of one key and its certificates may have. */
const mostBytes = 1024 * 1024;

async function readKeyFile(path: string, name: string, io: Io): Promise<Uint8Array> {
  const hint = 'name a PKCS#12 file (.p12 or .pfx) that you may read';
  const found = await stat(resolve(io.cwd, path)).catch((cause: unknown) => {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw unusable(name, isMissing ? 'there is no such file' : 'you may not read it', hint, cause);
  });
  if (!found.isFile()) throw unusable(name, 'it is no file', hint);
  if (found.size > mostBytes) throw unusable(name, ...reasons['not-pkcs12']);
  return readFile(resolve(io.cwd, path)).catch((cause: unknown) => {
    throw unusable(name, 'you may not read it', hint, cause);
  });
}

/** From its file, one line end at the end left out, and the mark that some editors put before UTF-8 text; else typed, unseen. Never from the command line or the environment. */
async function passphraseOf({ sealPassphraseFile, input }: SealOptions, hasStdin: boolean, io: Io): Promise<string> {
  const hint = 'name a file that holds it, and that you alone may read, with --seal-passphrase-file';
  if (sealPassphraseFile !== undefined) {
    const path = resolve(io.cwd, sealPassphraseFile);
    const text = await readOwnFile(path, { what: 'the file with the passphrase of the seal', hint });
    if (text !== undefined) return text.replace(/^\ufeff|\r?\n$/g, '');
    throw new CommandError(`there is no file ${printable(sealPassphraseFile)}`, Exit.cannotStart, { hint });
  }
  const canAsk = hasStdin && input !== false && io.stdin.isTTY === true && io.stderr.isTTY === true;
  if (!canAsk) throw new CommandError('the seal needs its passphrase', Exit.cannotStart, { hint });
  const { askHidden } = await import('../prompts.ts');
  const typed = await askHidden('Passphrase of the seal', io);
  if (typed === undefined) throw new CommandError('stopped: nothing was written', Exit.interrupted);
  return typed;
}

const ask = 'ask whoever gave it to you for a PKCS#12 file with a key and certificate for signing documents';

/** What is wrong, and the way out. */
const reasons: Readonly<Record<SealRefusal, readonly [why: string, hint: string]>> = {
  'not-pkcs12': ['it is no PKCS#12 file', 'name a .p12 or .pfx file; openssl pkcs12 -export makes one'],
  'wrong-passphrase': ['the passphrase does not open it', 'look for spaces and line ends; a trial costs nothing'],
  'no-key': ['it holds no private key', ask],
  'no-certificate': ['it holds no certificate', ask],
  'not-its-own': ['its certificate belongs to another key', ask],
  'other-use': ['its certificate is not for signing', ask],
  'unknown-key': ['its key is neither RSA nor of the curves P-256, P-384 and P-521', ask],
};

function refuseOutOfDate({ name, validFrom, validTo }: SigningKey, file: string, now: Date): void {
  const who = printable(name);
  const day = (date: Date): string => date.toISOString().slice(0, 10);
  if (now < validFrom) {
    throw unusable(
      file,
      `the certificate of "${who}" is valid from ${day(validFrom)}`,
      'look at the clock of this computer',
    );
  }
  if (now > validTo) {
    throw unusable(
      file,
      `the certificate of "${who}" was valid until ${day(validTo)}`,
      'get a new certificate for the clinic',
    );
  }
}

function unusable(name: string, why: string, hint: string, cause?: unknown): CommandError {
  return new CommandError(`${name} cannot seal: ${why}`, Exit.cannotStart, { cause, hint });
}
