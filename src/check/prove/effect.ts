import { brokenConstraints } from '../../engine/accept.ts';
import { calculatedResults, dispositionOf } from '../../engine/assess.ts';
import { itemsOf } from '../../engine/items.ts';
import { enablementOf, situationOf } from '../../engine/situation.ts';
import { type Answer, type Answers, answerIn, isAbsent, withAnswerIn } from '../../model/answers.ts';
import type { QuestionItem, Questionnaire, Rule } from '../../model/questionnaire.ts';
import { affectedBy, reads } from './changed.ts';
import { valuesDiffer } from './compare.ts';
import type { EncodedDefinition } from './definition.ts';
import { answersOf } from './model.ts';
import { Question } from './question.ts';
import { solve } from './search.ts';
import type { SymbolicAnswer } from './sheet.ts';
import { type Literal, negated } from './solver.ts';

/** An option of a choice, or any answer to a question of another type. */
export interface EffectGoal {
  readonly linkId: string;
  readonly option?: string;
}

/** The options of every choice that something reads, and every other question that something reads. */
export function effectGoals(questionnaire: Questionnaire): readonly EffectGoal[] {
  return [...itemsOf(questionnaire).values()].flatMap(({ item }): readonly EffectGoal[] => {
    const { linkId } = item;
    if (item.type === 'group' || !isRead(linkId, questionnaire)) return [];
    return item.type === 'choice' ? item.options.map(({ code }) => ({ linkId, option: code })) : [{ linkId }];
  });
}

function isRead(linkId: string, questionnaire: Questionnaire): boolean {
  const affected = affectedBy(questionnaire, [linkId]);
  return affected.size > 1 || questionnaire.rules.some(({ when }) => reads(when.expression, affected));
}

/**
 * Shows of an option that on some sheet it gives another finding, question or value than another option would;
 * of any other question that two answers to it do.
 */
export class EffectProver {
  private readonly encoded: EncodedDefinition;
  private readonly baseline: Answers;
  private readonly known: readonly Answers[];
  private question: Question | undefined;
  private pair: Pair | undefined;

  /** `encoded` has to hold accepted sheets only. What a small change of a sheet in `known` shows need not be searched for. */
  constructor(encoded: EncodedDefinition, baseline: Answers, known: readonly Answers[]) {
    this.encoded = encoded;
    this.baseline = baseline;
    this.known = known;
  }

  /** Goals about one question are quicker one after the other. */
  settle({ linkId, option }: EffectGoal): 'as-expected' | 'refuted' | 'undecided' {
    if (this.question?.linkId !== linkId) {
      this.question = new Question(this.encoded, linkId);
      this.pair = undefined;
    }
    return this.isShownByKnown(this.question, option) ? 'as-expected' : this.search(this.question, option);
  }

  private isShownByKnown(question: Question, option: string | undefined): boolean {
    const { questionnaire } = this.encoded;
    const item = itemsOf(questionnaire).get(question.linkId)?.item;
    const sheet = this.known.find((answers) => isAsked(questionnaire, question, answers));
    if (!item || item.type === 'group' || !sheet) return false;
    const chosen = option === undefined ? undefined : JSON.stringify(answerFor(item, option));
    const tried = answersTo(item, questionnaire).map(
      (answer) => [JSON.stringify(answer), withAnswerIn(sheet, question, answer)] as const,
    );
    // The sheet's own answer may be several options, this one among them: it is neither with nor without it.
    const sheets: typeof tried = option === undefined ? [['', sheet], ...tried] : tried;
    const outcomes = sheets.flatMap(([answer, each]) =>
      brokenConstraints(questionnaire, each).length > 0
        ? []
        : [{ isChosen: answer === chosen, outcome: outcomeOf(questionnaire, each, question.readers) }],
    );
    const own = outcomes.find(({ isChosen }) => isChosen) ?? (chosen === undefined ? outcomes[0] : undefined);
    return own !== undefined && outcomes.some(({ outcome }) => outcome !== own.outcome);
  }

