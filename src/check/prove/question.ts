import { inputsOf } from '../../engine/because.ts';
import { itemsOf, type PlacedItem, questionsIn, repeatOf } from '../../engine/items.ts';
import type { Constraint, Formula, Rule } from '../../model/questionnaire.ts';
import { affectedBy } from './changed.ts';
import { type Circuit, decode, holds, isOpen } from './circuit.ts';
import type { EncodedDefinition } from './definition.ts';
import type { DatePair } from './encode/values.ts';
import { answerOf, entryName, literalsOf, type SymbolicAnswer, type SymbolicValue } from './sheet.ts';
import { type Literal, type Model, negated, type Scope } from './solver.ts';

/** One question of a symbolic sheet, the first entry's for one inside a repeat: entries can change places. */
export class Question {
  readonly encoded: EncodedDefinition;
  /** Rules that can depend on the answer, and the rest. */
  readonly readers: readonly Rule[];
  readonly others: readonly Rule[];
  /** For constraints that can depend on the answer. */
  readonly isRead: (constraint: Constraint) => boolean;
  readonly linkId: string;
  /** The repeat that the question stands in. */
  readonly repeat: string | undefined;
  /** Under which the answer itself stands in the sheet. */
  readonly name: string;
  /** Under which the answer stands in the sheet: of a repeat, its fields too. */
  private readonly names: readonly string[];

  constructor(encoded: EncodedDefinition, linkId: string) {
    const { questionnaire } = encoded;
    this.encoded = encoded;
    this.linkId = linkId;
    const placed = itemsOf(questionnaire).get(linkId) as PlacedItem;
    const repeat = repeatOf(placed);
    this.repeat = repeat && placed.item !== repeat ? repeat.linkId : undefined;
    this.name = this.repeat === undefined ? linkId : entryName(linkId, 0);
    const fields = placed.item === repeat ? questionsIn(repeat).map((field) => field.linkId) : [];
    this.names = [...encoded.sheet.keys()].filter(
      (name) => name === this.name || fields.some((field) => name.startsWith(`${field}#`)),
    );
    const dependsOn = ({ expression }: Formula): boolean => inputsOf(questionnaire, expression).includes(linkId);
    const affected = affectedBy(questionnaire, [linkId]);
    this.isRead = (constraint) => affected.has(constraint.linkId) || dependsOn(constraint.requires);
    this.readers = questionnaire.rules.filter(({ when }) => dependsOn(when));
    this.others = questionnaire.rules.filter(({ when }) => !dependsOn(when));
  }

  get symbolic(): SymbolicAnswer {
    return this.encoded.sheet.get(this.name) as SymbolicAnswer;
  }

  /** There is an answer, and it is used. */
  isAnswered(): Literal {
    const { circuit, encoder } = this.encoded;
    return circuit.and(this.symbolic.has, negated(encoder.enablement(this.linkId).false));
  }

  /** The definition over the sheet with another answer to the question. */
  with(answer: SymbolicAnswer): EncodedDefinition {
    return this.withAll([[this.name, answer]], []);
  }

  /** The definition over the sheet with any other answer, and that answer; of a repeat, its entries stay. */
  withAnother(): { readonly encoded: EncodedDefinition; readonly answer: SymbolicAnswer } {
    const { circuit, encoder, questionnaire, sheet } = this.encoded;
    const placed = itemsOf(questionnaire).get(this.linkId) as PlacedItem;
    if (placed.item.type === 'group') throw new Error('the entries of a repeat are no answer of their own');
    const repeat = repeatOf(placed);
    const around = repeat && sheet.get(repeat.linkId)?.value;
    const isPossible = around?.is === 'entries' ? (around.present[0] ?? circuit.false) : circuit.true;
    const answer = answerOf(placed.item, questionnaire, circuit, isPossible);
    const pairs = [...encoder.datePairs]
      .filter(([, pair]) => this.isPartOf(pair))
      .map(([key, pair]) => [key, { ...pair, bits: circuit.number(pair.min, pair.max) }] as const);
    return { encoded: this.withAll([[this.name, answer]], pairs), answer };
  }

