import { P12Signer, PDF, PdfArray, PdfDict, PdfName, PdfNumber, PdfString } from '@libpdf/core';
import { BitString, Null, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import {
  AlgorithmIdentifier,
  Attribute,
  Certificate,
  ContentInfo,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
} from 'pkijs';
import { asText } from './file-parts.ts';
import { sealField } from './seal-field.ts';
import { commonNameOf, verified } from './signature.ts';

/** A private key of the clinic with its certificate. */
export interface SealKey {
  /** Name in the certificate. */
  readonly name: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly signer: Pick<P12Signer, 'keyType' | 'sign'>;
  readonly certificate: Certificate;
  /** Those that stand behind it, as the file has them. */
  readonly chain: readonly Certificate[];
}

/**
 * Why a file cannot be sealed with. `other-use`: the certificate says that its key does not sign documents.
 * `not-its-own`: no certificate in it belongs to the key. `unknown-key`: neither RSA nor an elliptic curve of NIST.
 */
export type SealRefusal =
  | 'not-pkcs12'
  | 'wrong-passphrase'
  | 'no-key'
  | 'no-certificate'
  | 'not-its-own'
  | 'other-use'
  | 'unknown-key';

/** Opens a PKCS#12 file. Whether its certificate is valid at a time is for the caller to look at. */
export async function openSeal(file: Uint8Array, passphrase: string): Promise<SealKey | SealRefusal> {
  const signer = await P12Signer.create(file, passphrase).catch(refusalOf);
  if (typeof signer === 'string') return signer;
  const certificates = [signer.certificate, ...signer.certificateChain].map((der) => Certificate.fromBER(der));
  for (const certificate of certificates) {
    const chain = certificates.filter((each) => each !== certificate);
    const key: SealKey = {
      name: commonNameOf(certificate) ?? '',
      validFrom: certificate.notBefore.value,
      validTo: certificate.notAfter.value,
      signer,
      certificate,
      chain,
    };
    if (await isOwn(key)) return isForDocuments(certificate) ? key : 'other-use';
  }
  return 'not-its-own';
}

function refusalOf(error: unknown): SealRefusal {
  const message = error instanceof Error ? error.message : '';
  if (/integrity|invalid password/i.test(message)) return 'wrong-passphrase';
  if (/no private key/i.test(message)) return 'no-key';
  if (/no certificates/i.test(message)) return 'no-certificate';
  return /unsupported key|curve/i.test(message) ? 'unknown-key' : 'not-pkcs12';
}

/** True where what the key signs is what the certificate verifies. */
async function isOwn(key: SealKey): Promise<boolean> {
  const probe = new Uint8Array(1);
  return (await verified(await messageOver(key, probe), probe)).isValid;
}

const keyUsage = '2.5.29.15';
/** The first two bits of a key usage: digitalSignature and nonRepudiation. */
const signingUses = 0b1100_0000;

function isForDocuments({ extensions = [] }: Certificate): boolean {
  const uses = extensions.find(({ extnID }) => extnID === keyUsage)?.parsedValue;
  return !(uses instanceof BitString) || ((uses.valueBlock.valueHexView[0] ?? 0) & signingUses) !== 0;
}

/**
 * Seals a form that was painted with the field for it: a PAdES signature (B-B, ETSI.CAdES.detached) of the whole file,
 * behind its end. What was there keeps its bytes. Same form, key and time, same bytes, where the key is RSA.
 */
export async function sealForm(form: Uint8Array, key: SealKey, at: Date): Promise<Uint8Array> {
  // A message is as long as its certificates and key make it; one over an elliptic curve a few bytes more or less.
  const room = (await messageOver(key, new Uint8Array())).length + 32;
  const bytes = await withSignature(form, key, at, room);
  const [start, end] = placeOfContents(bytes, form.length);
  fillIn(bytes, bytes.indexOf(0x5b, placeOf(bytes, '/ByteRange', form.length)), rangeText(start, end, bytes.length));
  const message = await messageOver(key, covered(bytes, start, end));
  if (message.length > room) throw new Error('a signature is longer than its place');
  fillIn(bytes, start + 1, hex(message));
  return bytes;
}

/** Ten digits each, to be filled in. */
const noRange = [0, ...Array(3).fill(9_999_999_999)] as const;

async function withSignature(form: Uint8Array, { name }: SealKey, at: Date, room: number): Promise<Uint8Array> {
  const pdf = await PDF.load(form);
  const field = pdf.getForm()?.getSignatureField(sealField)?.getDict();
  if (!field) throw new Error('the form has no field for a seal');
  const signature = PdfDict.of({
    Type: PdfName.of('Sig'),
    Filter: PdfName.of('Adobe.PPKLite'),
    SubFilter: PdfName.of('ETSI.CAdES.detached'),
    Name: PdfString.fromString(name),
    M: PdfString.fromString(`D:${at.toISOString().replace(/\D/g, '').slice(0, 14)}Z`),
    ByteRange: new PdfArray(noRange.map((each) => PdfNumber.of(each))),
    Contents: PdfString.fromBytes(new Uint8Array(room)),
  });
  field.set('V', pdf.context.registry.register(signature));
  return pdf.save({ incremental: true });
}

/** Where the signature stands, with its brackets. */
function placeOfContents(bytes: Uint8Array, from: number): readonly [start: number, end: number] {
  const start = bytes.indexOf(0x3c, placeOf(bytes, '/Contents', from) + 1);
  return [start, bytes.indexOf(0x3e, start) + 1];
}

function placeOf(bytes: Uint8Array, key: string, from: number): number {
  const at = asText(bytes.subarray(from)).indexOf(key);
  if (at < 0) throw new Error(`the signature was written without ${key}`);
  return from + at;
}

function rangeText(start: number, end: number, length: number): string {
  const numbers = [start, end, length - end].map((each) => String(each).padEnd(10));
  return `[0 ${numbers.join(' ')}]`;
}

function covered(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const both = new Uint8Array(start + bytes.length - end);
  both.set(bytes.subarray(0, start));
  both.set(bytes.subarray(end), start);
  return both;
}

function fillIn(bytes: Uint8Array, at: number, text: string): void {
  new TextEncoder().encodeInto(text, bytes.subarray(at));
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
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
async function messageOver({ signer, certificate, chain }: SealKey, content: Uint8Array): Promise<Uint8Array> {
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
