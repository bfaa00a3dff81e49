import {
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../folder.ts';
import { type Run, run } from '../run.ts';
import { baselineSheet } from '../wizard/driving.ts';

/* What another account could have put where the program writes: links, files of their own, half-written ones. */

const somebody = 65_534;
const isRoot = process.getuid?.() === 0;
const needsRoot = isRoot ? '' : ' (needs root, who alone can make what belongs to another account)';

const refused = '{"applicant.name": 7}';
const sheets = `${JSON.stringify(baselineSheet)}\n${refused}\n`;

interface Desk {
  readonly cwd: string;
  readonly preinfuse: (...argv: readonly string[]) => Promise<Run>;
}

/** A desk with one draft in its store. */
async function desk(): Promise<Desk> {
  const cwd = folderWith({
    'sheet.json': JSON.stringify(baselineSheet),
    'begun.json': JSON.stringify({ ...baselineSheet, 'history.tms': undefined }),
    'sheets.ndjson': sheets,
    'theirs/victim': 'mine',
  });
  const env = { XDG_STATE_HOME: join(cwd, 'state') };
  const day = ['--on', '2026-03-10'];
  await run(['screen', '--plain', '--answers', 'begun.json', ...day], { cwd, env, stdin: '1\n' });
  return { cwd, preinfuse: (...argv) => run([...argv, ...day], { cwd, env }) };
}

/** Every command that writes a file where it is asked to, and the name of that file. */
const writers: readonly (readonly [string, readonly string[]])[] = [
  ['form.pdf', ['consent', 'sheet.json', '--output', 'form.pdf', '--force']],
  ['results.ndjson', ['batch', 'sheets.ndjson', '--output', 'results.ndjson']],
  ['rejects.ndjson', ['batch', 'sheets.ndjson', '--output', 'all.ndjson', '--rejects', 'rejects.ndjson']],
  ['rejects.ndjson.reasons.ndjson', ['batch', 'sheets.ndjson', '-o', 'all.ndjson', '--rejects', 'rejects.ndjson']],
  ['counts.json', ['batch', 'sheets.ndjson', '--output', 'all.ndjson', '--summary', 'counts.json']],
  ['counts.svg', ['batch', 'sheets.ndjson', '--output', 'all.ndjson', '--report', 'counts.svg']],
  ['all.csv', ['records', 'export', '--format', 'csv', '--output', 'all.csv']],
  ['all.backup', ['records', 'backup', 'all.backup', '--force']],
];

describe.each(writers)('%s', (name, argv) => {
  test.skipIf(!isRoot)(
    `a link of another account in its place is refused, and leads to what it led to${needsRoot}`,
    async () => {
      const { cwd, preinfuse } = await desk();
      symlinkSync(join('theirs', 'victim'), join(cwd, name));
      lchownSync(join(cwd, name), somebody, somebody);
      const { exit, stderr } = await preinfuse(...argv);
      expect([exit === 2 || exit === 75, stderr]).toEqual([true, expect.stringContaining('a link stands in the way')]);
      expect([readFileSync(join(cwd, 'theirs', 'victim'), 'utf8'), readlinkSync(join(cwd, name))]).toEqual([
        'mine',
        'theirs/victim',
      ]);
      expect(readdirSync(join(cwd, 'theirs'))).toEqual(['victim']);
    },
  );

  test.skipIf(!isRoot)(
    `a file of another account in its place is not written into, and its reach is not taken over${needsRoot}`,
    async () => {
      const { cwd, preinfuse } = await desk();
      const path = join(cwd, name);
      writeFileSync(path, 'theirs', { mode: 0o666 });
      lchownSync(path, somebody, somebody);
      const before = statSync(path).ino;
      await preinfuse(...argv);
      const { ino, uid, mode } = statSync(path);
      expect([ino === before, uid, mode & 0o777]).toEqual([false, process.getuid?.(), 0o600]);
    },
  );

  test('links at the names that it could write first: what they lead to stays as it was', async () => {
    const { cwd, preinfuse } = await desk();
    const guessable = ['.tmp', '.partial', '.partial.json', '.partial.json.tmp', '~', '.new', '.bak'];
    const planted = ['all.ndjson', name].flatMap((each) => guessable.map((end) => `${each}${end}`));
    for (const each of new Set(planted)) symlinkSync(join('theirs', 'victim'), join(cwd, each));
    expect([0, 1]).toContain((await preinfuse(...argv)).exit);
    expect(readFileSync(join(cwd, 'theirs', 'victim'), 'utf8')).toBe('mine');
    expect(lstatSync(join(cwd, name)).isFile()).toBe(true);
  });
});

test.skipIf(!isRoot)(
  `a batch does not go on with what another account left beside its output${needsRoot}`,
  async () => {
    const { cwd, preinfuse } = await desk();
    await preinfuse('batch', 'sheets.ndjson', '--output', 'whole.ndjson');
    const whole = readFileSync(join(cwd, 'whole.ndjson'));
    const line = JSON.stringify({ writer: { pid: 1, began: '1' }, state: { input: { offset: 0 } } });
    for (const [name, text] of [
      ['results.ndjson.partial', 'theirs\n'],
      ['results.ndjson.partial.json', line],
    ] as const) {
      writeFileSync(join(cwd, name), text, { mode: 0o666 });
      lchownSync(join(cwd, name), somebody, somebody);
    }
    const { exit, stderr } = await preinfuse('batch', 'sheets.ndjson', '--output', 'results.ndjson', '--resume');
    expect([exit, stderr]).toEqual([1, expect.not.stringContaining('going on')]);
    expect(readFileSync(join(cwd, 'results.ndjson'))).toEqual(whole);
    expect(statSync(join(cwd, 'results.ndjson')).mode & 0o777).toBe(0o600);
  },
);

test('a folder of forms gets files of its own by keyed names, whatever the chart reference says', async () => {
  const { cwd, preinfuse } = await desk();
  const references = ['../../outside', '/etc/passwd', 'a/../b', 'con', '.', '..', '%2e%2e%2f', 'x'.repeat(64)];
  const lines = references.map((reference) =>
    JSON.stringify({ ...baselineSheet, 'applicant.id': reference, 'applicant.name': reference }),
  );
  writeFileSync(join(cwd, 'many.ndjson'), `${lines.join('\n')}\n`);
  mkdirSync(join(cwd, 'forms'), { mode: 0o700 });
  const before = readdirSync(cwd).sort();
  expect((await preinfuse('batch', 'many.ndjson', '--output', 'many.out.ndjson', '--consent-dir', 'forms')).exit).toBe(
    0,
  );
  const forms = readdirSync(join(cwd, 'forms'));
  expect([forms.length, forms.filter((form) => !/^[0-9a-f]{16}\.pdf$/.test(form))]).toEqual([references.length, []]);
  expect(readdirSync(cwd).filter((each) => !before.includes(each))).toEqual(['many.out.ndjson']);
});
