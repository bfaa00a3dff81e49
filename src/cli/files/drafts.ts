import { randomUUID } from 'node:crypto';
import { lstat, opendir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../running.ts';
import { isOthers } from './is-others.ts';
import { sha256 } from './source.ts';

/* What is not whole yet stands under a name of its own in the folder that it is for, which says which process makes it. */

/** Of this machine: in a folder that several share, each looks at its own. */
const machine = sha256(hostname()).slice(0, 8);
/** Those that this process makes. */
const own = new Set<string>();

/** A path in `folder` for what is not whole yet, until it is taken away. */
export function draftIn(folder: string): string {
  const path = join(folder, `.preinfuse-${machine}-${process.pid}-${randomUUID()}.tmp`);
  own.add(path);
  return path;
}

/** Takes away what is at a path of `draftIn`, a folder too, if it did not get another name. Nothing is made there any more. */
export async function removeDraft(path: string): Promise<void> {
  await rm(path, { force: true, recursive: true });
  own.delete(path);
}

/** Takes away the drafts in a folder that processes of this machine left which run no more. */
export async function removeLeftDrafts(folder: string): Promise<void> {
  await removeDrafts(folder, (path, pid) => !own.has(path) && !isRunning(pid));
}

/** Takes away the drafts in a folder that this process made, in whichever of its threads. */
export async function removeOwnDrafts(folder: string): Promise<void> {
  await removeDrafts(folder, (_, pid) => pid === process.pid);
}

async function removeDrafts(folder: string, isOver: (path: string, pid: number) => boolean): Promise<void> {
  for await (const { name } of await opendir(folder)) {
    const [, by, pid] = /^\.preinfuse-([\da-f]{8})-(\d+)-[\da-f-]{36}\.tmp$/.exec(name) ?? [];
    const path = join(folder, name);
    // One that cannot be taken away stays.
    if (by === machine && isOver(path, Number(pid))) await removeOurs(path).catch(() => undefined);
  }
}

/** Others could put anything under such a name. */
async function removeOurs(path: string): Promise<void> {
  if (!isOthers(await lstat(path))) await rm(path, { force: true, recursive: true });
}
