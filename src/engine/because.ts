import type { Answers } from '../model/answers.ts';
import { type Expression, partsOf } from '../model/expression.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import { itemsOf, questionsIn, repeatOf } from './items.ts';
import { calculatedValue, situationOf, truthOf } from './situation.ts';

const known = new WeakMap<Expression, readonly string[]>();

/** The linkIds that an expression can depend on, through calculated values and enablement too, in asking order. */
export function inputsOf(questionnaire: Questionnaire, expression: Expression): readonly string[] {
  const inputs = known.get(expression) ?? inAskingOrder(questionnaire, withEnablement(questionnaire, expression));
  known.set(expression, inputs);
  return inputs;
}

function inAskingOrder(questionnaire: Questionnaire, linkIds: ReadonlySet<string>): readonly string[] {
  return [...itemsOf(questionnaire).keys()].filter((linkId) => linkIds.has(linkId));
}

/** The linkIds that stand in an expression or in the calculated values it uses. */
export function operandsOf(questionnaire: Questionnaire, expression: Expression): ReadonlySet<string> {
  const operands = new Set<string>();
  const visit = (part: Expression): void => {
    if (part.kind === 'calculated') visit(calculatedValue(questionnaire, part.linkId).value.expression);
    if (part.kind === 'answer' || part.kind === 'member') operands.add(part.linkId);
    partsOf(part).forEach(visit);
  };
  visit(expression);
  return operands;
}

function withEnablement(questionnaire: Questionnaire, expression: Expression): ReadonlySet<string> {
  const index = itemsOf(questionnaire);
  const inputs = new Set<string>();
  const include = (linkId: string): void => {
    if (inputs.has(linkId)) return;
    inputs.add(linkId);
    const placed = index.get(linkId);
    for (const { enableWhen } of placed ? [...placed.groups, placed.item] : []) {
      if (enableWhen) operandsOf(questionnaire, enableWhen.expression).forEach(include);
    }
  };
  operandsOf(questionnaire, expression).forEach(include);
  return inputs;
}

/**
 * A minimal set of answers, by path, that alone makes a condition true: hide every other and it still is, hide any one
 * of these and it is not settled. Where several sets would do, the one that keeps the questions asked first.
 */
export function becauseOf(questionnaire: Questionnaire, answers: Answers, condition: Expression): readonly string[] {
  const hidden = new Set<string>();
  const isStillTrue = (): boolean => truthOf(situationOf(questionnaire, answers, hidden), condition) === true;
  const kept: string[] = [];
  for (const path of answerPaths(questionnaire, answers, condition).reverse()) {
    hidden.add(path);
    if (isStillTrue()) continue;
    hidden.delete(path);
    kept.unshift(path);
  }
  return withoutWholes(kept);
}

/** Paths of the answers a condition can depend on, asked first first; a repeat before the answers in it. */
function answerPaths(questionnaire: Questionnaire, answers: Answers, condition: Expression): string[] {
  const index = itemsOf(questionnaire);
  const inputs = inputsOf(questionnaire, condition);
  return inputs.flatMap((linkId) => {
    const placed = index.get(linkId);
    const repeat = placed && repeatOf(placed);
    if (!repeat) return answers.has(linkId) ? [linkId] : [];
    if (linkId !== repeat.linkId) return [];
    const entries = answers.get(linkId);
    if (!Array.isArray(entries)) return answers.has(linkId) ? [linkId] : [];
    const fields = questionsIn(repeat).filter((field) => inputs.includes(field.linkId));
    return [
      linkId,
      ...entries.flatMap((entry: Answers, at) =>
        fields
          .filter((field) => entry.has(field.linkId))
          .map((field) => `${linkId}[${at + 1}]${field.linkId.slice(linkId.length)}`),
      ),
    ];
  });
}

/** Without the repeats themselves: a repeat is not named beside answers inside it. */
export function withoutWholes(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !paths.some((other) => other.startsWith(`${path}[`)));
}
