import { lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { isOthers } from '../files/is-others.ts';
import { syncFolder } from '../files/partial-file.ts';
import { whileWriting } from '../files/write-whole.ts';
import type { TallyState } from './tally.ts';

/** What decides the bytes of a run beside its input, by name: digests and choices. */
export type RunIdentity = Readonly<Record<string, string>>;

/** How far a run safely is. Offsets, counts and digests: nothing of a patient. */
export interface BatchState {
  readonly run: RunIdentity;
  readonly input: InputState;
  readonly output: GrownFile;
  /** The records in error, and why. */
  readonly rejects?: { readonly records: GrownFile; readonly reasons: GrownFile };
  readonly tally: TallyState;
}

export interface InputState {
  /** All records that end at this offset or before are done with; in the input as it is expanded. */
  readonly offset: number;
  /** Bytes that were read, as they came, and their SHA-256. */
  readonly read: number;
  readonly digest: string;
}

export interface GrownFile {
  readonly length: number;
  /** Whether it has a record yet. */
  readonly isEmpty: boolean;
}

/** The state that a run keeps beside its output, as `NAME.partial.json`. */
export interface StateFile {
  /** What an earlier run left; undefined where it left nothing that can be read. */
  read(): Promise<BatchState | undefined>;
  /** Written whole, and safe from now on. */
  write(state: BatchState): Promise<void>;
  remove(): Promise<void>;
}

/** The state file beside the output `target`, which this process holds. */
export async function openStateFile(target: string): Promise<StateFile> {
  const path = `${target}.partial.json`;
  const left = await readState(path);
  return {
    read: async () => left,
    write: (state) => whileWriting(target, () => writeState(path, state)),
    remove: () => whileWriting(target, () => rm(path, { force: true })),
  };
}

/** The name of what differs between two runs; undefined where they give the same bytes for the same input. */
export function differenceOf(left: RunIdentity, now: RunIdentity): string | undefined {
  return [...new Set([...Object.keys(now), ...Object.keys(left)])].find((name) => left[name] !== now[name]);
}

/** Half a file cannot be there: one is put in the place of the other. One that is not ours, or a link, is as none. */
async function readState(path: string): Promise<BatchState | undefined> {
  try {
    const there = await lstat(path);
    if (!there.isFile() || isOthers(there)) return undefined;
    const { state } = JSON.parse(await readFile(path, 'utf8')) as { readonly state: BatchState };
    const { run, input, output, tally } = state;
    const counts = [input.offset, input.read, output.length, tally.records];
    return typeof run === 'object' && counts.every((count) => typeof count === 'number') ? state : undefined;
  } catch {
    return undefined;
  }
}

async function writeState(path: string, state: BatchState): Promise<void> {
  const draft = `${path}.tmp`;
  try {
    // What a killed run left there is taken away; what somebody puts in the way, a link too, is an error.
    await rm(draft, { force: true });
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(JSON.stringify({ state }));
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(path);
}
