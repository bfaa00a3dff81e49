import { type FSWatcher, watch } from 'node:fs';
import { CommandError, Exit } from '../exit.ts';
import { printableLines } from '../files/write-out.ts';
import type { Io } from '../io.ts';

/** How long a change may go on before the work is done again: an editor that saves touches a file several times. */
const settleMs = 80;

/**
 * Does `work` now, and again after each change of a YAML or Markdown file in the folders that it names, until a signal
 * comes; gives the exit code of that signal. `work` throws: the first time that ends it, later it is told and waited on.
 */
export async function workOnChange(
  work: (watchThese: (folders: readonly string[]) => void) => Promise<void>,
  io: Io,
): Promise<number> {
  const watched = new Map<string, FSWatcher>();
  let [isBusy, isDue] = [true, false];
  let timer: NodeJS.Timeout | undefined;
  const soon = (_event: string, name: string | null): void => {
    if (name !== null && !/\.(yaml|md)$|^cases$/.test(name)) return;
    clearTimeout(timer);
    timer = setTimeout(again, settleMs);
  };
  const watchThese = (folders: readonly string[]): void => {
    for (const folder of folders)
      if (!watched.has(folder))
        watched.set(
          folder,
          watch(folder, soon).on('error', () => watched.delete(folder)),
        );
  };
  const again = (): void => {
    isDue = true;
    if (!isBusy) workOff().catch(fail);
  };
  const workOff = async (): Promise<void> => {
    isBusy = true;
    while (isDue) {
      isDue = false;
      clear(io);
      await work(watchThese).catch((error: unknown) => tell(error, io));
    }
    isBusy = false;
  };
  let fail: (error: unknown) => void = () => undefined;
  let forget = (): void => undefined;
  const stopped = new Promise<number>((done, failed) => {
    fail = failed;
    forget = io.onSignal((signal) => done(signal === 'SIGINT' ? Exit.interrupted : Exit.terminated));
  });
  try {
    await work(watchThese);
    await workOff();
    return await stopped;
  } finally {
    forget();
    clearTimeout(timer);
    for (const each of watched.values()) each.close();
  }
}

function clear({ stdout, env }: Io): void {
  if (stdout.isTTY && env.TERM !== 'dumb') stdout.write('\u001b[2J\u001b[3J\u001b[H');
}

/** A file that is not there for a moment is no reason to stop; a bug is. */
function tell(error: unknown, io: Io): void {
  if (!(error instanceof CommandError)) throw error;
  io.stderr.write(printableLines(`preinfuse: ${error.message}\n`));
}
