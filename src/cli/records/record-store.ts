import { join } from 'node:path';
import { shortHead } from '../../record/chain.ts';
import { isIndexKey } from '../../record/index-key.ts';
import type { Vault } from '../../record/sealing.ts';
import { closeStore, headOf, type Store } from '../../record/store.ts';
import { CommandError, Exit } from '../exit.ts';
import type { KeyPlace } from '../forms/form-key.ts';
import { loadClinic } from '../forms/templates.ts';
import type { Io } from '../io.ts';
import { openStoreOf, usingStore, vaultOver } from './desk.ts';
import { type Keyring, type KeySource, keyFiles, openKeyring, readerSecrets } from './keyring.ts';
import { telling } from './store-problems.ts';

/** Which store a command works on. */
export interface StoreChoice extends KeySource {
  /** A path, or `postgres://...`; default: `store:` in the clinic's settings, else a file beside the drafts. */
  readonly store?: string;
  readonly questionnaire?: string;
}

/** An open store, with what seals and opens its documents at this desk. */
export interface Records {
  readonly store: Store;
  readonly vault: Vault;
  readonly place: KeyPlace;
}

/** Opens the store for a desk: its drafts open, its finished records stay closed. What is in the way is a CommandError. */
export async function openRecords(choice: StoreChoice, io: Io): Promise<Records> {
  return opened(choice, io, async () => []);
}

/** The same for whoever reviews: with the reviewer's key. */
export async function openForReview(choice: StoreChoice, io: Io): Promise<Records> {
  return opened(choice, io, (keyring) => readerSecrets(keyring, choice, io));
}

async function opened(
  choice: StoreChoice,
  io: Io,
  secretsOf: (keyring: Keyring) => Promise<readonly string[]>,
): Promise<Records> {
  const place = await loadClinic(io, choice.questionnaire);
  const store = await openStoreOf(place, choice.store, io);
  try {
    const keyring = await openKeyring(place, io);
    await refuseOtherIndex(store, keyring);
    return { store, place, vault: vaultOver(store, keyring, await secretsOf(keyring)) };
  } catch (error) {
    await closeStore(store);
    throw error;
  }
}

/** A desk with another key for chart references would find none of the cases of the others, and they none of its own. */
export async function refuseOtherIndex(store: Store, { indexKey, folder }: Keyring): Promise<void> {
  if (await telling(() => isIndexKey(store, indexKey))) return;
  const path = join(folder, keyFiles.index);
  throw new CommandError(
    `this desk has another index.key than the store is looked up with (${path})`,
    Exit.cannotStart,
    {
      hint:
        'copy index.key, and recipients.txt where there is one, from the folder of the keys of the first desk in its place, ' +
        'with mode 0600; where it is lost: preinfuse key reindex',
    },
  );
}

/** How far the audit trail of a store has come, as a consent form says it. */
export async function auditHeadOf(store: Store): Promise<string> {
  return shortHead(await headOf(store));
}

/** Does some work on a store and closes it. */
export async function withRecords<T>(opening: Promise<Records>, work: (records: Records) => Promise<T>): Promise<T> {
  const records = await opening;
  return usingStore(
    async () => records.store,
    () => work(records),
  );
}
