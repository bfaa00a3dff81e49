import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { peek } from '../../exchange/peek.ts';
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

interface Kind {
  readonly name: 'gzip' | 'zstd';
  /** True for the first bytes of such data, with which no text begins. */
  readonly begins: (head: Uint8Array) => boolean;
  /** Undefined where this Node has none. */
  readonly open: (() => Transform) | undefined;
  /** The same bytes in the pieces that the transform needs. */
  readonly pieces: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
}

/** Node has had zstd since 22.15; its types for 20 do not know it. */
const { createZstdDecompress } = zlib as { readonly createZstdDecompress?: () => Transform };

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
  const flow = pipeline(Readable.from(pieces(bytes)), transform);
  // Told by reading `transform` below; a rejection that nobody waits for would end the process.
  flow.catch(() => undefined);
  try {
    yield* transform;
  } catch (cause) {
    await flow.catch(() => undefined);
    if (cause instanceof CommandError) throw cause;
    const isCut =
      cause instanceof ZstdFault ? cause.is === 'cut' : (cause as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
    throw new CommandError(`the ${name} input ${isCut ? 'ends too early' : 'is damaged'}`, Exit.cannotStart, {
      cause,
      hint: `make it again, or look at it with: ${name} --test FILE`,
    });
  }
}
