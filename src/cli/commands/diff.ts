import { basename, dirname, join, resolve } from 'node:path';
import type { Renames, WrittenRename } from '../../check/renames.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import { paintFor } from '../../report/colour.ts';
import type { Difference } from '../../report/diff.ts';
import type { RecallCounts } from '../../report/diff-recall.ts';
import { type Archive, nothingCounted, openArchive, withOneMore } from '../definitions/archive.ts';
import { definitionFolder, type LoadedDefinition, loadDefinition, mainName } from '../definitions/definitions.ts';
import { CommandError, Exit } from '../exit.ts';
import { displayPath, isThere, readSource } from '../files/read-source.ts';
import { printable, tellWritten, writeOut } from '../files/write-out.ts';
import { writeWhole } from '../files/write-whole.ts';
import { loadFonts } from '../forms/fonts.ts';
import { invalid } from '../forms/templates.ts';
import type { Io } from '../io.ts';

export interface DiffOptions {
  readonly format?: string;
  readonly pdf?: string;
  /** `loosened`, `tightened` or `any`. */
  readonly failOn?: string;
  readonly rename?: readonly string[];
  /** A YAML file of old names to new ones. */
  readonly renames?: string;
  /** Recorded answer sheets to look at again. */
  readonly archive?: string;
  readonly on?: string;
  readonly quiet?: boolean;
  readonly color?: boolean;
}

/**
 * Says whose outcome changes between two definitions, proved over every answer sheet that both take, and what was
 * changed; with `archive` also whose recorded outcome changes. Exit 1 where somebody is concerned as `failOn` says, an
 * answer is taken by one definition only, or something cannot be told; 2 where it could not start.
 */
export async function diff(oldPath: string, newPath: string, options: DiffOptions, io: Io): Promise<number> {
  const { format = 'text', failOn = 'any', pdf, archive, on } = options;
  oneOf('--format', format, formats);
  oneOf('--fail-on', failOn, concerns);
  if (pdf === '-')
    throw new CommandError('standard output has the report already', Exit.cannotStart, {
      hint: 'name a file with --pdf',
    });
  const [old, next] = [await read(oldPath, io), await read(newPath, io)];
  const renames = await renamesFrom(options, old.questionnaire, next.questionnaire, io);
  const [{ renamed }, { diffDefinitions }] = await Promise.all([
    import('../../check/renames.ts'),
    import('../../check/diff.ts'),
  ]);
  const revision = {
    old: renamed(old.questionnaire, renames),
    new: next.questionnaire,
    renames,
    ...(on !== undefined && { visitDate: on }),
  };
  const records = archive === undefined ? undefined : await openArchive(archive, old.questionnaire, revision, io);
  try {
    const baselines = { old: old.baseline, new: next.baseline };
    const difference = diffDefinitions(old.questionnaire, next.questionnaire, baselines, renames);
    if (pdf !== undefined) await writePdf(pdf, difference, old, next, options, io);
    const write = format === 'json' ? writeJson : writeText;
    const counts = await write(difference, records, options, io);
    if (counts === 'closed') return Exit.stopped;
    return isConcerned(difference, counts, failOn as Concern) ? Exit.findings : Exit.ok;
  } finally {
    records?.close();
  }
}

const formats = ['text', 'json'] as const;
const concerns = ['loosened', 'tightened', 'any'] as const;
type Concern = (typeof concerns)[number];

function oneOf(option: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new CommandError(`${option} does not take \`${printable(value)}\``, Exit.cannotStart, {
    hint: `there is: ${known.join(', ')}`,
  });
}

/** What one definition alone takes counts as loosened where it is the new one: nobody who gives it was screened before. */
function isConcerned(
  { moves, oneSided, undecided, isChecked }: Difference,
  counts: RecallCounts,
  on: Concern,
): boolean {
  const isWanted = (direction: 'loosened' | 'tightened'): boolean => on === 'any' || on === direction;
  return (
    undecided.length > 0 ||
    !isChecked ||
    counts.undetermined > 0 ||
    moves.some(({ direction }) => isWanted(direction)) ||
    oneSided.some(({ takenBy }) => isWanted(takenBy === 'new' ? 'loosened' : 'tightened')) ||
    (isWanted('loosened') && counts.loosened > 0) ||
    (isWanted('tightened') && counts.tightened > 0)
  );
}

/* Reading */

interface ReadDefinition extends LoadedDefinition {
  readonly baseline: Readonly<Record<string, unknown>>;
}

/** The definition in a folder, or that a `questionnaire.yaml` is of, and its unremarkable applicant. */
async function read(path: string, io: Io): Promise<ReadDefinition> {
  const folder = basename(path) === mainName ? dirname(path) : path;
  if (!isThere(join(definitionFolder(folder, io), mainName))) {
    throw new CommandError(`there is no definition in ${printable(folder)}`, Exit.cannotStart, {
      hint: 'name a folder that holds questionnaire.yaml; for an earlier commit, one from: git worktree add',
    });
  }
  const definition = await loadDefinition(folder, io);
  return { ...definition, baseline: await readBaseline(definition, io) };
}

