import { spawnSync } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { screenInWorkers } from '../../src/cli/batch/workers.ts';
import { sha256 } from '../../src/cli/files/source.ts';
import { main } from '../../src/cli/main.ts';
import { packageFolder } from '../../src/cli/package.ts';
import { chunksOfLines, endOfLine } from '../../src/exchange/lines.ts';
import type { Chunk } from '../../src/exchange/records.ts';
import { folderWith } from '../folder.ts';
import { ioIn, run } from '../run.ts';
import { shippedFolder, shippedQuestionnaire } from '../shipped.ts';

const samples = `${shippedFolder}/samples/applicants`;
const lines = readFileSync(`${samples}.ndjson`, 'utf8').trimEnd().split('\n');
const rows = readFileSync(`${samples}.csv`, 'utf8').trimEnd().split('\n');
/** More than one of the chunks that are handed to a worker, with records in error and blank ones among them. */
const copies = 60;
const ndjson = Array.from({ length: copies }, (_, at) => [...lines, at % 7 === 0 ? '{"a":' : '', lines[0]])
  .flat()
  .join('\n');
const csv = [rows[0], ...Array.from({ length: copies }, () => [...rows.slice(1), 'ragged']).flat()].join('\n');

/** Bytes in parts of sizes that nobody chose, each with a pause of its own. */
async function* inParts(text: string, seed: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  let [from, state] = [0, seed];
  while (from < bytes.length) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    const to = from + 1 + (state % (bytes.length / 5));
    yield bytes.subarray(from, to);
    from = to;
    if (state % 3 === 0) await new Promise((done) => setTimeout(done, state % 4));
  }
}

async function outcome(format: string, text: string, jobs: number, seed: number) {
  const { io, stdout, stderr } = ioIn({ cwd: '/' });
  const stdin = Readable.from(inParts(text, seed));
  const exit = await main(['batch', '-', '--format', format, '--jobs', String(jobs)], { ...io, stdin });
  return { exit, results: stdout().toString(), said: stderr().replace(/\d+(\.\d+)? m?s\b/g, '') };
}

describe('results, what is said and the exit are the same', () => {
  test.each([
    ['ndjson', ndjson],
    ['csv', csv],
  ])('of %s, whatever the workers and however the input comes', async (format, text) => {
    const alone = await outcome(format, text, 1, 1);
    expect(alone.results.split('\n').length).toBeGreaterThan(copies * 12);
    expect(await outcome(format, text, 1, 2)).toEqual(alone);
    expect(await outcome(format, text, 2, 3)).toEqual(alone);
    expect(await outcome(format, text, 3, 4)).toEqual(alone);
  });
});

test('results in a file are the same, whatever goes through the same buffers one after the other', async () => {
  const folder = folderWith({ 'many.ndjson': Array.from({ length: 12 }, () => ndjson).join('\n') });
  const made = async (name: string, jobs: number, ...options: readonly string[]) => {
    const argv = ['batch', 'many.ndjson', '--jobs', String(jobs), '--output', name, ...options];
    const { exit } = await run(argv, { cwd: folder });
    return { exit, digest: sha256(readFileSync(join(folder, name))) };
  };
  expect(await made('two', 2)).toEqual(await made('one', 1));
  // So little of each chunk that it is gathered before it is written.
  const few = ['--only', 'emergency'];
  expect(await made('two', 2, ...few)).toEqual(await made('one', 1, ...few));
});

test.each(['65', '1000', '0', '1.5', 'all'])('--jobs %s is refused, and the limit is named', async (jobs) => {
  const { exit, stdout, stderr } = await run(['batch', '-', '--jobs', jobs], { cwd: '/', stdin: ndjson });
  expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 2, stdout: '' });
  expect(stderr).toContain(`${jobs}' is invalid. It must be a whole number from 1 to 64.`);
});

test('no more workers start than there is work for', async () => {
  let started = 0;
  const count = (): void => {
    started += 1;
  };
  subscribe('worker_threads', count);
  try {
    expect((await run(['batch', '-', '--jobs', '64'], { cwd: '/', stdin: lines[0] ?? '' })).exit).toBe(0);
  } finally {
    unsubscribe('worker_threads', count);
  }
  expect(started).toBe(1);
});

