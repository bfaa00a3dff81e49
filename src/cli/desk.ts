import { dirname, join, resolve } from 'node:path';
import { isPostgres } from '../record/postgres.ts';
import type { Vault } from '../record/sealing.ts';
import { closeStore, findKey, openStore, type Store } from '../record/store.ts';
import { actorOf } from './actor.ts';
import { draftFolders } from './drafts.ts';
import type { KeyPlace } from './form-key.ts';
import type { Io } from './io.ts';
import { type Keyring, vaultAt } from './keyring.ts';

/** Where a clinic keeps its records: `--store`, else `store:` in its settings, else `records.db` beside the drafts. */
export function storeAddress({ clinic, root }: KeyPlace, named: string | undefined, io: Io): string {
  const [address, from] = named === undefined ? [clinic.store, root] : [named, io.cwd];
  if (address === undefined) return join(stateFolder(io), 'records.db');
  return isPostgres(address) ? address : resolve(from, address);
}

function stateFolder({ env }: Io): string {
  return dirname(draftFolders(env).drafts);
}

/** The record store that a clinic keeps, open in the name of who works here. */
export async function openRecords(place: KeyPlace, named: string | undefined, io: Io): Promise<Store> {
  return openStore(storeAddress(place, named, io), {
    actor: actorOf(place.clinic, io),
    now: () => io.now(),
    memory: join(stateFolder(io), 'stores'),
  });
}

/** Does some work with a store, and closes it. */
export async function withRecords<T>(
  place: KeyPlace,
  named: string | undefined,
  io: Io,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openRecords(place, named, io);
  try {
    return await work(store);
  } finally {
    await closeStore(store);
  }
}

/** The vault over a store: it opens what the desk may, and with the secrets of others what they may. */
export function vaultOver(store: Store, keyring: Keyring, secrets: readonly string[] = []): Vault {
  return vaultAt(keyring, (id) => findKey(store, id), secrets);
}
