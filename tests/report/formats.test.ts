import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { checkDefinition } from '../../src/check/check.ts';
import { completed } from '../../src/check/example.ts';
import { markdownOf, pageOf, pages } from '../../src/check/pages.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { CheckReport } from '../../src/report/check-text.ts';
import { checkText } from '../../src/report/check-text.ts';
import { place } from '../../src/report/diagnostics.ts';
import { checkGithub } from '../../src/report/github.ts';
import { checkJson } from '../../src/report/json.ts';
import { checkJunit } from '../../src/report/junit.ts';
import { checkSarif, type SarifContext } from '../../src/report/sarif.ts';

const context: SarifContext = {
  version: '1.2.3',
  pageOf(code) {
    const page = pageOf(code);
    if (!page) throw new Error(code);
    return { severity: page.severity, why: page.why, page: markdownOf(page) };
  },
  digest: (text) => createHash('sha256').update(text).digest('hex'),
};

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly unknown[];
  readonly relatedLocations?: readonly unknown[];
  readonly suppressions?: readonly unknown[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

interface Log {
  readonly runs: readonly [
    { readonly tool: { readonly driver: { readonly rules: readonly { id: string }[] } }; readonly results: Result[] },
  ];
}

const schemaPath = createRequire(import.meta.url)
  .resolve('@microsoft/jest-sarif/package.json')
  .replace('package.json', 'lib/schemas/sarif-2.1.0-rtm.5.json');
// It is written for draft 4 and uses nothing that later drafts read otherwise, but for the name of `id`.
const { $schema: _draft, id: _id, ...schema } = JSON.parse(readFileSync(schemaPath, 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const isSarif = ajv.compile(schema);

/** The log of a report, which the schema accepts. */
function sarif(report: CheckReport): Log {
  const log = JSON.parse(checkSarif(report, context));
  expect(isSarif(log), JSON.stringify(isSarif.errors)).toBe(true);
  return log;
}

function reportOn(path: string, text: string): CheckReport {
  const texts = new Map([[path, text]]);
  const found = checkDefinition({ main: { path, text }, tables: [], cases: [], templates: [] });
  return {
    diagnostics: place(found.diagnostics, texts),
    suppressed: place(found.suppressed, texts),
    summary: found.summary,
    texts,
  };
}

const twice = `parameters:
  one: { title: One, value: 1, unit: "1", because: B., sources: [label] }
  # preinfuse-ignore unread-parameter: for 1.1, Dr. "A" <a@b> {0} [x](y)
  two: { title: Two, value: 2, unit: "1", because: B., sources: [label] }
rules:
  - { id: unwilling, disposition: defer, when: "!willing", reason: Unwilling., action: Stop., sources: [label] }
  - { id: refused, disposition: defer, when: "! willing", reason: Refused., action: Stop., sources: [label] }
`;
const report = reportOn('q/questionnaire.yaml', completed(twice));

const hostile: Diagnostic = {
  code: 'case-failed',
  severity: 'error',
  message: 'a ]]> & <b "x" \' {0} [here](https://example.org)\n::error::out\u001b[31m\u0000\ud800',
  at: { path: '', start: 0, end: 3 },
  note: 'one\r\n##[error]two',
  help: '</failure>',
};

/** One hostile problem in a file of that name. */
function hostileIn(path: string): CheckReport {
  const texts = new Map([[path, 'one\ntwo\n']]);
  const { summary } = report;
  return { diagnostics: place([{ ...hostile, at: { ...hostile.at, path } }], texts), suppressed: [], summary, texts };
}

describe('SARIF', () => {
  test('the schema refuses what is none', () => {
    expect(isSarif({ version: '2.1.0', runs: [{}] })).toBe(false);
    expect(isSarif({ version: '2.1.0', runs: [{ tool: { driver: { name: 'x', rules: [{ id: 1 }] } } }] })).toBe(false);
  });

  test('results with their place, second place and reason; rules with their page', () => {
    const [{ tool, results }] = sarif(report).runs;
    expect(tool.driver.rules.map(({ id }) => id)).toEqual(['duplicate-condition', 'unread-parameter']);
    expect(results.map(({ ruleId, ruleIndex, level }) => [ruleId, ruleIndex, level])).toEqual([
      ['unread-parameter', 1, 'warning'],
      ['duplicate-condition', 0, 'warning'],
      ['unread-parameter', 1, 'warning'],
    ]);
    const [open, doubled, suppressed] = results;
    expect(open?.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'q/questionnaire.yaml' },
          region: { startLine: 2, startColumn: 3, endLine: 2, endColumn: 6 },
        },
      },
    ]);
    expect(doubled?.relatedLocations).toMatchObject([
      { physicalLocation: { region: { startLine: 6 } }, message: { text: 'here is `unwilling`' } },
    ]);
    expect(suppressed?.suppressions).toEqual([
      { kind: 'inSource', status: 'accepted', justification: 'for 1.1, Dr. "A" <a@b> {0} [x](y)' },
    ]);
    expect(open?.suppressions).toBeUndefined();
  });

  test('every page is a rule that the schema accepts', () => {
    const texts = new Map([['q.yaml', 'x']]);
    const all = pages.map(({ code, severity }): Diagnostic => {
      return { code, severity, message: code, at: { path: 'q.yaml', start: 0, end: 1 } };
    });
    const log = sarif({ ...report, diagnostics: place(all, texts), suppressed: [], texts });
    expect(log.runs[0].tool.driver.rules).toHaveLength(pages.length);
  });

  test('nothing found is a log too', () => {
    expect(sarif({ ...report, diagnostics: [], suppressed: [] }).runs[0].results).toEqual([]);
  });

  test('a fingerprint stays where lines move, and differs between two problems of one kind', () => {
    const prints = (text: string): string[] =>
      sarif(reportOn('q/questionnaire.yaml', text)).runs[0].results.map((each) =>
        String(each.partialFingerprints['preinfuse/v1']),
      );
    const before = prints(completed(twice));
    expect(new Set(before).size).toBe(3);
    expect(prints(`# One line.\n# Another.\n\n${completed(twice)}`)).toEqual(before);
    const same = completed('title: "{{x}} {{x}}"\nsafety: { title: S, steps: ["{{a}} {{a}}"] }');
    expect(new Set(prints(same)).size).toBe(2);
  });

  test.each([
    ['a b/50%#?/ü.yaml', 'a%20b/50%25%23%3F/%C3%BC.yaml'],
    ['x:y/q.yaml', 'x%3Ay/q.yaml'],
    ['/home/me/q.yaml', 'file:///home/me/q.yaml'],
    ['C:/work/q.yaml', 'file:///C:/work/q.yaml'],
    ['half\ud800/q.yaml', 'half%EF%BF%BD/q.yaml'],
  ])('%j as a URI is %s', (path, uri) => {
    const [{ results }] = sarif(hostileIn(path)).runs;
    expect(results[0]?.locations).toMatchObject([{ physicalLocation: { artifactLocation: { uri } } }]);
  });

  test('a message is text: no argument and no link in it', () => {
    const [{ results }] = sarif(hostileIn('q.yaml')).runs;
    expect(results[0]?.message.text).toContain('{{0}} [here] (https://example.org)');
  });
});

