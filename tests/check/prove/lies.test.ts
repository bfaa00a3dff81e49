import { describe, expect, test } from 'vitest';
import { completed } from '../../../src/check/example.ts';
import { Comparison } from '../../../src/check/prove/compare.ts';
import { prove } from '../../../src/check/prove/prove.ts';
import { readQuestionnaire } from '../../../src/definition/read.ts';
import { assess } from '../../../src/engine/assess.ts';
import { readAnswers } from '../../../src/exchange/answers.ts';
import type { Questionnaire } from '../../../src/model/questionnaire.ts';

/** Definitions of which a proof once said what the engine does not do, each the smallest that shows it. */

const brands = 'Alphabrand';

function definition(items: readonly string[], rest: string, names = brands): Questionnaire {
  const text = completed(`tables: { drugs: drugs.yaml }
items:
  - { linkId: start, type: group, text: Start, items: [ ${items.join(', ')} ] }
${rest}
`);
  const drugs = `title: Drugs
columns: { least: { unit: mg } }
rows:
  - { key: alpha, names: [ ${names} ], values: { least: 1 }, sources: [ label ] }
`;
  const { questionnaire, diagnostics } = readQuestionnaire({ path: 'questionnaire.yaml', text }, [
    { path: 'drugs.yaml', text: drugs },
  ]);
  if (!questionnaire) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return questionnaire;
}

const rule = (when: string, more = ''): string =>
  `rules:\n  - { id: r, disposition: defer, when: '${when}', reason: R., action: A., sources: [label]${more} }`;
const drug = '{ linkId: q, text: Drug, type: string, maxLength: 20, table: drugs }';
const dispositionOf = (questionnaire: Questionnaire, sheet: object): string =>
  assess(questionnaire, readAnswers(questionnaire, sheet).answers).disposition;

/** `id absence: as-expected` of each goal of one kind. */
function told(questionnaire: Questionnaire, kind: string): readonly string[] {
  const { outcomes, isChecked } = prove(questionnaire, new Map());
  expect(isChecked).toBe(true);
  return outcomes.flatMap(({ goal, is }) =>
    goal.kind === kind ? [[goal.id, goal.absence, is].filter(Boolean).join(' ')] : [],
  );
}

test('an absent text is not surely one more, for it may be in no table', () => {
  const one = definition(
    [
      '{ linkId: med, type: group, text: M, repeats: { min: 1, max: 1, entry: m }, items: [ { linkId: med.name, text: N, type: string, maxLength: 20, table: drugs } ] }',
    ],
    rule('med.map(m, lookup("drugs", m.name, "key")).distinct().size() == 0'),
  );
  expect(dispositionOf(one, { med: [{ name: 'herbs' }] })).toBe('defer');
  expect(dispositionOf(one, { med: [{ name: { absent: 'unknown' } }] })).toBe('defer');
  expect(told(one, 'absence').filter((each) => each.startsWith('med.name'))).toEqual([
    'med.name unknown as-expected',
    'med.name declined as-expected',
    'med.name left out as-expected',
  ]);
});

describe('an absence that is asked for in each element of a list is not seen without the list', () => {
  const other = '{ linkId: p, text: P, type: boolean }';
  const several =
    '{ linkId: q, text: Q, type: choice, repeats: true, options: [ { code: a, text: a }, { code: b, text: b } ] }';
  const entries =
    '{ linkId: q, type: group, text: Q, repeats: { min: 1, max: 2, entry: e }, items: [ { linkId: q.f, text: F, type: boolean } ] }';
  test.each<[string, string, unknown]>([
    ['several options', several, ['a']],
    ['entries', entries, [{}]],
  ])('%s', (_what, list, answer) => {
    const declined = { p: { absent: 'declined' } };
    const one = definition(
      [other, list],
      `${rule('q.exists(e, p)', ', absence: { declined: do-not-proceed, unknown: defer, leftOut: defer }')}
invariants:
  - { id: worst, kind: always, dispositions: [do-not-proceed], when: 'unknown(q) && declined(p)', title: T }`,
    );
    expect(dispositionOf(one, { ...declined, q: answer })).toBe('do-not-proceed');
    expect(dispositionOf(one, { ...declined, q: { absent: 'unknown' } })).toBe('defer');
    expect(told(one, 'invariant')).toEqual(['worst refuted']);
    expect(told(one, 'absence')).toEqual(
      expect.arrayContaining(['q unknown refuted', 'q declined as-expected', 'q left out refuted']),
    );
  });
});

test('two dates each counted from the other are placed all the same', () => {
  const dates = ['a', 'b'].map((linkId) => `{ linkId: ${linkId}, text: D, type: date, absence: none }`);
  const one = definition(dates, rule('daysBetween(a, b) < 3 && daysBetween(b, a) < 2'));
  expect(told(one, 'rule-fires')).toEqual(['r as-expected']);
});

describe('a text may stand for others in one definition than in the next', () => {
  const baselines = { old: new Map(), new: new Map() };
  test.each<[string, string, string]>([
    ['a condition names one of them', 'listed("drugs", q) && q != "Alphabrand"', brands],
    ['a table has it no longer', 'listed("drugs", q)', ''],
  ])('%s', (_what, when, names) => {
    const old = definition([drug], rule('listed("drugs", q)'));
    const next = definition([drug], rule(when), names);
    expect([old, next].map((each) => dispositionOf(each, { q: 'Alphabrand' }))).toEqual(['defer', 'proceed']);
    expect(Comparison.between(old, next, baselines).whoMoves('defer', 'proceed').is).toBe('applicant');
    expect(Comparison.between(next, old, baselines).whoMoves('proceed', 'defer').is).toBe('applicant');
  });
});
