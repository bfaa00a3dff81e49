import type { Digester } from './digests.ts';
import { asText, type PartTools, piecesOf } from './file-parts.ts';
import {
  digestsOf,
  type FormRecord,
  keywordsOf,
  macText,
  noDigest,
  noPieceDigest,
  type Piece,
  readRecord,
  writeRecord,
} from './form-record.ts';

/** A record as it stands in the bytes of a file, and where each of its texts begins. */
export interface PlacedRecord {
  readonly record: FormRecord;
  readonly keywordsAt: readonly number[];
  readonly digestsAt: number;
}

const keywordsPattern = /form=[^\r\n()<>]{1,400}?; mac=hmac-sha256:[0-9a-f]{64}/g;
const digestsPattern = /template=sha256:[0-9a-f]{64}; evidence=[^\r\n()<>]{1,20000}/;

/**
 * Finds the record of a form in its bytes: its keywords twice, the same, in the Info dictionary and the XMP packet, and
 * its digests once. Undefined where it is not so.
 */
export function findRecord(bytes: Uint8Array): PlacedRecord | undefined {
  const text = asText(bytes);
  const places = [...text.matchAll(keywordsPattern)];
  const digests = digestsPattern.exec(text);
  const [first, second, ...more] = places;
  if (!first || !second || more.length > 0 || first[0] !== second[0] || !digests) return undefined;
  const record = readRecord({ keywords: first[0], digests: digests[0] });
  return record && { record, keywordsAt: places.map(({ index }) => index), digestsAt: digests.index };
}

/** The record of a file that was changed, as far as one of its copies is whole. */
export function findKeywords(text: string): FormRecord | undefined {
  const digests = digestsPattern.exec(text)?.[0] ?? '';
  const records = [...text.matchAll(keywordsPattern)].map(([keywords]) => readRecord({ keywords, digests }));
  return records.find((record) => record !== undefined);
}

/**
 * Fills the digests into a painted form, in place, and gives the same bytes: of each part, of the file as a whole, and
 * the clinic's mark over both. The file keeps its length. It must carry a record with nothing filled in.
 */
export function stamp(bytes: Uint8Array, tools: Digester & PartTools): Uint8Array {
  const found = findRecord(bytes);
  if (!found) throw new Error('the painted file carries no record');
  return stampAt(bytes, found, piecesOf(bytes, tools), tools);
}

/** As `stamp`, where it is known where the record is and what the parts are. */
export function stampAt(
  bytes: Uint8Array,
  found: PlacedRecord,
  parts: readonly Piece[],
  tools: Pick<Digester, 'mac'> & { readonly sha256: (file: Uint8Array) => string },
): Uint8Array {
  const pieces = new Map(parts.map(({ name, digest }) => [name, digest]));
  const filled = found.record.pieces.map(({ name }) => ({ name, digest: pieces.get(name) ?? noPieceDigest }));
  const record = { ...found.record, pieces: filled };
  const digests = digestsOf(record);
  putText(bytes, found.digestsAt, digests);
  const withFile = { ...record, file: tools.sha256(bytes) };
  const mac = tools.mac(macText(withFile, digests));
  putKeywords(bytes, found, keywordsOf({ ...withFile, mac }));
  return bytes;
}

/** The digest of a stamped file: over its bytes with its own two marks as zeros. */
export function fileDigest(bytes: Uint8Array, found: PlacedRecord, { sha256 }: Pick<PartTools, 'sha256'>): string {
  const copy = new Uint8Array(bytes);
  put(copy, { ...found, record: { ...found.record, file: noDigest, mac: noDigest } });
  return sha256(copy);
}

/** The pieces of a file as they were taken when it was made: before anything was filled in. As they stand where its record is torn. */
export function currentPieces(
  bytes: Uint8Array,
  found: PlacedRecord | undefined,
  tools: PartTools,
): FormRecord['pieces'] {
  if (!found) return piecesOf(bytes, tools);
  const copy = new Uint8Array(bytes);
  const pieces = found.record.pieces.map(({ name }) => ({ name, digest: noPieceDigest }));
  put(copy, { ...found, record: { ...found.record, file: noDigest, mac: noDigest, pieces } });
  return piecesOf(copy, tools);
}

function put(bytes: Uint8Array, { record, ...places }: PlacedRecord): void {
  const { keywords, digests } = writeRecord(record);
  putKeywords(bytes, places, keywords);
  putText(bytes, places.digestsAt, digests);
}

function putKeywords(bytes: Uint8Array, { keywordsAt }: Pick<PlacedRecord, 'keywordsAt'>, keywords: string): void {
  for (const at of keywordsAt) putText(bytes, at, keywords);
}

const encoder = new TextEncoder();

function putText(bytes: Uint8Array, at: number, text: string): void {
  encoder.encodeInto(text, bytes.subarray(at));
}
