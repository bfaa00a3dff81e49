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

  test('a name is marked whole, wherever in it the mistake is', () => {
    const rules = (when: string): string =>
      `rules: [{ id: r, disposition: defer, when: "${when}", reason: R., action: A., sources: [label] }]`;
    const items = asking('      - { linkId: heart.rate, type: integer, text: H, unit: /min, min: 20, max: 250 }');
    const marks = ['haert.rate > 50', 'heart.raet > 50', 'willing && params.low < 1', 'wiling'].map(
      (when) => read(`${items}\n${rules(when)}`).found[0]?.marked,
    );
    expect(marks).toEqual(['haert.rate', 'heart.raet', 'params.low', 'wiling']);
  });

  test('a key that stands twice is marked whole', () => {
    expect(read('version: "1.0.0"\nid: a\ntitle: Another\ntitle: T').found[0]).toMatchObject({
      code: 'duplicate-key',
      marked: 'title',
    });
  });

  test('a name that means two rows of a table is marked', () => {
    const drugs = `title: Drugs
columns: { dose: { unit: mg } }
rows:
  - { key: a, names: [One, Two], values: { dose: 1 }, sources: [label] }
  - { key: b, names: [Three, one, two®], values: { dose: 1 }, sources: [label] }
`;
    const main = { path: 'q.yaml', text: completed('tables: { drugs: drugs.yaml }') };
    const { diagnostics } = readQuestionnaire(main, [{ path: 'drugs.yaml', text: drugs }]);
    expect(diagnostics.map(({ code, at }) => [code, drugs.slice(at.start, at.end)])).toEqual([
      ['duplicate-id', 'one'],
      ['duplicate-id', 'two®'],
    ]);
  });

  test('a form of a row that is not there is marked', () => {
    const drugs = `title: Drugs
columns: { dose: { unit: mg } }
rows:
  - { key: alpha, values: { dose: 1 }, sources: [label] }
  - { key: alpha slow, sameAs: alpha, values: { dose: 1 }, sources: [label] }
  - { key: alpha weekly, sameAs: alpha slow, values: { dose: 1 }, sources: [label] }
`;
    const main = { path: 'q.yaml', text: completed('tables: { drugs: drugs.yaml }') };
    const { diagnostics } = readQuestionnaire(main, [{ path: 'drugs.yaml', text: drugs }]);
    const found = diagnostics.map(({ code, at }) => [code, at.start, drugs.slice(at.start, at.end)]);
    expect(found).toEqual([['unknown-name', drugs.lastIndexOf('alpha slow'), 'alpha slow']]);
  });

  test('one cause gives one message: what leans on something that does not read is passed over', () => {
    const fragment = `tables: { drugs: missing.yaml }
${asking('      - { linkId: drug, type: string, text: Drug, maxLength: 9, table: drugs }')}
calculated:
  - { linkId: dose, title: Dose, value: 'lookup("drugs", drug, "dose")' }
  - { linkId: twice, title: Twice, value: 2 * dose }
rules: [{ id: r, disposition: defer, when: twice > 3 || dose > 1, reason: R., action: A., sources: [label] }]`;
    expect(read(fragment).found.map((each) => [each.code, each.marked])).toEqual([['missing-file', 'missing.yaml']]);
    const typo = fragment
      .replace('{ drugs: missing.yaml }', '{}')
      .replace(', table: drugs', '')
      .replace(/lookup.*\)/, 'drug + 1');
    expect(read(typo).found.map(({ code }) => code)).toEqual(['cel-type']);
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
