import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/cli/files/source.ts';
import type { AnswerError } from '../../src/exchange/answers.ts';
import { type InputFormat, openInput } from '../../src/exchange/input.ts';
import { screenRecord } from '../../src/exchange/screen.ts';
import { run } from '../run.ts';
import { shippedFolder, shippedQuestionnaire } from '../shipped.ts';

/** Where an error says that an answer stands, something stands that is wrong. */

const questionnaire = shippedQuestionnaire();
const screening = { questionnaire, definitionDigest: 'sha256:0', visitDate: '2026-03-10', sha256 };
const samples = `${shippedFolder}/samples/applicants`;
const sample = JSON.parse(readFileSync(`${samples}.ndjson`, 'utf8').split('\n')[0] ?? '') as Record<string, unknown>;
const [header = '', row = ''] = readFileSync(`${samples}.csv`, 'utf8').split('\n');

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface Outcome {
  readonly line: number;
  /** Empty where it is accepted. */
  readonly errors: readonly AnswerError[];
}

async function outcomesOf(format: InputFormat, text: string, size = text.length * 3): Promise<readonly Outcome[]> {
  const opened = await openInput(format, questionnaire, inPieces(text, size));
  if ('problems' in opened) throw new Error(opened.problems.join());
  const outcomes: Outcome[] = [];
  for await (const { records } of opened.chunks) {
    for (const raw of records) {
      const record = opened.read(raw);
      if (record) outcomes.push({ errors: [], ...screenRecord(screening, record).result });
    }
  }
  return outcomes;
}

async function errorsOf(format: InputFormat, text: string): Promise<readonly AnswerError[]> {
  return (await outcomesOf(format, text)).flatMap(({ errors }) => errors);
}

/** The text from where the error says it is. */
function textAt(text: string, { lineInRecord = 1, character = 0 }: AnswerError): string {
  return (text.split('\n')[lineInRecord - 1] ?? '').slice(character - 1);
}

const trial = { medication: 'sertraline', dose: 150, days: 60, currentEpisode: true, adherent: true };

