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

test('the bar tells share, time left and what came out, emergencies first, the rate last', () => {
  expect(progressBar(standing, 200)).toBe(
    '######------  50%  142 records  2 s left  2 urgent  10 in error  40 defer  90 proceed  71/s',
  );
});

test('of a large run, 80 columns hold emergencies, records in error and who may not be treated', () => {
  const large = new Map<Disposition, number>([...dispositions, ['emergency', 12], ['do-not-proceed', 40]]);
  const tally = { records: 123_456, refused: 3, dispositions: large };
  expect(progressBar({ ...standing, tally, share: 0.45, seconds: 150 }, 80)).toBe(
    '#####-------  45%  123456 records  3 min left  12 urgent  3 in error  40 no-go',
  );
});

test('it is never wider than the terminal, and what is cut is the least urgent', () => {
  for (let columns = 1; columns < 130; columns += 1) {
    expect(progressBar(standing, columns).length).toBeLessThan(Math.max(columns, 1));
  }
  expect(progressBar(standing, 55)).toMatch(/ {2}2 urgent$/);
  expect(progressBar(standing, 70)).toMatch(/ {2}10 in error$/);
});

test('100% is not said before the end, and a share of nothing known is not made up', () => {
  expect(progressBar({ ...standing, share: 1 }, 200)).toContain(' 99% ');
  const unknown = progressBar({ ...standing, share: undefined }, 200);
  expect(unknown).toBe('142 records  71/s  2 urgent  10 in error  40 defer  90 proceed');
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
