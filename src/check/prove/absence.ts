import { answeredItems, itemsOf } from '../../engine/items.ts';
import type { Answers } from '../../model/answers.ts';
import { dispositions, severityRank } from '../../model/disposition.ts';
import { type Expression, partsOf } from '../../model/expression.ts';
import type { Questionnaire, Rule } from '../../model/questionnaire.ts';
import { affectedBy, leanedOn, reads } from './changed.ts';
import { type Circuit, holds } from './circuit.ts';
import type { EncodedDefinition } from './definition.ts';
import { type Witness, witnessOf } from './model.ts';
import { Question } from './question.ts';
import { nearest, solve } from './search.ts';
import type { SymbolicAnswer, SymbolicValue } from './sheet.ts';
import { type Literal, type Model, negated } from './solver.ts';

/** How the answer to a question can be missing. */
export type Absence = 'unknown' | 'declined' | 'left out';

/** One question, and one way in which its answer can be missing. In a repeat it stands for any entry. */
export interface AbsenceGoal {
  readonly linkId: string;
  readonly absence: Absence;
}

/** The same applicant without the answer and with it. */
export interface AbsenceWitness {
  readonly absent: Witness;
  readonly answered: Witness;
  readonly isFewest: boolean;
}

/** `refuted`: without the answer the outcome is milder than with any, or `proceed` where with some answer it is not. */
export type AbsenceOutcome =
  | { readonly is: 'as-expected' | 'undecided' }
  | { readonly is: 'refuted'; readonly witness: AbsenceWitness };

/** Every way in which an answer can be missing. A date that the program fills in with the day of the visit never is. */
export function absenceGoals(questionnaire: Questionnaire): readonly AbsenceGoal[] {
  return answeredItems(questionnaire).flatMap((item) => {
    if (item.type === 'date' && item.initial === 'visit') return [];
    const absences: readonly Absence[] = item.mayBeAbsent ? ['unknown', 'declined', 'left out'] : ['left out'];
    return absences.map((absence) => ({ linkId: item.linkId, absence }));
  });
}

const undecided = { is: 'undecided' } as const;
const asExpected = { is: 'as-expected' } as const;

/** The worst rank but for `proceed`. */
const anyFinding = dispositions.length - 2;

/**
 * Shows, question by question and over all other answers, that the absence of an answer is never read as the mildest one:
 * it is not milder than every answer in its place, and no `proceed` where some answer is none. `encoded` has to hold
 * accepted sheets only; `departures` are those from the unremarkable applicant `baseline`.
 */
export class AbsenceProver {
  private readonly encoded: EncodedDefinition;
  private readonly baseline: Answers;
  private readonly departures: () => readonly Literal[];
  private asked: Asked | undefined;

  constructor(encoded: EncodedDefinition, baseline: Answers, departures: () => readonly Literal[]) {
    this.encoded = encoded;
    this.baseline = baseline;
    this.departures = departures;
  }

  /** Goals about one question are quicker one after the other. */
  settle({ linkId, absence }: AbsenceGoal): AbsenceOutcome {
    const { questionnaire } = this.encoded;
    if (this.asked?.question.linkId !== linkId) this.asked = { question: new Question(this.encoded, linkId), mild: [] };
    const { question } = this.asked;
    if (question.readers.every((rule) => isNeverMilder(rule, linkId, absence, questionnaire))) return asExpected;
    const absent = question.with(missing(question.symbolic, absence, this.encoded.circuit));
    if (new Search(this.asked, absent, []).settle() === 'as-expected') return asExpected;
    const search = new Search(this.asked, absent, question.others);
    const is = search.settle();
    if (is !== 'refuted') return { is };
    const found = search.nearest(this.departures());
    return found ? this.tell(found.model, found.isFewest, absent) : undecided;
  }

  private tell(model: Model, isFewest: boolean, without: EncodedDefinition): AbsenceOutcome {
    const read = ({ questionnaire, encoder }: EncodedDefinition): Witness =>
      witnessOf(questionnaire, encoder, model, this.baseline);
    const [absent, answered] = [read(without), read(this.encoded)];
    const isMilder = severityRank(absent.assessment.disposition) > severityRank(answered.assessment.disposition);
    return isMilder ? { is: 'refuted', witness: { absent, answered, isFewest } } : undecided;
  }
}

/** A question with the answers that were found mild on some sheet: whether a constraint refuses them, and how bad they are. */
interface Asked {
  readonly question: Question;
  readonly mild: { readonly isRefused: Literal; readonly isAsBad: (rank: number) => Literal }[];
}

function missing({ value }: SymbolicAnswer, absence: Absence, circuit: Circuit): SymbolicAnswer {
  const none: SymbolicValue =
    value.is === 'entries' ? { is: 'entries', present: value.present.map(() => circuit.false) } : value;
  return {
    has: circuit.false,
    unknown: circuit.constant(absence === 'unknown'),
    declined: circuit.constant(absence === 'declined'),
    value: none,
  };
}

/**
 * True where the absence of the answer makes the finding of the rule worse or leaves it, whatever the answer would be. The
 * engine only gets less sure by an absent answer: what it settles without it, it settles alike with it. So a rule that fires
 * with the answer fires without it or is left open, and where being left open is as bad as firing there is nothing to lose.
 * Conditions that ask for absence itself, and the greater or lesser of numbers, which knows limits where the engine knows
 * nothing, are not of that kind; nor are those that read another question whose asking depends on the answer: given, it
 * counts while nobody knows whether it is asked, and no longer once it is not; nor those that ask for another question in
 * each element of a list that depends on the answer: without the list nobody is asked, so an absence there that calls for
 * worse is not seen.
 */
