import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Fhir } from 'fhir/fhir.js';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { questionnaireText } from '../../src/definition/questionnaire-text.ts';
import { readQuestionnaire } from '../../src/definition/read.ts';
import { enablementOf, situationOf } from '../../src/engine/situation.ts';
import { readAnswers } from '../../src/exchange/answers.ts';
import type { EnableWhen } from '../../src/exchange/fhir/enable-when.ts';
import { type FhirItem, fhirQuestionnaireOf } from '../../src/exchange/fhir/questionnaire.ts';
import { questionnaireResponseOf, type ResponseItem } from '../../src/exchange/fhir/questionnaire-response.ts';
import { readFhirQuestionnaire } from '../../src/exchange/fhir/read-questionnaire.ts';
import type { Answers } from '../../src/model/answers.ts';
import { arbitraryAnswers } from '../arbitraries.ts';
import { folderWith } from '../folder.ts';
import { changedAt, placesIn } from '../json-changes.ts';
import { run } from '../run.ts';
import {
  shippedBaseline,
  shippedBaselineSheet,
  shippedFolder,
  shippedQuestionnaire,
  shippedSources,
} from '../shipped.ts';

/** How many answer sheets; more of them by PREINFUSE_RUNS. */
const runs = Number(process.env.PREINFUSE_RUNS ?? 150);
const questionnaire = shippedQuestionnaire();
const { resource, notCarried } = fhirQuestionnaireOf(questionnaire);
const fhir = new Fhir();
const problemsOf = (of: object): unknown => fhir.validate(of, { errorOnUnexpected: true }).messages;

function flat(items: readonly FhirItem[]): readonly FhirItem[] {
  return items.flatMap((item) => [item, ...flat(item.item ?? [])]);
}

/** Without where things stand in a file. */
function placeless(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, each) => (key === 'at' ? undefined : each)));
}

describe('a Questionnaire out of a definition', () => {
  test('has nothing that a validator of FHIR R4 objects to, and the validator does object', () => {
    expect(problemsOf(resource)).toEqual([]);
    expect(problemsOf({ ...resource, status: 'ready' })).not.toEqual([]);
    expect(problemsOf({ ...resource, item: [{ ...resource.item[0], type: 'query' }] })).not.toEqual([]);
  });

  test('names each linkId once', () => {
    const linkIds = flat(resource.item).map(({ linkId }) => linkId);
    expect(new Set(linkIds).size).toBe(linkIds.length);
  });

  test('names what it does not carry', () => {
    const told = notCarried.join('\n');
    for (const { id } of questionnaire.rules) expect(told).toContain(id);
    for (const { name } of [...questionnaire.parameters, ...questionnaire.tables]) expect(told).toContain(name);
    expect(notCarried[0]).toMatch(/^vitals\.hypertensiveSymptoms: /);
  });

  test('says a question as FHIR has it', () => {
    const item = (linkId: string): FhirItem | undefined => flat(resource.item).find((each) => each.linkId === linkId);
    expect(item('vitals.systolic')).toMatchObject({ type: 'quantity', required: true });
    expect(item('vitals.repeatSystolic')).toMatchObject({
      required: false,
      enableBehavior: 'any',
      enableWhen: [
        { question: 'vitals.systolic', operator: '>=', answerQuantity: { value: expect.any(Number), code: 'mm[Hg]' } },
        { question: 'vitals.diastolic', operator: '>=' },
      ],
    });
    expect(item('gad7')?.enableWhen).toMatchObject([{ operator: '=', answerCoding: { code: 'anxiety' } }]);
    expect(item('trial')).toMatchObject({ type: 'group', repeats: true });
    expect(item('medicines')).toMatchObject({ type: 'choice', repeats: true });
  });

  test('read back gives the same questions', () => {
    const read = readFhirQuestionnaire(JSON.parse(JSON.stringify(resource)));
    const { main, tables } = shippedSources();
    const { answerLists: _, ...whole } = parse(main.text);
    const keys = parse(questionnaireText(read?.text ?? {}));
    const again = readQuestionnaire({ path: main.path, text: stringify({ ...whole, ...keys }) }, tables);
    expect(again.diagnostics).toEqual([]);
    expect(placeless(again.questionnaire?.items)).toEqual(placeless(questionnaire.items));
    expect(read?.notCarried).toEqual([expect.stringContaining('sources, safety and rules')]);
  });
});

