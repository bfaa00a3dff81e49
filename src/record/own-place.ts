import { closeSync, constants, lstatSync, mkdirSync, openSync, rmSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { StoreProblem } from './problem.ts';

/** What keeps a file or folder from being this account's alone; undefined where nothing does. Windows says nothing of it. */
export function notOwn({ uid, mode }: Pick<Stats, 'uid' | 'mode'>): NotOwn | undefined {
  if (process.getuid !== undefined && uid !== process.getuid()) return 'it belongs to somebody else';
  return process.platform !== 'win32' && (mode & 0o077) !== 0 ? 'others may read it' : undefined;
}

export type NotOwn = 'it belongs to somebody else' | 'others may read it';

/** What SQLite opens by name: the file of a store, and what it keeps beside it. */
const endings = ['', '-wal', '-shm', '-journal'];

/**
 * Makes the file of a store where there is none, and its folder, for this account alone. Where the folder, the file or one of
 * those beside it is a link, belongs to somebody else, or is open to others: throws `unsafe`, and nothing was changed. They are
 * not mended: what others could write there before is not to be trusted, and a folder may be theirs for good reason.
 *
 * SQLite opens these names itself, a moment after they were looked at here. That is safe because the folder is looked at first:
 * once nobody else may write in it, nobody else can put anything at a name in it. The folder as a whole can be exchanged by
 * whoever may write above it; what they put there belongs to them, and the next opening is refused.
 */
export function ownStoreFile(path: string): void {
  const folder = dirname(path);
  // Else the folder above it would be held against who named it, and made theirs alone by whoever does as told.
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) throw unsafe(path, 'it is no file', elsewhere);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory())
    throw unsafe(folder, found.isSymbolicLink() ? 'it is a link' : 'it is no folder', elsewhere);
  refuseOthers(
    folder,
    found,
    `keep the store in a folder of its own, yours alone (chmod 700 ${folder}), or ${elsewhere}`,
  );
  for (const name of endings.map((ending) => `${path}${ending}`)) refuseUnlessOwn(name);
  closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o600));
}

const elsewhere = 'name another place with --store, or store: in preinfuse.yaml';

/** Removes the file of a store that is closed, with what SQLite keeps beside it. */
export function removeStoreFile(path: string): void {
  for (const ending of endings) rmSync(`${path}${ending}`, { force: true });
}

function refuseUnlessOwn(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isFile()) throw unsafe(path, found.isSymbolicLink() ? 'it is a link' : 'it is no file', elsewhere);
  refuseOthers(path, found, `make it yours alone: chmod 600 ${path}`);
}

function refuseOthers(path: string, found: Stats, mend: string): void {
  const why = notOwn(found);
  if (why === 'others may read it') throw unsafe(path, why, mend);
  if (why !== undefined) throw unsafe(path, why, `run preinfuse as the account that it belongs to, or ${elsewhere}`);
}

function unsafe(path: string, why: string, hint: string): StoreProblem {
  return new StoreProblem('unsafe', `the store cannot be used: ${why} (${path})`, hint);
}
