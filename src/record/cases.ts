import type { Binding, Vault } from './sealing.ts';
import { addKeys, paged, pageSize, type Store, write } from './store.ts';
import type { CaseState, CaseTable, DocumentTable } from './tables.ts';
import { documentHash } from './vault.ts';

/** What is known of a case without a key. */
export interface CaseFacts {
  /** `id|version` of the definition it was screened with. */
  readonly definition: string;
  readonly definitionDigest: string;
  /** `id|version|language` of the consent form, once one was issued. */
  readonly form?: string;
  /** Title of the section reached. */
  readonly section: string;
  readonly started: string;
  readonly completed?: string;
  /** Keyed hash of the chart reference, once there is one. */
  readonly lookup?: string;
  /** First day on which what a window covers is past its time, `YYYY-MM-DD`, by name of the window's parameter. */
  readonly windows?: Readonly<Record<string, string>>;
}

/** One case as a list shows it. */
export interface StoredCase extends CaseFacts {
  readonly id: string;
  readonly version: number;
  readonly state: CaseState;
  readonly saved: string;
  readonly savedBy: string;
}

/** A change of a case: the document it adds, and the version it was made from (0 for a case that is new). */
export interface Change {
  readonly caseId: string;
  readonly version: number;
  readonly state: CaseState;
  readonly kind: Binding['kind'];
  readonly document: Uint8Array;
  readonly facts: CaseFacts;
  /** For the audit chain. */
  readonly event: string;
}

/** `changed`: another desk saved it since it was read, or removed it; nothing was overwritten. `now` is what stands there. */
export type Saved =
  | { readonly is: 'saved'; readonly version: number }
  | { readonly is: 'changed'; readonly now: StoredCase | undefined };

/** Rolls a transaction back. */
class Changed extends Error {}

/**
 * Saves a change, the sealed document and an audit entry in one transaction, on the disk when it resolves. A draft's document
 * takes the place of the one before; a finished one is added, and takes the draft away.
 */
export async function save(store: Store, vault: Vault, change: Change): Promise<Saved> {
  const { caseId, kind, state, facts, event } = change;
  const version = change.version + 1;
  const sealed = await vault.seal(change.document, { caseId, version, kind });
  const hash = documentHash(sealed);
  try {
    await write(store, async (tx, seq) => {
      const row = { ...rowOf(facts), version, state, saved: store.now().toISOString(), saved_by: store.actor };
      const changed =
        change.version === 0
          ? await tx
              .insertInto('cases')
              .values({ id: caseId, ...row })
              .onConflict((conflict) => conflict.column('id').doNothing())
              .executeTakeFirst()
          : await tx
              .updateTable('cases')
              .set(row)
              .where('id', '=', caseId)
              .where('version', '=', change.version)
              .executeTakeFirst();
      const count = 'numUpdatedRows' in changed ? changed.numUpdatedRows : changed.numInsertedOrUpdatedRows;
      if (Number(count) !== 1) throw new Changed();
      await addKeys(tx, vault.newKeys());
      await tx.deleteFrom('document').where('case_id', '=', caseId).where('kind', '=', 'draft').execute();
      const document = { case_id: caseId, version, kind, seq, key_id: sealed.keyId, bytes: Buffer.from(sealed.bytes) };
      await tx.insertInto('document').values(document).execute();
      return { result: undefined, event: { event, caseId, documentHash: hash } };
    });
    return { is: 'saved', version };
  } catch (error) {
    if (error instanceof Changed) return { is: 'changed', now: await findCase(store, caseId) };
    throw error;
  }
}

function rowOf(facts: CaseFacts): Omit<CaseTable, 'id' | 'version' | 'state' | 'saved' | 'saved_by'> {
  const { definition, definitionDigest, form, section, started, completed, lookup, windows } = facts;
  return {
    definition,
    definition_digest: definitionDigest,
    form: form ?? null,
    section,
    started,
    completed: completed ?? null,
    lookup: lookup ?? null,
    windows: windows ? JSON.stringify(windows) : null,
  };
}

function caseOf(row: CaseTable): StoredCase {
  const windows = windowsIn(row.windows);
  const { id, version, state, definition, section, started, saved } = row;
  return {
    id,
    version,
    state,
    definition,
    definitionDigest: row.definition_digest,
    section,
    started,
    saved,
    savedBy: row.saved_by,
    ...(row.form !== null && { form: row.form }),
    ...(row.completed !== null && { completed: row.completed }),
    ...(row.lookup !== null && { lookup: row.lookup }),
    ...(windows && { windows }),
  };
}