describe('JUnit', () => {
  test('a suite for each file, a case for each code', () => {
    const two = { ...report, texts: new Map([...report.texts, ['a.yaml', '']]) };
    expect(checkJunit(two)).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="preinfuse check" tests="3" failures="0" skipped="0">
      <testsuite name="a.yaml" tests="1" failures="0" skipped="0">
      <testcase name="check" classname="preinfuse"/>
      </testsuite>
      <testsuite name="q/questionnaire.yaml" tests="2" failures="0" skipped="0">
      <testcase name="duplicate-condition" classname="preinfuse"><system-out>q/questionnaire.yaml:7:46: warning[duplicate-condition] the rules \`unwilling\` and \`refused\` have one condition and one disposition
        7 |   - { id: refused, disposition: defer, when: &quot;! willing&quot;, reason: Refused., action: Stop., sources: 
          |                                              ^^^^^^^^^^^
          = see: q/questionnaire.yaml:6:11: here is \`unwilling\`
          = help: keep one of them, with the sources of both</system-out></testcase>
      <testcase name="unread-parameter" classname="preinfuse"><system-out>q/questionnaire.yaml:2:3: warning[unread-parameter] no condition or calculated value reads \`params.one\`
        2 |   one: { title: One, value: 1, unit: &quot;1&quot;, because: B., sources: [label] }
          |   ^^^
          = help: use it where its number was meant to count, or drop it</system-out></testcase>
      </testsuite>
      </testsuites>
      "
    `);
  });

  test('what is let be is skipped, with its reason', () => {
    expect(checkJunit({ ...report, diagnostics: [] })).toContain(
      '<testcase name="unread-parameter" classname="preinfuse"><skipped message="for 1.1, Dr. &quot;A&quot; &lt;a@b&gt; {0} [x](y)"/></testcase>',
    );
  });

  test('an error fails its case', () => {
    const wrong = reportOn('q.yaml', completed('').replace('"!willing"', '"!wiling"'));
    expect(checkJunit(wrong)).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="preinfuse check" tests="1" failures="1" skipped="0">
      <testsuite name="q.yaml" tests="1" failures="1" skipped="0">
      <testcase name="unknown-name" classname="preinfuse"><failure message="nothing is called \`wiling\`" type="unknown-name">q.yaml:14:59: error[unknown-name] nothing is called \`wiling\`
        14 |   - { id: unwilling, disposition: do-not-proceed, when: &quot;!wiling&quot;, reason: Unwilling., action: Stop.
           |                                                           ^^^^^^
           = help: write \`willing\`</failure></testcase>
      </testsuite>
      </testsuites>
      "
    `);
  });
});

