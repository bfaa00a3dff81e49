import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { prove } from '../../../src/check/prove/prove.ts';
import { departures } from '../../../src/check/prove/tell.ts';
import { readQuestionnaire } from '../../../src/definition/read.ts';
import { readAnswers } from '../../../src/exchange/answers.ts';
import type { Questionnaire } from '../../../src/model/questionnaire.ts';
import { shippedFolder, shippedQuestionnaire, shippedSources } from '../../shipped.ts';

const shipped = shippedQuestionnaire();
const folder = `${shippedFolder}/cases`;
const load = (name: string): { answers: object; cases: { set?: object; unset?: string[] }[] } =>
  parse(readFileSync(`${folder}/${name}`, 'utf8'));
const base = load('baseline.yaml').answers;
const baseline = readAnswers(shipped, base).answers;
const known = readdirSync(folder)
  .filter((name) => name !== 'baseline.yaml')
  .flatMap((name) => load(name).cases)
  .map(({ set = {}, unset = [] }) =>
    Object.fromEntries(Object.entries({ ...base, ...set }).filter(([key]) => !unset.includes(key))),
  )
  .map((sheet) => readAnswers(shipped, sheet).answers);

/** The shipped definition with one text in it changed, which must stand there exactly once. */
function changed(from: string | RegExp, to: string): Questionnaire {
  const { main, tables } = shippedSources();
  const text = main.text.replace(from, to);
  expect(text).not.toBe(main.text);
  const { questionnaire, diagnostics } = readQuestionnaire({ ...main, text }, tables);
  expect(diagnostics).toEqual([]);
  return questionnaire as Questionnaire;
}

const without = (rule: string): RegExp => new RegExp(`  - id: ${rule}\\n(?:    .*\\n|\\n)*`);

describe('the shipped definition', () => {
  const { outcomes, isChecked } = prove(shipped, baseline, known);

  test('has every invariant proved, every question asked, every rule firing and deciding', () => {
    expect(
      outcomes.filter(({ is }) => is !== 'as-expected').map(({ goal, is }) => `${goal.kind} ${goal.id} ${is}`),
    ).toEqual([]);
    const counted = outcomes.filter(({ goal }) => goal.kind === 'invariant');
    expect(counted).toHaveLength(shipped.invariants.length - 1);
    expect(outcomes.filter(({ goal }) => goal.kind === 'rule-decides')).toHaveLength(shipped.rules.length);
  });

  test('and every refutation is confirmed by the independent checker', () => {
    expect(isChecked).toBe(true);
  });
});

describe('a fault in it is found, with the applicant who slips through', () => {
  test.each<[string, Questionnaire, string, string | RegExp]>([
    ['the escort rule removed', changed(without('df-escort'), ''), 'invariant inv-escort', 'today.escort false'],
    [
      'the aneurysm rule removed',
      changed(without('dnp-aneurysm'), ''),
      'invariant inv-aneurysm',
      'cardiac.aneurysm present',
    ],
    [
      'item 9 no longer looked at',
      changed(without('cr-self-harm-item'), ''),
      'invariant inv-self-harm-item',
      /^phq9.q9 [123]$/,
    ],
    [
      'adults from 17',
      changed(/(minimumAge:[\s\S]*?value: )18/, '$117'),
      'invariant inv-minor',
      /^applicant.birthDate (2008|2009)-\d\d-\d\d$/,
    ],
    [
      'a rule that a worse one always covers',
      changed(/(id: cr-tia[\s\S]*?when: )cardiac.stroke == "tia"/, '$1cardiac.stroke == "stroke"'),
      'rule-decides cr-tia',
      '',
    ],
    [
      'a rule that can never fire',
      changed(
        /(id: cr-tia[\s\S]*?when: )cardiac.stroke == "tia"/,
        '$1cardiac.stroke == "tia" && cardiac.stroke == "none"',
      ),
      'rule-fires cr-tia',
      '',
    ],
    [
      'a question that is never asked',
      changed(/(linkId: cardiac.miDate[\s\S]*?enableWhen: )cardiac.mi/, '$1cardiac.mi && !cardiac.mi'),
      'question-asked cardiac.miDate',
      '',
    ],
    [
      'an invariant about nobody',
      changed(/(id: inv-emergency-suicide[\s\S]*?when: )asq.q5 \|\| /, '$1suicide.cssrs == "low" && '),
      'premise inv-emergency-suicide',
      '',
    ],
  ])('%s', (_fault, questionnaire, goal, witness) => {
    const { outcomes, isChecked } = prove(questionnaire, baseline, known);
    const found = outcomes.filter(({ is }) => is === 'refuted');
    const told = found.map((each) => [
      `${each.goal.kind} ${each.goal.id}`,
      each.witness ? departures(questionnaire, each.witness.answers, baseline) : '',
    ]);
    expect(outcomes.filter(({ is }) => is === 'undecided')).toEqual([]);
    expect(told).toContainEqual([goal, typeof witness === 'string' ? witness : expect.stringMatching(witness)]);
    expect(isChecked).toBe(true);
  });
});
