import { describe, expect, test } from 'vitest';
import { differencesBetween } from '../../../src/check/observe.ts';
import { Circuit } from '../../../src/check/prove/circuit.ts';
import { Comparison, type Found } from '../../../src/check/prove/compare.ts';
import { EncodedDefinition } from '../../../src/check/prove/definition.ts';
import { Solver } from '../../../src/check/prove/solver.ts';
import { departures } from '../../../src/check/prove/tell.ts';
import type { Questionnaire } from '../../../src/model/questionnaire.ts';
import { changedQuestionnaire, shippedBaseline, shippedQuestionnaire } from '../../shipped.ts';

const shipped = shippedQuestionnaire();
const baseline = shippedBaseline();
const between = (next: Questionnaire): Comparison =>
  Comparison.between(shipped, next, { old: baseline, new: baseline });

/** Where the applicant who was found departs from the unremarkable one, in the words of the old definition. */
function told(found: Found): string {
  if (found.is !== 'applicant') return found.is;
  expect(found.applicant.isFewest).toBe(true);
  return departures(shipped, found.applicant.old.answers, baseline);
}

describe('two definitions over one applicant', () => {
  test('a definition does not differ from itself, and that is proved', () => {
    const comparison = between(changedQuestionnaire());
    expect(comparison.whoDiffers()).toEqual({ is: 'no-applicant' });
    expect(comparison.whoIsRefusedByOne()).toEqual({ is: 'no-applicant' });
    expect(comparison.isChecked()).toBe(true);
  });

  test('a looser limit moves the applicant at that limit, and nobody the other way', () => {
    const comparison = between(changedQuestionnaire(/(minimumAge:[\s\S]*?value: )18/, '$117'));
    expect(told(comparison.whoMoves('do-not-proceed', 'clinician-review'))).toMatch(/^applicant.birthDate 200[89]-/);
    expect(comparison.whoMoves('clinician-review', 'do-not-proceed')).toEqual({ is: 'no-applicant' });
    expect(comparison.isChecked()).toBe(true);
  });

  test('a question only the new definition asks is open, and its answer is the witness', () => {
    const next = changedQuestionnaire(
      /( {2}- id: df-escort\n)/,
      '  - { id: df-test, disposition: defer, when: test.asked, reason: Test., action: Wait., sources: [product-choice] }\n$1',
      /( +)(- linkId: today.escort\n)/,
      '$1- { linkId: test.asked, type: boolean, text: Test?, why: To see. }\n$1$2',
    );
    const baselines = { old: baseline, new: new Map([...baseline, ['test.asked', false]]) };
    const found = Comparison.between(shipped, next, baselines).whoMoves('proceed', 'defer');
    expect(told(found)).toBe('the unremarkable applicant');
    if (found.is !== 'applicant') throw new Error(found.is);
    expect(departures(next, found.applicant.new.answers, baselines.new)).toMatch(/^test.asked (true|left out)$/);
  });

  test('a narrower range is one applicant where both take the answer', () => {
    const next = changedQuestionnaire(/(linkId: vitals.systolic\n[\s\S]*?max: )\d+/, '$1150');
    const comparison = between(next);
    expect(told(comparison.whoMoves('emergency', 'proceed'))).toBe('no-applicant');
    expect(told(comparison.whoMoves('proceed', 'emergency'))).toBe('no-applicant');
  });
});

describe('a variant of a definition', () => {
  const encoded = new EncodedDefinition(shipped, new Circuit(new Solver()));
  const differing = (variant: Questionnaire): string => {
    const found = Comparison.withVariant(encoded, variant, baseline).whoDiffers();
    if (found.is !== 'applicant') return found.is;
    const { old, new: next } = found.applicant;
    return `${told(found)}: ${differencesBetween(old.observation, next.observation).join(', ')}`;
  };

  test('a rule removed, a disposition changed, a condition of asking dropped, a score without an item', () => {
    const without = { ...shipped, rules: shipped.rules.filter(({ id }) => id !== 'df-escort') };
    expect(differing(without)).toBe('today.escort false: disposition, findings');
    const milder = {
      ...shipped,
      rules: shipped.rules.map((rule) =>
        rule.id === 'df-escort' ? { ...rule, disposition: 'proceed' as const } : rule,
      ),
    };
    expect(differing(milder)).toBe('today.escort false: disposition');
    expect(
      differing(changedQuestionnaire(/(linkId: cardiac.miDate[\s\S]*?)\n +enableWhen: cardiac.mi\n/, '$1\n')),
    ).toBe('the unremarkable applicant: disposition, findings, asked');
    expect(differing(changedQuestionnaire(/phq9.q1 \+ phq9.q2/, 'phq9.q1 + phq9.q1'))).toMatch(
      /^phq9.q[12] .*: .*values$/,
    );
  });

  test('the same said otherwise is no difference', () => {
    expect(
      differing(changedQuestionnaire(/(id: df-escort[\s\S]*?when: )"!today.escort"/, '$1"!(today.escort && true)"')),
    ).toBe('no-applicant');
  });
});
