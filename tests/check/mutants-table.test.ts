import { expect, test } from 'vitest';
import { completed } from '../../src/check/example.ts';
import { type Mutant, mutantsOf } from '../../src/check/mutants.ts';
import { type MutationResult, testMutants } from '../../src/check/mutate.ts';
import { placesOf } from '../../src/check/places.ts';
import { suiteOf } from '../../src/check/test-cases.ts';
import { readCases } from '../../src/definition/cases.ts';
import { readQuestionnaire } from '../../src/definition/read.ts';
import { writeAnswers } from '../../src/exchange/answers.ts';
import type { Questionnaire } from '../../src/model/questionnaire.ts';

const table = `title: Drugs
columns: { least: { unit: mg/d, decimals: 1 }, most: { unit: mg/d } }
rows:
  - { key: alpha, names: [Alphabrand], values: { least: 20, most: 60 }, sources: [label] }
  - { key: beta, names: [], values: { least: 7.5, most: 30 }, sources: [label] }
  - { key: beta slow, sameAs: beta, names: [], values: { least: 15, most: 30 }, sources: [label] }
`;

const trials = `tables: { drugs: drugs.yaml }
items:
  - linkId: start
    type: group
    text: Start
    items:
      - { linkId: start.day, type: date, text: Day?, why: Ages are worked out on it. }
  - linkId: trial
    type: group
    text: Trials
    repeats: { min: 0, max: 3, entry: trial }
    items:
      - { linkId: trial.drug, type: string, text: Drug, why: It counts., maxLength: 40, table: drugs }
      - { linkId: trial.dose, type: decimal, text: Dose, why: It counts., unit: mg/d, decimals: 1, min: 1, max: 100 }
calculated:
  - linkId: tried
    title: Drugs tried
    value: 'trial.filter(t, t.dose >= lookup("drugs", t.drug, "least")).map(t, lookup("drugs", t.drug, "key")).distinct().size()'
rules:
  - { id: few, disposition: defer, when: tried < 2, reason: Few., action: Wait., sources: [label] }
`;

const baseline = `id: base
title: Base
answers:
  start.day: "2026-03-10"
  trial: [{ drug: alpha, dose: 60 }, { drug: beta, dose: 30 }]
`;

function read(
  text: string = table,
  example: string = trials,
): { readonly questionnaire: Questionnaire; readonly mutants: readonly Mutant[] } {
  const main = { path: 'q.yaml', text: completed(example) };
  const { questionnaire, yaml, tables, diagnostics } = readQuestionnaire(main, [{ path: 'drugs.yaml', text }]);
  if (!questionnaire || !yaml) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const mutants = mutantsOf(questionnaire, placesOf(yaml, tables)).filter(({ of }) => of.startsWith('drugs.'));
  return { questionnaire, mutants };
}

function run(cases: string, example: string = trials, start: string = baseline): MutationResult {
  const { questionnaire, mutants } = read(table, example);
  const reading = readCases(questionnaire, [
    { path: 'cases/baseline.yaml', text: start },
    { path: 'cases/some.yaml', text: cases },
  ]);
  expect(reading.diagnostics).toEqual([]);
  const suite = suiteOf(questionnaire, reading);
  return testMutants(questionnaire, mutants, suite, suite.cases[0]?.run.answers ?? new Map());
}

test('every slip in a row of a table that a condition can read, each once', () => {
  expect(read().mutants.map(({ id, words }) => `${id}: ${words}`)).toEqual([
    'drugs.alpha.limit-1: `least` 20 -> 20.1',
    'drugs.alpha.limit-2: `least` 20 -> 19.9',
    'drugs.alpha.row-1: row `alpha` left out',
    'drugs.beta.limit-1: `least` 7.5 -> 7.6',
    'drugs.beta.limit-2: `least` 7.5 -> 7.4',
    'drugs.beta.row-1: row `beta` left out',
    'drugs.beta slow.limit-1: `least` 15 -> 15.1',
    'drugs.beta slow.limit-2: `least` 15 -> 14.9',
    'drugs.beta slow.row-1: row `beta slow` left out',
    'drugs.beta slow.form-1: `beta slow` not the same as `beta`',
    'drugs.beta slow.form-2: `beta slow` the same as `alpha`',
  ]);
});

test('a slip in a row stands at its number, or at its key, in the file of the table', () => {
  const placed = (id: string): string => {
    const at = read().mutants.find((each) => each.id === id)?.at;
    return at ? `${at.path}: ${table.slice(at.start, at.end)}` : 'none';
  };
  expect(placed('drugs.beta.limit-1')).toBe('drugs.yaml: 7.5');
  expect(placed('drugs.beta.row-1')).toBe('drugs.yaml: beta');
  expect(placed('drugs.beta slow.form-1')).toBe('drugs.yaml: beta');
});

test('a slip in a number is what is read from a file with that slip', () => {
  const limits = read().mutants.filter(({ kind }) => kind === 'limit');
  expect(limits).toHaveLength(6);
  for (const { at, words, questionnaire } of limits) {
    const [, wrong] = words.split(' -> ');
    expect(read(`${table.slice(0, at.start)}${wrong}${table.slice(at.end)}`).questionnaire).toEqual(questionnaire);
  }
});

