import { itemsOf, questionsIn, repeatOf } from '../../engine/items.ts';
import type { GroupItem, QuestionItem, Questionnaire } from '../../model/questionnaire.ts';
import type { Bits, Circuit } from './circuit.ts';
import { type Literal, negated } from './solver.ts';
import { textsFor } from './texts.ts';

/** The answer that a question may have in any sheet: its value counts where `has` holds. */
export interface SymbolicAnswer {
  readonly has: Literal;
  readonly unknown: Literal;
  readonly declined: Literal;
  readonly value: SymbolicValue;
}

export type SymbolicValue =
  | { readonly is: 'boolean'; readonly literal: Literal }
  | { readonly is: 'number'; readonly bits: Bits }
  | { readonly is: 'codes'; readonly codes: ReadonlyMap<string, Literal> }
  | { readonly is: 'date' }
  | { readonly is: 'entries'; readonly present: readonly Literal[] };

/**
 * Every answer sheet at once: for each question whether it has an answer and which. The fields of a repeat stand under
 * `linkId#index`. An answer keeps to the type, limits and options of its question, and to its being absent or not. Answers
 * that are `known` are taken over, repeats with their entries.
 */
export type SymbolicSheet = ReadonlyMap<string, SymbolicAnswer>;

/** The name under which the answer to a question inside the entry `index` of its repeat stands. */
export function entryName(linkId: string, index: number): string {
  return `${linkId}#${index}`;
}

export function symbolicSheet(
  questionnaire: Questionnaire,
  circuit: Circuit,
  known: SymbolicSheet = new Map(),
): SymbolicSheet {
  const sheet = new Map<string, SymbolicAnswer>(known);
  for (const [linkId, placed] of itemsOf(questionnaire)) {
    const { item } = placed;
    const repeat = repeatOf(placed);
    if (sheet.has(linkId)) continue;
    if (item.type === 'group') {
      if (item === repeat) addRepeat(item, questionnaire, circuit, sheet);
    } else if (!repeat) {
      sheet.set(linkId, answerOf(item, questionnaire, circuit, circuit.true));
    }
  }
  return sheet;
}

function addRepeat(
  group: GroupItem,
  questionnaire: Questionnaire,
  circuit: Circuit,
  sheet: Map<string, SymbolicAnswer>,
): void {
  const { min, max } = group.repeats ?? { min: 0, max: 0 };
  const present = Array.from({ length: max }, () => circuit.variable());
  const states = statesOf(group.mayBeAbsent, circuit, circuit.true);
  present.forEach((each, index) => {
    const before = present[index - 1];
    circuit.require(negated(each), before ?? states.has);
    if (index < min) circuit.require(negated(states.has), each);
    for (const field of questionsIn(group)) {
      sheet.set(entryName(field.linkId, index), answerOf(field, questionnaire, circuit, each));
    }
  });
  sheet.set(group.linkId, { ...states, value: { is: 'entries', present } });
}

/** Whether there is an answer or an absence with a reason; never both, and neither where `isPossible` is false. */
function statesOf(mayBeAbsent: boolean, circuit: Circuit, isPossible: Literal): Omit<SymbolicAnswer, 'value'> {
  const [has, unknown, declined] = [circuit.variable(), circuit.variable(), circuit.variable()];
  for (const state of [has, unknown, declined]) circuit.require(negated(state), isPossible);
  circuit.require(negated(has), negated(unknown));
  circuit.require(negated(has), negated(declined));
  circuit.require(negated(unknown), negated(declined));
  if (!mayBeAbsent) {
    circuit.require(negated(unknown));
    circuit.require(negated(declined));
  }
  return { has, unknown, declined };
}

/** Any answer to a question, or none where `isPossible` is false. */
export function answerOf(
  item: QuestionItem,
  questionnaire: Questionnaire,
  circuit: Circuit,
  isPossible: Literal,
): SymbolicAnswer {
  const states = statesOf(item.mayBeAbsent, circuit, isPossible);
  const value = symbolicValue(item, questionnaire, circuit);
  circuit.tie([states.has, ...literalsOf(value)]);
  return { ...states, value };
}

/** What a value is made of. */
export function literalsOf(value: SymbolicValue): readonly Literal[] {
  switch (value.is) {
    case 'boolean':
      return [value.literal];
    case 'number':
      return value.bits;
    case 'codes':
      return [...value.codes.values()];
    case 'date':
      return [];
    case 'entries':
      return value.present;
  }
}

function symbolicValue(item: QuestionItem, questionnaire: Questionnaire, circuit: Circuit): SymbolicValue {
  switch (item.type) {
    case 'boolean':
      return { is: 'boolean', literal: circuit.variable() };
    case 'integer':
    case 'decimal':
      return { is: 'number', bits: circuit.number(item.min, item.max) };
    case 'date':
      return { is: 'date' };
    case 'string':
      return { is: 'codes', codes: exactlyOne(textsFor(questionnaire, item), circuit) };
    case 'choice': {
      const codes = item.options.map(({ code }) => code);
      if (item.repeats) return { is: 'codes', codes: atLeastOne(item, circuit) };
      if (!item.scored) return { is: 'codes', codes: exactlyOne(codes, circuit) };
      const scores = item.options.map(({ score }) => score ?? 0);
      const bits = circuit.number(Math.min(...scores), Math.max(...scores));
      circuit.require(...scores.map((score) => circuit.equal(bits, circuit.integer(score))));
      return { is: 'number', bits };
    }
  }
}

function exactlyOne(codes: readonly string[], circuit: Circuit): ReadonlyMap<string, Literal> {
  const literals = codes.map((code) => [code, circuit.variable()] as const);
  circuit.require(...literals.map(([, literal]) => literal));
  literals.forEach(([, one], at) => {
    for (const [, other] of literals.slice(at + 1)) circuit.require(negated(one), negated(other));
  });
  return new Map(literals);
}

function atLeastOne(
  { options }: Extract<QuestionItem, { type: 'choice' }>,
  circuit: Circuit,
): ReadonlyMap<string, Literal> {
  const literals = new Map(options.map(({ code }) => [code, circuit.variable()]));
  circuit.require(...literals.values());
  for (const { code, exclusive } of options) {
    if (!exclusive) continue;
    for (const [other, literal] of literals) {
      if (other !== code) circuit.require(negated(literals.get(code) as Literal), negated(literal));
    }
  }
  return literals;
}
