import type { Transaction, TransactionBuilder } from 'kysely';
import { CannotOpen } from './cannot-open.ts';
import { nextEntry, noHead } from './chain.ts';
import { type Memory, memoryOf } from './memory.ts';
import { migrate, newer, newestSchema, schemaOf, unmake } from './migrations.ts';
import { removeStoreFile } from './own-place.ts';
import { problemOf, StoreProblem } from './problem.ts';
import type { AuditEntry, AuditEvent, Head, WrappedKey } from './sealing.ts';
import type { AuditTable, Database, KeyTable, Tables } from './tables.ts';

export interface StoreOptions {
  /** Who works here, as the audit chain names them. */
  readonly actor: string;
  readonly now: () => Date;
  /** Folder for what this desk remembers of its stores. */
  readonly memory: string;
}

/** An open store. */
export interface Store extends Database {
  /** By chance, made with the store. */
  readonly id: string;
  readonly actor: string;
  readonly now: () => Date;
  readonly memory: Memory;
  /** This opening made it. */
  readonly isNew: boolean;
}

/**
 * Opens the store at a path (SQLite) or a `postgres://` address, makes it where there is none, and brings an older one up to date.
 * Rejects with a `StoreProblem` where it cannot be used; with `older` where it lacks what this desk wrote to it.
 */
export async function openStore(address: string, options: StoreOptions): Promise<Store> {
  const store = await connectStore(address, options);
  try {
    await refuseOlder(store);
    return store;
  } catch (error) {
    await closeStore(store);
    throw problemOf(error);
  }
}

/** The same without looking whether it lacks anything: for whoever is to judge or replace it. */
export async function connectStore(address: string, options: StoreOptions): Promise<Store> {
  return connected(address, async (database) => {
    const isNew = await migrate(database);
    return { ...(await storeIn(database, options)), isNew };
  });
}

/** A store as it stands: `isOlder` where an earlier version of the program made it, and the next opening brings it up to date. */
export interface StandingStore {
  readonly store: Store;
  readonly isOlder: boolean;
}

/** The store at an address for whoever only looks: nothing is set up or brought up to date. Undefined where there is none yet. */
export async function standingStore(address: string, options: StoreOptions): Promise<StandingStore | undefined> {
  return connected(address, async (database) => {
    const schema = await schemaOf(database);
    if (schema !== undefined) return { store: await storeIn(database, options), isOlder: schema < newestSchema };
    await database.db.destroy();
    return undefined;
  });
}

async function connected<T>(address: string, use: (database: Database) => Promise<T>): Promise<T> {
  try {
    const database = await openDatabase(address);
    try {
      return await use(database);
    } catch (error) {
      await database.db.destroy();
      throw error;
    }
  } catch (error) {
    throw inPlace(problemOf(error), address);
  }
}

async function storeIn(database: Database, { actor, now, memory }: StoreOptions): Promise<Store> {
  const { store: id } = await database.db.selectFrom('chain').select('store').executeTakeFirstOrThrow();
  return { ...database, id, actor, now, memory: memoryOf(memory, id, database.place), isNew: false };
}

/** A problem of the file itself with its path: nobody may have typed it. */
function inPlace(problem: unknown, address: string): unknown {
  if (!(problem instanceof StoreProblem) || address.includes('://')) return problem;
  const { code, message, hint, cause } = problem;
  const isOfFile = code === 'read-only' || code === 'not-a-store' || code === 'damaged';
  return isOfFile ? new StoreProblem(code, `${message} (${address})`, hint, cause) : problem;
}

async function openDatabase(address: string): Promise<Database> {
  const { isPostgres, openPostgres } = await import('./postgres.ts');
  return isPostgres(address) ? openPostgres(address) : (await import('./sqlite.ts')).openSqlite(address);
}

export async function closeStore({ db, memory }: Store): Promise<void> {
  memory.close();
  await db.destroy();
}

/** Closes a store that this opening made and nobody wrote to, and takes it away. Any other is only closed. */
export async function takeBack(store: Store): Promise<void> {
  let isGone = false;
  try {
    isGone = store.isNew && (await unmake(store));
  } finally {
    await closeStore(store);
  }
  if (isGone && store.engine === 'sqlite') removeStoreFile(store.place);
}

