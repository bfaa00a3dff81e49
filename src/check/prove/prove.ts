import { brokenConstraints, isAccepted } from '../../engine/accept.ts';
import { assess } from '../../engine/assess.ts';
import { operandsOf } from '../../engine/because.ts';
import { enablementOf, situationOf, truthOf } from '../../engine/situation.ts';
import { type Answers, withAnswerIn } from '../../model/answers.ts';
import { type Disposition, severityRank } from '../../model/disposition.ts';
import type { CalculatedValue, Invariant, Questionnaire, Rule, SourceSpan } from '../../model/questionnaire.ts';
import { type Absence, AbsenceProver, absenceGoals } from './absence.ts';
import { Circuit } from './circuit.ts';
import { EncodedDefinition } from './definition.ts';
import { EffectProver, effectGoals } from './effect.ts';
import { distinctForms, formGoals, type ProvenForm } from './form.ts';
import { type Witness, witnessOf } from './model.ts';
import { nearer } from './nearer.ts';
import { isChecked, nearest, solve } from './search.ts';
import { type Literal, type Model, negated, Solver } from './solver.ts';

/** What is to be shown: that no answer sheet does `impossible`, or that some sheet does `possible`. */
export interface Goal {
  readonly kind:
    | 'invariant'
    | 'premise'
    | 'question-asked'
    | 'rule-fires'
    | 'rule-decides'
    | 'disposition-reached'
    | 'value-reached'
    | 'answer-matters'
    | 'absence'
    | 'finding-told'
    | 'clause-printed'
    | 'signed-once';
  /** The invariant, question, rule, disposition, calculated value or signer it is about. */
  readonly id: string;
  /** The option of the question, or the text of the calculated value. */
  readonly code?: string;
  /** Of `absence`: how the answer is missing. */
  readonly absence?: Absence;
  /** Of a goal about a consent form: the place in its template. */
  readonly at?: SourceSpan;
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
  /** Of `absence`: the same applicant with an answer. */
  readonly answered?: Witness;
  readonly isFewest?: boolean;
}

export interface Proof {
  readonly outcomes: readonly Outcome[];
  /** Every answer "no sheet does" was checked step by step by code that the solver does not share. */
  readonly isChecked: boolean;
}

/**
 * Settles, over every answer sheet that the reader would accept, that each invariant holds and has a premise that can be,
 * that each question can be asked, that each rule can fire and can decide, that each disposition and
 * each text of a calculated value can come out, that each answer can make a difference, that absence is never the mildest answer, and that each form tells what was found and
 * is signed (`formGoals`). `baseline` is the unremarkable applicant, `known` other sheets: what one of them shows to be
 * possible need not be searched for.
 */
export function prove(
  questionnaire: Questionnaire,
  baseline: Answers,
  known: readonly Answers[] = [],
  forms: readonly ProvenForm[] = [],
): Proof {
  const prover = new Prover(questionnaire, baseline, [baseline, ...known]);
  const goals = [...prover.goals(), ...distinctForms(forms).flatMap((form) => prover.formGoals(form))];
  const outcomes = [...goals.map((goal) => prover.settle(goal)), ...prover.effects(), ...prover.absences()];
  return { outcomes, isChecked: isChecked(prover.circuit) };
}

/** The same for `forms` alone. */
export function proveForms(
  questionnaire: Questionnaire,
  baseline: Answers,
  known: readonly Answers[],
  forms: readonly ProvenForm[],
): Proof {
  const prover = new Prover(questionnaire, baseline, [baseline, ...known]);
  const outcomes = distinctForms(forms)
    .flatMap((form) => prover.formGoals(form))
    .map((goal) => prover.settle(goal));
  return { outcomes, isChecked: isChecked(prover.circuit) };
}

class Prover {
  private readonly questionnaire: Questionnaire;
  private readonly baseline: Answers;
  readonly circuit = new Circuit(new Solver());
  private readonly encoded: EncodedDefinition;
  private readonly known: readonly Answers[];
  private readonly witnesses: Witness[];
  private departures: readonly Literal[] | undefined;

