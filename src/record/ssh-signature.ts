import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/**
 * Signatures as OpenSSH makes them (PROTOCOL.sshsig), with an Ed25519 key: `ssh-keygen -Y verify` checks them without us. A
 * namespace keeps a signature made for one purpose from being shown for another.
 */
const magic = Buffer.from('SSHSIG');
const keyType = Buffer.from('ssh-ed25519');
const hashName = Buffer.from('sha512');
const begin = '-----BEGIN SSH SIGNATURE-----';
const end = '-----END SSH SIGNATURE-----';
const lineLength = 70;

/** The public half of a private key in PEM, as OpenSSH writes it: `ssh-ed25519 AAAA…`. */
export function sshPublicKey(privateKey: string): string {
  return `${keyType} ${publicBlob(createPublicKey(createPrivateKey(privateKey))).toString('base64')}`;
}

/** Signs a text with an Ed25519 private key in PEM. The signature is armoured text that ends in a line feed. */
export function sshSign(text: string, namespace: string, privateKey: string): string {
  const key = createPrivateKey(privateKey);
  const signature = sign(null, signedData(text, namespace), key);
  const version = Buffer.from([0, 0, 0, 1]);
  const blob = Buffer.concat([
    magic,
    version,
    field(publicBlob(createPublicKey(key))),
    field(Buffer.from(namespace)),
    field(Buffer.alloc(0)),
    field(hashName),
    field(Buffer.concat([field(keyType), field(signature)])),
  ]);
  const lines = blob.toString('base64').match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  return `${[begin, ...lines, end].join('\n')}\n`;
}

/** The public key, as `sshPublicKey` writes it, that signed a text for a namespace; undefined where the signature does not fit them. Never throws. */
export function sshSignerOf(text: string, namespace: string, signature: string): string | undefined {
  try {
    const [publicKey, name, , hash, signed] = fieldsOf(blobOf(signature));
    if (!publicKey || !signed || name?.toString() !== namespace || !hash?.equals(hashName)) return undefined;
    const [[type, raw], [signedType, bytes]] = [readFields(publicKey), readFields(signed)];
    if (!raw || !bytes || !type?.equals(keyType) || !signedType?.equals(keyType)) return undefined;
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
    return verify(null, signedData(text, namespace), key, bytes)
      ? `${keyType} ${publicKey.toString('base64')}`
      : undefined;
  } catch {
    return undefined;
  }
}

function blobOf(signature: string): Buffer {
  const lines = signature.trim().split(/\r?\n/);
  const isArmoured = lines[0] === begin && lines.at(-1) === end;
  return isArmoured ? Buffer.from(lines.slice(1, -1).join(''), 'base64') : Buffer.alloc(0);
}

/** The fields behind the magic word and the version, which must be 1. */
function fieldsOf(blob: Buffer): readonly Buffer[] {
  const isOurs = blob.subarray(0, magic.length).equals(magic) && blob.readUInt32BE(magic.length) === 1;
  return isOurs ? readFields(blob.subarray(magic.length + 4)) : [];
}

/** What is signed is not the text but its hash, beside the namespace. */
function signedData(text: string, namespace: string): Buffer {
  const hash = createHash('sha512').update(text).digest();
  return Buffer.concat([magic, ...[Buffer.from(namespace), Buffer.alloc(0), hashName, hash].map(field)]);
}

function publicBlob(key: KeyObject): Buffer {
  const { x = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([field(keyType), field(Buffer.from(x, 'base64url'))]);
}

/** Bytes with their length before them, as SSH writes strings. */
function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function readFields(bytes: Buffer): readonly Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const next = at + 4 + bytes.readUInt32BE(at);
    if (next > bytes.length) return [];
    fields.push(bytes.subarray(at + 4, next));
    at = next;
  }
  return fields;
}
