import type { Readable, Writable } from 'node:stream';

/** A stream the program writes to; a terminal also has a size. `fd`: by which number the system knows it. */
export interface Output extends Writable {
  readonly fd?: number;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** What asks the program to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Every touch of the world that a command may need, so that the whole program runs in a test. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean; readonly fd?: number };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The clock, read nowhere else. */
  now(): Date;
  /** Calls back on SIGINT, SIGTERM or SIGHUP until the returned function is called. */
  onSignal(listener: (signal: StopSignal) => void): () => void;
}
