import { CommandError, Exit } from './exit.ts';
import type { Output } from './io.ts';

/** Writes and waits until the stream took it. False where whoever read it closed it: then there is nothing more to do. */
export function writeOut(stream: Output, text: string | Uint8Array): Promise<boolean> {
  return new Promise((done, failed) => {
    stream.write(text, (error) => {
      if (!error) done(true);
      else if (isClosed(error)) done(false);
      else failed(new CommandError('cannot write to the output', Exit.cannotStart, { cause: error }));
    });
  });
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
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, '?');
}
