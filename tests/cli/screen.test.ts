import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { completed } from '../../src/check/example.ts';
import { hasPoppler, textOf } from '../document/sample.ts';
import { type Run, run } from '../run.ts';
import { baselineSheet } from '../wizard/driving.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'screen-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

/** `preinfuse screen` with these lines on standard input. */
function screen(argv: readonly string[], lines: readonly string[] = []): Promise<Run> {
  const stdin = lines.map((line) => `${line}\n`).join('');
  return run(['screen', '--on', '2026-03-10', ...argv], { cwd, stdin, env: { XDG_STATE_HOME: join(cwd, 'state') } });
}

function writeSheet(answers: Readonly<Record<string, unknown>>): void {
  writeFileSync(join(cwd, 'sheet.json'), JSON.stringify(answers));
}

function without(...linkIds: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(baselineSheet).filter(([linkId]) => !linkIds.includes(linkId)));
}

const folder = (name: string): string => join(cwd, 'state', 'preinfuse', name);
const filesIn = (name: string): readonly string[] => (existsSync(folder(name)) ? readdirSync(folder(name)) : []);

const trial = (medication: string, dose: string): readonly string[] => [
  'yes',
  medication,
  dose,
  '10 weeks',
  '',
  'yes',
  'yes',
  '1',
  '2',
];

/** An unremarkable applicant, line by line. An empty line takes what was read back, or goes on. */
const whole: readonly string[] = [
  ...['no', '', 'V001', 'Test Applicant', '1986-01-15', '1', '1', '1', '1', 'yes'],
  ...['1', ...trial('sertraline', '150'), ...trial('venlafaxine', '225'), 'no', '1', '1', '1'],
  ...['2', '2', '2', '2', '2', '2', '2', '2', '0', '', '1', 'no', 'no', 'no', 'no', '1'],
  ...['124', '78', '72', '98', '36.7', '170', '70', '1', 'no', 'no', 'no', '1', 'no', '1', '1', 'no', '1'],
  ...['no', 'no', 'no', '1', '1', '1', '1', '1', 'no', 'no', '1', '1'],
  ...['1', '1', '1', '0', '0', 'no', 'no', '2', '1', '1', 'no', 'no', 'i', '1', '600', '240', 'yes', '1'],
];

/** The review left, everything said back the first time, and the form made. */
const toTheForm: readonly string[] = ['', '1', '1', '1', '1', ''];

describe('where nobody can be asked', () => {
  test.each([
    ['without a terminal', []],
    ['with --no-input', ['--no-input']],
    ['with --no-input and --plain', ['--plain', '--no-input']],
  ])('%s: 2, and what to use instead', async (_name, argv) => {
    const { exit, stdout, stderr } = await screen(argv);
    expect(exit).toBe(2);
    expect(stdout.toString()).toBe('');
    expect(stderr).toMatch(/preinfuse evaluate FILE.*--answers FILE/);
  });

  test.each([
    ['a form on standard output', ['--output', '-'], /standard output carries the result/],
    ['a form in a folder that is not there', ['--output', 'nowhere/form.pdf'], /cannot write/],
    ['a form that is there already', ['--output', 'sheet.json'], /there already/],
    ['no drafts', ['--resume'], /there are no drafts/],
    ['a draft that is not there', ['--resume', '7F3K-20QX'], /there is no draft 7F3K-20QX/],
    ['a path for an id', ['--resume', '../../etc/passwd'], /no id of a draft/],
    ['a draft and a sheet', ['--resume', '7F3K-20QX', '--answers', 'sheet.json'], /do not go together/],
    ['a sheet that is not there', ['--answers', 'none.json'], /cannot read none\.json/],
    ['a sheet that is no JSON', ['--answers', 'broken.json'], /cannot be read/],
  ])('%s: 2', async (_name, argv, message) => {
    writeSheet(baselineSheet);
    writeFileSync(join(cwd, 'broken.json'), '{"applicant.name": "Zebulon');
    const { exit, stderr } = await screen(['--plain', ...argv]);
    expect(exit).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('Zebulon');
  });
});

