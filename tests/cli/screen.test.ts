import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { completed } from '../../src/check/example.ts';
import type { StoredCase } from '../../src/record/cases.ts';
import { hasPoppler, textOf } from '../document/sample.ts';
import { lastDocument, storedCases } from '../records.ts';
import { type Run, run } from '../run.ts';
import { shippedFolder } from '../shipped.ts';
import { changeSqliteFile } from '../sqlite-file.ts';
import { baselineSheet } from '../wizard/driving.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'screen-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

/** `preinfuse screen` with these lines on standard input. */
function screen(argv: readonly string[], lines: readonly string[] = []): Promise<Run> {
  const stdin = lines.map((line) => `${line}\n`).join('');
  return run(['screen', '--on', '2026-03-10', ...argv], { cwd, stdin, env: env() });
}

function writeSheet(answers: Readonly<Record<string, unknown>>): void {
  writeFileSync(join(cwd, 'sheet.json'), JSON.stringify(answers));
}

function without(...linkIds: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(baselineSheet).filter(([linkId]) => !linkIds.includes(linkId)));
}

const env = (): Readonly<Record<string, string>> => ({ XDG_STATE_HOME: join(cwd, 'state') });
const cases = (): Promise<readonly StoredCase[]> => storedCases(cwd, env());
const drafts = async (): Promise<readonly string[]> =>
  (await cases()).filter(({ state }) => state === 'draft').map(({ id }) => id);
const states = async (): Promise<readonly string[]> => (await cases()).map(({ state }) => state);

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

/** Resolves when something has come about. */
async function waitFor(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((done) => setTimeout(done, 20));
}

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
    ['a form in a language that there is none in', ['--language', 'fr'], /no consent form in the language `fr`/],
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
  test('typed through: 0, the form, and the record of it', async () => {
    const { exit, stdout, stderr } = await screen(['--plain', '--json'], [...whole, ...toTheForm]);
    expect(stderr).not.toContain('Error:');
    expect(exit).toBe(0);
    const result = JSON.parse(stdout.toString()) as Record<string, unknown>;
    expect(result).toMatchObject({ line: 1, id: 'V001', disposition: 'proceed', questionnaire: 'iv-ketamine|1.0.0' });
    const [form = ''] = readdirSync(cwd).filter((name) => name.endsWith('.pdf'));
    expect(stderr.split('\n')).toContain(form);
    expect(await states()).toEqual(['issued']);
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
    expect(await states()).toEqual(['completed']);
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

  test('a record starts the next screening, without what is past its time', async () => {
    writeSheet(without('today.escort'));
    await screen(['--plain', '--answers', 'sheet.json'], ['no', '', '']);
    const [{ id } = { id: '' }] = await cases();
    const again = await screen(['--plain', '--json', '--again', id], ['review', '']);
    expect(JSON.parse(again.stdout.toString())).toMatchObject({ disposition: 'defer' });
    const later = await screen(['--plain', '--on', '2026-03-20', '--again', id], ['']);
    expect(later.stderr).toMatch(new RegExp(`From ${id}: \\d+ answers still hold\\.`));
    expect(later.stderr).toMatch(/\d+ answers are past their time and will be asked\./);
    expect(later.stderr).toContain('Date of this screening');
  });

  test('one answer that is past its time is spoken of as one', async () => {
    const questionnaire = readFileSync(join(shippedFolder, 'questionnaire.yaml'), 'utf8');
    cpSync(shippedFolder, join(cwd, 'clinic'), { recursive: true });
    writeFileSync(
      join(cwd, 'clinic', 'questionnaire.yaml'),
      questionnaire.replace('value: 0\n    unit: d', 'value: 30\n    unit: d'),
    );
    const ownOne = ['--questionnaire', 'clinic', '--plain'];
    writeSheet({
      ...without('today.escort'),
      'pregnancy.possible': true,
      'pregnancy.test': 'negative',
      'pregnancy.breastfeeding': false,
    });
    await screen([...ownOne, '--answers', 'sheet.json'], ['no', '', '']);
    const [{ id } = { id: '' }] = await cases();
    const { stderr } = await screen([...ownOne, '--on', '2026-03-20', '--again', id], ['']);
    expect(stderr).toContain('1 answer is past its time and will be asked.');
  });
});

