import { expect, test } from 'vitest';
import type { Disposition } from '../../src/model/disposition.ts';
import {
  durationOf,
  progressBar,
  progressEvent,
  progressLine,
  type Standing,
} from '../../src/report/batch-progress.ts';

const dispositions = new Map<Disposition, number>([
  ['proceed', 90],
  ['defer', 40],
  ['emergency', 2],
]);
const standing: Standing = {
  tally: { records: 142, refused: 10, dispositions },
  done: 142,
  seconds: 2,
  share: 0.5,
  from: 0,
};

test('the bar tells share, rate, time left and what came out, emergencies first', () => {
  expect(progressBar(standing, 200)).toBe(
    '############------------  50%  142 records  71 a second  about 2 s left  2 emergency  10 in error  40 defer  90 proceed',
  );
});

test('it is never wider than the terminal, and what is cut is the least urgent', () => {
  for (let columns = 1; columns < 130; columns += 1) {
    expect(progressBar(standing, columns).length).toBeLessThan(Math.max(columns, 1));
  }
  expect(progressBar(standing, 100)).toContain('2 emergency');
  expect(progressBar(standing, 104)).toMatch(/ {2}10 in error$/);
});

test('100% is not said before the end, and a share of nothing known is not made up', () => {
  expect(progressBar({ ...standing, share: 1 }, 200)).toContain(' 99% ');
  const unknown = progressBar({ ...standing, share: undefined }, 200);
  expect(unknown).toBe('142 records  71 a second  2 emergency  10 in error  40 defer  90 proceed');
});

test('a run that goes on from the middle counts its own pace', () => {
  const resumed = { ...standing, done: 20, share: 0.75, from: 0.5, seconds: 10 };
  expect(progressLine(resumed)).toBe(
    '75%, 142 records, 2 a second, about 10 s left; 2 emergency, 10 in error, 40 defer, 90 proceed',
  );
  expect(progressEvent(resumed)).toMatchObject({ records: 142, recordsPerSecond: 2, secondsLeft: 10, share: 0.75 });
});

test.each([
  [1, '1 s'],
  [99, '99 s'],
  [100, '2 min'],
  [7500, '2 h 5 min'],
])('%d seconds are %s', (seconds, words) => expect(durationOf(seconds)).toBe(words));