describe('answers and their Questionnaire', () => {
  const anyAnswers = arbitraryAnswers(questionnaire, shippedBaseline());

  /** What FHIR asks, by its own rules: an item that is not shown has no answers. */
  function shownIn(answers: Answers): ReadonlySet<string> {
    const { item: items = [] } = questionnaireResponseOf(questionnaire, answers, undefined);
    const given = new Map(flatAnswers(items));
    const shown = new Set<string>();
    const show = (item: FhirItem): void => {
      const hold = (item.enableWhen ?? []).map((when) => shown.has(when.question) && isMet(when, given));
      const isShown = hold.length === 0 || (item.enableBehavior === 'all' ? hold.every(Boolean) : hold.some(Boolean));
      if (isShown) shown.add(item.linkId);
      if (isShown) item.item?.forEach(show);
    };
    resource.item.forEach(show);
    return shown;
  }

  function flatAnswers(items: readonly ResponseItem[]): [string, readonly object[]][] {
    return items.flatMap(({ linkId, answer, item }) => [
      ...(answer ? [[linkId, answer] as [string, readonly object[]]] : []),
      ...flatAnswers(item ?? []),
    ]);
  }

  function isMet({ question, operator, ...value }: EnableWhen, given: ReadonlyMap<string, readonly object[]>): boolean {
    const answers = (given.get(question) ?? []) as {
      readonly valueBoolean?: boolean;
      readonly valueCoding?: { readonly system: string; readonly code: string };
      readonly valueQuantity?: { readonly value: number };
    }[];
    if (operator === 'exists') return answers.length > 0 === value.answerBoolean;
    return answers.some(({ valueBoolean, valueCoding, valueQuantity }) => {
      if (value.answerBoolean !== undefined) return valueBoolean === value.answerBoolean;
      const { answerCoding } = value;
      if (answerCoding) return valueCoding?.system === answerCoding.system && valueCoding.code === answerCoding.code;
      const [have, limit] = [valueQuantity?.value ?? Number.NaN, value.answerQuantity?.value ?? Number.NaN];
      return { '=': have === limit, '<': have < limit, '<=': have <= limit, '>': have > limit, '>=': have >= limit }[
        operator
      ];
    });
  }

  test('FHIR shows what is asked here, and not what is settled as not asked', () => {
    const conditional = flat(resource.item).filter(({ enableWhen }) => enableWhen);
    expect(conditional).toHaveLength(11);
    const seen = new Set<string>();
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        const [shown, situation] = [shownIn(answers), situationOf(questionnaire, answers)];
        for (const { linkId } of conditional) {
          const isAsked = enablementOf(situation, linkId);
          seen.add(`${linkId} ${isAsked}`);
          if (isAsked !== 'unknown') expect([linkId, shown.has(linkId)]).toEqual([linkId, isAsked]);
        }
      }),
      { numRuns: runs },
    );
    expect(seen.size).toBeGreaterThan(conditional.length * 1.5);
  });

  test('a response has nothing that a validator objects to, stands as the Questionnaire has it, and has one value an answer', () => {
    const hold = (items: readonly ResponseItem[], known: readonly FhirItem[]): void => {
      for (const { linkId, item = [], answer = [] } of items) {
        const asked = known.find((each) => each.linkId === linkId);
        expect(asked).toBeDefined();
        if (!asked?.repeats) expect(items.filter((each) => each.linkId === linkId)).toHaveLength(1);
        for (const each of answer) expect(Object.keys(each)).toHaveLength(1);
        hold(item, asked?.item ?? []);
      }
    };
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        const response = questionnaireResponseOf(questionnaire, answers, '2026-03-10');
        expect(problemsOf(response)).toEqual([]);
        hold(response.item ?? [], resource.item);
      }),
      { numRuns: Math.ceil(runs / 6) },
    );
  });
});

