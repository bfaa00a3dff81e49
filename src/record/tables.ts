import type { Kysely } from 'kysely';
import type { Binding } from './sealing.ts';

/** How far a case has come. What is past its time is worked out by day and not kept: see `validity`. */
export const caseStates = ['draft', 'completed', 'cleared', 'issued', 'consented', 'declined', 'withdrawn'] as const;

export type CaseState = (typeof caseStates)[number];

/** One row: the head of the audit chain. Every write begins by advancing it, which makes writes wait for each other. */
export interface ChainTable {
  readonly id: number;
  readonly store: string;
  readonly schema: number;
  readonly seq: number;
  readonly hash: string;
  /** When the last entry was written, ISO 8601 in UTC. */
  readonly at: string;
  /** Tells the key that cases are looked up with; null before a desk has said one. */
  readonly index_check: string | null;
}

export interface AuditTable {
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly event: string;
  readonly case_id: string | null;
  readonly document_hash: string | null;
  readonly note: string | null;
  readonly hash: string;
}

export interface KeyTable {
  readonly id: string;
  /** JSON list. */
  readonly recipients: string;
  readonly wrapped: Uint8Array;
}

/** What a list may show without a key. Nothing here says who the patient is or what was answered. */
export interface CaseTable {
  readonly id: string;
  readonly version: number;
  readonly state: CaseState;
  /** Keyed hash of the chart reference, once there is one. */
  readonly lookup: string | null;
  readonly definition: string;
  readonly definition_digest: string;
  /** `id|version|language` of the consent form, once one was issued. */
  readonly form: string | null;
  /** Title of the section reached. */
  readonly section: string;
  readonly started: string;
  readonly saved: string;
  readonly saved_by: string;
  /** When it was completed. */
  readonly completed: string | null;
  /** JSON: when what a window covers is past its time, by name of the window's parameter. */
  readonly windows: string | null;
}

/** Sealed documents. `version` is that of the case which the document made, `seq` its audit entry. */
export interface DocumentTable {
  readonly case_id: string;
  readonly version: number;
  readonly kind: Binding['kind'];
  readonly seq: number;
  readonly key_id: string;
  readonly bytes: Uint8Array;
}

export interface Tables {
  readonly chain: ChainTable;
  readonly audit: AuditTable;
  readonly data_key: KeyTable;
  readonly cases: CaseTable;
  readonly document: DocumentTable;
}

/** An open connection. The queries are written once; what differs between the engines is said by `engine`. */
export interface Database {
  readonly engine: 'sqlite' | 'postgres';
  readonly db: Kysely<Tables>;
  /** As people may see it: no password. */
  readonly place: string;
}
