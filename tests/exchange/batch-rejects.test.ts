import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { run } from '../run.ts';
import { shippedFolder } from '../shipped.ts';

const cwd = mkdtempSync(join(tmpdir(), 'batch-rejects-'));
afterAll(() => rmSync(cwd, { recursive: true }));

const samples = `${shippedFolder}/samples/applicants`;
const [good = '', other = ''] = readFileSync(`${samples}.ndjson`, 'utf8').split('\n');
const [header = '', row = '', next = ''] = readFileSync(`${samples}.csv`, 'utf8').split('\n');
const wrong = (record: string): string => record.replace(/("vitals.heartRate":|,)72/, '$1999');
const tabbed = (text: string): string => text.replaceAll(',', '\t');

const inputs: Readonly<Record<string, { readonly text: string; readonly rejects: string }>> = {
  ndjson: { text: `\ufeff${wrong(good)}\r\n${other}\r\n{"a":\r\n`, rejects: `${wrong(good)}\n{"a":\n` },
  json: { text: `[${good}, ${wrong(other)} ,{"a" 1}]`, rejects: `[\n${wrong(other)},\n{"a" 1}\n]\n` },
  csv: {
    text: `\ufeff${header}\r\n${row}\r\n${wrong(row)}\r\n"${next}\r\n`,
    rejects: `\ufeff${header}\r\n${wrong(row)}\r\n"${next}\r\n`,
  },
  tsv: {
    text: tabbed(`${header}\n${row},surplus\n${next}\n`),
    rejects: tabbed(`${header}\n${row},surplus\n`),
  },
};

interface Reason {
  readonly line: number;
  readonly errors: readonly { readonly code: string; readonly linkId: string }[];
}

describe('rejects are a file of the same format, with the records as they came', () => {
  test.each(Object.entries(inputs))('%s', async (format, { text, rejects }) => {
    const [input, bad, again] = [`in.${format}`, `bad.${format}`, `again.${format}`];
    writeFileSync(join(cwd, input), text);
    const batch = (from: string, to: string): ReturnType<typeof run> =>
      run(['batch', from, '--rejects', to, '--output', 'out.ndjson'], { cwd });
    const reasons = (name: string): readonly Reason[] =>
      readFileSync(join(cwd, `${name}.reasons.ndjson`), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Reason);
    expect((await batch(input, bad)).exit).toBe(1);
    expect(readFileSync(join(cwd, bad), 'utf8')).toBe(rejects);
    expect((await batch(bad, again)).exit).toBe(1);
    expect(readFileSync(join(cwd, again), 'utf8')).toBe(rejects);
    expect(reasons(again).map(({ errors }) => errors)).toEqual(reasons(bad).map(({ errors }) => errors));
    writeFileSync(
      join(cwd, bad),
      rejects.replace('999', '72').replace(/(,\n)?\{"a"[^\n]*\n|"[^\n]*\n$|[,\t]surplus/g, ''),
    );
    if (format !== 'json') expect((await batch(bad, 'none')).exit).toBe(0);
  });
});

test('a carriage return too many before the end of a line is still there', async () => {
  const text = `${header}\n"${row}"\r\r\n${wrong(row)}\r\n`;
  writeFileSync(join(cwd, 'returns.csv'), text);
  await run(['batch', 'returns.csv', '--rejects', 'returned.csv', '--output', 'out.ndjson'], { cwd });
  expect(readFileSync(join(cwd, 'returned.csv'), 'utf8')).toBe(`${header}\n"${row}"\r\r\n${wrong(row)}\n`);
});

test.each(['-', '/dev/stdout', '/dev/null'])(
  'rejects need a file of their own, not %s: 2, and nothing is written',
  async (name) => {
    writeFileSync(join(cwd, 'in.ndjson'), `${wrong(good)}\n`);
    const { exit, stdout, stderr } = await run(['batch', 'in.ndjson', '--rejects', name], { cwd });
    expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain('--rejects needs a file of its own');
    expect(existsSync(join(cwd, `${name}.reasons.ndjson`)) || existsSync(`${name}.reasons.ndjson`)).toBe(false);
  },
);

describe('a record that is too long to be held is a reject as it came too', () => {
  const long = 'x'.repeat(2_500_000);
  test.each<[string, string, string]>([
    ['ndjson', `${good}\n{"applicant.name":"${long}\n${other}\n${long}`, `{"applicant.name":"${long}\n${long}\n`],
    ['csv', `${header}\n${long}\r\n${row}\n"${long}\n${next}\n`, `${header}\n${long}\n"${long}\n`],
    ['json', `[${good},\n "${long}" ,${other}, {"a": "${long}"}]`, `[\n"${long}",\n{"a": "${long}"}\n]\n`],
  ])('%s', async (format, text, rejects) => {
    writeFileSync(join(cwd, `long.${format}`), text);
    for (const jobs of ['1', '2']) {
      const argv = ['--rejects', `bad.${format}`, '--output', 'out.ndjson', '--jobs', jobs, '--checkpoint', '0'];
      expect((await run(['batch', `long.${format}`, ...argv], { cwd })).exit).toBe(1);
      expect(readFileSync(join(cwd, `bad.${format}`), 'utf8') === rejects).toBe(true);
      const results = readFileSync(join(cwd, 'out.ndjson'), 'utf8').trimEnd().split('\n');
      expect(results.map((line) => JSON.parse(line).errors?.[0].code ?? 'fine')).toEqual(
        format === 'csv'
          ? ['record-too-long', 'fine', 'record-too-long', 'fine']
          : ['fine', 'record-too-long', 'fine', 'record-too-long'],
      );
    }
  });
});
