import type { Answers } from '../model/answers.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { Mutant } from './mutants.ts';
import { isSameForEveryEntry } from './mutants-same.ts';
import { Circuit } from './prove/circuit.ts';
import { Comparison } from './prove/compare.ts';
import { EncodedDefinition } from './prove/definition.ts';
import { isChecked } from './prove/search.ts';
import { Solver } from './prove/solver.ts';
import { applicantsAtRow } from './row-applicants.ts';
import { type Difference, differenceOf, Run, type Suite } from './test-cases.ts';

/** What became of the mutants of a definition. Every mutant is in exactly one of the lists. */
export interface MutationResult {
  readonly killed: readonly Killed[];
  readonly survivors: readonly Survivor[];
  /** No answers at all tell these from the original: proved, so what they change is redundant. */
  readonly equivalent: readonly Mutant[];
  /** Not settled: counted as survivors. */
  readonly undecided: readonly Mutant[];
  /** Every proof was checked step by step by code that the solver does not share. */
  readonly isChecked: boolean;
}

export interface Killed {
  readonly mutant: Mutant;
  /** The first case that fails on it. */
  readonly by: string;
}

export interface Survivor {
  readonly mutant: Mutant;
  /** An applicant who comes out otherwise; several mutants may share one. */
  readonly answers: Answers;
  /** What comes out otherwise, in words. */
  readonly differs: readonly string[];
}

/** Killed of all that some answers could tell from the original, in percent, rounded down; 100 where there are none. */
export function mutationScore({ killed, survivors, undecided }: MutationResult): number {
  const all = killed.length + survivors.length + undecided.length;
  return all === 0 ? 100 : Math.floor((100 * killed.length) / all);
}

/**
 * Runs the cases on every mutant, and has the prover look for somebody who tells the rest from the original. `baseline`
 * is the applicant they are nearest to. `onLooked` hears how many of the mutants that no case tells are looked at, of all.
 */
export function testMutants(
  questionnaire: Questionnaire,
  mutants: readonly Mutant[],
  suite: Suite,
  baseline: Answers,
  onLooked: (count: number, of: number) => void = () => undefined,
): MutationResult {
  const tried = mutants.map((mutant) => {
    const difference = differenceOf(questionnaire, mutant.questionnaire);
    return { mutant, difference, by: killerOf(difference, suite) };
  });
  const settled = settle(
    questionnaire,
    tried.filter(({ by }) => by === undefined),
    [baseline, ...suite.cases.map(({ run }) => run.answers)],
    onLooked,
  );
  return { ...settled, killed: tried.flatMap(({ mutant, by }) => (by === undefined ? [] : [{ mutant, by }])) };
}

/** The first case that fails on a variant. */
function killerOf(difference: Difference, { cases, refusals }: Suite): string | undefined {
  for (const { id, run, fails } of cases) {
    const outcome = run.under(difference);
    if (outcome !== undefined && fails(outcome)) return id;
  }
  if (!difference.isAcceptance) return undefined;
  return refusals.find(({ failsOn }) => failsOn(difference.variant))?.id;
}

interface Standing {
  readonly mutant: Mutant;
  readonly difference: Difference;
}

function settle(
  questionnaire: Questionnaire,
  standing: readonly Standing[],
  [baseline, ...others]: readonly [Answers, ...Answers[]],
  onLooked: (count: number, of: number) => void,
): Omit<MutationResult, 'killed'> {
  const encoded = new EncodedDefinition(questionnaire, new Circuit(new Solver()));
  const known: Run[] = [];
  const survivors: Survivor[] = [];
  const equivalent: Mutant[] = [];
  const undecided: Mutant[] = [];
  for (const [index, { mutant, difference }] of standing.entries()) {
    onLooked(index, standing.length);
    const knownRun = known.find((run) => run.differences(difference).length > 0);
    const easyRun = knownRun ?? runAtRow(questionnaire, mutant, difference, [baseline, ...others]);
    if (easyRun) {
      if (!knownRun) known.push(easyRun);
      survivors.push({ mutant, answers: easyRun.answers, differs: easyRun.differences(difference) });
      continue;
    }
    if (mutant.formula && isSameForEveryEntry(encoded, mutant.formula.before, mutant.formula.after)) {
      equivalent.push(mutant);
      continue;
    }
    const comparison = Comparison.withVariant(encoded, mutant.questionnaire, baseline);
    const found = somebodyWhoDiffers(comparison, difference);
    const run = found instanceof Map ? new Run(questionnaire, found) : undefined;
    const differs = run?.differences(difference) ?? [];
    if (found === 'nobody') equivalent.push(mutant);
    else if (run && differs.length > 0) {
      known.push(run);
      survivors.push({ mutant, answers: run.answers, differs });
    } else undecided.push(mutant);
  }
  return {
    survivors,
    equivalent,
    undecided,
    isChecked: isChecked(encoded.circuit),
  };
}

/** Somebody at the row that has the slip who tells it: tried first, since a proof over a repeat can take long. */
function runAtRow(
  questionnaire: Questionnaire,
  { row }: Mutant,
  difference: Difference,
  starts: readonly Answers[],
): Run | undefined {
  if (!row) return undefined;
  for (const start of starts)
    for (const answers of applicantsAtRow(questionnaire, start, row)) {
      const run = new Run(questionnaire, answers);
      if (run.differences(difference).length > 0) return run;
    }
  return undefined;
}

/** An applicant who comes out otherwise, or is accepted by one of the two alone. */
function somebodyWhoDiffers(comparison: Comparison, { isAcceptance }: Difference): Answers | 'nobody' | undefined {
  const differs = comparison.whoDiffers();
  if (differs.is === 'applicant') return differs.applicant.old.answers;
  if (differs.is === 'undecided') return undefined;
  if (!isAcceptance) return 'nobody';
  const refused = comparison.whoIsRefusedByOne();
  if (refused.is === 'applicant') return refused.applicant.old.answers;
  return refused.is === 'no-applicant' ? 'nobody' : undefined;
}
