import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findCase, save } from '../../src/record/cases.ts';
import { toSeal } from '../../src/record/life.ts';
import { folderWith } from '../folder.ts';
import { inStore, lastDocument } from '../records.ts';
import { type Run, run } from '../run.ts';
import { changeSqliteFile } from '../sqlite-file.ts';
import { baselineSheet } from '../wizard/driving.ts';

/* Whoever can write to the database is no friend: what they put there neither reaches a terminal as it is, nor another place. */

interface Desk {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly preinfuse: (argv: readonly string[], stdin?: string) => Promise<Run>;
}

function desk(): Desk {
  const root = folderWith({});
  const cwd = join(root, 'a', 'b');
  mkdirSync(cwd, { recursive: true });
  const env = { XDG_STATE_HOME: join(cwd, 'state') };
  return { cwd, env, preinfuse: (argv, stdin = '') => run([...argv, '--on', '2026-03-10'], { cwd, env, stdin }) };
}

/** A draft that waits for one answer; its id. */
async function draftIn({ cwd, preinfuse }: Desk): Promise<string> {
  const { 'today.escort': _, ...answers } = baselineSheet;
  writeFileSync(join(cwd, 'sheet.json'), JSON.stringify({ ...answers, 'today.illness': undefined }));
  const { stderr } = await preinfuse(['screen', '--plain', '--answers', 'sheet.json'], '1\n');
  return /--resume ([0-9A-Z]{4}-[0-9A-Z]{4})/.exec(stderr)?.[1] ?? '';
}

test.each(['../../../outside', '/outside', 'x/../../../../outside', '\u001b[31m'])(
  'a draft whose sealed id is %j writes its form where any other does',
  async (hostile) => {
    const here = desk();
    const id = await draftIn(here);
    const document = await lastDocument<object>(here.cwd, here.env, id);
    await inStore(here.cwd, here.env, async ({ store, vault }) => {
      const found = await findCase(store, id);
      if (!found) throw new Error('there is no draft');
      const { id: caseId, version, state: _s, saved: _d, savedBy: _b, ...facts } = found;
      const change = { caseId, version, state: 'draft', kind: 'draft', facts, event: 'draft-saved' } as const;
      await save(store, vault, { ...change, document: toSeal({ ...document, id: hostile }) });
    });
    const { exit, stdout } = await here.preinfuse(['screen', '--plain', '--resume', id], '\nyes\n\n1\n1\n1\n1\n\n');
    expect([exit, stdout.toString()]).toEqual([0, expect.stringContaining(`consent-${id}.pdf`)]);
    expect(readdirSync(here.cwd).sort()).toEqual([`consent-${id}.pdf`, 'sheet.json', 'state']);
    expect(readdirSync(join(here.cwd, '..', '..'))).toEqual(['a']);
  },
);

test('nothing that stands in clear in the store reaches a terminal as it is', async () => {
  const here = desk();
  await draftIn(here);
  const hostile = "'x' || char(27) || '[2J' || char(155) || '31m' || char(8238) || 'y'";
  const columns = ['id', 'state', 'definition', 'section', 'saved', 'saved_by', 'form'];
  const changes = columns.map((column) => `${column} = ${hostile}`).join(', ');
  changeSqliteFile(
    join(here.cwd, 'state', 'preinfuse', 'records.db'),
    `PRAGMA foreign_keys = OFF; update cases set ${changes}`,
  );
  for (const argv of [
    ['records', 'list'],
    ['records', 'list', '--json'],
    ['records', 'verify'],
    ['screen', '--plain', '--resume'],
    ['key', 'reindex'],
  ]) {
    const { stdout, stderr } = await here.preinfuse(argv);
    const said = stdout.toString() + stderr;
    expect([argv, /[\p{Cc}\u202e]/u.test(said.replaceAll('\n', '')), said]).toEqual([argv, false, said]);
  }
  const listed = (await here.preinfuse(['records', 'list', '--json'])).stdout.toString();
  expect((JSON.parse(listed) as { readonly id: string }).id).toBe('x\u001b[2J\u009b31m\u202ey');
});

test.each<[string, readonly string[], string, number, RegExp]>([
  ['what stands for windows', ['records', 'list'], "update cases set windows = '{'", 0, /^$/],
  [
    'who a data key is for',
    ['screen', '--plain', '--resume'],
    "update data_key set recipients = 'x'",
    2,
    /cannot be opened/,
  ],
  ['a table taken away', ['records', 'list'], 'drop table audit', 2, /are not as preinfuse made them/],
  ['the head taken away', ['records', 'verify'], 'delete from chain', 2, /are not as preinfuse made them/],
])('%s is no bug of preinfuse', async (_what, argv, sql, expected, told) => {
  const here = desk();
  const id = await draftIn(here);
  changeSqliteFile(join(here.cwd, 'state', 'preinfuse', 'records.db'), sql);
  const { exit, stderr } = await here.preinfuse(argv.at(-1) === '--resume' ? [...argv, id] : argv);
  expect([exit, stderr]).toEqual([expected, expect.stringMatching(told)]);
});
