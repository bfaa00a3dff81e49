import { mostJobs } from './batch/most-jobs.ts';
import { bugReport } from './bug-report.ts';
import { Exit } from './exit.ts';
import { isRefusedWrite, printableLines } from './files/write-out.ts';
import type { Io, Output } from './io.ts';

/**
 * The world as this process sees it. A reader that closes our output early ends it quietly. A stream is opened when it
 * is asked for: that takes a while, and most commands need one or two. A bug that nothing catches is told as any other.
 */
export function processIo(): Io {
  process.on('uncaughtException', endWithBug);
  const outputs = new Set<Output>();
  const output = (stream: Output): Output => {
    if (outputs.has(stream)) return stream;
    // Node leads what each worker writes into it, and listens to it for that.
    stream.setMaxListeners(stream.getMaxListeners() + mostJobs);
    outputs.add(stream);
    return stream.on('error', ignoreRefused);
  };
  return {
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return output(process.stdout);
    },
    get stderr() {
      return output(process.stderr);
    },
    env: process.env,
    cwd: process.cwd(),
    now: () => new Date(),
    onSignal(listener) {
      const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
      const listeners = signals.map((signal) => ({ signal, call: () => listener(signal) }));
      for (const { signal, call } of listeners) process.on(signal, call);
      return () => {
        for (const { signal, call } of listeners) process.off(signal, call);
      };
    },
  };
}

/** Node would write the error out, message and all. */
function endWithBug(error: unknown): void {
  process.stderr.write(printableLines(bugReport(error)));
  process.exit(Exit.bug);
}

/** Whoever wrote hears of it, and `main` at the end of standard output. */
function ignoreRefused(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && !isRefusedWrite(error)) throw error;
}
