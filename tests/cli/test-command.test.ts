import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { completed } from '../../src/check/example.ts';
import { folderWith } from '../folder.ts';
import { runText } from '../run.ts';

const definition = completed(`parameters:
  high: { title: High, value: 180, unit: "mm[Hg]", because: The label., sources: [label] }
items:
  - linkId: start
    type: group
    text: Start
    items:
      - { linkId: systolic, type: integer, text: Upper, why: It rises., unit: "mm[Hg]", min: 40, max: 300, absence: none, required: false }
rules:
  - { id: high, disposition: defer, when: systolic >= params.high, reason: High., action: Wait., sources: [label] }
`);
const baseline = 'id: base\ntitle: Base\nanswers: { systolic: 120 }\nasked: [systolic]\n';
const at =
  '  - { id: at, title: At the limit, set: { systolic: 180 }, expect: { disposition: defer, rules: [high] } }\n';
const above = '  - { id: above, title: Above, set: { systolic: 181 }, expect: { disposition: defer } }\n';
const below = '  - { id: below, title: Below, set: { systolic: 179 }, expect: { disposition: proceed } }\n';
const none = '  - { id: none, title: Not measured, unset: [systolic], expect: { disposition: defer } }\n';

const unsigned = 'None is signed by a reviewer: pending clinical sign-off.';

const clinic = (cases: string, text = definition): string =>
  folderWith({
    'q/questionnaire.yaml': text,
    'q/cases/baseline.yaml': baseline,
    ...(cases === '' ? {} : { 'q/cases/some.yaml': `cases:\n${cases}` }),
  });
const told = (cwd: string, ...argv: readonly string[]) => runText(cwd, 'test', ...argv);

describe('golden cases', () => {
  test('0 where all pass', async () => {
    expect(await told(clinic(at + below), 'q')).toEqual({
      exit: 0,
      stdout: `q/questionnaire.yaml: 2 of 2 golden cases pass\n${unsigned}\n`,
      stderr: '',
    });
  });

  test('says how many are signed', async () => {
    const signed = at.replace('rules: [high] } }', 'rules: [high] }, signedBy: Dr. A. Example }');
    expect((await told(clinic(signed + below), 'q')).stdout).toContain(
      '\n1 of 2 are signed by a reviewer; the others are',
    );
    expect((await told(clinic(signed), 'q')).stdout).toContain('\nEach is signed by a reviewer.\n');
  });

  test('1 where one fails, at its line; mutants wait until it passes', async () => {
    const wrong = at.replace('disposition: defer', 'disposition: proceed');
    const { exit, stdout } = await told(clinic(below + wrong), 'q', '--mutate');
    expect(exit).toBe(1);
    expect(stdout).toContain('q/cases/some.yaml:3:68: error[case-failed] `at`: expected proceed, got defer\n');
    expect(stdout).toMatch(
      /1 of 2 golden cases pass\nNone is .*\nCoverage and mutants are looked at once all cases pass\.\n$/,
    );
  });

  test('1 where there are none, 2 where there is no such folder or format', async () => {
    const folder = clinic('');
    expect((await told(folder, 'q')).stdout).toMatch(/no golden cases, so nothing was tested/);
    expect((await told(folder, 'q')).exit).toBe(1);
    expect((await told(folder, 'elsewhere')).exit).toBe(2);
    expect((await told(folder, 'q', '--format', 'sarif')).exit).toBe(2);
    expect((await told(folder, 'q', '--min-coverage', '101')).exit).toBe(2);
  });

  test('a definition that does not read has its problem told', async () => {
    const { exit, stdout } = await told(clinic(at, definition.replace('systolic >=', 'sistolic >=')), 'q');
    expect(exit).toBe(1);
    expect(stdout).toMatch(/error\[unknown-name\]/);
    expect(stdout).toMatch(/\nq\/questionnaire\.yaml: what does not read was not tested\n$/);
  });

  test.each([
    ['asked', 'asked: { more: [systolic], fewer: [] }', 'proceed', 0],
    ['asked otherwise', 'asked: { fewer: [systolic] }', 'asked: systolic not expected', 1],
    ['a name that is no question', 'asked: { more: [sistolic] }', 'no question is called `sistolic`', 1],
    ['a value that is none', 'values: { systolic: 1 }', 'no calculated value is called `systolic`', 1],
    ['answers refused, that are not', 'refused: [systolic]', 'refused: systolic expected', 1],
    ['nothing', '', 'either a `disposition` or what is `refused`', 1],
  ])('%s', async (_title, expectation, words, exit) => {
    const disposition = expectation.includes('refused') || expectation === '' ? '' : 'disposition: proceed, ';
    const line = `  - { id: some, title: Some, expect: { ${disposition}${expectation} } }\n`;
    const result = await told(clinic(line), 'q');
    expect(result.exit).toBe(exit);
    if (exit === 1) expect(result.stdout).toContain(words);
  });

  test('a case that waits for a clinician', async () => {
    const { exit, stdout } = await told(clinic(`${at}  - { id: new, title: New, expect: TODO }\n`), 'q');
    expect(exit).toBe(1);
    expect(stdout).toContain('q/cases/some.yaml:3:36: error[case-failed] the case is waiting for a clinician');
    expect(stdout).toContain('1 of 2 golden cases pass');
  });
});

