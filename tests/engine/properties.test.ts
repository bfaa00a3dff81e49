import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { assess } from '../../src/engine/assess.ts';
import { inputsOf } from '../../src/engine/because.ts';
import { itemsOf, wholeItems } from '../../src/engine/items.ts';
import { enablementOf, situationOf, truthOf } from '../../src/engine/situation.ts';
import { readAnswers } from '../../src/exchange/answers.ts';
import type { Answer, Answers } from '../../src/model/answers.ts';
import { severityRank } from '../../src/model/disposition.ts';
import {
  arbitraryAnswers,
  arbitraryChange,
  arbitraryNeighbours,
  representatives,
  withoutStray,
} from '../arbitraries.ts';
import { shippedFolder, shippedQuestionnaire } from '../shipped.ts';

const questionnaire = shippedQuestionnaire();
const baseline = readAnswers(
  questionnaire,
  (parse(readFileSync(`${shippedFolder}/cases/baseline.yaml`, 'utf8')) as { answers: unknown }).answers,
).answers;
const someAnswers = arbitraryAnswers(questionnaire, baseline);
const runs = { numRuns: 400 };
const rankOf = (answers: Answers): number => severityRank(assess(questionnaire, answers).disposition);

describe('whatever is answered', () => {
  test('the order of the rules does not matter', () => {
    fc.assert(
      fc.property(
        someAnswers,
        fc.shuffledSubarray([...questionnaire.rules], { minLength: questionnaire.rules.length }),
        (answers, rules) => {
          expect(assess({ ...questionnaire, rules }, answers)).toEqual(assess(questionnaire, answers));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('the disposition is the worst finding, and findings stand worst first', () => {
    fc.assert(
      fc.property(someAnswers, (answers) => {
        const { disposition, findings } = assess(questionnaire, answers);
        const ranks = findings.map((finding) => severityRank(finding.disposition));
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
        expect(disposition).toBe(findings[0]?.disposition ?? 'proceed');
      }),
      runs,
    );
  });

  test('an answer to a question that is not asked changes nothing', () => {
    fc.assert(
      fc.property(someAnswers, fc.constantFrom(...wholeItems(questionnaire)), (answers, item) => {
        fc.pre(enablementOf(situationOf(questionnaire, answers), item.linkId) === false);
        for (const stray of representatives(questionnaire, item, baseline).slice(0, 3)) {
          expect(assess(questionnaire, new Map(answers).set(item.linkId, stray))).toEqual(
            assess(questionnaire, answers),
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  test('what a rule names as its reason settles it alone, and nothing in it could be spared', () => {
    fc.assert(
      fc.property(someAnswers, (answers) => {
        for (const { rule, because, absent } of assess(questionnaire, answers).findings) {
          if (absent.length > 0) continue;
          const condition = questionnaire.rules.find(({ id }) => id === rule)?.when.expression;
          if (!condition) throw new Error(rule);
          const all = pathsIn(answers);
          const others = all.filter(
            (path) =>
              !because.some((kept) => path === kept || path.startsWith(`${kept}[`) || kept.startsWith(`${path}[`)),
          );
          expect(truthOf(situationOf(questionnaire, answers, new Set(others)), condition)).toBe(true);
          for (const path of because) {
            expect(truthOf(situationOf(questionnaire, answers, new Set([...others, path])), condition)).toBe('unknown');
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('hiding answers never turns a settled rule around', () => {
    fc.assert(
      fc.property(
        someAnswers,
        fc.array(fc.constantFrom(...itemsOf(questionnaire).keys()), { maxLength: 10 }),
        (answers, hidden) => {
          const [full, less] = [
            situationOf(questionnaire, answers),
            situationOf(questionnaire, answers, new Set(hidden)),
          ];
          for (const { when } of questionnaire.rules) {
            const truth = truthOf(less, when.expression);
            if (truth !== 'unknown') expect(truthOf(full, when.expression)).toBe(truth);
          }
        },
      ),
      runs,
    );
  });
});

/** A sheet, and one of the questions that lie close to those it changes. */
const oneQuestion = arbitraryNeighbours(questionnaire).chain((items) =>
  fc.tuple(arbitraryChange(questionnaire, baseline, items), fc.constantFrom(...items)),
);

describe('absence', () => {
  const put = (answers: Answers, linkId: string, state: Answer | undefined): Answers => {
    const changed = new Map(answers);
    if (state === undefined) changed.delete(linkId);
    else changed.set(linkId, state);
    return withoutStray(questionnaire, changed);
  };

  test('is never milder than the mildest that some answer gives, and never clears', () => {
    fc.assert(
      fc.property(oneQuestion, ([answers, item]) => {
        fc.pre(enablementOf(situationOf(questionnaire, answers), item.linkId) !== false);
        const sheets = [answers, baseline]
          .flatMap((base) => representatives(questionnaire, item, base))
          .map((answer) => put(answers, item.linkId, answer));
        const mildest = Math.max(...sheets.map(rankOf));
        const couldFire = sheets.some((sheet) =>
          assess(questionnaire, sheet).findings.some(({ rule }) => reads(rule, item.linkId)),
        );
        const absences: readonly (Answer | undefined)[] = item.mayBeAbsent
          ? [{ absent: 'unknown' }, { absent: 'declined' }, undefined]
          : [undefined];
        for (const absence of absences) {
          const rank = rankOf(put(answers, item.linkId, absence));
          expect(rank, told(answers, item.linkId, absence)).toBeLessThanOrEqual(mildest);
          if (couldFire) expect(rank, told(answers, item.linkId, absence)).toBeLessThan(severityRank('proceed'));
        }
      }),
      { numRuns: 700 },
    );
  });

  /** What differs from the unremarkable applicant, for whoever reads the failure. */
  function told(answers: Answers, linkId: string, absence: Answer | undefined): string {
    const changed = [...new Set([...answers.keys(), ...baseline.keys()])].filter(
      (key) => answers.get(key) !== baseline.get(key),
    );
    const list = changed.map((key) => `${key}=${JSON.stringify(answers.get(key))}`).join(', ');
    return `${linkId} ${JSON.stringify(absence) ?? 'left out'}, with ${list}`;
  }

  function reads(rule: string, linkId: string): boolean {
    const when = questionnaire.rules.find(({ id }) => id === rule)?.when.expression;
    return when !== undefined && inputsOf(questionnaire, when).includes(linkId);
  }
});

function pathsIn(answers: Answers): readonly string[] {
  return [...answers].flatMap(([linkId, answer]) =>
    Array.isArray(answer) && answer.some((entry) => entry instanceof Map)
      ? [
          linkId,
          ...answer.flatMap((entry: Answers, index) =>
            [...entry.keys()].map((field) => `${linkId}[${index + 1}]${field.slice(linkId.length)}`),
          ),
        ]
      : [linkId],
  );
}
