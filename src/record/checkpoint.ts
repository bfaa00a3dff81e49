import type { Head } from './sealing.ts';
import { sshSign, sshSignerOf } from './ssh-signature.ts';

/** What signatures of checkpoints are for: the `-n` of `ssh-keygen -Y verify`. */
export const checkpointNamespace = 'preinfuse-audit';

/** A head of the audit chain, signed: kept elsewhere, it shows whether the chain up to it was changed. */
export interface Checkpoint {
  /** What is signed, to the byte. */
  readonly body: string;
  /** As `ssh-keygen` writes it. */
  readonly signature: string;
}

/** Of which store a checkpoint is, which head and when. */
export interface CheckpointContent {
  /** Names the store: nothing of a patient, one line. */
  readonly origin: string;
  readonly head: Head;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Signs the head of a chain. */
export function checkpointOf(content: CheckpointContent, privateKey: string): Checkpoint {
  const body = writeBody(content);
  return { body, signature: sshSign(body, checkpointNamespace, privateKey) };
}

/** In the shape of a C2SP tlog-checkpoint: origin, number of entries, hash in base64, then what is ours. */
function writeBody({ origin, head, at }: CheckpointContent): string {
  return `${origin}\n${head.seq}\n${Buffer.from(head.hash, 'hex').toString('base64')}\ntime ${at}\n`;
}

/** What a checkpoint says; undefined where it is none. Says nothing of its signature. */
export function readCheckpoint(body: string): CheckpointContent | undefined {
  const [, origin, seq, hash = '', at] =
    /^([^\n]+)\n(\d{1,15})\n([A-Za-z0-9+/]{43}=)\ntime ([^\n]+)\n$/.exec(body) ?? [];
  if (origin === undefined || seq === undefined || at === undefined) return undefined;
  return { origin, head: { seq: Number(seq), hash: Buffer.from(hash, 'base64').toString('hex') }, at };
}

/** The public key that signed a checkpoint, as OpenSSH writes it; undefined where the signature does not fit. */
export function signerOf({ body, signature }: Checkpoint): string | undefined {
  return sshSignerOf(body, checkpointNamespace, signature);
}

/** A line for the file that `ssh-keygen -Y verify -f` takes: who may sign checkpoints. `name` without spaces. */
export function allowedSigner(name: string, publicKey: string): string {
  return `${name} namespaces="${checkpointNamespace}" ${publicKey}\n`;
}

/**
 * The name that stands beside a public key in such a file, by which its owner signs; undefined where no line lets the key sign
 * checkpoints. A line with a condition that is not read here (`valid-before`, `cert-authority`, ...) lets nobody.
 */
function signerName(allowedSigners: string, publicKey: string): string | undefined {
  for (const line of allowedSigners.split(/\r?\n/)) {
    const [, name, purposes, key] =
      /^([^\s#]\S*)[ \t]+(?:namespaces="([^"]*)"[ \t]+)?(ssh-ed25519[ \t]+\S+)/i.exec(line) ?? [];
    const isFor = purposes === undefined || purposes.split(',').includes(checkpointNamespace);
    if (isFor && key?.replace(/[ \t]+/, ' ') === publicKey) return name;
  }
  return undefined;
}

/** What the checkpoints of a store start with. */
export function originOf(storeId: string): string {
  return `preinfuse/${storeId}`;
}

/**
 * What a checkpoint is worth for a store, before its head is looked for there. `altered`: it is not as it was signed, or was
 * not signed as a checkpoint. `unknown-signer`: nobody who may sign did. `other-store`: of another one, `origin`.
 */
export type CheckpointVerdict =
  | { readonly is: 'known'; readonly content: CheckpointContent; readonly signer: string }
  | { readonly is: 'altered' }
  | { readonly is: 'unknown-signer'; readonly publicKey: string }
  | { readonly is: 'other-store'; readonly origin: string };

/** Judges a checkpoint that can be read. `allowedSigners`: as `allowedSigner` writes it; `origin`: as `originOf` gives it. */
export function judgeCheckpoint(
  checkpoint: Checkpoint,
  content: CheckpointContent,
  { allowedSigners, origin }: { readonly allowedSigners: string; readonly origin: string },
): CheckpointVerdict {
  const publicKey = signerOf(checkpoint);
  if (publicKey === undefined) return { is: 'altered' };
  const signer = signerName(allowedSigners, publicKey);
  if (signer === undefined) return { is: 'unknown-signer', publicKey };
  return content.origin === origin ? { is: 'known', content, signer } : { is: 'other-store', origin: content.origin };
}
