import { operandsOf } from '../../engine/because.ts';
import { calculatedValue } from '../../engine/situation.ts';
import { type Disposition, dispositions, severityRank } from '../../model/disposition.ts';
import type { Questionnaire, Rule } from '../../model/questionnaire.ts';
import type { Outcome } from './prove.ts';
import { Absences } from './smt/absences.ts';
import { type Answers, isMissing } from './smt/answers.ts';
import { Expressions } from './smt/expressions.ts';
import { Script } from './smt/script.ts';
import { and, implies, not, or, type Term } from './smt/terms.ts';
import { type Text, Values } from './smt/values.ts';

/** A definition and its goals in SMT-LIB 2, for any solver of the logic it names. */
export interface SmtExport {
  readonly text: string;
  /** One for each `(check-sat)`, in order. */
  readonly goals: readonly SmtGoal[];
  /** Goals that are not in the text, by kind and id. */
  readonly left: readonly string[];
}

export interface SmtGoal {
  /** Kind, id and code. */
  readonly name: string;
  /** What our own prover came to. */
  readonly expected: 'sat' | 'unsat' | 'unknown';
}

/**
 * The meaning that `engine/evaluate` and `engine/absences` give a definition, written a second time: over integers and
 * truths, from the expressions, sharing nothing with the gates that `prove` reasons about but which texts are tried. The
 * same freedom is taken: how far two dates lie apart is any number, for each pair of dates and unit by itself.
 */
export function smtLib(questionnaire: Questionnaire, outcomes: readonly Outcome[]): SmtExport {
  const asked = new Goals(questionnaire);
  const goals: SmtGoal[] = [];
  const left: string[] = [];
  const checks: string[] = [];
  for (const outcome of outcomes) {
    const name = nameOf(outcome.goal);
    const goal = asked.goal(outcome.goal);
    if (goal === undefined) {
      left.push(name);
      continue;
    }
    const expected = expectedOf(outcome);
    goals.push({ name, expected });
    checks.push(`; ${name}: expected ${expected}\n(push 1)\n(assert ${goal})\n(check-sat)\n(pop 1)\n`);
  }
  const head = [
    `; ${questionnaire.id} ${questionnaire.version}: ${goals.length} goals, one (check-sat) each.`,
    '; sat: some answer sheet does it; unsat: none does. "expected" is what preinfuse proved by itself.',
    ...notExported(left),
  ];
  return { text: [...head, ...asked.lines(), '', ...checks].join('\n'), goals, left };
}

/** Of a goal what names it. */
interface Named {
  readonly kind: string;
  readonly id: string;
  readonly code?: string;
  readonly absence?: string;
}

function nameOf({ kind, id, code, absence }: Named): string {
  return [kind, id, code, absence].filter((part) => part !== undefined).join(' ');
}

function notExported(left: readonly string[]): readonly string[] {
  if (left.length === 0) return ['; Every goal is exported.'];
  const kinds = left.map((name) => name.split(' ')[0] ?? '');
  const counts = [...new Set(kinds)].map(
    (kind) => `${kinds.filter((each) => each === kind).length} of the kind ${kind}`,
  );
  return [`; ${left.length} goals are not exported: ${counts.join(', ')}.`, ...left.map((name) => `;   ${name}`)];
}

function expectedOf({ goal, is }: Outcome): SmtGoal['expected'] {
  if (is === 'undecided') return 'unknown';
  return (is === 'as-expected') === (goal.expects === 'possible') ? 'sat' : 'unsat';
}

/** What a definition asks for, over the answers that a sheet may have. */
class Goals {
  readonly #questionnaire: Questionnaire;
  readonly #script = new Script();
  readonly #values = new Values(this.#script);
  readonly #expressions: Expressions;
  readonly #answers: Answers;
  readonly #absences: Absences;

