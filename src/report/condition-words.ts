import type { CalculatedResult } from '../model/assessment.ts';
import { formatDecimal } from '../model/decimal.ts';
import { type AnswerReference, type Comparison, type Expression, flipped } from '../model/expression.ts';
import type { CalculatedValue, Questionnaire } from '../model/questionnaire.ts';
import { literal, parameter, unitOf, withOption } from './condition-words/fixed.ts';
import {
  entryName,
  inside,
  type Language,
  languageOf,
  mayBeMissing,
  type OverEntries,
  question,
  quoted,
  spelledOut,
  title,
  type Wording,
} from './condition-words/language.ts';
import { bare, isSame } from './condition-words/same.ts';
import { after, headOfAll, headOfAny, list, type Statement, sentence, together } from './condition-words/statement.ts';
import { quantity, unitWords } from './unit-words.ts';

const inFull: Wording = { nameOf: quoted, withTitles: true };

/** A condition in plain English, written from its syntax tree. Total: never throws on a definition that was read. */
export function conditionInWords(
  questionnaire: Questionnaire,
  condition: Expression,
  wording: Wording = inFull,
): Statement {
  return isTrue(condition, true, languageOf(questionnaire, wording));
}

/** A calculation in plain English: a yes/no value as its condition, any other as what it is. Total. */
export function valueInWords(questionnaire: Questionnaire, value: Expression): Statement {
  const language = languageOf(questionnaire, inFull);
  if (value.type.is === 'boolean') return isTrue(value, true, language);
  if (value.kind === 'conditional') return byCase(value, (branch) => asStatement(noun(branch, language)), language);
  return asStatement(noun(value, language));
}

/** A comparison with a fixed number, told apart: what is compared, the number, and how a value of it is written. */
export interface ComparisonWords {
  readonly subject: string;
  readonly limit: string;
  /** The value in words, by the calculated values of a sheet and an evaluator of it. */
  write(values: ReadonlyMap<string, CalculatedResult>, evaluate: (value: Expression) => unknown): string;
}

/** The parts of a comparison of a number with a fixed one. Total. */
export function comparisonInWords(questionnaire: Questionnaire, compare: Compare): ComparisonWords {
  const language = languageOf(questionnaire, inFull);
  const quotient = quotientComparison(questionnaire, compare);
  if (quotient) {
    const { calculated, other } = quotient;
    const unit = unitWords(questionnaire, calculated.unit);
    return {
      subject: calculated.title,
      limit: noun(other, language, undefined, unit).text,
      write: (values) => quantity(String(values.get(calculated.linkId) ?? ''), unit),
    };
  }
  const [subject, limit] = isFixed(compare.left) ? [compare.right, compare.left] : [compare.left, compare.right];
  const unit = unitOf(subject, language);
  return {
    subject: noun(subject, language).text,
    limit: noun(limit, language, subject).text,
    write: (_values, evaluate) => {
      const value = evaluate(subject);
      const scale = subject.type.is === 'number' ? subject.type.scale : 0;
      if (typeof value !== 'number') return '';
      return withOption(quantity(formatDecimal(value, scale), unit), value, subject, language, []);
    },
  };
}

/** The calculated value that a comparison with a quotient was written with, and what it is compared to. */
export interface QuotientComparison {
  readonly calculated: CalculatedValue;
  readonly other: Expression;
}

/**
 * A comparison of a quotient is held as `dividend` against `other * divisor`, and the name it was written with is gone.
 * This finds it again; undefined where the comparison is none of a calculated quotient.
 */
export function quotientComparison(
  { calculated }: Questionnaire,
  { left, right }: { readonly left: Expression; readonly right: Expression },
): QuotientComparison | undefined {
  const product = bare(right);
  if (product.kind !== 'arithmetic' || product.operator !== '*') return undefined;
  const found = calculated.find(({ value: { expression } }) => {
    const isQuotient = expression.kind === 'quotient';
    return isQuotient && isSame(expression.dividend, left) && isSame(expression.divisor, product.right);
  });
  return found && { calculated: found, other: product.left };
}

/* Statements */

