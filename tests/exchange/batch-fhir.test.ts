import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunksAfter } from '../../src/cli/batch/input.ts';
import { readAnswers } from '../../src/exchange/answers.ts';
import { questionnaireResponseOf } from '../../src/exchange/fhir/questionnaire-response.ts';
import { openInput } from '../../src/exchange/input.ts';
import { longestRecord } from '../../src/exchange/records.ts';
import { folderWith } from '../folder.ts';
import { type Run, run } from '../run.ts';
import { shippedBaselineSheet, shippedFolder, shippedQuestionnaire } from '../shipped.ts';

const questionnaire = shippedQuestionnaire();
const responseTo = (sheet: object): object =>
  questionnaireResponseOf(questionnaire, readAnswers(questionnaire, sheet).answers, '2026-03-10');
const samples = readFileSync(`${shippedFolder}/samples/applicants.ndjson`, 'utf8').trimEnd().split('\n');
const sheets = samples.map((line) => JSON.parse(line) as object);
const accepted = sheets.filter((sheet) => readAnswers(questionnaire, sheet).errors.length === 0);
const responses = accepted.map(responseTo);
const patient = { resourceType: 'Patient', name: [{ family: 'Canary' }] };
const bundleOf = (resources: readonly object[]): object => ({
  resourceType: 'Bundle',
  type: 'searchset',
  // What stands here is no list of entries.
  link: [{ relation: 'self', url: 'https://example.org/"entry":[' }],
  entry: resources.map((resource) => ({ fullUrl: 'urn:uuid:0', resource, search: { mode: 'match' } })),
  total: resources.length,
});
const lines = (values: readonly unknown[]): string => values.map((each) => `${JSON.stringify(each)}\n`).join('');

const cwd = folderWith({
  'sheets.ndjson': lines(accepted),
  'responses.ndjson': lines(responses),
  'responses.json': JSON.stringify(responses),
  'bundle.json': JSON.stringify(bundleOf(responses), null, 2),
  'bundle-first-last.json': `{ "entry" : [\n${lines(responses.map((resource) => ({ resource })))
    .trimEnd()
    .replaceAll('\n', ',\n')}], "resourceType": "Bundle" }`,
  'mixed.json': JSON.stringify(bundleOf([patient, ...responses, patient, { resourceType: 'OperationOutcome' }])),
  'mixed.ndjson': lines([patient, ...responses, patient, { resourceType: 'OperationOutcome' }]),
});
const batch = (...argv: readonly string[]): Promise<Run> => run(['batch', ...argv, '--on', '2026-03-10'], { cwd });
const fhir = (...argv: readonly string[]): Promise<Run> => batch(...argv, '--format', 'fhir');
const fromSheets = (await batch('sheets.ndjson')).stdout;

describe('--format fhir gives the results that the answer sheets give', () => {
  test('for more than a few', () => expect(responses.length).toBeGreaterThan(8));

  test.each(['responses.ndjson', 'responses.json', 'bundle.json', 'bundle-first-last.json'])('%s', async (name) => {
    const { exit, stdout } = await fhir(name);
    expect([exit, stdout.toString()]).toEqual([0, fromSheets.toString()]);
  });

  test.each(['responses.ndjson', 'responses.json', 'bundle.json', 'bundle-first-last.json'])(
    '%s on standard input',
    async (name) => {
      const stdin = readFileSync(join(cwd, name));
      const argv = ['batch', '-', '--format', 'fhir', '--on', '2026-03-10'];
      const { exit, stdout } = await run(argv, { cwd, stdin });
      expect([exit, stdout.toString()]).toEqual([0, fromSheets.toString()]);
    },
  );

  test('in one line, compressed, in two threads', async () => {
    writeFileSync(join(cwd, 'bundle.json.gz'), gzipSync(JSON.stringify(bundleOf(responses))));
    expect((await fhir('bundle.json.gz', '--jobs', '2')).stdout.equals(fromSheets)).toBe(true);
  });

  test('one resource alone', async () => {
    const stdin = JSON.stringify(responses[0], null, 2);
    const { stdout } = await run(['batch', '-', '--format', 'fhir', '--on', '2026-03-10'], { cwd, stdin });
    expect(stdout.toString()).toBe(`${fromSheets.toString().split('\n')[0]}\n`);
  });

  test('evaluate and consent take a response as it is', async () => {
    const sheet = JSON.stringify(shippedBaselineSheet);
    const response = JSON.stringify(responseTo(shippedBaselineSheet));
    for (const argv of [
      ['evaluate', '-', '--json'],
      ['evaluate', '-'],
      ['consent', '-'],
    ]) {
      const [one, other] = [await run(argv, { cwd, stdin: sheet }), await run(argv, { cwd, stdin: response })];
      expect([one.exit, one.stderr]).toEqual([0, '']);
      expect(other.stdout.equals(one.stdout)).toBe(true);
    }
  });
});