/** Rejects with `older` where the store lacks what this desk wrote to it. */
export async function refuseOlder(store: Store): Promise<void> {
  const known = store.memory.read();
  if (known.seq === 0) return;
  const found = await store.db.selectFrom('audit').select('hash').where('seq', '=', known.seq).executeTakeFirst();
  if (found?.hash === known.hash) return;
  throw new StoreProblem(
    'older',
    `the store is not the one this desk wrote to last: entry ${known.seq} of its history is ${found ? 'another' : 'not there'}. ` +
      'An older copy may have been put in its place, or its -wal file cut; nothing was changed in it',
    'put the right file or backup back; to go on with this one, say why: preinfuse records accept --why TEXT',
  );
}

/** What a write came to: the result for the caller, and what the audit chain says of it. */
export interface Written<T> {
  readonly result: T;
  readonly event: Omit<AuditEvent, 'at' | 'actor'>;
}

/**
 * Does some work, with its entry in the audit chain, in one transaction: both are there or neither, and on the disk when this
 * resolves. `seq` is the number of the entry. Where `work` rejects nothing is changed.
 */
export async function write<T>(
  store: Store,
  work: (tx: Transaction<Tables>, seq: number) => Promise<Written<T>>,
): Promise<T> {
  return advance(store, work, refuseClock);
}

/** The entries from now on follow this store as it is, and this machine's clock: somebody says why. */
export async function acceptStore(store: Store, why: string): Promise<void> {
  const event = { event: 'store-accepted', note: why };
  await advance(
    store,
    async () => ({ result: undefined, event }),
    () => undefined,
  );
}

async function advance<T>(
  store: Store,
  work: (tx: Transaction<Tables>, seq: number) => Promise<Written<T>>,
  checkClock: (last: string, now: string) => void,
): Promise<T> {
  const { head, result } = await store.db.transaction().execute(async (tx) => {
    // First of all: this is the lock that writes wait for, in both engines.
    const row = await tx
      .updateTable('chain')
      .set((set) => ({ seq: set('seq', '+', 1) }))
      .where('schema', '=', newestSchema)
      .returning(['seq', 'hash', 'at'])
      .executeTakeFirst();
    if (!row) throw newer();
    const now = store.now().toISOString();
    checkClock(row.at, now);
    const before = { seq: Number(row.seq) - 1, hash: row.hash };
    const written = await work(tx, before.seq + 1);
    const entry = nextEntry(before, { at: now, actor: store.actor, ...written.event });
    await tx.insertInto('audit').values(rowOf(entry)).execute();
    await tx.updateTable('chain').set({ hash: entry.hash, at: now }).execute();
    return { head: { seq: entry.seq, hash: entry.hash }, result: written.result };
  });
  store.memory.write(head);
  return result;
}

/** Reads the store as it is at one moment, while others go on writing. */
export function atOneMoment<T>(store: Store, read: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
  const transaction = store.db.transaction();
  // SQLite's are so by themselves.
  return unhurried(
    store,
    store.engine === 'postgres' ? transaction.setIsolationLevel('repeatable read') : transaction,
    read,
  );
}

