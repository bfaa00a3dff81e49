import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { dispositions } from '../src/model/disposition.ts';
import { run } from './run.ts';
import { shippedFolder } from './shipped.ts';

/** What scripts, clinics and CI may rely on; see the README. A change here is a major version. */

const cwd = mkdtempSync(join(tmpdir(), 'contract-'));
writeFileSync(join(cwd, 'mine.txt'), '');
afterAll(() => rmSync(cwd, { recursive: true }));

const baseline = (parse(readFileSync(`${shippedFolder}/cases/baseline.yaml`, 'utf8')) as { answers: object }).answers;
const sheet = (changes: object): string => JSON.stringify({ ...baseline, ...changes });
const put = (name: string, text: string): string => {
  writeFileSync(join(cwd, name), text);
  return name;
};

const unknown = { absent: 'unknown' };

describe('dispositions, worst first', () => {
  test('their names and order', () => {
    expect(dispositions).toEqual([
      'emergency',
      'do-not-proceed',
      'defer',
      'clinician-review',
      'proceed-with-conditions',
      'proceed',
    ]);
  });
});

test('the commands', async () => {
  const help = (await run(['--help'], { cwd })).stdout.toString();
  const commands = [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
  expect(commands).toEqual(
    expect.arrayContaining([
      ...['screen', 'evaluate', 'batch', 'consent', 'verify', 'check', 'test', 'diff', 'explain', 'docs', 'graph'],
      ...['records', 'convert', 'init', 'doctor', 'schema', 'completion'],
    ]),
  );
});

describe('exit codes of evaluate', () => {
  test.each<[string, object, number]>([
    ['nothing in the way', {}, 0],
    ['conditions', { medicines: ['lamotrigine'] }, 0],
    ['not today', { 'today.escort': false }, 10],
    ['an answer unknown', { 'cardiac.avm': unknown }, 10],
    ['a clinician first', { 'neuro.seizures': 'controlled' }, 11],
    ['an answer declined', { 'cardiac.avm': { absent: 'declined' } }, 11],
    ['a contraindication', { 'cardiac.avm': true }, 12],
    ['an emergency', { 'suicide.attemptInProgress': true }, 13],
    ['answers refused', { 'vitals.systolic': 999 }, 1],
  ])('%s', async (_what, changes, expected) => {
    const { exit } = await run(['evaluate', '-'], { cwd, stdin: sheet(changes) });
    expect(exit).toBe(expected);
  });
});

describe('could not start: exit 2, the reason on stderr, nothing on stdout', () => {
  test.each<[string, readonly string[]]>([
    ['no command', []],
    ['an unknown command', ['evalute', 'x.json']],
    ['an unknown option', ['evaluate', '-', '--colour']],
    ['a missing file', ['evaluate', 'nowhere.json']],
    ['a missing definition', ['evaluate', '-', '--questionnaire', 'nowhere']],
    ['a date the calendar does not have', ['evaluate', '-', '--on', '2026-02-30']],
    ['a wizard without a terminal', ['screen']],
    ['a folder without a definition', ['check', '.']],
    ['a language that is not there', ['consent', '-', '--language', 'xx']],
    ['a language without forms', ['batch', '-', '--language', 'es']],
    ['a format that is not there', ['check', '--format', 'xml']],
    ['an input format that is not there', ['batch', '-', '--format', 'xml']],
    ['a spelling that is not there', ['convert', '-', '--to', 'xml']],
    ['a folder that is taken', ['init', '.']],
    ['a form into a folder', ['consent', '-', '--output', 'forms/']],
    ['results into a folder', ['batch', '-', '--output', 'results/']],
    ['a codebook into a folder', ['docs', '--pdf', 'books/']],
    ['proofs where the report goes', ['check', '--export-smt2', '-']],
    ['suggested cases where the report goes', ['test', '--suggest', '-']],
    ['a shell that is not there', ['completion', 'tcsh']],
  ])('%s', async (_what, argv) => {
    const { exit, stdout, stderr } = await run(argv, { cwd, stdin: sheet({}) });
    expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).not.toBe('');
  });
});

describe('a command line that cannot be read is told as all else is, with the way out', () => {
  test.each<[readonly string[], string]>([
    [['evaluate'], "preinfuse: missing required argument 'file'\n  see: preinfuse evaluate --help\n"],
    [
      ['evaluate', '-', '--jsn'],
      "preinfuse: unknown option '--jsn'\n  (Did you mean --json?)\n  see: preinfuse evaluate --help\n",
    ],
    [['bacth'], "preinfuse: unknown command 'bacth'\n  (Did you mean batch?)\n  see: preinfuse --help\n"],
    [['records', 'drop'], "preinfuse: unknown command 'drop'\n  see: preinfuse records --help\n"],
    [['key', 'rotate', 'x'], expect.stringMatching(/^preinfuse: too many .*\n {2}see: preinfuse key rotate --help\n$/)],
  ])('%j', async (argv, said) => {
    expect(await run(argv, { cwd })).toMatchObject({ exit: 2, stderr: said });
  });
});

