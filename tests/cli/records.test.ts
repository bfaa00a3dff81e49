import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { addOutcome, caseOf, type OpenedRecord, readRecord } from '../../src/cli/records/stored-records.ts';
import { removeCase } from '../../src/record/cases.ts';
import { exportTable } from '../../src/record/export.ts';
import { newIdentity } from '../../src/record/keys.ts';
import { openFilesIn, saysOpenFiles } from '../open-files.ts';
import { inStore, storedCases } from '../records.ts';
import { ioIn, type Run, run, type World } from '../run.ts';
import { changeSqliteFile } from '../sqlite-file.ts';
import { baselineSheet, shipped } from '../wizard/driving.ts';

const shippedSettings = fileURLToPath(new URL('../../preinfuse.yaml', import.meta.url));
let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'records-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const env = (): Readonly<Record<string, string>> => ({ XDG_STATE_HOME: join(cwd, 'state') });
const preinfuse = (argv: readonly string[], world: Partial<World> = {}): Promise<Run> =>
  run([...argv, '--on', '2026-03-10'], { cwd, env: env(), ...world });
const records = (...argv: readonly string[]): Promise<Run> => preinfuse(['records', ...argv]);
/** With a reason on standard input. */
const saying = (stdin: string, ...argv: readonly string[]): Promise<Run> =>
  preinfuse(['records', ...argv, '--why'], { stdin });

/** A finished screening of the baseline with these changes, its form made where it may have one; gives its id. */
async function screened(changes: Readonly<Record<string, unknown>>): Promise<string> {
  const sheet = Object.entries({ ...baselineSheet, ...changes }).filter(([linkId]) => linkId !== 'history.tms');
  writeFileSync(join(cwd, 'sheet.json'), JSON.stringify(Object.fromEntries(sheet)));
  const stdin = ['1', '', '1', '1', '1', '1', ''].map((line) => `${line}\n`).join('');
  await preinfuse(['screen', '--plain', '--answers', 'sheet.json'], { stdin });
  const [newest = '{}'] = (await records('list', '--json')).stdout.toString().split('\n');
  return (JSON.parse(newest) as { id: string }).id;
}

const review = { 'eye.glaucoma': 'controlled', 'applicant.name': 'Zebulon Canary' };
const clearance =
  'name: Dr. Ann Example\nlicence: CO-1\nwhen: 2026-03-10 12:30\nwhy: Pressure of the eye is controlled\n';
const states = async (): Promise<readonly string[]> => (await storedCases(cwd, env())).map(({ state }) => state);

test('a list of none says which store it looked in', async () => {
  const { exit, stdout, stderr } = await records('list');
  expect([exit, stdout.toString()]).toEqual([0, '']);
  expect(stderr).toContain(`No such screenings are stored in ${join(cwd, 'state', 'preinfuse', 'records.db')}\n`);
});

test.each([
  ['list'],
  ['show', 'x'],
  ['resume', 'x'],
  ['clear', 'x', '--clearance', 'clearance.yaml'],
  ['consented', 'x'],
  ['export'],
  ['purge', '--dry-run'],
  ['verify'],
  ['checkpoint', 'mark'],
  ['accept', '--why', 'x'],
  ['backup', 'whole.backup'],
])('%s of a store that nobody made: refused, and none is made', async (...argv) => {
  const { exit, stdout, stderr } = await records(...argv, '--store', 'of-march.db');
  expect([exit, stdout.toString()]).toEqual([2, '']);
  expect(stderr).toContain('there is no store at of-march.db');
  expect(readdirSync(cwd)).toEqual([]);
});