/** A transaction that waits for whoever takes or gives its lines, as a pipe does: the server does not end it for doing nothing. */
export async function unhurried<T>(
  { engine }: Pick<Database, 'engine'>,
  transaction: TransactionBuilder<Tables>,
  work: (tx: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  const { sql } = await import('kysely');
  return transaction.execute(async (tx) => {
    if (engine === 'postgres') await sql`set local idle_in_transaction_session_timeout = 0`.execute(tx);
    return work(tx);
  });
}

/** Rejects with `clock` where a write would: for whoever asks questions first. */
export async function refuseBehind({ db, now }: Pick<Store, 'db' | 'now'>): Promise<void> {
  const { at } = await db.selectFrom('chain').select('at').executeTakeFirstOrThrow();
  refuseClock(at, now().toISOString());
}

/** Rejects with what would keep a write from being done. Nothing is changed. */
export async function tryWriting({ db }: Pick<Store, 'db'>): Promise<void> {
  const tx = await db.startTransaction().execute();
  try {
    await tx
      .updateTable('chain')
      .set(({ ref }) => ({ seq: ref('seq') }))
      .execute();
  } finally {
    await tx.rollback().execute();
  }
}

/** By how much the clocks of two desks may differ, in milliseconds. */
const clockTolerance = 10 * 60_000;

function refuseClock(last: string, now: string): void {
  if (last === '' || Date.parse(now) >= Date.parse(last) - clockTolerance) return;
  throw new StoreProblem(
    'clock',
    `the clock of this machine says ${now}, but the store was last written at ${last}; nothing was changed`,
    'set the clock; if it is right and was wrong before, say so: preinfuse records accept --why TEXT',
  );
}

function rowOf({ seq, at, actor, event, caseId, documentHash, note, hash }: AuditEntry): AuditTable {
  return {
    seq,
    at,
    actor,
    event,
    case_id: caseId ?? null,
    document_hash: documentHash ?? null,
    note: note ?? null,
    hash,
  };
}

function entryOf({ seq, at, actor, event, case_id, document_hash, note, hash }: AuditTable): AuditEntry {
  return {
    seq: Number(seq),
    at,
    actor,
    event,
    ...(case_id !== null && { caseId: case_id }),
    ...(document_hash !== null && { documentHash: document_hash }),
    ...(note !== null && { note }),
    hash,
  };
}

/** Head of the audit chain. */
export async function headOf({ db }: Pick<Database, 'db'>): Promise<Head> {
  const row = await db.selectFrom('chain').select(['seq', 'hash']).executeTakeFirst();
  return row ? { seq: Number(row.seq), hash: row.hash } : noHead;
}

/** How many rows are held at a time. */
export const pageSize = 1000;

/** Rows of a query, a page at a time: `page` gives up to `pageSize` of those after `last`. Memory does not grow with them. */
export async function* paged<Row>(page: (last: Row | undefined) => Promise<readonly Row[]>): AsyncGenerator<Row> {
  for (let last: Row | undefined; ; ) {
    const rows = await page(last);
    yield* rows;
    if (rows.length < pageSize) return;
    last = rows.at(-1);
  }
}

/** The audit chain, in order. Memory does not grow with it. */
export async function* entriesOf({ db }: Pick<Database, 'db'>): AsyncGenerator<AuditEntry> {
  const rows = paged<AuditTable>((last) =>
    db
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', last?.seq ?? 0)
      .orderBy('seq')
      .limit(pageSize)
      .execute(),
  );
  for await (const row of rows) yield entryOf(row);
}

/** A data key by its id. */
export async function findKey({ db }: Pick<Database, 'db'>, id: string): Promise<WrappedKey | undefined> {
  const row = await db.selectFrom('data_key').selectAll().where('id', '=', id).executeTakeFirst();
  return row && keyOf(row);
}

/** Every data key, by id. */
export async function listKeys({ db }: Pick<Database, 'db'>): Promise<readonly WrappedKey[]> {
  const rows = await db.selectFrom('data_key').selectAll().orderBy('id').execute();
  return rows.map(keyOf);
}

/** Rejects with `format` one whose recipients cannot be read: they stand in clear. */
function keyOf({ id, recipients: text, wrapped }: KeyTable): WrappedKey {
  try {
    const recipients: unknown = JSON.parse(text);
    if (Array.isArray(recipients) && recipients.every((each) => typeof each === 'string')) {
      return { id, recipients, wrapped };
    }
  } catch {
    // Told below.
  }
  throw new CannotOpen('format');
}

/** Adds data keys that are not there yet, within a write. */
export async function addKeys(tx: Transaction<Tables>, keys: readonly WrappedKey[]): Promise<void> {
  for (const { id, recipients, wrapped } of keys) {
    const row = { id, recipients: JSON.stringify(recipients), wrapped: Buffer.from(wrapped) };
    await tx
      .insertInto('data_key')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
}

/** Puts data keys in the place of those with their ids, all of them or none: a rotation. `note` says of what. */
export async function replaceKeys(
  store: Store,
  keys: readonly WrappedKey[],
  event: string,
  note?: string,
): Promise<void> {
  await write(store, async (tx) => {
    for (const { id, recipients, wrapped } of keys) {
      await tx
        .updateTable('data_key')
        .set({ recipients: JSON.stringify(recipients), wrapped: Buffer.from(wrapped) })
        .where('id', '=', id)
        .execute();
    }
    return { result: undefined, event: { event, ...(note !== undefined && { note }) } };
  });
}