describe('other resources', () => {
  test.each([
    ['mixed.json', 'record'],
    ['mixed.ndjson', 'line'],
  ])('in %s are passed over, counted and named, and nothing of them is shown', async (name, unit) => {
    const { exit, stdout, stderr } = await fhir(name, '--summary', 'summary.json');
    expect(exit).toBe(0);
    const placed = stdout.toString().replace(/"line":(\d+)/g, (_, line) => `"line":${line - 1}`);
    expect(placed).toBe(fromSheets.toString());
    const summary = JSON.parse(readFileSync(join(cwd, 'summary.json'), 'utf8'));
    const records = responses.length;
    expect(summary).toMatchObject({ records, unit, passedOver: { Patient: 2, OperationOutcome: 1 } });
    expect(stderr).toContain('passed over: Patient 2, OperationOutcome 1\n');
    expect(stderr + stdout).not.toContain('Canary');
  });

  test.each<[string, string]>([
    ['a type that FHIR does not have', '{"resourceType":"QuestionaireResponse"}'],
    ['a resource without a type', '{"status":"completed"}'],
    ['an answer sheet', '{"today.escort":true}'],
    ['a Bundle among others', `${JSON.stringify(bundleOf(responses))}`],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['an entry without a resource', '{"fullUrl":"urn:uuid:1"}'],
  ])('%s is a record in error', async (_what, line) => {
    const stdin = `${JSON.stringify(responses[0])}\n${line}\n${JSON.stringify(responses[1])}\n`;
    const { exit, stdout } = await run(['batch', '-', '--format', 'fhir'], { cwd, stdin });
    expect(exit).toBe(1);
    const results = stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((each) => JSON.parse(each));
    expect(results.map(({ errors }) => errors?.[0].code)).toEqual([undefined, 'not-a-record', undefined]);
  });

  test('without --format fhir each says that it is FHIR', async () => {
    const { exit, stdout } = await batch('responses.ndjson');
    expect(exit).toBe(1);
    const [first] = stdout.toString().split('\n');
    expect(JSON.parse(first ?? '').errors).toEqual([
      { code: 'not-a-record', linkId: '', message: expect.stringContaining('--format fhir'), character: 1 },
    ]);
  });
});