  constructor(questionnaire: Questionnaire) {
    this.#questionnaire = questionnaire;
    this.#expressions = new Expressions(questionnaire, this.#script, this.#values);
    this.#absences = new Absences(questionnaire, this.#script, this.#values, this.#expressions);
    this.#answers = this.#expressions.answers;
    const wholes = this.#answers.wholes();
    for (const linkId of wholes) {
      this.#script.note(`no answer to ${linkId} where it is not asked`);
      this.#script.assert(implies(this.#answers.enablement(linkId).false, isMissing(linkId)));
    }
    for (const { linkId, requires } of questionnaire.constraints) {
      if (!wholes.includes(linkId)) continue;
      this.#script.note(`constraint on ${linkId}`);
      const broken = and(not(isMissing(linkId)), this.#expressions.condition(requires.expression).false);
      this.#script.assert(not(broken));
    }
  }

  lines(): readonly string[] {
    return this.#script.lines();
  }

  /** What the goal asks for, as a term; undefined for a kind that is not exported. */
  goal({ kind, id, code }: Named): Term | undefined {
    switch (kind) {
      case 'premise':
      case 'invariant': {
        const invariant = this.#questionnaire.invariants.find((each) => each.id === id);
        if (!invariant || invariant.kind === 'absence-never-milder') return undefined;
        const premise = this.#expressions.condition(invariant.when.expression).true;
        if (kind === 'premise') return premise;
        const named = or(...invariant.dispositions.map((each) => this.#endsIn(severityRank(each))));
        return this.#script.define(and(premise, invariant.kind === 'never' ? named : not(named)));
      }
      case 'question-asked':
        return this.#answers.enablement(id).true;
      case 'rule-fires':
      case 'rule-decides': {
        const rule = this.#questionnaire.rules.find((each) => each.id === id);
        if (!rule) return undefined;
        const fires = this.#expressions.condition(rule.when.expression).true;
        if (kind === 'rule-fires') return fires;
        const others = this.#questionnaire.rules.filter((each) => each !== rule);
        const rank = severityRank(rule.disposition);
        return this.#script.define(and(fires, ...others.map((each) => not(this.#isAsBad(each, rank)))));
      }
      case 'disposition-reached':
        return this.#endsIn(dispositions.indexOf(id as Disposition));
      case 'value-reached': {
        const { expression } = calculatedValue(this.#questionnaire, id).value;
        const operands = [...operandsOf(this.#questionnaire, expression)];
        const isAsked =
          operands.length === 0 ? 'true' : not(and(...operands.map((each) => this.#answers.enablement(each).false)));
        const value = this.#expressions.value(expression) as Text;
        return this.#script.define(
          and(isAsked, not(or(value.unknown, value.none)), this.#values.is(value, code ?? '')),
        );
      }
      default:
        return undefined;
    }
  }

  /** The finding of a rule is as bad as `rank` or worse. */
  #isAsBad(rule: Rule, rank: number): Term {
    const { expression } = rule.when;
    const { true: fires, false: silent } = this.#expressions.condition(expression);
    const { unknown, declined, leftOut } = this.#absences.kinds(expression);
    const isWithin = (kind: keyof Rule['absence'], term: Term): Term =>
      severityRank(rule.absence[kind]) <= rank ? term : 'false';
    const isUnexplained = not(or(unknown, declined, leftOut));
    const byAbsence = or(
      isWithin('unknown', unknown),
      isWithin('declined', declined),
      isWithin('leftOut', or(leftOut, isUnexplained)),
    );
    const byFiring = severityRank(rule.disposition) <= rank ? fires : 'false';
    return this.#script.define(or(byFiring, and(not(or(fires, silent)), byAbsence)));
  }

  #endsIn(rank: number): Term {
    const worstIs = (limit: number): Term =>
      limit === dispositions.length - 1
        ? 'true'
        : this.#script.define(or(...this.#questionnaire.rules.map((rule) => this.#isAsBad(rule, limit))));
    return this.#script.define(rank === 0 ? worstIs(0) : and(worstIs(rank), not(worstIs(rank - 1))));
  }
}
