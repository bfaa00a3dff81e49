import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { sampleKey } from '../../src/cli/forms/form-key.ts';
import { run } from '../run.ts';
import { shippedFolder } from '../shipped.ts';

const cwd = mkdtempSync(join(tmpdir(), 'batch-'));
afterAll(() => rmSync(cwd, { recursive: true }));

const samples = `${shippedFolder}/samples/applicants`;
const put = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(cwd, name), content);
  return name;
};
const good = readFileSync(`${samples}.ndjson`, 'utf8').split('\n')[0] as string;

interface Line {
  readonly line: number;
  readonly disposition?: string;
  readonly errors?: readonly { readonly code: string; readonly message: string }[];
}

async function results(...argv: readonly string[]): Promise<readonly Line[]> {
  const { stdout } = await run(['batch', ...argv], { cwd });
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

test('CSV and NDJSON of the same applicants give the same results', async () => {
  const [json, csv] = [await results(`${samples}.ndjson`), await results(`${samples}.csv`)];
  expect(json).toHaveLength(12);
  expect(csv.map((each) => ({ ...each, line: each.line - 1 }))).toEqual(json);
});

describe('bad input is an error of its record, and the next one goes on', () => {
  test.each<[string, string | Uint8Array]>([
    ['not JSON', '{"a":'],
    ['a list', '[1,2]'],
    ['a text', '"abc"'],
    ['a key twice', good.replace('{', '{"today.escort":false,')],
    ['10,000 levels', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['a record of 2 MB', `{"applicant.name":"${'x'.repeat(2_000_000)}"}`],
    ['bytes that are not UTF-8', Uint8Array.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['NUL', '{"a\u0000":1}'],
    ['a number beyond a double', good.replace('"vitals.heartRate":72', '"vitals.heartRate":1e999')],
  ])('%s', async (_what, bad) => {
    const lines = await results(
      put('bad.ndjson', Buffer.concat([Buffer.from(`${good}\n`), Buffer.from(bad), Buffer.from(`\n${good}\n`)])),
    );
    expect(lines.map(({ line }) => line)).toEqual([1, 2, 3]);
    expect(lines.map(({ disposition }) => disposition)).toEqual(['proceed', undefined, 'proceed']);
    expect(lines[1]?.errors?.length).toBeGreaterThan(0);
  });

  test('a byte order mark, CRLF and blank lines are passed over', async () => {
    const lines = await results(put('marked.ndjson', `\ufeff${good}\r\n\r\n${good}\r\n`));
    expect(lines.map(({ line, disposition }) => [line, disposition])).toEqual([
      [1, 'proceed'],
      [3, 'proceed'],
    ]);
  });
});

describe('CSV', () => {
  const [header = '', row = ''] = readFileSync(`${samples}.csv`, 'utf8').split('\n');

  test.each<[string, string]>([
    ['an unknown column', `${header},vitals.systolc\n${row},1\n`],
    ['a column twice', `${header},today.escort\n${row},true\n`],
    ['an empty file', ''],
  ])('%s stops the run before it begins', async (_what, text) => {
    const { exit, stdout, stderr } = await run(['batch', put('header.csv', text)], { cwd });
    expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).not.toBe('');
  });

  test('a table without a header is told, and nothing in it', async () => {
    const { exit, stderr } = await run(['batch', put('bare.csv', `${row}\n${row}\n`)], { cwd });
    expect(exit).toBe(2);
    expect(stderr).toContain('it looks like data, not like a header');
    for (const cell of row.split(',').filter((each) => /[A-Z0-9]{3}/.test(each))) expect(stderr).not.toContain(cell);
  });

  test.each<[string, string, string]>([
    ['blanks around names', header.replaceAll(',', ', '), 'column 2: applicant.id: take away the blanks around it'],
    ['a first line that is blank', `  \n${header}`, 'the first line is blank: the header must stand there'],
  ])('%s: the header says what to do', async (_what, head, message) => {
    const { exit, stderr } = await run(['batch', put('header.csv', `${head}\n${row}\n`)], { cwd });
    expect(exit).toBe(2);
    expect(stderr).toContain(message);
  });

  test('a column that is named by a word of somebody is told by its place', async () => {
    const { stderr } = await run(['batch', put('word.csv', `${header},smith,MRN-88213\n${row},1,1\n`)], { cwd });
    expect(stderr).toMatch(/column \d+: its name is not a linkId/);
    expect(stderr).not.toMatch(/smith|MRN/);
  });

  test('a ragged row is an error of its own line', async () => {
    const lines = await results(put('ragged.csv', `${header}\n${row}\n${row},surplus\n${row}\n`));
    expect(lines.map(({ line, disposition }) => [line, disposition])).toEqual([
      [2, 'proceed'],
      [3, undefined],
      [4, 'proceed'],
    ]);
  });

  test('quotes may reach over lines, and lines are counted as an editor does', async () => {
    const quoted = row.replace('Sample Applicant One', '"Sample, One"');
    const lines = await results(put('quoted.csv', `${header}\n${quoted}\n${row}\n`));
    expect(lines.map(({ line, disposition }) => [line, disposition])).toEqual([
      [2, 'proceed'],
      [3, 'proceed'],
    ]);
  });

  test('results are safe to open in a spreadsheet', async () => {
    const evil = good.replace('S-001', '=HYPERLINK(1)');
    await run(['batch', put('evil.ndjson', `${evil}\n`), '--output', 'evil.csv'], { cwd });
    const text = readFileSync(join(cwd, 'evil.csv'), 'utf8');
    expect(text).not.toMatch(/(^|,|\n)"?=/);
    expect(text).toContain('HYPERLINK');
  });
});

test('records in error go to the rejects as they came, with the reason beside', async () => {
  const bad = good.replace('"vitals.systolic":124', '"vitals.systolic":999');
  const { exit } = await run(
    ['batch', put('mixed.ndjson', `${good}\n${bad}\n`), '--rejects', 'rejects.ndjson', '--output', 'out.ndjson'],
    { cwd },
  );
  expect(exit).toBe(1);
  expect(readFileSync(join(cwd, 'rejects.ndjson'), 'utf8')).toBe(`${bad}\n`);
  expect(readFileSync(join(cwd, 'rejects.ndjson.reasons.ndjson'), 'utf8')).toContain('out-of-range');
});

test('consent forms are made only for those who may have one, and the result names them', async () => {
  const { stdout } = await run(['batch', `${samples}.ndjson`, '--consent-dir', 'forms'], { cwd });
  const lines = stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { disposition: string; digest: string; form?: string });
  const allowed = lines.filter(({ disposition }) => disposition.startsWith('proceed'));
  expect(lines.filter(({ form }) => form !== undefined)).toEqual(allowed);
  expect(readdirSync(join(cwd, 'forms')).sort()).toEqual(allowed.map(({ form }) => form).sort());
  // The name comes from the key, not from what anybody can take.
  expect(allowed.map(({ form }) => form)).toEqual(
    allowed.map(({ digest }) => `${sampleKey.mac(`form name\n${digest}`).slice(0, 16)}.pdf`),
  );
});
