import { assess } from '../../engine/assess.ts';
import { enablementOf, situationOf, truthOf } from '../../engine/situation.ts';
import type { Answers } from '../../model/answers.ts';
import { severityRank } from '../../model/disposition.ts';
import type { Invariant, Questionnaire, Rule } from '../../model/questionnaire.ts';
import { Circuit } from './circuit.ts';
import { EncodedDefinition } from './definition.ts';
import { type Witness, witnessOf } from './model.ts';
import { isRefutation } from './rup.ts';
import { nearest, solve } from './search.ts';
import { type Literal, type Model, negated, Solver } from './solver.ts';

/** What is to be shown: that no answer sheet does `impossible`, or that some sheet does `possible`. */
export interface Goal {
  readonly kind: 'invariant' | 'premise' | 'question-asked' | 'rule-fires' | 'rule-decides';
  /** The invariant, question or rule it is about. */
  readonly id: string;
  readonly expects: 'impossible' | 'possible';
  readonly literal: Literal;
  /** Whether a replayed witness really does it. */
  readonly isShownBy: (witness: Witness) => boolean;
}

/** What became of a goal. A witness departs from the unremarkable applicant in as few answers as can be (`isFewest`: proved so). */
export interface Outcome {
  readonly goal: Omit<Goal, 'literal' | 'isShownBy'>;
  readonly is: 'as-expected' | 'refuted' | 'undecided';
  readonly witness?: Witness;
  readonly isFewest?: boolean;
}

export interface Proof {
  readonly outcomes: readonly Outcome[];
  /** Every answer "no sheet does" was checked step by step by code that the solver does not share. */
  readonly isChecked: boolean;
}

/**
 * Settles, over every answer sheet that the reader would accept, that each invariant holds and has a premise that can be,
 * that each question can be asked, and that each rule can fire and can decide. `baseline` is the unremarkable applicant,
 * `known` other sheets: what one of them shows to be possible need not be searched for.
 */
export function prove(questionnaire: Questionnaire, baseline: Answers, known: readonly Answers[] = []): Proof {
  const prover = new Prover(questionnaire, baseline, [baseline, ...known]);
  const outcomes = prover.goals().map((goal) => prover.settle(goal));
  return { outcomes, isChecked: prover.isChecked() };
}

class Prover {
  private readonly questionnaire: Questionnaire;
  private readonly baseline: Answers;
  private readonly circuit = new Circuit(new Solver());
  private readonly encoded: EncodedDefinition;
  private readonly witnesses: Witness[];
  private departures: readonly Literal[] | undefined;

  constructor(questionnaire: Questionnaire, baseline: Answers, known: readonly Answers[]) {
    this.witnesses = known.map((answers) => ({ answers, assessment: assess(questionnaire, answers) }));
    this.questionnaire = questionnaire;
    this.baseline = baseline;
    this.encoded = new EncodedDefinition(questionnaire, this.circuit);
    this.encoded.requireAccepted();
  }

  goals(): readonly Goal[] {
    const { rules, invariants } = this.questionnaire;
    return [
      ...invariants.flatMap((invariant) => this.invariantGoals(invariant)),
      ...this.questionGoals(),
      ...rules.flatMap((rule) => this.ruleGoals(rule)),
    ];
  }

  private invariantGoals(invariant: Invariant): readonly Goal[] {
    if (invariant.kind === 'absence-never-milder') return [];
    const premise = this.encoded.encoder.condition(invariant.when.expression).true;
    const named = this.circuit.or(...invariant.dispositions.map((each) => this.encoded.dispositionIs(each)));
    const isNamed = ({ assessment }: Witness): boolean => invariant.dispositions.includes(assessment.disposition);
    const isBroken = (witness: Witness): boolean => isNamed(witness) === (invariant.kind === 'never');
    const broken = invariant.kind === 'never' ? named : negated(named);
    return [
      {
        kind: 'premise',
        id: invariant.id,
        expects: 'possible',
        literal: premise,
        isShownBy: ({ answers }) =>
          truthOf(situationOf(this.questionnaire, answers), invariant.when.expression) === true,
      },
      {
        kind: 'invariant',
        id: invariant.id,
        expects: 'impossible',
        literal: this.circuit.and(premise, broken),
        isShownBy: isBroken,
      },
    ];
  }

  private questionGoals(): readonly Goal[] {
    return this.encoded.conditionalQuestions().map(([linkId, literal]): Goal => {
      const isShownBy = ({ answers }: Witness): boolean =>
        enablementOf(situationOf(this.questionnaire, answers), linkId) === true;
      return { kind: 'question-asked', id: linkId, expects: 'possible', literal, isShownBy };
    });
  }

  private ruleGoals(rule: Rule): readonly Goal[] {
    const condition = this.encoded.rule(rule);
    const others = this.questionnaire.rules.filter((each) => each !== rule);
    const isAlone = negated(this.encoded.isAsBad(severityRank(rule.disposition), others));
    const fires = ({ assessment }: Witness): boolean =>
      assessment.findings.some((finding) => finding.rule === rule.id && finding.absent.length === 0);
    const decides = (witness: Witness): boolean =>
      fires(witness) &&
      witness.assessment.findings.every(
        (finding) => finding.rule === rule.id || severityRank(finding.disposition) > severityRank(rule.disposition),
      );
    return [
      { kind: 'rule-fires', id: rule.id, expects: 'possible', literal: condition.true, isShownBy: fires },
      {
        kind: 'rule-decides',
        id: rule.id,
        expects: 'possible',
        literal: this.circuit.and(condition.true, isAlone),
        isShownBy: decides,
      },
    ];
  }

  settle({ literal, isShownBy, ...goal }: Goal): Outcome {
    if (goal.expects === 'possible' && this.witnesses.some(isShownBy)) return { goal, is: 'as-expected' };
    const verdict = solve(this.circuit, [literal]);
    if (verdict.is === 'undecided') return { goal, is: 'undecided' };
    const isPossible = verdict.is === 'satisfiable';
    const isExpected = isPossible === (goal.expects === 'possible');
    if (!isPossible) return { goal, is: isExpected ? 'as-expected' : 'refuted' };
    if (isExpected && isShownBy(this.witness(verdict.model))) return { goal, is: 'as-expected' };
    return this.refute(goal, literal, isShownBy);
  }

  private witness(model: Model): Witness {
    const witness = witnessOf(this.questionnaire, this.encoded.encoder, model, this.baseline);
    this.witnesses.push(witness);
    return witness;
  }

  /** A sheet that does what must not be, with as few departures from the baseline as can be. One that does not replay leaves the goal undecided. */
  private refute(goal: Outcome['goal'], literal: Literal, isShownBy: Goal['isShownBy']): Outcome {
    this.departures ??= [...this.encoded.departuresFrom(this.baseline).values()];
    const found = nearest(this.circuit, literal, this.departures);
    const witness = found && this.witness(found.model);
    if (!found || !witness || !isShownBy(witness)) return { goal, is: 'undecided' };
    const is = goal.expects === 'possible' ? 'as-expected' : 'refuted';
    return { goal, is, witness, isFewest: found.isFewest };
  }

  isChecked(): boolean {
    const { clauses, lemmas } = this.circuit.solver;
    const last = lemmas.at(-1);
    return last === undefined || isRefutation(clauses, lemmas.slice(0, -1), last);
  }
}
