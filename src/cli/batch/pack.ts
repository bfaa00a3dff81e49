import { type Chunk, type RawRecord, type RecordKind, recordKinds } from '../../exchange/records.ts';
import type { ChunkToScreen } from './chunk.ts';

/**
 * The records of a chunk in a buffer that all threads see, each thread only while the chunk is its own: nothing is copied and
 * nothing collected where it is handed over. Plain data.
 */
export interface PackedChunk extends Omit<Chunk, 'records'> {
  readonly bytes: SharedArrayBuffer;
  /** For the text of what comes of them. */
  readonly room: SharedArrayBuffer;
  /** Of each record: the line it starts on, where its bytes are and how many, where it ends in the input, and which kind it is. */
  readonly lines: Float64Array;
  readonly starts: Uint32Array;
  readonly sizes: Uint32Array;
  readonly ends: Float64Array;
  readonly kinds: Uint8Array;
}

/** Buffers that nobody looks into any more, to be filled again. */
export type Spares = SharedArrayBuffer[];

/**
 * Packs chunks as they come, those that follow each other together until there are `least` bytes. What their records were cut
 * from is soon nobody's: it would be collected at a much higher cost where records of many chunks held on to it.
 */
export async function* packedChunks(
  chunks: AsyncIterable<Chunk>,
  least: number,
  spares: Spares,
): AsyncGenerator<PackedChunk> {
  let packing: Packing | undefined;
  for await (const chunk of chunks) {
    packing ??= new Packing(chunk.start, spares);
    packing.add(chunk);
    // Parts of one record, which is as long as it likes, are not gathered.
    if (packing.size < least && chunk.records.at(-1)?.is !== 'part') continue;
    yield packing.packed(spares);
    packing = undefined;
  }
  if (packing) yield packing.packed(spares);
}

class Packing {
  readonly #start: number;
  #end: number;
  #bytes: Uint8Array<SharedArrayBuffer>;
  #size = 0;
  readonly #lines: number[] = [];
  readonly #starts: number[] = [];
  readonly #sizes: number[] = [];
  readonly #ends: number[] = [];
  readonly #kinds: number[] = [];

  constructor(start: number, spares: Spares) {
    this.#start = start;
    this.#end = start;
    this.#bytes = new Uint8Array(spareOf(spares));
  }

  /** Bytes so far, with what lies between them. */
  get size(): number {
    return this.#size;
  }

  add({ end, records }: Chunk): void {
    for (const { line, raw, is, end } of records) {
      // Eight bytes at a time can be copied where they are placed alike: one by one takes four times as long.
      const start = this.#size + ((raw.byteOffset - this.#size) & (wordSize - 1));
      this.#makeRoom(start + raw.length);
      this.#bytes.set(raw, start);
      this.#size = start + raw.length;
      this.#lines.push(line);
      this.#starts.push(start);
      this.#sizes.push(raw.length);
      this.#ends.push(end);
      this.#kinds.push(recordKinds.indexOf(is));
    }
    this.#end = end;
  }

  packed(spares: Spares): PackedChunk {
    return {
      start: this.#start,
      end: this.#end,
      bytes: this.#bytes.buffer,
      room: spareOf(spares),
      lines: Float64Array.from(this.#lines),
      starts: Uint32Array.from(this.#starts),
      sizes: Uint32Array.from(this.#sizes),
      ends: Float64Array.from(this.#ends),
      kinds: Uint8Array.from(this.#kinds),
    };
  }

  #makeRoom(size: number): void {
    if (size <= this.#bytes.length) return;
    const larger = new Uint8Array(new SharedArrayBuffer(Math.max(size, 2 * this.#bytes.length)));
    larger.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = larger;
  }
}

const wordSize = 8;

function spareOf(spares: Spares): SharedArrayBuffer {
  return spares.pop() ?? new SharedArrayBuffer(smallestBuffer);
}

/** Holds most chunks of records with forms. */
const smallestBuffer = 256 * 1024;

/** The chunk again, in whichever thread. Its records are made as they are asked for: all at once would outlive collections. */
export function unpacked(packed: PackedChunk): ChunkToScreen {
  const { start, end } = packed;
  return { start, end, records: recordsOf(packed) };
}

function* recordsOf({ bytes, lines, starts, sizes, ends, kinds }: PackedChunk): Generator<RawRecord> {
  for (let index = 0; index < kinds.length; index += 1) {
    yield {
      line: lines[index] as number,
      is: recordKinds[kinds[index] as number] as RecordKind,
      raw: new Uint8Array(bytes, starts[index], sizes[index]),
      end: ends[index] as number,
    };
  }
}
