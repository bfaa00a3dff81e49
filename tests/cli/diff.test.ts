import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { afterAll, describe, expect, test } from 'vitest';
import { run, runText } from '../run.ts';
import { shippedFolder } from '../shipped.ts';

const cwd = mkdtempSync(join(tmpdir(), 'diff-'));
afterAll(() => rmSync(cwd, { recursive: true }));

function put(name: string, text: string | Uint8Array): string {
  mkdirSync(dirname(join(cwd, name)), { recursive: true });
  writeFileSync(join(cwd, name), text);
  return name;
}

const diff = (...argv: readonly string[]) => runText(cwd, 'diff', ...argv);

const original = `id: small
version: "1.0.0"
title: Small
status: draft
sources: [{ id: label, text: A label, checked: excerpt }]
safety: { title: Safety, steps: [Call the clinician.] }
parameters:
  heaviest: { title: Heaviest weight, value: 120, unit: kg, because: The table holds no more., sources: [label] }
items:
  - linkId: start
    type: group
    text: Start
    items:
      - { linkId: applicant.id, type: string, maxLength: 40, text: Chart number, absence: none, why: To find it. }
      - { linkId: visit.date, type: date, text: Day of the visit, absence: none, why: To file it. }
      - { linkId: weight, type: integer, min: 30, max: 200, unit: kg, text: Weight, why: The table. }
      - { linkId: willing, type: boolean, text: Go on?, why: It is a choice. }
rules:
  - { id: unwilling, disposition: do-not-proceed, when: "!willing", reason: Unwilling., action: Stop., sources: [label] }
  - { id: heavy, disposition: defer, when: weight > params.heaviest, reason: Too heavy., action: Wait., sources: [label] }
`;
const sheet = { 'applicant.id': 'A1', 'visit.date': '2026-03-10', weight: 80, willing: true };

/** A definition with texts in it changed, and the answers of its unremarkable applicant. */
function define(name: string, changes: readonly (readonly [string, string])[] = [], answers: object = sheet): string {
  const text = changes.reduce((before, [from, to]) => {
    expect(before).toContain(from);
    return before.replaceAll(from, to);
  }, original);
  put(`${name}/questionnaire.yaml`, text);
  put(`${name}/cases/baseline.yaml`, `id: usual\ntitle: Usual\nanswers: ${JSON.stringify(answers)}\n`);
  return name;
}

const v1 = define('v1');
const loosened = define('loosened', [['value: 120', 'value: 130']]);
const reworded = define('reworded', [['reason: Too heavy.', 'reason: Heavier than the table holds.']]);
const narrowed = define('narrowed', [['max: 200', 'max: 180']]);
const asking = define(
  'asking',
  [
    [
      'rules:\n',
      'rules:\n  - { id: alone, disposition: defer, when: "!escort", reason: Alone., action: Wait., sources: [label] }\n',
    ],
    [
      '      - { linkId: willing',
      '      - { linkId: escort, type: boolean, text: Escort?, why: The way home. }\n      - { linkId: willing',
    ],
  ],
  { ...sheet, escort: true },
);
const { weight, ...lighter } = sheet;
const renamed = define(
  'renamed',
  [
    ['weight', 'mass'],
    ['Heaviest mass', 'Heaviest weight'],
  ],
  { ...lighter, mass: weight },
);

