import { accessSync, closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { SourceText } from '../../definition/read.ts';
import { CommandError, Exit } from '../exit.ts';
import type { Io } from '../io.ts';
import { packageFolder } from '../package.ts';
import { mostBytes, tooLarge } from './source.ts';

/* Small files are read while nothing else waits: a start is over sooner than threads to read them are there. */

/** A file as text with the path the user would name it by. Not UTF-8, or not there (then `wayOut` is the hint): CommandError with exit 2. */
export async function readSource(
  folder: string,
  name: string,
  io: Io,
  wayOut = 'name a file that is there',
): Promise<SourceText> {
  const path = resolve(folder, name);
  const shown = displayPath(path, io.cwd);
  try {
    return { path: shown, text: new TextDecoder('utf-8', { fatal: true }).decode(readWhole(path)) };
  } catch (cause) {
    if (cause instanceof TooLarge) throw tooLarge(shown);
    const isMissing = ['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '');
    throw new CommandError(`cannot read ${shown}${isMissing ? ': there is no such file' : ''}`, Exit.cannotStart, {
      cause,
      hint: isMissing ? wayOut : 'the file must be UTF-8 text that you may read',
    });
  }
}

class TooLarge extends Error {}

/** The bytes of a file. A pipe or a device is read to its end; what has more than `mostBytes` is given up. */
function readWhole(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const found = fstatSync(file);
    if (found.size > mostBytes) throw new TooLarge();
    return found.isFile() ? readFileSync(file) : readToEnd(file);
  } finally {
    closeSync(file);
  }
}

function readToEnd(file: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let size = 0; ; ) {
    const part = Buffer.alloc(64 * 1024);
    const count = readSync(file, part);
    if (count === 0) return Buffer.concat(parts);
    size += count;
    if (size > mostBytes) throw new TooLarge();
    parts.push(part.subarray(0, count));
  }
}

/** A file or folder that may be looked at stands there. */
export function isThere(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

/** A path from the working folder, or from the package where it lies below that; forward slashes. */
export function displayPath(path: string, cwd: string): string {
  const below = [cwd, packageFolder]
    .map((base) => relative(base, path))
    .find((each) => !each.startsWith('..') && !isAbsolute(each));
  return (below ?? relative(cwd, path)).split(sep).join('/') || '.';
}
