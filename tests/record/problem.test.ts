import { expect, test } from 'vitest';
import { problemOf, type StoreProblem } from '../../src/record/problem.ts';

const told = (code: string): StoreProblem => problemOf(Object.assign(new Error('x'), { code })) as StoreProblem;

test.each([
  ['EROFS', /the file and its folder/],
  ['SQLITE_READONLY', /the file and its folder/],
  ['25006', /user of the database/],
  ['42501', /user of the database/],
])('a store that cannot be written to (%s) says who gives the right to', (code, hint) => {
  expect(told(code)).toMatchObject({ code: 'read-only', hint: expect.stringMatching(hint) });
});

test.each([
  ['SQLITE_IOERR_SHMSIZE', 'full'],
  ['SQLITE_IOERR_WRITE', 'full'],
  ['EDQUOT', 'full'],
  ['SQLITE_IOERR_READ', 'damaged'],
  ['SQLITE_CORRUPT', 'damaged'],
])('%s is %s', (code, is) => {
  expect(told(code).code).toBe(is);
});
