import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { afterAll, describe, expect, test } from 'vitest';
import { run } from '../run.ts';
import { shippedFolder } from '../shipped.ts';

const cwd = mkdtempSync(join(tmpdir(), 'batch-formats-'));
afterAll(() => rmSync(cwd, { recursive: true }));

const samples = `${shippedFolder}/samples/applicants`;
const ndjson = readFileSync(`${samples}.ndjson`);
const put = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(cwd, name), content);
  return name;
};
const batch = (...argv: readonly string[]): ReturnType<typeof run> => run(['batch', ...argv], { cwd });
const linesOf = (text: string | Buffer): string[] =>
  text
    .toString()
    .split('\n')
    .filter((line) => line !== '');

const gzipTwice = (zeros: number): Uint8Array =>
  Buffer.concat([zlib.gzipSync(ndjson), Buffer.alloc(zeros), zlib.gzipSync(ndjson)]);

const expected = (await batch(`${samples}.ndjson`)).stdout;

describe('what an input may be', () => {
  const rows: string[][] = parse(readFileSync(`${samples}.csv`));
  const list = `[\n${ndjson.toString().trimEnd().split('\n').join(',\n')}\n]\n`;

  test.each<[string, string | Uint8Array]>([
    ['applicants.json', list],
    ['applicants.ndjson.gz', zlib.gzipSync(ndjson)],
    ['named-otherwise.ndjson', zlib.gzipSync(ndjson)],
    ['in-parts.ndjson.gz', Buffer.concat([zlib.gzipSync(ndjson.subarray(0, 9)), zlib.gzipSync(ndjson.subarray(9))])],
    ['filled-up.ndjson.gz', Buffer.concat([zlib.gzipSync(ndjson), Buffer.alloc(1_000_000)])],
  ])('%s gives what NDJSON gives', async (name, content) => {
    const { exit, stdout } = await batch(put(name, content));
    expect({ exit, same: stdout.equals(expected) }).toEqual({ exit: 0, same: true });
  });

  test.each(['lines.json', 'lines.json.gz'])(
    'lines of JSON in %s are told as that before the first record',
    async (name) => {
      const crlf = ndjson.toString().replaceAll('\n', '\r\n\r\n');
      for (const content of [`\ufeff${crlf}`, ndjson]) {
        put(name, name.endsWith('.gz') ? zlib.gzipSync(content) : content);
        const { exit, stdout, stderr } = await batch(name);
        expect({ exit, stdout: stdout.toString(), stderr }).toEqual({
          exit: 2,
          stdout: '',
          stderr: `preinfuse: ${name} is lines of JSON, not one list\n  say it with --format ndjson\n`,
        });
      }
      expect((await batch(name, '--format', 'ndjson')).stdout.equals(expected)).toBe(true);
    },
  );

  test('TSV gives what CSV gives, quotes and all', async () => {
    const quoted = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join('\t')).join('\r\n');
    const [csv, tsv] = [await batch(`${samples}.csv`), await batch(put('applicants.tsv', quoted))];
    expect(tsv.stdout.equals(csv.stdout)).toBe(true);
  });

  test('zstd is read where Node has it, else the way out is told and works', async () => {
    const packed = put('applicants.ndjson.zst', execFileSync('zstd', ['-c'], { input: ndjson }));
    const { exit, stdout, stderr } = await batch(packed);
    if ('createZstdDecompress' in zlib) return expect(stdout.equals(expected)).toBe(true);
    expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain('zstd -dc FILE | preinfuse batch -');
    const expanded = execFileSync('zstd', ['-dc', join(cwd, packed)]);
    expect((await run(['batch', '-', '--format', 'ndjson'], { cwd, stdin: expanded })).stdout.equals(expected)).toBe(
      true,
    );
  });

  describe.skipIf(!('createZstdDecompress' in zlib))('zstd', () => {
    const zstd = (input: Uint8Array): Buffer => execFileSync('zstd', ['-c'], { input });
    const skippable = Buffer.concat([Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0), Buffer.from('abc')]);
    const [first, second] = [zstd(ndjson.subarray(0, 9)), zstd(ndjson.subarray(9))];
    const whole = zstd(ndjson);
    const noise = createHash('shake256', { outputLength: 300_000 }).digest('base64');
    const large = zstd(Buffer.concat([ndjson, Buffer.from(noise)]));

    test.each<[string, Uint8Array]>([
      ['in two frames', Buffer.concat([first, second])],
      ['with empty frames', Buffer.concat([zstd(Buffer.alloc(0)), first, zstd(Buffer.alloc(0)), second])],
      ['with skippable frames, first of all', Buffer.concat([skippable, first, skippable, second, skippable])],
      ['without a checksum or a size', execFileSync('zstd', ['-c', '--no-check'], { input: ndjson })],
    ])('%s is read to its end', async (_what, content) => {
      const { exit, stdout } = await batch(put('frames.ndjson.zst', content));
      expect({ exit, same: stdout.equals(expected) }).toEqual({ exit: 0, same: true });
    });

    test.each<[string, Uint8Array, string]>([
      ['cut off', whole.subarray(0, -20), 'ends too early'],
      ['cut off behind a block', whole.subarray(0, -4), 'ends too early'],
      ['cut off in a long frame', large.subarray(0, -100_000), 'ends too early'],
      ['cut off in the second frame', Buffer.concat([first, second.subarray(0, -1)]), 'ends too early'],
      ['damaged', Buffer.from(whole).fill(0x55, 200, 400), 'is damaged'],
      ['followed by something else', Buffer.concat([whole, Buffer.from('garbage')]), 'is damaged'],
      ['zstd only in its first bytes', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0, 7, 0, 0), 'is damaged'],
    ])('that is %s leaves no results', async (what, content, message) => {
      const { exit, stderr } = await batch(put('broken.ndjson.zst', content), '--output', `${what}.ndjson`);
      expect(exit).not.toBe(0);
      expect(stderr).toContain(`the zstd input ${message}`);
      expect(() => readFileSync(join(cwd, `${what}.ndjson`))).toThrow();
    });
  });

  test.each<[string, Uint8Array, string]>([
    ['cut off', zlib.gzipSync(ndjson).subarray(0, -20), 'ends too early'],
    ['damaged', zlib.gzipSync(ndjson).fill(0x55, 200, 400), 'is damaged'],
    ['gzip only in its first bytes', Uint8Array.of(0x1f, 0x8b, 1, 2, 3, 4), 'is damaged'],
    ['two behind each other with zeros between', gzipTwice(10), 'is damaged'],
    ['two behind each other with many zeros between', gzipTwice(1_000_000), 'is damaged'],
  ])('gzip that is %s leaves no results', async (what, content, message) => {
    const { exit, stderr } = await batch(put('broken.ndjson.gz', content), '--output', `${what}.ndjson`);
    expect(exit).not.toBe(0);
    expect(stderr).toContain(message);
    expect(() => readFileSync(join(cwd, `${what}.ndjson`))).toThrow();
  });

  test.each<[string, string | Uint8Array, string, string]>([
    ['CSV', readFileSync(`${samples}.csv`), 'a table', 'csv'],
    [
      'CSV in quotes, with a mark before it',
      `\ufeff"applicant.id","visit.date"\r\n"A","2026-03-10"\r\n`,
      'a table',
      'csv',
    ],
    ['CSV of a header alone', 'visit.date,applicant.id', 'a table', 'csv'],
    ['TSV', 'applicant.id\tvisit.date\nA\t2026-03-10\n', 'a table', 'tsv'],
    ['CSV, compressed', zlib.gzipSync(readFileSync(`${samples}.csv`)), 'a table', 'csv'],
    ['a JSON list', list, 'a JSON list', 'json'],
    ['a JSON list behind blank lines', `\n \n${list}`, 'a JSON list', 'json'],
    ['a JSON list in one line', JSON.stringify(JSON.parse(list)), 'a JSON list', 'json'],
  ])('%s on standard input without --format is one error that names it', async (_what, stdin, what, format) => {
    const { exit, stdout, stderr } = await run(['batch', '-', '--output', 'unnamed.ndjson'], { cwd, stdin });
    expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^preinfuse: standard input is ${what}, .*\\n  .*--format ${format}`));
    expect(readdirSync(cwd).filter((name) => name.includes('unnamed'))).toEqual([]);
    expect((await run(['batch', '-', '--format', format], { cwd, stdin })).exit).toBeLessThan(2);
  });

  test('whoever goes on writing such an input is not waited for', async () => {
    const stdin = new Readable({ read: () => undefined });
    stdin.push(readFileSync(`${samples}.csv`));
    expect((await run(['batch', '-'], { cwd, stdin })).exit).toBe(2);
    expect(stdin.destroyed).toBe(true);
  });

  test.each<[string, string]>([
    ['', ''],
    ['blank lines', '\n\n'],
    ['lines', ndjson.toString()],
    ['lines behind one that is no JSON', `no, JSON\n${ndjson}`],
  ])('what may be lines of JSON is read as such: %s', async (_what, stdin) => {
    const { exit, stdout } = await run(['batch', '-'], { cwd, stdin });
    expect(exit).toBeLessThan(2);
    expect(stdout.toString()).toBe((await run(['batch', '-', '--format', 'ndjson'], { cwd, stdin })).stdout.toString());
  });

  describe('JSON of one document in which nothing is', () => {
    test.each<[string, string, readonly string[]]>([
      ['', 'nothing.json', []],
      ['\ufeff', 'nothing.json', []],
      [' \n', 'nothing.json', ['--format', 'json']],
      ['', 'nothing.json', ['--format', 'fhir']],
      ['\n', '-', ['--format', 'json']],
    ])('%j in %s stops the run before it begins, as an empty table does: %j', async (text, name, options) => {
      put('nothing.json', text);
      const { exit, stdout, stderr } = await run(['batch', name, ...options], { cwd, stdin: text });
      expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 2, stdout: '' });
      expect(stderr).toMatch(
        /^preinfuse: (nothing\.json|standard input) is empty\n {2}a list without records is \[\]\n$/,
      );
    });

    test.each<[string, string, readonly string[]]>([
      ['[]', 'nothing.json', []],
      ['\n', 'nothing.json', ['--format', 'ndjson']],
      ['', 'nothing.ndjson', ['--format', 'fhir']],
    ])('%j in %s has no records: %j', async (text, name, options) => {
      const { exit, stdout } = await batch(put(name, text), ...options);
      expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 0, stdout: '' });
    });
  });

  test.each([
    ['a record', 1, 'not-json'],
    ['more than a record may have', 1200, 'record-too-long'],
  ])('a list that a missing quote breaks off never looks complete: %s behind it', async (_what, behind, code) => {
    const [first = '', second = '', third = ''] = linesOf(ndjson);
    const broken = second.replace('"S-002"', '"S-002');
    put('broken-off.json', `[${[first, broken, ...new Array<string>(behind).fill(third)].join(',\n')}]`);
    for (const more of [[], ['--quiet']]) {
      const { exit, stdout, stderr } = await batch('broken-off.json', '--summary', 'broken-off.txt', ...more);
      expect(exit).toBe(1);
      expect(linesOf(stdout).map((line) => JSON.parse(line))).toMatchObject([
        { line: 1, disposition: 'proceed' },
        { line: 2, errors: [{ code, message: expect.stringContaining('nothing from here on was') }] },
      ]);
      expect(linesOf(stderr).at(-1)).toMatch(
        /^NOT SCREENED: part of the list: a quote or a bracket is missing in a record in error/,
      );
      if (more.length === 0) expect(stderr).toContain('exit 1: 1 in error, not screened to its end\n');
      const summary = JSON.parse(readFileSync(join(cwd, 'broken-off.txt'), 'utf8'));
      expect(summary).toMatchObject({ records: 2, inError: 1, brokenOff: true });
    }
  });

  test.each([
    ['some records', 2, 1],
    ['more than a record may have', 1200, 2],
  ])('two missing quotes in a list are no single record in error: %s between', async (_what, between, jobs) => {
    const [first = '', second = '', third = '', fourth = ''] = linesOf(ndjson);
    const [lost, again] = [second, fourth].map((each) => each.replace(/("applicant.id":)"/, '$1'));
    const list = [first, lost, ...new Array<string>(between).fill(third), again, first];
    put('tangled.json', `[${list.join(',\r\n')}]`);
    const more = ['--quiet', '--jobs', String(jobs), '--report', 'tangled.svg'];
    const { exit, stdout, stderr } = await batch('tangled.json', ...more);
    expect(readFileSync(join(cwd, 'tangled.svg'), 'utf8')).toContain(
      'Not complete: part of the list was not screened.',
    );
    expect(exit).toBe(1);
    expect(linesOf(stdout).map((line) => JSON.parse(line))).toMatchObject([
      { line: 1, disposition: 'proceed' },
      { line: 2, errors: [{ code: 'not-json', message: expect.stringContaining('none of them was screened') }] },
      { line: 3, disposition: 'proceed' },
    ]);
    expect(linesOf(stderr)).toEqual([expect.stringMatching(/^NOT SCREENED: part of the list/)]);
  });

  test('a text with a line end in it is one record in error, and the others are screened', async () => {
    const [first = '', second = ''] = linesOf(ndjson);
    put('two-lines.json', `[${[first.replace('"S-001"', '"S-\n001"'), second].join(',\n')}]`);
    const { exit, stdout, stderr } = await batch('two-lines.json', '--quiet');
    expect([exit, stderr]).toEqual([1, '']);
    expect(linesOf(stdout)).toHaveLength(2);
  });

  test('lines that end in a carriage return alone are told as such', async () => {
    const { exit, stderr } = await batch(put('mac.csv', readFileSync(`${samples}.csv`, 'utf8').replaceAll('\n', '\r')));
    expect(exit).toBe(2);
    expect(stderr).toContain('carriage return alone');
  });
});

describe('what the results may be', () => {
  test('a JSON list with the same results', async () => {
    await batch(`${samples}.ndjson`, '--output', 'results.json');
    expect(JSON.parse(readFileSync(join(cwd, 'results.json'), 'utf8'))).toEqual(
      linesOf(expected).map((line) => JSON.parse(line)),
    );
    await batch(put('empty.ndjson', ''), '--output', 'none.json');
    expect(JSON.parse(readFileSync(join(cwd, 'none.json'), 'utf8'))).toEqual([]);
  });

  test('the columns that are chosen, in their order, on standard output too', async () => {
    const { stdout } = await batch(`${samples}.ndjson`, '--columns', 'disposition,line,phq9.total');
    expect(linesOf(stdout).slice(0, 2)).toEqual([
      'disposition,line,phq9.total',
      expect.stringMatching(/^proceed,1,\d+$/),
    ]);
  });

  test('tabs where the name says so', async () => {
    await batch(`${samples}.ndjson`, '--output', 'results.tsv', '--columns', 'line,disposition');
    expect(linesOf(readFileSync(join(cwd, 'results.tsv')))[1]).toBe('1\tproceed');
  });

  test('only those that are wanted; a list stays a list', async () => {
    const kinds = (text: string): string[] => JSON.parse(text).map((each: { disposition: string }) => each.disposition);
    await batch(`${samples}.ndjson`, '--only', 'emergency, defer', '--output', 'some.json');
    const written = kinds(readFileSync(join(cwd, 'some.json'), 'utf8'));
    const all = linesOf(expected).map((line) => JSON.parse(line).disposition as string);
    expect(written).toEqual(all.filter((kind) => kind === 'emergency' || kind === 'defer'));
    expect(written.length).toBeGreaterThan(1);
  });

  test.each([
    ['--columns', 'line,nowhere'],
    ['--columns', 'line,line'],
    ['--only', 'deferred'],
    ['--fail-on', 'error'],
    ['--output', 'results.ndjson.gz'],
    ['--columns', 'line', '--output', 'results.ndjson'],
  ])('%s %s is refused before anything is read', async (...argv) => {
    const { exit, stdout, stderr } = await batch(`${samples}.ndjson`, ...argv);
    expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toMatch(/^preinfuse: .+\n {2}\S/);
  });

  test.each([
    ['emergency', 'defer', 0],
    ['defer', 'defer', 1],
    ['clinician-review', 'defer', 1],
  ])('--fail-on %s where a record comes to %s exits %d', async (failOn, disposition, exit) => {
    const line = linesOf(ndjson)[linesOf(expected).findIndex((each) => JSON.parse(each).disposition === disposition)];
    expect((await batch(put('one.ndjson', `${line}\n`), '--fail-on', failOn)).exit).toBe(exit);
  });
});

test.each(['=1+1', '+1', '-1+1', '@SUM(1)', '\uff1d1', 'MRN;=1+1', 'MRN, +1', 'MRN;"x";-1'])(
  'an id %j opens no formula in a spreadsheet, whatever its separator',
  async (id) => {
    const record = JSON.stringify({ ...JSON.parse(linesOf(ndjson)[0] ?? ''), 'applicant.id': id });
    for (const name of ['safe.csv', 'safe.tsv']) {
      await batch(put('formula.ndjson', record), '--output', name);
      const text = readFileSync(join(cwd, name), 'utf8');
      for (const separator of [',', ';', '\t', '|']) {
        const cells = text.split('\n').flatMap((line) => line.split(separator));
        expect(cells.filter((cell) => /^\s*"?\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(cell))).toEqual([]);
      }
    }
  },
);
