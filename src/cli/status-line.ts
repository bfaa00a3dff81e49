import { printable, writeOut } from './files/write-out.ts';
import type { Io } from './io.ts';

/** Lines for people on standard error, above one that is kept up to date. */
export interface StatusLine {
  say(line: string): Promise<void>;
  /** Puts `text` in place of the line that is kept up to date. Only where a line can be redrawn. */
  show(text: string): Promise<void>;
  /** Takes that line away. */
  end(): Promise<void>;
}

const clearLine = '\r\u001b[K';

/** True for a terminal on which a line can be written again, and whose user has not asked for text that stays. */
export function canRedraw({ stderr, env }: Io): boolean {
  return stderr.isTTY === true && env.TERM !== 'dumb' && !env.ACCESSIBLE;
}

export function openStatusLine({ stderr }: Io): StatusLine {
  let shown = '';
  const clear = (): string => (shown === '' ? '' : clearLine);
  return {
    async say(line) {
      await writeOut(stderr, `${clear()}${line}\n${shown}`);
    },
    async show(text) {
      shown = printable(text);
      await writeOut(stderr, `${clearLine}${shown}`);
    },
    async end() {
      if (shown !== '') await writeOut(stderr, clear());
      shown = '';
    },
  };
}

/** Calls `act` at most every `seconds`, the first time after as many. */
export function atMostEvery<T extends readonly unknown[]>(
  seconds: number,
  { now }: Pick<Io, 'now'>,
  act: (...values: T) => Promise<void>,
) {
  let last = now().getTime();
  return async (...values: T): Promise<void> => {
    if (now().getTime() - last < seconds * 1000) return;
    last = now().getTime();
    await act(...values);
  };
}
