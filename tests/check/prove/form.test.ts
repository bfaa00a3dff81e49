import { describe, expect, test } from 'vitest';
import { proveForms } from '../../../src/check/prove/prove.ts';
import { departures } from '../../../src/check/prove/tell.ts';
import { consentForm } from '../../../src/model/disposition.ts';
import type { Questionnaire } from '../../../src/model/questionnaire.ts';
import type { ConsentTemplate, TemplateBlock } from '../../../src/model/template.ts';
import { template } from '../../document/sample.ts';
import { changedQuestionnaire, shippedBaseline, shippedQuestionnaire } from '../../shipped.ts';

const shipped = shippedQuestionnaire();
const baseline = shippedBaseline();
const at = { path: 'consent.en.md', start: 0, end: 3 };

/** The shipped form with each block as `change` makes it; undefined drops it. */
function changed(change: (block: TemplateBlock) => TemplateBlock | undefined): ConsentTemplate {
  const sections = template.sections.map((section) => ({
    ...section,
    blocks: section.blocks.flatMap((block) => change(block) ?? []),
  }));
  return { ...template, sections };
}

function provenOf(questionnaire: Questionnaire, form: ConsentTemplate) {
  return proveForms(questionnaire, baseline, [], [{ template: form, at }]);
}

function refutedOf(questionnaire: Questionnaire, form: ConsentTemplate): readonly (readonly [string, string])[] {
  const { outcomes, isChecked } = provenOf(questionnaire, form);
  expect(isChecked).toBe(true);
  expect(outcomes.filter(({ is }) => is === 'undecided')).toEqual([]);
  return outcomes
    .filter(({ is }) => is === 'refuted')
    .map(({ goal, witness }) => [
      `${goal.kind} ${goal.id}`,
      witness ? departures(questionnaire, witness.answers, baseline) : 'nobody',
    ]);
}

describe('over every applicant who may have a form', () => {
  test('the shipped form tells each finding, prints each clause for somebody, and is signed once', () => {
    const { outcomes, isChecked } = provenOf(shipped, template);
    expect(isChecked).toBe(true);
    expect(outcomes.filter(({ is }) => is !== 'as-expected')).toEqual([]);
    const printable = shipped.rules.filter(({ disposition }) => consentForm[disposition] !== 'never');
    const kinds = outcomes.map(({ goal }) => goal.kind);
    expect(kinds.filter((kind) => kind === 'finding-told')).toHaveLength(shipped.rules.length);
    expect(kinds.filter((kind) => kind === 'clause-printed')).toHaveLength(printable.length);
    expect(kinds.filter((kind) => kind === 'signed-once')).toHaveLength(1);
  });

  test('a lost clause is found with the applicant who would not read it', () => {
    const silent = changed((block) => (block.kind === 'finding' && block.rule === 'cr-tia' ? undefined : block));
    expect(refutedOf(shipped, silent)).toEqual([['finding-told cr-tia', 'cardiac.stroke tia']]);
  });

  test('a rule made milder than its clauses know is found', () => {
    const milder = changedQuestionnaire(/(id: df-escort\n {4}disposition: )defer/, '$1clinician-review');
    expect(refutedOf(milder, template)).toEqual([['finding-told df-escort', 'today.escort false']]);
  });

  test('a clause that nobody with a form ever reads is found', () => {
    const never = changedQuestionnaire(
      /(id: cr-tia[\s\S]*?when: )cardiac.stroke == "tia"/,
      '$1cardiac.stroke == "tia" && !today.escort',
    );
    expect(refutedOf(never, template)).toEqual([['clause-printed cr-tia', 'nobody']]);
  });

  test('a form that some patients sign twice and some not at all is found', () => {
    const missigned = changed((block) =>
      block.kind === 'signature' && block.role === 'surrogate' && block.circumstance
        ? { ...block, circumstance: { ...block.circumstance, codes: ['doubtful'] } }
        : block,
    );
    const either = expect.stringMatching(/^applicant\.capacity (doubtful|lacks-with-surrogate)$/);
    expect(refutedOf(shipped, missigned)).toEqual([['signed-once patient', either]]);
  });

  test('a form that only some patients can sign is found', () => {
    const unsigned = changed((block) => (block.kind === 'signature' && block.role === 'surrogate' ? undefined : block));
    expect(refutedOf(shipped, unsigned)).toEqual([['signed-once patient', 'applicant.capacity lacks-with-surrogate']]);
  });
});
