import { inputsOf } from '../../engine/because.ts';
import { itemsOf } from '../../engine/items.ts';
import type { Answers } from '../../model/answers.ts';
import { type Disposition, dispositions, severityRank } from '../../model/disposition.ts';
import type { Constraint, Questionnaire, Rule } from '../../model/questionnaire.ts';
import { affectedBy, changedMeanings, reads } from './changed.ts';
import type { Circuit } from './circuit.ts';
import type { EncodedBoolean } from './encode/encoded.ts';
import { Encoder } from './encode.ts';
import { agreements } from './model.ts';
import { type SymbolicSheet, symbolicSheet } from './sheet.ts';
import { type Literal, negated } from './solver.ts';

/** What a definition makes of a symbolic sheet, as gates: its rules, its disposition, and whether it takes the sheet. */
export class EncodedDefinition {
  readonly questionnaire: Questionnaire;
  readonly circuit: Circuit;
  readonly encoder: Encoder;
  private readonly conditions = new Map<Rule, EncodedBoolean>();

  /** Over a sheet of its own, or with an encoder that has one. */
  constructor(questionnaire: Questionnaire, circuit: Circuit, encoder?: Encoder) {
    this.questionnaire = questionnaire;
    this.circuit = circuit;
    this.encoder = encoder ?? new Encoder(questionnaire, circuit, symbolicSheet(questionnaire, circuit));
  }

  /** A definition that asks the same questions, over the same sheet. What is not changed is encoded once. */
  variant(questionnaire: Questionnaire): EncodedDefinition {
    const changed = changedMeanings(this.questionnaire, questionnaire);
    const encoder = this.encoder.variant(questionnaire, (linkId) => !changed.has(linkId));
    const variant = new EncodedDefinition(questionnaire, this.circuit, encoder);
    for (const rule of questionnaire.rules) {
      const own = this.questionnaire.rules.find(({ id }) => id === rule.id);
      if (own?.when === rule.when && !reads(rule.when.expression, changed))
        variant.conditions.set(rule, this.rule(own));
    }
    return variant;
  }

  /** The same definition over a sheet with other answers to some questions; rules are encoded as they are needed. */
  withAnswers(linkIds: Iterable<string>, answers: Pick<Encoder, 'sheet' | 'datePairs'>): EncodedDefinition {
    const affected = affectedBy(this.questionnaire, linkIds);
    const encoder = this.encoder.variant(this.questionnaire, (linkId) => !affected.has(linkId), answers);
    return new EncodedDefinition(this.questionnaire, this.circuit, encoder);
  }

  get sheet(): SymbolicSheet {
    return this.encoder.sheet;
  }

  rule(rule: Rule): EncodedBoolean {
    const known = this.conditions.get(rule) ?? this.encoder.condition(rule.when.expression);
    this.conditions.set(rule, known);
    return known;
  }

  /** The constraints between answers: each is broken where both of its literals hold. */
  private broken(isMeant: (constraint: Constraint) => boolean = () => true): readonly (readonly [Literal, Literal])[] {
    return this.questionnaire.constraints
      .filter(isMeant)
      .map(({ linkId, requires }) => [this.isGiven(linkId), this.encoder.condition(requires.expression).false]);
  }

  /** The question is asked, or may be, and the sheet has an answer or an absence for it: what `brokenConstraints` looks at. */
  private isGiven(linkId: string): Literal {
    const { circuit, encoder } = this;
    const answer = encoder.sheet.get(linkId);
    if (!answer) return circuit.false;
    const given = circuit.or(answer.has, answer.unknown, answer.declined);
    return circuit.and(given, negated(encoder.enablement(linkId).false));
  }

  /** No constraint between the answers is broken, of those that `isMeant`. */
  isAccepted(isMeant: (constraint: Constraint) => boolean = () => true): Literal {
    return this.circuit.and(...this.broken(isMeant).map((both) => negated(this.circuit.and(...both))));
  }

  /** From here on only sheets count that break no constraint. */
  requireAccepted(): void {
    for (const both of this.broken()) this.circuit.require(...both.map(negated));
    for (const constraint of this.questionnaire.constraints) this.circuit.tie(this.answersIn(constraint));
  }

  /** Whether there is an answer to each question that a constraint depends on: where one is decided, all have to be. */
  private answersIn({ linkId, requires }: Constraint): readonly Literal[] {
    const placed = itemsOf(this.questionnaire).get(linkId);
    const around = [...(placed?.groups ?? []), ...(placed ? [placed.item] : [])];
    const read = [requires, ...around.flatMap(({ enableWhen }) => enableWhen ?? [])];
    const linkIds = new Set([linkId, ...read.flatMap(({ expression }) => inputsOf(this.questionnaire, expression))]);
    return [...this.sheet].flatMap(([name, { has }]) => (linkIds.has(name.split('#')[0] as string) ? [has] : []));
  }

  /** The rule has a finding: it fires, or absence leaves it open. */
  isFound(rule: Rule): Literal {
    return negated(this.rule(rule).false);
  }

  /** Some finding of these rules is as bad as `rank` or worse. */
  isAsBad(rank: number, rules: readonly Rule[] = this.questionnaire.rules): Literal {
    return this.circuit.or(...rules.map((rule) => this.findingIsAsBad(rule, rank)));
  }

  private findingIsAsBad(rule: Rule, rank: number): Literal {
    const { circuit } = this;
    const { true: fires, false: silent, kinds } = this.rule(rule);
    const isOpen = circuit.and(negated(fires), negated(silent));
    const { unknown, declined, leftOut } = rule.absence;
    const counts = (disposition: Disposition, kind: Literal): Literal =>
      severityRank(disposition) <= rank ? kind : circuit.false;
    const isUnexplained = circuit.and(negated(kinds.unknown), negated(kinds.declined), negated(kinds.leftOut));
    const byAbsence = circuit.or(
      counts(unknown, kinds.unknown),
      counts(declined, kinds.declined),
      counts(leftOut, circuit.or(kinds.leftOut, isUnexplained)),
    );
    return circuit.or(counts(rule.disposition, fires), circuit.and(isOpen, byAbsence));
  }

  dispositionIs(disposition: Disposition): Literal {
    const rank = severityRank(disposition);
    const isAtLeast = rank === dispositions.length - 1 ? this.circuit.true : this.isAsBad(rank);
    return rank === 0 ? isAtLeast : this.circuit.and(isAtLeast, negated(this.isAsBad(rank - 1)));
  }

  /** One literal for each question (each entry of a repeat by itself): it is answered otherwise than in `answers`. */
  departuresFrom(answers: Answers): ReadonlyMap<string, Literal> {
    const agreeing = agreements(this.questionnaire, this.encoder, answers);
    return new Map([...agreeing].map(([name, literal]) => [name, negated(literal)]));
  }

  /** Questions and repeats with a condition of being asked, and that condition. */
  conditionalQuestions(): readonly (readonly [string, Literal])[] {
    return [...itemsOf(this.questionnaire).keys()].flatMap((linkId) => {
      const { true: isAsked } = this.encoder.enablement(linkId);
      return isAsked === this.circuit.true ? [] : [[linkId, isAsked] as const];
    });
  }
}
