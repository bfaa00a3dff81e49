import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { answerAt, readAnswers, writeAnswers } from '../../src/exchange/answers.ts';
import { readJson } from '../../src/exchange/json.ts';
import { arbitraryAnswers } from '../arbitraries.ts';
import { shippedFolder, shippedQuestionnaire } from '../shipped.ts';

const questionnaire = shippedQuestionnaire();
const base = (parse(readFileSync(`${shippedFolder}/cases/baseline.yaml`, 'utf8')) as { answers: object }).answers;
const baseline = readAnswers(questionnaire, base).answers;
const codesOf = (sheet: unknown): readonly string[] =>
  readAnswers(questionnaire, sheet).errors.map(({ code, linkId }) => `${linkId} ${code}`);

test('what is written reads back as it was', () => {
  fc.assert(
    fc.property(arbitraryAnswers(questionnaire, baseline), (answers) => {
      const sheet = JSON.parse(JSON.stringify(writeAnswers(questionnaire, answers)));
      expect(readAnswers(questionnaire, sheet).answers).toEqual(answers);
    }),
    { numRuns: 300 },
  );
});

describe('nothing is guessed', () => {
  test.each<[string, object, string]>([
    ['a yes as text', { 'today.escort': 'true' }, 'today.escort wrong-type'],
    ['a yes as a number', { 'today.escort': 1 }, 'today.escort wrong-type'],
    ['a number as text', { 'vitals.systolic': '120' }, 'vitals.systolic wrong-type'],
    ['a fraction of a whole number', { 'vitals.systolic': 120.5 }, 'vitals.systolic too-precise'],
    ['a number above its limit', { 'vitals.systolic': 301 }, 'vitals.systolic out-of-range'],
    ['a number below its limit', { 'vitals.systolic': 39 }, 'vitals.systolic out-of-range'],
    ['a date the calendar does not have', { 'applicant.birthDate': '1986-02-30' }, 'applicant.birthDate wrong-type'],
    ['a date in another form', { 'applicant.birthDate': '03/04/1986' }, 'applicant.birthDate wrong-type'],
    ['an option in another case', { 'cardiac.stroke': 'TIA' }, 'cardiac.stroke unknown-option'],
    ['no options chosen', { medicines: [] }, 'medicines wrong-type'],
    ['one option twice', { medicines: ['opioid', 'opioid'] }, 'medicines wrong-type'],
    ['an absence with a made-up reason', { 'cardiac.avm': { absent: 'maybe' } }, 'cardiac.avm wrong-type'],
    ['null', { 'cardiac.avm': null }, 'cardiac.avm wrong-type'],
    ['a control character in a name', { 'applicant.name': 'Ann\u001b[2J' }, 'applicant.name wrong-type'],
    ['a name of blanks', { 'applicant.name': ' \u00a0\u3000' }, 'applicant.name wrong-type'],
    ['a name that nobody sees: no width', { 'applicant.name': '\u200b\u2060' }, 'applicant.name wrong-type'],
    ['a name that nobody sees: fillers', { 'applicant.name': '\u3164\u115f\u2800' }, 'applicant.name wrong-type'],
    ['a name of a mark without a letter', { 'applicant.name': '\u0301' }, 'applicant.name wrong-type'],
    ['a birth after the visit', { 'applicant.birthDate': '2026-03-11' }, 'applicant.birthDate constraint'],
    ['a name of an object', { __proto__x: 1 }, ' unknown-link-id'],
    ['an entry with an unknown field', { trial: [{ medicine: 'sertraline' }] }, 'trial[1].medicine unknown-link-id'],
  ])('%s', (_what, changes, expected) => {
    expect(codesOf({ ...base, ...changes })).toContain(expected);
  });

  test.each([
    ['a repeat of a pressure', { 'vitals.repeatSystolic': 130, 'vitals.repeatDiastolic': 80 }],
    ['the day of a heart attack', { 'cardiac.miDate': '2026-01-01' }],
  ])('%s that is not asked is told that alone, and of no contradiction', (_what, changes) => {
    const { errors } = readAnswers(questionnaire, { ...base, ...changes });
    expect(errors.map(({ code }) => code)).toEqual(Object.keys(changes).map(() => 'not-enabled'));
  });

  test.each(['李', 'محمد', 'क', '\u200fדנה', 'O\u2019Neill', 'X Æ A-12', '7'])('%s is a name', (name) => {
    expect(codesOf({ ...base, 'applicant.name': name })).toEqual([]);
  });

  test('__proto__ as a key is an unknown question', () => {
    const { value } = readJson('{"__proto__": {"today.escort": true}, "constructor": 1}') as { value?: unknown };
    const codes = codesOf(value);
    expect(codes.filter((code) => code.endsWith('unknown-link-id'))).toHaveLength(2);
  });

  test('a message never repeats an answer', () => {
    const { errors } = readAnswers(questionnaire, {
      ...base,
      'vitals.systolic': 'SECRET',
      'cardiac.stroke': 'SECRET',
      medicines: ['SECRET'],
    });
    expect(errors).toHaveLength(3);
    expect(JSON.stringify(errors)).not.toContain('SECRET');
  });
});

test('one answer by its path', () => {
  expect(answerAt(questionnaire, baseline, 'trial[2].dose')).toBe(225);
  expect(answerAt(questionnaire, baseline, 'applicant.birthDate')).toBe('1986-01-15');
  expect(answerAt(questionnaire, baseline, 'medicines')).toEqual(['none']);
});
