import { progressBar, progressEvent, progressLine, type Standing } from '../../report/batch-progress.ts';
import type { Tally } from '../../report/batch-summary.ts';
import { CommandError, Exit } from '../exit.ts';
import { printable, writeOut } from '../files/write-out.ts';
import type { Io } from '../io.ts';
import { atMostEvery, canRedraw, openStatusLine } from '../status-line.ts';

/** How a batch tells how far it is: one line kept up to date, a line now and then, a line of JSON now and then, or not. */
export type ProgressKind = 'bar' | 'plain' | 'json' | 'none';

/** What a batch says on standard error. `event` is what `--progress json` writes in place of `line`. */
export interface BatchNotices {
  say(line: string, event: NoticeEvent): Promise<void>;
  /** Said too where a batch is quiet. */
  sayAlways(line: string, event: NoticeEvent): Promise<void>;
  /** All at one time. */
  sayAll(notices: readonly Notice[]): Promise<void>;
  /** The last line for people, said too where a batch is quiet; as data it is in the summary. */
  sayLast(line: string): Promise<void>;
  /** Shows how far it is, where it is time to. */
  progress(): Promise<void>;
  /** Takes the bar away; nothing more is shown. */
  end(): Promise<void>;
  /** Since the beginning. */
  seconds(): number;
}

/** One line of `--progress json`. Nothing in it is of a patient. */
export interface NoticeEvent {
  readonly event: 'urgent' | 'in-error' | 'no-form' | 'notice' | 'summary';
  readonly [key: string]: unknown;
}

/** Something to say. */
export interface Notice {
  readonly line: string;
  readonly event: NoticeEvent;
  /** Even where a batch is quiet. */
  readonly always?: boolean;
  /** However often it is given. */
  readonly once?: boolean;
}

const kinds: readonly ProgressKind[] = ['bar', 'plain', 'json', 'none'];
const secondsBetween: Readonly<Record<ProgressKind, number>> = { bar: 0.2, plain: 5, json: 1, none: 0 };

/** The kind that `--progress` names; else a bar on a terminal that can redraw a line, lines elsewhere, nothing where it is quiet. */
export function progressKind(wanted: string | undefined, isQuiet: boolean, io: Io): ProgressKind {
  if (wanted === undefined) {
    if (isQuiet) return 'none';
    return canRedraw(io) ? 'bar' : 'plain';
  }
  const known = kinds.find((kind) => kind === wanted);
  if (known !== undefined) return known;
  throw new CommandError(`there is no progress ${printable(wanted)}`, Exit.cannotStart, {
    hint: `there is: ${kinds.join(', ')}`,
  });
}

/** A run from its beginning on. */
export interface Begun {
  /** What came of it so far, with what an earlier one has done. */
  readonly tally: Tally;
  /** Bytes of the input that are read. */
  readonly readSoFar: () => number;
  /** Those that an earlier one has done with. */
  readonly before: number;
  /** Of the input, where that is known. */
  readonly size: number | undefined;
}

/** Milliseconds between two looks at whether it is time to show how far a run is. */
const tick = 200;

/** Opens standard error for the notices of a batch. */
export function openBatchNotices(
  kind: ProgressKind,
  isQuiet: boolean,
  io: Io,
): BatchNotices & { begin(run: Begun): void } {
  const now = (): number => io.now().getTime() / 1000;
  const startedAt = now();
  let progress = async (): Promise<void> => {};
  let ticking: NodeJS.Timeout | undefined;
  const line = openStatusLine(io);
  const writeEvents = async (events: readonly object[]): Promise<void> => {
    await writeOut(io.stderr, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  };
  const saidOnce = new Set<string>();
  const isToSay = ({ line, always, once }: Notice): boolean => {
    if (isQuiet && !always) return false;
    if (!once) return true;
    const isNew = !saidOnce.has(line);
    saidOnce.add(line);
    return isNew;
  };
  const sayAll = async (notices: readonly Notice[]): Promise<void> => {
    const said = notices.filter(isToSay);
    if (said.length === 0) return;
    if (kind === 'json') await writeEvents(said.map(({ event }) => event));
    else await line.say(said.map((each) => each.line).join('\n'));
  };
  const show = (standing: Standing): Promise<void> => {
    if (kind === 'json') return writeEvents([progressEvent(standing)]);
    if (kind === 'plain') return line.say(progressLine(standing));
    return line.show(progressBar(standing, io.stderr.columns ?? 80));
  };
  return {
    begin(run) {
      if (kind === 'none') return;
      const standing = standingIn(run);
      progress = atMostEvery(secondsBetween[kind], io, () => show(standing(now() - startedAt)));
      // While the input waits nothing else calls. What standard error does not take is met by whatever is said next.
      ticking = setInterval(() => void progress().catch(() => undefined), tick).unref();
    },
    say: (text, event) => sayAll([{ line: text, event }]),
    sayAlways: (text, event) => sayAll([{ line: text, event, always: true }]),
    sayAll,
    async sayLast(text) {
      if (kind !== 'json') await line.say(text);
    },
    progress: () => progress(),
    async end() {
      clearInterval(ticking);
      await line.end();
    },
    seconds: () => now() - startedAt,
  };
}

/** How far `run` is, so many seconds after it was started. */
function standingIn({ tally, readSoFar, before, size }: Begun): (seconds: number) => Standing {
  const { records } = tally;
  const shareOf = (read: number): number | undefined => (size ? Math.min(1, read / size) : undefined);
  const from = shareOf(before) ?? 0;
  return (seconds) => ({ tally, done: tally.records - records, seconds, share: shareOf(readSoFar()), from });
}
