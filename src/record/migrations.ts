import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { noHead } from './chain.ts';
import { StoreProblem } from './problem.ts';
import type { Database, Tables } from './tables.ts';

type Engine = Database['engine'];
type Migration = (tx: Transaction<Tables>, engine: Engine) => Promise<void>;

/** First to last; a store says how many it has had. One that was released is never changed: add another. */
const migrations: readonly Migration[] = [
  async (tx, engine) => {
    const bytes = engine === 'sqlite' ? 'blob' : 'bytea';
    const { schema } = tx;
    await schema
      .createTable('audit')
      .addColumn('seq', 'bigint', (column) => column.primaryKey())
      .addColumn('at', 'text', (column) => column.notNull())
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('event', 'text', (column) => column.notNull())
      .addColumn('case_id', 'text')
      .addColumn('document_hash', 'text')
      .addColumn('note', 'text')
      .addColumn('hash', 'text', (column) => column.notNull())
      .execute();
    await schema
      .createTable('data_key')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('recipients', 'text', (column) => column.notNull())
      .addColumn('wrapped', bytes, (column) => column.notNull())
      .execute();
    await schema
      .createTable('cases')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('lookup', 'text')
      .addColumn('definition', 'text', (column) => column.notNull())
      .addColumn('definition_digest', 'text', (column) => column.notNull())
      .addColumn('form', 'text')
      .addColumn('section', 'text', (column) => column.notNull())
      .addColumn('started', 'text', (column) => column.notNull())
      .addColumn('saved', 'text', (column) => column.notNull())
      .addColumn('saved_by', 'text', (column) => column.notNull())
      .addColumn('completed', 'text')
      .addColumn('windows', 'text')
      .execute();
    await schema.createIndex('cases_lookup').on('cases').column('lookup').execute();
    await schema.createIndex('cases_saved').on('cases').columns(['saved', 'id']).execute();
    await schema
      .createTable('document')
      .addColumn('case_id', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('seq', 'bigint', (column) => column.notNull())
      .addColumn('key_id', 'text', (column) => column.notNull())
      .addColumn('bytes', bytes, (column) => column.notNull())
      .addPrimaryKeyConstraint('document_key', ['case_id', 'version'])
      .execute();
    await schema.createIndex('document_seq').on('document').column('seq').unique().execute();
    await schema.createIndex('audit_case').on('audit').column('case_id').execute();
  },
  async ({ schema }) => {
    await schema.alterTable('chain').addColumn('index_check', 'text').execute();
  },
];

/** How many migrations this version of the program knows. */
export const newestSchema = migrations.length;

/**
 * Makes a store, or brings an older one up to date, in one transaction. True where it was made. Rejects with `newer` where it was
 * made over by a newer version of the program.
 */
export async function migrate(database: Database): Promise<boolean> {
  if ((await schemaOf(database)) === newestSchema) return false;
  const { sql } = await import('kysely');
  const { db, engine } = database;
  return db.transaction().execute(async (tx) => {
    if (engine === 'postgres') await sql`select pg_advisory_xact_lock(${advisoryLock})`.execute(tx);
    await tx.schema
      .createTable('chain')
      .ifNotExists()
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('store', 'text', (column) => column.notNull())
      .addColumn('schema', 'integer', (column) => column.notNull())
      .addColumn('seq', 'bigint', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('at', 'text', (column) => column.notNull())
      .execute();
    const fresh = { id: 1, store: randomUUID(), schema: 0, ...noHead, at: '' };
    // An insert takes the write lock even where the row is there: whoever comes second waits, then finds the work done.
    const made = await tx
      .insertInto('chain')
      .values(fresh)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst();
    const { schema } = await tx.selectFrom('chain').select('schema').executeTakeFirstOrThrow();
    for (const migration of migrations.slice(schema)) await migration(tx, engine);
    if (schema < newestSchema) await tx.updateTable('chain').set({ schema: newestSchema }).execute();
    return made.numInsertedOrUpdatedRows === 1n;
  });
}

/** Takes a store away, in one transaction, unless something was written to it: then false. */
export async function unmake({ db }: Pick<Database, 'db'>): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    if (!(await isEmptyAndLocked(tx))) return false;
    for (const table of ['document', 'cases', 'data_key', 'audit', 'chain']) await tx.schema.dropTable(table).execute();
    return true;
  });
}

/** Whether nothing was written to a store yet; nobody else writes to it before the transaction ends. */
export async function isEmptyAndLocked(tx: Transaction<Tables>): Promise<boolean> {
  const row = await tx
    .updateTable('chain')
    .set(({ ref }) => ({ seq: ref('seq') }))
    .returning('seq')
    .executeTakeFirst();
  return Number(row?.seq) === 0;
}

/** Any number, the same in every version. */
const advisoryLock = 7_260_514;

/** Which schema the store has; undefined for an empty file or database. Rejects with `newer` where this version knows it not. */
export async function schemaOf({ db, engine }: Database): Promise<number | undefined> {
  const { sql } = await import('kysely');
  const found =
    engine === 'sqlite'
      ? await sql`select 1 from sqlite_master where type = 'table' and name = 'chain'`.execute(db)
      : await sql`select 1 where to_regclass('chain') is not null`.execute(db);
  if (found.rows.length === 0) return undefined;
  const row = await db.selectFrom('chain').select('schema').executeTakeFirst();
  if (row && row.schema > newestSchema) throw newer();
  return row?.schema;
}

/** The store is not this version's to write in. */
export function newer(): StoreProblem {
  return new StoreProblem(
    'newer',
    'the store was made over by a newer version of preinfuse; nothing was changed in it',
    'install the newer version on this desk too',
  );
}
