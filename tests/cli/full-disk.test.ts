import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { folderWith } from '../folder.ts';
import { baselineSheet } from '../wizard/driving.ts';

/* Standard output that takes no more: a file on a disk without room, a reader that went away. */

const program = fileURLToPath(new URL('../../bin/preinfuse.js', import.meta.url));
const cwd = folderWith({ 'sheet.json': JSON.stringify(baselineSheet), 'sheets.ndjson': JSON.stringify(baselineSheet) });

test.runIf(existsSync('/dev/full')).each([
  [['evaluate', 'sheet.json'], 2],
  [['consent', 'sheet.json'], 2],
  [['batch', 'sheets.ndjson'], 75],
  [['explain', 'df-escort'], 2],
  [['docs'], 2],
] as const)('%j: it says so, and it is no bug: %i', (argv, exit) => {
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, [program, ...argv], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  expect(stderr).toContain('preinfuse: cannot write to the output: the disk is full\n');
  expect(stderr).not.toContain('bug');
  expect(status).toBe(exit);
});

test('whoever reads a form goes away: quiet, exit 75', async () => {
  const child = spawn(process.execPath, [program, 'consent', 'sheet.json'], { cwd });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  child.stdout.destroy();
  const [exit] = await once(child, 'close');
  expect([exit, said]).toEqual([75, '']);
});
