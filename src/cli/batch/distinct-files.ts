import { type BigIntStats, fstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { CommandError, Exit } from '../exit.ts';
import type { Io } from '../io.ts';
import { reasonsName } from './output.ts';

/** The names that a batch writes to. */
interface Written {
  readonly output?: string;
  readonly rejects?: string;
  readonly summary?: string;
  readonly report?: string;
  /** A folder. */
  readonly consentDir?: string;
}

/**
 * A CommandError with exit 2 where one file stands for two things: results would be lost. A file is one by whatever name or
 * link it is reached, and where the shell opened it as standard input or output.
 */
export function requireDistinctFiles(
  source: string,
  { output = '-', rejects, summary, report, consentDir }: Written,
  io: Pick<Io, 'cwd' | 'stdin' | 'stdout'>,
): void {
  const { cwd } = io;
  const rejected = rejects === undefined ? [] : [rejects, reasonsName(rejects)];
  const growing = [output, ...rejected, summary, report].filter((name) => name !== undefined);
  const named = [source, ...growing, ...(consentDir === undefined ? [] : [consentDir])];
  const paths = named.filter((name) => name !== '-').map((name) => resolve(cwd, name));
  const streams = [...(source === '-' ? [io.stdin] : []), ...(output === '-' ? [io.stdout] : [])];
  const files = [...paths.map(fileOf), ...streams.flatMap((stream) => fileOfStream(stream) ?? [])];
  const beside = growing
    .flatMap((name) => [`${name}.partial`, `${name}.partial.json`, `${name}.partial.lock`])
    .map((name) => resolve(cwd, name));
  const taken = new Set(beside.map(placeOf));
  const isBeside = paths.some((path) => taken.has(placeOf(path)) || taken.has(placeOf(targetOf(path))));
  if (new Set(files).size === files.length && !isBeside) return;
  throw new CommandError(
    'the input, --output, --rejects, --summary, --report and --consent-dir must be different files, also from NAME.partial beside them',
    Exit.cannotStart,
  );
}

/** What tells a file from every other: its inode, or, where there is none yet, its folder and name. */
function fileOf(path: string): string {
  const there = statOf(path);
  return there?.isFile() ? inodeOf(there) : placeOf(path);
}

/** Undefined where nothing is, and where nothing can be: whoever opens it says why. */
function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false, bigint: true });
  } catch {
    return undefined;
  }
}

/** The same of a stream that the shell opened; undefined where that is no file. */
function fileOfStream({ fd }: Io['stdin'] | Io['stdout']): string | undefined {
  const there = fd === undefined ? undefined : fstatSync(fd, { bigint: true });
  return there?.isFile() ? inodeOf(there) : undefined;
}

function inodeOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

/** Its folder with links followed, and its name. */
function placeOf(path: string): string {
  return join(targetOf(dirname(path)), basename(path));
}

function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
