import { expect, test } from 'vitest';
import { completed } from '../../src/check/example.ts';
import { readQuestionnaire } from '../../src/definition/read.ts';

test('a choice between two dates is refused where it stands: no proof can say which day it is', () => {
  const date = (linkId: string): string => `{ linkId: ${linkId}, type: date, text: Day?, why: Why. }`;
  const text = completed(`items:
  - linkId: start
    type: group
    text: Start
    items: [{ linkId: early, type: boolean, text: Early?, why: Why. }, ${['first', 'second', 'last'].map(date).join(', ')}]
rules:
  - { id: rule, disposition: defer, when: 'daysBetween(early ? first : second, last) < 0', reason: R., action: A., sources: [label] }
`);
  const { questionnaire, diagnostics } = readQuestionnaire({ path: 'q.yaml', text }, []);
  expect(questionnaire).toBeUndefined();
  expect(diagnostics.map(({ code, at }) => [code, text.slice(at.start, at.end)])).toEqual([
    ['not-analysable', 'early ? first : second'],
  ]);
});