describe("in the patient's own words", () => {
  const complete = (lines: readonly string[], argv: readonly string[] = [], changes = {}): Promise<Run> => {
    writeSheet({ ...baselineSheet, ...changes });
    return screen(['--plain', '--answers', 'sheet.json', ...argv], lines);
  };
  const forms = (): readonly string[] => readdirSync(cwd).filter((name) => name.endsWith('.pdf'));
  const draft = async (): Promise<{ readonly name: string; readonly teachBack: unknown }> => {
    const [name = ''] = await drafts();
    const { teachBack } = await lastDocument<{ teachBack: unknown }>(cwd, env(), name);
    return { name, teachBack };
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
    expect(text.match(/In own words the first time/g)).toHaveLength(3);
    expect(text.match(/In own words after we explained again/g)).toHaveLength(1);
    expect(await drafts()).toEqual([]);
  });

  test('not yet: 75, no form, no result, and the draft goes on there', async () => {
    const { exit, stdout, stderr } = await complete(['', '1', '1', '3', '1', '']);
    expect(exit).toBe(75);
    expect(stdout.toString()).toBe('');
    expect(stderr).toMatch(/No consent form yet\..*\n {2}Driving and getting home\n/);
    const { name } = await draft();
    expect(stderr).toContain(`preinfuse screen --resume ${name}`);
    expect(forms()).toEqual([]);
    const again = await screen(['--plain', '--resume', name], ['', '', '2', '']);
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
    expect((await draft()).teachBack ?? {}).toEqual(Object.fromEntries(ids.map((id) => [id, 'first-time'])));
  });

  test('where no form may be made nothing is asked', async () => {
    const { exit, stderr } = await complete([''], [], { 'eye.glaucoma': 'controlled' });
    expect(exit).toBe(11);
    expect(stderr).not.toContain('own words');
  });

  test('a form that cannot be made keeps what was said in the record', async () => {
    const { exit, stderr } = await complete(toTheForm, [], { 'applicant.name': 'ᏣᎳᎩ' });
    expect(exit).toBe(2);
    const [{ id, state } = { id: '', state: '' }] = await cases();
    expect(state).toBe('completed');
    expect(stderr).toContain(`then: preinfuse consent ${id} --output FORM.pdf`);
    const { teachBack } = await lastDocument<{ teachBack: { outcomes: unknown } }>(cwd, env(), id);
    expect(teachBack.outcomes).toEqual(
      ['purpose', 'risks', 'driving', 'stopping'].map((question) => ({ question, outcome: 'first-time' })),
    );
  });
});

