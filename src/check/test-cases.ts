import type { CasesReading, Placed } from '../definition/cases.ts';
import { isAccepted } from '../engine/accept.ts';
import { calculatedResults, dispositionOf, leftOut } from '../engine/assess.ts';
import { itemsOf } from '../engine/items.ts';
import { enablementOf, type Situation, situationOf, truthOf } from '../engine/situation.ts';
import { readAnswers } from '../exchange/answers.ts';
import type { Answers } from '../model/answers.ts';
import type { AnswerSheet } from '../model/cases.ts';
import { type Disposition, worse } from '../model/disposition.ts';
import type { Constraint, Questionnaire, Rule } from '../model/questionnaire.ts';
import { askedIn } from './observe.ts';
import { changedMeanings, reads } from './prove/changed.ts';
import { listDifferences, type Outcome, refusedOtherwise, shortfalls } from './test-expectations.ts';

/** A golden case ready to be held against many variants of its definition. */
export interface TestCase {
  readonly id: string;
  readonly run: Run;
  /** True where the case would fail; `refused`: its answers are not accepted. */
  fails(outcome: Outcome | 'refused'): boolean;
}

/** A sheet that must not be accepted. */
export interface RefusalCase {
  readonly id: string;
  failsOn(variant: Questionnaire): boolean;
}

export interface Suite {
  readonly cases: readonly TestCase[];
  readonly refusals: readonly RefusalCase[];
}

/** The cases whose answers are accepted; the baseline for what it is asked. */
export function suiteOf(questionnaire: Questionnaire, { baseline, cases, refusals }: CasesReading): Suite {
  const runs = [
    ...(baseline ? [{ placed: baseline as Placed<AnswerSheet>, fails: askedOtherwise(baseline.sheet.asked) }] : []),
    ...cases.map((placed) => ({
      placed: placed as Placed<AnswerSheet>,
      fails: (outcome: Outcome) => shortfalls(placed.sheet.expect, outcome).length > 0,
    })),
  ];
  return {
    cases: runs.flatMap(({ placed: { sheet }, fails }) => {
      const { answers, errors } = readAnswers(questionnaire, sheet.answers);
      const isRefused = errors.length > 0;
      const run = { id: sheet.id, run: new Run(questionnaire, answers) };
      return isRefused ? [] : [{ ...run, fails: (outcome) => outcome === 'refused' || fails(outcome) }];
    }),
    refusals: refusals.map(({ sheet }) => ({
      id: sheet.id,
      failsOn(variant) {
        return refusedOtherwise(variant, sheet.answers, sheet.refused).length > 0;
      },
    })),
  };
}

function askedOtherwise(asked: readonly string[] | undefined): (outcome: Outcome) => boolean {
  return (outcome) => listDifferences('asked', asked, outcome.asked).length > 0;
}

/** Where a variant differs from its original, as far as an outcome can show it. */
export interface Difference {
  readonly variant: Questionnaire;
  /** Calculated values and conditions of asking that may come to something else, by linkId. */
  readonly meanings: ReadonlySet<string>;
  /** The questions, repeats and groups among them. */
  readonly items: readonly string[];
  readonly isValues: boolean;
  readonly rules: readonly Rule[];
  readonly removed: readonly string[];
  /** Constraints that are new or may come to something else. */
  readonly constraints: readonly Constraint[];
  /** Who is accepted may be others. */
  readonly isAcceptance: boolean;
}

export function differenceOf(original: Questionnaire, variant: Questionnaire): Difference {
  const meanings = changedMeanings(original, variant);
  const same = new Set<Rule | Constraint>([...original.rules, ...original.constraints]);
  const left = new Set(variant.rules.map(({ id }) => id));
  return {
    variant,
    meanings,
    items: [...meanings].filter((linkId) => itemsOf(variant).has(linkId)),
    isValues: variant.calculated.some(
      ({ linkId, value: { expression } }) => meanings.has(linkId) || reads(expression, meanings),
    ),
    rules: variant.rules.filter((rule) => !same.has(rule) || reads(rule.when.expression, meanings)),
    removed: original.rules.flatMap(({ id }) => (left.has(id) ? [] : [id])),
    constraints: variant.constraints.filter((each) => !same.has(each) || reads(each.requires.expression, meanings)),
    isAcceptance: variant.constraints !== original.constraints || meanings.size > 0,
  };
}

/** One sheet on one definition, with everything kept that a variant may leave as it is. */
export class Run {
  readonly answers: Answers;
  readonly outcome: Outcome;
  private readonly situation: Situation;
  private readonly findings: ReadonlyMap<string, Disposition>;
  private readonly isTaken: boolean;

