import { assess } from '../../engine/assess.ts';
import { questionsIn, wholeItems } from '../../engine/items.ts';
import { enablementOf, situationOf } from '../../engine/situation.ts';
import { type Answer, type Answers, isAbsent } from '../../model/answers.ts';
import type { Assessment } from '../../model/assessment.ts';
import { type DayNumber, formatDate, parseDate, wholeYears } from '../../model/local-date.ts';
import type { GroupItem, QuestionItem, Questionnaire, StringItem } from '../../model/questionnaire.ts';
import { type Circuit, decode, holds, isOpen } from './circuit.ts';
import type { DatePair } from './encode/values.ts';
import type { Encoder } from './encode.ts';
import { entryName, type SymbolicAnswer, type SymbolicSheet } from './sheet.ts';
import { type Literal, type Model, negated } from './solver.ts';
import { comparesTypedTexts, otherText, textLike } from './texts.ts';

/** An answer sheet that the solver found, as the engine sees it. */
export interface Witness {
  readonly answers: Answers;
  readonly assessment: Assessment;
}

/**
 * The answer sheet of a model. Dates are placed so that their distances are the model's, counting from `base`. `ofSheet`:
 * the definition that the symbolic sheet was made for, whose tables say which texts are alike.
 */
export function answersOf(
  questionnaire: Questionnaire,
  encoder: Encoder,
  model: Model,
  base: Answers,
  ofSheet: Questionnaire = questionnaire,
): Answers {
  const reader = new ModelReader(ofSheet, encoder, model, base);
  const answers = new Map<string, Answer>();
  for (const item of wholeItems(questionnaire)) {
    const answer = item.type === 'group' ? reader.entries(item) : reader.answer(item, item.linkId);
    if (answer !== undefined) answers.set(item.linkId, answer);
  }
  const situation = situationOf(questionnaire, answers);
  return new Map([...answers].filter(([linkId]) => enablementOf(situation, linkId) !== false));
}

/** The same, with what the engine makes of it. */
export function witnessOf(questionnaire: Questionnaire, encoder: Encoder, model: Model, base: Answers): Witness {
  const answers = answersOf(questionnaire, encoder, model, base);
  return { answers, assessment: assess(questionnaire, answers) };
}

class ModelReader {
  private readonly sheet: SymbolicSheet;
  private readonly pairs: readonly DatePair[];
  private readonly model: Model;
  private readonly base: Answers;
  private readonly questionnaire: Questionnaire;

  constructor(questionnaire: Questionnaire, { sheet, datePairs }: Encoder, model: Model, base: Answers) {
    this.questionnaire = questionnaire;
    this.sheet = sheet;
    this.pairs = [...datePairs.values()];
    this.model = model;
    this.base = base;
  }

  private holds(literal: Literal): boolean {
    return holds(literal, this.model);
  }

  private symbolic(name: string): SymbolicAnswer {
    return this.sheet.get(name) as SymbolicAnswer;
  }

  /** True for a question that the model leaves open: any answer will do, so the unremarkable one stands. */
  private isOpen({ has }: SymbolicAnswer): boolean {
    return isOpen(has, this.model);
  }

  answer(item: QuestionItem, name: string): Answer | undefined {
    const symbolic = this.symbolic(name);
    if (this.isOpen(symbolic)) return this.base.get(name);
    if (this.holds(symbolic.unknown)) return { absent: 'unknown' };
    if (this.holds(symbolic.declined)) return { absent: 'declined' };
    return this.holds(symbolic.has) ? this.value(item, name, symbolic) : undefined;
  }

  private value(item: QuestionItem, name: string, { value }: SymbolicAnswer): Answer {
    switch (value.is) {
      case 'boolean':
        return this.holds(value.literal);
      case 'number':
        return decode(value.bits, this.model);
      case 'date':
        return this.date(name);
      case 'codes': {
        const codes = [...value.codes].filter(([, literal]) => this.holds(literal)).map(([code]) => code);
        if (item.type === 'choice' && item.repeats) return codes;
        const [code = otherText] = codes;
        return item.type === 'string' ? this.text(item, name, code) : code;
      }
      case 'entries':
        throw new Error('a question has no entries');
    }
  }

  /** A text that behaves as `code`: the unremarkable one where it does. */
  private text(item: StringItem, name: string, code: string): string {
    const { questionnaire } = this;
    const own = this.base.get(name);
    const isLike = (text: string): boolean => textLike(questionnaire, item, text) === code;
    if (typeof own === 'string' && !comparesTypedTexts(questionnaire) && isLike(own)) return own;
    let text = code === otherText ? 'other' : code;
    while (!isLike(text)) text += '-';
    return text;
  }

  entries(group: GroupItem): Answer | undefined {
    const symbolic = this.symbolic(group.linkId);
    if (this.isOpen(symbolic)) return this.base.get(group.linkId);
    if (this.holds(symbolic.unknown)) return { absent: 'unknown' };
    if (this.holds(symbolic.declined)) return { absent: 'declined' };
    if (!this.holds(symbolic.has) || symbolic.value.is !== 'entries') return undefined;
    const count = symbolic.value.present.filter((literal) => this.holds(literal)).length;
    return Array.from({ length: count }, (_, index) => {
      const fields = questionsIn(group).map(
        (field) => [field.linkId, this.answer(field, entryName(field.linkId, index))] as const,
      );
      return new Map(fields.flatMap(([linkId, answer]) => (answer === undefined ? [] : [[linkId, answer] as const])));
    });
  }

