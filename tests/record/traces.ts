import { createHash } from 'node:crypto';

/*
 * Canaries: texts planted where a patient's own could stand, and looked for wherever the program wrote. Each is two words
 * that nothing else is spelt like, so that either is found by itself, and both carry the mark of the field.
 */

const stems = ['zqxjvkwy', 'wvxqzkjy'] as const;

/** The canary of a field: `Zqxjvkwyabcd Wvxqzkjyabcd`, the same for the same name. */
export function canaryOf(field: string): string {
  const mark = [...createHash('sha256').update(field).digest().subarray(0, 4)]
    .map((byte) => String.fromCharCode(0x61 + (byte % 26)))
    .join('');
  return stems.map((stem) => `${stem.charAt(0).toUpperCase()}${stem.slice(1)}${mark}`).join(' ');
}

/** A word of a canary in one of the forms that it could be kept in, as it is in a text of lower case or as it stands. */
interface Trace {
  readonly form: string;
  readonly word: string;
  readonly isAnyCase: boolean;
}

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** The letters of base64 that depend on `bytes` alone, wherever they begin in what was encoded. */
function base64Words(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((before) => {
    const letters = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return letters.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
}

function tracesOf(word: string): readonly Trace[] {
  const spellings = [word, word.toUpperCase(), `${word.charAt(0).toUpperCase()}${word.slice(1)}`];
  const encodings = spellings.flatMap((spelling): readonly [string, Buffer][] => [
    ['', Buffer.from(spelling)],
    // Without its last byte it is the same for both orders of bytes.
    ['UTF-16 ', Buffer.from(spelling, 'utf16le').subarray(0, -1)],
  ]);
  const plain = ['', 'UTF-16 '].map((form, index): Trace => {
    const bytes = index === 0 ? Buffer.from(word) : Buffer.from(word, 'utf16le').subarray(0, -1);
    return { form: `${form}bytes`, word: latin(bytes), isAnyCase: true };
  });
  const hex = encodings.map(([form, bytes]): Trace => {
    return { form: `${form}hex`, word: bytes.toString('hex'), isAnyCase: true };
  });
  const base64 = encodings.flatMap(([form, bytes]) =>
    base64Words(bytes).map((letters): Trace => ({ form: `${form}base64`, word: letters, isAnyCase: false })),
  );
  return [...plain, ...hex, ...base64];
}

const traces = stems.flatMap(tracesOf);

/**
 * Where any word of any canary stands in bytes: in either case, in UTF-8 or UTF-16 of either order, as it is or as hex or base64
 * of those. Other words, such as the birth date of a patient, are looked for in `also`. What is compressed is not seen.
 */
export function tracesIn(bytes: Uint8Array | string, also: readonly string[] = []): readonly string[] {
  const text = typeof bytes === 'string' ? latin(Buffer.from(bytes)) : latin(bytes);
  const lower = text.toLowerCase();
  return [...traces, ...also.flatMap((word) => tracesOf(word.toLowerCase()))].flatMap(({ form, word, isAnyCase }) => {
    const at = (isAnyCase ? lower : text).indexOf(word);
    return at === -1 ? [] : [`${form} at ${at}: ${text.slice(Math.max(0, at - 20), at + 60).replace(/[^ -~]/g, '.')}`];
  });
}