  constructor(questionnaire: Questionnaire, answers: Answers) {
    this.answers = answers;
    this.situation = situationOf(questionnaire, answers);
    this.isTaken = isAccepted(questionnaire, answers);
    this.findings = new Map(
      questionnaire.rules.flatMap((rule) => {
        const disposition = dispositionOf(rule, this.situation);
        return disposition === undefined ? [] : [[rule.id, disposition] as const];
      }),
    );
    this.outcome = {
      disposition: worstOf(this.findings),
      found: [...this.findings.keys()],
      notAsked: leftOut(this.situation),
      asked: askedIn(this.situation),
      values: calculatedResults(this.situation),
    };
  }

  /** What a sheet that is accepted comes to under a variant; undefined where nothing differs. Total. */
  under(difference: Difference): Outcome | 'refused' | undefined {
    const { meanings, removed, rules } = difference;
    const isSame = meanings.size === 0 && difference.variant.tables === this.situation.questionnaire.tables;
    const situation = isSame ? this.situation : this.situationUnder(difference);
    if (this.isRefused(difference, situation)) return 'refused';
    const changed = rules.map((rule) => [rule.id, dispositionOf(rule, situation)] as const);
    const isFoundSame =
      removed.every((id) => !this.findings.has(id)) &&
      changed.every(([id, disposition]) => this.findings.get(id) === disposition);
    const isAskedSame = difference.items.every(
      (linkId) => enablementOf(situation, linkId) === enablementOf(this.situation, linkId),
    );
    if (isFoundSame && isAskedSame && !difference.isValues) return undefined;
    return {
      ...(isFoundSame ? this.outcome : this.withFindings(removed, changed)),
      ...(!isAskedSame && { asked: askedIn(situation), notAsked: leftOut(situation) }),
      ...(difference.isValues && { values: calculatedResults(situation) }),
    };
  }

  /** Everything that means the same is taken over as it was worked out. */
  private situationUnder({ variant, meanings }: Difference): Situation {
    const { answers, hidden, calculated, enabled } = this.situation;
    const situation: Situation = {
      questionnaire: variant,
      answers,
      hidden,
      calculated: new Map(calculated),
      enabled: new Map(enabled),
    };
    for (const linkId of meanings) {
      situation.calculated.delete(linkId);
      situation.enabled.delete(linkId);
    }
    return situation;
  }

  /** An answer to what is not asked, or a constraint that is broken, as the reader of answers has it. */
  private isRefused({ items, constraints }: Difference, situation: Situation): boolean {
    return (
      items.some((linkId) => this.answers.has(linkId) && enablementOf(situation, linkId) === false) ||
      constraints.some(
        ({ linkId, requires }) => this.answers.has(linkId) && truthOf(situation, requires.expression) === false,
      )
    );
  }

  private withFindings(
    removed: readonly string[],
    changed: readonly (readonly [string, Disposition | undefined])[],
  ): Outcome {
    const findings = new Map(this.findings);
    for (const id of removed) findings.delete(id);
    for (const [id, disposition] of changed) {
      if (disposition === undefined) findings.delete(id);
      else findings.set(id, disposition);
    }
    return { ...this.outcome, disposition: worstOf(findings), found: [...findings.keys()] };
  }

  /** What of the outcome differs under a variant, in words; empty where nothing does. */
  differences(difference: Difference): readonly string[] {
    if (!this.isTaken) {
      const isTakenThen = difference.isAcceptance && isAccepted(difference.variant, this.answers);
      return isTakenThen ? ['the answers are refused, and would be accepted'] : [];
    }
    const other = this.under(difference);
    if (other === undefined) return [];
    return other === 'refused' ? ['the answers would be refused'] : differencesInWords(this.outcome, other);
  }
}

function worstOf(findings: ReadonlyMap<string, Disposition>): Disposition {
  return [...findings.values()].reduce<Disposition>(worse, 'proceed');
}

function differencesInWords(a: Outcome, b: Outcome): readonly string[] {
  const only = (these: readonly string[], those: readonly string[]): readonly string[] =>
    these.filter((each) => !those.includes(each));
  const lists = ([what, before, after]: readonly [string, readonly string[], readonly string[]]): readonly string[] => [
    ...only(after, before).map((each) => `${what} ${each}`),
    ...only(before, after).map((each) => `no ${what} ${each}`),
  ];
  const names = [...new Set([...a.values.keys(), ...b.values.keys()])];
  return [
    ...(a.disposition === b.disposition ? [] : [`${a.disposition} -> ${b.disposition}`]),
    ...lists(['finding', a.found, b.found]),
    ...lists(['question', a.asked, b.asked]),
    ...names.flatMap((name) => {
      const [before, after] = [a.values.get(name) ?? 'none', b.values.get(name) ?? 'none'];
      return before === after ? [] : [`${name} ${before} -> ${after}`];
    }),
  ];
}
