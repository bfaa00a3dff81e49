import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { DOMParser } from '@xmldom/xmldom';
import { PDFDocument } from 'pdf-lib';
import { afterAll, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { openFilesIn, saysOpenFiles } from '../open-files.ts';
import { ioIn, run } from '../run.ts';
import { shippedFolder } from '../shipped.ts';

const cwd = mkdtempSync(join(tmpdir(), 'batch-summary-'));
afterAll(() => rmSync(cwd, { recursive: true }));

const good = readFileSync(`${shippedFolder}/samples/applicants.ndjson`, 'utf8').split('\n')[0] as string;
const sheet = (changes: object): string => JSON.stringify({ ...JSON.parse(good), ...changes });
const secret = 'ZZPATIENT';
writeFileSync(
  join(cwd, 'in.ndjson'),
  [
    sheet({ 'applicant.name': secret }),
    sheet({ 'applicant.name': secret, 'suicide.attemptInProgress': true }),
    sheet({ 'neuro.seizures': { absent: 'unknown' } }),
    `{"${secret} Anna": 1}`,
    '{"a":',
    sheet({ 'cardiac.avm': { absent: 'declined' }, 'neuro.seizures': { absent: 'unknown' } }),
  ].join('\n'),
);
const wayOut = 'name a place that is there, has room, and that you may write to';
const batch = (...argv: readonly string[]): ReturnType<typeof run> => run(['batch', 'in.ndjson', ...argv], { cwd });

test('--summary counts dispositions, findings, errors and questions without an answer', async () => {
  const { exit } = await batch('--output', 'out.ndjson', '--summary', 'summary.json');
  const text = readFileSync(join(cwd, 'summary.json'), 'utf8');
  expect(exit).toBe(1);
  expect(JSON.parse(text)).toMatchObject({
    questionnaire: expect.stringMatching(/^iv-ketamine\|/),
    definition: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    records: 6,
    dispositions: { emergency: 1, defer: 2, proceed: 1 },
    inError: 2,
    unit: 'line',
    firstEmergencies: [2],
    firstInError: [4, 5],
    withoutAnswer: { 'neuro.seizures': 2, 'cardiac.avm': 1 },
    errors: { 'unknown-link-id': 1, 'not-json': 1 },
  });
  expect(text).not.toContain(secret);
});

test('an answer that is absent counts where no finding speaks of it, and one inside a repeat', async () => {
  const trial = { medication: 'sertraline', days: 60, currentEpisode: true, adherent: true, improvement: 'none' };
  const sheets = [
    sheet({ 'history.ect': { absent: 'unknown' } }),
    sheet({ 'history.ect': { absent: 'declined' }, trial: [trial, { ...trial, dose: { absent: 'unknown' } }] }),
  ];
  for (const [name, text] of [
    ['plain.ndjson', sheets.join('\n')],
    ['spaced.ndjson', sheets.map((each) => ` ${each}`).join('\n')],
  ] as const) {
    writeFileSync(join(cwd, name), text);
    await run(['batch', name, '--output', 'absent.ndjson', '--summary', 'absent.json'], { cwd });
    const { withoutAnswer } = JSON.parse(readFileSync(join(cwd, 'absent.json'), 'utf8'));
    expect(withoutAnswer).toMatchObject({ 'history.ect': 2, 'trial.dose': 1 });
  }
});

test('emergencies stand first in the table, and are said again at the end even where all is quiet', async () => {
  const { stderr } = await batch('--output', 'out.ndjson');
  const table = stderr.slice(stderr.indexOf('6 records'));
  expect(table.split('\n').slice(2, 3)).toEqual([expect.stringMatching(/^ {2}emergency +1 {3}line 2$/)]);
  expect(table).toContain('exit 1: 2 in error');
  expect(stderr.trimEnd().split('\n').at(-1)).toBe('URGENT, act today: line 2');
  const quiet = (await batch('--output', 'out.ndjson', '--quiet')).stderr.trimEnd().split('\n');
  expect(quiet).toEqual([expect.stringMatching(/^URGENT {2}line 2 {2}em-/), 'URGENT, act today: line 2']);
});

test('--progress json writes nothing but lines of JSON, the summary last', async () => {
  const { stderr } = await batch('--output', 'out.ndjson', '--progress', 'json');
  const events = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string });
  expect(events.map(({ event }) => event)).toEqual(['urgent', 'in-error', 'in-error', 'summary']);
  expect(events.at(-1)).toMatchObject({ records: 6, inError: 2, exit: 1 });
  expect(stderr).not.toContain(secret);
});

