import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunksAfter } from '../../src/cli/batch/input.ts';
import { printable } from '../../src/cli/files/write-out.ts';
import { formatByName, type InputFormat, inputFormats, openInput } from '../../src/exchange/input.ts';
import { longestRecord } from '../../src/exchange/records.ts';
import { screenRecord } from '../../src/exchange/screen.ts';
import { shippedFolder, shippedQuestionnaire } from '../shipped.ts';

/** What each reader makes of bytes that nobody should have sent. More of it by PREINFUSE_RUNS, larger by PREINFUSE_MEGABYTES. */
const runs = Number(process.env.PREINFUSE_RUNS ?? 150);
const megabytes = Number(process.env.PREINFUSE_MEGABYTES ?? 6);

const questionnaire = shippedQuestionnaire();
const screening = {
  questionnaire,
  definitionDigest: 'sha256:0',
  visitDate: '2026-03-10',
  sha256: (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex'),
};
const inputs = new URL('../fixtures/inputs/', import.meta.url);

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

/** What came of one record: `3 proceed`, `4 not-json: this is not JSON from character 2 on`. */
type Outcome = string;

interface Read {
  readonly outcomes: readonly Outcome[];
  /** Offsets after which another run could go on, and how many outcomes there were by then. */
  readonly stops: readonly { readonly offset: number; readonly count: number }[];
}

async function read(format: InputFormat, bytes: AsyncIterable<Uint8Array>, after = 0): Promise<Read> {
  const opened = await openInput(format, questionnaire, bytes);
  if ('problems' in opened) return { outcomes: opened.problems.map((problem) => `header: ${problem}`), stops: [] };
  const outcomes: Outcome[] = [];
  const stops: { offset: number; count: number }[] = [];
  let at = 0;
  for await (const chunk of chunksAfter(opened.chunks, after)) {
    expect(chunk.start).toBeGreaterThanOrEqual(at);
    expect(chunk.end).toBeGreaterThanOrEqual(chunk.start);
    at = chunk.end;
    for (const raw of chunk.records) {
      const record = opened.read(raw);
      if (record) outcomes.push(outcomeOf(screenRecord(screening, record)));
    }
    stops.push({ offset: chunk.end, count: outcomes.length });
  }
  return { outcomes, stops };
}

function outcomeOf({ result }: ReturnType<typeof screenRecord>): Outcome {
  if (!('errors' in result)) return `${result.line} ${result.disposition}`;
  expect(result.errors.length).toBeGreaterThan(0);
  const [{ code, linkId, message } = { code: '', linkId: '', message: '' }] = result.errors;
  return `${result.line} ${code}${linkId === '' ? '' : ` ${linkId}`}: ${message}`;
}

/** Expectations are in the folder too, one file a format: read their diff before accepting it. */
const expected: Readonly<Record<string, readonly Outcome[]>> = JSON.parse(
  readFileSync(new URL('expected.json', inputs), 'utf8'),
);

describe('the corpus: each record has its outcome or an error that says where, and the next one goes on', () => {
  const names = readdirSync(inputs).filter((name) => name !== 'expected.json');

  test('each has an expectation', () => expect(Object.keys(expected).sort()).toEqual(names.sort()));

  test.each(names)('%s', async (name) => {
    const bytes = readFileSync(new URL(name, inputs));
    const format = formatByName(name) as InputFormat;
    const { outcomes } = await read(format, inPieces(bytes, bytes.length + 1));
    expect(outcomes).toEqual(expected[name]);
    for (const outcome of outcomes) expect(printable(outcome)).toBe(outcome);
    const piecewise = await read(format, inPieces(bytes, 1021));
    expect(piecewise.outcomes).toEqual(outcomes);
  });
});

const seeds = ['ndjson', 'csv'].map((ending) => readFileSync(`${shippedFolder}/samples/applicants.${ending}`));
const list = Buffer.from(`[${seeds[0]?.toString().trimEnd().replaceAll('\n', ',\n')}]`);

/** Bytes that make or break a record. */
const sharp = fc.constantFrom(
  ...[
    '\n',
    '\r',
    '\r\n',
    '"',
    ',',
    '\t',
    '{',
    '}',
    '[',
    ']',
    '\\',
    ':',
    '\u0000',
    '\ufeff',
    '\u001b',
    "'",
    '""',
    '1e999',
  ].map((text) => Buffer.from(text)),
  Buffer.of(0xff),
  Buffer.of(0xc3),
);

/** A good input with sharp bytes put in, taken out or in the place of others; or nothing but sharp bytes. */
const spoiled = (good: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc
      .array(fc.tuple(fc.nat(good.length), fc.nat(40), sharp), { minLength: 1, maxLength: 6 })
      .map((cuts) =>
        cuts.reduce<Uint8Array>(
          (bytes, [at, length, put]) => Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + length)]),
          good.subarray(0, 6000),
        ),
      ),
    fc.array(fc.oneof(sharp, fc.uint8Array({ maxLength: 6 })), { maxLength: 60 }).map((parts) => Buffer.concat(parts)),
  );

