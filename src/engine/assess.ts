import type { Answers } from '../model/answers.ts';
import type { Assessment, CalculatedResult, Finding, Truth } from '../model/assessment.ts';
import { type Disposition, severityRank, worse } from '../model/disposition.ts';
import type { Expression } from '../model/expression.ts';
import type { CalculatedValue, Questionnaire, Rule } from '../model/questionnaire.ts';
import { type AbsenceKind, absencesOf } from './absences.ts';
import { becauseOf, operandsOf } from './because.ts';
import { evaluate } from './evaluate.ts';
import { itemsOf, questionsIn, repeatOf } from './items.ts';
import type { Result } from './result.ts';
import { answerState, calculatedResult, pathOf, type Situation, situationOf, truthOf } from './situation.ts';

/** The disposition of an applicant with all findings, worst first. Total: any answers that `refusal` accepts. */
export function assess(questionnaire: Questionnaire, answers: Answers): Assessment {
  const situation = situationOf(questionnaire, answers);
  const findings = questionnaire.rules.flatMap((rule) => {
    const { expression } = rule.when;
    return findingOf(
      rule,
      truthOf(situation, expression),
      () => becauseOf(questionnaire, answers, expression),
      () => absencesOf(expression, situation),
    );
  });
  return assessmentOf(findings, calculatedResults(situation), leftOut(situation));
}

/** What findings, in any order, come to. */
export function assessmentOf(
  findings: readonly Finding[],
  values: Assessment['values'],
  notAsked: readonly string[],
): Assessment {
  return {
    disposition: findings.reduce<Disposition>((worst, finding) => worse(worst, finding.disposition), 'proceed'),
    findings: [...findings].sort(byDispositionThenRule),
    values,
    notAsked,
  };
}

/** Worst first, then by rule id. */
function byDispositionThenRule(a: Finding, b: Finding): number {
  return severityRank(a.disposition) - severityRank(b.disposition) || (a.rule < b.rule ? -1 : 1);
}

/** The disposition of a rule's finding; undefined where it has none. Total. */
export function dispositionOf(rule: Rule, situation: Situation): Disposition | undefined {
  switch (truthOf(situation, rule.when.expression)) {
    case false:
      return undefined;
    case true:
      return rule.disposition;
    case 'unknown':
      return byAbsence(rule, [...absencesOf(rule.when.expression, situation).values()]);
  }
}

/** The finding of a rule whose condition comes to `truth`; none where it is false. */
export function findingOf(
  rule: Rule,
  truth: Truth,
  becauseOf: () => readonly string[],
  absencesOf: () => ReadonlyMap<string, AbsenceKind>,
): readonly Finding[] {
  switch (truth) {
    case false:
      return [];
    case true:
      return [{ rule: rule.id, disposition: rule.disposition, because: becauseOf(), absent: [] }];
    case 'unknown': {
      const absences = absencesOf();
      const disposition = byAbsence(rule, [...absences.values()]);
      return [{ rule: rule.id, disposition, because: [], absent: [...absences.keys()] }];
    }
  }
}

/** The disposition where absences leave a rule unsettled: the worst that they call for. A rule unsettled for any other reason is deferred as if an answer were left out. */
function byAbsence({ absence }: Rule, kinds: readonly AbsenceKind[]): Disposition {
  const called = kinds.map((kind) => (kind === 'left-out' ? absence.leftOut : absence[kind]));
  return called.length === 0 ? absence.leftOut : called.reduce(worse);
}

/** Every calculated value that has one. */
export function calculatedResults(situation: Situation): ReadonlyMap<string, CalculatedResult> {
  return new Map(
    situation.questionnaire.calculated.flatMap((calculated): [string, CalculatedResult][] => {
      const result = resultOf(calculated, situation);
      return result === undefined ? [] : [[calculated.linkId, result]];
    }),
  );
}

function resultOf(calculated: CalculatedValue, situation: Situation): CalculatedResult | undefined {
  const { expression } = calculated.value;
  if (isNotAsked(expression, situation)) return undefined;
  return shownResult(
    calculated,
    (part) => evaluate(part, situation),
    () => calculatedResult(situation, calculated.linkId),
  );
}

/** A calculated value as others read it. `of` evaluates a part of it, `whole` all of it. */
export function shownResult(
  { value: { expression }, decimals }: CalculatedValue,
  of: (part: Expression) => Result,
  whole: () => Result,
): CalculatedResult | undefined {
  if (expression.kind === 'quotient') {
    const [dividend, divisor] = [of(expression.dividend), of(expression.divisor)];
    if (typeof dividend !== 'number' || typeof divisor !== 'number') return undefined;
    const scale = scaleOf(expression.divisor) - scaleOf(expression.dividend);
    return rounded(dividend, divisor, scale, decimals);
  }
  const result = whole();
  if (typeof result === 'number') return rounded(result, 1, -scaleOf(expression), decimals);
  return typeof result === 'boolean' || typeof result === 'string' ? result : undefined;
}

/** True where every question that a value is calculated from is not enabled: a score of questions nobody is asked is none. */
function isNotAsked(expression: Expression, situation: Situation): boolean {
  const operands = [...operandsOf(situation.questionnaire, expression)];
  return operands.length > 0 && operands.every((linkId) => answerState(situation, linkId).is === 'disabled');
}

function scaleOf({ type }: { readonly type: CalculatedValue['value']['expression']['type'] }): number {
  return type.is === 'number' ? type.scale : 0;
}

/** `dividend / divisor` x 10^`scale`, rounded down to `decimals`: a value below a limit is never shown as the limit. */
function rounded(dividend: number, divisor: number, scale: number, decimals: number): number {
  const power = 10 ** Math.abs(scale + decimals);
  const [above, below] = scale + decimals >= 0 ? [power, 1] : [1, power];
  const [n, d] = [dividend * above, divisor * below];
  if (!Number.isSafeInteger(n) || !Number.isSafeInteger(d))
    return bigQuotient(dividend, above, divisor, below) / 10 ** decimals;
  const rest = n % d;
  return (n - (rest < 0 ? rest + d : rest)) / d / 10 ** decimals;
}

/** `n * above / (d * below)`, rounded down, where that has more digits than a float. */
function bigQuotient(n: number, above: number, d: number, below: number): number {
  const [dividend, divisor] = [BigInt(n) * BigInt(above), BigInt(d) * BigInt(below)];
  return Number(dividend / divisor - (dividend % divisor < BigInt(0) ? BigInt(1) : BigInt(0)));
}

/** Required questions that are enabled and have no answer, by path. */
export function leftOut(situation: Situation): readonly string[] {
  const paths: string[] = [];
  for (const [linkId, placed] of itemsOf(situation.questionnaire)) {
    const repeat = repeatOf(placed);
    if (placed.item.type === 'group' && placed.item !== repeat) continue;
    if (repeat && placed.item !== repeat) continue;
    if (answerState(situation, linkId).is === 'left-out') paths.push(linkId);
    const entries = repeat && situation.answers.get(linkId);
    if (!repeat || !Array.isArray(entries)) continue;
    entries.forEach((answers: Answers, index) => {
      const entry = { repeat: linkId, index, answers };
      for (const { linkId: field } of questionsIn(repeat)) {
        if (answerState(situation, field, entry).is === 'left-out') paths.push(pathOf(field, entry));
      }
    });
  }
  return paths;
}