describe('what is wrong', () => {
  const broken = structuredClone(responses) as { status: string; item: { item: { answer: unknown[] }[] }[] }[];
  const [first, second] = broken;
  if (first) first.status = 'in-progress';
  const place = second?.item[1]?.item.find(({ answer }) => answer);
  if (place) place.answer = [{ valueString: 'Canary' }];
  const text = JSON.stringify(bundleOf([...broken.slice(0, 3)]), null, 2);
  writeFileSync(join(cwd, 'broken.json'), text);

  test('is told at its place in the record; the record is a reject as it came, and is read again', async () => {
    const { exit, stdout, stderr } = await fhir('broken.json', '--rejects', 'rejects.json');
    expect([exit, stderr]).toEqual([1, expect.not.stringContaining('Canary')]);
    const results = stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const rejects = readFileSync(join(cwd, 'rejects.json'), 'utf8');
    const records = JSON.parse(rejects) as { resource: object }[];
    expect(records.map(({ resource }) => resource)).toEqual(broken.slice(0, 2));
    const codes = results.map(({ errors }) => errors?.map(({ code }: { code: string }) => code));
    expect(codes).toEqual([['not-completed'], ['wrong-type'], undefined]);
    results.slice(0, 2).forEach(({ errors: [error] }, index) => {
      const raw = text.slice(text.indexOf('"fullUrl"', index && text.indexOf('"fullUrl"') + 1)).split('\n');
      const line = raw[error.lineInRecord - 2]?.slice(error.character - 1);
      expect(line).toMatch(index === 0 ? /^"in-progress"/ : /^\{|^"Canary"/);
    });
    expect((await fhir('rejects.json')).stdout.toString().match(/"errors"/g)).toHaveLength(2);
  });

  test.each(['', ']', ']}}', '}', ' "x": 1'])('a Bundle that ends in %j is not taken for whole', async (end) => {
    const whole = JSON.stringify({ resourceType: 'Bundle', entry: responses.map((resource) => ({ resource })) });
    const stdin = `${whole.slice(0, -2)}${end}`;
    const { exit, stdout } = await run(['batch', '-', '--format', 'fhir', '--on', '2026-03-10'], { cwd, stdin });
    expect(exit).toBe(1);
    expect(stdout.toString()).toContain('"not-json"');
  });

  test('a Bundle without entries has no records', async () => {
    const stdin = '{"resourceType":"Bundle","type":"searchset","total":0,"entry":[]}';
    const { exit, stdout } = await run(['batch', '-', '--format', 'fhir'], { cwd, stdin });
    expect([exit, stdout.toString()]).toEqual([0, '']);
  });

  test.each([
    '{"resourceType":"Bundle","type":"searchset","total":0}',
    '{\n  "resourceType": "Bundle",\n  "type": "searchset",\n  "link": []\n}\n',
  ])('nor has an empty search result, which has no `entry`: %j', async (stdin) => {
    const { exit, stdout } = await run(['batch', '-', '--format', 'fhir'], { cwd, stdin });
    expect([exit, stdout.toString()]).toEqual([0, '']);
    writeFileSync(join(cwd, 'none.json'), stdin);
    expect((await fhir('none.json')).exit).toBe(0);
  });

  describe('a Bundle among others', () => {
    const bundles = lines([bundleOf(responses.slice(0, 2)), bundleOf(responses.slice(2, 4))]);
    const way = 'give it alone as one file, or take the resources out of its entries, one a line';

    test.each<[string, string]>([
      ['a Bundle on each line', bundles],
      ['a Bundle on each line, blank lines between', `\n${bundles.replaceAll('\n', '\r\n \n')}`],
      ['a Bundle before a response', lines([bundleOf(responses.slice(0, 2)), responses[2]])],
    ])('%s: each is told what to do, in a file and on standard input alike', async (_what, text) => {
      writeFileSync(join(cwd, 'bundles.ndjson'), text);
      const argv = ['batch', '-', '--format', 'fhir', '--on', '2026-03-10'];
      const [file, input] = [await fhir('bundles.ndjson'), await run(argv, { cwd, stdin: text })];
      expect([file.exit, input.exit]).toEqual([1, 1]);
      expect(input.stdout.toString()).toBe(file.stdout.toString());
      const told = file.stdout
        .toString()
        .split('\n')
        .filter((line) => line.includes(way));
      expect(told).toHaveLength(text.match(/"Bundle"/g)?.length ?? 0);
    });

    test('a Bundle in a Bundle is told the same', async () => {
      const stdin = JSON.stringify(bundleOf([bundleOf(responses.slice(0, 2)), responses[2] ?? {}]));
      const { exit, stdout } = await run(['batch', '-', '--format', 'fhir'], { cwd, stdin });
      expect([exit, stdout.toString().split(way)]).toEqual([1, [expect.anything(), expect.stringContaining('"id"')]]);
    });

    test('one whose entries are no list is told so', async () => {
      const stdin = '{"resourceType":"Bundle","entry":{}}';
      const { exit, stdout } = await run(['batch', '-', '--format', 'fhir'], { cwd, stdin });
      expect([exit, stdout.toString()]).toEqual([1, expect.stringContaining('`entry` of a Bundle is a list')]);
    });

    test('a Bundle alone in one line is one document, whatever the name of its file', async () => {
      writeFileSync(join(cwd, 'alone.ndjson'), lines([bundleOf(responses)]));
      const { exit, stdout } = await fhir('alone.ndjson');
      expect([exit, stdout.toString()]).toEqual([0, fromSheets.toString()]);
    });
  });

  describe('a first line that is broken', () => {
    const [first = '', ...others] = lines(responses.slice(0, 3)).trimEnd().split('\n');

    test.each<[string, string]>([
      ['cut off', first.slice(0, 300)],
      ['cut off in a text', first.slice(0, first.indexOf('"completed"') + 4)],
      ['cut off right behind a colon', first.slice(0, first.indexOf(':') + 1)],
      ['cut off right behind a bracket', first.slice(0, first.indexOf('[') + 1)],
      ['with a word in it that is none', first.replace('"completed"', 'completed')],
    ])('%s: it is one error, on standard input too, and the others go on', async (_what, broken) => {
      const stdin = [broken, ...others].join('\n');
      for (const text of [stdin, `${stdin}\n`, `\n${stdin.replaceAll('\n', '\r\n\r\n')}`]) {
        const { exit, stdout } = await run(['batch', '-', '--format', 'fhir', '--on', '2026-03-10'], {
          cwd,
          stdin: Readable.from(text.match(/.{1,1000}/gs) ?? []),
        });
        const results = stdout.toString().trimEnd().split('\n');
        expect(exit).toBe(1);
        expect(results.map((each) => JSON.parse(each).errors?.[0].code)).toEqual(['not-json', undefined, undefined]);
      }
    });

    test.each<[string, string]>([
      ['a list', `[\n${lines(responses.slice(0, 2)).trimEnd().replace('\n', ',\n')}\n]`],
      [
        'a Bundle',
        `{"resourceType":"Bundle","entry":[\n${JSON.stringify({ resource: responses[0] })}\n,\n${JSON.stringify({ resource: responses[1] })}\n]}`,
      ],
    ])('but the first line of %s is not', async (_what, stdin) => {
      const { exit, stdout } = await run(['batch', '-', '--format', 'fhir', '--on', '2026-03-10'], { cwd, stdin });
      expect([exit, stdout.toString().match(/"line":\d+/g)]).toEqual([0, ['"line":1', '"line":2']]);
    });
  });

  describe('a first line that is longer than a record may be', () => {
    const padding = 'x'.repeat(2 * longestRecord);
    const inPieces = (text: string): Readable => Readable.from(text.match(/.{1,65536}/gs) ?? []);
    const long = { ...responses[0], text: { div: padding } };
    const bundle = bundleOf(responses.slice(0, 2)) as { readonly entry: unknown };

    test.each<[string, string, readonly (string | undefined)[]]>([
      ['a Bundle', JSON.stringify({ ...bundle, id: padding }), [undefined, undefined]],
      [
        'a Bundle whose entries stand first',
        JSON.stringify(Object.assign({ entry: bundle.entry, a: padding }, bundle)),
        [undefined, undefined],
      ],
      ['a list', JSON.stringify([long, responses[1]]), ['record-too-long', undefined]],
      ['a resource on each line', lines([long, responses[1], responses[2]]), ['record-too-long', undefined, undefined]],
    ])('%s is the same in a file and on standard input', async (_what, text, codes) => {
      writeFileSync(join(cwd, 'first.ndjson'), text);
      const argv = ['batch', '-', '--format', 'fhir', '--on', '2026-03-10'];
      const [file, input] = [await fhir('first.ndjson'), await run(argv, { cwd, stdin: inPieces(text) })];
      expect(input.stdout.toString()).toBe(file.stdout.toString());
      const results = file.stdout.toString().trimEnd().split('\n');
      expect(results.map((each) => JSON.parse(each).errors?.[0].code)).toEqual(codes);
    });
  });

  test('a resource longer than a record may be is one error, and the next is read', async () => {
    const long = { ...responses[0], text: { div: 'x'.repeat(longestRecord) } };
    writeFileSync(join(cwd, 'long.json'), JSON.stringify(bundleOf([long, responses[1] ?? {}])));
    const { stdout } = await fhir('long.json');
    const results = stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(results.map(({ line, errors }) => [line, errors?.[0].code])).toEqual([
      [1, 'record-too-long'],
      [2, undefined],
    ]);
  });
});

describe('in whatever pieces a Bundle comes', () => {
  const bytes = Buffer.from(JSON.stringify(bundleOf([patient, ...responses.slice(0, 2), { a: '\\"]}{[' }])));

  async function* inPieces(size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }

  async function cut(size: number, after = 0): Promise<readonly [string, number][]> {
    const opened = await openInput('fhir', questionnaire, inPieces(size));
    if ('problems' in opened) throw new Error(opened.problems.join());
    const found: [string, number][] = [];
    for await (const { records } of chunksAfter(opened.chunks, after)) {
      for (const { raw, end } of records) found.push([Buffer.from(raw).toString(), end]);
    }
    return found;
  }

  test('its entries are the same, and a run goes on after each of them', async () => {
    const whole = await cut(bytes.length);
    expect(whole.map(([raw]) => JSON.parse(raw))).toEqual(JSON.parse(bytes.toString()).entry);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 5, max: 3000 }), fc.nat({ max: whole.length - 2 }), async (size, done) => {
        expect(await cut(size)).toEqual(whole);
        expect(await cut(size, whole[done]?.[1])).toEqual(whole.slice(done + 1));
      }),
      { numRuns: 12 },
    );
  });

  test('a run that broke off is gone on with, to the same bytes', async () => {
    const many = Array.from({ length: 10 }, () => responses).flat();
    const all = gzipSync(JSON.stringify(bundleOf(many)));
    writeFileSync(join(cwd, 'whole.json.gz'), all);
    writeFileSync(join(cwd, 'off.json.gz'), all.subarray(0, all.length * 0.9));
    expect((await fhir('off.json.gz', '-o', 'off.ndjson')).exit).toBe(75);
    writeFileSync(join(cwd, 'off.json.gz'), all);
    const { exit, stderr } = await fhir('off.json.gz', '-o', 'off.ndjson', '--resume');
    expect([exit, stderr]).toEqual([0, expect.stringMatching(/going on after [1-9]\d* records/)]);
    await fhir('whole.json.gz', '-o', 'whole.ndjson');
    expect(readFileSync(join(cwd, 'off.ndjson')).equals(readFileSync(join(cwd, 'whole.ndjson')))).toBe(true);
  });
});
