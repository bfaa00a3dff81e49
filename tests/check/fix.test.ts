import { describe, expect, test } from 'vitest';
import { checkDefinition, type DefinitionTexts } from '../../src/check/check.ts';
import { completed } from '../../src/check/example.ts';
import { fix } from '../../src/check/fix.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';

function textsOf(main: string): DefinitionTexts {
  return { main: { path: 'q.yaml', text: main }, tables: [], cases: [], templates: [] };
}

/** The text after the fixes of everything that is found in it. */
function fixedText(main: string): string {
  const texts = textsOf(main);
  return fix(texts, checkDefinition(texts).diagnostics).texts.main.text;
}

const question = (keys: string) => `# Screening.
items:
  - linkId: start
    type: group
    text: Start
    items:
      - linkId: willing   # asked first
        type: boolean
        text: Do you want to go on?
        ${keys}
`;

describe('fixed, with comments and layout as they were', () => {
  test.each([
    ['a key that holds words', 'whys: It is their choice.  # why', 'why: It is their choice.  # why'],
    ['a key in quotes', '"whys": It is their choice.', 'why: It is their choice.'],
    ['two keys', 'whys: It is their choice.\n        cuonts: Yes.', 'why: It is their choice.\n        counts: Yes.'],
  ])('%s', (_what, bad, good) => {
    expect(fixedText(completed(question(bad)))).toBe(completed(question(good)));
  });

  test('with Windows line ends', () => {
    const [bad, good] = ['whys: It is their choice.', 'why: It is their choice.'].map((keys) =>
      completed(question(keys)).replaceAll('\n', '\r\n'),
    );
    expect(fixedText(bad ?? '')).toBe(good);
  });

  test.each([
    ['alone on its line', '  # preinfuse-ignore missing-why: later\n', ''],
    ['after a value', 'title: Screening   # preinfuse-ignore missing-why: later\n', 'title: Screening\n'],
  ])('an unused suppression %s', (_where, bad, good) => {
    expect(fixedText(completed(`${bad}status: draft`))).toBe(completed(`${good}status: draft`));
  });
});

describe('left for people', () => {
  test.each([
    ['a key that decides', 'requred: false'],
    ['a key near to nothing', 'reasoning: It is their choice.'],
    ['a key whose right spelling is there too', 'whys: A.\n        why: B.'],
  ])('%s', (_what, keys) => {
    const text = completed(question(keys));
    expect(fixedText(text)).toBe(text);
  });
});

describe('the guard', () => {
  const texts = textsOf(completed(''));
  const { text } = texts.main;
  const fixing = (from: string, to: string): Diagnostic => ({
    code: 'unknown-key',
    severity: 'error',
    message: 'made up',
    at: { path: 'q.yaml', start: 0, end: 0 },
    fix: { start: text.indexOf(from), end: text.indexOf(from) + from.length, text: to },
  });

  test.each([
    ['a condition', '"!willing"', '"willing"'],
    ['a disposition', 'do-not-proceed', 'defer'],
    ['a kind of answer', 'type: boolean', 'absence: none, type: boolean'],
    ['an id', 'id: unwilling', 'id: reluctant'],
  ])('refuses a fix that changes %s', (_what, from, to) => {
    expect(fix(texts, [fixing(from, to)])).toEqual({ texts, changed: [], count: 0, isRefused: true });
  });

  test('lets one through that changes words', () => {
    const { count, isRefused, texts: after } = fix(texts, [fixing('Do you want to go on?', 'Shall we go on?')]);
    expect({ count, isRefused }).toEqual({ count: 1, isRefused: false });
    expect(after.main.text).toBe(text.replace('Do you want to go on?', 'Shall we go on?'));
  });

  test('makes one of two fixes that overlap, and one of two that are the same', () => {
    const both = [
      fixing('Do you want', 'Will you'),
      fixing('want to go on?', 'stay?'),
      fixing('Do you want', 'Will you'),
    ];
    expect(fix(texts, both).texts.main.text).toBe(text.replace('Do you want', 'Will you'));
  });
});
