import type { Io } from './io.ts';
import { printable, writeOut } from './write-out.ts';

/** Lines for people on standard error; on a terminal, above a count that is kept up to date. */
export interface Notices {
  say(line: string): Promise<void>;
  /** The count so far. Shown on a terminal, a few times a second. */
  progress(text: string): Promise<void>;
  /** Takes the count away. */
  end(): Promise<void>;
}

const millisecondsBetween = 200;
const clearLine = '\r\u001b[K';

/** `isCounting`: whether a count may be shown at all. */
export function openNotices(io: Io, isCounting: boolean): Notices {
  const isTerminal = isCounting && io.stderr.isTTY === true && io.env.TERM !== 'dumb';
  let shownAt = io.now().getTime();
  let isShown = false;
  const clear = (): string => {
    const text = isShown ? clearLine : '';
    isShown = false;
    return text;
  };
  return {
    async say(line) {
      await writeOut(io.stderr, `${clear()}${line}\n`);
    },
    async progress(text) {
      if (!isTerminal || io.now().getTime() - shownAt < millisecondsBetween) return;
      shownAt = io.now().getTime();
      isShown = true;
      await writeOut(io.stderr, `${clearLine}${printable(text)}`);
    },
    async end() {
      if (isShown) await writeOut(io.stderr, clear());
    },
  };
}