/** It stands in clear: what somebody changed there into no list of days says nothing, and keeps no case from being read. */
function windowsIn(text: string | null): CaseFacts['windows'] {
  try {
    const read: unknown = JSON.parse(text ?? 'null');
    const isList =
      typeof read === 'object' && read !== null && Object.values(read).every((day) => typeof day === 'string');
    return isList ? (read as CaseFacts['windows']) : undefined;
  } catch {
    return undefined;
  }
}

export async function findCase({ db }: Pick<Store, 'db'>, id: string): Promise<StoredCase | undefined> {
  const row = await db.selectFrom('cases').selectAll().where('id', '=', id).executeTakeFirst();
  return row && caseOf(row);
}

/** Which cases a list has. */
export interface CaseFilter {
  readonly states?: readonly CaseState[];
  readonly lookup?: string;
  /** Last saved before this moment, ISO 8601 in UTC. */
  readonly savedBefore?: string;
}

/** Cases, last saved first. Memory does not grow with their number. */
export async function* listCases({ db }: Pick<Store, 'db'>, filter: CaseFilter = {}): AsyncGenerator<StoredCase> {
  const { states, lookup, savedBefore } = filter;
  let wanted = db.selectFrom('cases').selectAll().orderBy('saved', 'desc').orderBy('id', 'desc').limit(pageSize);
  if (states) wanted = wanted.where('state', 'in', [...states]);
  if (lookup !== undefined) wanted = wanted.where('lookup', '=', lookup);
  if (savedBefore !== undefined) wanted = wanted.where('saved', '<', savedBefore);
  // As one comparison of both columns either engine goes on in its index where the page before ended.
  const rows = paged<CaseTable>((last) =>
    (last === undefined
      ? wanted
      : wanted.where(({ eb, refTuple, tuple }) => eb(refTuple('saved', 'id'), '<', tuple(last.saved, last.id)))
    ).execute(),
  );
  for await (const row of rows) yield caseOf(row);
}

/** Every case, by id: one that is saved meanwhile is there once all the same, as it was or as it is. */
export async function* everyCase({ db }: Pick<Store, 'db'>): AsyncGenerator<StoredCase> {
  const rows = paged<CaseTable>((last) =>
    db
      .selectFrom('cases')
      .selectAll()
      .where('id', '>', last?.id ?? '')
      .orderBy('id')
      .limit(pageSize)
      .execute(),
  );
  for await (const row of rows) yield caseOf(row);
}

/** A document of a case, opened. */
export interface OpenedDocument {
  readonly kind: Binding['kind'];
  readonly version: number;
  readonly document: Uint8Array;
}

/** The documents of a case, first to last. Rejects with `CannotOpen` where no key here opens one. */
export async function documentsOf(
  { db }: Pick<Store, 'db'>,
  vault: Vault,
  caseId: string,
): Promise<readonly OpenedDocument[]> {
  const rows = await db.selectFrom('document').selectAll().where('case_id', '=', caseId).orderBy('version').execute();
  return Promise.all(rows.map((row) => openDocument(vault, row)));
}

async function openDocument(vault: Vault, row: DocumentTable): Promise<OpenedDocument> {
  const { case_id: caseId, version, kind, key_id: keyId, bytes } = row;
  return { kind, version, document: await vault.open({ keyId, bytes }, { caseId, version, kind }) };
}

/** Notes in the audit chain that somebody read or exported a case. */
export async function noteReading(store: Store, event: string, caseId?: string, note?: string): Promise<void> {
  await write(store, async () => ({
    result: undefined,
    event: { event, ...(caseId !== undefined && { caseId }), ...(note !== undefined && { note }) },
  }));
}

/**
 * Removes a case with its documents where it still has the version that was read; its entries in the audit chain stay. False
 * where it has changed since.
 */
export async function removeCase(
  store: Store,
  { id, version }: Pick<StoredCase, 'id' | 'version'>,
  event: string,
): Promise<boolean> {
  try {
    await write(store, async (tx) => {
      const { numDeletedRows } = await tx
        .deleteFrom('cases')
        .where('id', '=', id)
        .where('version', '=', version)
        .executeTakeFirst();
      if (Number(numDeletedRows) !== 1) throw new Changed();
      await tx.deleteFrom('document').where('case_id', '=', id).execute();
      return { result: undefined, event: { event, caseId: id } };
    });
    return true;
  } catch (error) {
    if (error instanceof Changed) return false;
    throw error;
  }
}
