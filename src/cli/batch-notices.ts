import { progressBar, progressEvent, progressLine, type Standing } from '../report/batch-progress.ts';
import type { Tally } from '../report/batch-summary.ts';
import { CommandError, Exit } from './exit.ts';
import type { Io } from './io.ts';
import { printable, writeOut } from './write-out.ts';

/** How a batch tells how far it is: one line kept up to date, a line now and then, a line of JSON now and then, or not. */
export type ProgressKind = 'bar' | 'plain' | 'json' | 'none';

/** What a batch says on standard error. `event` is what `--progress json` writes in place of `line`. */
export interface BatchNotices {
  say(line: string, event: NoticeEvent): Promise<void>;
  /** Said too where a batch is quiet. */
  sayAlways(line: string, event: NoticeEvent): Promise<void>;
  /** The last line for people, said too where a batch is quiet; as data it is in the summary. */
  sayLast(line: string): Promise<void>;
  /** How far it is; shown where it is time to. `read`: bytes of the input so far. */
  progress(tally: Tally, read: number): Promise<void>;
  /** Takes the bar away. */
  end(): Promise<void>;
  /** Since the beginning. */
  seconds(): number;
}

/** One line of `--progress json`. Nothing in it is of a patient. */
export interface NoticeEvent {
  readonly event: 'urgent' | 'in-error' | 'no-form' | 'notice' | 'summary';
  readonly [key: string]: unknown;
}

const kinds: readonly ProgressKind[] = ['bar', 'plain', 'json', 'none'];
const secondsBetween: Readonly<Record<ProgressKind, number>> = { bar: 0.2, plain: 5, json: 1, none: 0 };

/** The kind that `--progress` names; else a bar on a terminal that can redraw a line, lines elsewhere, nothing where it is quiet. */
export function progressKind(wanted: string | undefined, isQuiet: boolean, { stderr, env }: Io): ProgressKind {
  if (wanted === undefined) {
    if (isQuiet) return 'none';
    const canRedraw = stderr.isTTY === true && env.TERM !== 'dumb' && !env.ACCESSIBLE;
    return canRedraw ? 'bar' : 'plain';
  }
  const known = kinds.find((kind) => kind === wanted);
  if (known !== undefined) return known;
  throw new CommandError(`there is no progress ${printable(wanted)}`, Exit.cannotStart, {
    hint: `there is: ${kinds.join(', ')}`,
  });
}

/** Where a run begins: what an earlier one has done, and how large the input is where that is known. */
export interface Beginning {
  readonly records: number;
  readonly read: number;
  readonly size: number | undefined;
}

const clearLine = '\r\u001b[K';

/** Opens standard error for the notices of a batch. */
export function openBatchNotices(
  kind: ProgressKind,
  isQuiet: boolean,
  io: Io,
): BatchNotices & { begin(at: Beginning): void } {
  const now = (): number => io.now().getTime() / 1000;
  const startedAt = now();
  let beginning: Beginning = { records: 0, read: 0, size: undefined };
  let shownAt = startedAt;
  let isShown = false;
  const clear = (): string => {
    const text = isShown ? clearLine : '';
    isShown = false;
    return text;
  };
  const write = async (line: string, event: NoticeEvent): Promise<void> => {
    await writeOut(io.stderr, kind === 'json' ? `${JSON.stringify(event)}\n` : `${clear()}${line}\n`);
  };
  const shareOf = (read: number): number | undefined =>
    beginning.size === undefined || beginning.size === 0 ? undefined : Math.min(1, read / beginning.size);
  const standingOf = (tally: Tally, read: number): Standing => ({
    tally,
    done: tally.records - beginning.records,
    seconds: now() - startedAt,
    share: shareOf(read),
    from: shareOf(beginning.read) ?? 0,
  });
  return {
    begin(at) {
      beginning = at;
    },
    async say(line, event) {
      if (!isQuiet) await write(line, event);
    },
    sayAlways: write,
    async sayLast(line) {
      if (kind !== 'json') await writeOut(io.stderr, `${clear()}${line}\n`);
    },
    async progress(tally, read) {
      if (kind === 'none' || now() - shownAt < secondsBetween[kind]) return;
      shownAt = now();
      const standing = standingOf(tally, read);
      if (kind === 'json') return void (await writeOut(io.stderr, `${JSON.stringify(progressEvent(standing))}\n`));
      if (kind === 'plain') return void (await writeOut(io.stderr, `${progressLine(standing)}\n`));
      isShown = true;
      await writeOut(io.stderr, `${clearLine}${progressBar(standing, io.stderr.columns ?? 80)}`);
    },
    async end() {
      if (isShown) await writeOut(io.stderr, clear());
    },
    seconds: () => now() - startedAt,
  };
}
