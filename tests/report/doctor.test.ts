import { expect, test } from 'vitest';
import { describeDoctor } from '../../src/report/doctor.ts';

const checks = [
  {
    name: 'clinic facts',
    is: 'note',
    found: 'the example clinic (preinfuse.yaml): every form is marked as a sample',
    hint: 'for your own, in a folder that is new or empty: preinfuse init FOLDER',
  },
] as const;

test.each([
  [
    60,
    `note  clinic facts      the example clinic (preinfuse.yaml):
                        every form is marked as a sample
                        -> for your own, in a folder that is
                           new or empty: preinfuse init
                           FOLDER

Everything works.`,
  ],
  [
    Number.POSITIVE_INFINITY,
    `note  clinic facts      the example clinic (preinfuse.yaml): every form is marked as a sample
                        -> for your own, in a folder that is new or empty: preinfuse init FOLDER

Everything works.`,
  ],
])('lines break between words, below where they began: %s columns', (columns, said) => {
  expect(describeDoctor(checks, (text) => text, columns).join('\n')).toBe(said);
});
