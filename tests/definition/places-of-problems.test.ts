import { describe, expect, test } from 'vitest';
import { completed } from '../../src/check/example.ts';
import { readQuestionnaire } from '../../src/definition/read.ts';
import { type Expression, partsOf } from '../../src/model/expression.ts';
import type { Questionnaire } from '../../src/model/questionnaire.ts';

function read(fragment: string) {
  const text = completed(fragment);
  const { questionnaire, diagnostics } = readQuestionnaire({ path: 'q.yaml', text }, []);
  return {
    questionnaire,
    found: diagnostics.map(({ code, message, at }) => ({ code, message, marked: text.slice(at.start, at.end) })),
  };
}

const asking = (questions: string): string => `
items:
  - linkId: start
    type: group
    text: Start
    items:
      - { linkId: willing, type: boolean, text: Do you want to go on? }
${questions}`;

describe('each problem at its place', () => {
  test.each([
    [
      'a text matched against no table',
      asking('      - { linkId: drug, type: string, text: Drug, maxLength: 9, table: drugs }'),
      'unknown-table',
      'drugs',
    ],
    ['a version without quotes', 'version: 1.0', 'wrong-shape', '1.0'],
    [
      'one code twice',
      asking('      - { linkId: c, type: choice, text: C, options: [{ code: a, text: A }, { code: a, text: B }] }'),
      'duplicate-id',
      'a',
    ],
  ])('%s', (_title, fragment, code, marked) => {
    const { found } = read(fragment);
    expect(found.map((each) => [each.code, each.marked])).toEqual([[code, marked]]);
  });

  test('a missing choice of words is missing, not misshapen', () => {
    const text = completed('').replace('status: draft\n', '');
    const [problem] = readQuestionnaire({ path: 'q.yaml', text }, []).diagnostics;
    expect(problem).toMatchObject({ code: 'missing-key', message: 'the key `status` is missing' });
  });

  test('a version without quotes is told to have quotes', () => {
    expect(read('version: 1.0').found[0]?.message).toContain('in quotes');
  });
});

describe('spans', () => {
  test('every part of a condition lies in its own text, those of a division that is compared too', () => {
    const { questionnaire } =
      read(`${asking('      - { linkId: height, type: integer, text: H, unit: cm, min: 100, max: 250 }')}
calculated: [{ linkId: ratio, title: Ratio, decimals: 2, value: "100 * 7 / height" }]
rules:
  - { id: r, disposition: defer, when: "ratio >= 5", reason: R., action: A., sources: [label] }`);
    const { source, expression } = (questionnaire as Questionnaire).rules[0]?.when ?? {
      source: '',
      expression: undefined,
    };
    const texts: string[] = [];
    const visit = (part: Expression): void => {
      texts.push(source.slice(part.at.start, part.at.end));
      partsOf(part).forEach(visit);
    };
    if (expression) visit(expression);
    expect(new Set(texts)).toEqual(new Set(['ratio >= 5', 'ratio', '5']));
  });
});
