import { inputsOf } from '../engine/because.ts';
import { itemsOf } from '../engine/items.ts';
import { type Answer, type Answers, isAbsent } from '../model/answers.ts';
import { atScale } from '../model/decimal.ts';
import { type Expression, partsOf } from '../model/expression.ts';
import { formatDate, parseDate } from '../model/local-date.ts';
import type { DateItem, Item, NumberItem, Questionnaire } from '../model/questionnaire.ts';
import { formulasOf } from './readers.ts';

interface FixedNumber {
  readonly value: number;
  readonly scale: number;
}

/**
 * Answers to `item` that reach every side of the fixed numbers which conditions on it compare with; of yes/no and
 * choices, all. `answers` are the rest of the sheet: dates and numbers in them are limits too. A sample, not a proof.
 */
export function answersToTry(questionnaire: Questionnaire, item: Item, answers: Answers): readonly Answer[] {
  switch (item.type) {
    case 'boolean':
      return [true, false];
    case 'choice': {
      const each = item.options.map(({ code, score }): string | number => (item.scored ? (score ?? 0) : code));
      return item.repeats ? each.map((code) => [String(code)]) : each;
    }
    case 'integer':
    case 'decimal':
      return numbersToTry(questionnaire, item, answers);
    case 'date':
      return daysToTry(questionnaire, item, answers);
    case 'string': {
      const table = questionnaire.tables.find(({ name }) => name === item.table);
      return [...(table?.rows.map(({ key }) => key) ?? []), 'something else'];
    }
    case 'group':
      return item.repeats?.min === 0 ? [[]] : [];
  }
}

function numbersToTry(questionnaire: Questionnaire, item: NumberItem, answers: Answers): readonly number[] {
  const { min, max, decimals } = item;
  const limits = fixedNumbersFor(questionnaire, item.linkId).flatMap(({ value, scale }) => {
    const exact = atScale({ value, scale }, decimals);
    return exact === undefined ? Math.floor(value / 10 ** (scale - decimals)) : exact;
  });
  const others = [...answers].flatMap(([linkId, answer]) => {
    const other = itemsOf(questionnaire).get(linkId)?.item;
    return typeof answer === 'number' && other?.type === item.type && other.unit === item.unit ? [answer] : [];
  });
  const near = [...limits, ...others].flatMap((value) => [value - 1, value, value + 1]);
  return unique([min, max, ...near]).filter((value) => value >= min && value <= max);
}

/** Days at the limits of intervals and ages, seen from every other date of the sheet. */
function daysToTry(questionnaire: Questionnaire, item: DateItem, answers: Answers): readonly number[] {
  const dates = [...answers].flatMap(([linkId, answer]) =>
    itemsOf(questionnaire).get(linkId)?.item.type === 'date' && typeof answer === 'number' ? [answer] : [],
  );
  const limits = unique([
    0,
    ...fixedNumbersFor(questionnaire, item.linkId).map(({ value, scale }) => Math.trunc(value / 10 ** scale)),
  ]);
  const around = dates.flatMap((day) =>
    limits.flatMap((limit) => [day - limit, day + limit, sameDay(day, -limit), sameDay(day, limit)]),
  );
  return unique(around.flatMap((day) => (day === undefined ? [] : [day - 1, day, day + 1]))).filter(isADay);
}

function isADay(day: number): boolean {
  return day >= (parseDate('1800-01-01') ?? 0) && day <= (parseDate('2200-01-01') ?? 0);
}

/** The same day of the calendar, `years` later; undefined where that year has none. */
function sameDay(day: number, years: number): number | undefined {
  const [year = '', ...rest] = formatDate(day).split('-');
  const moved = Number(year) + years;
  return moved < 1800 || moved > 2200 ? undefined : parseDate([String(moved), ...rest].join('-'));
}

function unique(values: readonly number[]): number[] {
  return [...new Set(values)];
}

const known = new WeakMap<Questionnaire, ReadonlyMap<string, readonly FixedNumber[]>>();

/** The fixed numbers in every formula that can depend on the question. */
function fixedNumbersFor(questionnaire: Questionnaire, linkId: string): readonly FixedNumber[] {
  const numbers = known.get(questionnaire) ?? findFixedNumbers(questionnaire);
  known.set(questionnaire, numbers);
  return numbers.get(linkId) ?? [];
}

function findFixedNumbers(questionnaire: Questionnaire): ReadonlyMap<string, readonly FixedNumber[]> {
  const found = new Map<string, FixedNumber[]>();
  for (const { expression } of formulasOf(questionnaire)) {
    const numbers = fixedNumbersIn(expression);
    for (const linkId of inputsOf(questionnaire, expression))
      found.set(linkId, [...(found.get(linkId) ?? []), ...numbers]);
  }
  return found;
}

function fixedNumbersIn(expression: Expression): readonly FixedNumber[] {
  const isFixed = expression.kind === 'literal' || expression.kind === 'parameter';
  if (!isFixed || expression.type.is !== 'number') return partsOf(expression).flatMap(fixedNumbersIn);
  return [{ value: Number(expression.value), scale: expression.type.scale }];
}

/** The answers with another one, or none, at a place of the sheet. */
export function withAnswer(answers: Answers, { linkId, entry }: Place, answer: Answer | undefined): Answers {
  if (!entry) return replaced(answers, linkId, answer);
  const entries = answers.get(entry.repeat);
  if (!Array.isArray(entries)) return answers;
  const changed = entries.map((each: Answers, index) =>
    index === entry.index ? replaced(each, linkId, answer) : each,
  );
  return replaced(answers, entry.repeat, changed);
}

function replaced(answers: Answers, linkId: string, answer: Answer | undefined): Answers {
  const changed = new Map(answers);
  if (answer === undefined) changed.delete(linkId);
  else changed.set(linkId, answer);
  return changed;
}

/** Where an answer stands in a sheet: of a question, or of one inside an entry of a repeat. */
export interface Place {
  readonly linkId: string;
  readonly entry?: { readonly repeat: string; readonly index: number };
}

/** Every place of the sheet where an answer was given. */
export function placesIn(answers: Answers): readonly Place[] {
  return [...answers].flatMap(([linkId, answer]): readonly Place[] => {
    if (isAbsent(answer)) return [];
    const entries = Array.isArray(answer) ? answer.filter((each) => each instanceof Map) : [];
    const inside = entries.flatMap((each: Answers, index) =>
      [...each].flatMap(([field, given]) =>
        isAbsent(given) ? [] : [{ linkId: field, entry: { repeat: linkId, index } }],
      ),
    );
    return [{ linkId }, ...inside];
  });
}
