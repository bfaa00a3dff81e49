import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAt, patternOf } from '../../src/exchange/pattern.ts';

const byte = fc.integer({ min: 1, max: 255 });
/** Few different ones: much is nearly the same. */
const alike = fc.constantFrom(0x22, 0x61, 0x7f, 0xf0, 0xff);
const bytesOf = (each: fc.Arbitrary<number>) =>
  fc.array(each, { minLength: 1, maxLength: 40 }).map((of) => Uint8Array.from(of));

function found(part: Uint8Array, bytes: Uint8Array, at: number): boolean {
  return isAt(patternOf(part), bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), at);
}

/** Words of these bytes are equal to nothing, not to themselves: they are looked at in a longer way, and found there. */
const isNoNumber = (part: Uint8Array) => patternOf(part).words.some(Number.isNaN);

test('bytes are found where they stand', () => {
  fc.assert(
    fc.property(bytesOf(byte), bytesOf(byte), bytesOf(byte), (before, part, after) => {
      fc.pre(!isNoNumber(part));
      const bytes = Uint8Array.from([...before, ...part, ...after]);
      expect(found(part, bytes, before.length)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('and nowhere else, zeros among what is searched or not', () => {
  const searched = fc.array(fc.oneof(alike, fc.constant(0), fc.constant(0x80)), { maxLength: 60 });
  fc.assert(
    fc.property(fc.oneof(bytesOf(alike), bytesOf(byte)), searched, fc.nat(70), (part, of, at) => {
      const bytes = Uint8Array.from(of);
      const stands = part.every((each, index) => bytes[at + index] === each);
      expect(found(part, bytes, at)).toBe(stands && !isNoNumber(part));
    }),
    { numRuns: 5000 },
  );
});

test('a zero is taken for no sign', () => {
  const part = Uint8Array.from({ length: 8 }, () => 1);
  for (const last of [0, 0x80]) {
    expect(found(part, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, last), 0)).toBe(false);
  }
});

test('what was remembered does not change with the bytes it was taken from', () => {
  const bytes = new TextEncoder().encode('"sertraline"');
  const pattern = patternOf(bytes);
  bytes.fill(0x61);
  const other = new TextEncoder().encode('"sertraline"');
  expect(isAt(pattern, other, new DataView(other.buffer), 0)).toBe(true);
});
