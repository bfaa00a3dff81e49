import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { departures, departuresIn } from '../../src/check/prove/tell.ts';
import { readAnswers } from '../../src/exchange/answers.ts';
import { shippedBaseline, shippedFolder, shippedQuestionnaire } from '../shipped.ts';

const shipped = shippedQuestionnaire();
const usual = parse(readFileSync(`${shippedFolder}/cases/baseline.yaml`, 'utf8')).answers;
const [first, second] = usual.trial;

test.each<[string, object, string]>([
  ['nothing', {}, 'the unremarkable applicant'],
  [
    'an answer, and one that is absent',
    { 'today.escort': false, 'asq.q1': { absent: 'unknown' } },
    'asq.q1 unknown, today.escort false',
  ],
  [
    'what differs in an entry, by its place',
    { trial: [first, { ...second, medication: 'fluoxetine', dose: 19.9 }] },
    'trial[2].medication fluoxetine, trial[2].dose 19.9',
  ],
  [
    'an entry more: how many there are, and all of the new one',
    { trial: [first, second, { medication: 'sertraline', dose: 50 }] },
    'trial 3 entries, trial[3].medication sertraline, trial[3].dose 50',
  ],
  ['an entry less', { trial: [{ ...first, dose: 50 }] }, 'trial 1 entry, trial[1].dose 50'],
  ['no entry', { trial: [] }, 'trial 0 entries'],
  ['entries that nobody knows', { trial: { absent: 'unknown' } }, 'trial unknown'],
])('a sheet is told by where it departs from the unremarkable one: %s', (_title, changes, expected) => {
  const { answers, errors } = readAnswers(shipped, { ...usual, ...changes });
  expect(errors).toEqual([]);
  expect(departures(shipped, answers, shippedBaseline())).toBe(expected);
});

test('each departure has the question and the answer as staff read them', () => {
  const { answers } = readAnswers(shipped, { ...usual, trial: [first, { ...second, dose: 150 }] });
  expect(departuresIn(shipped, answers, shippedBaseline())).toEqual([
    {
      path: 'trial[2].dose',
      question: 'What was the highest dose a day that you stayed on?',
      answer: '150',
      words: '150 mg a day',
    },
  ]);
});