describe('JSON: an error says at which character its answer begins', () => {
  test.each<[string, object, string, string]>([
    ['a number out of range', { 'vitals.systolic': 1200 }, 'vitals.systolic', '1200'],
    ['a wrong type', { 'today.escort': 'yes' }, 'today.escort', '"yes"'],
    [
      'a text with quotes and brackets before it',
      { 'applicant.name': '}"],{', 'vitals.spo2': 101 },
      'vitals.spo2',
      '101',
    ],
    [
      'a letter of two units before it',
      { 'applicant.name': 'Ann \u{10330}', 'vitals.spo2': 101 },
      'vitals.spo2',
      '101',
    ],
    ['an option that is not there', { medicines: ['none', 'tea'] }, 'medicines', '["none","tea"]'],
    ['a key that is no question', { 'vitals.systolc': 120 }, 'vitals.systolc', '120'],
    ['an answer in an entry', { trial: [trial, { ...trial, dose: -1 }] }, 'trial[2].dose', '-1'],
    ['an entry that is none', { trial: [trial, 7] }, 'trial[2]', '7'],
    ['a key in an entry that is no question', { trial: [{ ...trial, brand: 'Z' }] }, 'trial[1].brand', '"Z"'],
    ['a key that cannot be a linkId', { 'Anna Berg': 7654 }, '', '7654'],
    ['the same in an entry', { trial: [trial, { ...trial, 'Anna Berg': 7654 }] }, 'trial[2]', '7654'],
    ['a number as a key', { 4711: 7654 }, '', '7654'],
    ['a key of two lines in an entry', { trial: [trial, { ...trial, 'Anna\nBerg': 7654 }] }, 'trial[2]', '7654'],
    ['an empty key in an entry', { trial: [trial, { ...trial, '': 7654 }] }, 'trial[2]', '7654'],
  ])('%s', async (_what, change, linkId, written) => {
    const changed = { ...sample };
    for (const key of Object.keys(change)) delete changed[key];
    const sheet = { ...changed, ...change };
    const line = JSON.stringify(sheet);
    const [error] = await errorsOf('ndjson', line);
    expect(error?.linkId).toBe(linkId);
    expect(error?.lineInRecord).toBeUndefined();
    expect(textAt(line, error as AnswerError).startsWith(written)).toBe(true);
    const pretty = JSON.stringify(sheet, null, 2);
    const [inList] = await errorsOf('json', `[${pretty}]`);
    expect(inList?.lineInRecord).toBeGreaterThan(1);
    const start = textAt(pretty, inList as AnswerError);
    expect(start.startsWith(written) || start.startsWith(written[0] ?? '')).toBe(true);
  });

  test('whatever the order of the keys, blanks and escapes', async () => {
    const space = fc.stringMatching(/^[ \t\r]{0,3}$/);
    const keys = Object.keys(sample);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(keys, { minLength: keys.length }),
        space,
        fc.boolean(),
        async (order, blank, isEscaped) => {
          const keyOf = (key: string): string =>
            isEscaped ? `"\\u${key.charCodeAt(0).toString(16).padStart(4, '0')}${key.slice(1)}"` : `"${key}"`;
          const textOf = (key: string): string => (key === 'vitals.spo2' ? '101' : JSON.stringify(sample[key]));
          const members = order.map((key) => `${blank}${keyOf(key)}${blank}:${blank}${textOf(key)}${blank}`);
          const line = `${blank}{${members.join(',')}}`;
          const [error] = await errorsOf('ndjson', line);
          expect(error?.linkId).toBe('vitals.spo2');
          expect(textAt(line, error as AnswerError).startsWith('101')).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each<[string, string, number]>([
    ['what is no JSON', '{"a":1,}', 8],
    ['a key that stands twice', '{"a":1,"a":2}', 8],
    ['what is nested too deep', '['.repeat(40), 33],
    ['what is no object', '  7', 3],
    ['a FHIR resource', ' {"resourceType":"Patient"}', 2],
    ['what is too long', `{"a":"${'x'.repeat(2 ** 20)}"}`, 1],
  ])('%s says it of the whole record', async (_what, line, character) => {
    expect(await errorsOf('ndjson', line)).toMatchObject([{ character }]);
  });

  test.each<[string, string, object]>([
    ['what is no object', '[{}, 7]', { character: 1 }],
    ['the end of a list that is not closed', '[{},\n{"a":\n1}', { lineInRecord: 2, character: 3 }],
    ['a quote that is not closed', '[{}, {"a":"1}]', { character: 10 }],
    ['what follows a list', '[{}] x', { character: 1 }],
    ['a comma too many', '[{}, ]', { character: 1 }],
    ['a record that is too long', `[{},\n"${'x'.repeat(2 ** 20)}"]`, { code: 'record-too-long', character: 1 }],
  ])('in a list: %s', async (_what, text, place) => {
    expect((await errorsOf('json', text)).at(-1)).toMatchObject(place);
  });

  test.each<[string, string, number]>([
    ['no FHIR resource', ' {"a":1}', 2],
    ['another type, in an entry', '{"resource": {"resourceType":"Nothing"}}', 14],
    ['a Bundle among others', '  {"resourceType":"Bundle","entry":[]}', 3],
  ])('FHIR: %s', async (_what, line, character) => {
    const errors = await errorsOf('fhir', `{"resourceType":"Patient"}\n${line}\n`);
    expect(errors.at(-1)).toMatchObject({ code: 'not-a-record', character });
  });

  test('what is not UTF-8 says it too', async () => {
    async function* bytes(): AsyncGenerator<Uint8Array> {
      yield Buffer.concat([Buffer.from('{"é":"'), Buffer.of(0xff), Buffer.from('"}\n')]);
    }
    const opened = await openInput('ndjson', questionnaire, bytes());
    if ('problems' in opened) throw new Error('there is no header');
    for await (const { records } of opened.chunks) {
      expect(opened.read(records[0] as (typeof records)[number])?.errors).toMatchObject([{ character: 7 }]);
    }
  });
});

describe('CSV: an error names its column, and where the cell begins', () => {
  const columns = header.split(',');
  const cells = row.split(',');
  const changed = (column: string, cell: string): string =>
    columns.map((name, at) => (name === column ? cell : cells[at])).join(',');

  test('in a row of one line', async () => {
    const text = changed('vitals.heartRate', '999');
    const [error] = await errorsOf('csv', `${header}\n${text}\n`);
    expect(error).toMatchObject({ linkId: 'vitals.heartRate', column: 'vitals.heartRate' });
    expect(textAt(text, error as AnswerError).startsWith('999,')).toBe(true);
  });

  test('in a row with line ends and separators in quotes', async () => {
    const text = changed('applicant.name', '"Ann,\n""A"", B"').replace(',72,', ',999,');
    const [error] = (await errorsOf('csv', `${header}\n${text}\n`)).filter(({ linkId }) => linkId !== 'applicant.name');
    expect(error).toMatchObject({ linkId: 'vitals.heartRate', column: 'vitals.heartRate', lineInRecord: 2 });
    expect(textAt(text, error as AnswerError).startsWith('999,')).toBe(true);
  });
});

describe('CSV: a row of another length says where it goes wrong', () => {
  test.each<[string, string, object]>([
    ['its first cell too many', 'A,2026-03-10,"x, y",z', { character: 14 }],
    ['its end', 'A', { character: 2 }],
    ['its end on another line', '"A\nB"', { lineInRecord: 2, character: 3 }],
  ])('%s', async (_what, text, place) => {
    expect(await errorsOf('csv', `applicant.id,visit.date\n${text}\n`)).toMatchObject([
      { code: 'ragged-row', ...place },
    ]);
  });
});

describe('CSV: where quotes go wrong, that line is in error alone, and the next are read', () => {
  const quoted = (text: string): string => row.replace(',S-001,', `,${text},`);

  test.each<[string, readonly string[], readonly number[], readonly number[], number]>([
    ['not closed, and quotes on the next line', [quoted('"A'), quoted('"B"')], [2], [3, 4], 12],
    ['not closed twice', [quoted('"A'), quoted('"B'), quoted('C')], [2, 3], [4, 5], 12],
    ['not closed, and quotes some lines on', [quoted('"A'), row, quoted('"B, ""C"""')], [2], [3, 4, 5], 12],
    ['not closed in the second line', [quoted('"A\nB","C'), row, quoted('"D"')], [2, 3], [4, 5, 6], 12],
    ['something behind the closing one', [quoted('"A"B'), quoted('"C"')], [2], [3, 4], 15],
    ['the same, and another not closed', [quoted('"A"B,"C'), row, quoted('"D"')], [2], [3, 4, 5], 15],
  ])('%s', async (_what, rows, wrong, right, character) => {
    const message = character === 12 ? 'is not closed' : 'stands inside a cell';
    const text = [header, ...rows, row].join('\r\n');
    for (const size of [text.length, 701, 1]) {
      const outcomes = await outcomesOf('csv', text, size);
      expect(outcomes.filter(({ errors }) => errors.length > 0).map(({ line }) => line)).toEqual(wrong);
      expect(outcomes.filter(({ errors }) => errors.length === 0).map(({ line }) => line)).toEqual(right);
      expect(outcomes[0]?.errors).toMatchObject([
        { code: 'not-csv', character, message: expect.stringContaining(message) },
      ]);
    }
  });
});

test('CSV: an entry that is empty before another is where its cells are', async () => {
  const columns = ['trial[1].medication', 'trial[1].dose', 'trial[2].medication', 'trial[2].dose'];
  expect(await errorsOf('csv', `applicant.id,${columns.join(',')}\nA,,,sertraline,50\n`)).toMatchObject([
    { code: 'wrong-type', linkId: 'trial[1]', character: 3, column: 'trial[1].medication' },
  ]);
});

test('a key that may be a patient is counted where it stands: keys of digits would come before it', async () => {
  const messages = async (line: string) => (await errorsOf('ndjson', line)).map(({ message }) => message);
  expect(await messages('{"applicant.id":"A","Anna Berg":1}')).toEqual(['key 2 is not a linkId: leave it out']);
  expect(await messages('{"applicant.id":"A","Anna Berg":1,"4711":2}')).toEqual([
    'a key is not a linkId: leave it out',
    'a key is not a linkId: leave it out',
  ]);
});

test.each<[InputFormat, string]>([
  ['ndjson', '{"vitals.spo2": 101}'],
  ['ndjson', '{"vitals.spo2": "no"}'],
  ['ndjson', '{"a":1,"a":2}'],
  ['ndjson', '{"a":1'],
  ['json', '[{},]'],
  ['csv', 'vitals.spo2,applicant.id\n101,A'],
  ['csv', 'vitals.spo2,applicant.id\n101'],
  ['csv', 'vitals.spo2,applicant.id\n"A\n",B"'],
  ['fhir', '{"resourceType":"QuestionnaireResponse"}\n'],
])('the keys of an error come in one order: %s %s', async (format, text) => {
  const order = ['code', 'linkId', 'message', 'lineInRecord', 'character', 'column'];
  const errors = await errorsOf(format, text);
  expect(errors.length).toBeGreaterThan(0);
  for (const error of errors) {
    expect(Object.keys(error)).toEqual(order.filter((key) => key in error));
    expect(error.character).toBeGreaterThan(0);
  }
});

test('of a record of 30,000 keys that are no questions each is told with its place', async () => {
  const keys = Array.from({ length: 30_000 }, (_, at) => `"K ${at}":1`);
  const [outcome] = await outcomesOf('ndjson', `{${keys.join(',')}}\n`);
  const places = outcome?.errors.map(({ character }) => character) ?? [];
  expect([places.length, places[0], places[1]]).toEqual([30_000, 8, 16]);
});

test('batch says at once where a record is wrong as a whole', async () => {
  const stdin = '{"Anna Berg":1}\n{"a":}\n';
  const { stderr } = await run(['batch', '-', '--no-color'], { cwd: '/', stdin });
  expect(stderr).toContain('in error  line 1  character 14: key 1 is not a linkId');
  expect(stderr).toContain('in error  line 2  this is not JSON from character 6 on');
});

test('in a list the number of the record is told, and a line in that record is told as such', async () => {
  const stdin = '[\n  {"a b": 1},\n  {\n    "a b": 1\n  }\n]';
  const { stdout, stderr } = await run(['batch', '-', '--format', 'json', '--no-color'], { cwd: '/', stdin });
  const results = stdout.toString().trimEnd().split('\n');
  expect(results.map((line) => JSON.parse(line).line)).toEqual([1, 2]);
  expect(stderr).toContain('in error  record 1  character 9: ');
  expect(stderr).toContain('in error  record 2  line 2 of the record, character 12: ');
});

test('batch says it at once, and in the results', async () => {
  const stdin = `${JSON.stringify({ ...sample, 'vitals.systolic': 1200 })}\n`;
  const { exit, stdout, stderr } = await run(['batch', '-', '--format', 'ndjson', '--no-color'], { cwd: '/', stdin });
  const [error] = JSON.parse(stdout.toString()).errors as readonly AnswerError[];
  expect(exit).toBe(1);
  expect(stdin.slice((error?.character ?? 0) - 1).startsWith('1200')).toBe(true);
  expect(stderr).toContain(`in error  line 1  vitals.systolic, character ${error?.character}: `);
});

test.each([
  ['before', 'trial,trial[1].medication', 'none,sertraline'],
  ['after', 'trial[1].medication,trial', 'sertraline,none'],
])(
  'a table that says both `none` and an entry, its column %s: `trial` is named, and both in words',
  async (_where, head, cells) => {
    const errors = await errorsOf('csv', `applicant.id,${head}\nA,${cells}\n`);
    const text = 'trial and columns of its entries are filled in: empty trial, or all of those';
    expect(errors).toEqual([expect.objectContaining({ linkId: 'trial', column: 'trial', message: text })]);
    expect(textAt(`A,${cells}`, errors[0] as AnswerError)).toMatch(/^none/);
  },
);

test('evaluate says where an error stands in a sheet of several lines', async () => {
  const stdin = JSON.stringify({ ...sample, 'vitals.systolic': 'high', 'vitals.sistolic': 120 }, null, 2);
  const lineOf = (key: string): number => stdin.split('\n').findIndex((line) => line.includes(`"${key}"`)) + 1;
  const { exit, stderr } = await run(['evaluate', '-'], { cwd: '/', stdin });
  expect(exit).toBe(1);
  expect(stderr).toContain(
    `  vitals.systolic, line ${lineOf('vitals.systolic')} of the record, character 22: expected a number`,
  );
  expect(stderr).toContain(`  vitals.sistolic, line ${lineOf('vitals.sistolic')} of the record, character 22: `);
});
