import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAnswers, writeAnswers } from '../../src/exchange/answers.ts';
import {
  type QuestionnaireResponse,
  questionnaireResponseOf,
  type ResponseItem,
  readQuestionnaireResponse,
} from '../../src/exchange/fhir/questionnaire-response.ts';
import { readJson } from '../../src/exchange/json.ts';
import type { Answers } from '../../src/model/answers.ts';
import { arbitraryAnswers } from '../arbitraries.ts';
import { baseline, questionnaire } from '../document/sample.ts';

const day = '2026-03-10';

function answersOf(changes: Readonly<Record<string, unknown>> = {}): Answers {
  const { answers, errors } = readAnswers(questionnaire, { ...baseline, ...changes });
  expect(errors).toEqual([]);
  return answers;
}

function responseTo(changes: Readonly<Record<string, unknown>> = {}): QuestionnaireResponse {
  return questionnaireResponseOf(questionnaire, answersOf(changes), day);
}

/** Every item, with those inside. */
function flat(items: readonly ResponseItem[]): readonly ResponseItem[] {
  return items.flatMap((item) => [item, ...flat(item.item ?? [])]);
}

function itemsOf(linkId: string, { item }: QuestionnaireResponse): readonly ResponseItem[] {
  return flat(item ?? []).filter((each) => each.linkId === linkId);
}

const absent = (valueCode: string) => [
  { url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode },
];

describe('a QuestionnaireResponse', () => {
  test('says which questionnaire it answers, and when', () => {
    const { item: _, ...head } = responseTo();
    expect(head).toEqual({
      resourceType: 'QuestionnaireResponse',
      questionnaire: 'urn:preinfuse:iv-ketamine|1.0.0',
      status: 'completed',
      authored: day,
    });
  });

  test.each<[string, Readonly<Record<string, unknown>>, unknown]>([
    ['today.escort', {}, { valueBoolean: true }],
    ['applicant.birthDate', { 'applicant.birthDate': '1985-06-15' }, { valueDate: '1985-06-15' }],
    [
      'vitals.systolic',
      { 'vitals.systolic': 124 },
      { valueQuantity: { value: 124, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' } },
    ],
    [
      'phq9.q1',
      { 'phq9.q1': 2 },
      {
        valueCoding: {
          system: 'http://loinc.org',
          code: 'LA6570-1',
          display: 'More than half the days',
          extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/ordinalValue', valueDecimal: 2 }],
        },
      },
    ],
  ])('%s has its value as FHIR has it', (linkId, changes, expected) =>
    expect(itemsOf(linkId, responseTo(changes))).toMatchObject([{ answer: [expected] }]),
  );

  test('says why there is no answer', () => {
    const response = responseTo({ 'neuro.seizures': { absent: 'declined' }, 'vitals.spo2': { absent: 'unknown' } });
    const reasons = ['neuro.seizures', 'vitals.spo2'].map((linkId) => itemsOf(linkId, response)[0]);
    expect(reasons).toMatchObject([{ extension: absent('asked-declined') }, { extension: absent('asked-unknown') }]);
    expect(reasons.some((item) => item && 'answer' in item)).toBe(false);
  });

  test('has an item for each entry of a repeat, and one that says so where there is none', () => {
    expect(itemsOf('trial', responseTo({ trial: [] }))).toMatchObject([{ extension: absent('not-applicable') }]);
    const two = itemsOf('trial', responseTo({ trial: [{ medication: 'sertraline' }, { medication: 'bupropion' }] }));
    expect(two).toMatchObject([
      { item: [{ linkId: 'trial.medication', answer: [{ valueString: 'sertraline' }] }] },
      { item: [{ linkId: 'trial.medication', answer: [{ valueString: 'bupropion' }] }] },
    ]);
  });

  test('holds nothing empty, and one value an answer', () => {
    fc.assert(
      fc.property(arbitraryAnswers(questionnaire, answersOf()), (answers) => {
        const response = questionnaireResponseOf(questionnaire, answers, day);
        expect(JSON.stringify(response)).not.toMatch(/\[\]|\{\}|null/);
        for (const { answer = [] } of flat(response.item ?? [])) {
          for (const each of answer) expect(Object.keys(each)).toHaveLength(1);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('reading one', () => {
  test('gives the answers that it was written from', () => {
    fc.assert(
      fc.property(arbitraryAnswers(questionnaire, answersOf()), (answers) => {
        const sheet = writeAnswers(questionnaire, answers);
        const accepted = readAnswers(questionnaire, sheet);
        const text = JSON.stringify(questionnaireResponseOf(questionnaire, answers, day));
        expect(readQuestionnaireResponse(questionnaire, readJson(text).value)).toEqual(accepted);
      }),
      { numRuns: 200 },
    );
  });

  const one = (item: object): object => ({ resourceType: 'QuestionnaireResponse', item: [item] });
  test.each<[string, unknown, string, string]>([
    ['another resource', { resourceType: 'Patient' }, 'not-a-record', ''],
    ['nothing', undefined, 'not-a-record', ''],
    ['an unknown linkId', one({ linkId: 'vitals.sistolic' }), 'unknown-link-id', 'vitals.sistolic'],
    [
      'another unit',
      one({
        linkId: 'vitals.temperature',
        answer: [{ valueQuantity: { value: 99, system: 'http://unitsofmeasure.org', code: '[degF]' } }],
      }),
      'wrong-type',
      'vitals.temperature',
    ],
    [
      'a code of another system',
      one({ linkId: 'phq9.q1', answer: [{ valueCoding: { system: 'http://snomed.info/sct', code: '2' } }] }),
      'wrong-type',
      'phq9.q1',
    ],
    [
      'two values where one is asked',
      one({ linkId: 'today.escort', answer: [{ valueBoolean: true }, { valueBoolean: false }] }),
      'wrong-type',
      'today.escort',
    ],
    [
      'a reason that is not ours',
      one({ linkId: 'neuro.seizures', extension: absent('masked') }),
      'wrong-type',
      'neuro.seizures',
    ],
  ])('%s is an error at its place', (_what, resource, code, linkId) => {
    expect(readQuestionnaireResponse(questionnaire, resource).errors).toMatchObject([{ code, linkId }]);
  });

  test('a question that stands in it twice is an error, whatever it says', () => {
    const escort = { linkId: 'today.escort', answer: [{ valueBoolean: true }] };
    const resource = { resourceType: 'QuestionnaireResponse', item: [escort, escort] };
    expect(readQuestionnaireResponse(questionnaire, resource).errors).toMatchObject([{ linkId: 'today.escort' }]);
  });
});
