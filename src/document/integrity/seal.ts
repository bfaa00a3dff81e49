import { asText } from './file-parts.ts';
import { openPkcs12, withEmptySignature } from './pdf-file.ts';
import { sealField } from './seal-field.ts';
import { isForDocuments, keyOf, messageOver, type SigningKey, verified } from './signature.ts';

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
export async function openSeal(file: Uint8Array, passphrase: string): Promise<SigningKey | SealRefusal> {
  const signer = await openPkcs12(file, passphrase).catch(refusalOf);
  if (typeof signer === 'string') return signer;
  const certificates = [signer.certificate, ...signer.certificateChain];
  for (const certificate of certificates) {
    const key = keyOf(
      signer,
      certificate,
      certificates.filter((each) => each !== certificate),
    );
    if (await isOwn(key)) return isForDocuments(key) ? key : 'other-use';
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
async function isOwn(key: SigningKey): Promise<boolean> {
  const probe = new Uint8Array(1);
  return (await verified(await messageOver(key, probe), probe)).isValid;
}

/**
 * Seals a form that was painted with the field for it: a PAdES signature (B-B, ETSI.CAdES.detached) of the whole file,
 * behind its end. What was there keeps its bytes. Same form, key and time, same bytes, where the key is RSA.
 */
export async function sealForm(form: Uint8Array, key: SigningKey, at: Date): Promise<Uint8Array> {
  // A message is as long as its certificates and key make it; one over an elliptic curve a few bytes more or less.
  const room = (await messageOver(key, new Uint8Array())).length + 32;
  const bytes = await withEmptySignature(form, sealField, { name: key.name, at, room });
  const [start, end] = placeOfContents(bytes, form.length);
  fillIn(bytes, bytes.indexOf(0x5b, placeOf(bytes, '/ByteRange', form.length)), rangeText(start, end, bytes.length));
  const message = await messageOver(key, covered(bytes, start, end));
  if (message.length > room) throw new Error('a signature is longer than its place');
  fillIn(bytes, start + 1, hex(message));
  return bytes;
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
