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
 * behind the head. `rewritten`: the chain holds in itself, but this entry is not the one that was written down elsewhere; the first
 * that was changed is this one, or one of those before it down to `after`, which is the last that is as written down (0: none is).
 */
export type ChainFault =
  | { readonly is: 'altered' | 'missing' | 'repeated' | 'truncated' | 'added'; readonly seq: number }
  | { readonly is: 'rewritten'; readonly seq: number; readonly after: number };

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
  const anchors = hashesOf(known);
  let last = noHead;
  let held = 0;
  for await (const entry of entries) {
    const fault = faultOf(entry, last);
    if (fault) return { is: 'broken', fault };
    const told = anchors.get(entry.seq) ?? [];
    if (told.some((hash) => hash !== entry.hash)) {
      return { is: 'broken', fault: { is: 'rewritten', seq: entry.seq, after: held } };
    }
    if (told.length > 0) held = entry.seq;
    last = { seq: entry.seq, hash: entry.hash };
  }
  const furthest = Math.max(head.seq, ...anchors.keys());
  if (last.seq < furthest) return { is: 'broken', fault: { is: 'truncated', seq: last.seq + 1 } };
  if (last.seq > head.seq) return { is: 'broken', fault: { is: 'added', seq: head.seq + 1 } };
  if (last.hash !== head.hash) return { is: 'broken', fault: { is: 'altered', seq: last.seq } };
  return { is: 'whole', head: last };
}

/** What is known of each entry: where two places disagree, one of them is wrong. */
function hashesOf(known: readonly Head[]): ReadonlyMap<number, readonly string[]> {
  const hashes = new Map<number, readonly string[]>();
  for (const { seq, hash } of known) hashes.set(seq, [...(hashes.get(seq) ?? []), hash]);
  return hashes;
}

function faultOf(entry: AuditEntry, { seq, hash }: Head): ChainFault | undefined {
  const due = seq + 1;
  if (entry.seq > due) return { is: 'missing', seq: due };
  if (entry.seq < due) return { is: 'repeated', seq: entry.seq };
  return hashOf(hash, entry) === entry.hash ? undefined : { is: 'altered', seq: due };
}

/** A fault for people: `altered at entry 5`. */
export function faultWords(fault: ChainFault): string {
  if (fault.is !== 'rewritten') return `${fault.is} at entry ${fault.seq}`;
  const { seq, after } = fault;
  return seq === after + 1 ? `rewritten at entry ${seq}` : `rewritten at an entry from ${after + 1} to ${seq}`;
}
