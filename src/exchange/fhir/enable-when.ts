import { itemsOf, repeatOf } from '../../engine/items.ts';
import { formatDecimal } from '../../model/decimal.ts';
import { type Comparison, type Expression, flipped } from '../../model/expression.ts';
import type { ChoiceItem, Coding, NumberItem, QuestionItem, Questionnaire } from '../../model/questionnaire.ts';
import { ucum, uriOf } from './names.ts';

/** One condition of FHIR on the answer to one question. */
export interface EnableWhen {
  readonly question: string;
  readonly operator: '=' | '<' | '<=' | '>' | '>=' | 'exists';
  readonly answerBoolean?: boolean;
  readonly answerCoding?: Coding;
  readonly answerQuantity?: {
    readonly value: number;
    readonly unit: string;
    readonly system: string;
    readonly code: string;
  };
}

/** When FHIR shows an item. `enableBehavior` stands where there are several. */
export interface FhirCondition {
  readonly enableWhen: readonly EnableWhen[];
  readonly enableBehavior?: 'any' | 'all';
}

/**
 * A condition as FHIR can say it: comparisons of answers with constants, all joined by "or", or all by "and". Undefined for any other. It
 * holds wherever ours does, and not where ours is settled to be false; where ours is unknown it can be either.
 */
export function fhirCondition(questionnaire: Questionnaire, condition: Expression): FhirCondition | undefined {
  const any = anyOf(questionnaire, condition);
  if (any) return joined(any, 'any');
  if (condition.kind !== 'and') return undefined;
  const parts = condition.of.map((part) => anyOf(questionnaire, part));
  const all = parts.flatMap((part) => (part?.length === 1 ? part : []));
  return all.length === parts.length ? joined(all, 'all') : undefined;
}

function joined(terms: readonly EnableWhen[], enableBehavior: 'any' | 'all'): FhirCondition {
  const [first, ...more] = [...new Map(terms.map((term) => [JSON.stringify(term), term])).values()];
  if (first === undefined || more.length === 0) return { enableWhen: terms.slice(0, 1) };
  return { enableWhen: [first, ...more], enableBehavior };
}

/** Conditions of which one must hold; undefined where FHIR has none for it. */
function anyOf(questionnaire: Questionnaire, condition: Expression): readonly EnableWhen[] | undefined {
  const ask = (of: Expression): QuestionItem | undefined => questionOf(questionnaire, of);
  switch (condition.kind) {
    case 'or': {
      if (condition.of.some((part) => isLoneState(part, condition.of))) return undefined;
      const parts = condition.of.map((part) =>
        part.kind === 'state' ? absent(questionnaire, part.of.linkId) : anyOf(questionnaire, part),
      );
      return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
    }
    case 'answer': {
      const question = ask(condition);
      return question?.type === 'boolean'
        ? [{ question: question.linkId, operator: '=', answerBoolean: true }]
        : undefined;
    }
    case 'compare': {
      const { left, right, operator } = condition;
      const [direct, turned] = [ask(left), ask(right)];
      if (direct) return comparison(questionnaire, direct, operator, constantOf(right));
      return turned && comparison(questionnaire, turned, flipped[operator], constantOf(left));
    }
    case 'in': {
      const [question, code] = [ask(condition.list), constantOf(condition.element)];
      return question?.type === 'choice' && question.repeats
        ? chosen(questionnaire, question, (option) => option.code === code)
        : undefined;
    }
    default:
      return undefined;
  }
}

/** True for `unknown(x)` without `declined(x)` beside it, and the other way round: FHIR knows no answer, and not why. */
function isLoneState(part: Expression, others: readonly Expression[]): boolean {
  if (part.kind !== 'state') return false;
  const states = others.flatMap((other) =>
    other.kind === 'state' && other.of.linkId === part.of.linkId ? [other.state] : [],
  );
  return !(states.includes('unknown') && states.includes('declined'));
}

/** The question that an expression is the answer to, where FHIR can point to that: outside repeats. */
function questionOf(questionnaire: Questionnaire, expression: Expression): QuestionItem | undefined {
  if (expression.kind === 'rescale') return questionOf(questionnaire, expression.of);
  const placed = expression.kind === 'answer' ? itemsOf(questionnaire).get(expression.linkId) : undefined;
  if (!placed || placed.item.type === 'group' || repeatOf(placed)) return undefined;
  return placed.item;
}

/** No answer. Of a question that may not be asked FHIR would say so too: then there is no condition. */
function absent(questionnaire: Questionnaire, linkId: string): readonly EnableWhen[] | undefined {
  const placed = itemsOf(questionnaire).get(linkId);
  if (!placed || repeatOf(placed) || [...placed.groups, placed.item].some(({ enableWhen }) => enableWhen))
    return undefined;
  return [{ question: linkId, operator: 'exists', answerBoolean: false }];
}

function comparison(
  questionnaire: Questionnaire,
  question: QuestionItem,
  operator: Comparison,
  value: boolean | number | string | undefined,
): readonly EnableWhen[] | undefined {
  if (value === undefined) return undefined;
  const { linkId } = question;
  switch (question.type) {
    case 'boolean':
      return operator === '=='
        ? [{ question: linkId, operator: '=', answerBoolean: value === true }]
        : [{ question: linkId, operator: '=', answerBoolean: value !== true }];
    case 'integer':
    case 'decimal':
      return operator === '!=' ? undefined : [{ question: linkId, ...quantity(question, operator, Number(value)) }];
    case 'choice':
      if (question.repeats) return undefined;
      return chosen(questionnaire, question, ({ code, score }) =>
        holds(question.scored ? score : code, operator, value),
      );
    case 'date':
    case 'string':
      return undefined;
  }
}

function quantity({ unit, unitText }: NumberItem, operator: Comparison, value: number): Omit<EnableWhen, 'question'> {
  const answerQuantity = { value, unit: unitText, system: ucum, code: unit };
  return { operator: operator === '==' || operator === '!=' ? '=' : operator, answerQuantity };
}

/** That one of the options is answered for which `isMeant`. */
function chosen(
  questionnaire: Questionnaire,
  { linkId, options }: ChoiceItem,
  isMeant: (option: ChoiceItem['options'][number]) => boolean,
): readonly EnableWhen[] | undefined {
  const system = uriOf(questionnaire);
  const meant = options.filter(isMeant).map(({ code, coding }): EnableWhen => {
    return { question: linkId, operator: '=', answerCoding: coding ?? { system, code } };
  });
  return meant.length === 0 ? undefined : meant;
}

function holds(left: string | number | undefined, operator: Comparison, right: boolean | number | string): boolean {
  if (left === undefined) return false;
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

/** A value that no answer changes; a number as it is written. */
function constantOf(expression: Expression): boolean | number | string | undefined {
  switch (expression.kind) {
    case 'literal':
    case 'parameter': {
      const { value, type } = expression;
      return typeof value === 'number' && type.is === 'number' ? Number(formatDecimal(value, type.scale)) : value;
    }
    case 'rescale':
      return constantOf(expression.of);
    default:
      return undefined;
  }
}
