import { availableParallelism } from 'node:os';
import type { InputFormat } from '../../exchange/input.ts';
import type { Chunk } from '../../exchange/records.ts';
import type { Screening } from '../../exchange/screen.ts';
import type { Io } from '../io.ts';
import { packageFolder } from '../package.ts';
import type { ChunkOutcome } from './chunk.ts';
import type { FormsOptions } from './consent-forms.ts';
import { type PackedChunk, packedChunks, type Spares } from './pack.ts';
import { BatchTally, tallyOf } from './tally.ts';
import type { WorkerOutcome } from './worker.ts';

/** What a worker makes its tools of. Plain data. */
export interface WorkerSetup {
  readonly screening: Omit<Screening, 'sha256'>;
  readonly format: InputFormat;
  readonly header: Uint8Array | undefined;
  /** The name that says how results are written. */
  readonly output: string;
  readonly columns: string | undefined;
  readonly only: string | undefined;
  /** Undefined where no forms are made. */
  readonly forms: FormSetup | undefined;
}

/** What a worker makes forms with. Plain data. */
export interface FormSetup {
  readonly options: FormsOptions;
  readonly cwd: string;
  readonly env: Io['env'];
}

/** Starting workers costs more than they save below about 100,000 records. */
const smallestForWorkers = 128 * 1024 * 1024;
/** A form takes as long as some records: with forms about 15,000 are enough. */
const smallestForFormWorkers = 32 * 1024 * 1024;
/** Reading and writing are left to one thread, which can feed about this many. */
const mostWorkers = 4;

/** How many workers an input of `size` bytes is worth; 1: none, the records are screened where they are read. */
export function jobsFor(size: number | undefined, hasForms: boolean): number {
  if (size === undefined || size < (hasForms ? smallestForFormWorkers : smallestForWorkers)) return 1;
  return Math.min(availableParallelism(), mostWorkers);
}

/** Handing a chunk over costs about the same whatever its size. */
const smallestChunk = 1024 * 1024;

/** Screens chunks in workers, `jobs` at most. The outcomes come in the order of the chunks, and no faster than they are taken. */
export async function* screenInWorkers(
  chunks: AsyncIterable<Chunk>,
  setup: WorkerSetup,
  jobs: number,
): AsyncGenerator<ChunkOutcome> {
  const { Piscina } = await import('piscina');
  const pool = new Piscina<PackedChunk, WorkerOutcome>({
    filename: `${packageFolder}dist/program/batch-worker.cjs`,
    name: 'screenPacked',
    workerData: setup,
    // One starts where a chunk finds none that is free, and stays.
    minThreads: 0,
    maxThreads: jobs,
    idleTimeout: Number.POSITIVE_INFINITY,
    concurrentTasksPerWorker: 2,
    // Far more than it takes; but where much more could be had, its heap is let grow to five times as much before it is cleared.
    resourceLimits: { maxOldGenerationSizeMb: 1024 },
  });
  const hasForms = setup.forms !== undefined;
  const spares: Spares = [];
  const packs = packedChunks(hasForms ? formChunks(chunks) : chunks, hasForms ? 0 : smallestChunk, spares);
  const work = async (packed: PackedChunk): Promise<ChunkOutcome> => {
    const { tally, ...outcome } = await pool.run(packed);
    spares.push(packed.bytes);
    const counted = new BatchTally(hasForms);
    counted.add(tallyOf(tally));
    return { ...outcome, tally: counted };
  };
  // While a batch waits for the disk, its workers go on.
  const ahead = (hasForms ? 16 : 2) * jobs;
  const end = (): Promise<void> => {
    // An answer that lies ready when its thread is ended is nobody's any more: the pool calls that an error.
    pool.on('error', () => undefined);
    return pool.destroy();
  };
  for await (const outcome of inOrder(packs, work, ahead, end)) {
    yield outcome;
    // Whoever takes outcomes has written this one.
    if (outcome.text.buffer instanceof SharedArrayBuffer) spares.push(outcome.text.buffer);
  }
}

/**
 * Does `work` with some chunks at the same time: `ahead` beside the one that is waited for. The outcomes come in the order of
 * the chunks, and no faster than they are taken. Once it has ended, `end` was called and nothing is worked on any more.
 */
export async function* inOrder<Of, T>(
  chunks: AsyncIterable<Of>,
  work: (chunk: Of) => Promise<T>,
  ahead: number,
  end: () => Promise<void>,
): AsyncGenerator<T> {
  const waiting: Promise<T>[] = [];
  try {
    for await (const chunk of chunks) {
      const outcome = work(chunk);
      // Where nobody waits for it any more, its failure is nobody's.
      outcome.catch(() => undefined);
      waiting.push(outcome);
      if (waiting.length > ahead) yield await (waiting.shift() as Promise<T>);
    }
    for (let next = waiting.shift(); next; next = waiting.shift()) yield await next;
  } finally {
    await end();
    await Promise.allSettled(waiting);
  }
}

/** Records whose forms are made together: little is lost where a run stops, and one kind of work follows the other seldom. */
const mostWithForms = 64;

/** Chunks of so many records. */
export async function* formChunks(chunks: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
  for await (const { start, end, records } of chunks) {
    let from = start;
    for (let at = 0; at < records.length; at += mostWithForms) {
      const part = records.slice(at, at + mostWithForms);
      const to = at + mostWithForms < records.length ? (part.at(-1)?.end ?? end) : end;
      yield { start: from, end: to, records: part };
      from = to;
    }
  }
}