/** The condition as a statement; `isWanted` false: the statement that it does not hold. */
function isTrue(condition: Expression, isWanted: boolean, language: Language): Statement {
  switch (condition.kind) {
    case 'literal':
      return sentence((condition.value === true) === isWanted ? 'always' : 'never');
    case 'answer':
    case 'member':
      return sentence(`${yesOrNo(condition, isWanted, language)}${notEven(condition, isWanted, language)}`);
    case 'calculated':
      return sentence(`${title(condition.linkId, language)} ${isWanted ? 'is true' : 'is not true'}`);
    case 'variable':
      return sentence(isWanted ? 'it is true' : 'it is not true');
    case 'not':
      return isTrue(condition.of, !isWanted, language);
    case 'and':
    case 'or':
      return connective(condition, isWanted, language);
    case 'conditional':
      return byCase(condition, (branch) => isTrue(branch, isWanted, language), language);
    case 'compare':
      return comparison(condition, isWanted, language);
    case 'in':
      return membership(condition, isWanted, language);
    case 'state':
      return sentence(`${question(condition.of.linkId, language)} ${stateWords[condition.state][isWanted ? 0 : 1]}`);
    case 'orElse': {
      const otherwise = condition.otherwise.kind === 'literal' && condition.otherwise.value === true;
      const { text, parts } = isTrue(condition.of, isWanted, language);
      return { text: `${text} (where it is not asked it counts as ${otherwise ? 'yes' : 'no'})`, parts };
    }
    case 'exists':
    case 'all':
      return overList(condition, isWanted, language);
    case 'listed': {
      const { text, notes } = noun(condition.key, language);
      const verb = isWanted ? 'is' : 'is not';
      return list(`${text} ${verb} in the table of ${spelledOut(condition.table)}`, notes);
    }
    default: {
      const { text, notes } = noun(condition, language);
      return list(`${text} ${isWanted ? 'is true' : 'is not true'}`, notes);
    }
  }
}

type Connective = Extract<Expression, { kind: 'and' | 'or' }>;

/** And, or: a list. What is said of several options of one question stands together: `is one of these`. */
function connective(condition: Connective, isWanted: boolean, language: Language): Statement {
  const isAll = (condition.kind === 'and') === isWanted;
  const groups: Expression[][] = [];
  for (const part of condition.of) {
    const last = groups.at(-1);
    if (last?.[0] && isOneMore(last[0], part, isAll, isWanted)) last.push(part);
    else groups.push([part]);
  }
  return together(
    isAll ? headOfAll : headOfAny,
    groups.map((group) => grouped(group, isWanted, language)),
  );
}

interface OptionTold {
  readonly operator: '==' | '!=' | 'in';
  readonly subject: Expression;
  readonly option: Expression;
}

/** What a part says of one option of a question, where that is all it says. */
function optionTold(part: Expression): OptionTold | undefined {
  if (part.kind === 'in') return { operator: 'in', subject: part.list, option: part.element };
  if (part.kind !== 'compare' || part.left.type.is !== 'text' || part.right.kind !== 'literal') return undefined;
  const isEquality = part.operator === '==' || part.operator === '!=';
  return isEquality ? { operator: part.operator as '==' | '!=', subject: part.left, option: part.right } : undefined;
}

/** True where two parts can be said as one: any of these options, or none of them. */
function isOneMore(first: Expression, next: Expression, isAll: boolean, isWanted: boolean): boolean {
  const [a, b] = [optionTold(first), optionTold(next)];
  if (!a || !b || a.operator !== b.operator || !isSame(a.subject, b.subject)) return false;
  const isPositive = (a.operator !== '!=') === isWanted;
  return isPositive !== isAll;
}

/** Parts that `isOneMore` put together, or one part alone. */
function grouped(parts: readonly Expression[], isWanted: boolean, language: Language): Statement {
  const [first] = parts;
  const told = first && parts.length > 1 ? parts.flatMap((part) => optionTold(part) ?? []) : [];
  if (!first || !told[0])
    return together(
      headOfAll,
      parts.map((part) => isTrue(part, isWanted, language)),
    );
  const { operator, subject } = told[0];
  const { text, notes } = noun(subject, language);
  const isPositive = (operator !== '!=') === isWanted;
  const isMissing = mayBeMissing(subject, language);
  const verb = operator === 'in' ? 'includes' : isWanted && !isPositive && isMissing ? 'has a value and is' : 'is';
  const amount = isPositive ? (operator === 'in' ? 'any' : 'one') : 'none';
  const suffix = !isWanted && isMissing ? notAsked : '';
  const options = told.map(({ option }) => sentence(noun(option, language, subject).text));
  return list(`${text} ${verb} ${amount} of these${suffix}`, [...options, ...notes]);
}