describe('a draft', () => {
  test('goes on where it stopped', async () => {
    await screen(['--plain'], whole.slice(0, 14));
    const [draft = ''] = await drafts();
    const { exit, stderr } = await screen(['--plain', '--resume', draft], ['', ...whole.slice(14), ...toTheForm]);
    expect(stderr).toMatch(/Draft [0-9A-Z-]{9}: 12 answers\./);
    expect(exit).toBe(0);
  });

  test('that an earlier version kept as a file is taken into the store, once; another definition is said', async () => {
    const folder = join(cwd, 'state', 'preinfuse', 'drafts');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const answers = { 'suicide.attemptInProgress': false, 'applicant.sex': 'gone', 'no.such': 1 };
    const times = { started: '2026-03-10T11:00:00.000Z', saved: '2026-03-10T11:30:00.000Z' };
    const lists = { setAside: {}, skipped: [], closed: [], told: [] };
    const about = {
      format: 1,
      id: '7F3K-20QX',
      questionnaire: 'iv-ketamine|0.9.0',
      digest: 'sha256:0',
      section: 'Visit',
    };
    writeFileSync(join(folder, '7F3K-20QX.json'), JSON.stringify({ ...about, ...times, ...lists, answers }));
    const { stderr } = await screen(['--plain', '--resume', '7f3k20qx'], ['']);
    expect(stderr).toContain('Drafts that were kept as files are in the store now: 1');
    expect(readdirSync(folder)).toEqual([]);
    expect(stderr).toContain('The questionnaire has changed since this draft was saved.');
    expect(stderr).toContain('2 answers no longer fit');
    expect(stderr).toContain('Date of this screening');
    expect((await screen(['--plain', '--resume'])).stderr).not.toContain('in the store now');
  });

  test('one answer that is lost, or no longer holds, is spoken of as one', async () => {
    const folder = join(cwd, 'state', 'preinfuse', 'drafts');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const draft = {
      ...{ format: 1, id: '7F3K-20QX', questionnaire: 'iv-ketamine|1.0.0', digest: 'sha256:0', section: 'Visit' },
      ...{ started: '2026-03-09T11:00:00.000Z', saved: '2026-03-09T11:30:00.000Z' },
      ...{ setAside: {}, skipped: [], closed: [], told: [] },
      answers: { 'visit.date': '2026-03-09', 'vitals.systolic': 120, 'applicant.sex': 'gone' },
    };
    writeFileSync(join(folder, '7F3K-20QX.json'), JSON.stringify(draft));
    const { stderr } = await screen(['--plain', '--resume', '7F3K-20QX'], ['']);
    expect(stderr).toContain('1 answer no longer fits and will be asked again.');
    expect(stderr).toContain('1 answer of an earlier day no longer holds and will be asked again,');
  });

  test('of an earlier day asks again what no longer holds', async () => {
    writeSheet(without('medicines'));
    await screen(['--plain', '--answers', 'sheet.json'], ['unknown', 'stop']);
    const [draft = ''] = await drafts();
    const { stderr } = await screen(['--plain', '--on', '2026-03-12', '--resume', draft], ['']);
    expect(stderr).toMatch(/\d+ answers of an earlier day no longer hold and will be asked again/);
  });

  test('left in an emergency: stopping says what to do, and a later day does not hide it', async () => {
    writeSheet({ ...without('suicide.cssrs', 'applicant.sex'), 'asq.q1': true });
    const left = await screen(['--plain', '--answers', 'sheet.json'], ['unknown', 'yes', '']);
    expect(left.exit).toBe(75);
    expect(left.stderr).toContain(
      'Stopped before the end. The screening is not finished, and its result so far is EMERGENCY: act now.',
    );
    expect(left.stderr.split('EMERGENCY: act now.')[1]).toContain('  1  Stay with the person. Do not leave them alone');
    expect(left.stderr).toContain('It was not noted here that anybody was told.');
    expect(left.stderr).not.toContain('Nothing was decided');
    const [draft = ''] = await drafts();
    const later = await screen(['--plain', '--on', '2026-03-12', '--resume', draft], ['']);
    expect(later.stderr).toContain('EMERGENCY on 2026-03-10, when this draft was left: Thoughts of suicide right now');
    expect(later.stderr).toContain('It was not noted that anybody was told. Tell the clinician now, before you go on.');
  });

  test('that an answer sheet brings is kept from the first page on, before anything is typed', async () => {
    writeSheet({ ...baselineSheet, 'suicide.attemptInProgress': true });
    const { exit, stderr } = await screen(['--plain', '--answers', 'sheet.json'], []);
    expect([exit, await drafts()]).toEqual([75, [expect.any(String)]]);
    expect(stderr).toMatch(/77 answers saved\. Go on with: {2}preinfuse screen --resume [\dA-Z]{4}-[\dA-Z]{4}/);
  });

  test('left before Enter recorded an emergency: stopping says what to do all the same', async () => {
    writeSheet({ ...without('suicide.cssrs'), 'asq.q1': true });
    const { exit, stderr } = await screen(['--plain', '--answers', 'sheet.json'], ['yes', 'stop']);
    expect(exit).toBe(75);
    expect(stderr).toContain('its result so far is EMERGENCY: act now.');
  });

  test('whose visit was put on a later day asks again what no longer holds all the same', async () => {
    writeSheet({ ...without('medicines'), 'visit.date': '2027-03-10' });
    await screen(['--plain', '--answers', 'sheet.json'], ['unknown', 'stop']);
    const [draft = ''] = await drafts();
    const resume = ['--plain', '--resume', draft];
    expect((await screen(resume, ['stop'])).stderr).not.toContain('no longer hold');
    const { stderr } = await screen([...resume, '--on', '2026-03-12'], ['']);
    expect(stderr).toMatch(/\d+ answers of an earlier day no longer hold and will be asked again/);
    expect(stderr).toContain('Date of this screening');
  });

  test('that another desk went on with is not overwritten: 76, and what was typed is a draft of its own', async () => {
    await screen(['--plain'], ['no', '', 'V001']);
    const [draft = ''] = await drafts();
    const lines = new PassThrough();
    const first = run(['screen', '--plain', '--on', '2026-03-10', '--resume', draft], {
      cwd,
      stdin: lines,
      env: env(),
    });
    lines.write('\n');
    await waitFor(async () => (await cases())[0]?.version === 4);
    await screen(['--plain', '--resume', draft], ['', 'Zebulon']);
    lines.end('Yolanda\n');
    const { exit, stderr } = await first;
    expect(exit).toBe(76);
    expect(stderr).toMatch(new RegExp(`${draft} was changed at another desk by .* at 2026-03-10 12:00 UTC`));
    expect(stderr).not.toMatch(/Zebulon|Yolanda, /);
    const [beside = ''] = /--resume (\S+)\n$/.exec(stderr)?.slice(1) ?? [];
    const nameIn = async (id: string): Promise<unknown> =>
      (await lastDocument<{ answers: Record<string, unknown> }>(cwd, env(), id)).answers['applicant.name'];
    expect(await nameIn(draft)).toBe('Zebulon');
    expect(await nameIn(beside)).toBe('Yolanda');
  });

  test('without an id in line mode, the drafts are listed without anything of the patient', async () => {
    await screen(['--plain'], ['no', '', 'V001', 'Zebulon Canary']);
    const { exit, stderr } = await screen(['--plain', '--resume']);
    expect(exit).toBe(2);
    expect(stderr).toMatch(
      /[0-9A-Z]{4}-[0-9A-Z]{4} {3}saved \d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC by \S.* {3}Visit and applicant/,
    );
    expect(stderr).not.toContain('Zebulon');
  });

  test('is not made before something was answered', async () => {
    await screen(['--plain'], []);
    expect(await drafts()).toEqual([]);
  });
});

