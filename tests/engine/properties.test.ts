import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { assess } from '../../src/engine/assess.ts';
import { inputsOf } from '../../src/engine/because.ts';
import { itemsOf } from '../../src/engine/items.ts';
import { enablementOf, situationOf, truthOf } from '../../src/engine/situation.ts';
import { readAnswers } from '../../src/exchange/answers.ts';
import type { Answer, Answers } from '../../src/model/answers.ts';
import { severityRank } from '../../src/model/disposition.ts';
import { answerable, arbitraryAnswers, arbitraryState, withoutStray } from '../arbitraries.ts';
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
      fc.property(someAnswers, fc.constantFrom(...answerable(questionnaire)), fc.context(), (answers, item) => {
        fc.pre(enablementOf(situationOf(questionnaire, answers), item.linkId) === false);
        const [stray] = fc.sample(arbitraryState(questionnaire, item), 1);
        if (stray !== undefined) {
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

/** A sheet, one of its questions, and what absence and each of many answers make of it. */
const oneQuestionVaried = fc
  .tuple(someAnswers, fc.constantFrom(...answerable(questionnaire)))
  .chain(([answers, item]) =>
    fc.record({
      answers: fc.constant(answers),
      item: fc.constant(item),
      states: fc.array(arbitraryState(questionnaire, item), { minLength: 12, maxLength: 12 }),
    }),
  );

describe('absence', () => {
  const put = (answers: Answers, linkId: string, state: Answer | undefined): Answers => {
    const changed = new Map(answers);
    if (state === undefined) changed.delete(linkId);
    else changed.set(linkId, state);
    return withoutStray(questionnaire, changed);
  };
  const isAnswer = (state: Answer | undefined): state is Answer =>
    state !== undefined && !(typeof state === 'object' && 'absent' in state);

  test('is never milder than the mildest that some answer gives, and never clears', () => {
    fc.assert(
      fc.property(oneQuestionVaried, ({ answers, item, states }) => {
        fc.pre(enablementOf(situationOf(questionnaire, answers), item.linkId) !== false);
        const answered = states.filter(isAnswer).map((state) => put(answers, item.linkId, state));
        fc.pre(answered.length > 0);
        const mildest = Math.max(...answered.map(rankOf));
        const couldFire = answered.some((sheet) =>
          assess(questionnaire, sheet).findings.some(({ rule }) => {
            const when = questionnaire.rules.find(({ id }) => id === rule)?.when.expression;
            return when && inputsOf(questionnaire, when).includes(item.linkId);
          }),
        );
        const kinds: readonly (Answer | undefined)[] = item.mayBeAbsent
          ? [{ absent: 'unknown' }, { absent: 'declined' }, undefined]
          : [undefined];
        for (const kind of kinds) {
          const rank = rankOf(put(answers, item.linkId, kind));
          if (answered.length >= 8)
            expect(rank).toBeLessThanOrEqual(
              Math.max(mildest, rankOf(put(answers, item.linkId, baseline.get(item.linkId)))),
            );
          if (couldFire) expect(rank).toBeLessThan(severityRank('proceed'));
        }
      }),
      { numRuns: 600 },
    );
  });
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
