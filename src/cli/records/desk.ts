import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isPostgres } from '../../record/postgres.ts';
import type { Vault } from '../../record/sealing.ts';
import { closeStore, connectStore, findKey, openStore, type Store, type StoreOptions } from '../../record/store.ts';
import { CommandError, Exit } from '../exit.ts';
import { stateFolder } from '../files/state-folder.ts';
import { printable } from '../files/write-out.ts';
import type { KeyPlace } from '../forms/form-key.ts';
import type { Io } from '../io.ts';
import { actorOf } from './actor.ts';
import { type Keyring, vaultAt } from './keyring.ts';
import { telling } from './store-problems.ts';

/** Where a clinic keeps its records: `--store`, else `store:` in its settings, else `records.db` beside the drafts. */
export function storeAddress({ clinic, root }: KeyPlace, named: string | undefined, io: Io): string {
  if (named !== undefined && isAddress(named) && hasPassword(named)) throw passwordInSight();
  const [address, from] = named === undefined ? [clinic.store, root] : [named, io.cwd];
  if (address === undefined) return join(stateFolder(io.env), 'records.db');
  if (isOtherAddress(address)) throw noSuchStore();
  return isPostgres(address) ? address : resolve(from, address);
}

/** Refuses a file for a store that nobody made yet: whoever looks at records, and does not begin to keep them, has named another. */
export function refuseMissingStore(named: string | undefined, io: Pick<Io, 'cwd'>): void {
  if (named === undefined || isAddress(named) || existsSync(resolve(io.cwd, named))) return;
  throw new CommandError(`there is no store at ${printable(named)}`, Exit.cannotStart, {
    hint: 'see that --store names the right file; screen makes a store where there is none',
  });
}

/** True for what begins as an address of a server does. One letter alone is a drive of Windows. */
function isAddress(text: string): boolean {
  return /^[a-z][a-z\d+.-]+:\//i.test(text);
}

/** A slip in `postgres://` would otherwise be the name of a new folder, with an empty store in it. */
function isOtherAddress(address: string): boolean {
  return isAddress(address) && !isPostgres(address);
}

function noSuchStore(): CommandError {
  return new CommandError('records are not kept at an address of that kind', Exit.cannotStart, {
    hint: 'write it as postgres://user@host:5432/database?sslmode=verify-full, or name a file',
  });
}

/** Between the colon and the @, or as a parameter; an address that cannot be read may have one anywhere. */
function hasPassword(address: string): boolean {
  try {
    const { password, searchParams } = new URL(address);
    return password !== '' || [...searchParams.keys()].some((name) => /passw/i.test(name));
  } catch {
    return /:\/\/.*:.*@|passw/i.test(address);
  }
}

/** Everybody on a machine can read the options of a command. */
function passwordInSight(): CommandError {
  return new CommandError('a password does not belong among the options, where others can read it', Exit.cannotStart, {
    hint: 'put it in ~/.pgpass, and leave it out of the address',
  });
}

/** In whose name a store is opened, and where this desk remembers it. */
export function storeOptions({ clinic }: KeyPlace, io: Io): StoreOptions {
  return { actor: actorOf(clinic, io), now: () => io.now(), memory: memoryFolder(io) };
}

/** Where this desk remembers its stores. */
export function memoryFolder({ env }: Pick<Io, 'env'>): string {
  return join(stateFolder(env), 'stores');
}

/** The store that a clinic keeps, open in the name of who works here. What is in the way is a CommandError. */
export async function openStoreOf(place: KeyPlace, named: string | undefined, io: Io): Promise<Store> {
  return telling(() => openStore(storeAddress(place, named, io), storeOptions(place, io)));
}

/** Opens a store, does some work with it, and closes it. What is in the way is a CommandError. */
export async function usingStore<T>(opening: () => Promise<Store>, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await telling(opening);
  try {
    return await telling(() => work(store));
  } finally {
    await closeStore(store);
  }
}

/** The same with the store that a clinic keeps. */
export function withStore<T>(
  place: KeyPlace,
  named: string | undefined,
  io: Io,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  return usingStore(() => openStoreOf(place, named, io), work);
}

/** The same for whoever is to judge the store: it may lack what this desk wrote to it. */
export function withStoreAsIs<T>(
  place: KeyPlace,
  named: string | undefined,
  io: Io,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  return usingStore(() => connectStore(storeAddress(place, named, io), storeOptions(place, io)), work);
}

/** The vault over a store: it opens what the desk may, and with the secrets of others what they may. */
export function vaultOver(store: Store, keyring: Keyring, secrets: readonly string[] = []): Vault {
  return vaultAt(keyring, (id) => findKey(store, id), secrets);
}
