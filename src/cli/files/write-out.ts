import { unprintable } from '../../model/unprintable.ts';
import { escapedJson } from '../../report/json-text.ts';
import { CommandError, Exit } from '../exit.ts';
import type { Io, Output } from '../io.ts';

/** Writes and waits until the stream took it. False where whoever read it closed it: then there is nothing more to do. */
export function writeOut(stream: Output, text: string | Uint8Array): Promise<boolean> {
  return new Promise((done, failed) => {
    stream.write(text, (error) => {
      if (!error) done(true);
      else if (isClosed(error)) done(false);
      else failed(refusedWrite(error));
    });
  });
}

/** Says on standard error which files were written; nothing where none was, or with `--quiet`. */
export async function tellWritten(
  files: readonly string[],
  { quiet }: { readonly quiet?: boolean },
  { stderr }: Pick<Io, 'stderr'>,
): Promise<void> {
  if (quiet !== true && files.length > 0) await writeOut(stderr, `Written: ${files.map(printable).join(', ')}\n`);
}

/** True for what a stream has met where the system takes no more. */
export function isRefusedWrite(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && (error as NodeJS.ErrnoException).syscall === 'write' && !isClosed(error);
}

/** That the output takes no more, for people. */
export function refusedWrite(cause: NodeJS.ErrnoException): CommandError {
  const why = cause.code === 'ENOSPC' ? 'the disk is full' : 'the system refused';
  return new CommandError(`cannot write to the output: ${why}`, Exit.cannotStart, {
    cause,
    hint: 'what is there is not whole: do not use it; name a place that has room',
  });
}

/** Text for a stream, written a lot at a time. */
export interface Gathered {
  /** False where whoever read the stream closed it. */
  add(text: string): Promise<boolean>;
  /** Writes what is left; false as above. */
  flush(): Promise<boolean>;
}

/** Characters that are gathered before they are written. */
const enough = 64 * 1024;

/** Gathers small texts for a stream: many lines then cost few writes, and memory stays as it is. */
export function gathered(stream: Output): Gathered {
  const held: { text: string } = { text: '' };
  const flush = async (): Promise<boolean> => {
    const { text } = held;
    held.text = '';
    return text === '' || writeOut(stream, text);
  };
  return {
    async add(text) {
      held.text += text;
      return held.text.length < enough || flush();
    },
    flush,
  };
}

function isClosed(error: NodeJS.ErrnoException): boolean {
  return ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'].includes(error.code ?? '');
}

/** Lines of which each is made `printable`. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** What comes from a record or a file name, with nothing in it that a terminal would obey. */
export function printable(text: string): string {
  return text.replace(unprintable, '?');
}

/** A line of JSON in which such signs are written as escapes: the value is the same, and a terminal obeys nothing. */
export function jsonLine(value: unknown): string {
  return `${escapedJson(JSON.stringify(value))}\n`;
}
