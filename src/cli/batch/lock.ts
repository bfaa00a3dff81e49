import { link, lstat, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CommandError, Exit } from '../exit.ts';
import { draftIn, removeDraft, removeLeftDrafts } from '../files/drafts.ts';
import { printable } from '../files/write-out.ts';
import { whileWriting } from '../files/write-whole.ts';
import { isStillRunning, type RunningProcess, thisProcess } from '../running.ts';

/** Lets go of what is held. */
export type Release = () => Promise<void>;

/**
 * Holds the file `target` until it is let go, by `NAME.partial.lock` beside it: no other batch writes it meanwhile. While
 * another does, or where nobody can write there, a CommandError with exit 2. What a process held that was killed is taken over.
 */
export async function hold(target: string): Promise<Release> {
  const path = `${target}.partial.lock`;
  const holder = await whileWriting(target, () => holderUnlessMade(path));
  if (holder === undefined) {
    // What a run left that was killed while it took hold. Where it cannot be looked at, it stays.
    await removeLeftDrafts(dirname(path)).catch(() => undefined);
    return () => rm(path, { force: true });
  }
  throw new CommandError(`another batch is writing ${printable(basename(target))}`, Exit.cannotStart, {
    hint: `wait for process ${holder.pid} to end, or name another file`,
  });
}

/** Who holds it; undefined where this process does now. */
async function holderUnlessMade(path: string): Promise<RunningProcess | undefined> {
  for (;;) {
    if (await isMade(path)) return undefined;
    const found = await readLock(path);
    if (found === undefined) continue;
    if (isAlive(found.holder)) return found.holder;
    await takeAway(path, found.text);
  }
}

/** Puts a lock there, unless there is one: whole at once where the file system has links. */
async function isMade(path: string): Promise<boolean> {
  const text = JSON.stringify(thisProcess());
  const draft = draftIn(dirname(path));
  try {
    await makeFile(draft, text);
    await link(draft, path).catch((error: unknown) => {
      if (!withoutLinks.has(codeOf(error))) throw error;
      return makeFile(path, text);
    });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await removeDraft(draft);
  }
}

function makeFile(path: string, text: string): Promise<void> {
  return writeFile(path, text, { flag: 'wx', mode: 0o600 });
}

/** What a file system says that has no links, such as that of many memory sticks. */
const withoutLinks: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

interface Lock {
  readonly text: string;
  readonly holder: RunningProcess;
}

/** Undefined where there is none any more, or one that is just being written. One that says nothing is nobody's. */
async function readLock(path: string): Promise<Lock | undefined> {
  const there = await lstat(path).catch(() => undefined);
  if (there === undefined) return undefined;
  if (!there.isFile()) throw Object.assign(new Error('no file'), { code: 'EEXIST' });
  const text = await readFile(path, 'utf8').catch(() => '');
  if (text === '' && Date.now() - there.mtimeMs < longestWriting) {
    await setTimeout(50);
    return undefined;
  }
  try {
    const holder = JSON.parse(text) as RunningProcess;
    return { text, holder: typeof holder.pid === 'number' ? holder : nobody };
  } catch {
    return { text, holder: nobody };
  }
}

/** Milliseconds in which a lock has its text. */
const longestWriting = 2000;

/** No process has this number. */
const nobody: RunningProcess = { pid: -1 };

function isAlive(holder: RunningProcess): boolean {
  if (holder.pid < 0) return false;
  const own = thisProcess();
  return holder.pid === own.pid ? holder.began === own.began : isStillRunning(holder);
}

/** Takes the lock away that says `text`. Where another process has taken it over meanwhile, that one is put back. */
async function takeAway(path: string, text: string): Promise<void> {
  const aside = draftIn(dirname(path));
  try {
    await rename(path, aside);
    // Whoever holds the file by now may have taken it away, as one that nobody holds.
    const taken = await readFile(aside, 'utf8').catch(() => text);
    if (taken !== text) await makeFile(path, taken).catch(() => undefined);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  } finally {
    await removeDraft(aside);
  }
}