function isNeverMilder(rule: Rule, linkId: string, absence: Absence, questionnaire: Questionnaire): boolean {
  const placed = itemsOf(questionnaire).get(linkId);
  const isConditional = [...(placed?.groups ?? []), placed?.item].some((item) => item?.enableWhen !== undefined);
  const { unknown, declined, leftOut } = rule.absence;
  // Left out where nobody knows whether it is asked, the question is not blamed but what would settle that.
  const blamed = isConditional ? [leftOut, unknown, declined] : [leftOut];
  const open = absence === 'left out' ? blamed : [rule.absence[absence]];
  if (open.some((each) => severityRank(each) > severityRank(rule.disposition))) return false;
  const affected = affectedBy(questionnaire, [linkId]);
  const isUnsure = (expression: Expression): boolean => {
    if (surerWithout.has(expression.kind)) return !reads(expression, affected);
    if ('body' in expression && reads(listIn(expression.list), affected) && namesAny(expression.body)) return false;
    const isOther = (expression.kind === 'answer' || expression.kind === 'member') && expression.linkId !== linkId;
    return (!isOther || !affected.has(expression.linkId)) && partsOf(expression).every(isUnsure);
  };
  return leanedOn(rule.when.expression, questionnaire).every(isUnsure);
}

const surerWithout: ReadonlySet<Expression['kind']> = new Set(['state', 'greatest', 'least']);

/** The list that an expression picks from. */
function listIn(expression: Expression): Expression {
  return 'list' in expression ? listIn(expression.list) : expression;
}

function namesAny(expression: Expression): boolean {
  const isName = expression.kind === 'answer' || expression.kind === 'member' || expression.kind === 'calculated';
  return isName || partsOf(expression).some(namesAny);
}

/**
 * Looks for a sheet on which absence is milder than every answer, learning one answer after the other that is as mild.
 * Looks away from all rules but those that read the answer and `others`: what does not exist then does not exist at all.
 */
class Search {
  private readonly question: Question;
  private readonly mild: Asked['mild'];
  /** By rank: without the answer the outcome is milder than that, with the sheet's own answer it is not. */
  private readonly milder: readonly Literal[];
  private readonly tried = new Set<string>();

  constructor({ question, mild }: Asked, absent: EncodedDefinition, others: readonly Rule[]) {
    const { encoded, readers, isRead } = question;
    this.question = question;
    this.mild = mild;
    this.milder = dispositions
      .slice(0, -1)
      .map((_, rank) =>
        encoded.circuit.and(
          question.isAnswered(),
          absent.isAccepted(isRead),
          negated(encoded.isAsBad(rank, others)),
          negated(absent.isAsBad(rank, readers)),
          encoded.isAsBad(rank, readers),
        ),
      );
  }

  settle(): 'as-expected' | 'refuted' | 'undecided' {
    for (;;) {
      const verdict = solve(this.question.encoded.circuit, [this.goal()]);
      if (verdict.is === 'unsatisfiable') return 'as-expected';
      if (verdict.is === 'undecided') return 'undecided';
      const step = this.learn(verdict.model);
      if (step !== 'learned') return step;
    }
  }

  /** To be asked after `settle` has said that there is one. */
  nearest(departures: readonly Literal[]): ReturnType<typeof nearest> {
    for (;;) {
      const found = nearest(this.question.encoded.circuit, this.goal(), departures);
      const step = found && this.learn(found.model);
      if (step === 'refuted') return found;
      if (step !== 'learned') return undefined;
    }
  }

  /** Milder than the sheet's own answer and than every answer that was found mild so far; or a `proceed` that its own is not. */
  private goal(): Literal {
    const { circuit } = this.question.encoded;
    return circuit.or(
      ...this.milder.map((literal, rank) => {
        if (rank === anyFinding) return literal;
        const worse = this.mild.map(({ isRefused, isAsBad }) => circuit.or(isRefused, isAsBad(rank)));
        return circuit.and(literal, ...worse);
      }),
    );
  }

  /** Looks for an answer that on the sheet of `model` is as mild as its absence, and counts it from here on. */
  private learn(model: Model): 'learned' | 'refuted' | 'undecided' {
    const { question } = this;
    const rank = this.milder.findLastIndex((literal) => holds(literal, model));
    if (rank === anyFinding) return 'refuted';
    const { circuit } = question.encoded;
    const isMild = circuit.and(question.isAnswered(), negated(question.encoded.isAsBad(rank, question.readers)));
    const verdict = solve(circuit, [...question.otherAnswersOf(model, circuit.scopeOf([isMild])), isMild]);
    if (verdict.is === 'undecided') return 'undecided';
    if (verdict.is === 'unsatisfiable') return 'refuted';
    const answered = question.withAnswerOf(verdict.model);
    if (!answered || this.tried.has(answered.key)) return 'undecided';
    const { encoded, key } = answered;
    this.tried.add(key);
    this.mild.push({
      isRefused: negated(encoded.isAccepted(question.isRead)),
      isAsBad: (each) => encoded.isAsBad(each, question.readers),
    });
    return 'learned';
  }
}
