import type { Pattern } from './pattern.ts';

/** Most bytes that UTF-8 has for one unit of a text. */
const bytesPerUnit = 3;
const wordSize = 8;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Text in UTF-8 that is put together piece by piece. */
export class Utf8Text {
  #bytes: Buffer<ArrayBufferLike>;
  #view: DataView;
  #length = 0;

  /** `room`: where it is put together for as long as it fits there, then in more of the same kind. */
  constructor(room: ArrayBufferLike = new ArrayBuffer(16 * 1024)) {
    this.#bytes = Buffer.from(room);
    this.#view = new DataView(room);
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /**
   * Each text is written by itself: together, one letter that is not Latin would make a long text of them that takes ten
   * times as long.
   */
  add(text: string): void {
    this.#makeRoom(text.length * bytesPerUnit);
    this.#length += this.#bytes.write(text, this.#length);
  }

  addBytes(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  addByte(byte: number): void {
    this.#makeRoom(1);
    this.#bytes[this.#length] = byte;
    this.#length += 1;
  }

  /** Adds what `pattern` is made of, which must be UTF-8: eight bytes of that are never a float that is no number. */
  addPattern({ bytes, length, words }: Pattern): void {
    if (length < wordSize) {
      this.addBytes(bytes);
      return;
    }
    this.#makeRoom(length);
    const [view, at] = [this.#view, this.#length];
    const last = words.length - 1;
    for (let word = 0; word < last; word += 1) view.setFloat64(at + word * wordSize, words[word] as number, true);
    view.setFloat64(at + length - wordSize, words[last] as number, true);
    this.#length = at + length;
  }

  /** Makes a JSON object of the members behind `start`, each with a comma before it. */
  closeObject(start: number): void {
    if (this.#length === start) this.addByte(openBrace);
    else this.#bytes[start] = openBrace;
    this.addByte(closeBrace);
  }

  /** Leaves the first `length` bytes. */
  cut(length: number): void {
    this.#length = length;
  }

  /** All of it: a view, which what is added or cut later may change. */
  whole(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #makeRoom(size: number): void {
    const most = this.#length + size;
    if (most <= this.#bytes.length) return;
    const roomier = Math.max(most, 2 * this.#bytes.length);
    const isShared = this.#bytes.buffer instanceof SharedArrayBuffer;
    const larger = Buffer.from(isShared ? new SharedArrayBuffer(roomier) : new ArrayBuffer(roomier));
    larger.set(this.whole());
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
