import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith } from '../folder.ts';
import { inStore, storedCases } from '../records.ts';
import { run } from '../run.ts';
import { baselineSheet } from '../wizard/driving.ts';

const sheet = (without: readonly string[]): object =>
  Object.fromEntries(Object.entries(baselineSheet).filter(([linkId]) => !without.includes(linkId)));

interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

function place(): Place {
  const cwd = folderWith({});
  return { cwd, env: { XDG_STATE_HOME: join(cwd, 'state') } };
}

async function screened({ cwd, env }: Place, lines: readonly string[], without: readonly string[] = []) {
  writeFileSync(join(cwd, 'sheet.json'), JSON.stringify(sheet(without)));
  const argv = ['screen', '--plain', '--on', '2026-03-10', '--answers', 'sheet.json'];
  return run(argv, { cwd, env, stdin: lines.map((line) => `${line}\n`).join('') });
}

test('the answers that were changed from a stop are in the record, sealed, and shown to who reviews', async () => {
  const here = place();
  // No, recorded; then from the review question 68 again, and yes.
  const { exit, stderr } = await screened(here, ['no', '', '68', 'yes', '', '1', '1', '1', '1', ''], ['today.escort']);
  const found = (await storedCases(here.cwd, here.env))[0];
  expect([exit, found?.state], stderr).toEqual([0, 'issued']);
  const { stdout } = await run(['records', 'show', found?.id ?? '', '--on', '2026-03-10'], here);
  expect(stdout.toString()).toMatch(
    /Changed during the screening\n[\s\S]*before, DEFER: NOT TODAY \(df-escort\)[\s\S]*No -> Yes/,
  );
});

test('a form of a record says how far the audit trail had come', async () => {
  const here = place();
  await screened(here, ['', '1', '1', '1', '1', '']);
  const form = readdirSync(here.cwd).find((name) => name.endsWith('.pdf')) ?? '';
  if (spawnSync('pdftotext', ['-v']).status !== 0) return;
  const text = execFileSync('pdftotext', ['-layout', join(here.cwd, form), '-'], { encoding: 'utf8' });
  const [, seq, hash] = /Clinic's log up to here\s+(\d+)-([0-9a-f]{12})/.exec(text) ?? [];
  const entry = await inStore(here.cwd, here.env, ({ store }) =>
    store.db.selectFrom('audit').selectAll().where('seq', '=', Number(seq)).executeTakeFirstOrThrow(),
  );
  expect(entry.hash.slice(0, 12)).toBe(hash);
});

test('each threat of the page on security names tests that are there', () => {
  const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
  const named = [...page.matchAll(/`([a-z]+\/[a-z-]+\.test\.ts)`/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !existsSync(new URL(`../${name}`, import.meta.url)))).toEqual([]);
});

test('a link in the place of the store is refused, and what it leads to stays as it was', async () => {
  const here = place();
  writeFileSync(join(here.cwd, 'victim'), 'mine');
  symlinkSync(join(here.cwd, 'victim'), join(here.cwd, 'records.db'));
  const { exit, stderr } = await run(['records', 'list', '--store', 'records.db'], here);
  expect(exit).toBe(2);
  expect(stderr).toContain('store');
  expect(readFileSync(join(here.cwd, 'victim'), 'utf8')).toBe('mine');
});
