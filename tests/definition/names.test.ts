import { describe, expect, test } from 'vitest';
import { completed } from '../../src/check/example.ts';
import { readQuestionnaire } from '../../src/definition/read.ts';
import { suggestion } from '../../src/definition/suggest.ts';

const question = (linkId: string) => `{ linkId: ${linkId}, type: boolean, text: Text, why: Why. }`;
const repeat = (linkId: string, inner: string) =>
  `{ linkId: ${linkId}, type: group, text: Text, repeats: { min: 0, max: 2, entry: Entry }, items: [${question(inner)}] }`;

/** What reading a definition with these items, and one rule, says. */
function said(items: readonly string[], when: string, rest = ''): readonly (readonly [string, string])[] {
  const text = `items:
  - linkId: start
    type: group
    text: Start
    items: [${items.join(', ')}]
rules:
  - { id: rule, disposition: defer, when: '${when}', reason: Reason., action: Action., sources: [label] }
${rest}`;
  const { diagnostics } = readQuestionnaire({ path: 'q.yaml', text: completed(text) }, []);
  return diagnostics.map(({ code, message }) => [code, message]);
}

const calculated = (linkId: string) => `calculated: [{ linkId: ${linkId}, title: Title, value: 'start.a ? 1 : 0' }]`;

describe('a linkId that CEL gives a meaning of its own is said once, and nothing is thrown', () => {
  test.each('bool bytes double int list map string type uint google optional cel'.split(' '))('%s', (name) => {
    const wanted = [['bad-link-id', `\`${name}\` already means something in CEL, a type say`]];
    expect(said([question(name)], name)).toEqual(wanted);
    expect(said([question(`${name}.inner`)], `${name}.inner`)).toEqual(wanted);
    expect(said([repeat(name, `${name}.inner`)], `${name}.size() > 1`)).toEqual(wanted);
    expect(said([question('start.a')], `${name} > 0`, calculated(name))).toEqual(wanted);
  });

  test.each(['math', 'params', 'prototype'])('%s', (name) => {
    const wanted = ['bad-link-id', `CEL keeps the word \`${name}\` for itself`];
    expect(said([question(name)], name)).toContainEqual(wanted);
  });
});

describe('names that stand inside each other', () => {
  const wanted = [['bad-link-id', '`a` has an answer, so `a.b` cannot stand inside it']];
  test.each([
    ['question and question', said([question('a'), question('a.b')], 'a.b')],
    ['in the other order', said([question('a.b'), question('a')], 'a')],
    ['calculated value and question', said([question('a.b'), question('start.a')], 'a > 0', calculated('a'))],
  ])('%s', (_what, found) => expect(found).toEqual(wanted));
});

test.each([
  'constructor',
  'constructor.name',
  'hasOwnProperty.x',
  'toString',
  'timestamp',
  'start.map',
  'start.double',
])('%s is a name like any other', (name) => expect(said([question(name)], name)).toEqual([]));

test('where a name stands twice, both places are named', () => {
  const text = completed(`items:
  - { linkId: start, type: group, text: Start, items: [${question('one')}, ${question('one')}] }
rules:
  - { id: rule, disposition: defer, when: one, reason: Reason., action: Action., sources: [label] }
  - { id: rule, disposition: emergency, when: "!one", reason: Reason., action: Action., steps: [Step.], sources: [label] }
`);
  const { diagnostics } = readQuestionnaire({ path: 'q.yaml', text }, []);
  const places = diagnostics.map(({ at, related }) => [at.start, related?.[0]?.at.start]);
  const [link, id] = ['linkId: one', 'id: rule'].map((each) => [text.lastIndexOf(each), text.indexOf(each)]);
  const value = (found: readonly number[] | undefined, key: string) => found?.map((start) => start + key.length);
  expect(places).toEqual([value(link, 'linkId: '), value(id, 'id: ')]);
});

test.each([
  ['titel', 'title'],
  ['tittle', 'title'],
  ['wyh', 'why'],
  ['hwy', 'why'],
  ['yhw', undefined],
])('%s may have meant %s', (word, meant) => expect(suggestion(word, ['title', 'why'])).toBe(meant));
