import { hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { CommandError, Exit } from './exit.ts';
import type { Io } from './io.ts';

/** Opens a file of answers, or standard input for `-`. One that cannot be read is a CommandError with exit 2. */
export async function openSource(source: string, io: Io): Promise<Readable> {
  if (source === '-') return io.stdin;
  try {
    const file = await open(resolve(io.cwd, source));
    if (!(await file.stat()).isDirectory()) return file.createReadStream({ highWaterMark: chunkSize });
    await file.close();
  } catch (cause) {
    throw unreadable(source, cause);
  }
  throw new CommandError(`cannot read ${source}: it is a folder`, Exit.cannotStart, { hint: 'name a file' });
}

const chunkSize = 256 * 1024;

/** The bytes of an input; a failure while reading is a CommandError with exit 2. */
export async function* bytesOf(source: string, input: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of input) yield typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
  } catch (cause) {
    throw unreadable(source, cause);
  }
}

function unreadable(source: string, cause: unknown): CommandError {
  const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
  const name = source === '-' ? 'standard input' : source;
  return new CommandError(`cannot read ${name}${isMissing ? ': there is no such file' : ''}`, Exit.cannotStart, {
    cause,
    hint: 'name a file that is there and that you may read, or - for standard input',
  });
}

/** The day of a visit without a date: `on` where it is given, else today where this computer is. */
export function visitDay(on: string | undefined, io: Io): string {
  if (on !== undefined) return on;
  const now = io.now();
  const [year, month, day] = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** SHA-256 of bytes, or of a text in UTF-8: 64 hex digits. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data);
}
