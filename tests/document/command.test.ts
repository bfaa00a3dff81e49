import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { PDFDocument } from 'pdf-lib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';
import { baseline, clearance, hasPoppler, textOf } from './sample.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'preinfuse-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Ran {
  readonly exit: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

function sink(isTTY: boolean): { readonly stream: Writable & { isTTY: boolean }; readonly chunks: Buffer[] } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY }), chunks };
}

async function consent(args: readonly string[], { stdin = '', isTTY = false, cwd = folder } = {}): Promise<Ran> {
  const [out, err] = [sink(isTTY), sink(false)];
  const io: Io = {
    stdin: Readable.from([stdin]),
    stdout: out.stream,
    stderr: err.stream,
    env: { XDG_STATE_HOME: join(folder, 'state') },
    cwd,
    now: () => new Date('2026-03-11T03:00:00Z'),
    onSignal: () => () => undefined,
  };
  const exit = await main(['consent', ...args], io);
  return { exit, stdout: Buffer.concat(out.chunks), stderr: Buffer.concat(err.chunks).toString() };
}

function put(name: string, value: unknown): string {
  writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
  return name;
}

describe('preinfuse consent', () => {
  test('writes a PDF that only its owner may read, and leaves nothing beside it', async () => {
    const ran = await consent([put('a.json', baseline), '--output', 'form.pdf']);
    expect([ran.stderr, ran.exit, ran.stdout.length]).toEqual(['Written: form.pdf\n', 0, 0]);
    expect(statSync(join(folder, 'form.pdf')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).toSorted()).toEqual(['a.json', 'form.pdf']);
    const pdf = await PDFDocument.load(readFileSync(join(folder, 'form.pdf')));
    expect(pdf.getTitle()).toBe('Consent for IV ketamine treatment');
  });

  test('reads standard input and writes standard output, the same bytes as to a file', async () => {
    const ran = await consent(['-'], { stdin: JSON.stringify(baseline) });
    await consent([put('a.json', baseline), '-o', 'form.pdf']);
    expect(ran.exit).toBe(0);
    expect(ran.stdout.equals(readFileSync(join(folder, 'form.pdf')))).toBe(true);
  });

  test('does not put a PDF on a terminal', async () => {
    const ran = await consent([put('a.json', baseline)], { isTTY: true });
    expect([ran.exit, ran.stdout.length]).toEqual([2, 0]);
    expect(ran.stderr).toContain('--output');
  });

  test('replaces a file only with --force', async () => {
    const args = [put('a.json', baseline), '--output', put('form.pdf', 'precious')];
    const ran = await consent(args);
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toContain('--force');
    expect(readFileSync(join(folder, 'form.pdf'), 'utf8')).toBe('precious');
    expect((await consent([...args, '--force'])).exit).toBe(0);
    expect(readFileSync(join(folder, 'form.pdf'), 'latin1')).toMatch(/^%PDF-1\.7/);
  });

  test('a folder that is not there is said, and nothing is left', async () => {
    const ran = await consent([put('a.json', baseline), '--output', 'nowhere/form.pdf']);
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toContain('cannot write form.pdf: there is no such folder');
  });

  test.each([
    ['defer', { 'today.escort': false }, 10],
    ['clinician-review', { 'neuro.seizures': 'controlled' }, 11],
    ['do-not-proceed', { 'cardiac.stroke': 'stroke' }, 12],
    ['emergency', { 'suicide.attemptInProgress': true }, 13],
  ])('%s: no file, and the exit code of the disposition', async (_disposition, changes, exit) => {
    const ran = await consent([put('a.json', { ...baseline, ...changes }), '--output', 'form.pdf']);
    expect(ran.exit).toBe(exit);
    expect(ran.stderr).toMatch(/consent form/);
    expect(ran.stderr).not.toContain('Test Applicant');
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  test('--quiet says nothing; on standard output stands the form alone', async () => {
    const quiet = await consent([put('a.json', baseline), '-o', 'form.pdf', '--quiet']);
    expect([quiet.stderr, quiet.exit, quiet.stdout.length]).toEqual(['', 0, 0]);
    const piped = await consent(['a.json']);
    expect([piped.stderr, piped.exit, piped.stdout.subarray(0, 5).toString()]).toEqual(['', 0, '%PDF-']);
  });

  test('a cleared review has a form', async () => {
    const args = [
      put('a.json', { ...baseline, 'neuro.seizures': 'controlled' }),
      '--clearance',
      put('c.json', clearance),
    ];
    const ran = await consent([...args, '--output', 'form.pdf']);
    expect([ran.stderr, ran.exit]).toEqual(['Written: form.pdf\n', 0]);
  });

  test('a clearance without a reason is refused at its place', async () => {
    const args = [put('a.json', { ...baseline, 'neuro.seizures': 'controlled' }), '--clearance'];
    const ran = await consent([
      ...args,
      put('c.yaml', 'name: Dr. A\nlicence: X1\nwhen: "2026-03-10"\n'),
      '-o',
      'form.pdf',
    ]);
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toMatch(/c\.yaml:1:1: error\[missing-key\] the key `why` is missing/);
  });

  describe('--teach-back', () => {
    const outcomes = {
      purpose: 'first-time',
      risks: 'after-explaining',
      driving: 'first-time',
      stopping: 'first-time',
    };
    const withRecord = (record: unknown, answers: object = baseline): Promise<Ran> =>
      consent([put('a.json', answers), '--teach-back', put('t.yaml', record), '-o', 'form.pdf']);

    test.skipIf(!hasPoppler)('is printed, with who asked', async () => {
      const ran = await withRecord({ by: 'Dana Lee, RN', when: '2026-03-10', outcomes });
      expect([ran.stderr, ran.exit]).toEqual(['Written: form.pdf\n', 0]);
      const text = textOf(readFileSync(join(folder, 'form.pdf')));
      expect(text.match(/In own words the first time/g)).toHaveLength(3);
      expect(text.match(/In own words after we explained again/g)).toHaveLength(1);
      expect(text).toContain('Asked by Dana Lee, RN');
      expect(text).not.toContain('Not yet');
    });

    test.skipIf(!hasPoppler)('without it the form has boxes to tick', async () => {
      await consent([put('a.json', baseline), '-o', 'form.pdf']);
      expect(textOf(readFileSync(join(folder, 'form.pdf'))).match(/after we explained again Not yet/g)).toHaveLength(4);
    });

    test('not yet: no form, 75, and what to do', async () => {
      const ran = await withRecord({ outcomes: { ...outcomes, driving: 'not-yet' } });
      expect(ran.exit).toBe(75);
      expect(ran.stderr).toContain('cannot yet say back driving');
      expect(ran.stderr).toContain('ask again');
      expect(readdirSync(folder).toSorted()).toEqual(['a.json', 't.yaml']);
    });

    test.each([
      [
        'an unknown question',
        'outcomes:\n  drivng: first-time\n',
        /t\.yaml:2:3: error\[unknown-key\] there is no such key here\n {2}= help: write `driving`/,
      ],
      [
        'a question left out',
        'outcomes: { purpose: first-time, risks: first-time, driving: first-time }',
        /missing-key\] the key `stopping`/,
      ],
      [
        'no such outcome',
        'outcomes: { purpose: fine, risks: first-time, driving: first-time, stopping: first-time }',
        /t\.yaml:1:22: error\[wrong-shape\] expected one of "first-time"\|"after-explaining"\|"not-yet"/,
      ],
      ['no outcomes', 'by: Dana Lee\n', /missing-key\] the key `outcomes`/],
      ['a day that is none', { when: '2026-02-30', outcomes }, /a day is written 2026-11-24/],
    ])('%s is refused at its place', async (_what, record, said) => {
      const ran = await withRecord(record);
      expect(ran.exit).toBe(2);
      expect(ran.stderr).toMatch(said);
      expect(readdirSync(folder).toSorted()).toEqual(['a.json', 't.yaml']);
    });

    test("a question of this patient's own findings needs its outcome", async () => {
      const answers = { ...baseline, 'cardiac.hypertension': 'treated' };
      const ran = await withRecord({ outcomes }, answers);
      expect(ran.stderr).toContain('the key `blood-pressure` is missing');
    });
  });

  test.each([
    ['not JSON', '{"visit.date": ', 'not accepted'],
    ['a key twice', '{"visit.date": "2026-03-10", "visit.date": "2026-03-10"}', 'visit.date: this key stands twice'],
    ['an unknown linkId', JSON.stringify({ ...baseline, 'vitals.sistolic': 120 }), 'vitals.sistolic'],
  ])('%s is refused', async (_what, text, said) => {
    const ran = await consent([put('a.json', text), '-o', 'form.pdf']);
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toContain(said);
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  test('a character that no font has is named', async () => {
    const ran = await consent([put('a.json', { ...baseline, 'applicant.name': 'ᏣᎳᎩ' }), '-o', 'form.pdf']);
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toMatch(/U\+13E3 in applicant\.name/);
    expect(ran.stderr).not.toContain('ᏣᎳᎩ');
  });

  test('a language that is not there is said', async () => {
    const ran = await consent([put('a.json', baseline), '--language', 'fr', '-o', 'form.pdf']);
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toMatch(/no consent form in the language `fr`/);
  });

  test.each(['../../etc/passwd', 'EN'])('the language %s is no path', async (language) => {
    const ran = await consent([put('a.json', baseline), '--language', language, '-o', 'form.pdf']);
    expect(ran.exit).toBe(2);
  });

  test('large print is another file', async () => {
    await consent([put('a.json', baseline), '-o', 'form.pdf']);
    await consent(['a.json', '-o', 'large.pdf', '--large-print']);
    const pages = async (name: string) => (await PDFDocument.load(readFileSync(join(folder, name)))).getPageCount();
    expect(await pages('large.pdf')).toBeGreaterThan(await pages('form.pdf'));
  });

  test("a clinic's own settings and templates are used", async () => {
    mkdirSync(join(folder, 'questionnaires'));
    cpSync(join(project, 'questionnaires/iv-ketamine'), join(folder, 'questionnaires/iv-ketamine'), {
      recursive: true,
    });
    cpSync(join(project, 'templates/iv-ketamine'), join(folder, 'templates/iv-ketamine'), { recursive: true });
    const settings = readFileSync(join(project, 'preinfuse.yaml'), 'utf8');
    writeFileSync(
      join(folder, 'preinfuse.yaml'),
      settings.replace('Example Valley', 'Own Hill').replace('demo: true', 'demo: false'),
    );
    const form = join(folder, 'templates/iv-ketamine/consent.en.md');
    writeFileSync(
      form,
      readFileSync(form, 'utf8').replace('You may feel fine and still', 'You may feel well and still'),
    );
    const args = [put('a.json', baseline), '--questionnaire', 'questionnaires/iv-ketamine', '-o', 'form.pdf'];
    expect((await consent(args)).stderr).toMatch(
      /^The key of this clinic's consent forms was made: .*\n.*\nWritten: form\.pdf\n$/,
    );
    const pdf = readFileSync(join(folder, 'form.pdf'));
    expect((await PDFDocument.load(pdf)).getAuthor()).toBe('Own Hill Ketamine Clinic');
    if (!hasPoppler) return;
    expect(textOf(pdf)).toContain('You may feel well and still');
    expect(textOf(pdf)).not.toContain('Sample:');
  });

  test('a broken template is named with its place', async () => {
    cpSync(join(project, 'templates/iv-ketamine'), join(folder, 'templates/iv-ketamine'), { recursive: true });
    cpSync(join(project, 'preinfuse.yaml'), join(folder, 'preinfuse.yaml'));
    const form = join(folder, 'templates/iv-ketamine/consent.en.md');
    writeFileSync(form, readFileSync(form, 'utf8').replace('64 in 100', '65 in 100'));
    const ran = await consent([put('a.json', baseline), '-o', 'form.pdf']);
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toMatch(/templates\/iv-ketamine\/consent\.en\.md:\d+:\d+: error\[unproved-number\]/);
  });

  describe('without a visit date in the sheet', () => {
    const { 'visit.date': _, ...undated } = baseline;
    const created = async (args: readonly string[]): Promise<string | undefined> => {
      await consent([put('a.json', undated), '-o', 'form.pdf', ...args]);
      const pdf = await PDFDocument.load(readFileSync(join(folder, 'form.pdf')), { updateMetadata: false });
      return pdf.getCreationDate()?.toISOString().slice(0, 10);
    };
    test('it is the day given with --on', async () => expect(await created(['--on', '2026-04-01'])).toBe('2026-04-01'));
    test.each([
      ['America/Denver', '2026-03-10'],
      ['UTC', '2026-03-11'],
    ])('else today by the clock of this computer, as in every command: %s', async (zone, day) => {
      vi.stubEnv('TZ', zone);
      expect(await created([])).toBe(day);
      vi.unstubAllEnvs();
    });
  });
});

test.skipIf(!hasPoppler)('pdftotext is the one of poppler', () => {
  expect(String(spawnSync('pdftotext', ['-v']).stderr)).toContain('poppler');
});
