import { expect, test } from 'vitest';
import { remembering } from '../../src/model/memo.ts';

test('each is made once, also where nothing came of it; past the limit all begins anew', () => {
  const made: string[] = [];
  const lengthOf = remembering(2, (key: string) => {
    made.push(key);
    return key === '' ? undefined : key.length;
  });
  expect(['a', '', 'a', ''].map(lengthOf)).toEqual([1, undefined, 1, undefined]);
  expect(made).toEqual(['a', '']);
  expect(['bc', 'bc', 'a'].map(lengthOf)).toEqual([2, 2, 1]);
  expect(made).toEqual(['a', '', 'bc', 'a']);
});
