import { questionsIn, wholeItems } from '../../engine/items.ts';
import { type Item, isNumberItem, type Questionnaire, type StringItem } from '../../model/questionnaire.ts';
import type { Bits, Circuit } from './circuit.ts';
import { entryName, type SymbolicAnswer, type SymbolicSheet, symbolicSheet } from './sheet.ts';
import { type Literal, negated } from './solver.ts';
import { textLike, textsFor } from './texts.ts';

/**
 * A sheet for `next` that the same applicant fills in who filled in `sheet` of `previous`: a question with one linkId,
 * type and unit in both has one answer, which both can hold. Questions that only `next` has are open.
 */
export function sheetBeside(
  next: Questionnaire,
  previous: Questionnaire,
  sheet: SymbolicSheet,
  circuit: Circuit,
): SymbolicSheet {
  const [old, now] = [wholes(previous), wholes(next)];
  const known = new Map<string, SymbolicAnswer>();
  for (const [linkId, item] of now) {
    const before = old.get(linkId);
    if (before && shapeOf(before, previous) === shapeOf(item, next))
      for (const name of namesIn(item)) known.set(name, sheet.get(name) as SymbolicAnswer);
  }
  const own = symbolicSheet(next, circuit, known);
  for (const [linkId, item] of now) {
    const before = old.get(linkId);
    if (!known.has(linkId) && before) tie(before, sheet, item, own, circuit, [previous, next]);
  }
  return own;
}

/** The previous definition and the next. */
type Definitions = readonly [Questionnaire, Questionnaire];

function wholes(questionnaire: Questionnaire): ReadonlyMap<string, Item> {
  return new Map(wholeItems(questionnaire).map((item) => [item.linkId, item]));
}

/** The names under which the answer to an item stands in a sheet. */
function namesIn(item: Item): readonly string[] {
  if (item.type !== 'group') return [item.linkId];
  const entries = Array.from({ length: item.repeats?.max ?? 0 }, (_, index) => index);
  const fields = questionsIn(item).flatMap(({ linkId }) => entries.map((index) => entryName(linkId, index)));
  return [item.linkId, ...fields];
}

/** Equal for questions that take the same answers. */
function shapeOf(item: Item, questionnaire: Questionnaire): string {
  const { mayBeAbsent } = item;
  switch (item.type) {
    case 'group':
      return JSON.stringify([
        item.repeats,
        mayBeAbsent,
        questionsIn(item).map((field) => [field.linkId, shapeOf(field, questionnaire)]),
      ]);
    case 'integer':
    case 'decimal':
      return JSON.stringify([item.unit, item.decimals, item.min, item.max, mayBeAbsent]);
    case 'choice':
      return JSON.stringify([
        item.repeats,
        item.scored,
        mayBeAbsent,
        item.options.map(({ code, score, exclusive }) => [code, score, exclusive]),
      ]);
    case 'string':
      return JSON.stringify(['string', mayBeAbsent, textsFor(questionnaire, item), namesInTables(questionnaire)]);
    case 'boolean':
    case 'date':
      return JSON.stringify([item.type, mayBeAbsent]);
  }
}

/** Which texts mean which row: a text may stand for others in one definition than it does in another. */
function namesInTables({ tables }: Questionnaire): unknown {
  return tables.map(({ name, rows }) => [name, rows.map(({ key, names }) => [key, names])]);
}

/** Has both sheets hold one answer. Nothing where the answers cannot be told to be the same. */
function tie(
  before: Item,
  old: SymbolicSheet,
  item: Item,
  own: SymbolicSheet,
  circuit: Circuit,
  of: Definitions,
): void {
  const [a, b] = [old.get(item.linkId), own.get(item.linkId)];
  if (!a || !b || !isComparable(before, item)) return;
  tieAnswers(before, a, item, b, circuit, of);
  if (before.type !== 'group' || item.type !== 'group') return;
  const fields = new Map(questionsIn(before).map((field) => [field.linkId, field]));
  for (let index = 0; index < Math.min(before.repeats?.max ?? 0, item.repeats?.max ?? 0); index += 1) {
    for (const field of questionsIn(item)) {
      const [was, name] = [fields.get(field.linkId), entryName(field.linkId, index)];
      const [c, d] = [old.get(name), own.get(name)];
      if (was && c && d && isComparable(was, field)) tieAnswers(was, c, field, d, circuit, of);
    }
  }
}

