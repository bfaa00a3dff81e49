import { readAnswers } from '../exchange/answers.ts';
import type { CalculatedResult } from '../model/assessment.ts';
import type { Expectation } from '../model/cases.ts';
import type { Disposition } from '../model/disposition.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { Observation } from './observe.ts';

/** What a golden case can be held against. */
export interface Outcome {
  readonly disposition: Disposition;
  /** Rules with a finding. */
  readonly found: readonly string[];
  readonly notAsked: readonly string[];
  readonly asked: readonly string[];
  readonly values: ReadonlyMap<string, CalculatedResult>;
}

export function outcomeOf({ assessment, asked }: Observation): Outcome {
  const { disposition, findings, notAsked, values } = assessment;
  return { disposition, found: findings.map(({ rule }) => rule), notAsked, asked, values };
}

/** Where an outcome is not what was expected, in words; empty where it is. */
export function shortfalls(expect: Expectation, outcome: Outcome): readonly string[] {
  const missing = expect.rules.filter((rule) => !outcome.found.includes(rule));
  return [
    ...(outcome.disposition === expect.disposition
      ? []
      : [`expected ${expect.disposition}, got ${outcome.disposition}`]),
    ...(missing.length === 0 ? [] : [`${missing.join(', ')} did not fire`]),
    ...listDifferences('findings', expect.findings, outcome.found),
    ...listDifferences('not asked', expect.notAsked, outcome.notAsked),
    ...listDifferences('asked', expect.asked, outcome.asked),
    ...valueDifferences(expect, outcome),
  ];
}

/** Where answers are refused at other questions than was expected, in words. */
export function refusedOtherwise(
  questionnaire: Questionnaire,
  answers: unknown,
  expected: readonly string[],
): readonly string[] {
  const found = readAnswers(questionnaire, answers).errors.map(({ linkId }) => linkId);
  return listDifferences('refused', expected, [...new Set(found)]);
}

/** What of two lists is not in both, whatever their order; nothing where none was expected. */
export function listDifferences(
  what: string,
  expected: readonly string[] | undefined,
  found: readonly string[],
): readonly string[] {
  if (!expected) return [];
  const tooMany = found.filter((each) => !expected.includes(each));
  const tooFew = expected.filter((each) => !found.includes(each));
  return [
    ...(tooMany.length === 0 ? [] : [`${what}: ${tooMany.join(', ')} not expected`]),
    ...(tooFew.length === 0 ? [] : [`${what}: ${tooFew.join(', ')} expected`]),
  ];
}

function valueDifferences({ values }: Expectation, outcome: Outcome): readonly string[] {
  return [...(values ?? [])].flatMap(([linkId, expected]) => {
    const found = outcome.values.get(linkId) ?? null;
    return found === expected ? [] : [`${linkId}: expected ${expected ?? 'none'}, got ${found ?? 'none'}`];
  });
}
