import type { Io } from './io.ts';

/** The world as this process sees it. A reader that closes our output early ends it quietly. */
export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
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

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