  /** Dates that are being placed already, `on` the way here, stand by themselves: two may each be counted from the other. */
  private date(name: string, on: readonly string[] = []): DayNumber {
    const own = this.base.get(name);
    const start = typeof own === 'number' ? own : (parseDate('2026-01-15') as DayNumber);
    const way = [...on, name];
    const counted = this.pairs.filter(({ from, to }) => from === name && !way.includes(to));
    const pair = counted.find(({ unit }) => unit === 'years') ?? counted[0];
    if (!pair || isOpen(pair.bits[0] as Literal, this.model)) return start;
    const apart = decode(pair.bits, this.model);
    const to = this.date(pair.to, way);
    if (typeof own === 'number' && distance(pair.unit, own, to) === apart) return own;
    return pair.unit === 'days' ? to - apart : yearsBefore(to, apart);
  }
}

function distance(unit: DatePair['unit'], from: DayNumber, to: DayNumber): number {
  return unit === 'days' ? to - from : wholeYears(from, to);
}

/** The day on which somebody was born who is `years` old on `day`, on their birthday where the calendar has it. */
function yearsBefore(day: DayNumber, years: number): DayNumber {
  const [year = 0, month = 1, date = 1] = formatDate(day).split('-').map(Number);
  const text = `${String(year - years).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
  return parseDate(text) ?? parseDate(text.replace(/-29$/, '-28')) ?? day;
}

/** One literal a question: whether it is answered as in `answers`. In a repeat one for each entry and one for how many there are. */
export function agreements(
  questionnaire: Questionnaire,
  encoder: Encoder,
  answers: Answers,
): ReadonlyMap<string, Literal> {
  const { circuit, sheet } = encoder;
  const found = new Map<string, Literal>();
  for (const item of wholeItems(questionnaire)) {
    const symbolic = sheet.get(item.linkId) as SymbolicAnswer;
    const answer = answers.get(item.linkId);
    if (item.type === 'group') agreeOnEntries(item, symbolic, answer, questionnaire, encoder, found);
    else found.set(item.linkId, agreement(item, item.linkId, symbolic, answer, questionnaire, encoder));
  }
  for (const { unit, from, to, bits } of encoder.datePairs.values()) {
    const [a, b] = [answers.get(from), answers.get(to)];
    if (typeof a !== 'number' || typeof b !== 'number') continue;
    const isSame = circuit.equal(bits, circuit.integer(distance(unit, a, b)));
    found.set(from, circuit.and(found.get(from) ?? circuit.true, isSame));
  }
  return found;
}

function agreeOnEntries(
  group: GroupItem,
  symbolic: SymbolicAnswer,
  answer: Answer | undefined,
  questionnaire: Questionnaire,
  encoder: Encoder,
  found: Map<string, Literal>,
): void {
  const { circuit, sheet } = encoder;
  const entries = Array.isArray(answer) ? (answer as readonly Answers[]) : [];
  const present = symbolic.value.is === 'entries' ? symbolic.value.present : [];
  const counted = present.map((literal, index) => (index < entries.length ? literal : negated(literal)));
  found.set(group.linkId, circuit.and(stateIs(symbolic, answer, circuit), ...counted));
  entries.forEach((entry, index) => {
    const fields = questionsIn(group).map((field) => {
      const name = entryName(field.linkId, index);
      return agreement(field, name, sheet.get(name) as SymbolicAnswer, entry.get(field.linkId), questionnaire, encoder);
    });
    found.set(entryName(group.linkId, index), circuit.and(...fields));
  });
}

function stateIs({ has, unknown, declined }: SymbolicAnswer, answer: Answer | undefined, circuit: Circuit): Literal {
  if (answer === undefined) return circuit.and(negated(has), negated(unknown), negated(declined));
  if (isAbsent(answer)) return answer.absent === 'unknown' ? unknown : declined;
  return has;
}

function agreement(
  item: QuestionItem,
  _name: string,
  symbolic: SymbolicAnswer,
  answer: Answer | undefined,
  questionnaire: Questionnaire,
  { circuit }: Encoder,
): Literal {
  const state = stateIs(symbolic, answer, circuit);
  if (answer === undefined || isAbsent(answer)) return state;
  const { value } = symbolic;
  switch (value.is) {
    case 'boolean':
      return circuit.and(state, answer ? value.literal : negated(value.literal));
    case 'number':
      return circuit.and(state, circuit.equal(value.bits, circuit.integer(answer as number)));
    case 'codes': {
      const chosen =
        item.type === 'choice' && item.repeats ? (answer as readonly string[]) : [codeOf(item, answer, questionnaire)];
      const codes = [...value.codes].map(([code, literal]) => (chosen.includes(code) ? literal : negated(literal)));
      return circuit.and(state, ...codes);
    }
    default:
      return state;
  }
}

function codeOf(item: QuestionItem, answer: Answer, questionnaire: Questionnaire): string {
  return item.type === 'string' ? textLike(questionnaire, item, String(answer)) : String(answer);
}
