import { formatDecimal } from '../../model/decimal.ts';
import type { Expression } from '../../model/expression.ts';
import { formatDate } from '../../model/local-date.ts';
import {
  type Item,
  isNumberItem,
  type NumberItem,
  type Parameter,
  type Questionnaire,
} from '../../model/questionnaire.ts';
import { optionOf } from '../answer-text.ts';
import { quantity, unitWords } from '../unit-words.ts';
import { calculatedNamed, inQuotes, itemNamed, type Language, parameterNamed, spelledOut, title } from './language.ts';
import { bare } from './same.ts';

/** A parameter as it is signed: `140 mmHg`. */
export function parameterInWords(questionnaire: Questionnaire, { value, scale, unit }: Parameter): string {
  return quantity(formatDecimal(value, scale), unitWords(questionnaire, unit));
}

/** A fixed value as `beside` would say it: with its unit, by the text of its option. */
export function literal(
  { value, type }: Extract<Expression, { kind: 'literal' }>,
  beside: Expression | undefined,
  unit: string,
  language: Language,
): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return optionText(value, beside, language);
  if (type.is === 'date') return formatDate(value);
  const scale = type.is === 'number' ? type.scale : 0;
  return withOption(quantity(formatDecimal(value, scale), unit), value, beside, language, []);
}

/** A parameter by its value, with the option it stands for and, where it is wanted, its title. */
export function parameter(name: string, beside: Expression | undefined, language: Language): string {
  const found = parameterNamed(name, language);
  if (!found) return inQuotes(spelledOut(name));
  const isSaid = beside?.kind === 'calculated' && title(beside.linkId, language) === found.title;
  const remarks = isSaid || !language.withTitles ? [] : [found.title];
  return withOption(parameterInWords(language.questionnaire, found), found.value, beside, language, remarks);
}

/** A code as the option that it means; a code of no question as words. */
function optionText(code: string, beside: Expression | undefined, language: Language): string {
  const item = beside && questionBehind(beside, language);
  const option = item?.type === 'choice' ? item.options.find((each) => each.code === code) : undefined;
  return inQuotes(option?.text ?? spelledOut(code));
}

/** A score with the option it stands for, and any other remark. */
export function withOption(
  text: string,
  score: number,
  beside: Expression | undefined,
  language: Language,
  remarks: readonly string[],
): string {
  const item = beside && questionBehind(beside, language);
  const option = item?.type === 'choice' && item.scored ? optionOf(item, score) : undefined;
  const all = [...(option ? [inQuotes(option.text)] : []), ...remarks];
  return all.length === 0 ? text : `${text} (${all.join('; ')})`;
}

/** The question whose options a value is one of. */
function questionBehind(expression: Expression, language: Language): Item | undefined {
  const reference = bare(expression);
  if (reference.kind === 'orElse') return questionBehind(reference.of, language);
  const over = reference.kind === 'variable' ? language.variables.get(reference.name) : undefined;
  if (over) return questionBehind(over, language);
  const isReference = reference.kind === 'answer' || reference.kind === 'member';
  return isReference ? itemNamed(reference.linkId, language) : undefined;
}

/** The unit in words of what a number is compared with; empty where there is none. */
export function unitOf(expression: Expression | undefined, language: Language): string {
  if (!expression) return '';
  switch (expression.kind) {
    case 'answer':
    case 'member': {
      const item = itemNamed(expression.linkId, language);
      if (item && isNumberItem(item)) return unitOfItem(item, language);
      return item?.type === 'choice' && item.scored ? 'points' : '';
    }
    case 'calculated':
      return unitWords(language.questionnaire, calculatedNamed(expression.linkId, language)?.unit ?? '');
    case 'parameter':
      return unitWords(language.questionnaire, parameterNamed(expression.name, language)?.unit ?? '');
    case 'age':
      return 'years';
    case 'daysBetween':
      return 'days';
    case 'rescale':
    case 'orElse':
      return unitOf(expression.of, language);
    case 'greatest':
    case 'least':
      return unitOf(expression.left, language) || unitOf(expression.right, language);
    case 'arithmetic':
      return expression.operator === '*' ? '' : unitOf(expression.left, language) || unitOf(expression.right, language);
    case 'conditional':
      return unitOf(expression.then, language) || unitOf(expression.else, language);
    default:
      return '';
  }
}

function unitOfItem({ unit, unitText }: NumberItem, { questionnaire }: Language): string {
  return unitText === unit ? unitWords(questionnaire, unit) : unitText;
}
