import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAnswers, writeAnswers } from '../../src/exchange/answers.ts';
import {
  type QuestionnaireResponse,
  questionnaireResponseOf,
  type ResponseItem,
} from '../../src/exchange/fhir/questionnaire-response.ts';
import { readJson } from '../../src/exchange/json.ts';
import type { Answers } from '../../src/model/answers.ts';
import { arbitraryAnswers } from '../arbitraries.ts';
import { baseline, questionnaire } from '../document/sample.ts';
import { readQuestionnaireResponse } from '../fhir-answers.ts';
import { changedAt, placesIn } from '../json-changes.ts';

/** How many of what is tried by chance; more by PREINFUSE_RUNS. */
const runs = Number(process.env.PREINFUSE_RUNS ?? 300);
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

  const head = {
    resourceType: 'QuestionnaireResponse',
    questionnaire: 'urn:preinfuse:iv-ketamine|1.0.0',
    status: 'completed',
  };
  const group = (linkId: string, ...item: object[]): object => ({ linkId, item });
  const heart = (...item: object[]): object => ({
    ...head,
    item: [group('heartAndVessels', group('vitals', ...item))],
  });
  const systolic = (value: object): object => heart({ linkId: 'vitals.systolic', answer: [{ valueQuantity: value }] });
  const mmHg = { system: 'http://unitsofmeasure.org', code: 'mm[Hg]' };
  const escort = { linkId: 'today.escort', answer: [{ valueBoolean: true }] };
  const today = (...items: object[]): object => ({ ...head, item: [group('medicinesAndToday', ...items)] });
  const answered = (...answer: object[]): object => today({ ...escort, answer });
  const history = (...items: object[]): object => ({ ...head, item: [group('treatmentHistory', ...items)] });
  const trial = (...item: object[]): object => ({ linkId: 'trial', item });
  const dose = (value: object): object => ({ linkId: 'trial.dose', answer: [{ valueQuantity: value }] });
  const noTrials = { linkId: 'trial', extension: absent('not-applicable') };
  const phq9 = (valueCoding: object): object => ({
    ...head,
    item: [group('symptoms', group('phq9', { linkId: 'phq9.q1', answer: [{ valueCoding }] }))],
  });
  const ordinal = (valueDecimal: number): object => ({
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/ordinalValue', valueDecimal }],
  });
  const modifier = { modifierExtension: [{ url: 'urn:x', valueBoolean: true }] };

  test.each<[string, unknown, string, string]>([
    ['another resource', { resourceType: 'Patient' }, 'not-a-record', ''],
    ['nothing', undefined, 'not-a-record', ''],
    ['no status', { ...head, status: undefined }, 'not-completed', ''],
    ['in progress', { ...head, status: 'in-progress' }, 'not-completed', ''],
    ['entered in error', { ...head, status: 'entered-in-error' }, 'not-completed', ''],
    ['no questionnaire', { ...head, questionnaire: undefined }, 'other-questionnaire', ''],
    ['another version', { ...head, questionnaire: 'urn:preinfuse:iv-ketamine|2.0.0' }, 'other-questionnaire', ''],
    ['another questionnaire', { ...head, questionnaire: 'urn:preinfuse:ect' }, 'other-questionnaire', ''],
    ['rules of its own', { ...head, implicitRules: 'http://example.org/rules' }, 'not-understood', ''],
    ['a modifier of all of it', { ...head, ...modifier }, 'not-understood', ''],
    ['a modifier of an item', today({ ...escort, ...modifier }), 'not-understood', 'today.escort'],
    ['a key that FHIR does not have', today({ linkId: 'today.escort', awnser: [] }), 'not-understood', 'today.escort'],
    [
      'an extension that is no list',
      today({ linkId: 'today.escort', extension: {} }),
      'not-understood',
      'today.escort',
    ],
    ['items that are no list', { ...head, item: {} }, 'wrong-type', ''],
    ['an item without linkId', today({ answer: [] }), 'wrong-type', 'medicinesAndToday'],
    ['an unknown linkId', heart({ linkId: 'vitals.sistolic' }), 'unknown-link-id', 'vitals.sistolic'],
    ['a question out of its group', { ...head, item: [escort] }, 'misplaced', 'today.escort'],
    ['a question of an entry outside', history(dose({ value: 1 })), 'misplaced', 'trial.dose'],
    ['a question twice', today(escort, escort), 'duplicate-link-id', 'today.escort'],
    ['a group twice', { ...head, item: [group('symptoms'), group('symptoms')] }, 'duplicate-link-id', 'symptoms'],
    [
      'an answer to a group',
      { ...head, item: [{ linkId: 'symptoms', answer: [{ valueBoolean: true }] }] },
      'wrong-type',
      'symptoms',
    ],
    ['another value', answered({ valueString: 'true' }), 'wrong-type', 'today.escort'],
    ['a text for true', answered({ valueBoolean: 'true' }), 'wrong-type', 'today.escort'],
    ['two values in one answer', answered({ valueBoolean: true, valueString: 'x' }), 'wrong-type', 'today.escort'],
    [
      'two answers where one is asked',
      answered({ valueBoolean: true }, { valueBoolean: false }),
      'wrong-type',
      'today.escort',
    ],
    ['an answer without a value', answered({}), 'wrong-type', 'today.escort'],
    ['no answer in the list', answered(), 'wrong-type', 'today.escort'],
    ['items below an answer', answered({ valueBoolean: true, item: [escort] }), 'wrong-type', 'today.escort'],
    ['items inside a question', today({ linkId: 'today.escort', item: [escort] }), 'wrong-type', 'today.escort'],
    [
      'an answer and a reason why not',
      today({ ...escort, extension: absent('asked-unknown') }),
      'wrong-type',
      'today.escort',
    ],
    [
      'a reason that is not ours',
      today({ linkId: 'today.escort', extension: absent('masked') }),
      'wrong-type',
      'today.escort',
    ],
    [
      'a reason at the value',
      answered({ _valueBoolean: { extension: absent('unknown') } }),
      'wrong-type',
      'today.escort',
    ],
    [
      'an absence where there may be none',
      today({ linkId: 'today.escort', extension: absent('asked-unknown') }),
      'not-absent',
      'today.escort',
    ],
    ['another unit', systolic({ value: 16, ...mmHg, code: 'kPa' }), 'wrong-unit', 'vitals.systolic'],
    ['a unit of another system', systolic({ value: 120, ...mmHg, system: 'urn:x' }), 'wrong-unit', 'vitals.systolic'],
    ['no unit', systolic({ value: 120 }), 'wrong-unit', 'vitals.systolic'],
    ['a comparator', systolic({ value: 120, comparator: '<', ...mmHg }), 'wrong-type', 'vitals.systolic'],
    ['a number as text', systolic({ value: '120', ...mmHg }), 'wrong-type', 'vitals.systolic'],
    [
      'a number without its unit',
      heart({ linkId: 'vitals.systolic', answer: [{ valueDecimal: 120 }] }),
      'wrong-type',
      'vitals.systolic',
    ],
    ['a value out of range', systolic({ value: 999, ...mmHg }), 'out-of-range', 'vitals.systolic'],
    ['a code of another system', phq9({ system: 'http://snomed.info/sct', code: '2' }), 'unknown-option', 'phq9.q1'],
    ['a code that is no option', phq9({ system: 'urn:preinfuse:iv-ketamine', code: 'x' }), 'unknown-option', 'phq9.q1'],
    [
      'a score that is not that of the code',
      phq9({ system: 'http://loinc.org', code: 'LA6570-1', ...ordinal(3) }),
      'unknown-option',
      'phq9.q1',
    ],
    ['no entries beside one', history(trial(), noTrials), 'wrong-type', 'trial'],
    ['one beside no entries', history(noTrials, trial()), 'wrong-type', 'trial'],
    ['something wrong in the second entry', history(trial(), trial(dose({ value: 1 }))), 'wrong-unit', 'trial[2].dose'],
  ])('%s is an error at its place', (_what, resource, code, linkId) => {
    const { errors } = readQuestionnaireResponse(questionnaire, resource);
    expect(errors).toMatchObject([{ code, linkId, message: expect.stringMatching(/\w/) }]);
  });

  test.each<[string, unknown, Readonly<Record<string, unknown>>]>([
    ['an amended one', { ...today(escort), status: 'amended' }, { 'today.escort': true }],
    [
      'one without a version',
      { ...today(escort), questionnaire: 'urn:preinfuse:iv-ketamine' },
      { 'today.escort': true },
    ],
    ['an item without an answer', today({ linkId: 'today.escort', text: 'Escort?' }), {}],
    ['an item that says not asked', today({ linkId: 'today.escort', extension: absent('not-asked') }), {}],
    ['our code for a public one', phq9({ system: 'urn:preinfuse:iv-ketamine', code: '2' }), { 'phq9.q1': 2 }],
    [
      'an extension that others put there',
      today({ ...escort, extension: [{ url: 'urn:x', valueString: 'y' }] }),
      { 'today.escort': true },
    ],
    [
      'who and when',
      { ...today(escort), subject: { reference: 'Patient/1' }, author: {}, meta: {} },
      { 'today.escort': true },
    ],
    ['an entry with nothing in it', history(trial()), { trial: [{}] }],
  ])('%s is read', (_what, resource, expected) => {
    expect(readQuestionnaireResponse(questionnaire, resource)).toEqual(readAnswers(questionnaire, expected));
  });

  test('whatever is put anywhere in one, it is told or it is accepted as an answer sheet is; nothing throws', () => {
    const whole = JSON.parse(JSON.stringify(responseTo()));
    const places = placesIn(whole);
    const anything = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(null, true, -1, '', 'item', [], {}, [[]], [{}], { linkId: 'trial' }, [
        { linkId: 'trial', item: [] },
      ]),
      fc.constantFrom(...places).map((place) => place.reduce<unknown>((at, step) => (at as never)[step], whole)),
    );
    let accepted = 0;
    fc.assert(
      fc.property(fc.constantFrom(...places), anything, (place, put) => {
        const { answers, errors } = readQuestionnaireResponse(questionnaire, changedAt(whole, place, put));
        if (errors.length > 0) {
          for (const { message } of errors) expect(message).toMatch(/\w/);
          return;
        }
        accepted += 1;
        expect(readAnswers(questionnaire, writeAnswers(questionnaire, answers))).toEqual({ answers, errors });
      }),
      { numRuns: runs },
    );
    // Texts for people may be anything.
    expect(accepted).toBeGreaterThan(0);
  });
});