const stateWords = {
  answered: ['has an answer', 'has no answer'],
  unknown: ['is recorded as not known', 'is not recorded as not known'],
  declined: ['is recorded as declined', 'is not recorded as declined'],
} as const;

const notAsked = ', or is not asked';

function yesOrNo({ linkId }: AnswerReference, isYes: boolean, language: Language): string {
  return `${question(linkId, language)} is ${isYes ? 'yes' : 'no'}`;
}

/** What is not asked is not so: that it does not hold is true then too. */
function notEven(expression: Expression, isWanted: boolean, language: Language): string {
  return isWanted || !mayBeMissing(expression, language) ? '' : notAsked;
}

type Conditional = Extract<Expression, { kind: 'conditional' }>;

/** The branches of a choice by case, and of those in its last branch. */
function byCase(conditional: Conditional, say: (branch: Expression) => Statement, language: Language): Statement {
  const cases: Statement[] = [];
  let rest: Expression = conditional;
  while (rest.kind === 'conditional') {
    cases.push(...oneCase(isTrue(rest.if, true, language), say(rest.then)));
    rest = rest.else;
  }
  return list('the first of these that applies', [...cases, after('otherwise:', say(rest))]);
}

function oneCase(condition: Statement, result: Statement): readonly Statement[] {
  if (result.parts.length === 0) return [{ text: `${result.text}, if ${condition.text}`, parts: condition.parts }];
  if (condition.parts.length === 0) return [{ text: `if ${condition.text}: ${result.text}`, parts: result.parts }];
  return [{ text: `if ${condition.text}`, parts: condition.parts }, after('then:', result)];
}

function overList(node: OverEntries, isWanted: boolean, language: Language): Statement {
  const { kind, list: over, variable, body } = node;
  if (over.kind === 'list' && body.kind === 'variable' && body.name === variable) {
    const isAny = (kind === 'exists') === isWanted;
    const parts = over.of.map((part) => isTrue(part, isWanted, language));
    return together(isAny ? headOfAny : headOfAll, parts);
  }
  // "Not every one does" is "at least one does not"; "not one does" stays as it is.
  const isEvery = kind === 'all' && isWanted;
  const isNone = kind === 'exists' && !isWanted;
  const told = isTrue(body, kind === 'exists' || isWanted, inside(node, language));
  const one = oneOf(over, language);
  const words = isEvery ? `for every ${one},` : `there is ${isNone ? 'no' : 'at least one'} ${one} where`;
  const whole = after(words, told);
  return over.kind === 'answer' ? whole : { ...whole, parts: [...whole.parts, among(over, language)] };
}

/** What one element of a list is called. */
function oneOf(over: Expression, language: Language): string {
  if (over.kind === 'filter') return oneOf(over.list, language);
  const entry = entryName(over, language);
  if (entry !== undefined) return entry;
  return over.kind === 'answer' ? `choice in ${question(over.linkId, language)}` : 'value';
}

function among(over: Expression, language: Language): Statement {
  return list('counting only what is gathered as follows', steps(over, language));
}

type Membership = Extract<Expression, { kind: 'in' }>;

function membership({ element, list: within }: Membership, isWanted: boolean, language: Language): Statement {
  const [whole, part] = [noun(within, language), noun(element, language, within)];
  const verb = isWanted ? 'includes' : 'does not include';
  const suffix = notEven(within, isWanted, language);
  return list(`${whole.text} ${verb} ${part.text}${suffix}`, [...whole.notes, ...part.notes]);
}

/* Comparisons */

type Compare = Extract<Expression, { kind: 'compare' }>;

const opposite: Readonly<Record<Comparison, Comparison>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

const numberWords: Readonly<Record<Comparison, string>> = {
  '==': 'is exactly',
  '!=': 'is not',
  '<': 'is below',
  '<=': 'is at most',
  '>': 'is above',
  '>=': 'is at least',
};

const dateWords: Readonly<Record<Comparison, string>> = {
  '==': 'is the same day as',
  '!=': 'is another day than',
  '<': 'is before',
  '<=': 'is on or before',
  '>': 'is after',
  '>=': 'is on or after',
};