test('Node has nothing to warn of, whatever the workers', () => {
  const argv = [
    `${packageFolder}bin/preinfuse.js`,
    'batch',
    '-',
    '--format',
    'ndjson',
    '--jobs',
    '12',
    '--progress',
    'none',
  ];
  const input = Array.from({ length: 12 }, () => ndjson).join('\n');
  const { stdout, stderr } = spawnSync(process.execPath, argv, { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  expect(stdout.split('\n').length).toBeGreaterThan(12 * copies * lines.length);
  expect(stderr).not.toContain('Warning');
});

test('consent forms are the same files, and the same is said, whatever the workers; those that stand there are left alone', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'workers-'));
  const languages = ['en', 'en', 'other', 'es'];
  /** Enough forms to be put on the disk all at once, some in another language. */
  const applicants = Array.from({ length: 8 }, () => lines)
    .flat()
    .map((line, at) => ({
      ...JSON.parse(line),
      'applicant.id': `A${at}`,
      'applicant.name': 'Ann Sample',
      'applicant.language': languages[at % 4],
    }));

  async function made(folder: string, jobs: number) {
    const { io, stdout, stderr } = ioIn({ cwd: join(cwd, folder) });
    const stdin = Readable.from(inParts(applicants.map((each) => JSON.stringify(each)).join('\n'), jobs));
    const exit = await main(['batch', '-', '--consent-dir', 'forms', '--jobs', String(jobs)], { ...io, stdin });
    const names = readdirSync(join(cwd, folder, 'forms')).sort();
    const forms = names.map((name) => {
      const path = join(cwd, folder, 'forms', name);
      return { name, bytes: sha256(readFileSync(path)), inode: statSync(path).ino };
    });
    return { exit, results: stdout().toString(), said: stderr().replace(/\d+(\.\d+)? m?s\b/g, ''), forms };
  }
  const asBytes = ({ forms, ...rest }: Awaited<ReturnType<typeof made>>) => ({
    ...rest,
    forms: forms.map(({ name, bytes }) => `${name} ${bytes}`),
  });

  try {
    mkdirSync(join(cwd, 'one'));
    mkdirSync(join(cwd, 'two'));
    const one = await made('one', 1);
    expect(one.forms.length).toBeGreaterThan(32);
    expect(one.forms.every(({ name }) => /^[\da-f]{16}\.pdf$/.test(name))).toBe(true);
    expect(one.said.split('the language the applicant reads: es')).toHaveLength(2);
    const two = await made('two', 2);
    expect(asBytes(two)).toEqual(asBytes(one));
    expect(await made('two', 2)).toEqual(two);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});

test('chunks follow each other without a gap, and each record ends where the next begins', async () => {
  const text = `\ufeff${ndjson}`;
  const bytes = Buffer.from(text);
  const chunks: Chunk[] = [];
  for await (const chunk of chunksOfLines(inParts(text, 5), endOfLine)) chunks.push(chunk);
  expect(chunks.map(({ start }) => start)).toEqual([0, ...chunks.slice(0, -1).map(({ end }) => end)]);
  expect(chunks.at(-1)?.end).toBe(bytes.length);
  let from = 3;
  for (const { raw, end } of chunks.flatMap(({ records }) => records)) {
    expect(bytes.subarray(from, end).toString().replace(/\n$/, '')).toBe(Buffer.from(raw ?? []).toString());
    from = end;
  }
});

test('a worker that answers while nobody waits for it any more is no error', async () => {
  const setup = {
    screening: { questionnaire: shippedQuestionnaire(), definitionDigest: 'sha256:0', visitDate: '2026-03-10' },
    format: 'ndjson',
    header: undefined,
    output: 'out.ndjson',
    columns: undefined,
    only: undefined,
    forms: undefined,
  } as const;
  const text = Array.from({ length: 30 }, () => ndjson).join('\n');
  const said: unknown[] = [];
  const hear = (error: unknown): unknown => said.push(error);
  process.on('uncaughtExceptionMonitor', hear);
  for (let round = 0; round < 10; round += 1) {
    for await (const outcome of screenInWorkers(chunksOfLines(inParts(text, round), endOfLine), setup, 2)) {
      expect(outcome.start).toBe(0);
      // Nothing is heard until the answers of both lie ready.
      const until = performance.now() + 100;
      while (performance.now() < until);
      break;
    }
  }
  await wait(100);
  process.off('uncaughtExceptionMonitor', hear);
  expect(said).toEqual([]);
});
