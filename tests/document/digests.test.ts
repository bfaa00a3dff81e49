import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answersDigest } from '../../src/document/integrity/digests.ts';
import type { Answers } from '../../src/model/answers.ts';
import { arbitraryAnswers } from '../arbitraries.ts';
import { shippedBaseline, shippedQuestionnaire } from '../shipped.ts';

/** What the key is put to: forms that were made before are compared with it, so it must not change. */
const macked = (answers: Answers): string => answersDigest(answers, { mac: (text) => text });

/** Maps as lists of key and value by turns, sorted by key. */
function sortedLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedLists);
  if (!(value instanceof Map)) return value;
  return [...value.keys()].sort().flatMap((key) => [key, sortedLists(value.get(key))]);
}

test('answers are digested as JSON lists sorted by linkId, in whatever order they came', () => {
  fc.assert(
    fc.property(
      arbitraryAnswers(shippedQuestionnaire(), shippedBaseline()),
      fc.infiniteStream(fc.nat()),
      (answers, numbers) => {
        const shuffled = [...answers]
          .map((each) => ({ each, by: numbers.next().value }))
          .sort((a, b) => a.by - b.by)
          .map(({ each }) => each);
        expect(macked(new Map(shuffled))).toBe(`answers\n${JSON.stringify(sortedLists(answers))}`);
      },
    ),
    { numRuns: 300 },
  );
});
