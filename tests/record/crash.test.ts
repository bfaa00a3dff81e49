import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { itemsOf } from '../../src/engine/items.ts';
import { baselineSheet, shipped } from '../wizard/driving.ts';
import { canaryOf, tracesIn } from './traces.ts';
import { filesBelow, type WatchedDesk, watchedDesk } from './watched-desk.ts';

/* What is left behind where the program ends as it never should, and what Node writes about it where somebody asked for that. */

const canary = canaryOf('crash');
const sheet = JSON.stringify({
  ...baselineSheet,
  'applicant.id': canary,
  'applicant.name': canary,
  'today.escort': undefined,
});
const reports = [
  '--report-uncaught-exception',
  '--report-on-fatalerror',
  '--report-on-signal',
  '--report-directory=reports',
];

/** A script that does something once the first question is asked: then the sheet was read, and all is set up. */
function onceAsked(something: string): string {
  const isAsked = 'process.stderr.bytesWritten > 0';
  return `const waiting = setInterval(() => { if (${isAsked}) { clearInterval(waiting); ${something}; } }, 20);\n`;
}

function desk(): WatchedDesk {
  const files = {
    'sheet.json': sheet,
    'throw.cjs': onceAsked(`throw new Error(${JSON.stringify(`${canary}\n    at ${canary}`)})`),
    'reject.cjs': onceAsked(`Promise.reject(${JSON.stringify(canary)})`),
    'fill.cjs': onceAsked('const all = []; for (;;) all.push(new Array(10000).fill(all.length))'),
  };
  const made = watchedDesk(files, false);
  mkdirSync(join(made.cwd, 'reports'));
  return made;
}

/** Reports that Node wrote. */
const reportsIn = ({ cwd }: WatchedDesk): readonly string[] =>
  filesBelow(join(cwd, 'reports'))
    .filter(({ kind }) => kind === 'file')
    .map(({ path }) => readFileSync(path, 'utf8'));

const tracesBeside = ({ cwd, env }: WatchedDesk): readonly string[] =>
  [join(cwd, 'state'), join(cwd, 'reports'), env.TMPDIR ?? '']
    .flatMap(filesBelow)
    .filter(({ kind }) => kind === 'file')
    .flatMap(({ name, path }) => tracesIn(readFileSync(path)).map((trace) => `${name}: ${trace}`));

test.each([
  ['an error that nothing catches', 'throw.cjs'],
  ['a rejection that nothing waits for', 'reject.cjs'],
])('%s: 3, its kind and place, and nothing of what it says', async (_what, file) => {
  const here = desk();
  // Standard input stays open: the question waits when it happens.
  const { exit, stderr } = await here.run(['screen', '--plain', '--answers', 'sheet.json'], {
    isOpen: true,
    node: [...reports, '--require', `./${file}`],
  });
  expect([exit, stderr]).toEqual([3, expect.stringContaining('this is a bug in preinfuse')]);
  expect(tracesIn(stderr)).toEqual([]);
  expect(tracesBeside(here)).toEqual([]);
});

test('memory that runs out: what Node says of it, and its report, have nothing of a sheet', async () => {
  const here = desk();
  const node = ['--max-old-space-size=40', ...reports, '--require', './fill.cjs'];
  const { exit, stderr } = await here.run(['screen', '--plain', '--answers', 'sheet.json'], { isOpen: true, node });
  expect([exit === 0, stderr]).toEqual([false, expect.stringContaining('heap out of memory')]);
  expect(reportsIn(here)).toEqual([expect.stringContaining('"trigger": "OOMError"')]);
  expect(tracesIn(stderr)).toEqual([]);
  expect(tracesBeside(here)).toEqual([]);
});

test.skipIf(process.platform === 'win32')(
  'a report asked for while answers are on the screen has none of them',
  async () => {
    const here = desk();
    const terminal = here.terminal(['screen', '--answers', 'sheet.json'], ['--report-signal=SIGUSR2', ...reports]);
    await terminal.shows((itemsOf(shipped).get('today.escort')?.item.text ?? '').slice(0, 30));
    process.kill(terminal.pid, 'SIGUSR2');
    await expect.poll(() => reportsIn(here)[0]?.trimEnd().endsWith('}'), { timeout: 60_000 }).toBe(true);
    terminal.kill('SIGKILL');
    expect(reportsIn(here)[0]).toContain('"trigger": "Signal"');
    expect(tracesBeside(here)).toEqual([]);
  },
);
