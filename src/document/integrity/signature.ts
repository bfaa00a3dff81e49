import { fromBER } from 'asn1js';
import { Certificate, ContentInfo, CryptoEngine, SignedData } from 'pkijs';
import type { SignatureFound } from '../../model/verdict.ts';
import { sealField } from './seal-field.ts';

/** A signature as a file holds it. `contents`: its CMS message, DER, with zeros behind. `range`: the bytes it covers, start and length twice. */
export interface RawSignature {
  readonly field: string;
  readonly contents: Uint8Array;
  readonly range: readonly number[];
  /** When, as it says: a date as PDF writes it. */
  readonly date?: string;
}

/** Says whether a signature fits the bytes it covers, and whose it is by its own certificate. Who stands behind that is not looked at. */
export async function checkSignature(
  bytes: Uint8Array,
  { field, contents, range, date }: RawSignature,
): Promise<SignatureFound> {
  const [start = -1, length = -1, next = -1, rest = -1] = range;
  const isRange = range.length === 4 && start === 0 && length > 0 && next > length && next + rest <= bytes.length;
  const at = date === undefined ? undefined : timeOf(date);
  const said = { field, isSeal: field === sealField, ...(at !== undefined && { at }) };
  if (!isRange || rest < 0) return { ...said, isValid: false, isWhole: false };
  const covered = new Uint8Array(length + rest);
  covered.set(bytes.subarray(0, length));
  covered.set(bytes.subarray(next, next + rest), length);
  const isGapItself = isContents(bytes.subarray(length, next), contents);
  const read = await verified(contents, covered);
  return {
    ...said,
    ...(read.signer !== undefined && { signer: read.signer }),
    isValid: read.isValid && isGapItself,
    isWhole: next + rest === bytes.length,
  };
}

/** `D:20261124093000-07'00'` as `2026-11-24T16:30:00Z`; undefined for what is no such time. */
function timeOf(date: string): string | undefined {
  const [, ...parts] = /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:Z|([+-]\d\d)'?(\d\d))?/.exec(date) ?? [];
  const [year, month, day, hour, minute, second, hours = '+00', minutes = '00'] = parts;
  if (year === undefined) return undefined;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${hours}:${minutes}`);
  return Number.isNaN(time.getTime()) ? undefined : `${time.toISOString().slice(0, 19)}Z`;
}

/** What is not covered must be the signature and nothing else. */
function isContents(gap: Uint8Array, contents: Uint8Array): boolean {
  const hex = [...contents].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return new TextDecoder('latin1').decode(gap).toLowerCase() === `<${hex}>`;
}

/** Not the one that is set for all of the process: what reads PKCS#12 files sets its own, which cannot take digests. */
const engine = new CryptoEngine({ name: 'webcrypto', crypto: globalThis.crypto });

interface Read {
  readonly isValid: boolean;
  readonly signer?: string;
}

/** Whether a CMS message fits what it covers, and who signed. Its chain is not looked at. */
export async function verified(contents: Uint8Array, covered: Uint8Array): Promise<Read> {
  try {
    const { result, offset } = fromBER(new Uint8Array(contents).buffer);
    if (offset < 0) return { isValid: false };
    const signed = new SignedData({ schema: new ContentInfo({ schema: result }).content });
    const signer = signerOf(signed);
    const isValid = await signed
      .verify({ signer: 0, data: new Uint8Array(covered).buffer, checkChain: false }, engine)
      .catch(() => false);
    return { isValid, ...(signer !== undefined && { signer }) };
  } catch {
    return { isValid: false };
  }
}

const commonName = '2.5.4.3';

function signerOf({ certificates = [], signerInfos: [info] }: SignedData): string | undefined {
  const sid = info?.sid as { readonly serialNumber?: { isEqual(other: unknown): boolean } } | undefined;
  const owned = certificates.flatMap((each) => (each instanceof Certificate ? [each] : []));
  const own = owned.find(({ serialNumber }) => sid?.serialNumber?.isEqual(serialNumber)) ?? owned[0];
  return own && commonNameOf(own);
}

/** The name of whom a certificate is of; undefined where it has none. */
export function commonNameOf({ subject }: Certificate): string | undefined {
  const name: unknown = subject.typesAndValues.find(({ type }) => type === commonName)?.value.valueBlock.value;
  return typeof name === 'string' ? name : undefined;
}