describe('results', () => {
  test('one line a record, its keys in this order', async () => {
    const { stdout } = await run(['evaluate', '-', '--json'], {
      cwd,
      stdin: sheet({ 'today.escort': false, 'neuro.seizures': unknown }),
    });
    const result = JSON.parse(stdout.toString());
    expect(Object.keys(result)).toEqual(['line', 'id', 'disposition', 'findings', 'values', 'questionnaire', 'digest']);
    expect(result).toMatchObject({
      line: 1,
      id: 'V001',
      disposition: 'defer',
      findings: [
        { rule: 'cr-seizures', disposition: 'defer', because: {}, absent: ['neuro.seizures'] },
        { rule: 'df-escort', disposition: 'defer', because: { 'today.escort': false } },
      ],
      values: { age: 40, 'phq9.total': 16 },
      questionnaire: 'iv-ketamine|1.0.0',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect(result.findings[1]).not.toHaveProperty('absent');
  });

  test('a record in error has errors and nothing else', async () => {
    const { stdout } = await run(['evaluate', '-', '--json'], { cwd, stdin: sheet({ 'vitals.systolic': 301 }) });
    expect(JSON.parse(stdout.toString())).toEqual({
      line: 1,
      id: 'V001',
      errors: [
        { code: 'out-of-range', linkId: 'vitals.systolic', message: expect.any(String), character: expect.any(Number) },
      ],
    });
  });

  test.each<[string, object, string]>([
    ['an unknown linkId', { 'vitals.systolc': 120 }, 'unknown-link-id'],
    ['a wrong type', { 'vitals.systolic': '120' }, 'wrong-type'],
    ['a value out of range', { 'vitals.spo2': 101 }, 'out-of-range'],
    ['an option that is not there', { 'cardiac.stroke': 'maybe' }, 'unknown-option'],
    ['an absence where there may be none', { 'today.escort': unknown }, 'not-absent'],
    ['an answer to a question that is not asked', { 'cardiac.miDate': '2026-01-01' }, 'not-enabled'],
    ['numbers that contradict each other', { 'vitals.systolic': 80, 'vitals.diastolic': 90 }, 'constraint'],
    ['none of these beside something', { medicines: ['none', 'opioid'] }, 'exclusive-option'],
  ])('%s is an input error', async (_what, changes, code) => {
    const { stdout } = await run(['evaluate', '-', '--json'], { cwd, stdin: sheet(changes) });
    const { errors } = JSON.parse(stdout.toString()) as { errors: { code: string }[] };
    expect(errors.map((each) => each.code)).toContain(code);
  });

  test('a duplicate key is an input error', async () => {
    const twice = sheet({}).replace('{', '{"today.escort":false,');
    const { exit, stdout } = await run(['evaluate', '-', '--json'], { cwd, stdin: twice });
    expect(exit).toBe(1);
    expect(stdout.toString()).toContain('"duplicate-key"');
  });
});

describe('batch', () => {
  const lines = [sheet({}), '{"applicant.id":', sheet({ 'today.escort': false })].join('\n');

  test('a result a line in input order; a bad record makes the exit 1 and stops nothing', async () => {
    const { exit, stdout } = await run(['batch', put('in.ndjson', lines)], { cwd });
    const results = stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(exit).toBe(1);
    expect(results.map(({ line, disposition, errors }) => [line, disposition ?? errors[0].code])).toEqual([
      [1, 'proceed'],
      [2, expect.any(String)],
      [3, 'defer'],
    ]);
  });

  test('a FHIR QuestionnaireResponse gives the result of the answers that it was made of', async () => {
    const stdin = sheet({ 'today.escort': false });
    const response = (await run(['convert', '-', '--to', 'fhir'], { cwd, stdin })).stdout;
    const one = await run(['batch', '-'], { cwd, stdin });
    const other = await run(['batch', '-', '--format', 'fhir'], { cwd, stdin: response });
    expect([one.exit, other.exit, other.stdout.toString()]).toEqual([0, 0, one.stdout.toString()]);
  });

  test('every record evaluated is exit 0, whatever its disposition', async () => {
    const { exit } = await run(['batch', put('good.ndjson', `${sheet({ 'today.escort': false })}\n`)], { cwd });
    expect(exit).toBe(0);
  });

  test('the same input gives the same bytes', async () => {
    const [one, two] = [
      await run(['batch', put('in.ndjson', lines)], { cwd }),
      await run(['batch', 'in.ndjson', '--jobs', '2'], { cwd }),
    ];
    expect(one.stdout.equals(two.stdout)).toBe(true);
  });
});

describe('the consent form', () => {
  test.each<[string, object, number]>([
    ['defer', { 'today.escort': false }, 10],
    ['clinician-review without a clearance', { 'neuro.seizures': 'controlled' }, 11],
    ['do-not-proceed', { 'cardiac.avm': true }, 12],
    ['emergency', { 'asq.q1': true, 'asq.q5': true }, 13],
  ])('is refused for %s, and no file is left', async (_what, changes, expected) => {
    const { exit } = await run(['consent', '-', '--output', 'refused.pdf'], { cwd, stdin: sheet(changes) });
    expect(exit).toBe(expected);
    expect(readdirSync(cwd).filter((name) => name.includes('refused'))).toEqual([]);
  });

  test('is the same bytes for the same answers', async () => {
    const make = (): ReturnType<typeof run> => run(['consent', '-', '--output', '-'], { cwd, stdin: sheet({}) });
    const [one, two] = [await make(), await make()];
    expect(one.exit).toBe(0);
    expect(one.stdout.subarray(0, 5).toString()).toBe('%PDF-');
    expect(one.stdout.equals(two.stdout)).toBe(true);
  });
});

test('no patient data in errors', async () => {
  const canary = 'Zyxwvut Canary-7731';
  const bad = sheet({ 'applicant.name': canary, 'vitals.systolic': canary, [canary]: 1, 'cardiac.stroke': canary });
  const { stderr, stdout } = await run(['evaluate', '-', '--json'], { cwd, stdin: bad });
  expect(stderr + stdout).not.toContain('Canary');
});
