import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mutantsOf } from '../../src/check/mutants.ts';
import { observe } from '../../src/check/observe.ts';
import { placesOf } from '../../src/check/places.ts';
import { differenceOf, suiteOf } from '../../src/check/test-cases.ts';
import { type Outcome, outcomeOf } from '../../src/check/test-expectations.ts';
import { readCases } from '../../src/definition/cases.ts';
import { readYaml } from '../../src/definition/yaml-source.ts';
import { brokenConstraints, strayAnswers } from '../../src/engine/accept.ts';
import type { Answers } from '../../src/model/answers.ts';
import type { Questionnaire } from '../../src/model/questionnaire.ts';
import { shippedFolder, shippedQuestionnaire, shippedSources } from '../shipped.ts';

/** The whole sheet run anew, with nothing taken over. */
function anew(questionnaire: Questionnaire, answers: Answers): Outcome | 'refused' {
  const isRefused =
    strayAnswers(questionnaire, answers).length > 0 || brokenConstraints(questionnaire, answers).length > 0;
  return isRefused ? 'refused' : outcomeOf(observe(questionnaire, answers));
}

const comparable = (outcome: Outcome | 'refused'): unknown =>
  outcome === 'refused' ? outcome : { ...outcome, found: [...outcome.found].sort(), values: [...outcome.values] };

test('what a case comes to under a mutant, with all that is the same taken over, is what running it anew gives', () => {
  const questionnaire = shippedQuestionnaire();
  const names = readdirSync(`${shippedFolder}/cases`).filter((name) => name.endsWith('.yaml'));
  const files = names.map((path) => ({ path, text: readFileSync(`${shippedFolder}/cases/${path}`, 'utf8') }));
  const { cases } = suiteOf(questionnaire, readCases(questionnaire, files));
  const { yaml } = readYaml(shippedSources().main);
  if (!yaml) throw new Error('the shipped definition does not read');
  const mutants = mutantsOf(questionnaire, placesOf(yaml));
  let changed = 0;
  for (const [index, mutant] of mutants.entries()) {
    const difference = differenceOf(questionnaire, mutant.questionnaire);
    for (const { run } of cases.filter((_, at) => at % 97 === index % 97)) {
      const outcome = run.under(difference);
      const found = comparable(outcome ?? run.outcome);
      expect([mutant.id, found]).toEqual([mutant.id, comparable(anew(mutant.questionnaire, run.answers))]);
      if (outcome !== undefined) changed += 1;
    }
  }
  expect(changed).toBeGreaterThan(200);
});
