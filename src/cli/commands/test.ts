import { resolve } from 'node:path';
import type { DefinitionTexts } from '../../check/check.ts';
import type { TestWishes } from '../../check/test-run.ts';
import type { SuggestedCase } from '../../definition/suggested-cases.ts';
import { counted } from '../../model/counted.ts';
import type { TestedDefinition, TestReport } from '../../report/test-report.ts';
import { definitionFolders, readTexts } from '../definitions/definition-texts.ts';
import { CommandError, Exit } from '../exit.ts';
import { displayPath, isThere } from '../files/read-source.ts';
import { printable, writeOut } from '../files/write-out.ts';
import { writeWhole } from '../files/write-whole.ts';
import type { Io } from '../io.ts';
import { atMostEvery, canRedraw, openStatusLine } from '../status-line.ts';

export interface TestOptions {
  readonly coverage?: boolean;
  /** Percent that every measure of coverage has to reach. */
  readonly minCoverage?: number;
  readonly mutate?: boolean;
  /** A file for the cases to add; `true`: its default name. */
  readonly suggest?: string | true;
  readonly force?: boolean;
  readonly format?: string;
  /** What to test where no path is given. */
  readonly questionnaire?: string;
  readonly quiet?: boolean;
}

/**
 * Runs the golden cases of the definitions in `paths`, as `check` finds them. 0: all pass, and where asked for every
 * mutant is told apart or proved the same, and coverage is at least `minCoverage`. 1: something of that is not so, or
 * there are no cases. 2: a folder or file is not there or cannot be written.
 */
export async function test(paths: readonly string[], options: TestOptions, io: Io): Promise<number> {
  const { questionnaire, suggest, minCoverage } = options;
  const write = await writerOf(options.format ?? 'text', options.quiet === true);
  const named = paths.length === 0 && questionnaire !== undefined ? [questionnaire] : paths;
  const folders = await definitionFolders(named, io);
  const target = suggest === undefined ? undefined : await suggestionPath(suggest, folders.length, options, io);
  const line = openStatusLine(io);
  const progress = atMostEvery(0.2, io, line.show);
  const isCounting = options.quiet !== true && canRedraw(io);
  const wishes = {
    onLooked: (count: number, of: number) => {
      if (isCounting) void progress(`${count} of ${of} mutants that no case tells are looked at`);
    },
    coverage: options.coverage === true || minCoverage !== undefined,
    mutate: options.mutate === true || target !== undefined,
  };
  const texts = await Promise.all(folders.map(async (folder) => (await readTexts(folder, io)).texts));
  const { report, suggested } = await reportOn(texts, wishes);
  await line.end();
  if (!(await writeOut(io.stdout, write(report)))) return Exit.stopped;
  const isHeldBack = report.definitions.some((each) => each.isHeldBack);
  if (target !== undefined && !isHeldBack) await writeSuggestions(target, suggested, io);
  if (target !== undefined && isHeldBack) await writeOut(io.stderr, 'no case is suggested before all cases pass\n');
  return report.definitions.every((each) => isGood(each, minCoverage ?? 0)) ? Exit.ok : Exit.findings;
}

type Writer = (report: TestReport) => string;

async function writerOf(format: string, isQuiet: boolean): Promise<Writer> {
  switch (format) {
    case 'text': {
      const { testText, testTextOfProblems } = await import('../../report/test-text.ts');
      return isQuiet ? testTextOfProblems : testText;
    }
    case 'json':
      return (await import('../../report/test-json.ts')).testJson;
    default:
      throw new CommandError(`there is no format \`${format}\``, Exit.cannotStart, { hint: 'use text or json' });
  }
}

async function reportOn(
  definitions: readonly DefinitionTexts[],
  wishes: TestWishes,
): Promise<{ readonly report: TestReport; readonly suggested: readonly SuggestedCase[] }> {
  const [{ testDefinition }, { place }] = await Promise.all([
    import('../../check/test-run.ts'),
    import('../../report/diagnostics.ts'),
  ]);
  const files = definitions.flatMap(({ main, tables, cases }) => [main, ...tables, ...cases]);
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const outcomes = definitions.map((each) => ({ path: each.main.path, ...testDefinition(each, wishes) }));
  const tested = outcomes.map(({ suggested: _, ...outcome }) => ({
    ...outcome,
    diagnostics: place(outcome.diagnostics, texts),
  }));
  return { report: { definitions: tested, texts }, suggested: outcomes.flatMap(({ suggested }) => suggested) };
}

function isGood({ diagnostics, cases, coverage, mutation }: TestedDefinition, minCoverage: number): boolean {
  return (
    diagnostics.length === 0 &&
    cases.total > 0 &&
    (coverage?.measures ?? []).every(({ percent }) => percent >= minCoverage) &&
    (coverage?.isChecked ?? true) &&
    (mutation === undefined || (mutation.killed === mutation.total && mutation.isChecked))
  );
}

const defaultSuggestions = 'suggested-cases.yaml';

/** Where the suggestions go; looked at before the work is done. */
async function suggestionPath(
  suggest: string | true,
  definitions: number,
  { force }: TestOptions,
  io: Io,
): Promise<string> {
  if (definitions > 1)
    throw new CommandError('cases can be suggested for one definition at a time', Exit.cannotStart, {
      hint: 'name one folder',
    });
  if (suggest === '-')
    throw new CommandError('standard output has the report already', Exit.cannotStart, {
      hint: 'name a file with --suggest',
    });
  const path = resolve(io.cwd, suggest === true ? defaultSuggestions : suggest);
  if (force !== true && isThere(path))
    throw new CommandError(`${displayPath(path, io.cwd)} is there already`, Exit.cannotStart, {
      hint: 'name another file, or use --force',
    });
  return path;
}

async function writeSuggestions(path: string, cases: readonly SuggestedCase[], io: Io): Promise<void> {
  if (cases.length === 0) {
    await writeOut(io.stderr, 'no case to suggest\n');
    return;
  }
  const { suggestedCases } = await import('../../definition/suggested-cases.ts');
  await writeWhole(path, suggestedCases(cases));
  const count = counted(cases.length, 'case waits', 'cases wait');
  await writeOut(io.stderr, `${count} for a clinician in ${printable(displayPath(path, io.cwd))}\n`);
}