describe('exit codes', () => {
  test.each<[number, string, readonly string[]]>([
    [0, 'the same', [v1, v1]],
    [0, 'other words', [v1, reworded]],
    [1, 'somebody loosened', [v1, loosened]],
    [1, 'somebody tightened', [loosened, v1]],
    [1, 'somebody loosened, asked for that', [v1, loosened, '--fail-on', 'loosened']],
    [0, 'somebody tightened, asked for the other', [loosened, v1, '--fail-on', 'loosened']],
    [0, 'somebody loosened, asked for the other', [v1, loosened, '--fail-on', 'tightened']],
    [1, 'answers that the old one alone takes', [v1, narrowed]],
    [0, 'answers that the old one alone takes, asked for loosened', [v1, narrowed, '--fail-on', 'loosened']],
    [1, 'answers that the new one alone takes, asked for loosened', [narrowed, v1, '--fail-on', 'loosened']],
    [1, 'a rename that is not said', [v1, renamed]],
    [0, 'a rename that is said', [v1, renamed, '--rename', 'weight=mass']],
    [0, 'the file in place of its folder', ['v1/questionnaire.yaml', 'reworded/questionnaire.yaml']],
  ])('%i for %s', async (exit, _title, argv) => {
    expect(await diff(...argv)).toMatchObject({ exit, stderr: '' });
  });

  test.each<[string, readonly string[], RegExp]>([
    ['a folder that is not there', [v1, 'gone'], /there is no definition in gone\n.*git worktree add/],
    ['a PDF beside the report', [v1, v1, '--pdf', '-'], /has the report already\n {2}name a file with --pdf/],
    ['a format there is not', [v1, v1, '--format', 'pdf'], /--format does not take `pdf`\n {2}there is: text, json/],
    ['something to fail on that there is not', [v1, v1, '--fail-on', 'loose'], /--fail-on does not take `loose`/],
    ['a rename without a sign', [v1, renamed, '--rename', 'weight'], /--rename does not take `weight`/],
    ['a rename of nothing', [v1, renamed, '--rename', 'wieght=mass'], /called wieght: did you mean weight\?/],
    ['an archive without a format', [v1, v1, '--archive', 'sheets.txt'], /does not say what format it has/],
    [
      'an archive that is not there',
      [v1, v1, '--archive', 'gone.ndjson'],
      /cannot read gone.ndjson: there is no such file/,
    ],
  ])('2 for %s', async (_title, argv, message) => {
    const { exit, stdout, stderr } = await diff(...argv);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('2 for a definition without an unremarkable applicant, and for one that it refuses', async () => {
    put('bare/questionnaire.yaml', original);
    expect(await diff(v1, 'bare')).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/bare has no cases\/baseline.yaml\n/),
    });
    define('refused', [], { ...sheet, weight: 500 });
    const { exit, stderr } = await diff(v1, 'refused');
    expect(exit).toBe(2);
    expect(stderr).toMatch(/the baseline of refused is not accepted\n {2}weight: /);
    expect(stderr).not.toContain('500');
  });

  test('2 for a map of renames that is no map', async () => {
    put('renames.yaml', 'weight: [mass]\n');
    expect(await diff(v1, renamed, '--renames', 'renames.yaml')).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/renames.yaml:1:\d+: error\[wrong-shape\]/),
    });
    put('renames.yaml', 'weight: mass\n');
    expect(await diff(v1, renamed, '--renames', 'renames.yaml')).toMatchObject({ exit: 0 });
  });
});

describe('formats', () => {
  test('text', async () => {
    const { stdout } = await diff(v1, loosened);
    expect(stdout).toMatchInlineSnapshot(`
      "small 1.0.0 -> small 1.0.0

      Outcomes change: 2 loosened, 0 tightened; every other way is ruled out over
      every answer sheet, proof checked. Both go by version 1.0.0: give the new one
      its own.

      LOOSENED: ends milder
        defer -> proceed
          example   weight 121
          was       defer: heavy
          now       proceed, nothing found
          moved by  heavy is no longer found
        defer -> clinician-review
          example   weight 121, willing declined
          was       defer: heavy
          now       clinician-review: unwilling
          moved by  heavy is no longer found

      SAME OUTCOME, but
        other findings, still do-not-proceed
          example   weight 121, willing false
          differs   heavy no longer found

      WHAT WAS CHANGED
        - parameter heaviest: changed
          - value: 120 kg -> 130 kg
      "
    `);
    const longest = Math.max(...stdout.split('\n').map((line) => line.length));
    expect(longest).toBeLessThanOrEqual(80);
  });

  test('text: what is looked away from, what was changed, what may be a rename', async () => {
    expect((await diff(v1, narrowed)).stdout).toMatchInlineSnapshot(`
      "small 1.0.0 -> small 1.0.0

      No applicant's outcome changes: proved over every answer sheet that both take,
      proof checked. Both go by version 1.0.0: give the new one its own.

      ANSWERS THAT ONE DEFINITION REFUSES: not compared
        - only the old definition takes, for weight, more than 180 kg

      WHAT WAS CHANGED
        - question weight: changed
          - limits: 30 to 200 kg -> 30 to 180 kg
      "
    `);
    expect((await diff(v1, renamed)).stdout).toMatch(/if it is a\s+rename, say --rename weight=mass\n/);
  });

  test('json: one object, its sheets ready to be evaluated', async () => {
    const { exit, stdout } = await diff(v1, loosened, '--format', 'json');
    const report = JSON.parse(stdout);
    expect(exit).toBe(1);
    expect(Object.keys(report)).toEqual([
      'schemaVersion',
      'old',
      'new',
      'outcome',
      'proofChecked',
      'loosened',
      'tightened',
      'undecided',
      'sameOutcome',
      'takenByOne',
      'changes',
      'wording',
      'renameNotes',
    ]);
    expect(report).toMatchObject({ outcome: 'differs', proofChecked: true, tightened: [], undecided: [] });
    const [move] = report.loosened;
    expect(move).toMatchObject({ from: 'defer', to: 'proceed', movedBy: ['heavy is no longer found'] });
    const now = await run(['evaluate', put('now.json', JSON.stringify(move.sheets.new)), '--questionnaire', loosened], {
      cwd,
    });
    const was = await run(['evaluate', put('was.json', JSON.stringify(move.sheets.old)), '--questionnaire', v1], {
      cwd,
    });
    expect([was.exit, now.exit]).toEqual([10, 0]);
    expect(JSON.parse((await diff(v1, v1, '--format', 'json')).stdout).outcome).toBe('same');
  });

  test('a page to sign, the same bytes for the same input', async () => {
    const { exit, stderr } = await diff(v1, loosened, '--pdf', 'page.pdf');
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: 'Written: page.pdf\n' });
    await diff(v1, loosened, '--pdf', 'again.pdf', '--quiet');
    const [page, again] = ['page.pdf', 'again.pdf'].map((name) => readFileSync(join(cwd, name)));
    expect(again).toEqual(page);
    const document = await PDFDocument.load(page as Buffer);
    expect(document.getTitle()).toBe('Who is treated differently');
    expect(document.getPageCount()).toBe(1);
  });
});

