import { newIdentity } from '../../src/record/keys.ts';
import type { Vault } from '../../src/record/sealing.ts';
import { findKey, type Store } from '../../src/record/store.ts';
import { openVault } from '../../src/record/vault.ts';

const reviewer = await newIdentity();
const desk = await newIdentity();
const indexKey = Buffer.alloc(32, 7);

/** What a desk seals and opens with: its drafts, not the records. */
export function deskVault(store: Store): Vault {
  return vaultWith(store, [desk.secret]);
}

/** What a reviewer opens everything with. */
export function reviewerVault(store: Store): Vault {
  return vaultWith(store, [desk.secret, reviewer.secret]);
}

function vaultWith(store: Store, secrets: readonly string[]): Vault {
  return openVault({
    readers: [reviewer.recipient],
    desk: desk.recipient,
    secrets,
    indexKey,
    findKey: (id) => findKey(store, id),
  });
}
