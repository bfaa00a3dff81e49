import { fromBER } from 'asn1js';
import { Certificate, ContentInfo, SignedData } from 'pkijs';
import type { SignatureFound } from '../../model/verdict.ts';

/** A signature as a file holds it. `contents`: its CMS message, DER, with zeros behind. `range`: the bytes it covers, start and length twice. */
export interface RawSignature {
  readonly field: string;
  readonly contents: Uint8Array;
  readonly range: readonly number[];
}

/** Says whether a signature fits the bytes it covers, and whose it is by its own certificate. Who stands behind that is not looked at. */
export async function checkSignature(
  bytes: Uint8Array,
  { field, contents, range }: RawSignature,
): Promise<SignatureFound> {
  const [start = -1, length = -1, next = -1, rest = -1] = range;
  const isRange = range.length === 4 && start === 0 && length > 0 && next > length && next + rest <= bytes.length;
  if (!isRange || rest < 0) return { field, isValid: false, isWhole: false };
  const covered = new Uint8Array(length + rest);
  covered.set(bytes.subarray(0, length));
  covered.set(bytes.subarray(next, next + rest), length);
  const isGapItself = isContents(bytes.subarray(length, next), contents);
  const read = await verified(contents, covered);
  return {
    field,
    ...(read.signer !== undefined && { signer: read.signer }),
    isValid: read.isValid && isGapItself,
    isWhole: next + rest === bytes.length,
  };
}

/** What is not covered must be the signature and nothing else. */
function isContents(gap: Uint8Array, contents: Uint8Array): boolean {
  const hex = [...contents].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return new TextDecoder('latin1').decode(gap).toLowerCase() === `<${hex}>`;
}

interface Read {
  readonly isValid: boolean;
  readonly signer?: string;
}

async function verified(contents: Uint8Array, covered: Uint8Array): Promise<Read> {
  try {
    const { result, offset } = fromBER(contents.slice().buffer);
    if (offset < 0) return { isValid: false };
    const signed = new SignedData({ schema: new ContentInfo({ schema: result }).content });
    const signer = signerOf(signed);
    const isValid = await signed
      .verify({ signer: 0, data: covered.slice().buffer, checkChain: false })
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
  const name = own?.subject.typesAndValues.find(({ type }) => type === commonName)?.value.valueBlock.value;
  return typeof name === 'string' ? name : undefined;
}
