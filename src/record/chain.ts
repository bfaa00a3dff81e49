import { createHash } from 'node:crypto';
import type { AuditEntry, AuditEvent, Head } from './sealing.ts';

/** The head before the first entry. */
export const noHead: Head = { seq: 0, hash: '0'.repeat(64) };

/** The entry that follows `head`. Its `seq` and `hash` are the new head, to be written in the same transaction. */
export function nextEntry(head: Head, event: AuditEvent): AuditEntry {
  const seq = head.seq + 1;
  return { ...event, seq, hash: hashOf(head.hash, { ...event, seq }) };
}

/** SHA-256 of the hash before, a line feed, and the entry without its hash as JSON with sorted keys (RFC 8785 for what stands in it). */
function hashOf(before: string, entry: AuditEvent & { readonly seq: number }): string {
  const { seq, at, actor, event, caseId, documentHash, note } = entry;
  const sorted = { actor, at, caseId, documentHash, event, note, seq };
  return createHash('sha256')
    .update(`${before}\n${JSON.stringify(sorted)}`)
    .digest('hex');
}

/** The head as people compare it, on paper too: `12-9f3a77c201be`. */
export function shortHead({ seq, hash }: Head): string {
  return `${seq}-${hash.slice(0, 12)}`;
}

/**
 * What is wrong with a chain and at which entry first. `altered`: it does not follow from the one before. `missing`: it is not
 * there, and later ones are. `repeated`: its number was there before. `truncated`: it and all after it are gone. `added`: it stands
 * behind the head. `rewritten`: the chain holds in itself, but is not the one that a checkpoint was made of; the fault is at or
 * before this entry.
 */
export interface ChainFault {
  readonly is: 'altered' | 'missing' | 'repeated' | 'truncated' | 'added' | 'rewritten';
  readonly seq: number;
}

/** A chain that holds ends in `head`. */
export type ChainVerdict =
  | { readonly is: 'whole'; readonly head: Head }
  | { readonly is: 'broken'; readonly fault: ChainFault };

/**
 * Reads a chain from its first entry on, in order, against the head that the store has and heads that were written down
 * elsewhere (`known`). Names the first fault. Memory does not grow with the chain.
 */
export async function verifyChain(
  entries: Iterable<AuditEntry> | AsyncIterable<AuditEntry>,
  head: Head,
  known: readonly Head[] = [],
): Promise<ChainVerdict> {
  const anchors = new Map(known.map(({ seq, hash }) => [seq, hash]));
  let last = noHead;
  for await (const entry of entries) {
    const fault = faultOf(entry, last, anchors.get(entry.seq));
    if (fault) return { is: 'broken', fault };
    last = { seq: entry.seq, hash: entry.hash };
  }
  const furthest = Math.max(head.seq, ...anchors.keys());
  if (last.seq < furthest) return { is: 'broken', fault: { is: 'truncated', seq: last.seq + 1 } };
  if (last.seq > head.seq) return { is: 'broken', fault: { is: 'added', seq: head.seq + 1 } };
  if (last.hash !== head.hash) return { is: 'broken', fault: { is: 'altered', seq: last.seq } };
  return { is: 'whole', head: last };
}

function faultOf(entry: AuditEntry, { seq, hash }: Head, anchor: string | undefined): ChainFault | undefined {
  const due = seq + 1;
  if (entry.seq > due) return { is: 'missing', seq: due };
  if (entry.seq < due) return { is: 'repeated', seq: entry.seq };
  if (hashOf(hash, entry) !== entry.hash) return { is: 'altered', seq: due };
  return anchor !== undefined && anchor !== entry.hash ? { is: 'rewritten', seq: due } : undefined;
}
