import { describe, expect, test } from 'vitest';
import { completed } from '../../../src/check/example.ts';
import { type Outcome, prove } from '../../../src/check/prove/prove.ts';
import { departures } from '../../../src/check/prove/tell.ts';
import { readQuestionnaire } from '../../../src/definition/read.ts';
import { readAnswers } from '../../../src/exchange/answers.ts';
import type { Questionnaire } from '../../../src/model/questionnaire.ts';

function definition(items: string, rules: string): Questionnaire {
  const text = completed(`
parameters:
  high: { title: High from, value: 180, unit: "mm[Hg]", because: It is high., sources: [label] }
  adult: { title: Adult from, value: 18, unit: a, because: Adults., sources: [label] }
items:
  - linkId: start
    type: group
    text: Start
    items:
      ${items}
rules:
  ${rules}
`);
  const { questionnaire, diagnostics } = readQuestionnaire({ path: 'questionnaire.yaml', text }, []);
  if (!questionnaire) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return questionnaire;
}

const rule = (id: string, disposition: string, when: string, more = ''): string =>
  `- { id: ${id}, disposition: ${disposition}, when: '${when}', reason: R., action: A., sources: [label]${more} }`;
const bleed = '- { linkId: bleed, type: boolean, text: Bleeding?, why: It matters. }';
const pressure = '- { linkId: upper, type: integer, text: Upper, why: It rises., unit: "mm[Hg]", min: 40, max: 300 }';
const repeat =
  '- { linkId: again, type: integer, text: Again, why: It rises., unit: "mm[Hg]", min: 40, max: 300, required: false }';

/** `question absence: disposition without (departures), disposition with an answer` for each that is too mild. */
function told(questionnaire: Questionnaire, answers: object): readonly string[] {
  const baseline = readAnswers(questionnaire, answers).answers;
  const { outcomes, isChecked } = prove(questionnaire, baseline);
  expect(isChecked).toBe(true);
  const absences = outcomes.filter(({ goal }) => goal.kind === 'absence');
  const words = ({ goal, is, witness, answered, isFewest }: Outcome): string => {
    if (!witness) return `${goal.id} ${goal.absence}: ${is}`;
    expect(isFewest).toBe(true);
    const without = departures(questionnaire, witness.answers, baseline);
    return `${goal.id} ${goal.absence}: ${witness.assessment.disposition} (${without}), ${answered?.assessment.disposition}`;
  };
  return absences.filter(({ is }) => is !== 'as-expected').map(words);
}

describe('absence that comes out milder is found, with the applicant', () => {
  test('a condition that clears whoever did not answer', () => {
    const asked = definition(bleed, rule('bleed', 'defer', 'answered(bleed) && bleed'));
    expect(told(asked, { bleed: false })).toEqual([
      'bleed unknown: proceed (bleed unknown), defer',
      'bleed declined: proceed (bleed declined), defer',
    ]);
  });

  test('two rules that between them find everybody, each left open for less', () => {
    const both = definition(
      bleed,
      `${rule('yes', 'do-not-proceed', 'bleed')}\n  ${rule('no', 'do-not-proceed', '!bleed')}`,
    );
    expect(told(both, { bleed: false })).toEqual([
      'bleed unknown: defer (bleed unknown), do-not-proceed',
      'bleed declined: clinician-review (bleed declined), do-not-proceed',
      'bleed left out: defer (bleed left out), do-not-proceed',
    ]);
  });

  test('only where another answer makes every answer worse', () => {
    const pair = definition(
      `${bleed}\n      - { linkId: fever, type: boolean, text: Fever?, why: It matters. }`,
      rule('both', 'do-not-proceed', '(bleed && fever) || (!bleed && fever)'),
    );
    expect(told(pair, { bleed: false, fever: false })).toContain(
      'bleed declined: clinician-review (bleed declined, fever true), do-not-proceed',
    );
  });

  test('a second reading that nobody took clears the first', () => {
    const second = definition(
      `${pressure}\n      ${repeat}`,
      rule('pressure', 'defer', 'upper >= params.high && !(again < params.high)'),
    );
    expect(told(second, { upper: 120 })).toEqual([]);
    const careless = definition(
      `${pressure}\n      ${repeat}`,
      rule('pressure', 'defer', 'upper >= params.high && answered(again) && again >= params.high'),
    );
    expect(told(careless, { upper: 120 })).toContainEqual(
      expect.stringMatching(/^again unknown: proceed \(upper (left out|\d+), again unknown\), defer$/),
    );
  });
});

describe('absence that is never milder is proved', () => {
  test.each<[string, string, string]>([
    ['a plain condition', bleed, rule('bleed', 'do-not-proceed', 'bleed')],
    [
      'a rule that fires on absence',
      bleed,
      rule('bleed', 'clinician-review', 'bleed || unknown(bleed) || declined(bleed)'),
    ],
    ['a number between limits', pressure, rule('pressure', 'do-not-proceed', 'upper >= params.high')],
    [
      'the greater of two',
      `${pressure}\n      ${repeat}`,
      rule('pressure', 'do-not-proceed', 'math.greatest(upper, again) >= params.high'),
    ],
    [
      'an age',
      '- { linkId: born, type: date, text: Born?, why: Adults. }\n      - { linkId: day, type: date, text: Day?, why: Today., initial: visit }',
      rule('minor', 'do-not-proceed', 'age(born, day) < params.adult'),
    ],
    [
      'a list',
      '- { linkId: drug, type: group, text: Drugs, repeats: { min: 0, max: 3, entry: drug }, items: [{ linkId: drug.taken, type: boolean, text: Taken?, why: It matters. }] }',
      rule('drugs', 'do-not-proceed', 'drug.filter(d, d.taken).size() >= 2'),
    ],
  ])('%s', (_what, items, rules) => {
    expect(told(definition(items, rules), {})).toEqual([]);
  });
});