describe('a Questionnaire of somebody else', () => {
  const coding = (code: string, display: string): object => ({
    valueCoding: { system: 'http://loinc.org', code, display },
  });
  const read = (...item: object[]) => readFhirQuestionnaire({ resourceType: 'Questionnaire', item });

  test('gives its questions; what has no place here is named, and nothing is made up', () => {
    const found = read(
      { linkId: 'smoker', type: 'boolean', text: 'Do you smoke?', required: true },
      {
        linkId: 'often',
        type: 'choice',
        text: 'How often?',
        prefix: '2.',
        answerOption: [coding('LA6568-5', 'Never'), coding('LA6569-3', 'Daily'), { valueString: 'x' }],
        enableWhen: [{ question: 'smoker', operator: '=', answerBoolean: true }],
      },
      {
        linkId: 'pack',
        type: 'group',
        text: 'Packs',
        item: [
          {
            linkId: 'pack.count',
            type: 'decimal',
            text: 'How many?',
            enableWhen: [
              { question: 'often', operator: '=', answerCoding: { system: 'http://loinc.org', code: 'LA6569-3' } },
              { question: 'smoker', operator: 'exists', answerBoolean: true },
            ],
            enableBehavior: 'all',
            extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/minValue', valueDecimal: 0 }],
          },
          { linkId: 'pack.since', type: 'dateTime', text: 'Since when?' },
        ],
      },
    );
    expect(found?.text).toEqual({
      items: [
        {
          linkId: 'questions',
          type: 'group',
          text: 'Questions',
          items: [
            { linkId: 'smoker', type: 'boolean', text: 'Do you smoke?' },
            {
              linkId: 'often',
              type: 'choice',
              text: 'How often?',
              options: [
                { code: 'la6568-5', text: 'Never', coding: { system: 'http://loinc.org', code: 'LA6568-5' } },
                { code: 'la6569-3', text: 'Daily', coding: { system: 'http://loinc.org', code: 'LA6569-3' } },
              ],
              required: false,
              enableWhen: 'smoker',
            },
          ],
        },
        {
          linkId: 'pack',
          type: 'group',
          text: 'Packs',
          items: [
            {
              linkId: 'pack.count',
              type: 'decimal',
              text: 'How many?',
              min: 0,
              required: false,
              enableWhen: 'often == "la6569-3" && answered(smoker)',
            },
          ],
        },
      ],
    });
    expect(found?.notCarried.map((line) => line.split(':')[0])).toEqual([
      'often',
      'often',
      'pack.count',
      'pack.count',
      'pack.count',
      'pack.since',
      'id',
      'sources, safety and rules',
      'questions outside any group',
    ]);
  });

  test.each<[string, object, RegExp]>([
    ['a linkId of another form', { linkId: '/44250-9', type: 'boolean', text: 'x' }, /^\/44250-9: a linkId is dotted/],
    ['options elsewhere', { linkId: 'a', type: 'choice', answerValueSet: 'http://x' }, /^a: answerValueSet/],
    [
      'a condition on no answer',
      {
        linkId: 'a',
        type: 'boolean',
        enableWhen: [{ question: 'a', operator: 'exists', answerBoolean: false }],
      },
      /^a: enableWhen/,
    ],
    [
      '"not equal", which holds for no answer too',
      {
        linkId: 'a',
        type: 'boolean',
        enableWhen: [{ question: 'a', operator: '!=', answerBoolean: true }],
      },
      /^a: enableWhen/,
    ],
    [
      'an extension',
      { linkId: 'a', type: 'boolean', extension: [{ url: 'http://x/y' }] },
      /^a: extensions http:\/\/x\/y/,
    ],
    ['an initial value', { linkId: 'a', type: 'boolean', initial: [{ valueBoolean: true }] }, /^a: initial/],
    ['several answers to a text', { linkId: 'a', type: 'string', maxLength: 9, repeats: true }, /^a: repeats/],
    ['what is no item', [], /^: an item of type ""/],
  ])('%s is named', (_what, item, expected) => {
    expect(read({ linkId: 'g', type: 'group', item: [item] })?.notCarried).toContainEqual(
      expect.stringMatching(expected),
    );
  });
});

test('whatever is put anywhere in a Questionnaire, it is read and written without a throw', () => {
  const whole = JSON.parse(JSON.stringify({ ...resource, item: resource.item.slice(4, 7) }));
  const places = placesIn(whole);
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 2 }), (place, put) => {
      const read = readFhirQuestionnaire(changedAt(whole, place, put));
      if (read) parse(questionnaireText(read.text));
    }),
    { numRuns: Math.ceil(runs / 5) },
  );
});