test.each([
  ['plain', /^(0 records, 0 a second\n)+1 record, /],
  ['json', /^(\{"event":"progress","records":0,.*\n)+\{"event":"progress","records":1,/],
])('--progress %s: a line comes now and then while the input waits', async (kind, said) => {
  const { io, stderr } = ioIn({ cwd, stdin: slowly(good, '\n', good) });
  const startedAt = Date.now();
  const fast = { ...io, now: () => new Date(startedAt + 20 * (Date.now() - startedAt)) };
  expect(await main(['batch', '-', '--format', 'ndjson', '--progress', kind], fast)).toBe(0);
  expect(stderr()).toMatch(said);
});

test('--report draws one page as PDF or SVG, the same bytes each time and nothing of a patient', async () => {
  const made = await Promise.all(
    ['a.pdf', 'b.pdf', 'a.svg', 'b.svg'].map(async (name) => {
      await batch('--output', `${name}.ndjson`, '--report', name);
      return readFileSync(join(cwd, name));
    }),
  );
  const [pdf, again, svg, svgAgain] = made as [Buffer, Buffer, Buffer, Buffer];
  expect(pdf.equals(again) && svg.equals(svgAgain)).toBe(true);
  const document = await PDFDocument.load(pdf);
  expect(document.getPageCount()).toBe(1);
  const text = new DOMParser().parseFromString(svg.toString(), 'image/svg+xml').documentElement?.textContent ?? '';
  for (const word of ['emergency', 'Emergencies: line 2.', 'neuro.seizures', 'unknown-link-id']) {
    expect(text.replaceAll(/\s+/g, ' ')).toContain(word);
  }
  expect(text).not.toContain(secret);
});

test('a report of another name, or one file for two things, is refused before anything is read', async () => {
  for (const argv of [
    ['--report', 'report.html'],
    ['--progress', 'loud'],
    ['--summary', 'x.json', '--report', 'x.json'],
    ['--summary', 'in.ndjson'],
  ]) {
    const { exit, stdout } = await batch(...argv);
    expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 2, stdout: '' });
  }
  expect(readdirSync(cwd)).not.toContain('report.html');
});

test.each(['--summary', '--report'])('%s - is refused: standard output has the results', async (option) => {
  const { exit, stdout, stderr } = await batch(option, '-');
  expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 2, stdout: '' });
  expect(stderr).toContain(`${option} needs a file`);
  expect(readdirSync(cwd)).not.toContain('-');
});

mkdirSync(join(cwd, 'a-folder.pdf'));
mkdirSync(join(cwd, 'closed'), { mode: 0o500 });
const isRoot = process.getuid?.() === 0;

describe.each(['--summary', '--report'])('%s that cannot be written is told before the first record', (option) => {
  test.each<[string, string]>([
    ['nowhere/counts.pdf', 'there is no such folder'],
    ['a-folder.pdf', 'it is a folder'],
    ...(isRoot ? [] : [['closed/counts.pdf', 'you may not write there'] satisfies [string, string]]),
  ])('%s', async (name, why) => {
    const { exit, stdout, stderr } = await batch('--output', 'untouched.ndjson', option, name);
    expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toBe(`preinfuse: cannot write ${basename(name)}: ${why}\n  ${wayOut}\n`);
    expect(readdirSync(cwd).filter((each) => each.startsWith('untouched'))).toEqual([]);
  });
});

test('what a killed run left of its counts is taken away by the next', async () => {
  for (const name of ['after.json', 'after.svg']) writeFileSync(join(cwd, `${name}.partial`), 'half of it');
  await batch('--output', 'out.ndjson', '--summary', 'after.json', '--report', 'after.svg');
  expect(readdirSync(cwd).filter((name) => name.startsWith('after'))).toEqual(['after.json', 'after.svg']);
  expect(readFileSync(join(cwd, 'after.json'), 'utf8')).not.toContain('half of it');
});

test('two runs never write the same counts', async () => {
  const first = run(['batch', '-', '--output', 'one.ndjson', '--summary', 'shared.json'], { cwd, stdin: slowly(good) });
  await expect.poll(() => readdirSync(cwd)).toContain('shared.json.partial.lock');
  const second = await batch('--output', 'two.ndjson', '--summary', 'shared.json');
  expect([second.exit, second.stderr]).toEqual([2, expect.stringContaining('another batch is writing shared.json')]);
  expect((await first).exit).toBe(0);
  expect(readdirSync(cwd).filter((name) => name.startsWith('shared'))).toEqual(['shared.json']);
});

/** The parts of an input, each half a second after the one before. */
function slowly(...parts: readonly string[]): Readable {
  return Readable.from(
    (async function* () {
      for (const part of parts) {
        await setTimeout(500);
        yield Buffer.from(part);
      }
    })(),
  );
}

test.skipIf(!saysOpenFiles)(
  'counts that cannot be written: nothing is in place, all stays for another run, and no file stays open',
  async () => {
    const argv = ['--output', 'all.ndjson', '--rejects', 'again.ndjson'];
    const { exit, stderr } = await batch(...argv, '--summary', '/dev/full');
    expect([exit, stderr]).toEqual([75, expect.stringContaining('cannot write full: the disk is full')]);
    await expect.poll(() => openFilesIn(cwd)).toEqual([]);
    expect(readdirSync(cwd)).not.toContain('all.ndjson');
    expect(readdirSync(cwd)).not.toContain('again.ndjson');
    expect((await batch(...argv, '--resume')).stderr).toContain('going on after 6 records');
  },
);
