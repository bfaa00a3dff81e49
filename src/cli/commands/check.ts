import { dirname } from 'node:path';
import type { CheckOutcome, DefinitionTexts } from '../../check/check.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type DayNumber, parseDate } from '../../model/local-date.ts';
import type { CheckReport } from '../../report/check-text.ts';
import { definitionFolders, readTexts, type TextsOnDisk } from '../definitions/definition-texts.ts';
import { CommandError, Exit } from '../exit.ts';
import { sha256, visitDay } from '../files/source.ts';
import { printable } from '../files/write-out.ts';
import type { Io } from '../io.ts';
import { packageVersion } from '../package.ts';

export interface CheckOptions {
  readonly format?: string;
  /** What to check where no path is given. */
  readonly questionnaire?: string;
  /** The day by which evidence must not be stale, `YYYY-MM-DD`; default today. */
  readonly on?: string;
  readonly quiet?: boolean;
  readonly color?: boolean;
  /** Mend first what cannot change who is let through. */
  readonly fix?: boolean;
  /** Check again after each change. */
  readonly watch?: boolean;
  /** Where the goals of the proofs go as SMT-LIB 2. */
  readonly exportSmt2?: string;
}

/**
 * Checks the definitions in `paths`: folders with a `questionnaire.yaml`, that file itself, or folders of such folders;
 * none is the shipped one. The report goes to stdout. 0: no error, warnings at most; 1: errors; a folder or file that is
 * not there: exit 2. With `watch` it goes on until a signal, and its exit code is that of the signal.
 */
export async function check(paths: readonly string[], options: CheckOptions, io: Io): Promise<number> {
  const { format = 'text', questionnaire, quiet = false } = options;
  if (options.exportSmt2 === '-')
    throw new CommandError('standard output has the report already', Exit.cannotStart, {
      hint: 'name a file with --export-smt2',
    });
  const write = await writerOf(format, quiet);
  const isShipped = paths.length === 0 && questionnaire === undefined;
  const note = isShipped && format === 'text' && !quiet ? shippedNote : '';
  const once = async (watchThese: (folders: readonly string[]) => void): Promise<number> => {
    const report = await checkOnce(paths, options, io, watchThese);
    io.stdout.write(`${write(report)}${note}`);
    return report.diagnostics.some(({ severity }) => severity === 'error') ? Exit.findings : Exit.ok;
  };
  if (!options.watch) return once(() => undefined);
  const { workOnChange } = await import('../definitions/watch.ts');
  return workOnChange(async (watchThese) => {
    await once(watchThese);
    if (!quiet) io.stderr.write('Waiting for a change. Ctrl-C ends.\n');
  }, io);
}

/** Else somebody with a definition of their own could take this for what was checked. */
const shippedNote = 'this is the shipped definition; for one of your own: preinfuse check PATH\n';

async function checkOnce(
  paths: readonly string[],
  { questionnaire, quiet, on, ...options }: CheckOptions,
  io: Io,
  watchThese: (folders: readonly string[]) => void,
): Promise<CheckReport> {
  const named = paths.length === 0 && questionnaire !== undefined ? [questionnaire] : paths;
  const folders = await definitionFolders(named, io);
  const day = parseDate(visitDay(on, io));
  const read = await Promise.all(folders.map((folder) => readTexts(folder, io, day)));
  watchThese([...new Set(read.flatMap(({ paths: files }) => [...files.values()].map(dirname)))]);
  const { checkDefinition } = await import('../../check/check.ts');
  const checked = options.fix
    ? await mendAll(folders, quiet === true, io, day)
    : read.map(({ texts }) => ({ texts, outcome: checkDefinition(texts) }));
  if (options.exportSmt2 !== undefined) {
    const { exportSmt2 } = await import('../definitions/export-smt2.ts');
    await exportSmt2(
      checked.map(({ outcome }) => outcome.proof),
      options.exportSmt2,
      io,
    );
  }
  return reportOn(checked);
}

