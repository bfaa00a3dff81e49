import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sha256 } from '../../src/cli/files/source.ts';
import { packageFolder } from '../../src/cli/package.ts';
import { folderWith } from '../folder.ts';
import { run } from '../run.ts';
import { shippedFolder } from '../shipped.ts';

/* Chunks and results go through the same buffers one after the other: nothing of one is ever read in the place of another. */

const samples = `${shippedFolder}/samples/applicants`;
const sheets = readFileSync(`${samples}.ndjson`, 'utf8').trimEnd().split('\n');
const [header = '', ...rows] = readFileSync(`${samples}.csv`, 'utf8').trimEnd().split('\n');

/** Numbers from 0 to 1 that nobody chose, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 2 ** 31;
  };
}

const kilobyte = 1024;
/** More than one part of a file has, and more than a record may have. */
const largeSizes = [100, 300, 900, 1500, 3000].map((size) => size * kilobyte);

/** Runs of records that are alike: many small ones, errors one after the other, large ones, none at all. */
function records(seed: number, good: readonly string[], bad: (filler: string) => string): readonly string[] {
  const next = random(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  let count = 0;
  const one = (kind: number): string => {
    count += 1;
    if (kind < 0.7) return pick(good).replace(/S-0\d+/, `R${count}`);
    if (kind < 0.85) return bad(`E${count}`);
    return bad('x'.repeat(pick(largeSizes) - Math.floor(next() * 100)));
  };
  return Array.from({ length: 30 }, () => {
    const kind = next();
    const most = kind < 0.7 ? 150 : kind < 0.85 ? 60 : 2;
    return Array.from({ length: Math.ceil(next() * most) }, () => one(kind));
  }).flat();
}

const ndjsonOf = (seed: number): string => records(seed, [...sheets, ''], (filler) => `{"${filler}": `).join('\n');
const listOf = (seed: number): string =>
  `[${records(seed, sheets, (filler) => JSON.stringify({ [filler]: 1 })).join(',\n')}]`;
const csvOf = (seed: number): string =>
  [header, ...records(seed, [...rows, ''], (filler) => `"${filler}\n",`)].join('\n');

/** The input, its format, and how results of it are written. */
const batches: readonly (readonly [string, string, (seed: number) => string | Buffer, readonly string[]])[] = [
  ['in.ndjson', 'ndjson', ndjsonOf, ['--output', 'out.ndjson']],
  ['in.ndjson', 'ndjson', ndjsonOf, ['--output', 'out.json', '--only', 'emergency']],
  ['in.json', 'json', listOf, ['--output', 'out.json']],
  ['in.csv', 'csv', csvOf, ['--output', 'out.csv', '--columns', 'line,id,disposition,errors']],
  ['in.ndjson.gz', 'ndjson', (seed) => gzipSync(ndjsonOf(seed), { level: 1 }), ['--output', 'out.json']],
];

const asked = ['--rejects', 'bad', '--summary', 'counts.json', '--progress', 'none'];
const written = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => !name.startsWith('in.'))
      .sort()
      .map((name) => [name, sha256(readFileSync(join(folder, name)))]),
  );

test.each(batches)(
  '%s (%s): the same in any number of threads',
  async (name, format, inputOf, argv) => {
    const input = inputOf(batches.findIndex((batch) => batch[3] === argv) + 1);

    async function made(source: readonly string[], files: Readonly<Record<string, string | Buffer>>) {
      const cwd = folderWith(files);
      const { exit } = await run(['batch', ...source, ...argv, ...asked], { cwd, stdin: Buffer.from(input) });
      return { exit, ...written(cwd) };
    }

    // All of it at once: one chunk, and each buffer is filled once.
    const expected = await made(['-', '--format', format], {});
    expect(Object.keys(expected)).toHaveLength(5);
    for (const jobs of ['1', '2', '3']) expect(await made([name, '--jobs', jobs], { [name]: input })).toEqual(expected);
  },
  60_000,
);

const bin = `${packageFolder}bin/preinfuse.js`;
const start = (cwd: string, ...argv: readonly string[]) =>
  spawn(process.execPath, [bin, 'batch', 'in.ndjson', '--on', '2026-03-10', '--progress', 'none', ...argv], {
    cwd,
    stdio: ['ignore', 'pipe', 'ignore'],
  });

test.each(['1', '3'])('--jobs %s: whoever reads the results slowly reads the same', async (jobs) => {
  const cwd = folderWith({ 'in.ndjson': ndjsonOf(5) });
  await run(['batch', 'in.ndjson', '--output', 'out.ndjson', '--on', '2026-03-10'], { cwd });
  const hash = createHash('sha256');
  for await (const part of start(cwd, '--jobs', jobs).stdout) {
    await wait(2);
    hash.update(part);
  }
  expect(hash.digest('hex')).toBe(sha256(readFileSync(join(cwd, 'out.ndjson'))));
});

/** The run after these comes to its end. */
const mostKills = 3;

test.each(['1', '2', '3'])(
  '--jobs %s: killed and gone on with, the files are the same',
  async (jobs) => {
    const next = random(Number(jobs));
    const cwd = folderWith({ 'in.ndjson': ndjsonOf(6) });
    const whole = folderWith({ 'in.ndjson': ndjsonOf(6) });
    const files = ['--output', 'out.ndjson', '--rejects', 'bad', '--summary', 'counts.json'];
    await run(['batch', 'in.ndjson', ...files, '--on', '2026-03-10', '--jobs', '1'], { cwd: whole });
    for (let kills = 0; !existsSync(join(cwd, 'out.ndjson')); kills += 1) {
      const child = start(cwd, ...files, '--jobs', jobs, '--checkpoint', '0', '--resume');
      const end = new Promise((done) => child.once('close', done));
      if (kills < mostKills) await Promise.race([end, wait(300 + next() * 1000)]);
      if (kills < mostKills) child.kill('SIGKILL');
      await end;
    }
    expect(written(cwd)).toEqual(written(whole));
  },
  120_000,
);
