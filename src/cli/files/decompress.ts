import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { peek } from '../../exchange/peek.ts';
import { joined } from '../../model/bytes.ts';
import { CommandError, Exit } from '../exit.ts';
import { isZstd, ZstdFault, zstdFrames } from './zstd-frames.ts';

/**
 * The bytes as they were before gzip or zstd, which their first bytes tell whatever the file is called; other bytes as
 * they are. Damaged or cut off: a CommandError with exit 2. Holds one chunk.
 */
export async function* decompressed(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { head, all } = await peek(bytes, ({ length }) => length >= longestMagic);
  const kind = kinds.find(({ begins }) => begins(head));
  yield* kind === undefined ? all : expanded(all, kind);
}

/** `bytesWritten`: those that it has taken. */
type Decompressor = Transform & { readonly bytesWritten: number };

interface Kind {
  readonly name: 'gzip' | 'zstd';
  /** True for the first bytes of such data, with which no text begins. */
  readonly begins: (head: Uint8Array) => boolean;
  /** Undefined where this Node has none. */
  readonly open: (() => Decompressor) | undefined;
  /** The same bytes in the pieces that the transform needs. */
  readonly pieces: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
}

/** Node has had zstd since 22.15; its types for 20 do not know it. */
const { createZstdDecompress } = zlib as { readonly createZstdDecompress?: () => Decompressor };

const kinds: readonly Kind[] = [
  {
    name: 'gzip',
    begins: (head) => head[0] === 0x1f && head[1] === 0x8b,
    open: () => zlib.createGunzip(),
    pieces: (bytes) => bytes,
  },
  { name: 'zstd', begins: isZstd, open: createZstdDecompress, pieces: zstdFrames },
];

const longestMagic = 4;

async function* expanded(bytes: AsyncIterable<Uint8Array>, { name, open, pieces }: Kind): AsyncGenerator<Uint8Array> {
  if (open === undefined) {
    throw new CommandError(`this Node (${process.version}) does not read ${name}`, Exit.cannotStart, {
      hint: 'Node 22.15 and later do; or expand it first: zstd -dc FILE | preinfuse batch - --format ndjson',
    });
  }
  const transform = open();
  const offer = new Offer(pieces(bytes), () => transform.bytesWritten);
  const flow = pipeline(Readable.from(offer.pieces()), transform);
  // Told by reading `transform` below; a rejection that nobody waits for would end the process.
  flow.catch(() => undefined);
  try {
    yield* transform;
    if (!(await offer.endsInZeros())) throw new Error('more data behind zeros');
  } catch (cause) {
    await flow.catch(() => undefined);
    if (cause instanceof CommandError) throw cause;
    const isCut =
      cause instanceof ZstdFault ? cause.is === 'cut' : (cause as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
    throw new CommandError(`the ${name} input ${isCut ? 'ends too early' : 'is damaged'}`, Exit.cannotStart, {
      cause,
      hint: `make it again, or look at it with: ${name} --test FILE`,
    });
  } finally {
    await offer.stop();
  }
}

/**
 * What a decompressor is offered. That of Node takes no more where zeros stand behind the end of gzip data, as tapes and
 * disks fill them up: whatever comes after those would be lost.
 */
class Offer {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #taken: () => number;
  /** Bytes so far. */
  #size = 0;
  /** The last of them, with all that are not taken. */
  #last: Uint8Array = new Uint8Array(0);

  /** `taken`: bytes that the decompressor has taken. */
  constructor(source: AsyncIterable<Uint8Array>, taken: () => number) {
    this.#source = source[Symbol.asyncIterator]();
    this.#taken = taken;
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    for (let next = await this.#source.next(); !next.done; next = await this.#source.next()) {
      this.#last = joined([this.#untaken(), next.value]);
      this.#size += next.value.length;
      yield next.value;
    }
  }

  /** All that was not taken is zero, to the end of the source. */
  async endsInZeros(): Promise<boolean> {
    for (let next = await this.#source.next(); !next.done; next = await this.#source.next()) {
      if (!isZero(next.value)) return false;
    }
    return isZero(this.#untaken());
  }

  #untaken(): Uint8Array {
    return this.#last.subarray(this.#last.length - (this.#size - this.#taken()));
  }

  async stop(): Promise<void> {
    await this.#source.return?.();
  }
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
