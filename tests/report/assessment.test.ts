import { expect, test } from 'vitest';
import { assess } from '../../src/engine/assess.ts';
import { readAnswers } from '../../src/exchange/answers.ts';
import { describeAssessment } from '../../src/report/assessment.ts';
import { shippedBaselineSheet, shippedQuestionnaire } from '../shipped.ts';

const questionnaire = shippedQuestionnaire();

/** The lines of one finding for the baseline applicant with one other answer. */
function finding(rule: string, linkId: string, answer: unknown): readonly string[] {
  const { answers } = readAnswers(questionnaire, { ...shippedBaselineSheet, [linkId]: answer });
  const lines = describeAssessment(questionnaire, answers, assess(questionnaire, answers));
  const start = lines.findIndex((line) => line.endsWith(`  ${rule}`));
  return lines.slice(start, lines.indexOf('', start));
}

test.each<[string, string, readonly string[]]>([
  [
    'unknown',
    '(not known)',
    ['defer  dnp-porphyria', '  Find it out and enter it anew. Until then it stands in the way.'],
  ],
  [
    'declined',
    '(declined)',
    ['clinician-review  dnp-porphyria', '  A clinician talks with the person about it before booking.'],
  ],
])('a finding by an answer that is %s says what to do about it', (absent, shown, [head = '', todo = '']) => {
  const lines = finding('dnp-porphyria', 'organ.porphyria', { absent });
  expect(lines[0]).toBe(head);
  expect(lines.slice(1, 3)).toEqual([
    '  Not settled, an answer is missing: Porphyria of an acute or unknown type.',
    todo,
  ]);
  expect(lines.join(' ')).toContain(shown);
});
