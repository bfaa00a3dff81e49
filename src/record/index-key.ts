import { createHmac } from 'node:crypto';
import type { Store } from './store.ts';

/* All desks of a store have to look cases up with one key: with another they would find nothing, and nobody would notice. */

/** What a store keeps of the key that its cases are looked up with: HMAC-SHA256 over its own id, so that it tells nothing of the key and is another one in each store. */
export function indexCheckOf(indexKey: Uint8Array, storeId: string): string {
  return createHmac('sha256', indexKey).update(`store\n${storeId}`).digest('hex');
}

/** Whether a key is the one that cases of the store are looked up with. The first key that is asked about is. */
export async function isIndexKey({ db, id }: Pick<Store, 'db' | 'id'>, indexKey: Uint8Array): Promise<boolean> {
  const check = indexCheckOf(indexKey, id);
  const kept = async (): Promise<string | null> =>
    (await db.selectFrom('chain').select('index_check').executeTakeFirstOrThrow()).index_check;
  if ((await kept()) === null) {
    // Of two desks at once one is first; the other then finds its check here.
    await db.updateTable('chain').set({ index_check: check }).where('index_check', 'is', null).execute();
  }
  return (await kept()) === check;
}
