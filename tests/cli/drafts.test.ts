import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openWhole, writeWhole } from '../../src/cli/files/write-whole.ts';
import { packageFolder } from '../../src/cli/package.ts';
import { folderWith } from '../folder.ts';
import { run } from '../run.ts';

/* A file that is written whole stands under another name until it is: what becomes of that where nobody ends it. */

/** A process in the middle of writing `path`. */
async function writing(path: string): Promise<ChildProcess> {
  const program = `
    const { openWhole } = await import(${JSON.stringify(`${packageFolder}dist/cli/files/write-whole.js`)});
    await (await openWhole(process.argv[1])).write('half');
    console.log('written');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

const draftsIn = (folder: string): readonly string[] => readdirSync(folder).filter((name) => name.endsWith('.tmp'));

test('what a killed run left of a file is taken away by the next that writes there; what one is writing is not', async () => {
  const folder = folderWith({});
  const path = join(folder, 'out.txt');
  const [killed, alive] = [await writing(path), await writing(path)];
  expect(draftsIn(folder)).toHaveLength(2);
  killed.kill('SIGKILL');
  await once(killed, 'close');
  await writeWhole(path, 'whole');
  expect(readFileSync(path, 'utf8')).toBe('whole');
  expect(draftsIn(folder)).toHaveLength(1);
  alive.kill('SIGKILL');
  await once(alive, 'close');
  expect((await run(['docs', '--markdown', 'codebook.md'], { cwd: folder })).exit).toBe(0);
  expect(readdirSync(folder)).toEqual(['codebook.md', 'out.txt']);
});

test('a folder in which a killed run left something is empty all the same: a definition can start there', async () => {
  const folder = folderWith({});
  const killed = await writing(join(folder, 'out.txt'));
  killed.kill('SIGKILL');
  await once(killed, 'close');
  expect(draftsIn(folder)).toHaveLength(1);
  expect((await run(['init', '.'], { cwd: folder })).exit).toBe(0);
  expect(readdirSync(folder)).toEqual(['preinfuse.yaml', 'questionnaires', 'schemas', 'templates']);
});

test('two files that one process writes at the same time do not get in the way of each other', async () => {
  const folder = folderWith({});
  const files = await Promise.all(['a', 'b'].map((name) => openWhole(join(folder, name))));
  for (const file of files) await file.write('whole');
  for (const file of files) await file.commit();
  expect(readdirSync(folder)).toEqual(['a', 'b']);
});

test('what another machine or somebody else has there stays', async () => {
  const uuid = '01234567-89ab-cdef-0123-456789abcdef';
  const others = [`.preinfuse-00000000-999999999-${uuid}.tmp`, `.preinfuse-${uuid}.tmp`, 'note.tmp'];
  const folder = folderWith(Object.fromEntries(others.map((name) => [name, 'theirs'])));
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'sub', '.preinfuse.tmp'), 'theirs');
  await writeWhole(join(folder, 'out.txt'), 'whole');
  expect(draftsIn(folder).toSorted()).toEqual(others.toSorted());
  expect(draftsIn(join(folder, 'sub'))).toEqual(['.preinfuse.tmp']);
});