  private withAll(
    answers: Iterable<readonly [string, SymbolicAnswer]>,
    pairs: Iterable<readonly [string, DatePair]>,
  ): EncodedDefinition {
    const { encoder, sheet } = this.encoded;
    return this.encoded.withAnswers([this.linkId], {
      sheet: new Map([...sheet, ...answers]),
      datePairs: new Map([...encoder.datePairs, ...pairs]),
    });
  }

  /** Everything in the sheet of a model but this answer, as literals that hold in it; of those in `scope`. */
  otherAnswersOf(model: Model, scope: Scope): readonly Literal[] {
    const { sheet, encoder } = this.encoded;
    const answers = [...sheet].filter(([name]) => !this.names.includes(name));
    const literals = answers.flatMap(([, { has, unknown, declined, value }]) => [
      has,
      unknown,
      declined,
      ...literalsOf(value),
    ]);
    const pairs = [...encoder.datePairs.values()].filter((pair) => !this.isPartOf(pair));
    return [...literals, ...pairs.flatMap(({ bits }) => bits)].flatMap((literal) => {
      if (isOpen(literal, model) || scope.includes[literal >> 1] !== 1) return [];
      return [holds(literal, model) ? literal : negated(literal)];
    });
  }

  private isPartOf({ from, to }: DatePair): boolean {
    return this.names.includes(from) || this.names.includes(to);
  }

  /**
   * The definition over the sheet with the very answer that it has in a model, and a key that is the same for the same
   * answer. Undefined for a date that is compared with several others.
   */
  withAnswerOf(model: Model): { readonly encoded: EncodedDefinition; readonly key: string } | undefined {
    const { circuit, sheet } = this.encoded;
    const answers = this.names.map(
      (name) => [name, fixedAnswer(sheet.get(name) as SymbolicAnswer, model, circuit)] as const,
    );
    const pairs = this.fixedPairs(model);
    if (!pairs) return undefined;
    const literals = answers.map(([name, { has, value }]) => [name, has, literalsOf(value)]);
    const key = JSON.stringify([literals, [...pairs].map(([, { bits }]) => bits)]);
    return { encoded: this.withAll(answers, pairs), key };
  }

  /**
   * How far the date stands from the other one in a model. Where both years and days count, the middle of the year is
   * taken: so many days are so many years before whatever day.
   */
  private fixedPairs(model: Model): ReadonlyMap<string, DatePair> | undefined {
    const { circuit, encoder } = this.encoded;
    const own = [...encoder.datePairs].filter(([, pair]) => this.isPartOf(pair));
    const others = new Set(own.flatMap(([, { from, to }]) => [from, to]).filter((name) => !this.names.includes(name)));
    if (others.size > 1 || (own.length > 1 && own.some(([, { to }]) => this.names.includes(to)))) return undefined;
    const years = own.find(([, { unit, bits }]) => unit === 'years' && !isOpen(bits[0] as Literal, model))?.[1];
    const wholeYears = years && decode(years.bits, model);
    return new Map(
      own.map(([key, pair]) => {
        const apart = decode(pair.bits, model);
        const distance = pair.unit === 'days' && wholeYears !== undefined ? middleOfYear(wholeYears) : apart;
        return [key, { ...pair, bits: circuit.integer(distance) }] as const;
      }),
    );
  }
}

/** Days after which somebody is `years` old whatever the day: the Gregorian calendar has 365.2425 days a year. */
function middleOfYear(years: number): number {
  return Math.round(365.2425 * (years + 0.5));
}

/** An answer with every literal as it is in a model. */
function fixedAnswer(
  { has, unknown, declined, value }: SymbolicAnswer,
  model: Model,
  circuit: Circuit,
): SymbolicAnswer {
  const fixed = (literal: Literal): Literal => circuit.constant(holds(literal, model));
  return { has: fixed(has), unknown: fixed(unknown), declined: fixed(declined), value: fixedParts(value, fixed) };
}

function fixedParts(value: SymbolicValue, fixed: (literal: Literal) => Literal): SymbolicValue {
  switch (value.is) {
    case 'boolean':
      return { is: 'boolean', literal: fixed(value.literal) };
    case 'number':
      return { is: 'number', bits: value.bits.map(fixed) };
    case 'codes':
      return { is: 'codes', codes: new Map([...value.codes].map(([code, literal]) => [code, fixed(literal)])) };
    case 'entries':
      return { is: 'entries', present: value.present.map(fixed) };
    case 'date':
      return value;
  }
}
