import { expect, test } from 'vitest';
import { clinic, evidence, questionnaire, template } from '../document/sample.ts';

test('what the build keeps of the shipped files is plain data: JSON gives back the same', () => {
  for (const value of [questionnaire, template, evidence, clinic]) {
    expect(JSON.parse(JSON.stringify(value))).toEqual(value);
  }
});
