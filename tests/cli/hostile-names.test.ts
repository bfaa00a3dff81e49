import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith } from '../folder.ts';
import { run } from '../run.ts';
import { baselineSheet } from '../wizard/driving.ts';

/** What a terminal would obey or what turns letters round: colour, title, the 8-bit start of a sequence, an override. */
const hostile = 'no\u001b[31m\u001b]0;owned\u0007\u009b2J\u202egnp/such';
/** Everything of the kind but what ends a line. */
const obeyed = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;
const isHarmless = (text: string): boolean => !obeyed.test(text.replaceAll('\n', ''));

const preinfuse = async (cwd: string, ...argv: readonly string[]): Promise<{ stdout: string; stderr: string }> => {
  const { stdout, stderr } = await run(argv, { cwd, env: { XDG_STATE_HOME: join(cwd, 'state') } });
  return { stdout: stdout.toString(), stderr };
};

interface Command {
  readonly words: readonly string[];
  readonly usage: string;
}

/** Every command there is, with what it says of itself. */
async function commands(cwd: string): Promise<readonly Command[]> {
  const within = async (words: readonly string[]): Promise<readonly Command[]> => {
    const { stdout: usage } = await preinfuse(cwd, ...words, '--help');
    const [, list = ''] = usage.split('\nCommands:\n');
    const names = [...list.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
    if (names.length === 0) return [{ words, usage }];
    return (await Promise.all(names.map((name) => within([...words, name])))).flat();
  };
  return within([]);
}

/** Its options that take a value, `--name`; those that all commands share, of `evaluate` and `records list` alone. */
function valued({ words, usage }: Command): readonly string[] {
  const names = [...usage.matchAll(/^ {2}(?:-\w, )?(--[a-z0-9-]+) [<[]/gm)].map(([, name = '']) => name);
  const isOne = words[0] === 'evaluate' || words[1] === 'list';
  return names.filter((name) => isOne || !['--questionnaire', '--on', '--store'].includes(name));
}

function argumentsOf({ usage }: Command): number {
  return (/^Usage: .*$/m.exec(usage)?.[0].replace('[options]', '').match(/[<[]/g) ?? []).length;
}

test('a name that a terminal would obey comes back harmless, whatever command or option it is given to', async () => {
  const cwd = folderWith({ 'sheet.json': JSON.stringify(baselineSheet) });
  const all = await commands(cwd);
  const options = all.flatMap((command) => valued(command).map((option) => ({ command, option })));
  expect([all.length > 20, options.length > 40]).toEqual([true, true]);
  const tries = [
    ...all
      .filter((command) => argumentsOf(command) > 0)
      .map((command) => [...command.words, ...new Array(argumentsOf(command)).fill(hostile)]),
    ...all.map(({ words }) => [...words, `--${hostile}`]),
    ...options.map(({ command, option }) => {
      const filler = command.words[0] === 'records' ? '7F3K-20QX' : 'sheet.json';
      return [...command.words, ...new Array(argumentsOf(command)).fill(filler), option, hostile];
    }),
    [hostile],
  ];
  for (const argv of tries) {
    // These prove and run for long, and the options are read as the others are.
    if (['check', 'test', 'diff', 'graph', 'docs'].includes(argv[0] ?? '') && argv.length > 2) continue;
    const { stdout, stderr } = await preinfuse(cwd, ...argv);
    // What it made there would be proved and tested by others of these.
    if (argv[0] === 'init') rmSync(join(cwd, hostile.split('/')[0] ?? ''), { recursive: true, force: true });
    const isForm = stdout.startsWith('%PDF-');
    expect([argv.slice(0, -1), isHarmless(isForm ? stderr : stdout + stderr)]).toEqual([argv.slice(0, -1), true]);
  }
});

test('nor does the name of a place that something was written to', async () => {
  const cwd = folderWith({});
  const folder = hostile.split('/')[0] ?? '';
  mkdirSync(join(cwd, folder));
  const graph = await preinfuse(cwd, 'graph', '--output', join(folder, 'a.svg'));
  expect([readdirSync(join(cwd, folder)), isHarmless(graph.stderr)]).toEqual([['a.svg'], true]);
  expect(graph.stderr).toContain('a.svg');
  const keys = await preinfuse(join(cwd, folder), 'key', 'rotate');
  expect(isHarmless(keys.stderr)).toBe(true);
});

test('nor does the name of a folder with a definition in it, in any report', async () => {
  const cwd = folderWith({ 'sheet.json': JSON.stringify(baselineSheet) });
  const made = await preinfuse(cwd, 'init', hostile);
  const main = join(cwd, hostile, 'questionnaires/iv-ketamine/questionnaire.yaml');
  writeFileSync(main, readFileSync(main, 'utf8').replace('linkId: today.escort', 'linkId: today.escrot'));
  const formats = ['text', 'json', 'sarif', 'junit', 'github'].map((name) => ['check', hostile, '--format', name]);
  const tries = [
    ...formats,
    ['test', hostile],
    ['test', hostile, '--format', 'json'],
    ['evaluate', 'sheet.json', '--questionnaire', hostile],
  ];
  const reports = await Promise.all(tries.map((argv) => preinfuse(cwd, ...argv)));
  for (const { stdout, stderr } of reports) expect(stdout + stderr).toContain('such');
  expect([made, ...reports].map(({ stdout, stderr }) => isHarmless(stdout + stderr))).not.toContain(false);
});