describe('the archive', () => {
  const lines = (...sheets: readonly unknown[]): string =>
    `${sheets.map((each) => (typeof each === 'string' ? each : JSON.stringify({ ...sheet, ...(each as object) }))).join('\n')}\n`;
  const recorded = async (file: string, ...argv: readonly string[]) => {
    const { exit, stdout, stderr } = await diff(...argv, '--archive', file);
    return {
      exit,
      stderr,
      listed: stdout.split('\n').slice(stdout.split('\n').findIndex((line) => line.startsWith('RECORDED')) + 1),
    };
  };

  test('one line a record whose outcome changes or cannot be told, and the counts', async () => {
    const { visit: _, ...undated } = { visit: 0, ...sheet, 'visit.date': undefined };
    const file = put(
      'sheets.ndjson',
      lines(
        { 'applicant.id': 'SAME' },
        { 'applicant.id': 'MOVES', weight: 125 },
        '{"applicant.id": "BROKEN", ',
        '',
        { 'applicant.id': '\u001b[31mRED\u202e', weight: 125 },
        { 'applicant.id': 'HEAVY', weight: 500 },
        JSON.stringify({ ...undated, 'applicant.id': 'UNDATED', weight: 125 }),
        '[1]',
        { 'applicant.id': 'ODD', __proto__x: 1 },
      ),
    );
    const { exit, stderr, listed } = await recorded(file, v1, loosened);
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: '' });
    expect(listed.join('\n')).toMatchInlineSnapshot(`
      "  line 2  MOVES  loosened  defer -> proceed  heavy no longer found
        line 3  cannot be told  this JSON ends too early, at character 28
        line 5  ?[31mRED?  cannot be told under the old definition  applicant.id: control characters are not accepted
        line 6  HEAVY  cannot be told under the old definition  weight: must be from 30 to 200 kg
        line 7  UNDATED  cannot be told  visit.date: the day of the visit is not recorded: give it with --on where it is one day for all
        line 8  cannot be told under the old definition  expected an object of answers by linkId, such as {"visit.date": "2026-03-10"}
        line 9  ODD  cannot be told under the old definition  key 5 is not a linkId: leave it out
      8 recorded: 1 as before, 1 loosened, 0 tightened, 6 cannot be told
      "
    `);
    expect(listed.join('\n')).not.toMatch(/\u001b|\u202e/);
    expect((await recorded(file, v1, loosened, '--on', '2026-03-10')).listed).toContain(
      '  line 7  UNDATED  loosened  defer -> proceed  heavy no longer found',
    );
  });

  test('an answer that was not asked for: told where it could change the outcome, and only there', async () => {
    const file = put(
      'before.ndjson',
      lines(
        { 'applicant.id': 'OPEN' },
        { 'applicant.id': 'UNWILLING', willing: false },
        { 'applicant.id': 'HEAVY', weight: 125 },
      ),
    );
    const { exit, listed } = await recorded(file, v1, asking);
    expect(exit).toBe(1);
    expect(listed).toEqual([
      '  line 1  OPEN  cannot be told under the new definition  escort: the new definition needs this answer, and it was not asked for',
      '3 recorded: 2 as before, 0 loosened, 0 tightened, 1 cannot be told',
      '',
    ]);
  });

  test('answers that nobody asks for any more are set aside', async () => {
    const file = put('after.ndjson', lines({ escort: false }, { escort: true }));
    expect((await recorded(file, asking, v1)).listed).toEqual([
      '  line 1  A1  loosened  defer -> proceed  alone no longer found',
      '2 recorded: 1 as before, 1 loosened, 0 tightened, 0 cannot be told',
      '',
    ]);
  });

  test('what the new definition refuses cannot be told; the answer is not repeated', async () => {
    const { exit, listed } = await recorded(
      put('tall.ndjson', lines({ weight: 190 })),
      v1,
      narrowed,
      '--fail-on',
      'loosened',
    );
    expect(exit).toBe(1);
    expect(listed[0]).toMatch(/^ {2}line 1 {2}A1 {2}cannot be told under the new definition {2}weight: /);
    expect(listed[0]).not.toContain('190');
  });

  test('CSV, a JSON list and renames', async () => {
    const csv = put(
      'sheets.csv',
      'applicant.id,visit.date,weight,willing\nC1,2026-03-10,125,true\nC2,2026-03-10,80,true\n',
    );
    expect((await recorded(csv, v1, renamed, '--rename', 'weight=mass')).listed).toEqual([
      '2 recorded: 2 as before, 0 loosened, 0 tightened, 0 cannot be told',
      '',
    ]);
    const list = put('sheets.json', JSON.stringify([sheet, { ...sheet, weight: 125 }]));
    expect((await recorded(list, v1, loosened)).listed[0]).toBe(
      '  record 2  A1  loosened  defer -> proceed  heavy no longer found',
    );
    expect(await diff(v1, loosened, '--archive', put('bad.csv', 'wieght\n1\n'))).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/the header of bad.csv is not accepted\n.*wieght/),
    });
  });

  test('in JSON it stands last, with its counts', async () => {
    const file = put('few.ndjson', lines({}, { 'applicant.id': '"},{', weight: 125 }, '{'));
    const report = JSON.parse((await diff(v1, loosened, '--format', 'json', '--archive', file)).stdout);
    expect(Object.keys(report).at(-1)).toBe('archive');
    expect(report.archive).toMatchObject({
      records: [
        {
          line: 2,
          id: '"},{',
          is: 'changed',
          from: 'defer',
          to: 'proceed',
          direction: 'loosened',
          noLongerFound: ['heavy'],
          found: [],
        },
        { line: 3, is: 'undetermined', by: 'record', problems: [{ code: 'not-json', linkId: '' }] },
      ],
      counts: { records: 3, same: 1, loosened: 1, tightened: 0, undetermined: 1 },
    });
    const empty = JSON.parse((await diff(v1, v1, '--format', 'json', '--archive', put('none.ndjson', ''))).stdout);
    expect(empty.archive).toEqual({
      records: [],
      counts: { records: 0, same: 0, loosened: 0, tightened: 0, undetermined: 0 },
    });
  });
});

test('the shipped definition with one limit moved, and its sample applicants looked at again', async () => {
  for (const name of ['shipped', 'stricter'])
    cpSync(shippedFolder, join(cwd, name, 'iv-ketamine'), { recursive: true });
  const path = join(cwd, 'stricter/iv-ketamine/questionnaire.yaml');
  writeFileSync(path, readFileSync(path, 'utf8').replace(/(youngBelow:[\s\S]*?value: )25/, '$146'));
  const { exit, stdout } = await diff(
    'shipped/iv-ketamine',
    'stricter/iv-ketamine',
    '--archive',
    'shipped/iv-ketamine/samples/applicants.ndjson',
  );
  expect(exit).toBe(1);
  expect(stdout).toContain('  proceed -> proceed-with-conditions\n');
  expect(stdout).toContain('    moved by  pc-under-25 is found (proceed-with-conditions)\n');
  expect(stdout).toMatch(/\n12 recorded: \d+ as before, 0 loosened, [1-9]\d* tightened, 0 cannot be told\n$/);
});