function comparison(compare: Compare, isWanted: boolean, language: Language): Statement {
  const { operator, left, right } = compare;
  if (left.type.is === 'boolean') return sameTruth(compare, isWanted, language);
  if (isFixed(left) && !isFixed(right)) {
    return comparison({ ...compare, operator: flipped[operator], left: right, right: left }, isWanted, language);
  }
  const quotient = quotientComparison(language.questionnaire, compare);
  const subject = quotient
    ? { text: quotient.calculated.title, notes: [] }
    : noun(left, language, isFixed(left) ? right : undefined);
  const object = quotient
    ? noun(quotient.other, language, undefined, unitWords(language.questionnaire, quotient.calculated.unit))
    : noun(right, language, left);
  const text = `${subject.text} ${verb(compare, isWanted, language)} ${object.text}${missing(compare, isWanted, language)}`;
  return list(text, [...subject.notes, ...object.notes]);
}

/** The verb; "is not" of a value that may be missing asks that there is one. */
function verb(compare: Compare, isWanted: boolean, language: Language): string {
  const operator = isWanted ? compare.operator : opposite[compare.operator];
  const isDate = compare.left.type.is === 'date';
  const words = isDate
    ? dateWords[operator]
    : compare.left.type.is === 'text'
      ? textWords(operator)
      : numberWords[operator];
  const needsValue = isWanted && operator === '!=' && mayLackValue(compare, language);
  return needsValue ? `has a value and ${words}` : words;
}

function textWords(operator: Comparison): string {
  return operator === '!=' ? 'is not' : 'is';
}

/** A comparison with a question that is not asked is false, so its opposite holds. */
function missing(compare: Compare, isWanted: boolean, language: Language): string {
  return isWanted || !mayLackValue(compare, language) ? '' : ', or has no value because it is not asked';
}

function mayLackValue({ left, right }: Compare, language: Language): boolean {
  return mayBeMissing(left, language) || mayBeMissing(right, language);
}

function isFixed(expression: Expression): boolean {
  const { kind } = bare(expression);
  return kind === 'literal' || kind === 'parameter';
}

function sameTruth({ operator, left, right }: Compare, isWanted: boolean, language: Language): Statement {
  const isSameWanted = (operator === '==') === isWanted;
  const [fixed, other] = left.kind === 'literal' ? [left, right] : [right, left];
  if (fixed.kind === 'literal') {
    const isYes = (fixed.value === true) === isSameWanted;
    if (other.kind !== 'answer' && other.kind !== 'member') return isTrue(other, isYes, language);
    return sentence(`${yesOrNo(other, isYes, language)}${notEven(other, isWanted, language)}`);
  }
  return list(isSameWanted ? 'both of these hold, or neither does' : 'one of these holds and the other does not', [
    isTrue(left, true, language),
    isTrue(right, true, language),
  ]);
}

/* Values */

/** A noun phrase; `notes` say what does not fit into it. */
interface Noun {
  readonly text: string;
  readonly notes: readonly Statement[];
}

function asStatement({ text, notes }: Noun): Statement {
  return list(text, notes);
}

function just(text: string): Noun {
  return { text, notes: [] };
}