describe('preinfuse convert', () => {
  test('a definition that is not valid is named as it was typed', async () => {
    const there = folderWith({ 'q/questionnaire.yaml': 'id: q\n' });
    const { exit, stderr } = await run(['convert', 'q', '--to', 'fhir'], { cwd: there });
    expect([exit, stderr.split('\n').at(-2)]).toEqual([2, '  see all with: preinfuse check q']);
  });

  const cwd = folderWith({ 'sheet.json': JSON.stringify(shippedBaselineSheet) });
  const convert = (...argv: readonly string[]): ReturnType<typeof run> => run(['convert', ...argv], { cwd });

  test('a definition out and in: the items of the definition', async () => {
    const out = await convert(shippedFolder, '--to', 'fhir', '-o', 'questionnaire.fhir.json');
    expect([out.exit, out.stdout.toString()]).toEqual([0, '']);
    expect(out.stderr).toMatch(/^Written: questionnaire\.fhir\.json\nNot carried, or still to be written:\n {2}vitals/);
    expect(JSON.parse(readFileSync(join(cwd, 'questionnaire.fhir.json'), 'utf8'))).toEqual(resource);
    const same = await convert(`${shippedFolder}/questionnaire.yaml`, '--to', 'fhir', '--quiet');
    expect([JSON.parse(same.stdout.toString()), same.stderr]).toEqual([resource, '']);
    const { exit, stdout } = await convert('questionnaire.fhir.json', '--to', 'preinfuse');
    expect([exit, stdout.toString().split('\n')[0]]).toEqual([
      0,
      '# yaml-language-server: $schema=../../schemas/questionnaire.schema.json',
    ]);
    expect(Object.keys(parse(stdout.toString()))).toEqual(['id', 'version', 'title', 'status', 'items']);
  });

  test('--quiet says nothing of the file, and writes it', async () => {
    const { exit, stdout, stderr } = await convert('sheet.json', '--to', 'fhir', '-o', 'quiet.json', '-q');
    expect([exit, stdout.toString(), stderr]).toEqual([0, '', '']);
    expect(JSON.parse(readFileSync(join(cwd, 'quiet.json'), 'utf8'))).toMatchObject({ status: 'completed' });
  });

  test('answers out and in: the same answers', async () => {
    const out = await convert('sheet.json', '--to', 'fhir');
    expect([out.exit, out.stderr]).toEqual([0, '']);
    expect(JSON.parse(out.stdout.toString())).toMatchObject({ authored: '2026-03-10', status: 'completed' });
    const { exit, stdout } = await run(['convert', '-', '--to', 'preinfuse'], { cwd, stdin: out.stdout });
    expect([exit, JSON.parse(stdout.toString())]).toEqual([0, shippedBaselineSheet]);
  });

  test('answers without a day of the visit get none', async () => {
    const { stdout } = await run(['convert', '-', '--to', 'fhir'], { cwd, stdin: '{"today.escort":true}' });
    const response = JSON.parse(stdout.toString());
    expect(response).not.toHaveProperty('authored');
    expect(readAnswers(questionnaire, { 'today.escort': true }).answers.size).toBe(1);
  });

  test.each<[number, string, readonly string[], string]>([
    [2, 'no spelling', ['sheet.json'], '{}'],
    [2, 'a spelling that is not there', ['sheet.json', '--to', 'xml'], '{}'],
    [2, 'FHIR to FHIR', ['-', '--to', 'fhir'], '{"resourceType":"Questionnaire"}'],
    [2, 'ours to ours', ['sheet.json', '--to', 'preinfuse'], '{}'],
    [2, 'a definition to ours', [shippedFolder, '--to', 'preinfuse'], '{}'],
    [2, 'another resource', ['-', '--to', 'preinfuse'], '{"resourceType":"Patient"}'],
    [2, 'a Bundle', ['-', '--to', 'preinfuse'], '{"resourceType":"Bundle","entry":[]}'],
    [2, 'a folder without a definition', ['.', '--to', 'fhir'], ''],
    [2, 'a file in the way', [shippedFolder, '--to', 'fhir', '-o', 'sheet.json'], ''],
    [1, 'answers that are not accepted', ['-', '--to', 'fhir'], '{"vitals.systolic":999}'],
    [1, 'a response that is not', ['-', '--to', 'preinfuse'], '{"resourceType":"QuestionnaireResponse"}'],
    [1, 'half of a JSON', ['-', '--to', 'fhir'], '{"a":'],
  ])('exit %i: %s', async (expected, _what, argv, stdin) => {
    const { exit, stdout, stderr } = await run(['convert', ...argv], { cwd, stdin });
    expect([exit, stdout.toString()]).toEqual([expected, '']);
    expect(stderr).toMatch(/^preinfuse: .+\n( {2}.+\n)+$/);
    expect(readFileSync(join(cwd, 'sheet.json'), 'utf8')).toBe(JSON.stringify(shippedBaselineSheet));
  });

  test('nothing that a terminal would obey comes out as it is, and nothing of it is lost', async () => {
    const hostile = 'a\u009b31m \u001b]0;x\u0007 \u202eb\u2028 \t\n\ud800 é';
    const item = {
      linkId: 'g',
      type: 'group',
      text: hostile,
      item: [{ linkId: 'g.b', type: 'boolean', text: 'x', [hostile]: 1 }],
    };
    const stdin = JSON.stringify({ resourceType: 'Questionnaire', title: hostile, item: [item] });
    const { stdout, stderr } = await run(['convert', '-', '--to', 'preinfuse'], { cwd, stdin });
    const signs = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]/;
    expect([stdout.toString(), stderr].filter((text) => signs.test(text))).toEqual([]);
    expect(parse(stdout.toString())).toMatchObject({ title: hostile, items: [{ text: hostile }] });
    const sheet = JSON.stringify({ 'applicant.name': 'A\u200eB' });
    const out = (await run(['convert', '-', '--to', 'fhir'], { cwd, stdin: sheet })).stdout.toString();
    expect(out).toContain('"A\\u200eB"');
  });

  test('an existing file is replaced with --force', async () => {
    writeFileSync(join(cwd, 'there.json'), 'x');
    expect((await convert('sheet.json', '--to', 'fhir', '-o', 'there.json', '--force')).exit).toBe(0);
    expect(readFileSync(join(cwd, 'there.json'), 'utf8')).toMatch(/^\{/);
  });
});