describe('line mode over a pipe', () => {
  test('typed through: 0, the form, and nothing else left', async () => {
    const { exit, stdout, stderr } = await screen(['--plain', '--json'], [...whole, ...toTheForm]);
    expect(stderr).not.toContain('Error:');
    expect(exit).toBe(0);
    const result = JSON.parse(stdout.toString()) as Record<string, unknown>;
    expect(result).toMatchObject({ line: 1, id: 'V001', disposition: 'proceed', questionnaire: 'iv-ketamine|1.0.0' });
    const [form = ''] = readdirSync(cwd).filter((name) => name.endsWith('.pdf'));
    expect(stderr.split('\n')).toContain(form);
    expect(filesIn('drafts')).toEqual([]);
    expect(filesIn('finished')).toEqual([]);
  });

  test.each([0, 1, 5, 11, 14, 30, 60, whole.length])('stopped after %i lines: 75, nothing decided', async (count) => {
    const { exit, stdout, stderr } = await screen(['--plain'], whole.slice(0, count));
    expect(exit).toBe(75);
    expect(stdout.toString()).toBe('');
    expect(stderr).toContain('Stopped before the end. Nothing was decided.');
  });

  test('one line too few or too many never gives a form', async () => {
    for (const at of [3, 12, 40, 70]) {
      const { exit } = await screen(['--plain'], [...whole.toSpliced(at, 1), ...toTheForm]);
      expect(exit).not.toBe(0);
    }
  });

  test('answers of a sheet are not asked; those in error are named and asked', async () => {
    writeSheet({ ...without('eye.glaucoma'), 'vitals.heartRate': 9000 });
    const { exit, stdout, stderr } = await screen(
      ['--plain', '--answers', 'sheet.json', '--output', 'form.pdf'],
      ['', '72', '1', ...toTheForm],
    );
    expect(stderr).toContain('vitals.heartRate: must be from 20 to 250');
    expect(exit).toBe(0);
    expect(stdout.toString().split('\n')).toContain('form.pdf');
    expect(readFileSync(join(cwd, 'form.pdf')).subarray(0, 5).toString()).toBe('%PDF-');
  });

  test.each([
    ['today.escort', 'no', 10, 'defer'],
    ['eye.glaucoma', '2', 11, 'clinician-review'],
    ['cardiac.avm', 'yes', 12, 'do-not-proceed'],
    ['cardiac.chestPain', '3', 13, 'emergency'],
  ])('%s: exit %s', async (linkId, line, exit, disposition) => {
    writeSheet(without(linkId));
    const told = disposition === 'emergency' ? ['', 'AM', '1', ''] : ['', ''];
    const result = await screen(['--plain', '--json', '--answers', 'sheet.json'], [line, ...told]);
    expect(result.exit).toBe(exit);
    expect(JSON.parse(result.stdout.toString())).toMatchObject({ disposition });
    expect(readdirSync(cwd).filter((name) => name.endsWith('.pdf'))).toEqual([]);
    expect(filesIn('finished')).toHaveLength(disposition === 'do-not-proceed' ? 0 : 1);
  });

  test('words: back, why, unknown, urgent, review', async () => {
    writeSheet(without('cardiac.avm', 'cardiac.mi'));
    const { stderr } = await screen(
      ['--plain', '--answers', 'sheet.json'],
      ['why', 'urgent', 'unknown', 'back', '', 'review'],
    );
    expect(stderr).toContain('Why we ask: A rise in blood pressure could make it bleed.');
    expect(stderr).toContain('Step 1. Stay with the person.');
    expect(stderr).toContain('Call Dr. Alex Example, MD to come now.');
    expect(stderr).toContain('Recorded: not known.');
    expect(stderr).toContain('f Heart and blood vessels: 1 to answer, 1 not known.');
  });

  test('a kept sheet starts the next screening', async () => {
    writeSheet(without('today.escort'));
    await screen(['--plain', '--answers', 'sheet.json'], ['no', '', '']);
    const [kept = ''] = filesIn('finished');
    const sheet = join(folder('finished'), kept);
    const again = await screen(['--plain', '--json', '--answers', sheet], ['review', '']);
    expect(JSON.parse(again.stdout.toString())).toMatchObject({ disposition: 'defer' });
  });
});