describe('coverage', () => {
  test('tells what no case shows; fails only below what was asked for', async () => {
    const folder = clinic(at + below);
    const { exit, stdout } = await told(folder, 'q', '--coverage');
    expect(exit).toBe(0);
    expect(stdout).toBe(`q/questionnaire.yaml: 2 of 2 golden cases pass
${unsigned}

Coverage
  rules fired     100 %  1 of 1
  rules deciding  100 %  1 of 1
  answers given   100 %  0 of 0
  conditions      100 %  2 of 2
  limits           66 %  2 of 3

No case shows: limits
  q/questionnaire.yaml:10:43
    \`systolic >= params.high\` at 181
`);
    expect((await told(folder, 'q', '--min-coverage', '66')).exit).toBe(0);
    expect((await told(folder, 'q', '--min-coverage', '67')).exit).toBe(1);
    expect((await told(clinic(at + below + above), 'q', '--min-coverage', '100')).exit).toBe(0);
  });
});

describe('mutants', () => {
  const whole = at + below + above + none;

  test('0 where every one is told', async () => {
    const { exit, stdout } = await told(clinic(whole), 'q', '--mutate');
    expect(stdout).toMatch(/^Mutants: (\d+) of \1 are told from the original, 100 %$/m);
    expect(exit).toBe(0);
  });

  test('1 where one survives, with the applicant to add; the same as JSON', async () => {
    const folder = clinic(at + above + none);
    const { exit, stdout } = await told(folder, 'q', '--mutate');
    expect(exit).toBe(1);
    expect(stdout).toContain(`No case tells these from the original
  q/questionnaire.yaml:2:3
    params.high.limit-2: \`params.high\` 180 -> 179
    add a case: systolic 179
    it shows: proceed -> defer, finding high
`);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const json = JSON.parse((await told(folder, 'q', '--mutate', '--format', 'json')).stdout);
    expect(json.schemaVersion).toBe(1);
    expect(json.definitions[0].mutation.survivors[0]).toEqual({
      id: 'params.high.limit-2',
      words: '`params.high` 180 -> 179',
      applicant: 'systolic 179',
      differs: ['proceed -> defer', 'finding high'],
      path: 'q/questionnaire.yaml',
      line: 2,
      column: 3,
      endLine: 2,
      endColumn: 7,
    });
  });

  test('--suggest writes the case to add, which waits for a clinician; filled in, it tells the mutant', async () => {
    const folder = clinic(at + above + none);
    const { exit, stderr } = await told(folder, 'q', '--suggest', 'q/cases/new.yaml');
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: '1 case waits for a clinician in q/cases/new.yaml\n' });
    const path = join(folder, 'q/cases/new.yaml');
    const text = readFileSync(path, 'utf8');
    expect(text.slice(text.indexOf('cases:'))).toBe(`cases:
  # params.high.limit-2: \`params.high\` 180 -> 179: proceed -> defer, finding high
  - id: suggested-1
    title: systolic 179
    set:
      systolic: 179
    expect: TODO
`);
    expect((await told(folder, 'q')).stdout).toContain('waiting for a clinician');
    const again = await told(folder, 'q', '--suggest', 'q/cases/new.yaml');
    expect(again.exit).toBe(2);
    expect(again.stderr).toContain('is there already');
    writeFileSync(path, text.replace('expect: TODO', 'expect: { disposition: proceed, findings: [] }'));
    expect((await told(folder, 'q', '--mutate')).exit).toBe(0);
  });

  test('--suggest does not say that there is nothing to add where nobody looked', async () => {
    const folder = clinic(below + at.replace('disposition: defer', 'disposition: proceed'));
    const { exit, stderr } = await told(folder, 'q', '--suggest', '-q');
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: 'no case is suggested before all cases pass\n' });
    expect(existsSync(join(folder, 'suggested-cases.yaml'))).toBe(false);
  });

  test('--suggest writes nothing where there is nothing to add', async () => {
    const folder = clinic(whole);
    expect(await told(folder, 'q', '--suggest', '-q')).toEqual({ exit: 0, stdout: '', stderr: 'no case to suggest\n' });
    expect(existsSync(join(folder, 'suggested-cases.yaml'))).toBe(false);
  });
});
