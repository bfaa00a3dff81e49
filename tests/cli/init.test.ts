import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../folder.ts';
import { type Run, run } from '../run.ts';
import { shippedBaselineSheet } from '../shipped.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cwd = folderWith({ 'answers.json': JSON.stringify(shippedBaselineSheet), 'taken/notes.txt': 'mine' });
const init = (folder: string, at = cwd): Promise<Run> => run(['init', folder], { cwd: at });

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => lstatSync(join(folder, name)).isFile())
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
}

describe('a new folder', () => {
  test('has the shipped files, and says what to do next', async () => {
    const { exit, stdout, stderr } = await init('clinic');
    expect([exit, stdout.toString()]).toEqual([0, 'clinic\n']);
    for (const said of ['clinic/preinfuse.yaml', 'preinfuse check clinic', 'demo: false', '--questionnaire clinic']) {
      expect(stderr).toContain(said);
    }
    const files = filesIn(join(cwd, 'clinic'));
    for (const name of files) {
      expect(readFileSync(join(cwd, 'clinic', name)).equals(readFileSync(join(root, name)))).toBe(true);
    }
    expect(files).toEqual(
      expect.arrayContaining([
        'preinfuse.yaml',
        'questionnaires/iv-ketamine/antidepressants.yaml',
        'questionnaires/iv-ketamine/cases/baseline.yaml',
        'questionnaires/iv-ketamine/questionnaire.yaml',
        'schemas/questionnaire.schema.json',
        'templates/iv-ketamine/consent.es.md',
        'templates/iv-ketamine/evidence.yaml',
      ]),
    );
    expect(readdirSync(cwd).filter((name) => name.includes('.tmp'))).toEqual([]);
  });

  test('each YAML file names its schema in its first line, and it is there', async () => {
    const folder = join(cwd, 'clinic');
    const yaml = filesIn(folder).filter((name) => name.endsWith('.yaml'));
    expect(yaml.length).toBeGreaterThan(15);
    for (const name of yaml) {
      const [, schema = ''] =
        /^# yaml-language-server: \$schema=(\S+)\n/.exec(readFileSync(join(folder, name), 'utf8')) ?? [];
      expect([name, existsSync(join(folder, dirname(name), schema)) && schema !== '']).toEqual([name, true]);
    }
  });

  test('check finds nothing in it', async () => {
    const { exit, stdout } = await run(['check', 'clinic'], { cwd, now: new Date('2026-12-01T12:00:00Z') });
    expect([exit, stdout.toString().split('\n')[0]]).toEqual([
      0,
      expect.stringMatching(/^0 errors, 0 warnings in \d+/),
    ]);
  });

  test('the folder is a questionnaire to evaluate with, and the facts in it are those of the form', async () => {
    const settings = join(cwd, 'clinic/preinfuse.yaml');
    const text = readFileSync(settings, 'utf8');
    const argv = (folder: string): string[] => ['evaluate', 'answers.json', '--json', '--questionnaire', folder];
    const [shipped, own, inner] = [
      await run(['evaluate', 'answers.json', '--json'], { cwd }),
      await run(argv('clinic'), { cwd }),
      await run(argv('clinic/questionnaires/iv-ketamine'), { cwd }),
    ];
    expect([own.exit, own.stdout.equals(shipped.stdout), inner.stdout.equals(own.stdout)]).toEqual([0, true, true]);
    writeFileSync(settings, text.replace('timeZone: America/Denver', 'timeZone: nowhere'));
    const { exit, stderr } = await run(['consent', 'answers.json', '--questionnaire', 'clinic'], { cwd });
    expect([exit, stderr]).toEqual([2, expect.stringContaining('clinic/preinfuse.yaml')]);
    writeFileSync(settings, text);
    const form = await run(['consent', 'answers.json', '--questionnaire', 'clinic'], { cwd });
    expect([form.exit, form.stdout.subarray(0, 5).toString()]).toEqual([0, '%PDF-']);
  });

  test('diff takes the folder as it is, and proves that nothing changed', async () => {
    const { exit, stderr } = await run(['diff', 'clinic', 'clinic/questionnaires/iv-ketamine'], { cwd });
    expect([exit, stderr]).toEqual([0, '']);
  });

  test('with folders above it that are not there yet', async () => {
    expect((await init('a/b/c')).exit).toBe(0);
    expect(existsSync(join(cwd, 'a/b/c/preinfuse.yaml'))).toBe(true);
  });
});

test('an empty folder is filled, and stays the folder that somebody stands in', async () => {
  const here = folderWith({});
  const before = lstatSync(here).ino;
  const { exit, stderr } = await init('.', here);
  expect([exit, lstatSync(here).ino]).toEqual([0, before]);
  expect(stderr).toContain('facts into preinfuse.yaml');
  expect(readdirSync(here).sort()).toEqual(['preinfuse.yaml', 'questionnaires', 'schemas', 'templates']);
});

describe('refused, with the way out, and nothing is touched', () => {
  mkdirSync(join(cwd, 'hidden/.git'), { recursive: true });
  symlinkSync(join(cwd, 'nowhere'), join(cwd, 'link'));

  test.each<[string, string, RegExp]>([
    ['a folder with something in it', 'taken', /there is something in it/],
    ['a folder with something hidden in it', 'hidden', /there is something in it/],
    ['a file', 'answers.json', /it is a file/],
    ['a link to nowhere', 'link', /it is a link to nowhere/],
    ['a place below a file', 'answers.json/clinic', /a file/],
    ['a name that the system does not take', 'x'.repeat(300), /cannot write/],
  ])('%s', async (_what, folder, why) => {
    const before = filesIn(cwd);
    const { exit, stdout, stderr } = await init(folder);
    expect([exit, stdout.toString()]).toEqual([2, '']);
    expect(stderr).toMatch(/^preinfuse: .+\n {2}.+\n$/);
    expect(stderr).toMatch(why);
    expect(filesIn(cwd)).toEqual(before);
  });
});

test('a folder of several definitions is none to screen with: they are named', async () => {
  const several = folderWith({
    'questionnaires/one/questionnaire.yaml': '',
    'questionnaires/two/questionnaire.yaml': '',
    'answers.json': '{}',
  });
  const { exit, stderr } = await run(['evaluate', 'answers.json', '--questionnaire', '.'], { cwd: several });
  expect([exit, stderr]).toEqual([
    2,
    expect.stringMatching(/several.+\n {2}name one: questionnaires.one, questionnaires.two\n/),
  ]);
});