describe("in the patient's own words", () => {
  const complete = (lines: readonly string[], argv: readonly string[] = [], changes = {}): Promise<Run> => {
    writeSheet({ ...baselineSheet, ...changes });
    return screen(['--plain', '--answers', 'sheet.json', ...argv], lines);
  };
  const forms = (): readonly string[] => readdirSync(cwd).filter((name) => name.endsWith('.pdf'));
  const draftFile = (): { readonly name: string; readonly teachBack: unknown } => {
    const [name = ''] = filesIn('drafts');
    const { teachBack } = JSON.parse(readFileSync(join(folder('drafts'), name), 'utf8')) as { teachBack: unknown };
    return { name: name.replace('.json', ''), teachBack };
  };

  test('each question is read out with what a good answer says', async () => {
    const { stderr } = await complete(['', 'why', '4', 'yes']);
    expect(stderr).toContain("In the patient's own words, question 1 of 4.");
    expect(stderr).toContain('Ask the patient: Why are you getting this treatment? What if it does not work?');
    expect(stderr).toContain('It may not work, or may not last.');
    expect(stderr).toContain('A yes or a nod is no answer.');
    expect(stderr.match(/Error: type a number from 1 to 3/g)).toHaveLength(2);
  });

  test('a finding of the applicant adds its question', async () => {
    const { stderr } = await complete([''], [], { 'cardiac.hypertension': 'treated' });
    expect(stderr).toContain('question 1 of 5');
  });

  test.skipIf(!hasPoppler)('the outcomes are on the form', async () => {
    const { exit } = await complete(['', '1', '2', '1', '1', ''], ['--output', 'form.pdf']);
    expect(exit).toBe(0);
    const text = textOf(readFileSync(join(cwd, 'form.pdf')));
    expect(text.match(/Said in own words the first time/g)).toHaveLength(3);
    expect(text.match(/Said in own words after we explained again/g)).toHaveLength(1);
    expect(filesIn('drafts')).toEqual([]);
  });

  test('not yet: 75, no form, no result, and the draft goes on there', async () => {
    const { exit, stdout, stderr } = await complete(['', '1', '1', '3', '1', '']);
    expect(exit).toBe(75);
    expect(stdout.toString()).toBe('');
    expect(stderr).toMatch(/No consent form yet\..*\n {2}Driving and getting home\n/);
    expect(stderr).toContain(`preinfuse screen --resume ${draftFile().name}`);
    expect(forms()).toEqual([]);
    const again = await screen(['--plain', '--resume', draftFile().name], ['', '', '2', '']);
    expect(again.stderr).toContain("In the patient's own words, question 3 of 4.");
    expect(again.exit).toBe(0);
    expect(forms()).toHaveLength(1);
  });

  test('not yet can be changed: from what came of it, and back', async () => {
    expect((await complete(['', '1', '1', '3', '1', '3', '2', ''])).exit).toBe(0);
    expect((await complete(['', '1', '1', '1', '3', 'back', '1', ''])).exit).toBe(0);
  });

  test.each([0, 1, 2, 3, 4])('stopped after %i of the questions: 75, and those are kept', async (count) => {
    const { exit } = await complete(['', ...Array.from({ length: count }, () => '1'), 'stop']);
    expect(exit).toBe(75);
    expect(forms()).toEqual([]);
    const ids = ['purpose', 'risks', 'driving', 'stopping'].slice(0, count);
    if (count === 0) expect(filesIn('drafts')).toEqual([]);
    else expect(draftFile().teachBack).toEqual(Object.fromEntries(ids.map((id) => [id, 'first-time'])));
  });

  test('an outcome in a draft that is none is asked again', async () => {
    await complete(['', '1', '1', 'stop']);
    const { name, teachBack } = draftFile();
    expect(teachBack).toEqual({ purpose: 'first-time', risks: 'first-time' });
    const path = join(folder('drafts'), `${name}.json`);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"purpose":"first-time"', '"purpose":"surely"'));
    const { exit, stderr } = await screen(['--plain', '--resume', name], ['', '', '1', '1', '1', '']);
    expect(exit).toBe(0);
    expect(stderr).toContain('question 1 of 4');
    expect(stderr).not.toContain('question 2 of 4');
  });

  test('where no form may be made nothing is asked', async () => {
    const { exit, stderr } = await complete([''], [], { 'eye.glaucoma': 'controlled' });
    expect(exit).toBe(11);
    expect(stderr).not.toContain('own words');
  });

  test('a form that cannot be made keeps what was said, for consent --teach-back', async () => {
    const { exit, stderr } = await complete(toTheForm, [], { 'applicant.name': 'ᏣᎳᎩ' });
    expect(exit).toBe(2);
    const [, record = ''] = /--teach-back (\S+)/.exec(stderr) ?? [];
    expect(JSON.parse(readFileSync(record, 'utf8'))).toEqual({
      outcomes: { purpose: 'first-time', risks: 'first-time', driving: 'first-time', stopping: 'first-time' },
    });
    const sheet = record.replace('.teach-back', '');
    writeFileSync(sheet, readFileSync(sheet, 'utf8').replace('ᏣᎳᎩ', 'Ann'));
    const made = await run(['consent', sheet, '--teach-back', record, '--output', 'form.pdf'], { cwd });
    expect(made.exit).toBe(0);
  });
});