describe('the life of a record', () => {
  test('completed, cleared, issued, consented, withdrawn; every step is in its history', async () => {
    const id = await screened(review);
    expect(await states()).toEqual(['completed']);
    const refused = await preinfuse(['consent', id, '--output', 'form.pdf']);
    expect([refused.exit, readdirSync(cwd).includes('form.pdf')]).toEqual([11, false]);
    writeFileSync(join(cwd, 'clearance.yaml'), clearance);
    expect((await records('clear', id, '--clearance', 'clearance.yaml')).exit).toBe(0);
    expect(await states()).toEqual(['cleared']);
    expect((await preinfuse(['consent', id, '--output', 'form.pdf'])).exit).toBe(0);
    expect(readFileSync(join(cwd, 'form.pdf')).subarray(0, 5).toString()).toBe('%PDF-');
    expect(await states()).toEqual(['issued']);
    expect((await records('consented', id)).exit).toBe(0);
    const wrong = await records('declined', id);
    expect([wrong.exit, wrong.stderr]).toEqual([
      2,
      expect.stringContaining(`${id} is consented, and cannot become declined`),
    ]);
    expect((await saying('changed their mind\n', 'withdrawn', id)).exit).toBe(0);
    const { stdout } = await records('show', id, '--json');
    const shown = JSON.parse(stdout.toString()) as { forms: { is: string }[]; clearance: object; state: string };
    expect(shown.state).toBe('withdrawn');
    expect(shown.clearance).toMatchObject({ name: 'Dr. Ann Example', why: 'Pressure of the eye is controlled' });
    expect(shown.forms.map(({ is }) => is)).toEqual(['issued', 'consented', 'withdrawn']);
    const verified = await records('verify');
    expect([verified.exit, verified.stdout.toString()]).toEqual([
      0,
      expect.stringMatching(/^whole: \d+ entries, 5 documents/),
    ]);
  });

  test.each([
    ['a clearance that is no YAML', '--clearance', 'why: Zebulon: is fine\n'],
    ['a clearance with a key too many', '--clearance', `${clearance}Zebulon: fine\n`],
    ['a clearance with a day that is none', '--clearance', clearance.replace('2026-03-10', 'when Zebulon came')],
    ['a clearance with a control character', '--clearance', clearance.replace('Dr. Ann', '"Zebulon\\e[31m" #')],
    ['a clearance with an alias', '--clearance', 'why: *Zebulon\n'],
    ['a teach-back that names no question of the form', '--teach-back', 'outcomes: { Zebulon: first-time }\n'],
  ])('%s: 2, and nothing of it is repeated', async (_what, option, text) => {
    const id = await screened({});
    writeFileSync(join(cwd, 'note.yaml'), text);
    const { exit, stderr } = await preinfuse(['consent', id, option, 'note.yaml', '--output', 'form.pdf', '--force']);
    expect([exit, stderr]).toEqual([2, expect.stringMatching(/note\.yaml:\d+:\d+: error\[/)]);
    expect(stderr).not.toContain('Zebulon');
  });

  describe('cleared by a clinician, on a terminal', () => {
    const cleared = async (): Promise<string> => {
      const id = await screened(review);
      writeFileSync(join(cwd, 'clearance.yaml'), clearance);
      return id;
    };
    const atTerminal = (id: string, lines: readonly string[], ...argv: readonly string[]): Promise<Run> =>
      preinfuse(['consent', id, '--clearance', 'clearance.yaml', ...argv], {
        stdin: lines.map((line) => `${line}\n`).join(''),
        env: { ...env(), TERM: 'dumb' },
        isTerminal: true,
      });

    test('the patient is asked to say it back before the form; what came of it is kept for the next copy', async () => {
      const id = await cleared();
      const made = await atTerminal(id, ['1', '2', '1', 'review', '1', ''], '-o', 'form.pdf');
      expect(made.exit).toBe(0);
      expect(made.stderr).toContain('question 1 of 4');
      expect(made.stderr).toContain('its answers stand as they are');
      const shown = JSON.parse((await records('show', id, '--json')).stdout.toString()) as {
        forms: { teachBack: { outcomes: object[] } }[];
      };
      expect(shown.forms[0]?.teachBack.outcomes).toEqual([
        { question: 'purpose', outcome: 'first-time' },
        { question: 'risks', outcome: 'after-explaining' },
        { question: 'driving', outcome: 'first-time' },
        { question: 'stopping', outcome: 'first-time' },
      ]);
      const again = await preinfuse(['consent', id, '-o', 'copy.pdf'], { isTerminal: true });
      expect([again.exit, again.stderr]).toEqual([0, 'Written: copy.pdf\n']);
    });

    test.each([
      ['not yet', ['1', '3', '1', '1', ''], 75, /cannot yet say back risks/],
      ['stopped', ['1', 'stop'], 75, /no consent form, and nothing was kept.*--no-input/s],
    ])('%s: no form, no clearance kept', async (_name, lines, exit, said) => {
      const id = await cleared();
      const ran = await atTerminal(id, lines, '-o', 'form.pdf');
      expect([ran.exit, ran.stderr]).toEqual([exit, expect.stringMatching(said)]);
      expect([readdirSync(cwd).includes('form.pdf'), await states()]).toEqual([false, ['completed']]);
    });

    test('--no-input leaves the questions to be ticked by hand; without a clearance nothing is asked', async () => {
      const id = await cleared();
      const refused = await preinfuse(['consent', id, '-o', 'form.pdf'], { isTerminal: true });
      expect([refused.exit, refused.stderr]).toEqual([11, expect.stringMatching(/needs a clinician[^?]*$/)]);
      const made = await atTerminal(id, [], '--no-input', '-o', 'form.pdf');
      expect([made.exit, made.stderr]).toEqual([0, 'Written: form.pdf\n']);
    });
  });

  test('a form that cannot be written was not issued, nor is its clearance kept', async () => {
    const id = await screened(review);
    writeFileSync(join(cwd, 'clearance.yaml'), clearance);
    const failed = await preinfuse(['consent', id, '--clearance', 'clearance.yaml', '--output', 'nowhere/form.pdf']);
    expect([failed.exit, failed.stderr]).toEqual([2, expect.stringContaining('there is no such folder')]);
    expect(await states()).toEqual(['completed']);
    const made = await preinfuse(['consent', id, '--clearance', 'clearance.yaml', '--output', 'form.pdf']);
    expect([made.exit, await states()]).toEqual([0, ['issued']]);
  });

  test('a no is kept as a record, with its reason, and can become a yes with a new form', async () => {
    const id = await screened({});
    await saying('wants\nto think\n', 'declined', id);
    const text = (await records('show', id)).stdout.toString();
    expect(text).toContain('declined 2026-03-10T12:00:00.000Z');
    expect(text).toContain('wants to think');
    expect((await preinfuse(['consent', id, '--output', 'form.pdf'])).exit).toBe(0);
    expect(await states()).toEqual(['issued']);
  });

  test('a reason is no argument, is not too long, and may be left out', async () => {
    const id = await screened({});
    const asArgument = await records('declined', id, '--why', 'Zebulon wants to think');
    expect([asArgument.exit, asArgument.stderr]).toEqual([2, expect.not.stringContaining('Zebulon')]);
    const long = await saying('x'.repeat(2001), 'declined', id);
    expect([long.exit, long.stderr]).toEqual([2, expect.stringContaining('at most 2000 characters')]);
    expect(await states()).toEqual(['issued']);
    expect((await saying(' \n', 'declined', id)).exit).toBe(0);
    expect((await records('show', id)).stdout.toString()).not.toContain('undefined');
  });

  test('waiting: what is past its time is told, and no form is made of it', async () => {
    const id = await screened(review);
    writeFileSync(join(cwd, 'clearance.yaml'), clearance);
    await records('clear', id, '--clearance', 'clearance.yaml');
    expect((await records('list', '--renew')).stdout.toString()).toBe('');
    const later = (...argv: readonly string[]): Promise<Run> =>
      run([...argv, '--on', '2026-03-12'], { cwd, env: env() });
    const listed = (await later('records', 'list', '--renew')).stdout.toString();
    expect(listed).toContain(id);
    expect(listed).toContain('past its time: Days for which readings, suicide risk and facts of the day hold');
    expect(listed).not.toContain('scores');
    const { exit, stderr } = await later('consent', id, '--output', 'form.pdf');
    expect(exit).toBe(10);
    expect(stderr).toMatch(/^preinfuse: \d+ answers are past their time: on 2026-03-12 this screening is defer, /);
    expect(stderr).toContain(`\n  ask them again: preinfuse screen --again ${id}\n`);
    const shown = (await later('records', 'show', id)).stdout.toString();
    const [past, result] = [`Ask them again: preinfuse screen --again ${id}`, 'RESULT: DEFER'].map((text) =>
      shown.indexOf(text),
    );
    expect(past).toBeGreaterThan(0);
    expect(result).toBeGreaterThan(past ?? 0);
  });

  test('a visit that was put on a later day makes nothing hold for longer', async () => {
    const id = await screened({ ...review, 'visit.date': '2027-03-10' });
    expect((await records('list', '--renew')).stdout.toString()).toBe('');
    const later = (...argv: readonly string[]): Promise<Run> =>
      run([...argv, '--on', '2026-03-11'], { cwd, env: env() });
    expect((await later('records', 'list', '--renew')).stdout.toString()).toContain('past its time');
    expect((await later('records', 'show', id)).stdout.toString()).toContain('RESULT: DEFER');
  });

  test('no form is made for a day that is past, on which more would hold', async () => {
    const id = await screened({});
    const argv = ['consent', id, '--output', 'form.pdf', '--on', '2026-03-10'];
    const { exit, stderr } = await run(argv, { cwd, env: env(), now: new Date('2026-03-12T12:00:00Z') });
    expect([exit, stderr]).toEqual([
      2,
      expect.stringContaining('was completed 2 days ago; a form of it is made for 2026-03-12 or later'),
    ]);
    expect(readdirSync(cwd)).not.toContain('form.pdf');
  });

  test.each([
    ['2026-03-08', 'of 2026-03-08, and ID was completed on 2026-03-10: nobody had seen it then'],
    ['2026-03-13 09:00', 'of 2026-03-13, a day to come'],
  ])('a clearance of %s is not of this screening, whichever way it comes', async (when, said) => {
    const id = await screened(review);
    writeFileSync(join(cwd, 'clearance.yaml'), clearance.replace('2026-03-10 12:30', when));
    const message = expect.stringContaining(`the clearance is ${said.replace('ID', id)}`);
    const kept = await records('clear', id, '--clearance', 'clearance.yaml');
    expect([kept.exit, kept.stderr]).toEqual([2, message]);
    const made = await preinfuse(['consent', id, '--clearance', 'clearance.yaml', '--output', 'form.pdf']);
    expect([made.exit, made.stderr]).toEqual([2, message]);
    expect(await states()).toEqual(['completed']);
  });

  test('what no clearance lets go ahead is not called cleared', async () => {
    const id = await screened({ 'today.escort': false });
    writeFileSync(join(cwd, 'clearance.yaml'), clearance);
    const { exit, stderr } = await records('clear', id, '--clearance', 'clearance.yaml');
    expect([exit, stderr]).toEqual([
      10,
      expect.stringContaining(`${id} ended in defer, and no clearance lets it go ahead`),
    ]);
    expect(await states()).toEqual(['completed']);
  });

  describe('another version of the definition', () => {
    const own = join('own', 'questionnaires', 'iv-ketamine');
    const makeOwn = (change: (text: string) => string): void => {
      mkdirSync(join(cwd, own), { recursive: true });
      const shipped = fileURLToPath(new URL('../../questionnaires/iv-ketamine', import.meta.url));
      for (const name of readdirSync(shipped).filter((each) => each.endsWith('.yaml'))) {
        writeFileSync(join(cwd, own, name), change(readFileSync(join(shipped, name), 'utf8')));
      }
    };
    const newer = (text: string): string => text.replace('version: "1.0.0"', 'version: "1.1.0"');

    test('marks whom to ask again', async () => {
      const id = await screened({});
      makeOwn(newer);
      const { stdout } = await records('list', '--questionnaire', own);
      expect(stdout.toString()).toMatch(new RegExp(`^${id} .*\\n.*ask again: the questionnaire has changed`));
    });

    test('reads no record milder unsaid, and makes no form of what another one decided, cleared or not', async () => {
      const id = await screened(review);
      writeFileSync(join(cwd, 'clearance.yaml'), clearance);
      expect((await records('clear', id, '--clearance', 'clearance.yaml')).exit).toBe(0);
      makeOwn((text) =>
        newer(text).replace('eye.glaucoma == "controlled"', 'eye.glaucoma == "uncontrolled-or-injury"'),
      );
      const shown = (await records('show', id, '--questionnaire', own)).stdout.toString();
      expect(shown).toMatch(
        /Decided with another questionnaire \(iv-ketamine\|1\.0\.0\): clinician-review\n.*iv-ketamine\|1\.1\.0.* No form is made/,
      );
      expect(shown).toContain('RESULT: PROCEED');
      const data = (await records('show', id, '--json', '--questionnaire', own)).stdout.toString();
      expect(JSON.parse(data)).toMatchObject({
        disposition: 'proceed',
        decided: 'clinician-review',
        questionnaireNow: 'iv-ketamine|1.1.0',
        lost: 0,
      });
      const { exit, stderr } = await preinfuse(['consent', id, '--output', 'form.pdf', '--questionnaire', own]);
      expect([exit, stderr]).toEqual([2, expect.stringContaining(`preinfuse screen --again ${id}`)]);
      expect(stderr).toContain('was decided with another questionnaire (iv-ketamine|1.0.0)');
      expect(readdirSync(cwd)).not.toContain('form.pdf');
    });
  });
});

describe('lists', () => {
  test('look up nothing without a chart reference', async () => {
    const { exit, stderr } = await preinfuse(['records', 'list', '--chart'], { stdin: ' \n' });
    expect([exit, stderr]).toEqual([2, expect.stringContaining('no chart reference was given')]);
  });

  test('say nothing of the patient, and find by chart reference from standard input', async () => {
    const id = await screened(review);
    const all = (await records('list')).stdout.toString();
    expect(all).toMatch(new RegExp(`^${id}  completed  2026-03-10 12:00 UTC`));
    expect(all).not.toMatch(/Zebulon|V001/);
    const find = (stdin: string): Promise<Run> => preinfuse(['records', 'list', '--chart'], { stdin });
    expect((await find(`${String(baselineSheet['applicant.id']).toLowerCase()}\n`)).stdout.toString()).toContain(id);
    expect((await find('nobody\n')).stdout.toString()).toBe('');
    expect((await records('list', '--state', 'draft')).stdout.toString()).toBe('');
    expect((await records('list', '--state', 'lost')).exit).toBe(2);
  });
});

describe('export', () => {
  test('NDJSON and CSV have what was sealed; a formula in a cell is text', async () => {
    const id = await screened({ ...review, 'applicant.name': '=Zebulon' });
    const [line, ...more] = (await records('export')).stdout.toString().trim().split('\n');
    expect(more).toEqual([]);
    const exported = JSON.parse(line ?? '') as { id: string; answers: Record<string, unknown> };
    expect([exported.id, exported.answers['applicant.name']]).toEqual([id, '=Zebulon']);
    await records('export', '--format', 'csv', '--output', 'all.csv');
    const [header = '', row = ''] = readFileSync(join(cwd, 'all.csv'), 'utf8').trim().split('\n');
    const at = (column: string): string => row.split(',')[header.split(',').indexOf(column)] ?? '';
    expect([at('record'), at('disposition'), at('applicant.name')]).toEqual([id, 'clinician-review', "'=Zebulon"]);
    expect(header).toContain('trial[1].medication');
  });

  test('CSV tells no trials from trials that nobody asked for, and says what has no column by now', async () => {
    await screened({ ...review, trial: [] });
    await screened({ ...review, trial: { absent: 'declined' } });
    const { stdout, stderr } = await records('export', '--format', 'csv');
    const [header = '', ...rows] = stdout.toString().trim().split('\n');
    const cells = rows.map((row) => row.split(',')[header.split(',').indexOf('trial')]);
    expect(cells.sort()).toEqual(['declined', 'none']);
    expect(stderr).toBe('Exported, readable by whoever has the file: 2\n');
  });

  test('an answer that has no column in the questionnaire of today is counted; edits have one', async () => {
    const id = await screened(review);
    await inStore(cwd, env(), async (records) => {
      const opened = (await readRecord(records, await caseOf(records, id), shipped)) as OpenedRecord;
      const screening = { ...opened.life.screening, answers: { ...opened.life.screening.answers, 'gone.item': true } };
      expect(exportTable(shipped).row(opened.found, opened.life).left).toBe(0);
      expect(exportTable(shipped).row(opened.found, { ...opened.life, screening }).left).toBe(1);
      const edit = {
        at: '2026-03-10',
        rule: 'dnp-eye-pressure',
        disposition: 'do-not-proceed',
        before: {},
        after: {},
      } as const;
      const edited = { ...opened.life.screening, edits: [edit, edit] };
      expect(exportTable(shipped).row(opened.found, { ...opened.life, screening: edited }).line).toContain(
        ',clinician-review,dnp-eye-pressure,',
      );
    });
  });

  test('a case that another desk changes meanwhile is as it was when it was listed', async () => {
    const id = await screened({});
    await inStore(cwd, env(), async (records) => {
      const found = await caseOf(records, id);
      await addOutcome(records, found, { format: 1, is: 'declined', by: 'ann', at: '2026-03-10' });
      expect((await readRecord(records, found, shipped))?.life.forms.map(({ is }) => is)).toEqual(['issued']);
    });
  });

  test('nor does a cell become one where a spreadsheet takes the semicolon for what stands between cells', async () => {
    await screened({ ...review, 'applicant.name': 'Zebulon;=1+1' });
    const { stdout } = await records('export', '--format', 'csv');
    expect(stdout.toString()).toContain("Zebulon;'=1+1");
  });

  test('one record that does not open keeps none of the others back, and is named: 1', async () => {
    for (const changes of [review, review]) await screened(changes);
    const [good = '', bad = ''] = (await storedCases(cwd, env())).map(({ id }) => id);
    const path = join(cwd, 'state', 'preinfuse', 'records.db');
    const spoil = (id: string): void =>
      changeSqliteFile(path, `update document set bytes = zeroblob(40) where case_id = '${id}'`);
    spoil(bad);
    const { exit, stdout, stderr } = await records('export');
    expect([exit, stdout.toString().match(/^\{"id":"[^"]+"/gm)]).toEqual([1, [`{"id":"${good}"`]]);
    expect(stderr).toMatch(new RegExp(`Left out, not opened:\\n {2}${bad}: `));
    spoil(good);
    const none = await records('export', '--output', 'all.ndjson');
    expect([none.exit, none.stderr]).toEqual([2, expect.stringContaining('none of the 2 finished screenings opens')]);
    expect(readdirSync(cwd)).not.toContain('all.ndjson');
  });

  test('needs the key of the reviewer once there is one', async () => {
    await preinfuse(['key', 'init', '--reviewer-file', 'reviewer.key', '--recovery-file', 'recovery.key']);
    const id = await screened(review);
    const { exit, stdout, stderr } = await records('export', '--no-input');
    expect([exit, stdout.toString()]).toEqual([2, '']);
    expect(stderr).toContain('--key-file');
    expect((await records('export', '--key-file', 'recovery.key')).stdout.toString()).toContain(id);
    expect((await records('show', id, '--key-file', 'reviewer.key')).stdout.toString()).toContain(
      'RESULT: NEEDS CLINICIAN REVIEW',
    );
  });
});

test("a draft of another machine's desk opens with the key of a reader", async () => {
  await preinfuse(['key', 'init', '--reviewer-file', 'reviewer.key', '--recovery-file', 'recovery.key']);
  const store = join(cwd, 'shared.db');
  await preinfuse(['screen', '--plain', '--store', store], { stdin: 'no\n\nV001\n' });
  const [line = ''] = (await records('list', '--json', '--store', store)).stdout.toString().split('\n');
  const { id } = JSON.parse(line) as { id: string };
  const there = { env: { XDG_STATE_HOME: join(cwd, 'other') }, stdin: '\n' };
  copyKeys(join(cwd, 'other'), 'index.key', 'recipients.txt');
  const resume = ['screen', '--plain', '--store', store, '--resume', id];
  const closed = await preinfuse(resume, there);
  expect([closed.exit, closed.stderr]).toEqual([2, expect.stringContaining('none of the keys here opens it')]);
  const opened = await preinfuse([...resume, '--key-file', 'reviewer.key'], there);
  expect([opened.exit, opened.stderr]).toEqual([75, expect.stringContaining(`Draft ${id}: 3 answers.`)]);
});

/** Copies key files of this desk to that of another one. */
function copyKeys(state: string, ...names: readonly string[]): void {
  const folder = join(state, 'preinfuse', 'keys');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of names) copyFileSync(join(cwd, 'state', 'preinfuse', 'keys', name), join(folder, name));
}

describe('a second desk with another index.key', () => {
  const chart = '  V001 ';
  const init = ['key', 'init', '--reviewer-file', 'reviewer.key', '--recovery-file', 'recovery.key'];
  const at = (desk: string, argv: readonly string[], stdin = ''): Promise<Run> =>
    preinfuse([...argv, '--store', join(cwd, 'shared.db')], { env: { XDG_STATE_HOME: join(cwd, desk) }, stdin });
  const find = async (desk: string): Promise<string> =>
    (await at(desk, ['records', 'list', '--chart'], chart)).stdout.toString();
  const message =
    /^preinfuse: this desk has another index\.key than the store is looked up with \(.*other.preinfuse.keys.index\.key\)\n {2}copy index\.key/m;

  test.each([
    ['lists', ['records', 'list']],
    ['looks up', ['records', 'list', '--chart']],
    ['screens', ['screen', '--plain']],
    ['exports', ['records', 'export']],
  ])('is told what to copy before it %s; with it, it finds what the first desk kept', async (_what, argv) => {
    await preinfuse(init);
    await at('state', ['screen', '--plain'], 'no\n\nV001\n');
    const { exit, stdout, stderr } = await at('other', argv, chart);
    expect([exit, stdout.toString(), stderr]).toEqual([2, '', expect.stringMatching(message)]);
    copyKeys(join(cwd, 'other'), 'index.key', 'recipients.txt');
    const found = await find('other');
    expect(found).toMatch(/ draft /);
    expect(found).toBe(await find('state'));
  });

  test('does what needs no chart reference: verify, checkpoint, backup', async () => {
    await at('state', ['screen', '--plain'], 'no\n\nV001\n');
    expect((await at('other', ['records', 'verify'])).exit).toBe(0);
    expect((await at('other', ['records', 'checkpoint', 'one.txt'])).exit).toBe(0);
    expect((await at('other', ['records', 'backup', 'all.backup'])).exit).toBe(0);
  });

  test.each([
    ['of today', (text: string) => text],
    [
      'of a version that did not say it',
      (text: string) => text.replace('"schema":2', '"schema":1').replace(/,"index":"\w+"/, ''),
    ],
  ])('finds out after a restore too, from a backup %s', async (_what, change) => {
    await at('state', ['screen', '--plain'], 'no\n\nV001\n');
    await at('state', ['records', 'backup', 'all.backup']);
    const text = readFileSync(join(cwd, 'all.backup'), 'utf8');
    writeFileSync(join(cwd, 'all.backup'), change(text));
    rmSync(join(cwd, 'shared.db'));
    expect((await at('other', ['records', 'restore', 'all.backup'])).exit).toBe(0);
    if (change(text) !== text) await find('state');
    expect((await at('other', ['records', 'list'])).stderr).toMatch(message);
    expect(await find('state')).toMatch(/ draft /);
  });

  test("takes over where the first key is lost: with a reader's key all is found again", async () => {
    await preinfuse(init);
    await at('state', ['screen', '--plain'], 'no\n\nV001\n');
    copyKeys(join(cwd, 'other'), 'recipients.txt');
    const { exit, stdout } = await at('other', ['key', 'reindex', '--key-file', 'reviewer.key']);
    expect([exit, stdout.toString()]).toEqual([0, 'Looked up by the index.key of this desk now: 1\n']);
    expect(await find('other')).toMatch(/ draft /);
    expect((await at('state', ['records', 'list'])).stderr).toContain('another index.key');
    expect((await at('other', ['records', 'verify'])).stdout.toString()).toMatch(/^whole/);
  });

  test.each([
    ['without a key of a reader', []],
    ['with the key of somebody else', ['--key-file', 'stranger.key']],
  ])('does not take over from the first %s', async (_what, argv) => {
    await preinfuse(init);
    writeFileSync(join(cwd, 'sheet.json'), JSON.stringify({ ...baselineSheet, 'applicant.id': 'V001' }));
    const sheet = ['screen', '--plain', '--answers', 'sheet.json'];
    expect((await at('state', sheet, '\n1\n1\n1\n1\n\n')).exit).toBe(0);
    const stranger = await newIdentity();
    writeFileSync(join(cwd, 'stranger.key'), `${stranger.secret}\n`, { mode: 0o600 });
    const { exit, stderr } = await at('other', ['key', 'reindex', ...argv]);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('no key here opens any finished screening')]);
    expect(await find('state')).toMatch(/ issued /);
  });

  test('says what it cannot open, and finds the rest', async () => {
    await at('state', ['screen', '--plain'], 'no\n\nV001\n');
    const [line = ''] = (await at('state', ['records', 'list', '--json'])).stdout.toString().split('\n');
    const { exit, stdout } = await at('other', ['key', 'reindex']);
    expect([exit, stdout.toString()]).toEqual([
      1,
      'Looked up by the index.key of this desk now: 0\n' +
        `Not found by chart reference any more, no key here opens it: ${(JSON.parse(line) as { id: string }).id}\n`,
    ]);
    expect(await find('other')).toBe('');
  });
});

test('a store that an earlier version made takes the key of the first desk that comes', async () => {
  await screened(review);
  const path = join(cwd, 'state', 'preinfuse', 'records.db');
  changeSqliteFile(path, 'alter table chain drop column index_check; update chain set schema = 1');
  expect((await preinfuse(['records', 'list', '--chart'], { stdin: 'V001' })).stdout.toString()).toMatch(/ completed /);
  const there = { env: { XDG_STATE_HOME: join(cwd, 'other') } };
  expect((await preinfuse(['records', 'list', '--store', path], there)).stderr).toContain('another index.key');
  expect((await records('verify')).exit).toBe(0);
});

describe('purge', () => {
  test('follows the rule of the clinic, first dry; without a rule it does nothing', async () => {
    const id = await screened(review);
    expect((await records('purge')).stderr).toContain('there is no rule for how long records are kept');
    const rule = 'retention: { draftDays: 30, recordDays: 90 }';
    writeFileSync(join(cwd, 'preinfuse.yaml'), `${readFileSync(shippedSettings, 'utf8')}\n${rule}\n`);
    const on = (day: string, ...argv: readonly string[]): Promise<Run> =>
      run(['records', 'purge', ...argv], { cwd, env: env(), now: new Date(`${day}T12:00:00Z`) });
    expect((await on('2026-06-01')).stdout.toString()).toBe('');
    const dry = await on('2026-06-20', '--dry-run');
    expect([dry.stdout.toString(), dry.stderr]).toEqual([expect.stringContaining(id), 'Would be removed: 1\n']);
    expect(await states()).toEqual(['completed']);
    expect((await on('2026-06-20')).stderr).toBe('Removed: 1\n');
    expect(await states()).toEqual([]);
    expect((await records('verify')).exit).toBe(0);
  });
});

describe('the store as a whole', () => {
  test('a backup is put back into an empty store, holds, and has everything', async () => {
    const id = await screened(review);
    expect((await records('backup', 'all.backup')).exit).toBe(0);
    expect(readFileSync(join(cwd, 'all.backup'), 'utf8')).not.toMatch(/Zebulon|V001/);
    const full = await records('restore', 'all.backup');
    expect([full.exit, full.stderr]).toEqual([2, expect.stringContaining('into an empty store')]);
    expect((await records('restore', 'all.backup', '--store', 'new.db')).exit).toBe(0);
    expect((await records('verify', '--store', 'new.db')).exit).toBe(0);
    const shown = await records('show', id, '--store', 'new.db', '--json');
    expect(JSON.parse(shown.stdout.toString())).toMatchObject({ id, answers: { 'applicant.name': 'Zebulon Canary' } });
  });

  test.each([
    ['cut off', (text: string) => text.slice(0, text.lastIndexOf('{"end"'))],
    ['of something else', () => '{"hello":1}\n'],
    ['with an entry changed', (text: string) => text.replace('"event":"completed"', '"event":"draft-saved"')],
    ['with an entry left out', (text: string) => text.replace(/\{"table":"audit".*\n/, '')],
    ['with a row that no table takes', (text: string) => text.replace('"recipients":', '"nobody":')],
    ['with a row that is none', (text: string) => text.replace(/\{"table":"audit".*\n/, 'null\n')],
    ['with an end that says nothing', (text: string) => text.replace(/\{"end".*/, '{"end":null}')],
    ['of nothing', () => 'null\n'],
  ])('a backup %s is refused, and nothing is changed', async (_how, change) => {
    await screened(review);
    await records('backup', 'all.backup');
    writeFileSync(join(cwd, 'bad.backup'), change(readFileSync(join(cwd, 'all.backup'), 'utf8')));
    const { exit, stderr } = await records('restore', 'bad.backup', '--store', 'new.db');
    expect([exit, stderr]).toEqual([2, expect.stringContaining('the backup cannot be restored')]);
    expect(readdirSync(cwd).filter((name) => name.startsWith('new.db'))).toEqual([]);
  });

  test('an empty store that was there before a backup is refused stays there', async () => {
    await records('list');
    writeFileSync(join(cwd, 'bad.backup'), 'null\n');
    expect((await records('restore', 'bad.backup')).exit).toBe(2);
    expect(readdirSync(join(cwd, 'state', 'preinfuse'))).toContain('records.db');
    expect((await records('list')).exit).toBe(0);
  });

  test.skipIf(!saysOpenFiles)('a backup that is refused before it is read does not stay open', async () => {
    await screened(review);
    await records('backup', 'all.backup');
    const { exit, stderr } = await records('restore', 'all.backup');
    expect([exit, stderr]).toEqual([2, expect.stringContaining('into an empty store')]);
    await expect.poll(() => openFilesIn(cwd)).toEqual([]);
  });

  test.each<[string, readonly string[], number]>([
    ['backup', ['records', 'backup', '-'], 75],
    ['export', ['records', 'export'], 0],
  ])('%s into a pipe that its reader closed does not say that it was done', async (_what, argv, expected) => {
    await screened(review);
    const { io, stderr } = ioIn({ cwd, env: env() });
    const closed = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(), { code: 'EPIPE' })),
    });
    closed.on('error', () => undefined);
    expect([await main(argv, { ...io, stdout: closed }), stderr()]).toEqual([expected, '']);
  });

  test('a backup with a document changed is put back, for the rest of it, and told: 1', async () => {
    const id = await screened(review);
    await records('backup', 'all.backup');
    const text = readFileSync(join(cwd, 'all.backup'), 'utf8');
    writeFileSync(join(cwd, 'bad.backup'), text.replace(/"bytes":"[^"]*/, '$&AAAA'));
    const { exit, stderr } = await records('restore', 'bad.backup', '--store', 'new.db');
    expect([exit, stderr]).toEqual([1, expect.stringContaining('see which: preinfuse records verify')]);
    expect((await records('verify', '--store', 'new.db')).stdout.toString()).toBe(
      `${id}: a document is not as it was written\n`,
    );
  });

  test('putting a backup back elsewhere, to see that it can be, does not stand in the way of the store', async () => {
    await screened(review);
    await records('backup', 'all.backup');
    expect((await records('restore', 'all.backup', '--store', 'new.db')).exit).toBe(0);
    expect((await records('list')).exit).toBe(0);
    await screened({});
    expect((await records('list', '--store', 'new.db')).exit).toBe(0);
    expect((await records('verify')).exit).toBe(0);
  });

  test('a clock that jumped back is told before the first question', async () => {
    await screened({});
    const { exit, stderr } = await run(['screen', '--plain'], {
      cwd,
      env: env(),
      now: new Date('2026-03-09T12:00:00Z'),
      stdin: 'no\n',
    });
    expect([exit, stderr]).toEqual([2, expect.stringMatching(/^preinfuse: the clock of this machine says 2026-03-09/)]);
    expect(stderr).toContain('preinfuse records accept --why TEXT');
  });

  test('a backup does not take the place of another one, and one of nothing is not made', async () => {
    await screened(review);
    expect((await records('backup', 'all.backup')).exit).toBe(0);
    const before = readFileSync(join(cwd, 'all.backup'), 'utf8');
    const again = await records('backup', 'all.backup');
    expect([again.exit, again.stderr]).toEqual([2, expect.stringContaining('all.backup is there already')]);
    const elsewhere = { env: { XDG_STATE_HOME: join(cwd, 'elsewhere') } };
    const empty = await preinfuse(['records', 'backup', 'all.backup', '--force'], elsewhere);
    expect([empty.exit, empty.stderr]).toEqual([2, expect.stringContaining('the store has no history yet')]);
    expect(readFileSync(join(cwd, 'all.backup'), 'utf8')).toBe(before);
    expect((await records('backup', 'all.backup', '--force')).exit).toBe(0);
  });

  test.each<[string, string, RegExp]>([
    [
      'a document changed',
      "update document set bytes = zeroblob(40) where kind = 'record'",
      /: a document is not as it was written/,
    ],
    ['a document taken away', "delete from document where kind = 'record'", /: a document is missing/],
    ['a no made a yes', "update cases set state = 'consented'", /: its state is not the one that its history gives it/],
    ['a record made a draft', "update cases set state = 'draft'", /: its state is not the one/],
    ['a case taken away', 'delete from cases', /: a document is missing/],
    ['a data key taken away', 'delete from data_key', /: a document is missing, or the key it was sealed with/],
    ['an entry changed', "update audit set actor = 'eve' where seq = 2", /the history is altered at entry 2/],
    [
      'the last entry taken away',
      'delete from audit where seq = (select max(seq) from audit)',
      /the history is truncated/,
    ],
  ])('verify tells %s: 1', async (_what, sql, told) => {
    await screened(review);
    changeSqliteFile(join(cwd, 'state', 'preinfuse', 'records.db'), sql);
    const { exit, stdout } = await records('verify');
    expect(exit).toBe(1);
    expect(stdout.toString()).toMatch(told);
  });

  test('verify does not call a store whole that is not the one: 2', async () => {
    await screened({});
    rmSync(join(cwd, 'state', 'preinfuse', 'records.db'));
    const { exit, stdout, stderr } = await records('verify');
    expect([exit, stdout.toString(), stderr]).toEqual([2, '', expect.stringContaining('the store has no history yet')]);
  });

  test('verify tells a withdrawal that was taken out, its document left where it is: 1', async () => {
    const path = join(cwd, 'state', 'preinfuse', 'records.db');
    const id = await screened({});
    await records('consented', id);
    await saying('afraid of it', 'withdrawn', id);
    changeSqliteFile(path, "update cases set version = version - 1, state = 'consented'");
    const { exit, stdout } = await records('verify');
    expect([exit, stdout.toString()]).toEqual([1, `${id}: its state is not the one that its history gives it\n`]);
  });

  test('verify tells a draft, and a case that was purged, put back as they were: 1', async () => {
    const path = join(cwd, 'state', 'preinfuse', 'records.db');
    const older = join(cwd, 'older.db');
    writeFileSync(join(cwd, 'sheet.json'), JSON.stringify({ 'visit.date': '2026-03-10' }));
    await preinfuse(['screen', '--plain', '--answers', 'sheet.json'], { stdin: 'stop\n' });
    const [{ id } = { id: '' }] = await storedCases(cwd, env());
    changeSqliteFile(path, `vacuum into '${older}'`);
    const putBack = `attach '${older}' as older; delete from cases; delete from document;
      insert into cases select * from older.cases; insert into document select * from older.document`;
    const told = [1, `${id}: its state is not the one that its history gives it\n`];
    const verified = async () => {
      const { exit, stdout } = await records('verify');
      return [exit, stdout.toString()];
    };
    await preinfuse(['screen', '--plain', '--resume', id], { stdin: 'stop\n' });
    changeSqliteFile(path, putBack);
    expect(await verified()).toEqual(told);
    await inStore(cwd, env(), ({ store }) => removeCase(store, { id, version: 1 }, 'purged'));
    expect((await verified())[0]).toBe(0);
    changeSqliteFile(path, putBack);
    expect(await verified()).toEqual(told);
  });

  test.each([
    ['an export', ['records', 'export', '--output']],
    ['a backup', ['records', 'backup', '--force']],
    ['a convert', ['convert', 'sheet.json', '--to', 'fhir', '--force', '--output']],
    ['a batch', ['batch', 'sheet.json', '--output']],
  ])('%s does not take the place of a store: 2', async (_what, argv) => {
    await screened(review);
    const path = join(cwd, 'state', 'preinfuse', 'records.db');
    const { exit, stderr } = await preinfuse([...argv, path]);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('the records of a clinic are in it')]);
    expect((await records('verify')).exit).toBe(0);
  });

  test('an older copy is refused until somebody says why it is the one', async () => {
    const path = join(cwd, 'state', 'preinfuse', 'records.db');
    await screened({});
    const older = readFileSync(path);
    await screened(review);
    writeFileSync(path, older);
    const { exit, stderr } = await records('list');
    expect([exit, stderr]).toEqual([2, expect.stringContaining('An older copy may have been put in its place')]);
    expect((await records('accept', '--why', ' ')).exit).toBe(2);
    expect((await records('accept', '--why', 'the disk was replaced')).exit).toBe(0);
    expect((await records('list')).exit).toBe(0);
  });

  test.each([
    [
      'a password in sight',
      ['--store', 'postgres://ann:secret@localhost/r'],
      'a password does not belong among the options',
    ],
    [
      'a password in sight, of another kind',
      ['--store', 'mysql://ann:secret@localhost/r'],
      'a password does not belong',
    ],
    ['a slip in the address', ['--store', 'postgre://ann@localhost/r'], 'not kept at an address of that kind'],
    ['one slash', ['--store', 'postgres:/ann@localhost/r'], 'not kept at an address of that kind'],
    ['a server elsewhere without TLS', ['--store', 'postgres://ann@db.example.org/r'], 'over verified TLS alone'],
  ])('%s: 2', async (_what, argv, message) => {
    const { exit, stderr } = await records('list', ...argv);
    expect([exit, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).not.toContain('secret');
    expect(readdirSync(cwd).filter((name) => name.includes(':'))).toEqual([]);
  });
});