  private search(question: Question, option: string | undefined): 'as-expected' | 'refuted' | 'undecided' {
    this.pair ??= pairOf(question);
    const { other, otherAnswer, differ } = this.pair;
    const chosen = (answer: SymbolicAnswer): Literal => this.isChosen(answer, question.linkId, option);
    const isApart = option === undefined ? [] : [chosen(question.symbolic), negated(chosen(otherAnswer))];
    const verdict = solve(this.encoded.circuit, [this.encoded.circuit.and(differ, ...isApart)]);
    if (verdict.is === 'undecided') return 'undecided';
    if (verdict.is === 'unsatisfiable') return 'refuted';
    const [one, two] = [this.encoded, other].map(({ questionnaire, encoder }) =>
      outcomeOf(questionnaire, answersOf(questionnaire, encoder, verdict.model, this.baseline), question.readers),
    );
    return one === two ? 'undecided' : 'as-expected';
  }

  private isChosen({ value }: SymbolicAnswer, linkId: string, option: string | undefined): Literal {
    const { circuit, questionnaire } = this.encoded;
    if (value.is === 'codes') return value.codes.get(option ?? '') ?? circuit.false;
    const item = itemsOf(questionnaire).get(linkId)?.item;
    const score = item?.type === 'choice' ? item.options.find(({ code }) => code === option)?.score : undefined;
    return value.is === 'number' && score !== undefined
      ? circuit.equal(value.bits, circuit.integer(score))
      : circuit.false;
  }
}

/** All that comes of a sheet: the findings of some rules, questions asked and values, as one text. */
function outcomeOf(questionnaire: Questionnaire, answers: Answers, rules: readonly Rule[]): string {
  const situation = situationOf(questionnaire, answers);
  return JSON.stringify([
    rules.map((rule) => dispositionOf(rule, situation) !== undefined),
    [...itemsOf(questionnaire).keys()].map((linkId) => enablementOf(situation, linkId) === true),
    [...calculatedResults(situation)],
  ]);
}

/** The question has an answer in the sheet, and it is used. */
function isAsked(questionnaire: Questionnaire, question: Question, answers: Answers): boolean {
  const answer = answerIn(answers, question);
  if (answer === undefined || isAbsent(answer)) return false;
  return enablementOf(situationOf(questionnaire, answers), question.linkId) === true;
}

function answersTo(item: QuestionItem, { tables }: Questionnaire): readonly Answer[] {
  switch (item.type) {
    case 'boolean':
      return [true, false];
    case 'choice':
      return item.options.map(({ code }) => answerFor(item, code));
    case 'integer':
    case 'decimal':
      return [item.min, item.max];
    case 'string':
      return tables.find(({ name }) => name === item.table)?.rows.map(({ key }) => key) ?? [];
    case 'date':
      return [];
  }
}

function answerFor(item: QuestionItem, code: string): Answer {
  if (item.type !== 'choice') return code;
  if (item.repeats) return [code];
  return item.scored ? (item.options.find((option) => option.code === code)?.score ?? 0) : code;
}

/** A sheet beside one with another answer to one question. */
interface Pair {
  readonly other: EncodedDefinition;
  readonly otherAnswer: SymbolicAnswer;
  /** Both have an answer, and something comes out otherwise. */
  readonly differ: Literal;
}

function pairOf(question: Question): Pair {
  const { encoded, linkId } = question;
  const { circuit, questionnaire } = encoded;
  const { encoded: other, answer: otherAnswer } = question.withAnother();
  const affected = affectedBy(questionnaire, [linkId]);
  const findings = question.readers.map((rule) => circuit.xor(encoded.isFound(rule), other.isFound(rule)));
  const asked = [...itemsOf(questionnaire).keys()]
    .filter((each) => affected.has(each) && each !== linkId)
    .map((each) => circuit.xor(encoded.encoder.enablement(each).true, other.encoder.enablement(each).true));
  const values = questionnaire.calculated
    .filter((each) => affected.has(each.linkId))
    .map((each) => valuesDiffer([encoded, each], [other, each]));
  const differ = circuit.and(
    question.isAnswered(),
    otherAnswer.has,
    other.isAccepted(question.isRead),
    circuit.or(...findings, ...asked, ...values),
  );
  return { other, otherAnswer, differ };
}
