import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packedChunks, type Spares, unpacked } from '../../src/cli/batch/pack.ts';
import { type Chunk, type RawRecord, recordKinds } from '../../src/exchange/records.ts';

/** Chunks as they go to another thread: what comes out is what went in, in buffers that were used before too. */

const sizes = fc.array(fc.record({ size: fc.nat(5000), gap: fc.nat(9), is: fc.constantFrom(...recordKinds) }));
const parts = fc.array(sizes, { maxLength: 12 });

/** Chunks that follow each other, each cut from bytes of its own. */
function chunksOf(cuts: readonly (readonly { size: number; gap: number; is: RawRecord['is'] }[])[]): readonly Chunk[] {
  let [line, at] = [0, 0];
  return cuts.map((records) => {
    const start = at;
    const bytes = new Uint8Array(records.reduce((sum, { size, gap }) => sum + size + gap, 0));
    let from = 0;
    const cut = records.map(({ size, gap, is }): RawRecord => {
      line += 1;
      const raw = bytes.subarray(from + gap, from + gap + size).fill(line);
      from += gap + size;
      at += size + 1;
      return { line, is, raw, end: at };
    });
    return { start, end: at, records: cut };
  });
}

async function* each<Of>(values: readonly Of[]): AsyncGenerator<Of> {
  yield* values;
}

const plain = (records: readonly RawRecord[]): unknown[] =>
  records.map(({ raw, ...others }) => ({ ...others, raw: [...raw] }));

test('all records come out, in order, as they were', async () => {
  const spares: Spares = [];
  await fc.assert(
    fc.asyncProperty(parts, fc.nat(20_000), async (cuts, least) => {
      const chunks = chunksOf(cuts);
      const out: Chunk[] = [];
      for await (const packed of packedChunks(each(chunks), least, spares)) {
        const { start, end, records } = unpacked(structuredClone(packed));
        out.push({ start, end, records: Array.from(records, (record) => ({ ...record, raw: record.raw.slice() })) });
        // What comes of it is written by now.
        for (const buffer of [packed.bytes, packed.room]) {
          new Uint8Array(buffer).fill(0xff);
          spares.push(buffer);
        }
      }
      expect(plain(out.flatMap(({ records }) => records))).toEqual(plain(chunks.flatMap(({ records }) => records)));
      expect(out.map(({ start }) => start)).toEqual([0, ...out.map(({ end }) => end)].slice(0, out.length));
      expect(out.at(-1)?.end ?? 0).toBe(chunks.at(-1)?.end ?? 0);
      // They are gathered, but for parts of one record.
      for (const { records } of out.slice(0, -1)) {
        const bytes = records.reduce((sum, { raw }) => sum + raw.length + 7, 0);
        expect(bytes >= least || records.at(-1)?.is === 'part').toBe(true);
      }
    }),
  );
});
