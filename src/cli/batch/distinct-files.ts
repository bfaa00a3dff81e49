import { realpathSync, statSync } from 'node:fs';
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
}

/**
 * A CommandError with exit 2 where one file stands for two things: results would be lost. A file is one by whatever name or
 * link it is reached.
 */
export function requireDistinctFiles(
  source: string,
  { output = '-', rejects, summary, report }: Written,
  { cwd }: Pick<Io, 'cwd'>,
): void {
  const rejected = rejects === undefined ? [] : [rejects, reasonsName(rejects)];
  const growing = [output, ...rejected, summary, report].filter((name) => name !== undefined);
  const paths = [source, ...growing].filter((name) => name !== '-').map((name) => resolve(cwd, name));
  const beside = growing
    .flatMap((name) => [`${name}.partial`, `${name}.partial.json`, `${name}.partial.lock`])
    .map((name) => resolve(cwd, name));
  const taken = new Set(beside.map(placeOf));
  const isBeside = paths.some((path) => taken.has(placeOf(path)) || taken.has(placeOf(targetOf(path))));
  if (new Set(paths.map(fileOf)).size === paths.length && !isBeside) return;
  throw new CommandError(
    'the input, --output, --rejects, --summary and --report must be different files, also from NAME.partial beside them',
    Exit.cannotStart,
  );
}

/** What tells a file from every other: its inode, or, where there is none yet, its folder and name. */
function fileOf(path: string): string {
  const there = statSync(path, { throwIfNoEntry: false, bigint: true });
  return there?.isFile() ? `${there.dev}:${there.ino}` : placeOf(path);
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