describe('where something is in the way', () => {
  test('no place for the store: 2, before any question', async () => {
    writeFileSync(join(cwd, 'state'), 'a file where a folder should be');
    const { exit, stdout, stderr } = await screen(['--plain'], ['no']);
    expect(exit).toBe(2);
    expect(stdout.toString()).toBe('');
    expect(stderr).toBe(
      `preinfuse: the store cannot be written to (${join(cwd, 'state', 'preinfuse', 'records.db')})\n` +
        '  give this account the right to write the file and its folder, or name another with --store\n',
    );
  });

  test('a store that fails on the way: it says so, goes on, and the result stands', async () => {
    writeSheet(without('today.escort', 'applicant.sex'));
    // Made before: while one connection makes a store, another of the same process could only wait for it in vain.
    expect(await cases()).toEqual([]);
    const lines = new PassThrough();
    const going = run(['screen', '--plain', '--on', '2026-03-10', '--answers', 'sheet.json'], {
      cwd,
      stdin: lines,
      env: env(),
    });
    lines.write('1\n');
    await waitFor(async () => (await cases()).length === 1);
    changeSqliteFile(join(cwd, 'state', 'preinfuse', 'records.db'), 'alter table document rename to gone');
    lines.end('no\n\n\n');
    const { exit, stdout, stderr } = await going;
    expect(stderr).toContain('Error: The draft could not be saved.');
    expect(stderr).toContain('The screening could not be kept in the store.');
    expect(stdout.toString()).toContain('RESULT: DEFER');
    expect(exit).toBe(10);
  });

  test('the commands to go on with name the definition and the store that were named', async () => {
    mkdirSync(join(cwd, 'our clinic'));
    writeFileSync(join(cwd, 'our clinic', 'questionnaire.yaml'), completed(''));
    const there = ['--plain', '--questionnaire', 'our clinic', '--store', 'apart/records.db'];
    const named = /[\dA-Z-]{9} --questionnaire 'our clinic' --store apart\/records\.db\n/.source;
    const stopped = await screen(there, ['no', '']);
    expect(stopped.stderr).toMatch(new RegExp(`Go on with: {2}preinfuse screen --resume ${named}`));
    const finished = await screen(there, ['no', '', '']);
    expect(finished.stderr).toMatch(new RegExp(`as [\\dA-Z-]{9}: preinfuse records show ${named}`));
  });

  test('a form that cannot be made keeps the answers and is no success', async () => {
    mkdirSync(join(cwd, 'q'));
    writeFileSync(join(cwd, 'q', 'questionnaire.yaml'), completed(''));
    const { exit, stdout, stderr } = await screen(['--plain', '--questionnaire', 'q'], ['yes', '']);
    expect(stdout.toString()).toContain('RESULT: PROCEED');
    expect(stderr).toContain('The consent form could not be made');
    expect(exit).toBe(2);
    expect(await states()).toEqual(['completed']);
  });
});
