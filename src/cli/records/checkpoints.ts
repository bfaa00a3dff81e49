import { type Checkpoint, type CheckpointContent, readCheckpoint } from '../../record/checkpoint.ts';
import { CommandError, Exit } from '../exit.ts';
import { bytesOf, openSource } from '../files/source.ts';
import { printable } from '../files/write-out.ts';
import { refuseThere, writeWhole } from '../files/write-whole.ts';
import type { Io } from '../io.ts';

/** Where the signature of a checkpoint is: beside it, as `ssh-keygen -Y sign` names it. */
export function signatureFile(file: string): string {
  return `${file}.sig`;
}

/** A CommandError with exit 2 where either of the two files of a checkpoint is there already. `file` as it was typed. */
export async function refuseTaken(file: string, io: Io): Promise<void> {
  for (const path of [file, signatureFile(file)]) {
    refuseThere(path, 'name another file, or replace both with --force', io);
  }
}

/** Writes a checkpoint and its signature, each whole or not at all. The signature first: a checkpoint never stands without one. */
export async function writeCheckpoint(file: string, { body, signature }: Checkpoint): Promise<void> {
  await writeWhole(signatureFile(file), signature);
  await writeWhole(file, body);
}

/** A checkpoint as it was read, unjudged. */
export interface CheckpointFile extends Checkpoint {
  readonly file: string;
  readonly content: CheckpointContent;
}

/** Reads a checkpoint and the signature beside it. What is none, or cannot be read, is a CommandError with exit 2. */
export async function readCheckpointFile(file: string, io: Io): Promise<CheckpointFile> {
  const body = await readSmall(file, io);
  const content = readCheckpoint(body);
  if (!content) throw notACheckpoint(file);
  return { file, body, content, signature: await readSmall(signatureFile(file), io) };
}

/** Bytes that either file has at most: both are far smaller. */
const mostBytes = 64 * 1024;

async function readSmall(file: string, io: Io): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytesOf(file, await openSource(file, io))) {
    size += chunk.length;
    if (size > mostBytes) throw notACheckpoint(file);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function notACheckpoint(file: string): CommandError {
  return new CommandError(`${printable(file)} is no checkpoint`, Exit.cannotStart, {
    hint: 'name a file that preinfuse records checkpoint wrote, byte for byte as it was',
  });
}
