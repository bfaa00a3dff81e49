import fc from 'fast-check';
import { expect, test } from 'vitest';
import { composeConsent } from '../../src/document/compose.ts';
import { runsOf } from '../../src/document/content.ts';
import { strayAnswers } from '../../src/engine/accept.ts';
import { assess } from '../../src/engine/assess.ts';
import { itemsOf, wholeItems } from '../../src/engine/items.ts';
import type { Answer, Answers } from '../../src/model/answers.ts';
import { consentForm } from '../../src/model/disposition.ts';
import { answersWith, clearance, questionnaire, requestWith, template } from './sample.ts';

const card: readonly string[] = Object.values(template.card);
const trial = wholeItems(questionnaire).find(({ type }) => type === 'group');
const hideable = wholeItems(questionnaire)
  .map(({ linkId }) => linkId)
  .filter((linkId) => !card.includes(linkId) && linkId !== trial?.linkId);

/** The unremarkable applicant with some answers withheld: declined, or never asked. */
const withheld = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...hideable), fc.constantFrom('declined', 'left out')), {
    selector: ([linkId]) => linkId,
    maxLength: 6,
  })
  .map((hidden): Answers => {
    const answers = new Map<string, Answer>(answersWith());
    for (const [linkId, how] of hidden) {
      if (!answers.has(linkId)) continue;
      if (how === 'left out') answers.delete(linkId);
      else answers.set(linkId, { absent: 'declined' });
    }
    for (const linkId of strayAnswers(questionnaire, answers)) answers.delete(linkId);
    return answers;
  });

test('a form says every question that was left open, and that a clinician has seen it where it left a finding open', () => {
  let forms = 0;
  fc.assert(
    fc.property(withheld, (answers) => {
      const assessment = assess(questionnaire, answers);
      if (consentForm[assessment.disposition] === 'never') return;
      forms += 1;
      const content = composeConsent({ ...requestWith(), answers, assessment, clearance });
      const printed = new Set(runsOf(content).map(({ text }) => text));
      const open = assessment.findings.flatMap(({ absent }) => absent);
      for (const path of [...open, ...assessment.notAsked]) {
        const { item } = itemsOf(questionnaire).get(path) ?? {};
        expect(printed, path).toContain(item?.text);
      }
      if (open.length > 0) expect(printed).toContain(template.words.reviewedAbsence);
    }),
    { numRuns: 400 },
  );
  expect(forms).toBeGreaterThan(20);
});
