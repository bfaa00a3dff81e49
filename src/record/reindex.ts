import { CannotOpen } from './cannot-open.ts';
import { documentsOf, listCases } from './cases.ts';
import { indexCheckOf } from './index-key.ts';
import { readSealed } from './life.ts';
import type { Vault } from './sealing.ts';
import { type Store, write } from './store.ts';

/** How many cases are looked up by another key now, and the ids of those that no key here opens: they are not found any more. */
export interface Reindexed {
  readonly cases: number;
  readonly closed: readonly string[];
}

/**
 * Has all cases looked up with another key, in one transaction. `vaultFor` gives the vault over a connection; its key is
 * `indexKey`. `chartIn` finds the chart reference among the answers that were sealed. Where there are finished cases and the vault
 * opens none of them it has no reader's key: rejects with `no-key`, and nothing was changed.
 */
export async function reindex(
  store: Store,
  indexKey: Uint8Array,
  vaultFor: (connection: Pick<Store, 'db'>) => Vault,
  chartIn: (answers: Readonly<Record<string, unknown>>) => string | undefined,
): Promise<Reindexed> {
  return write(store, async (tx) => {
    const vault = vaultFor({ db: tx });
    const closed: string[] = [];
    let cases = 0;
    const finished = { open: 0, closed: 0 };
    for await (const { id, state } of listCases({ db: tx })) {
      const chart = await chartOf({ db: tx }, vault, id, chartIn).catch(unlessClosed);
      if (chart === 'closed') closed.push(id);
      else cases += 1;
      if (state !== 'draft') finished[chart === 'closed' ? 'closed' : 'open'] += 1;
      const lookup = chart === 'closed' || chart === undefined ? null : vault.lookupOf(chart.reference);
      await tx.updateTable('cases').set({ lookup }).where('id', '=', id).execute();
    }
    if (finished.open === 0 && finished.closed > 0) throw new CannotOpen('no-key');
    await tx
      .updateTable('chain')
      .set({ index_check: indexCheckOf(indexKey, store.id) })
      .execute();
    return { result: { cases, closed }, event: { event: 'index-changed', note: `${cases} cases` } };
  });
}

async function chartOf(
  connection: Pick<Store, 'db'>,
  vault: Vault,
  id: string,
  chartIn: (answers: Readonly<Record<string, unknown>>) => string | undefined,
): Promise<{ readonly reference: string } | undefined> {
  const documents = await documentsOf(connection, vault, id);
  const screening = documents.find(({ kind }) => kind === 'record' || kind === 'draft');
  if (!screening) return undefined;
  const { answers } = readSealed<{ readonly answers: Readonly<Record<string, unknown>> }>(screening.document);
  const reference = chartIn(answers);
  return reference === undefined ? undefined : { reference };
}

function unlessClosed(error: unknown): 'closed' {
  if (error instanceof CannotOpen) return 'closed';
  throw error;
}
