import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { shells } from '../../src/report/completion.ts';
import { folderWith } from '../folder.ts';
import { run } from '../run.ts';
import { Keys, Terminal } from '../terminal/terminal.ts';

const cwd = folderWith({});
const textOf = async (...argv: readonly string[]): Promise<string> => (await run(argv, { cwd })).stdout.toString();
for (const shell of shells) writeFileSync(join(cwd, `c.${shell}`), await textOf('completion', shell));

const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

/** What bash offers for the last of these words. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `source ./c.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _preinfuse; printf "%s\\n" "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', script, '_', 'preinfuse', ...words], { cwd });
  expect([status, String(stderr)]).toEqual([0, '']);
  return String(stdout)
    .split('\n')
    .filter((word) => word !== '');
}

/** The commands that a help text lists, and the long options. */
const commandsIn = (help: string): readonly string[] =>
  [...help.matchAll(/^ {2}([a-z][a-z-]*) (?:\[|<| )/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
const optionsIn = (help: string): readonly string[] =>
  [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, name = '']) => name);

describe.skipIf(!has('bash'))('in bash', () => {
  test.each<[readonly string[], readonly string[]]>([
    [['ba'], ['batch']],
    [['con'], ['consent', 'convert']],
    [['batch', '--con'], ['--consent-dir']],
    [
      ['batch', '--format', ''],
      ['ndjson', 'json', 'csv', 'tsv', 'fhir'],
    ],
    [['batch', '--format', '=', 'n'], ['ndjson']],
    [
      ['batch', '--format', '='],
      ['ndjson', 'json', 'csv', 'tsv', 'fhir'],
    ],
    [['batch', 'in.csv', '--fail-on', 'de'], ['defer']],
    [['check', '--format', 's'], ['sarif']],
    [
      ['convert', 'x', '--to', ''],
      ['fhir', 'preinfuse'],
    ],
    [['records', 'ch'], ['checkpoint']],
    [
      ['records', 'list', '--state', 'c'],
      ['completed', 'cleared', 'consented'],
    ],
    [
      ['key', ''],
      ['init', 'rotate', 'reindex', 'test-recovery'],
    ],
    [
      ['schema', 'c'],
      ['cases', 'clinic'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['--ver'], ['--version']],
    [['nothing-of-ours', '--x'], []],
  ])('%j', (words, expected) => expect(offered(...words)).toEqual(expected));

  test.each<readonly string[]>([
    ['batch', ''],
    ['batch', '--output', ''],
    ['evaluate', '-o', 'b'],
    ['check', 'src/'],
  ])('%j %j: files, which bash finds itself', (...words) => expect(offered(...words)).toEqual([]));

  test('every command and every option that the help texts name', async () => {
    const commands = commandsIn(await textOf('--help'));
    expect(commands.length).toBeGreaterThan(15);
    expect([...offered('')].sort()).toEqual([...commands].sort());
    for (const name of commands) {
      const help = await textOf(name, '--help');
      const inner = /^Commands:$/m.test(help) ? commandsIn(help) : [];
      expect([name, [...offered(name, '--')].sort()]).toEqual([name, [...optionsIn(help)].sort()]);
      for (const each of inner) {
        const wanted = [...optionsIn(await textOf(name, each, '--help'))].sort();
        expect([name, each, [...offered(name, each, '--')].sort()]).toEqual([name, each, wanted]);
      }
    }
  });

  test.each([
    ['batch', '--format'],
    ['batch', '--progress'],
    ['check', '--format'],
    ['test', '--format'],
    ['graph', '--format'],
    ['diff', '--format'],
    ['diff', '--fail-on'],
    ['convert', '--to'],
    ['records export', '--format'],
    ['records list', '--state'],
  ])('%s %s: the values that its help names', async (command, option) => {
    const words = command.split(' ');
    const help = (await textOf(...words, '--help')).replace(/\s+/g, ' ');
    const values = offered(...words, option, '');
    expect(values.length).toBeGreaterThan(1);
    for (const value of values) expect(help).toContain(value);
  });
});

describe.each(['bash', 'zsh', 'fish'])('%s', (shell) => {
  test.skipIf(!has(shell))('reads its script without a complaint', () => {
    const { status, stderr } = spawnSync(shell, ['-n', `c.${shell}`], { cwd });
    expect([status, String(stderr)]).toEqual([0, '']);
  });
});

test.skipIf(!has('fish'))('in fish', () => {
  const offer = (line: string): string =>
    String(spawnSync('fish', ['--no-config', '-c', `source c.fish; complete -C'${line}'`], { cwd }).stdout);
  expect(offer('preinfuse con')).toMatch(/^consent\t.*\nconvert\t.*\n$/);
  expect(offer('preinfuse records lis')).toMatch(/^list\t/);
  expect(offer('preinfuse batch --format c')).toMatch(/^csv\t/);
});

test.skipIf(!has('zsh'))('in zsh', async () => {
  const desk = new Terminal(['-f'], { command: ['zsh'], folder: cwd });
  try {
    await desk.type("PS1='> '; autoload -U compinit; compinit -u -D; source ./c.zsh; clear; echo ready");
    await desk.shows(/^ready/m);
    const offers = async (line: string, shown: RegExp): Promise<void> => {
      desk.send(line);
      await desk.press(Keys.tab);
      await desk.shows(shown);
      desk.send(Keys.interrupt);
      await desk.type('clear; echo ready');
      await desk.shows(/^ready/m);
    };
    await offers('preinfuse con', /^consent +-- .*\nconvert +-- /m);
    await offers('preinfuse records lis', /records list$/m);
    await offers('preinfuse batch --onl', /batch --only$/m);
    await offers('preinfuse batch --format n', /--format ndjson$/m);
    await offers('preinfuse batch --format=n', /--format=ndjson$/m);
    await offers('preinfuse batch --output c.z', /--output c\.zsh$/m);
    await offers('preinfuse batch --output=c.z', /--output=c\.zsh$/m);
  } finally {
    desk.kill('SIGKILL');
  }
});

test('another shell is refused with those there are', async () => {
  const { exit, stdout, stderr } = await run(['completion', 'tcsh'], { cwd });
  expect([exit, stdout.toString(), stderr]).toEqual([
    2,
    '',
    'preinfuse: there is no completion for tcsh\n  there is: bash, zsh, fish\n',
  ]);
});
