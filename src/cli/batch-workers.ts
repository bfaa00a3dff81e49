import { availableParallelism } from 'node:os';
import type { InputFormat } from '../exchange/input.ts';
import type { Chunk, RawRecord, RecordKind } from '../exchange/records.ts';
import type { Screening } from '../exchange/screen.ts';
import type { ChunkOutcome } from './batch-chunk.ts';
import { BatchTally, tallyOf } from './batch-tally.ts';
import type { WorkerOutcome } from './batch-worker.ts';
import { packageFolder } from './package.ts';

/** What a worker makes its tools of. Plain data. */
export interface WorkerSetup {
  readonly screening: Omit<Screening, 'sha256'>;
  readonly format: InputFormat;
  readonly header: Uint8Array | undefined;
  /** The name that says how results are written. */
  readonly output: string;
  readonly columns: string | undefined;
  readonly only: string | undefined;
}

/** The records of a chunk in one buffer, to be handed over without a copy. */
export interface PackedChunk {
  readonly bytes: Uint8Array;
  readonly lines: readonly number[];
  /** -1 where there are no bytes. */
  readonly sizes: readonly number[];
  readonly kinds: readonly RecordKind[];
}

/** Starting workers costs more than they save below about 100,000 records. */
const smallestForWorkers = 128 * 1024 * 1024;
/** Reading and writing are left to one thread, which can feed about this many. */
const mostWorkers = 4;

/** How many workers an input of `size` bytes is worth; 1: none, the records are screened where they are read. */
export function jobsFor(size: number | undefined): number {
  if (size === undefined || size < smallestForWorkers) return 1;
  return Math.min(availableParallelism(), mostWorkers);
}

/** Handing a chunk over costs about the same whatever its size. */
const smallestChunk = 1024 * 1024;

/** Screens chunks in `jobs` workers. The outcomes come in the order of the chunks, and no faster than they are taken. */
export async function* screenInWorkers(
  chunks: AsyncIterable<Chunk>,
  setup: WorkerSetup,
  jobs: number,
): AsyncGenerator<ChunkOutcome> {
  const { Piscina } = await import('piscina');
  const pool = new Piscina({
    filename: `${packageFolder}dist/program/batch-worker.cjs`,
    name: 'screenPacked',
    workerData: setup,
    minThreads: jobs,
    maxThreads: jobs,
    concurrentTasksPerWorker: 2,
  });
  const waiting: Promise<ChunkOutcome>[] = [];
  try {
    for await (const chunk of largerChunks(chunks)) {
      waiting.push(inWorker(pool, chunk));
      if (waiting.length > 2 * jobs) yield await (waiting.shift() as Promise<ChunkOutcome>);
    }
    for (const outcome of waiting) yield await outcome;
  } finally {
    // Where nobody waits for them any more, their failures are nobody's.
    for (const outcome of waiting) outcome.catch(() => undefined);
    await pool.destroy();
  }
}

interface Pool {
  run(task: PackedChunk, options: { transferList: ArrayBuffer[] }): Promise<WorkerOutcome>;
}

async function inWorker(pool: Pool, { start, end, records }: Chunk): Promise<ChunkOutcome> {
  const packed = packedChunk(records);
  const { text, tally, events } = await pool.run(packed, { transferList: [packed.bytes.buffer as ArrayBuffer] });
  const counted = new BatchTally(false);
  counted.add(tallyOf(tally));
  return { start, end, text, tally: counted, events };
}

function packedChunk(records: readonly RawRecord[]): PackedChunk {
  const sizes = records.map(({ raw }) => raw?.length ?? -1);
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + Math.max(0, size), 0));
  let at = 0;
  for (const { raw } of records) {
    if (raw === undefined) continue;
    bytes.set(raw, at);
    at += raw.length;
  }
  return { bytes, sizes, lines: records.map(({ line }) => line), kinds: records.map(({ is }) => is) };
}

async function* largerChunks(chunks: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
  let whole: Chunk | undefined;
  for await (const { start, end, records } of chunks) {
    whole = whole ? { start: whole.start, end, records: [...whole.records, ...records] } : { start, end, records };
    if (whole.end - whole.start < smallestChunk) continue;
    yield whole;
    whole = undefined;
  }
  if (whole) yield whole;
}
