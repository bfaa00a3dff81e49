import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { CannotOpen } from './cannot-open.ts';
import { unwrapWith, wrapTo } from './keys.ts';
import type { Binding, SealedDocument, Vault, WrappedKey } from './sealing.ts';

/** What a vault works with. */
export interface VaultKeys {
  /** Who may read completed records: the reviewer and the recovery key. */
  readonly readers: readonly string[];
  /** The key of this desk: drafts are for it as well, so that it can go on with them. */
  readonly desk: string;
  /** The secrets at hand here. At a desk its own alone: it seals records and does not open them. */
  readonly secrets: readonly string[];
  /** Of the clinic: chart references are looked up with it. 32 bytes. */
  readonly indexKey: Uint8Array;
  /** A data key out of the store. */
  readonly findKey: (id: string) => Promise<WrappedKey | undefined>;
}

/** Who can open a document: a data key is for one of these. */
type Audience = 'desk' | 'readers';

interface DataKey {
  readonly stored: WrappedKey;
  readonly key: Buffer;
}

const cipher = 'aes-256-gcm';
const formatVersion = 1;
const ivLength = 12;
const tagLength = 16;
const overhead = 1 + ivLength + tagLength;

/** Far below the 2^32 that random 96-bit nonces allow under one key (NIST SP 800-38D, 8.3). */
const mostUses = 2 ** 20;

/**
 * Seals each document with AES-256-GCM under a data key that is made for this vault and wrapped once, with age, to those who
 * may read it. Bytes: format version (1), nonce (12), ciphertext, tag (16). Opening goes by `secrets` alone: what was sealed for
 * others does not open here either.
 */
export function openVault({ readers, desk, secrets, indexKey, findKey }: VaultKeys): Vault {
  const recipients: Readonly<Record<Audience, readonly string[]>> = {
    desk: [...new Set([desk, ...readers])],
    readers,
  };
  const current = new Map<Audience, { readonly data: Promise<DataKey>; uses: number }>();
  const made = new Map<string, WrappedKey>();
  const opened = new Map<string, Buffer>();

  const fresh = async (audience: Audience): Promise<DataKey> => {
    const data = await newDataKey(audience, recipients[audience]);
    made.set(data.stored.id, data.stored);
    return data;
  };
  const keyFor = (audience: Audience): Promise<DataKey> => {
    const held = current.get(audience);
    const usable = held && held.uses < mostUses ? held : { data: fresh(audience), uses: 0 };
    usable.uses += 1;
    current.set(audience, usable);
    return usable.data;
  };
  const unwrapped = async (id: string): Promise<Buffer> => {
    const stored = made.get(id) ?? (await findKey(id));
    if (!stored) throw new CannotOpen('lost-key');
    return readDataKey(await unwrapWith(secrets, stored.wrapped));
  };

  return {
    async seal(document, binding) {
      const { stored, key } = await keyFor(audienceOf(binding));
      return { keyId: stored.id, bytes: sealWith(key, document, binding) };
    },
    async open({ keyId, bytes }, binding) {
      const key = opened.get(keyId) ?? (await unwrapped(keyId));
      opened.set(keyId, key);
      return openWith(key, bytes, binding);
    },
    newKeys: () => [...made.values()],
    lookupOf: (chartReference) => keyedHash(indexKey, chartReference),
  };
}

/** A draft is for the desk that goes on with it; what is finished is for those who review it. */
function audienceOf({ kind }: Binding): Audience {
  return kind === 'draft' ? 'desk' : 'readers';
}

/** What ids of data keys start with, by who can open them. */
const idStarts: Readonly<Record<Audience, string>> = { desk: 'draft-', readers: 'record-' };

async function newDataKey(audience: Audience, recipients: readonly string[]): Promise<DataKey> {
  const key = randomBytes(32);
  const wrapped = await wrapTo(recipients, key.toString('hex'));
  return { key, stored: { id: `${idStarts[audience]}${randomBytes(16).toString('hex')}`, recipients, wrapped } };
}

/** Who is to open a data key once `readers` are the readers. The desk that made a draft, its first recipient, keeps it. */
export function recipientsAfter(
  { id, recipients }: Pick<WrappedKey, 'id' | 'recipients'>,
  readers: readonly string[],
): readonly string[] {
  const desk = id.startsWith(idStarts.desk) ? recipients.slice(0, 1) : [];
  return [...new Set([...desk, ...readers])];
}

function readDataKey(hex: string): Buffer {
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new CannotOpen('format');
  return Buffer.from(hex, 'hex');
}

/** What the tag covers beside the document. The version of the format is in it, so that none can be passed off for another. */
function boundTo({ caseId, version, kind }: Binding): Buffer {
  return Buffer.from(JSON.stringify(['preinfuse', formatVersion, kind, caseId, version]));
}

function sealWith(key: Buffer, document: Uint8Array, binding: Binding): Uint8Array {
  const iv = randomBytes(ivLength);
  const sealing = createCipheriv(cipher, key, iv, { authTagLength: tagLength }).setAAD(boundTo(binding));
  const text = [sealing.update(document), sealing.final()];
  return Buffer.concat([Buffer.of(formatVersion), iv, ...text, sealing.getAuthTag()]);
}

function openWith(key: Buffer, bytes: Uint8Array, binding: Binding): Uint8Array {
  const [version] = bytes;
  if (version !== formatVersion || bytes.length < overhead) throw new CannotOpen('format');
  const [iv, text, tag] = [
    bytes.subarray(1, 1 + ivLength),
    bytes.subarray(1 + ivLength, -tagLength),
    bytes.subarray(-tagLength),
  ];
  const opening = createDecipheriv(cipher, key, iv, { authTagLength: tagLength })
    .setAAD(boundTo(binding))
    .setAuthTag(tag);
  try {
    return Buffer.concat([opening.update(text), opening.final()]);
  } catch {
    throw new CannotOpen('altered');
  }
}

/** What the audit trail says of a document: 64 hex digits over its sealed bytes, so that no key is needed to check it and nobody can guess the document by it. */
export function documentHash({ bytes }: SealedDocument): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The same for `mrn 12  34` and `MRN 12 34`: letters of either size and any run of spaces. */
function keyedHash(key: Uint8Array, chartReference: string): string {
  const normal = chartReference.normalize('NFKC').trim().replace(/\s+/g, ' ').toUpperCase();
  return createHmac('sha256', key).update(`chart\n${normal}`).digest('hex');
}
