import { type ChainVerdict, verifyChain } from './chain.ts';
import type { Head } from './sealing.ts';
import { atOneMoment, entriesOf, headOf, paged, pageSize, type Store } from './store.ts';
import type { Database } from './tables.ts';
import { documentHash } from './vault.ts';

/** What is wrong with a store. Needs no key. */
export interface StoreVerdict {
  readonly chain: ChainVerdict;
  /** Cases with a document that is not the one its entry in the history was made with. */
  readonly altered: readonly string[];
  /** Cases that do not stand where the last entry that changed them left them: another state, or set back to an earlier document. */
  readonly restated: readonly string[];
  /** Cases that lack a document or its data key, or are gone without a purge. */
  readonly missing: readonly string[];
  readonly documents: number;
}

/**
 * Reads a store from end to end, as it is at one moment: its history, also against heads known from elsewhere, and each document
 * against its entry.
 */
export function verifyStore(store: Store, known: readonly Head[] = []): Promise<StoreVerdict> {
  return atOneMoment(store, async (db) => {
    const chain = await verifyChain(entriesOf({ db }), await headOf({ db }), known);
    const [altered, missing] = [new Set<string>(), new Set(await missingCases({ db }))];
    let documents = 0;
    for await (const { caseId, isAsWritten, hasKey } of documentsAgainstHistory({ db })) {
      documents += 1;
      if (!isAsWritten) altered.add(caseId);
      if (!hasKey) missing.add(caseId);
    }
    return {
      chain,
      altered: [...altered].sort(),
      restated: await restatedCases({ db }),
      missing: [...missing].sort(),
      documents,
    };
  });
}

/** Reads the history alone, from its first entry to its head, also against heads known from elsewhere. */
export function verifyHistory(store: Store, known: readonly Head[] = []): Promise<ChainVerdict> {
  return atOneMoment(store, async (db) => verifyChain(entriesOf({ db }), await headOf({ db }), known));
}

/** A document, whether it is the one of its entry, and whether its data key is there. */
interface Looked {
  readonly caseId: string;
  readonly isAsWritten: boolean;
  readonly hasKey: boolean;
}

async function* documentsAgainstHistory({ db }: Pick<Database, 'db'>): AsyncGenerator<Looked> {
  const page = (after: number) =>
    db
      .selectFrom('document')
      .leftJoin('audit', 'audit.seq', 'document.seq')
      .leftJoin('data_key', 'data_key.id', 'document.key_id')
      .select(['document.seq', 'document.case_id', 'document.key_id', 'document.bytes', 'audit.document_hash'])
      .select(['audit.case_id as entry_case', 'data_key.id as known_key'])
      .where('document.seq', '>', after)
      .orderBy('document.seq')
      .limit(pageSize)
      .execute();
  type Row = Awaited<ReturnType<typeof page>>[number];
  for await (const row of paged<Row>((last) => page(last?.seq ?? 0))) {
    const { case_id, key_id, bytes, document_hash, entry_case, known_key } = row;
    yield {
      caseId: case_id,
      isAsWritten: entry_case === case_id && document_hash === documentHash({ keyId: key_id, bytes }),
      hasKey: known_key !== null,
    };
  }
}

/** Events of a draft: its document is rightly gone once another took its place. */
const passing = 'draft-%';

/** The event of a purge: no document follows it. */
const purged = 'purged';

/** The document of a case is that of the last entry that changed it; the event of one that is finished is named after the state it gave. */
async function restatedCases({ db }: Pick<Database, 'db'>): Promise<readonly string[]> {
  const last = db
    .selectFrom('audit')
    .select(['case_id', ({ fn }) => fn.max('seq').as('seq')])
    .where(({ or, eb }) => or([eb('document_hash', 'is not', null), eb('event', '=', purged)]))
    .groupBy('case_id')
    .as('last');
  const rows = await db
    .selectFrom('cases')
    .innerJoin('document', (join) =>
      join.onRef('document.case_id', '=', 'cases.id').onRef('document.version', '=', 'cases.version'),
    )
    .innerJoin('audit', 'audit.seq', 'document.seq')
    .innerJoin(last, 'last.case_id', 'cases.id')
    .select('cases.id as id')
    .where(({ or, and, eb, ref }) =>
      or([
        eb('document.seq', '!=', ref('last.seq')),
        and([eb('cases.state', '=', 'draft'), eb('audit.event', 'not like', passing)]),
        and([eb('cases.state', '!=', 'draft'), eb('audit.event', '!=', ref('cases.state'))]),
      ]),
    )
    .execute();
  return rows.map(({ id }) => id).sort();
}

async function missingCases({ db }: Pick<Database, 'db'>): Promise<readonly string[]> {
  const lastDocument = await db
    .selectFrom('cases')
    .select('cases.id as id')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('document')
            .select('document.version')
            .whereRef('document.case_id', '=', 'cases.id')
            .whereRef('document.version', '=', 'cases.version'),
        ),
      ),
    )
    .execute();
  const fromHistory = await db
    .selectFrom('audit')
    .select('audit.case_id as id')
    .distinct()
    .where('audit.document_hash', 'is not', null)
    .where(({ or, and, not, exists, selectFrom, eb }) =>
      or([
        not(exists(selectFrom('cases').select('cases.id').whereRef('cases.id', '=', 'audit.case_id'))),
        and([
          eb('audit.event', 'not like', passing),
          not(exists(selectFrom('document').select('document.seq').whereRef('document.seq', '=', 'audit.seq'))),
        ]),
      ]),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('audit as purge')
            .select('purge.seq')
            .where('purge.event', '=', purged)
            .whereRef('purge.case_id', '=', 'audit.case_id'),
        ),
      ),
    )
    .execute();
  return [...lastDocument, ...fromHistory].flatMap(({ id }) => (id === null ? [] : [id]));
}
