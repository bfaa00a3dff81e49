import { hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { CommandError, Exit } from '../exit.ts';
import type { Io } from '../io.ts';

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

/** Bytes that a sheet, a note or a definition may have: far more than any has. */
export const mostBytes = 16 * 1024 * 1024;

/** The bytes of an input that is read whole. More than `most` is a CommandError with exit 2. */
export async function readWhole(source: string, input: Readable, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytesOf(source, input)) {
    size += chunk.length;
    if (size > most) throw tooLarge(nameOf(source), most);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/** The text of an input, of at most `mostBytes`. One that is not UTF-8 is a CommandError with exit 2. */
export async function readText(source: string, input: Readable): Promise<string> {
  const bytes = await readWhole(source, input, mostBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CommandError(`cannot read ${nameOf(source)}: it is not UTF-8`, Exit.cannotStart, { cause });
  }
}

const lineFeed = 0x0a;

/** The lines of an input, without their ends. One of more than `mostBytes` is a CommandError with exit 2. */
export async function* linesOf(source: string, input: Readable): AsyncGenerator<string> {
  let rest: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytesOf(source, input)) {
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, from)) {
      yield lineIn([...rest, chunk.subarray(from, end)]);
      [rest, size, from] = [[], 0, end + 1];
    }
    rest.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > mostBytes) throw tooLarge(nameOf(source));
  }
  if (size > 0) yield lineIn(rest);
}

function lineIn(parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString('utf8').replace(/\r$/, '');
}

/** What is said of an input that is read whole and too large for that. */
export function tooLarge(name: string, most = mostBytes): CommandError {
  return new CommandError(`cannot read ${name}: it is too large`, Exit.cannotStart, {
    hint: `name a file of at most ${most / 1024 / 1024} MiB`,
  });
}

/** What people call an input. */
export function nameOf(source: string): string {
  return source === '-' ? 'standard input' : source;
}

function unreadable(source: string, cause: unknown): CommandError {
  const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
  return new CommandError(
    `cannot read ${nameOf(source)}${isMissing ? ': there is no such file' : ''}`,
    Exit.cannotStart,
    {
      cause,
      hint: 'name a file that is there and that you may read, or - for standard input',
    },
  );
}

/** The day of a visit without a date: `on` where it is given, else today where this computer is. */
export function visitDay(on: string | undefined, io: Io): string {
  return on ?? dayHere(io.now());
}

/** The day of a moment by the clock of this machine, `YYYY-MM-DD`. */
export function dayHere(moment: Date): string {
  const [year, month, day] = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()];
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** The same by the clocks of a time zone. */
export function dayIn(timeZone: string, moment: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone }).format(moment);
}

/** SHA-256 of bytes, or of a text in UTF-8: 64 hex digits. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data);
}
