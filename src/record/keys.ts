import { CannotOpen } from './cannot-open.ts';
import type { WrappedKey } from './sealing.ts';

/** A key pair of age. `secret` opens what was wrapped to `recipient`. */
export interface Identity {
  /** `AGE-SECRET-KEY-1…` */
  readonly secret: string;
  /** `age1…` */
  readonly recipient: string;
}

/** A new key pair (X25519), by chance. */
export async function newIdentity(): Promise<Identity> {
  const { generateX25519Identity } = await import('age-encryption');
  return identityOf(await generateX25519Identity());
}

/** The key pair of a secret as people type it: spaces and small letters are let be. Rejects with `format` what is none. */
export async function identityOf(typed: string): Promise<Identity> {
  const secret = typed.replace(/\s/g, '').toUpperCase();
  if (!/^AGE-SECRET-KEY-1[0-9A-Z]{58}$/.test(secret)) throw new CannotOpen('format');
  const { identityToRecipient } = await import('age-encryption');
  try {
    return { secret, recipient: await identityToRecipient(secret) };
  } catch {
    throw new CannotOpen('format');
  }
}

/** True for the public half of a key that data keys can be wrapped to, as stock age 1.0 and later takes it. */
export function isRecipient(text: string): boolean {
  return /^age1[02-9ac-hj-np-z]{58}$/.test(text);
}

/** Encrypts to every recipient, as an armoured age file: text that `age -d` opens. */
export async function wrapTo(recipients: readonly string[], content: string): Promise<Uint8Array> {
  const { Encrypter, armor } = await import('age-encryption');
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return new TextEncoder().encode(armor.encode(await encrypter.encrypt(content)));
}

/** What an age file holds, for the first of `secrets` that opens it. Rejects with `no-key` where none does. */
export async function unwrapWith(secrets: readonly string[], wrapped: Uint8Array): Promise<string> {
  if (secrets.length === 0) throw new CannotOpen('no-key');
  const { Decrypter, armor } = await import('age-encryption');
  const decrypter = new Decrypter();
  for (const secret of secrets) decrypter.addIdentity(secret);
  return opened(() => decrypter.decrypt(armor.decode(new TextDecoder().decode(wrapped)), 'text'));
}

/** log2 of the work that a passphrase costs to try: age's own default, about a second and a half and 256 MB. */
const usualWork = 18;

/** Locks a text with a passphrase, as an armoured age file that `age -d` asks the passphrase for. */
export async function lock(content: string, passphrase: string, work = usualWork): Promise<string> {
  const { Encrypter, armor } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(work);
  return armor.encode(await encrypter.encrypt(content));
}

/** The inverse of `lock`. Rejects with `no-key` for another passphrase. */
export async function unlock(locked: string, passphrase: string): Promise<string> {
  const { Decrypter, armor } = await import('age-encryption');
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  return opened(() => decrypter.decrypt(armor.decode(locked), 'text'));
}

/** age tells what failed in words alone; they may quote the file, so they go no further. */
async function opened(decrypt: () => Promise<string>): Promise<string> {
  try {
    return await decrypt();
  } catch (error) {
    throw new CannotOpen((error as Error).message.startsWith('no identity matched') ? 'no-key' : 'altered');
  }
}

/** The same data key for other recipients: documents sealed with it stay as they are. Rejects with `no-key` where no secret opens it. */
export async function rewrap(
  key: WrappedKey,
  secrets: readonly string[],
  recipients: readonly string[],
): Promise<WrappedKey> {
  const content = await unwrapWith(secrets, key.wrapped);
  return { id: key.id, recipients, wrapped: await wrapTo(recipients, content) };
}