function isComparable(before: Item, item: Item): boolean {
  if (isNumberItem(before) && isNumberItem(item)) return before.unit === item.unit;
  if (before.type !== item.type) return false;
  return before.type !== 'choice' || item.type !== 'choice' || before.scored === item.scored;
}

function tieAnswers(
  before: Item,
  a: SymbolicAnswer,
  item: Item,
  b: SymbolicAnswer,
  circuit: Circuit,
  of: Definitions,
): void {
  const same = (one: Literal, other: Literal): void => {
    circuit.require(negated(one), other);
    circuit.require(one, negated(other));
  };
  same(a.has, b.has);
  same(a.unknown, b.unknown);
  same(a.declined, b.declined);
  const [x, y] = [a.value, b.value];
  if (x.is === 'boolean' && y.is === 'boolean') same(x.literal, y.literal);
  if (x.is === 'number' && y.is === 'number') {
    const [scaledX, scaledY] = atOneScale(before, x.bits, item, y.bits, circuit);
    circuit.require(negated(a.has), circuit.equal(scaledX, scaledY));
  }
  if (x.is === 'codes' && y.is === 'codes') {
    if (before.type === 'string' && item.type === 'string')
      tieTexts(a.has, [before, x.codes], [item, y.codes], circuit, of);
    else tieCodes(a.has, x.codes, y.codes, circuit);
  }
  if (x.is === 'entries' && y.is === 'entries')
    for (let index = 0; index < Math.max(x.present.length, y.present.length); index += 1)
      same(x.present[index] ?? circuit.false, y.present[index] ?? circuit.false);
}

function atOneScale(before: Item, x: Bits, item: Item, y: Bits, circuit: Circuit): readonly [Bits, Bits] {
  const [a, b] = [before, item].map((each) => (isNumberItem(each) ? each.decimals : 0)) as [number, number];
  const scaled = (bits: Bits, by: number): Bits => (by <= 0 ? bits : circuit.multiply(bits, circuit.integer(10 ** by)));
  return [scaled(x, b - a), scaled(y, a - b)];
}

type Codes = ReadonlyMap<string, Literal>;

/** A code that one side lacks cannot be answered in both. */
function tieCodes(has: Literal, x: Codes, y: Codes, circuit: Circuit): void {
  const of = (codes: Codes, code: string): Literal => codes.get(code) ?? circuit.false;
  for (const [code, literal] of x) circuit.require(negated(has), negated(literal), of(y, code));
  for (const [code, literal] of y) circuit.require(negated(has), negated(literal), of(x, code));
}

/** One text was typed, which stands for other texts on each side: what one side names the other may know as a row alone. */
function tieTexts(
  has: Literal,
  [before, x]: readonly [StringItem, Codes],
  [item, y]: readonly [StringItem, Codes],
  circuit: Circuit,
  [previous, next]: Definitions,
): void {
  const shortest = Math.min(before.maxLength, item.maxLength);
  const typed = [...typableIn(previous, before), ...typableIn(next, item)].filter(
    (text) => [...text].length <= shortest,
  );
  const pairs = typed.map((text) => [textLike(previous, before, text), textLike(next, item, text)] as const);
  for (const [code, literal] of x) {
    const there = pairs.flatMap(([a, b]) => (a === code ? (y.get(b) ?? []) : []));
    circuit.require(negated(has), negated(literal), ...there);
  }
  for (const [code, literal] of y) {
    const there = pairs.flatMap(([a, b]) => (b === code ? (x.get(a) ?? []) : []));
    circuit.require(negated(has), negated(literal), ...there);
  }
}

/** Every text that a definition can tell from others, and every name in its tables: one for each thing a text can be. */
function typableIn(questionnaire: Questionnaire, item: StringItem): readonly string[] {
  const rows = questionnaire.tables.flatMap((table) => table.rows);
  return [...textsFor(questionnaire, item), ...rows.flatMap(({ key, names }) => [key, ...names])];
}
