/** Bytes to be found again, none of them zero. */
export interface Pattern {
  readonly bytes: Uint8Array;
  readonly length: number;
  /**
   * Eight bytes each, which are compared at once; the last eight again where they do not come out even. As floats, as
   * V8 is slow with larger whole numbers: other bytes are the same float only as the two zeros, and what is no number is
   * equal to nothing, so it is not found.
   */
  readonly words: Float64Array;
}

const wordSize = 8;

/** A pattern of a copy of `bytes`. */
export function patternOf(bytes: Uint8Array): Pattern {
  const own = new Uint8Array(bytes);
  const { length } = own;
  const view = new DataView(own.buffer);
  const words = new Float64Array(length < wordSize ? 0 : Math.ceil(length / wordSize));
  words.forEach((_, word) => {
    words[word] = view.getFloat64(Math.min(word * wordSize, length - wordSize), true);
  });
  return { bytes: own, length, words };
}

/** A pattern of what `text` is in UTF-8. */
export function patternOfText(text: string): Pattern {
  return patternOf(new TextEncoder().encode(text));
}

/** A pattern stands in `bytes`, which `view` shows too, at `at`. */
export function isAt({ bytes: part, length, words }: Pattern, bytes: Uint8Array, view: DataView, at: number): boolean {
  if (length < wordSize) {
    for (let index = 0; index < length; index += 1) if (part[index] !== bytes[at + index]) return false;
    return true;
  }
  if (at + length > bytes.length) return false;
  const last = words.length - 1;
  for (let word = 0; word < last; word += 1) {
    if (view.getFloat64(at + word * wordSize, true) !== words[word]) return false;
  }
  return view.getFloat64(at + length - wordSize, true) === words[last];
}