test('a slip that no case tells comes with the applicant who does', () => {
  const high = `cases:
  - { id: high, title: Doses far above every limit, expect: { disposition: proceed, findings: [], values: { tried: 2 } } }
`;
  const { killed, survivors, equivalent, undecided, isChecked } = run(high);
  expect(killed.map(({ mutant }) => mutant.id)).toEqual(['drugs.alpha.row-1', 'drugs.beta.row-1']);
  expect({ equivalent, undecided, isChecked }).toEqual({ equivalent: [], undecided: [], isChecked: true });
  const told = new Map(survivors.map(({ mutant, answers, differs }) => [mutant.id, { answers, differs }]));
  expect(told.size).toBe(9);
  expect(told.get('drugs.alpha.limit-1')?.differs).toContain('tried 2 -> 1');
  const applicant = writeAnswers(read().questionnaire, told.get('drugs.alpha.limit-1')?.answers ?? new Map());
  expect(applicant).toMatchObject({ trial: expect.arrayContaining([{ drug: 'alpha', dose: 20 }]) });
});

test('a dose at each limit, one just below each, and both forms of one drug tell every slip', () => {
  const result = run(`cases:
  - id: at
    title: Each at its lowest dose
    set: { trial: [{ drug: alpha, dose: 20 }, { drug: beta, dose: 7.5 }] }
    expect: { disposition: proceed, values: { tried: 2 } }
  - id: slow-at
    title: The slow form at its lowest dose
    set: { trial: [{ drug: alpha, dose: 20 }, { drug: beta slow, dose: 15 }] }
    expect: { disposition: proceed, values: { tried: 2 } }
  - id: below
    title: Each just below
    set: { trial: [{ drug: alpha, dose: 19.9 }, { drug: beta, dose: 7.4 }, { drug: beta slow, dose: 14.9 }] }
    expect: { disposition: defer, values: { tried: 0 } }
  - id: forms
    title: Both forms count once
    set: { trial: [{ drug: beta, dose: 15 }, { drug: beta slow, dose: 15 }] }
    expect: { disposition: defer, values: { tried: 1 } }
`);
  expect(result).toMatchObject({ survivors: [], equivalent: [], undecided: [], isChecked: true });
  expect(result.killed).toHaveLength(11);
});

const oneDrug = (when: string): string => `tables: { drugs: drugs.yaml }
items:
  - linkId: start
    type: group
    text: Start
    items:
      - { linkId: drug, type: string, text: Drug, why: It counts., maxLength: 40 }
      - { linkId: dose, type: integer, text: Dose, why: It counts., unit: mg/d, min: 1, max: 100 }
rules:
  - { id: low, disposition: defer, when: '${when}', reason: Low., action: Wait., sources: [label] }
`;
const onAlpha = 'id: base\ntitle: Base\nanswers: { drug: alpha, dose: 60 }\n';
const nothing = 'cases: [{ id: high, title: High, expect: { disposition: proceed } }]\n';

test('a drug that is asked once, its dose in whole numbers, the number of the row between two of them', () => {
  const { survivors, equivalent } = run(nothing, oneDrug('dose < lookup("drugs", drug, "least")'), onAlpha);
  expect(survivors.map(({ mutant, answers }) => [mutant.id, answers.get('drug'), answers.get('dose')])).toEqual([
    ['drugs.alpha.limit-1', 'alpha', 20],
    ['drugs.alpha.row-1', 'alpha', 19],
    ['drugs.beta.row-1', 'beta', 7],
    ['drugs.beta slow.limit-1', 'beta slow', 15],
    ['drugs.beta slow.row-1', 'beta slow', 14],
  ]);
  // No whole number lies between 7.4, 7.5 and 7.6, nor between 19.9 and 20.
  expect(equivalent.map(({ id }) => id)).toEqual([
    'drugs.alpha.limit-2',
    'drugs.beta.limit-1',
    'drugs.beta.limit-2',
    'drugs.beta slow.limit-2',
  ]);
});

test('where no case names a drug, the prover finds who tells a row that is left out', () => {
  const when = 'dose < lookup("drugs", drug, "least")';
  const unnamed = 'id: base\ntitle: Base\nanswers: { dose: 60 }\n';
  const open = nothing.replace('proceed', 'defer');
  const { survivors, undecided } = run(open, oneDrug(when), unnamed);
  const applicants = survivors.map(({ mutant, answers }) => [mutant.id, answers.get('drug')]);
  expect(applicants).toContainEqual(['drugs.alpha.row-1', 'alpha']);
  expect(undecided).toEqual([]);
});

test('a number that decides nothing is proved to be redundant', () => {
  const when = 'dose < 90 || dose < lookup("drugs", drug, "least")';
  const high = onAlpha.replace('60', '95');
  const { survivors, equivalent, isChecked } = run(nothing, oneDrug(when), high);
  expect(survivors.map(({ mutant }) => mutant.id)).toEqual([]);
  expect(equivalent.map(({ id }) => id)).toContain('drugs.beta.limit-1');
  expect(isChecked).toBe(true);
});