describe('a hostile message and file name stay inside', () => {
  const path = '::error title=x::"><![CDATA[\n##[add-path]/q.yaml';

  test('of XML', () => {
    const xml = checkJunit(hostileIn(path));
    expect(xml).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="preinfuse check" tests="1" failures="1" skipped="0">
      <testsuite name="::error title=x::&quot;&gt;&lt;![CDATA[&#10;##[add-path]/q.yaml" tests="1" failures="1" skipped="0">
      <testcase name="case-failed" classname="preinfuse"><failure message="a ]]&gt; &amp; &lt;b &quot;x&quot; ' {0} [here](https://example.org)&#10;::error::out�[31m��" type="case-failed">::error title=x::&quot;&gt;&lt;![CDATA[.##[add-path]/q.yaml:1:1: error[case-failed] a ]]&gt; &amp; &lt;b &quot;x&quot; ' {0} [here](https://example.org).::error::out.[31m..
        1 | one
          | ^^^
          = note: one..##[error]two
          = help: &lt;/failure&gt;</failure></testcase>
      </testsuite>
      </testsuites>
      "
    `);
    expect(xml).not.toMatch(/[^\t\n\u0020-\ud7ff\ue000-\ufffd]/);
  });

  test('of workflow commands: one command, and no other line that starts one', () => {
    const text = checkGithub(hostileIn(path));
    expect(text.split('\n').filter((line) => /^\s*::/.test(line))).toHaveLength(1);
    expect(text.split('\n').slice(1).join('\n')).not.toContain('##[');
    expect(text).not.toContain('\r');
  });

  test('of the line it stands on in a terminal', () => {
    const [first = '', ...rest] = checkText(hostileIn(path)).split('\n');
    expect(first).toContain('error[case-failed]');
    expect(first).toContain('::error::out.[31m');
    expect([first, ...rest].join('\n')).not.toMatch(/[^\n\P{C}]/u);
  });

  test('of JSON', () => {
    const { diagnostics } = JSON.parse(checkJson(hostileIn(path)));
    expect(diagnostics[0]).toMatchObject({ path, note: hostile.note, help: hostile.help });
  });
});

test('JSON: what is let be stands apart with its reason, and second places stand with the problem', () => {
  const { diagnostics, suppressed, summary } = JSON.parse(checkJson(report));
  expect(summary).toMatchObject({ errors: 0, warnings: 2, suppressed: 1 });
  expect(suppressed).toMatchObject([
    { code: 'unread-parameter', line: 4, reason: 'for 1.1, Dr. "A" <a@b> {0} [x](y)' },
  ]);
  expect(diagnostics[1].related).toMatchObject([{ message: 'here is `unwilling`', line: 6 }]);
});

test('text: what is let be is counted, what can be fixed too, and second places are named', () => {
  const unused = reportOn('q.yaml', completed(`${twice}\n# preinfuse-ignore missing-why: no\n`));
  const text = checkText(unused);
  expect(text).toContain(
    '\n0 errors, 3 warnings, 1 suppressed in 1 file; 1 can be fixed with --fix\nno golden cases\n',
  );
  expect(text).toContain('= see: q.yaml:6:11: here is `unwilling`\n');
});
