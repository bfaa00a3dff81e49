import { joined } from '../../model/bytes.ts';

/** Why zstd data are not whole. */
export class ZstdFault extends Error {
  readonly is: 'cut' | 'damaged';

  constructor(is: 'cut' | 'damaged') {
    super(`zstd: ${is}`);
    this.is = is;
  }
}

/**
 * Cuts zstd data so that no piece holds bytes of two frames, as Node's decompressor passes over what stands behind the end of
 * a frame in one piece. Skippable frames are left out. Throws a `ZstdFault` where data end inside a frame, or no frame
 * follows one. Looks at the headers alone (RFC 8878, section 3.1); holds one block.
 */
export async function* zstdFrames(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = new Taking(bytes);
  try {
    while (!(await input.isAtEnd())) {
      const magic = await input.take(magicSize);
      if (isSkippable(magic)) await input.skip(numberIn(await input.take(skippableSize)));
      else if (isFrame(magic)) yield* frame(magic, input);
      else throw new ZstdFault('damaged');
    }
  } finally {
    await input.stop();
  }
}

/** True for what zstd data begin with. */
export function isZstd(head: Uint8Array): boolean {
  return isFrame(head) || isSkippable(head);
}

function isFrame(bytes: Uint8Array): boolean {
  return numberIn(bytes.subarray(0, magicSize)) === 0xfd2fb528;
}

/** pzstd begins with one. */
function isSkippable(bytes: Uint8Array): boolean {
  return Math.floor(numberIn(bytes.subarray(0, magicSize)) / 16) === 0x184d2a5;
}

const magicSize = 4;
const skippableSize = 4;
const blockHeaderSize = 3;
const checksumSize = 4;

async function* frame(magic: Uint8Array, input: Taking): AsyncGenerator<Uint8Array> {
  const descriptor = await input.take(1);
  const flags = numberIn(descriptor);
  yield joined([magic, descriptor, await input.take(headerSize(flags))]);
  for (let isLast = false; !isLast; ) {
    const header = await input.take(blockHeaderSize);
    const block = numberIn(header);
    isLast = block % 2 === 1;
    yield joined([header, await input.take(blockSize(block))]);
  }
  if (flags & 0b100) yield await input.take(checksumSize);
}

/** Bytes of a frame's header after its descriptor: window, dictionary, size of the content. */
function headerSize(flags: number): number {
  const isSingleSegment = (flags & 0b10_0000) !== 0;
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >> 6] as number;
  const dictionary = [0, 1, 2, 4][flags & 0b11] as number;
  return (isSingleSegment ? 0 : 1) + dictionary + contentSize;
}

/** Bytes of a block after its header. */
function blockSize(header: number): number {
  const type = (header >> 1) & 0b11;
  if (type === 3) throw new ZstdFault('damaged');
  return type === 1 ? 1 : header >> 3;
}

/** Of bytes in little-endian order. */
function numberIn(bytes: Uint8Array): number {
  return bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
}

/** Takes so many bytes at a time, whatever the pieces that they come in. */
class Taking {
  readonly #parts: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#parts = bytes[Symbol.asyncIterator]();
  }

  async isAtEnd(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#parts.next();
      if (done) return true;
      this.#rest = value;
    }
    return false;
  }

  async take(size: number): Promise<Uint8Array> {
    const taken: Uint8Array[] = [];
    for (let left = size; left > 0; left -= taken.at(-1)?.length ?? 0) taken.push(await this.#some(left));
    return joined(taken);
  }

  async skip(size: number): Promise<void> {
    for (let left = size; left > 0; ) left -= (await this.#some(left)).length;
  }

  async stop(): Promise<void> {
    await this.#parts.return?.();
  }

  /** At least one byte and `most` at most. */
  async #some(most: number): Promise<Uint8Array> {
    if (await this.isAtEnd()) throw new ZstdFault('cut');
    const some = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(most);
    return some;
  }
}
