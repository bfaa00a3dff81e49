import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Circuit, holds } from '../../../src/check/prove/circuit.ts';
import type { EncodedBoolean } from '../../../src/check/prove/encode/encoded.ts';
import { Encoder } from '../../../src/check/prove/encode.ts';
import { agreements } from '../../../src/check/prove/model.ts';
import { symbolicSheet } from '../../../src/check/prove/sheet.ts';
import { type Model, Solver } from '../../../src/check/prove/solver.ts';
import { absencesOf } from '../../../src/engine/absences.ts';
import { situationOf, truthOf } from '../../../src/engine/situation.ts';
import { readAnswers } from '../../../src/exchange/answers.ts';
import type { Answers } from '../../../src/model/answers.ts';
import type { Truth } from '../../../src/model/assessment.ts';
import { arbitraryAnswers, arbitraryTrials } from '../../arbitraries.ts';
import { shippedFolder, shippedQuestionnaire } from '../../shipped.ts';

const questionnaire = shippedQuestionnaire();
const baseline = readAnswers(
  questionnaire,
  (parse(readFileSync(`${shippedFolder}/cases/baseline.yaml`, 'utf8')) as { answers: unknown }).answers,
).answers;

describe('the encoding', () => {
  const circuit = new Circuit(new Solver());
  const encoder = new Encoder(questionnaire, circuit, symbolicSheet(questionnaire, circuit));
  const rules = questionnaire.rules.map((rule) => ({ rule, encoded: encoder.condition(rule.when.expression) }));

  function expectSame(answers: Answers): void {
    const verdict = circuit.solver.solve([...agreements(questionnaire, encoder, answers).values()], 100_000);
    if (verdict.is !== 'satisfiable') throw new Error(verdict.is);
    const situation = situationOf(questionnaire, answers);
    for (const { rule, encoded } of rules) {
      const { expression } = rule.when;
      expect(encodedTruth(encoded, verdict.model), rule.id).toBe(truthOf(situation, expression));
      const kinds = new Set(absencesOf(expression, situation).values());
      expect(encodedKinds(encoded, verdict.model), rule.id).toEqual([...kinds].sort());
    }
  }

  test('says of every rule and every sheet what the engine says, and which kinds of absence are to blame', () => {
    fc.assert(fc.property(arbitraryAnswers(questionnaire, baseline), expectSame), { numRuns: 60 });
  });

  test('and of every few trials', () => {
    fc.assert(fc.property(arbitraryTrials(baseline), expectSame), { numRuns: 100 });
  });
});

function encodedTruth(encoded: EncodedBoolean, model: Model): Truth {
  if (holds(encoded.true, model)) return true;
  return holds(encoded.false, model) ? false : 'unknown';
}

function encodedKinds({ kinds }: EncodedBoolean, model: Model): readonly string[] {
  const named = { declined: kinds.declined, 'left-out': kinds.leftOut, unknown: kinds.unknown };
  return Object.entries(named).flatMap(([name, literal]) => (holds(literal, model) ? [name] : []));
}