async function readBaseline({ questionnaire, folder }: LoadedDefinition, io: Io): Promise<ReadDefinition['baseline']> {
  const shown = displayPath(folder, io.cwd);
  const cases = join(folder, 'cases');
  if (!isThere(join(cases, 'baseline.yaml'))) {
    throw new CommandError(`${shown} has no cases/baseline.yaml`, Exit.cannotStart, {
      hint: 'write the answers of an unremarkable applicant there: every example is told by what differs from them',
    });
  }
  const [{ readCases }, { readAnswers }] = await Promise.all([
    import('../../definition/cases.ts'),
    import('../../exchange/answers.ts'),
  ]);
  const source = await readSource(cases, 'baseline.yaml', io);
  const { baseline, diagnostics } = readCases(questionnaire, [source]);
  if (!baseline) throw await invalid('the baseline is', [source], diagnostics);
  const { answers } = baseline.sheet;
  const { errors } = readAnswers(questionnaire, answers);
  if (errors.length === 0) return answers;
  const problems = errors.map(({ linkId, message }) => `  ${linkId}: ${message}`);
  throw new CommandError(`the baseline of ${shown} is not accepted\n${problems.join('\n')}`, Exit.cannotStart, {
    hint: `see it with: preinfuse check ${shown}`,
  });
}

async function renamesFrom(
  { rename = [], renames: file }: DiffOptions,
  old: Questionnaire,
  next: Questionnaire,
  io: Io,
): Promise<Renames> {
  const { parseRename, readRenamesFile, renamesBetween } = await import('../../check/renames.ts');
  const typed = rename.map((text): WrittenRename => {
    const parsed = parseRename(text);
    if (parsed) return parsed;
    throw new CommandError(`--rename does not take \`${printable(text)}\``, Exit.cannotStart, {
      hint: 'write --rename old.name=new.name, or old.name:old-option=new-option',
    });
  });
  const source = file === undefined ? undefined : await readSource(io.cwd, file, io);
  const listed = source ? readRenamesFile(source) : { written: [], diagnostics: [] };
  if (source && listed.diagnostics.length > 0) throw await invalid('the renames are', [source], listed.diagnostics);
  const { renames, problems } = renamesBetween(old, next, [...listed.written, ...typed]);
  if (problems.length === 0) return renames;
  const shown = problems.map((problem) => `  ${printable(problem)}`);
  throw new CommandError(`the renames do not fit the definitions\n${shown.join('\n')}`, Exit.cannotStart, {
    hint: 'each names something of the old definition and something of the new one',
  });
}

/* Writing */

type Written = RecallCounts | 'closed';

async function writeText(
  difference: Difference,
  archive: Archive | undefined,
  { color }: DiffOptions,
  io: Io,
): Promise<Written> {
  const { diffText, recallLine, recallSummary } = await import('../../report/diff-text.ts');
  const paint = paintFor({ env: io.env, isTerminal: io.stdout.isTTY === true, isWanted: color !== false });
  if (!(await writeOut(io.stdout, diffText(difference, paint)))) return 'closed';
  if (!archive) return nothingCounted;
  const title = paint('RECORDED SCREENINGS whose outcome changes or cannot be told', 'title');
  if (!(await writeOut(io.stdout, `\n${title}\n`))) return 'closed';
  let counts = nothingCounted;
  for await (const recall of archive.recalls) {
    counts = withOneMore(counts, recall);
    const line = recallLine(recall, archive.unit);
    if (line !== undefined && !(await writeOut(io.stdout, `  ${line}\n`))) return 'closed';
  }
  return (await writeOut(io.stdout, `${recallSummary(counts)}\n`)) ? counts : 'closed';
}

/** One JSON object; the archive comes last, so that its records are written as they are read. */
async function writeJson(
  difference: Difference,
  archive: Archive | undefined,
  _options: DiffOptions,
  io: Io,
): Promise<Written> {
  const { diffJson } = await import('../../report/diff-json.ts');
  const text = JSON.stringify(diffJson(difference), null, 2);
  if (!archive) return (await writeOut(io.stdout, `${text}\n`)) ? nothingCounted : 'closed';
  if (!(await writeOut(io.stdout, `${text.slice(0, -'\n}'.length)},\n  "archive": {\n    "records": [`)))
    return 'closed';
  let counts = nothingCounted;
  let between = '\n      ';
  for await (const recall of archive.recalls) {
    counts = withOneMore(counts, recall);
    if (recall.is === 'same') continue;
    if (!(await writeOut(io.stdout, `${between}${JSON.stringify(recall)}`))) return 'closed';
    between = ',\n      ';
  }
  const end = `\n    ],\n    "counts": ${JSON.stringify(counts)}\n  }\n}\n`;
  return (await writeOut(io.stdout, end)) ? counts : 'closed';
}

/** The file's date is the day given with --on; without one it has the first day that a file can have, not the clock's. */
async function writePdf(
  file: string,
  difference: Difference,
  old: LoadedDefinition,
  next: LoadedDefinition,
  { on, ...options }: DiffOptions,
  io: Io,
): Promise<void> {
  const [{ renderDifference }, { ConsentRefused }] = await Promise.all([
    import('../../document/diff-page.ts'),
    import('../../document/refusal.ts'),
  ]);
  const created = on === undefined ? new Date(0) : new Date(`${on}T00:00:00Z`);
  try {
    const digests = { old: old.digest, new: next.digest };
    await writeWhole(resolve(io.cwd, file), await renderDifference(difference, digests, loadFonts(io.cwd), created));
  } catch (error) {
    if (!(error instanceof ConsentRefused)) throw error;
    throw new CommandError(error.message, Exit.cannotStart, { hint: error.hint, cause: error });
  }
  await tellWritten([file], options, io);
}
