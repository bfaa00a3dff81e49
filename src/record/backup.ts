import type { Kysely, Transaction } from 'kysely';
import { faultWords, verifyChain } from './chain.ts';
import { isEmptyAndLocked, newestSchema } from './migrations.ts';
import { StoreProblem } from './problem.ts';
import type { Head } from './sealing.ts';
import { atOneMoment, entriesOf, paged, pageSize, type Store, unhurried } from './store.ts';
import type { Tables } from './tables.ts';

/* A backup is the tables as lines of JSON, the same for both engines: what is sealed stays sealed in it. */

const tables = ['data_key', 'cases', 'document', 'audit'] as const;
type Table = (typeof tables)[number];

/** What the rows of each table are ordered by, so that they can be read page by page. */
const keys: Readonly<Record<Table, readonly string[]>> = {
  data_key: ['id'],
  cases: ['id'],
  document: ['case_id', 'version'],
  audit: ['seq'],
};

interface FirstLine {
  readonly backup: 'preinfuse';
  readonly format: 1;
  readonly schema: number;
  readonly store: string;
  /** Tells the key that cases are looked up with. */
  readonly index?: string;
}

interface LastLine {
  readonly end: { readonly rows: number; readonly at: string } & Head;
}

interface RowLine {
  readonly table: Table;
  readonly row: Readonly<Record<string, unknown>>;
}

/** Writes the store as it is at one moment, line by line; others go on writing meanwhile. Gives the head of its history. */
export function backUp(store: Store, write: (line: string) => Promise<unknown>): Promise<Head> {
  return atOneMoment(store, async (tx) => {
    const chain = await tx.selectFrom('chain').selectAll().executeTakeFirstOrThrow();
    const { seq, hash, at, store: id, schema, index_check: index } = chain;
    const head = { seq: Number(seq), hash };
    await write(
      line({ backup: 'preinfuse', format: 1, schema, store: id, ...(index !== null && { index }) } satisfies FirstLine),
    );
    let rows = 0;
    for (const table of tables) {
      for await (const row of rowsOf(tx, table)) {
        rows += 1;
        await write(line({ table, row } satisfies RowLine));
      }
    }
    await write(line({ end: { rows, at, ...head } } satisfies LastLine));
    return head;
  });
}

function line(content: object): string {
  return `${JSON.stringify(content)}\n`;
}

async function* rowsOf(tx: Transaction<Tables>, table: Table): AsyncGenerator<Readonly<Record<string, unknown>>> {
  const untyped = tx as unknown as Kysely<Record<string, Record<string, unknown>>>;
  let wanted = untyped.selectFrom(table).selectAll().limit(pageSize);
  for (const key of keys[table]) wanted = wanted.orderBy(key);
  const [first = '', second] = keys[table];
  const rows = paged<Readonly<Record<string, unknown>>>((last) =>
    (last === undefined
      ? wanted
      : wanted.where((row) =>
          second === undefined
            ? row(first, '>', last[first])
            : row.or([
                row(first, '>', last[first]),
                row.and([row(first, '=', last[first]), row(second, '>', last[second])]),
              ]),
        )
    ).execute(),
  );
  for await (const row of rows) yield plain(row);
}

/** Bytes as base64, numbers of 64 bits as numbers. */
function plain(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (value instanceof Uint8Array) return [name, Buffer.from(value).toString('base64')];
      return [name, name === 'seq' ? Number(value) : value];
    }),
  );
}

const binary: Readonly<Partial<Record<Table, string>>> = { data_key: 'wrapped', document: 'bytes' };

/**
 * Puts a backup into a store that is empty, all of it or nothing, and looks whether its history holds before that counts. The
 * store then has the identity of the one that was backed up. Gives the head of its history. Rejects with `StoreProblem`.
 */
export function restore(store: Store, lines: AsyncIterable<string>): Promise<Head> {
  return unhurried(store, store.db.transaction(), async (tx) => {
    if (!(await isEmptyAndLocked(tx))) throw notEmpty();
    const read: { first?: FirstLine; last?: LastLine; rows: number } = { rows: 0 };
    for await (const text of lines) {
      const content = parsed(text);
      if (!read.first) read.first = firstLine(content);
      else if ('end' in content) read.last = lastLine(content);
      else {
        read.rows += 1;
        await insert(tx, content as Partial<RowLine>);
      }
    }
    const { first, last, rows } = read;
    if (!first || !last || last.end.rows !== rows) throw brokenBackup('it is cut off');
    const { seq, hash, at } = last.end;
    await tx
      .updateTable('chain')
      .set({ store: first.store, seq, hash, at, index_check: first.index ?? null })
      .execute();
    const verdict = await verifyChain(entriesOf({ db: tx }), { seq, hash });
    if (verdict.is === 'broken') throw brokenBackup(`its history is ${faultWords(verdict.fault)}`);
    return { seq, hash };
  });
}

function notEmpty(): StoreProblem {
  return new StoreProblem(
    'not-empty',
    'a backup is put into an empty store, and this one is not; nothing was changed',
    'name a new file or database with --store',
  );
}

function parsed(text: string): object {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === 'object' && content !== null) return content;
  } catch {
    // Told below.
  }
  throw unreadable();
}

function lastLine(content: object): LastLine {
  const { end } = content as Partial<LastLine>;
  const isWhole =
    [end?.rows, end?.seq].every(Number.isSafeInteger) && [end?.hash, end?.at].every((each) => typeof each === 'string');
  if (!end || !isWhole) throw unreadable();
  return { end };
}

function firstLine(content: object): FirstLine {
  const { backup, format, schema, store, index } = content as Partial<FirstLine>;
  if (backup !== 'preinfuse' || format !== 1 || typeof schema !== 'number' || typeof store !== 'string') {
    throw brokenBackup('it is none of preinfuse');
  }
  // Of every schema up to now the rows are the same: a backup of an earlier one is put in as it is.
  if (schema > newestSchema) throw brokenBackup('a newer version of preinfuse made it: restore it with that one');
  return { backup, format, schema, store, ...(index !== undefined && { index: String(index) }) };
}

async function insert(tx: Transaction<Tables>, { table, row }: Partial<RowLine>): Promise<void> {
  if (table === undefined || !tables.includes(table) || typeof row !== 'object' || row === null) throw unreadable();
  const bytes = binary[table];
  const values = bytes === undefined ? row : { ...row, [bytes]: Buffer.from(String(row[bytes]), 'base64') };
  try {
    await tx
      .insertInto(table)
      .values(values as never)
      .execute();
  } catch (error) {
    // What no table takes, or twice, is the fault of the backup; a full disk is not.
    throw error instanceof StoreProblem && error.code !== 'damaged' ? error : unreadable();
  }
}

function unreadable(): StoreProblem {
  return brokenBackup('a line of it cannot be read');
}

function brokenBackup(why: string): StoreProblem {
  return new StoreProblem(
    'bad-backup',
    `the backup cannot be restored: ${why}; nothing was changed`,
    'use another backup',
  );
}
