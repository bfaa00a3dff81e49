import { readCases } from '../definition/cases.ts';
import { readQuestionnaire } from '../definition/read.ts';
import type { SuggestedCase } from '../definition/suggested-cases.ts';
import type { SourceText } from '../definition/yaml-source.ts';
import { writeAnswers } from '../exchange/answers.ts';
import type { Answers } from '../model/answers.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { CaseCounts, CoverageReport, MutationReport } from '../report/test-report.ts';
import { type Coverage, coverageOf, percentOf } from './coverage.ts';
import { mutantsOf } from './mutants.ts';
import { type MutationResult, mutationScore, type Survivor, testMutants } from './mutate.ts';
import { type Places, placesOf } from './places.ts';
import { departures } from './prove/tell.ts';
import { replayCases } from './replay.ts';
import { suiteOf } from './test-cases.ts';

/** The files that a test of a definition needs. */
export interface TestedTexts {
  readonly main: SourceText;
  readonly tables: readonly SourceText[];
  readonly cases: readonly SourceText[];
}

export interface TestWishes {
  readonly coverage: boolean;
  readonly mutate: boolean;
  /** Hears how many of the mutants that no case tells are looked at, of all. */
  readonly onLooked?: (count: number, of: number) => void;
}

export interface TestOutcome {
  readonly diagnostics: readonly Diagnostic[];
  readonly cases: CaseCounts;
  readonly coverage?: CoverageReport;
  readonly mutation?: MutationReport;
  /** The cases to add, one for each applicant that tells some mutant apart. */
  readonly suggested: readonly SuggestedCase[];
  /** Something was wished for that the cases have to pass for. */
  readonly isHeldBack: boolean;
}

/**
 * Runs the golden cases of a definition; where all pass, also measures what they cover and which mutants they tell from
 * it. A definition that does not read has its problems told and nothing run. Never throws.
 */
export function testDefinition({ cases, ...texts }: TestedTexts, wishes: TestWishes): TestOutcome {
  const { questionnaire, yaml, tables, diagnostics } = readQuestionnaire(texts.main, texts.tables);
  const isWished = wishes.coverage || wishes.mutate;
  const nothing = { cases: { passed: 0, total: 0, signed: 0 }, suggested: [], isHeldBack: isWished };
  const problems = diagnostics.filter(({ severity }) => severity === 'error');
  if (!questionnaire || !yaml || problems.length > 0) return { ...nothing, diagnostics: problems };
  const reading = readCases(questionnaire, cases);
  const { passed, total, diagnostics: failures } = replayCases(questionnaire, reading);
  const found = [...reading.diagnostics, ...failures];
  const sheetsRead = [...reading.cases, ...reading.refusals].map(({ sheet }) => sheet);
  const signed = sheetsRead.filter(({ signedBy }) => signedBy !== undefined).length;
  const run = { diagnostics: found, cases: { passed, total, signed } };
  if (found.length > 0 || total === 0) return { ...nothing, ...run };
  const suite = suiteOf(questionnaire, reading);
  const sheets = suite.cases.map(({ run: { answers } }) => answers);
  const baseline = reading.baseline ? (sheets[0] ?? new Map()) : new Map();
  const places = placesOf(yaml, tables);
  const mutation = wishes.mutate
    ? testMutants(questionnaire, mutantsOf(questionnaire, places), suite, baseline, wishes.onLooked)
    : undefined;
  return {
    ...run,
    isHeldBack: false,
    suggested: mutation ? suggestions(questionnaire, mutation.survivors, baseline) : [],
    ...(wishes.coverage && { coverage: coverageReport(questionnaire, sheets, places) }),
    ...(mutation && { mutation: mutationReport(questionnaire, mutation, baseline) }),
  };
}

function coverageReport(questionnaire: Questionnaire, sheets: readonly Answers[], places: Places): CoverageReport {
  const { measures, isChecked }: Coverage = coverageOf(questionnaire, sheets, places);
  return { isChecked, measures: measures.map((measure) => ({ ...measure, percent: percentOf(measure) })) };
}

function mutationReport(questionnaire: Questionnaire, result: MutationResult, baseline: Answers): MutationReport {
  const { killed, survivors, undecided, equivalent, isChecked } = result;
  const remark = ({ id, words, at }: Survivor['mutant']) => ({ id, words, at });
  return {
    killed: killed.length,
    total: killed.length + survivors.length + undecided.length,
    percent: mutationScore(result),
    survivors: survivors.map(({ mutant, answers, differs }) => ({
      ...remark(mutant),
      applicant: departures(questionnaire, answers, baseline),
      differs,
    })),
    undecided: undecided.map(remark),
    equivalent: equivalent.map(remark),
    isChecked,
  };
}

function suggestions(
  questionnaire: Questionnaire,
  survivors: readonly Survivor[],
  baseline: Answers,
): readonly SuggestedCase[] {
  const applicants = new Map<Answers, Survivor[]>();
  for (const each of survivors) applicants.set(each.answers, [...(applicants.get(each.answers) ?? []), each]);
  const start = writeAnswers(questionnaire, baseline);
  return [...applicants].map(([answers, told], index) => {
    const sheet = writeAnswers(questionnaire, answers);
    const isOther = ([linkId, answer]: [string, unknown]): boolean =>
      JSON.stringify(answer) !== JSON.stringify(start[linkId]);
    return {
      id: `suggested-${index + 1}`,
      title: departures(questionnaire, answers, baseline),
      set: Object.fromEntries(Object.entries(sheet).filter(isOther)),
      unset: Object.keys(start).filter((linkId) => !(linkId in sheet)),
      tells: told.map(({ mutant, differs }) => `${mutant.id}: ${mutant.words}: ${differs.join(', ')}`),
    };
  });
}
