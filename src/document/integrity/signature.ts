import { BitString, fromBER, Null, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import {
  AlgorithmIdentifier,
  Attribute,
  Certificate,
  ContentInfo,
  CryptoEngine,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
} from 'pkijs';
import type { SignatureFound } from '../../model/verdict.ts';
import type { Signer } from './pdf-file.ts';
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
function commonNameOf({ subject }: Certificate): string | undefined {
  const name: unknown = subject.typesAndValues.find(({ type }) => type === commonName)?.value.valueBlock.value;
  return typeof name === 'string' ? name : undefined;
}

/** A private key with its certificate. */
export interface SigningKey {
  /** Name in the certificate. */
  readonly name: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly signer: Pick<Signer, 'keyType' | 'sign'>;
  readonly certificate: Certificate;
  /** Those that stand behind it, as the file has them. */
  readonly chain: readonly Certificate[];
}

/** A key with its own certificate and those behind it, DER. */
export function keyOf(signer: Signer, certificate: Uint8Array, chain: readonly Uint8Array[]): SigningKey {
  const own = Certificate.fromBER(certificate);
  return {
    name: commonNameOf(own) ?? '',
    validFrom: own.notBefore.value,
    validTo: own.notAfter.value,
    signer,
    certificate: own,
    chain: chain.map((each) => Certificate.fromBER(each)),
  };
}

const keyUsage = '2.5.29.15';
/** The first two bits of a key usage: digitalSignature and nonRepudiation. */
const signingUses = 0b1100_0000;

/** False where the certificate says that its key does not sign documents. */
export function isForDocuments({ certificate: { extensions = [] } }: SigningKey): boolean {
  const uses = extensions.find(({ extnID }) => extnID === keyUsage)?.parsedValue;
  return !(uses instanceof BitString) || ((uses.valueBlock.valueHexView[0] ?? 0) & signingUses) !== 0;
}

const oid = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
  rsaWithSha256: '1.2.840.113549.1.1.11',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;

/**
 * The CMS message over `content`, DER: RFC 5652 with the signed attributes that ETSI EN 319 142-1 asks of level B-B. The
 * time of signing is not among them: it stands in the signature's dictionary.
 */
export async function messageOver(
  { signer, certificate, chain }: SigningKey,
  content: Uint8Array,
): Promise<Uint8Array> {
  const digest = (bytes: Uint8Array): Promise<ArrayBuffer> => crypto.subtle.digest('SHA-256', new Uint8Array(bytes));
  const certificateDigest = await digest(new Uint8Array(certificate.toSchema().toBER(false)));
  const sequence = (...value: object[]): Sequence =>
    new Sequence({ value } as ConstructorParameters<typeof Sequence>[0]);
  // In the order that DER has for a set.
  const signedAttrs = new SignedAndUnsignedAttributes({
    type: 0,
    attributes: [
      new Attribute({ type: oid.contentType, values: [new ObjectIdentifier({ value: oid.data })] }),
      new Attribute({ type: oid.messageDigest, values: [new OctetString({ valueHex: await digest(content) })] }),
      new Attribute({
        type: oid.signingCertificateV2,
        values: [sequence(sequence(sequence(new OctetString({ valueHex: certificateDigest }))))],
      }),
    ],
  });
  const signature = await signer.sign(setOf(signedAttrs), 'SHA-256');
  const signed = new SignedData({
    version: 1,
    digestAlgorithms: [new AlgorithmIdentifier({ algorithmId: oid.sha256 })],
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: oid.data }),
    certificates: [certificate, ...chain],
    signerInfos: [
      new SignerInfo({
        version: 1,
        sid: new IssuerAndSerialNumber({ issuer: certificate.issuer, serialNumber: certificate.serialNumber }),
        digestAlgorithm: new AlgorithmIdentifier({ algorithmId: oid.sha256 }),
        signedAttrs,
        signatureAlgorithm:
          signer.keyType === 'RSA'
            ? new AlgorithmIdentifier({ algorithmId: oid.rsaWithSha256, algorithmParams: new Null() })
            : new AlgorithmIdentifier({ algorithmId: oid.ecdsaWithSha256 }),
        signature: new OctetString({ valueHex: new Uint8Array(signature).buffer }),
      }),
    ],
  });
  const message = new ContentInfo({ contentType: oid.signedData, content: signed.toSchema(true) });
  return new Uint8Array(message.toSchema().toBER(false));
}

/** What is signed: the attributes as a set, though the message holds them under a tag of its own (RFC 5652, 5.4). */
function setOf(attributes: SignedAndUnsignedAttributes): Uint8Array {
  const bytes = new Uint8Array(attributes.toSchema().toBER(false));
  bytes[0] = 0x31;
  return bytes;
}