  constructor(questionnaire: Questionnaire, baseline: Answers, known: readonly Answers[]) {
    this.witnesses = known.map((answers) => ({ answers, assessment: assess(questionnaire, answers) }));
    this.known = known;
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
      ...this.outcomeGoals(),
    ];
  }

  formGoals(form: ProvenForm): readonly Goal[] {
    return formGoals(this.encoded, form);
  }

  private invariantGoals(invariant: Invariant): readonly Goal[] {
    if (invariant.kind === 'absence-never-milder') return [];
    const premise = this.encoded.encoder.condition(invariant.when.expression).true;
    const named = this.circuit.or(...invariant.dispositions.map((each) => this.encoded.dispositionIs(each)));
    const isNamed = ({ assessment }: Witness): boolean => invariant.dispositions.includes(assessment.disposition);
    const hasPremise = ({ answers }: Witness): boolean =>
      truthOf(situationOf(this.questionnaire, answers), invariant.when.expression) === true;
    const isBroken = (witness: Witness): boolean =>
      hasPremise(witness) && isNamed(witness) === (invariant.kind === 'never');
    const broken = invariant.kind === 'never' ? named : negated(named);
    return [
      {
        kind: 'premise',
        id: invariant.id,
        expects: 'possible',
        literal: premise,
        isShownBy: hasPremise,
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

  /** That somebody ends in `proceed` and in each disposition that some rule gives, and has each text that a value can be. */
  private outcomeGoals(): readonly Goal[] {
    const { rules, calculated } = this.questionnaire;
    const dispositions = new Set<Disposition>(['proceed', ...rules.map(({ disposition }) => disposition)]);
    return [
      ...[...dispositions].map(
        (id): Goal => ({
          kind: 'disposition-reached',
          id,
          expects: 'possible',
          literal: this.encoded.dispositionIs(id),
          isShownBy: ({ assessment }) => assessment.disposition === id,
        }),
      ),
      ...calculated.flatMap((value) => this.textGoals(value)),
    ];
  }

  private textGoals({ linkId, value }: CalculatedValue): readonly Goal[] {
    const encoded = value.expression.kind === 'quotient' ? undefined : this.encoded.encoder.calculatedValue(linkId);
    if (encoded?.is !== 'text') return [];
    const operands = [...operandsOf(this.questionnaire, value.expression)];
    const isAsked = negated(this.circuit.and(...operands.map((each) => this.encoded.encoder.enablement(each).false)));
    const isGiven = operands.length === 0 ? this.circuit.true : isAsked;
    const isKnown = this.circuit.and(isGiven, negated(encoded.unknown), negated(encoded.none));
    return [...encoded.codes].map(([code, literal]) => ({
      kind: 'value-reached',
      id: linkId,
      code,
      expects: 'possible',
      literal: this.circuit.and(isKnown, literal),
      isShownBy: ({ assessment }) => assessment.values.get(linkId) === code,
    }));
  }

  settle({ literal, isShownBy, ...goal }: Goal): Outcome {
    if (goal.expects === 'possible' && this.witnesses.some(isShownBy)) return { goal, is: 'as-expected' };
    const verdict = solve(this.circuit, [literal]);
    if (verdict.is === 'undecided') return { goal, is: 'undecided' };
    const isPossible = verdict.is === 'satisfiable';
    const isExpected = isPossible === (goal.expects === 'possible');
    if (!isPossible) return { goal, is: isExpected ? 'as-expected' : 'refuted' };
    const witness = isExpected ? this.witness(verdict.model) : undefined;
    if (witness && isShownBy(witness)) return { goal, is: 'as-expected' };
    return this.refute(goal, literal, isShownBy);
  }

  /** The sheet of a model with what the engine makes of it; undefined where a reader would refuse it. */
  private witness(model: Model): Witness | undefined {
    const witness = witnessOf(this.questionnaire, this.encoded.encoder, model, this.baseline);
    if (brokenConstraints(this.questionnaire, witness.answers).length > 0) return undefined;
    this.witnesses.push(witness);
    return witness;
  }

  /** Of every question that something reads: that its answers make a difference. */
  effects(): readonly Outcome[] {
    this.startFromBaseline();
    const prover = new EffectProver(this.encoded, this.baseline, this.known);
    return effectGoals(this.questionnaire).map(({ linkId: id, option: code }): Outcome => {
      const goal = { kind: 'answer-matters', id, ...(code !== undefined && { code }), expects: 'possible' } as const;
      return { goal, is: prover.settle({ linkId: id, ...(code !== undefined && { option: code }) }) };
    });
  }

  /** Of every question: that its absence is never milder. */
  absences(): readonly Outcome[] {
    const prover = new AbsenceProver(this.encoded, this.baseline, () => this.departuresFromBaseline());
    return absenceGoals(this.questionnaire).map((goal): Outcome => {
      const outcome = prover.settle(goal);
      const { linkId: id, absence } = goal;
      const named = { kind: 'absence', id, absence, expects: 'impossible' } as const;
      if (outcome.is !== 'refuted') return { goal: named, is: outcome.is };
      const { absent, answered, isFewest } = outcome.witness;
      return { goal: named, is: 'refuted', witness: absent, answered, isFewest };
    });
  }

  /** The solver tries first what was so in the sheet that it saw last: from here on, the unremarkable applicant's. */
  private startFromBaseline(): void {
    solve(this.circuit, this.departuresFromBaseline().map(negated));
  }

  private departuresFromBaseline(): readonly Literal[] {
    this.departures ??= [...this.encoded.departuresFrom(this.baseline).values()];
    return this.departures;
  }

  /** A sheet that does what must not be, with as few departures from the baseline as can be. One that does not replay leaves the goal undecided. */
  private refute(goal: Outcome['goal'], literal: Literal, isShownBy: Goal['isShownBy']): Outcome {
    const found = nearest(this.circuit, literal, this.departuresFromBaseline());
    const witness = found && this.witness(found.model);
    if (!found || !witness || !isShownBy(witness)) return { goal, is: 'undecided' };
    if (goal.expects === 'possible') return { goal, is: 'as-expected' };
    return { goal, is: 'refuted', witness: this.nearer(witness, isShownBy), isFewest: found.isFewest };
  }

  private nearer(witness: Witness, isShownBy: Goal['isShownBy']): Witness {
    const { questionnaire, baseline } = this;
    return nearer<Witness>(
      questionnaire,
      baseline,
      witness,
      ({ answers }) => answers,
      (near, place, answer) => {
        const answers = withAnswerIn(near.answers, place, answer);
        if (!isAccepted(questionnaire, answers)) return undefined;
        const other = { answers, assessment: assess(questionnaire, answers) };
        return isShownBy(other) ? other : undefined;
      },
    );
  }
}