/** A value as a noun phrase. A number or an option is said as `beside` would say it: with its unit, by its text. */
function noun(value: Expression, language: Language, beside?: Expression, unit = unitOf(beside, language)): Noun {
  switch (value.kind) {
    case 'literal':
      return just(literal(value, beside, unit, language));
    case 'parameter':
      return just(parameter(value.name, beside, language));
    case 'answer':
    case 'member':
      return just(question(value.linkId, language));
    case 'calculated':
      return just(title(value.linkId, language));
    case 'variable':
      return just('it');
    case 'rescale':
      return noun(value.of, language, beside, unit);
    case 'conditional':
      return {
        text: 'a value by case',
        notes: [byCase(value, (branch) => asStatement(noun(branch, language)), language)],
      };
    case 'arithmetic':
      return value.operator === '+' ? sum(value, language) : product(value, language);
    case 'quotient':
      return joined(value.dividend, 'divided by', value.divisor, language);
    case 'greatest':
    case 'least': {
      const [left, right] = [noun(value.left, language, value.right), noun(value.right, language, value.left)];
      const words = value.kind === 'greatest' ? 'the higher of' : 'the lower of';
      return { text: `${words} ${left.text} and ${right.text}`, notes: [...left.notes, ...right.notes] };
    }
    case 'orElse': {
      const [of, otherwise] = [noun(value.of, language, beside), noun(value.otherwise, language)];
      return { text: `${of.text} (where it is not asked it counts as ${otherwise.text})`, notes: of.notes };
    }
    case 'size':
      return count(value.list, language);
    case 'filter':
    case 'map':
    case 'distinct':
      return { text: 'what is gathered as follows', notes: steps(value, language) };
    case 'list':
      return { text: 'these values', notes: value.of.map((part) => asStatement(noun(part, language))) };
    case 'age': {
      const [from, to] = [noun(value.birthDate, language), noun(value.on, language)];
      return { text: `the age in whole years from ${from.text} to ${to.text}`, notes: [...from.notes, ...to.notes] };
    }
    case 'daysBetween': {
      const [from, to] = [noun(value.from, language), noun(value.to, language)];
      return { text: `the number of days from ${from.text} to ${to.text}`, notes: [...from.notes, ...to.notes] };
    }
    case 'lookup': {
      const key = noun(value.key, language);
      const table = spelledOut(value.table);
      const what = value.column === 'key' ? 'name' : spelledOut(value.column);
      return { text: `the ${what} that the table of ${table} gives for ${key.text}`, notes: key.notes };
    }
    default:
      return { text: 'whether this holds', notes: [isTrue(value, true, language)] };
  }
}

type Arithmetic = Extract<Expression, { kind: 'arithmetic' }>;

/** A sum of two stands in the line; of more, in a list. */
function sum(value: Arithmetic, language: Language): Noun {
  const addends = addendsOf(value);
  if (addends.length === 2) return joined(value.left, 'plus', value.right, language);
  return { text: 'the sum of these', notes: addends.map((each) => asStatement(noun(each, language))) };
}

function addendsOf(value: Expression): readonly Expression[] {
  const plain = bare(value);
  if (plain.kind !== 'arithmetic' || plain.operator !== '+') return [plain];
  return [...addendsOf(plain.left), ...addendsOf(plain.right)];
}

function product({ operator, left, right }: Arithmetic, language: Language): Noun {
  return joined(left, operator === '*' ? 'times' : 'minus', right, language);
}

function joined(left: Expression, words: string, right: Expression, language: Language): Noun {
  const [a, b] = [inBrackets(left, language), inBrackets(right, language)];
  return { text: `${a.text} ${words} ${b.text}`, notes: [...a.notes, ...b.notes] };
}

function inBrackets(value: Expression, language: Language): Noun {
  const { text, notes } = noun(value, language);
  const { kind } = bare(value);
  return { text: kind === 'arithmetic' || kind === 'quotient' ? `(${text})` : text, notes };
}

/* Lists */

function count(over: Expression, language: Language): Noun {
  const entry = entryName(over, language);
  if (entry !== undefined) return just(`the number of ${entry}s`);
  if (over.kind === 'answer') return just(`the number of choices in ${question(over.linkId, language)}`);
  if (over.kind === 'filter' && over.list.kind === 'list' && isItself(over)) {
    return { text: 'the number of these that hold', notes: over.list.of.map((each) => isTrue(each, true, language)) };
  }
  return { text: 'the count made as follows', notes: steps(over, language) };
}

function isItself({ body, variable }: OverEntries): boolean {
  return body.kind === 'variable' && body.name === variable;
}

/** How a list is made, step by step. */
function steps(over: Expression, language: Language): readonly Statement[] {
  switch (over.kind) {
    case 'filter': {
      const entry = entryName(over.list, language);
      const body = isTrue(over.body, true, inside(over, language));
      if (entry !== undefined) return [after(`take every ${entry} where`, body)];
      return [...steps(over.list, language), after('keep those where', body)];
    }
    case 'map':
      return [
        ...steps(over.list, language),
        asStatement(prefixed('of each, take', noun(over.body, inside(over, language)))),
      ];
    case 'distinct':
      return [...steps(over.list, language), sentence('count equal ones once')];
    case 'list':
      return [
        list(
          'take these',
          over.of.map((part) => asStatement(noun(part, language))),
        ),
      ];
    default: {
      const entry = entryName(over, language);
      return [sentence(`take ${entry === undefined ? noun(over, language).text : `every ${entry}`}`)];
    }
  }
}

function prefixed(before: string, { text, notes }: Noun): Noun {
  return { text: `${before} ${text}`, notes };
}
