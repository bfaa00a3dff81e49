import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { brokenConstraints, strayAnswers } from '../../src/engine/accept.ts';
import { assess } from '../../src/engine/assess.ts';
import { assessorOf } from '../../src/engine/compile.ts';
import { wholeItems } from '../../src/engine/items.ts';
import { readAnswers } from '../../src/exchange/answers.ts';
import type { Answers } from '../../src/model/answers.ts';
import type { Questionnaire } from '../../src/model/questionnaire.ts';
import { arbitraryAnswers, arbitraryTrials } from '../arbitraries.ts';
import { shippedBaseline, shippedFolder, shippedQuestionnaire } from '../shipped.ts';
import { everyAnswering, everySheet, readSmall, smallDefinition } from '../small-definitions.ts';

const shipped = shippedQuestionnaire();
const baseline = shippedBaseline();

/** The answers of every case in the shipped folder. */
function goldenSheets(): readonly Answers[] {
  const folder = `${shippedFolder}/cases`;
  const load = (name: string) => parse(readFileSync(`${folder}/${name}`, 'utf8'));
  const base = load('baseline.yaml').answers;
  return readdirSync(folder)
    .filter((name) => name !== 'baseline.yaml')
    .flatMap((name): { set?: object; unset?: string[] }[] => load(name).cases)
    .map(({ set = {}, unset = [] }) =>
      Object.fromEntries(Object.entries({ ...base, ...set }).filter(([key]) => !unset.includes(key))),
    )
    .map((sheet) => readAnswers(shipped, sheet).answers);
}

function expectSame(questionnaire: Questionnaire, answers: Answers): void {
  const assessor = assessorOf(questionnaire);
  expect(assessor.assess(answers)).toEqual(assess(questionnaire, answers));
  expect([...assessor.strayAnswers(answers)].sort()).toEqual([...strayAnswers(questionnaire, answers)].sort());
  expect(assessor.brokenConstraints(answers)).toEqual(brokenConstraints(questionnaire, answers));
  const look = assessor.look(wholeItems(questionnaire).map(({ linkId }) => answers.get(linkId)));
  expect([...look.strayAnswers()].sort()).toEqual([...strayAnswers(questionnaire, answers)].sort());
  expect(look.brokenConstraints()).toEqual(brokenConstraints(questionnaire, answers));
  expect(look.assess()).toEqual(assess(questionnaire, answers));
}

describe('a questionnaire made ready says what the evaluator says', () => {
  test('of the shipped definition, whatever is answered', () => {
    fc.assert(
      fc.property(arbitraryAnswers(shipped, baseline), (answers) => expectSame(shipped, answers)),
      { numRuns: 1500 },
    );
  });

  test('of every few trials', () => {
    fc.assert(
      fc.property(arbitraryTrials(baseline), (answers) => expectSame(shipped, answers)),
      { numRuns: 1500 },
    );
  });

  test('of every golden case', () => {
    const sheets = goldenSheets();
    expect(sheets.length).toBeGreaterThan(300);
    for (const answers of sheets) expectSame(shipped, answers);
  });

  test('of small definitions of every kind, on every sheet, asked or not', () => {
    let sheets = 0;
    fc.assert(
      fc.property(smallDefinition(300), (definition) => {
        const questionnaire = readSmall(definition);
        fc.pre(questionnaire !== undefined);
        for (const answers of [...everySheet(questionnaire), ...everyAnswering(questionnaire).slice(0, 300)]) {
          sheets += 1;
          expectSame(questionnaire, answers);
        }
      }),
      { numRuns: 100, endOnFailure: true },
    );
    expect(sheets).toBeGreaterThan(5000);
  });
});