test.each(inputFormats)(
  '%s: no bytes make the reader throw, lose its place or read otherwise in other pieces',
  async (format) => {
    const good = format === 'json' ? list : format === 'ndjson' ? seeds[0] : seeds[1];
    const bytesOf = spoiled(format === 'tsv' ? Buffer.from(String(good).replaceAll(',', '\t')) : (good as Uint8Array));
    await fc.assert(
      fc.asyncProperty(bytesOf, fc.integer({ min: 1, max: 700 }), fc.nat(), async (bytes, size, which) => {
        const whole = await read(format, inPieces(bytes, bytes.length + 1));
        const pieces = await read(format, inPieces(bytes, size));
        expect(pieces.outcomes).toEqual(whole.outcomes);
        const lines = whole.outcomes.map((outcome) => Number.parseInt(outcome, 10) || 0);
        expect(lines).toEqual([...lines].sort((a, b) => a - b));
        for (const outcome of whole.outcomes) expect(printable(outcome)).toBe(outcome);
        const stop = pieces.stops[which % pieces.stops.length];
        if (stop === undefined) return;
        const rest = await read(format, inPieces(bytes, Math.max(1, size - 3)), stop.offset);
        expect(rest.outcomes).toEqual(whole.outcomes.slice(stop.count));
      }),
      { numRuns: runs },
    );
  },
);

describe('more than fits: one record or one part of the input is held, whatever comes', () => {
  const piece = 64 * 1024;
  const pieces = (megabytes * 1024 * 1024) / piece;
  const good = seeds[0]?.subarray(0, seeds[0].indexOf(0x0a) + 1) as Uint8Array;

  test.each<[string, InputFormat, string]>([
    ['a line', 'ndjson', 'x'],
    ['a text that is never closed', 'ndjson', '"'],
    ['nothing but brackets', 'ndjson', '['],
    ['a list in a list', 'json', '['],
    ['a text in a list', 'json', '\\'],
  ])('%s of many megabytes as %s is one error, and the next record goes on', async (_what, format, filling) => {
    async function* bytes(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(format === 'json' ? `[${good},"` : String(good));
      for (let at = 0; at < pieces; at += 1) yield Buffer.alloc(piece, filling);
      yield Buffer.from(format === 'json' ? `",${good}]` : `\n${good}`);
    }
    const { outcomes } = await read(format, bytes());
    const [first, second, third] = outcomes;
    expect([first, third]).toEqual(['1 proceed', '3 proceed']);
    expect(second).toMatch(/^2 record-too-long: a record has at most 1 MiB/);
  });

  test('garbage of many megabytes gives errors alone, each on its own line', async () => {
    let lines = 0;
    let seed = 1;
    const garbage = Buffer.alloc(longestRecord);
    for (let at = 0; at < garbage.length; at += 1) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      garbage[at] = seed >>> 24;
    }
    async function* bytes(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < megabytes; at += 1) yield garbage;
    }
    const opened = await openInput('ndjson', questionnaire, bytes());
    if ('problems' in opened) throw new Error('no header is wanted');
    for await (const { records } of opened.chunks) {
      for (const raw of records) {
        const record = opened.read(raw);
        if (!record) continue;
        lines += 1;
        expect(record.errors.length).toBeGreaterThan(0);
      }
    }
    expect(lines).toBeGreaterThan(megabytes * 2000);
  });
});