describe('a draft', () => {
  test('goes on where it stopped', async () => {
    await screen(['--plain'], whole.slice(0, 14));
    const [draft = ''] = filesIn('drafts');
    const { exit, stderr } = await screen(
      ['--plain', '--resume', draft.replace('.json', '')],
      ['', ...whole.slice(14), ...toTheForm],
    );
    expect(stderr).toMatch(/Draft [0-9A-Z-]{9}: 12 answers\./);
    expect(exit).toBe(0);
  });

  test('saved under another definition says so and asks again what no longer fits', async () => {
    await screen(['--plain'], whole.slice(0, 8));
    const [draft = ''] = filesIn('drafts');
    const path = join(folder('drafts'), draft);
    const file = JSON.parse(readFileSync(path, 'utf8')) as { digest: string; answers: Record<string, unknown> };
    writeFileSync(
      path,
      JSON.stringify({
        ...file,
        digest: 'sha256:0',
        answers: { ...file.answers, 'applicant.sex': 'gone', 'no.such': 1 },
      }),
    );
    const { stderr } = await screen(['--plain', '--resume', draft.replace('.json', '')], ['']);
    expect(stderr).toContain('The questionnaire has changed since this draft was saved.');
    expect(stderr).toContain('2 answers no longer fit');
    expect(stderr).toContain('Which sex should we use');
  });

  test('without an id in line mode, the drafts are listed without anything of the patient', async () => {
    await screen(['--plain'], ['no', '', 'V001', 'Zebulon Canary']);
    const { exit, stderr } = await screen(['--plain', '--resume']);
    expect(exit).toBe(2);
    expect(stderr).toMatch(/[0-9A-Z]{4}-[0-9A-Z]{4} {3}saved \d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC {3}Visit and applicant/);
    expect(stderr).not.toContain('Zebulon');
    expect(filesIn('drafts').join()).not.toContain('V001');
  });

  test('is not made before something was answered', async () => {
    await screen(['--plain'], []);
    expect(filesIn('drafts')).toEqual([]);
  });
});

describe('where something is in the way', () => {
  test('no place for drafts: it says so, goes on, and the result stands', async () => {
    writeFileSync(join(cwd, 'state'), 'a file where a folder should be');
    writeSheet(without('today.escort', 'applicant.sex'));
    const { exit, stdout, stderr } = await screen(['--plain', '--answers', 'sheet.json'], ['1', 'no', '', '']);
    expect(stderr).toContain('Error: The draft could not be saved.');
    expect(stderr).toContain('The answers could not be kept');
    expect(stdout.toString()).toContain('RESULT: DEFER');
    expect(exit).toBe(10);
  });

  test('a form that cannot be made keeps the answers and is no success', async () => {
    mkdirSync(join(cwd, 'q'));
    writeFileSync(join(cwd, 'q', 'questionnaire.yaml'), completed(''));
    const { exit, stdout, stderr } = await screen(['--plain', '--questionnaire', 'q'], ['yes', '']);
    expect(stdout.toString()).toContain('RESULT: PROCEED');
    expect(stderr).toContain('The consent form could not be made');
    expect(exit).toBe(2);
    expect(filesIn('finished')).toHaveLength(1);
  });
});
