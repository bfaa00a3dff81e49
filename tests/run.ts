import { Readable, Writable } from 'node:stream';
import type { Io, Output } from '../src/cli/io.ts';
import { main } from '../src/cli/main.ts';

export interface Run {
  readonly exit: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface World {
  readonly cwd: string;
  readonly stdin?: string | Uint8Array | Readable;
  readonly env?: Readonly<Record<string, string>>;
  readonly now?: Date;
  /** Standard input and standard error are a terminal. */
  readonly isTerminal?: boolean;
}

/** Runs the whole program in this process, without a terminal unless `isTerminal` says so, on the morning of 10 March 2026 unless `now` is another time. */
export async function run(argv: readonly string[], world: World): Promise<Run> {
  const { io, stdout, stderr } = ioIn(world);
  const exit = await main(argv, io);
  return { exit, stdout: stdout(), stderr: stderr() };
}

/** The world that `run` gives to the program, and what was written to it so far. */
export function ioIn({
  cwd,
  stdin = '',
  env = {},
  now = new Date('2026-03-10T12:00:00Z'),
  isTerminal = false,
}: World): {
  readonly io: Io;
  readonly stdout: () => Buffer;
  readonly stderr: () => string;
} {
  const [out, err] = [collector(), collector()];
  const io: Io = {
    stdin: Object.assign(stdin instanceof Readable ? stdin : Readable.from([Buffer.from(stdin)]), {
      isTTY: isTerminal,
    }),
    stdout: out.stream,
    stderr: Object.assign(err.stream, { isTTY: isTerminal }),
    env,
    cwd,
    now: () => now,
    onSignal: () => () => undefined,
  };
  return { io, stdout: () => Buffer.concat(out.chunks), stderr: () => Buffer.concat(err.chunks).toString() };
}

/** The same without input, with stdout as text. */
export async function runText(
  cwd: string,
  ...argv: readonly string[]
): Promise<Omit<Run, 'stdout'> & { stdout: string }> {
  const { stdout, ...rest } = await run(argv, { cwd });
  return { ...rest, stdout: stdout.toString() };
}

function collector(): { readonly stream: Output; readonly chunks: Buffer[] } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, chunks };
}