/** One after the other: two definitions may share a file. */
async function mendAll(
  folders: readonly string[],
  isQuiet: boolean,
  io: Io,
  day: DayNumber | undefined,
): Promise<readonly Checked[]> {
  const mended: Checked[] = [];
  for (const folder of folders) mended.push(await mend(await readTexts(folder, io, day), isQuiet, io));
  return mended;
}

interface Checked {
  readonly texts: DefinitionTexts;
  readonly outcome: CheckOutcome;
}

/** How often fixes are made and looked for again: one may bring another to light. */
const mostRounds = 5;

/** Makes the fixes of a definition in its files, and says so; gives what it is then and what is found in it. */
async function mend({ texts, paths }: TextsOnDisk, isQuiet: boolean, io: Io): Promise<Checked> {
  const [{ checkDefinition }, { fix }, { writeWhole }] = await Promise.all([
    import('../../check/check.ts'),
    import('../../check/fix.ts'),
    import('../files/write-whole.ts'),
  ]);
  let checked: Checked = { texts, outcome: checkDefinition(texts) };
  let count = 0;
  for (let round = 0; round < mostRounds; round += 1) {
    const fixed = fix(checked.texts, checked.outcome.diagnostics);
    if (fixed.isRefused) io.stderr.write(`${printable(texts.main.path)}: not fixed, it would not screen as before\n`);
    if (fixed.count === 0) break;
    for (const { path, text } of fixed.changed) await writeWhole(paths.get(path) ?? path, text);
    checked = { texts: fixed.texts, outcome: checkDefinition(fixed.texts) };
    count += fixed.count;
  }
  if (count > 0 && !isQuiet) io.stderr.write(`${printable(texts.main.path)}: ${count} fixed\n`);
  return checked;
}

type Writer = (report: CheckReport) => string;

async function writerOf(format: string, isQuiet: boolean): Promise<Writer> {
  const { checkText, checkTextOfProblems } = await import('../../report/check-text.ts');
  switch (format) {
    case 'text':
      return isQuiet ? checkTextOfProblems : checkText;
    case 'json':
      return (await import('../../report/json.ts')).checkJson;
    case 'sarif':
      return sarifWriter();
    case 'junit':
      return (await import('../../report/junit.ts')).checkJunit;
    case 'github':
      return (await import('../../report/github.ts')).checkGithub;
    default:
      throw new CommandError(`there is no format \`${format}\``, Exit.cannotStart, {
        hint: 'use text, json, sarif, junit or github',
      });
  }
}

async function sarifWriter(): Promise<Writer> {
  const [{ checkSarif }, { markdownOf, pageOf }] = await Promise.all([
    import('../../report/sarif.ts'),
    import('../../check/pages.ts'),
  ]);
  const describe = (code: string) => {
    const page = pageOf(code);
    if (!page) throw new Error(`the code ${code} has no page`);
    return { severity: page.severity, why: page.why, page: markdownOf(page) };
  };
  return (report) => checkSarif(report, { version: packageVersion(), pageOf: describe, digest: sha256 });
}

async function reportOn(checked: readonly Checked[]): Promise<CheckReport> {
  const [{ filesOf }, { place }, { addUp }] = await Promise.all([
    import('../../check/check.ts'),
    import('../../report/diagnostics.ts'),
    import('../../report/check-text.ts'),
  ]);
  const texts = new Map(checked.flatMap((each) => filesOf(each.texts)).map(({ path, text }) => [path, text]));
  const outcomes = checked.map(({ outcome }) => outcome);
  const placed = (of: (outcome: CheckOutcome) => readonly Diagnostic[]) => place(outcomes.flatMap(of), texts);
  return {
    diagnostics: placed(({ diagnostics }) => diagnostics),
    suppressed: placed(({ suppressed }) => suppressed),
    summary: addUp(
      outcomes.map(({ summary }) => summary),
      texts.size,
    ),
    texts,
  };
}
