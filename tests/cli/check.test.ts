import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { completed } from '../../src/check/example.ts';
import type { Io, Output } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';
import { folderWith } from '../folder.ts';
import { runText as run } from '../run.ts';

const clean = completed('');
const bad = clean.replace('"!willing"', '"!wiling"');
const warned = clean.replace(", why: It is the person's choice.", '');
const cases = {
  'q/cases/baseline.yaml': 'id: base\ntitle: Base\nanswers: { willing: true }\n',
  'q/cases/some.yaml': `cases:
  - { id: no, title: No, set: { willing: false }, expect: { disposition: do-not-proceed, rules: [unwilling] } }
  - { id: yes, title: Yes, expect: { disposition: defer, rules: [], findings: [], notAsked: [] } }
`,
};

describe('exit codes', () => {
  test('0 for the shipped definition, with nothing to say but what was looked at', async () => {
    const { exit, stdout, stderr } = await run('/', 'check', '--on', '2026-12-01');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toMatch(
      /^0 errors, 0 warnings in \d+ files\n(\d+) of \1 golden cases pass\n(\d+) of \2 goals settled over every answer sheet, each proof checked\n(form [a-z]{2} reads at \d\.\d at most \(.+\), \d\.\d in the middle\n)+this is the shipped definition; for one of your own: preinfuse check PATH\n$/,
    );
  });

  test.each([
    ['nothing is wrong', clean, 0],
    ['there are warnings alone', warned, 0],
    ['there is an error', bad, 1],
  ])('where %s', async (_title, text, exit) => {
    const folder = folderWith({ 'q/questionnaire.yaml': text });
    expect((await run(folder, 'check', 'q')).exit).toBe(exit);
  });

  test.each<[string, Record<string, string | Uint8Array>, string[], RegExp]>([
    ['no such folder', {}, ['q'], /cannot read q: there is no such folder/],
    [
      'a file that is no questionnaire',
      { 'q/notes.txt': '' },
      ['q/notes.txt'],
      /cannot read q\/notes.txt: it is not a fo/,
    ],
    [
      'a folder that the system does not let be read',
      { 'q/notes.txt': '' },
      [`q/${'x'.repeat(300)}`],
      /cannot read the folder q\/x+\n {2}name a folder that is there and that you may look into\n/,
    ],
    ['here, without a definition', { 'notes.txt': '' }, ['.'], /there is no definition in \.\n/],
    ['a folder without a definition', { 'q/notes.txt': '' }, ['q'], /there is no definition in q/],
    [
      'a file that is not UTF-8',
      { 'q/questionnaire.yaml': new Uint8Array([0x69, 0xff]) },
      ['q'],
      /cannot read q\/questionnaire.yaml/,
    ],
    ['a format there is not', { 'q/questionnaire.yaml': clean }, ['q', '--format', 'xml'], /there is no format `xml`/],
  ])('2 for %s', async (_title, files, argv, message) => {
    const { exit, stdout, stderr } = await run(folderWith(files), 'check', ...argv);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

describe('formats', () => {
  test('text: place, line of the file, note and help, then one line of counts', async () => {
    const { stdout, stderr } = await run(folderWith({ 'q/questionnaire.yaml': clean, ...cases }), 'check', 'q');
    expect(stderr).toBe('');
    expect(stdout).toMatchInlineSnapshot(`
      "q/cases/some.yaml:3:36: error[case-failed] \`yes\`: expected defer, got proceed
        3 |   - { id: yes, title: Yes, expect: { disposition: defer, rules: [], findings: [], notAsked: [] } }
          |                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          = note: no rule fired
          = help: mend the definition; or, where the change is meant, have the case signed anew

      1 error, 0 warnings in 3 files
      1 of 2 golden cases pass
      8 of 8 goals settled over every answer sheet, each proof checked
      More about a code: preinfuse explain case-failed
      "
    `);
  });

  test('text, quietly: the problems alone, and nothing where there are none', async () => {
    const folder = folderWith({ 'bad/questionnaire.yaml': bad, 'good/questionnaire.yaml': clean });
    expect((await run(folder, 'check', 'good', '--quiet')).stdout).toBe('');
    expect((await run(folder, 'check', 'bad', '--quiet')).stdout).toMatchInlineSnapshot(`
      "bad/questionnaire.yaml:14:59: error[unknown-name] nothing is called \`wiling\`
        14 |   - { id: unwilling, disposition: do-not-proceed, when: "!wiling", reason: Unwilling., action: Stop.
           |                                                           ^^^^^^
           = help: write \`willing\`
      "
    `);
  });

  test('json: one object, its keys in one order', async () => {
    const { exit, stdout } = await run(folderWith({ 'q/questionnaire.yaml': bad }), 'check', 'q', '--format', 'json');
    expect(exit).toBe(1);
    expect(stdout).toMatchInlineSnapshot(`
      "{
        "schemaVersion": 1,
        "diagnostics": [
          {
            "code": "unknown-name",
            "severity": "error",
            "message": "nothing is called \`wiling\`",
            "path": "q/questionnaire.yaml",
            "line": 14,
            "column": 59,
            "endLine": 14,
            "endColumn": 65,
            "help": "write \`willing\`"
          }
        ],
        "suppressed": [],
        "summary": {
          "errors": 1,
          "warnings": 0,
          "suppressed": 0,
          "files": 1,
          "definitions": 1,
          "read": 0,
          "cases": {
            "passed": 0,
            "total": 0
          },
          "proofs": {
            "settled": 0,
            "goals": 0
          },
          "reading": []
        }
      }
      "
    `);
  });

  test('github: commands with what would break them escaped, then the text', async () => {
    const folder = folderWith({ 'a, 50%: b/questionnaire.yaml': bad });
    const { stdout } = await run(folder, 'check', 'a, 50%: b', '--format', 'github');
    expect(stdout).toMatchInlineSnapshot(`
      "::error file=a%2C 50%25%3A b/questionnaire.yaml,line=14,endLine=14,col=59,endColumn=65,title=unknown-name::nothing is called \`wiling\`%0Ahelp: write \`willing\`
      a, 50%: b/questionnaire.yaml:14:59: error[unknown-name] nothing is called \`wiling\`
        14 |   - { id: unwilling, disposition: do-not-proceed, when: "!wiling", reason: Unwilling., action: Stop.
           |                                                           ^^^^^^
           = help: write \`willing\`

      1 error, 0 warnings in 1 file
      the definition does not read, so its golden cases were not run
      More about a code: preinfuse explain unknown-name
      "
    `);
  });

  test('github: says how many annotations do not show', async () => {
    const many = Array.from(
      { length: 12 },
      (_, index) => `  p${index}: { title: T, value: 2, unit: mmHg, because: B, sources: [label] }`,
    );
    const folder = folderWith({ 'q/questionnaire.yaml': completed(`parameters:\n${many.join('\n')}\n`) });
    const { stdout } = await run(folder, 'check', 'q', '--format', 'github');
    expect(stdout).toContain('\n::notice::20 of 24 problems are shown as annotations; all stand in the log\n');
  });

  test('the same input gives the same bytes', async () => {
    const folder = folderWith({ 'q/questionnaire.yaml': warned, ...cases });
    const [first, second] = await Promise.all([run(folder, 'check', 'q'), run(folder, 'check', 'q')]);
    expect(first.stdout).toBe(second.stdout);
  });
});

describe('where many golden cases fail', () => {
  const failing = (name: string, count: number): string =>
    `cases:\n${Array.from({ length: count }, (_, at) => `  - { id: ${name}-${at + 1}, title: T, expect: { disposition: defer } }\n`).join('')}`;
  const folder = folderWith({
    'q/questionnaire.yaml': `${clean}invariants:
  - { id: willing, title: Nobody goes on, kind: never, dispositions: [proceed], when: willing, sources: [label] }
`,
    'q/cases/baseline.yaml': 'id: base\ntitle: Base\nanswers: { willing: true }\nasked: []\n',
    'q/cases/a.yaml': failing('a', 7),
    'q/cases/b.yaml': failing('b', 3),
    'q/cases/c.yaml': failing('c', 1),
  });
  const failed = (text: string): readonly string[] =>
    [...text.matchAll(/error\[case-failed\] `(\S+)`/g)].map(([, id = '']) => id);

  test('the first five stand in full, the others are counted by file, and it says how to see them', async () => {
    const { exit, stdout } = await run(folder, 'check', 'q');
    expect(exit).toBe(1);
    expect(failed(stdout)).toEqual(['a-1', 'a-2', 'a-3', 'a-4', 'a-5', 'base']);
    expect(stdout).toContain(`
6 more golden cases fail
  q/cases/a.yaml: 2
  q/cases/b.yaml: 3
  q/cases/c.yaml: 1
  = help: mend what the first ones show and check again; \`preinfuse test\` with the same path shows all of them

q/cases/baseline.yaml:1:5: error[case-failed] \`base\`: asked: willing not expected
`);
  });

  test('what else is wrong is never left out, and everything is counted at the end', async () => {
    const { stdout } = await run(folder, 'check', 'q');
    expect(stdout).toContain('error[invariant-broken]');
    expect(stdout).toContain('\n13 errors, 1 warning in 5 files\n0 of 11 golden cases pass\n');
  });

  test('quietly too; whole in every other format and in `preinfuse test`', async () => {
    expect(failed((await run(folder, 'check', 'q', '--quiet')).stdout)).toHaveLength(6);
    expect(failed((await run(folder, 'test', 'q')).stdout)).toHaveLength(12);
    const json = JSON.parse((await run(folder, 'check', 'q', '--format', 'json')).stdout);
    expect(json.diagnostics.filter(({ code }: { code: string }) => code === 'case-failed')).toHaveLength(12);
    const { stdout } = await run(folder, 'check', 'q', '--format', 'github');
    expect(failed(stdout)).toHaveLength(12);
  });

  test('one case more is one case', async () => {
    const six = folderWith({
      'q/questionnaire.yaml': clean,
      'q/cases/baseline.yaml': 'id: base\ntitle: Base\nanswers: { willing: true }\n',
      'q/cases/a.yaml': failing('a', 6),
    });
    expect((await run(six, 'check', 'q')).stdout).toContain('\n1 more golden case fails\n  q/cases/a.yaml: 1\n');
  });

  test('answers that are refused in many cases are counted in the same way', async () => {
    const refused = Array.from(
      { length: 8 },
      (_, at) => `  - { id: r-${at}, title: T, set: { willing: maybe }, expect: { disposition: defer } }\n`,
    );
    const some = folderWith({
      'q/questionnaire.yaml': clean,
      'q/cases/baseline.yaml': 'id: base\ntitle: Base\nanswers: { willing: true }\n',
      'q/cases/a.yaml': `cases:\n${refused.join('')}`,
    });
    const { stdout } = await run(some, 'check', 'q');
    expect(stdout.match(/error\[case-answers\]/g)).toHaveLength(5);
    expect(stdout).toContain('\n3 more answers of golden cases are refused\n  q/cases/a.yaml: 3\n');
  });
});

describe('formats for programs', () => {
  test('sarif: a log with the version of the program, paths from where the user stands', async () => {
    const { exit, stdout } = await run(folderWith({ 'q/questionnaire.yaml': bad }), 'check', 'q', '--format', 'sarif');
    expect(exit).toBe(1);
    const { version, runs } = JSON.parse(stdout);
    expect(version).toBe('2.1.0');
    expect(runs[0].tool.driver).toMatchObject({
      name: 'preinfuse',
      semanticVersion: expect.stringMatching(/^\d+\.\d+/),
    });
    expect(runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('q/questionnaire.yaml');
  });

  test('junit: a suite for each file', async () => {
    const folder = folderWith({ 'q/questionnaire.yaml': clean, ...cases });
    const { exit, stdout } = await run(folder, 'check', 'q', '--format', 'junit');
    expect(exit).toBe(1);
    expect(stdout).toMatch(/<testsuite name="q\/cases\/some.yaml" tests="1" failures="1"/);
    expect(stdout).toMatch(/<testsuite name="q\/questionnaire.yaml" tests="1" failures="0"/);
  });
});

describe('--fix', () => {
  const misspelt = clean.replace(', why:', ', whys:').replace('rules:', '# preinfuse-ignore missing-why: no\nrules:');

  test('mends what it may, over as many rounds as it takes, writes the file and reports on what is left', async () => {
    const folder = folderWith({ 'q/questionnaire.yaml': misspelt });
    const { exit, stdout, stderr } = await run(folder, 'check', 'q', '--fix');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: 'q/questionnaire.yaml: 2 fixed\n' });
    expect(stdout).toMatch(/^0 errors, 0 warnings in 1 file/);
    expect(readFileSync(join(folder, 'q/questionnaire.yaml'), 'utf8')).toBe(clean);
    expect(readdirSync(join(folder, 'q'))).toEqual(['questionnaire.yaml']);
  });

  test('without it nothing is written, and the report says that it could be', async () => {
    const folder = folderWith({ 'q/questionnaire.yaml': misspelt });
    const { exit, stdout } = await run(folder, 'check', 'q');
    expect(exit).toBe(1);
    expect(stdout).toContain('; 1 can be fixed with --fix\n');
    expect(readFileSync(join(folder, 'q/questionnaire.yaml'), 'utf8')).toBe(misspelt);
  });

  test('leaves a file alone in which there is nothing to fix', async () => {
    const folder = folderWith({ 'q/questionnaire.yaml': bad });
    const before = statSync(join(folder, 'q/questionnaire.yaml')).mtimeMs;
    const { exit, stderr } = await run(folder, 'check', 'q', '--fix');
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: '' });
    expect(statSync(join(folder, 'q/questionnaire.yaml')).mtimeMs).toBe(before);
  });
});

describe('--watch', () => {
  /** A check that goes on: what it wrote so far, a wait for more, and the signal that ends it. */
  function watching(folder: string, isTTY: boolean) {
    let [stdout, onSignal] = ['', (_signal: 'SIGINT' | 'SIGTERM') => {}];
    const waits = new Set<() => void>();
    const output = (keep: (text: string) => void): Output =>
      Object.assign(
        new Writable({
          write(chunk, _encoding, done) {
            keep(String(chunk));
            for (const each of waits) each();
            done();
          },
        }),
        { isTTY },
      );
    const io: Io = {
      stdin: Readable.from([]),
      stdout: output((text) => {
        stdout += text;
      }),
      stderr: output(() => {}),
      env: {},
      cwd: folder,
      now: () => new Date('2026-03-10T12:00:00Z'),
      onSignal(listener) {
        onSignal = listener;
        return () => {};
      },
    };
    const until = (pattern: RegExp): Promise<void> =>
      new Promise((done) => {
        const look = (): void => {
          if (!pattern.test(stdout)) return;
          waits.delete(look);
          done();
        };
        waits.add(look);
        look();
      });
    const exit = main(['check', 'q', '--watch'], io);
    return { exit, until, written: () => stdout, signal: (name: 'SIGINT' | 'SIGTERM') => onSignal(name) };
  }

  test('checks again after a change, and ends with 130 on Ctrl-C', async () => {
    const folder = folderWith({ 'q/questionnaire.yaml': bad });
    const check = watching(folder, false);
    await check.until(/^1 error, .*\n/m);
    writeFileSync(join(folder, 'q/questionnaire.yaml'), clean);
    await check.until(/^0 errors, 0 warnings.*\n/m);
    check.signal('SIGINT');
    expect(await check.exit).toBe(130);
    expect(check.written()).not.toContain('\u001b');
  });

  test('clears a terminal before it checks again, and ends with 143 where it is told to', async () => {
    const folder = folderWith({ 'q/questionnaire.yaml': bad });
    const check = watching(folder, true);
    await check.until(/^1 error, /m);
    writeFileSync(join(folder, 'q/questionnaire.yaml'), clean);
    await check.until(/0 errors, /);
    check.signal('SIGTERM');
    expect(await check.exit).toBe(143);
    expect(check.written().split('\u001b[2J')).toHaveLength(2);
  });

  test('a folder that is not there ends it at once', async () => {
    expect((await run(folderWith({}), 'check', 'q', '--watch')).exit).toBe(2);
  });
});

describe('what is checked', () => {
  test('a folder of definitions, each file named from where the user stands', async () => {
    const folder = folderWith({
      'all/one/questionnaire.yaml': bad,
      'all/two/questionnaire.yaml': bad,
      'all/notes.txt': '',
    });
    const { stdout } = await run(folder, 'check', 'all');
    expect(stdout.match(/^all\/(one|two)\/questionnaire.yaml:\d+:\d+: error\[unknown-name\]/gm)).toHaveLength(2);
    expect(stdout).not.toContain(folder);
    expect(stdout).toContain('2 errors, 0 warnings in 2 files');
  });

  test.each([[['q/questionnaire.yaml']], [['--questionnaire', 'q']], [['q', 'q/questionnaire.yaml']]])(
    '%j names one definition',
    async (argv) => {
      const { exit, stdout } = await run(folderWith({ 'q/questionnaire.yaml': bad }), 'check', ...argv);
      expect(exit).toBe(1);
      expect(stdout).toContain('1 error, 0 warnings in 1 file');
    },
  );

  test('templates, evidence and clinic settings that stand two folders up', async () => {
    const folder = folderWith({
      'questionnaires/q/questionnaire.yaml': clean,
      'templates/example/consent.en.md': '# Consent\n',
      'templates/example/evidence.yaml': 'id: e\nversion: "1"\nentries: []\n',
      'preinfuse.yaml': 'clinic: {}\n',
    });
    const { stdout } = await run(folder, 'check', 'questionnaires');
    expect(stdout).toMatch(/^templates\/example\/evidence.yaml:2:10: error\[wrong-shape\]/m);
    expect(stdout).toMatch(/^preinfuse.yaml:1:9: error\[missing-key\]/m);
  });

  test('a template without evidence', async () => {
    const folder = folderWith({
      'questionnaires/q/questionnaire.yaml': clean,
      'templates/example/consent.en.md': '# Consent\n',
    });
    const { stdout } = await run(folder, 'check', 'questionnaires/q');
    expect(stdout).toMatch(/^templates\/example\/consent.en.md:1:1: error\[missing-file\]/m);
  });

  test('a case that was left out for its names is not counted as passed', async () => {
    const folder = folderWith({
      'q/questionnaire.yaml': clean,
      ...cases,
      'q/cases/more.yaml': cases['q/cases/some.yaml'].replaceAll('id: ', 'id: more-').replace('[unwilling]', '[gone]'),
    });
    const { stdout } = await run(folder, 'check', 'q');
    expect(stdout).toContain('1 of 4 golden cases pass');
  });
});

describe('schema', () => {
  test('prints what stands in schemas/', async () => {
    const { exit, stdout } = await run('/', 'schema', 'questionnaire');
    expect(exit).toBe(0);
    expect(stdout).toBe(readFileSync(new URL('../../schemas/questionnaire.schema.json', import.meta.url), 'utf8'));
  });

  test('2 for a file there is no schema for', async () => {
    const { exit, stdout, stderr } = await run('/', 'schema', 'banana');
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain('there is: questionnaire, table, cases, evidence, clinic');
  });
});

describe('the pre-commit hook', () => {
  const [hook] = parse(readFileSync(new URL('../../.pre-commit-hooks.yaml', import.meta.url), 'utf8'));

  test('is a command of this program', async () => {
    const [program, ...argv] = [...hook.entry.split(' '), ...hook.args];
    expect(program).toBe('preinfuse');
    const folder = folderWith({ 'questionnaires/q/questionnaire.yaml': clean });
    expect((await run(folder, ...argv)).exit).toBe(0);
  });

  test.each([
    ['questionnaires/iv-ketamine/questionnaire.yaml', true],
    ['questionnaires/iv-ketamine/cases/baseline.yaml', true],
    ['templates/iv-ketamine/consent.en.md', true],
    ['templates/iv-ketamine/evidence.yaml', true],
    ['preinfuse.yaml', true],
    ['README.md', false],
    ['records/MRN-1.json', false],
    ['other/preinfuse.yaml', false],
  ])('%s: %s', (file, isChecked) => expect(new RegExp(hook.files).test(file)).toBe(isChecked));
});

describe('one cause is said once', () => {
  test('a question that all are asked now: at the baseline, not at every case that differs from it', async () => {
    const two = clean.replace(
      'items: [{ linkId: willing,',
      'items: [{ linkId: pulse, type: boolean, text: Pulse felt?, why: For the record., required: false }, { linkId: willing,',
    );
    const folder = folderWith({
      'q/questionnaire.yaml': two,
      'q/cases/baseline.yaml': 'id: base\ntitle: Base\nanswers: { willing: true }\nasked: [willing]\n',
      'q/cases/some.yaml': `cases:
  - { id: no, title: No, set: { willing: false }, expect: { disposition: do-not-proceed, asked: {} } }
  - { id: yes, title: Yes, expect: { disposition: proceed, asked: {} } }
`,
    });
    const { exit, stdout } = await run(folder, 'check', 'q', '--format', 'json');
    expect(exit).toBe(1);
    const { diagnostics } = JSON.parse(stdout);
    expect(diagnostics.map(({ path, message }: { path: string; message: string }) => [path, message])).toEqual([
      ['q/cases/baseline.yaml', '`base`: asked: pulse not expected'],
    ]);
  });

  test('a wrong indent: the first fault of the file', async () => {
    const { stdout } = await run(
      folderWith({ 'q/questionnaire.yaml': clean.replace('title: Example', ' title: Example\n version: 2') }),
      'check',
      'q',
      '--format',
      'json',
    );
    expect(JSON.parse(stdout).diagnostics.map(({ code }: { code: string }) => code)).toEqual(['yaml-syntax']);
  });
});

test('the folder of a clinic is the one that holds its questionnaires; a path outside stays as it was typed', async () => {
  const folder = folderWith({ 'clinic/questionnaires/q/questionnaire.yaml': bad, 'here/empty.txt': '' });
  const { exit, stdout } = await run(join(folder, 'here'), 'check', '../clinic');
  expect(exit).toBe(1);
  expect(stdout).toMatch(/^\.\.\/clinic\/questionnaires\/q\/questionnaire\.yaml:\d+:\d+: error/);
});

test('cases without a baseline are one problem, and none is run', async () => {
  const { 'q/cases/baseline.yaml': _, ...rest } = cases;
  const folder = folderWith({ 'q/questionnaire.yaml': clean, ...rest });
  const { exit, stdout } = await run(folder, 'check', 'q', '--format', 'json');
  expect(exit).toBe(1);
  const codes = JSON.parse(stdout).diagnostics.map(({ code }: { code: string }) => code);
  expect(codes.filter((code: string) => code !== 'untested-rule')).toEqual(['missing-file']);
});
