import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { DefinitionTexts } from '../../check/check.ts';
import type { SourceText } from '../../definition/yaml-source.ts';
import type { CheckReport } from '../../report/check-text.ts';
import { displayPath, readSource, shippedDefinition } from '../definitions.ts';
import { CommandError, Exit } from '../exit.ts';
import type { Io } from '../io.ts';

export interface CheckOptions {
  readonly format?: string;
  /** What to check where no path is given. */
  readonly questionnaire?: string;
  readonly quiet?: boolean;
  readonly color?: boolean;
}

/**
 * Checks the definitions in `paths`: folders with a `questionnaire.yaml`, that file itself, or folders of such folders;
 * none is the shipped one. The report goes to stdout. 0: no error, warnings at most; 1: errors; a folder or file that is not there: exit 2.
 */
export async function check(paths: readonly string[], options: CheckOptions, io: Io): Promise<number> {
  const write = await writerOf(options.format ?? 'text', options.quiet === true);
  const { questionnaire } = options;
  const named = paths.length === 0 && questionnaire !== undefined ? [questionnaire] : paths;
  const folders = await definitionFolders(named, io);
  const texts = await Promise.all(folders.map((folder) => readTexts(folder, io)));
  const report = await reportOn(texts);
  io.stdout.write(write(report));
  return report.diagnostics.some(({ severity }) => severity === 'error') ? Exit.findings : Exit.ok;
}

type Writer = (report: CheckReport) => string;

async function writerOf(format: string, isQuiet: boolean): Promise<Writer> {
  const { checkText, describeAll } = await import('../../report/check-text.ts');
  switch (format) {
    case 'text':
      return isQuiet ? (report) => describeAll(report).join('\n') : checkText;
    case 'json':
      return (await import('../../report/json.ts')).checkJson;
    case 'github':
      return (await import('../../report/github.ts')).checkGithub;
    default:
      throw new CommandError(`there is no format \`${format}\``, Exit.cannotStart, {
        hint: 'use text, json or github',
      });
  }
}

async function reportOn(definitions: readonly DefinitionTexts[]): Promise<CheckReport> {
  const [{ checkDefinition, filesOf }, { place }, { addUp }] = await Promise.all([
    import('../../check/check.ts'),
    import('../../report/diagnostics.ts'),
    import('../../report/check-text.ts'),
  ]);
  const outcomes = definitions.map(checkDefinition);
  const texts = new Map(definitions.flatMap(filesOf).map(({ path, text }) => [path, text]));
  const diagnostics = place(
    outcomes.flatMap((outcome) => outcome.diagnostics),
    texts,
  );
  return {
    diagnostics,
    summary: addUp(
      outcomes.map(({ summary }) => summary),
      texts.size,
    ),
    texts,
  };
}

async function definitionFolders(paths: readonly string[], io: Io): Promise<readonly string[]> {
  if (paths.length === 0) return [shippedDefinition];
  const found = await Promise.all(paths.map((path) => definitionsIn(resolve(io.cwd, path), io)));
  return [...new Set(found.flat())];
}

async function definitionsIn(path: string, io: Io): Promise<readonly string[]> {
  const folder = basename(path) === main ? dirname(path) : path;
  const names = await namesIn(folder);
  if (!names) {
    throw new CommandError(`cannot read ${displayPath(folder, io.cwd)}: there is no such folder`, Exit.cannotStart, {
      hint: 'name a folder that holds questionnaire.yaml, or a folder of such folders',
    });
  }
  if (names.includes(main)) return [folder];
  const inner = await Promise.all(names.map(async (name) => ({ name, names: await namesIn(join(folder, name)) })));
  const found = inner.filter((each) => each.names?.includes(main)).map(({ name }) => join(folder, name));
  if (found.length > 0) return found;
  throw new CommandError(`there is no definition in ${displayPath(folder, io.cwd)}`, Exit.cannotStart, {
    hint: 'name a folder that holds questionnaire.yaml, or a folder of such folders',
  });
}

const main = 'questionnaire.yaml';

/** What is in a folder, sorted; undefined where there is no such folder. */
async function namesIn(folder: string): Promise<readonly string[] | undefined> {
  try {
    return (await readdir(folder)).sort();
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new CommandError(`cannot read the folder ${basename(folder)}`, Exit.cannotStart, { cause, hint: code });
  }
}

/** The files of the definition in `folder`, and its templates and clinic settings in `../../templates/<id>` and `../..`. */
async function readTexts(folder: string, io: Io): Promise<DefinitionTexts> {
  const root = dirname(dirname(folder));
  const questionnaire = await readSource(folder, main, io);
  const id = /^id: *["']?([a-z0-9-]+)["']?\s*(?:#.*)?$/m.exec(questionnaire.text)?.[1];
  const templates = id === undefined ? undefined : join(root, 'templates', id);
  const [tables, cases, forms, evidence, clinic] = await Promise.all([
    readAll(folder, (name) => name.endsWith('.yaml') && name !== main, io),
    readAll(join(folder, 'cases'), (name) => name.endsWith('.yaml'), io),
    templates === undefined ? [] : readAll(templates, (name) => /^consent\..+\.md$/.test(name), io),
    templates === undefined ? [] : readAll(templates, (name) => name === 'evidence.yaml', io),
    readAll(root, (name) => name === 'preinfuse.yaml', io),
  ]);
  const [[ledger], [settings]] = [evidence, clinic];
  return {
    main: questionnaire,
    tables,
    cases,
    templates: forms,
    ...(ledger && { evidence: ledger }),
    ...(settings && { clinic: settings }),
  };
}

async function readAll(folder: string, isWanted: (name: string) => boolean, io: Io): Promise<readonly SourceText[]> {
  const names = (await namesIn(folder)) ?? [];
  return Promise.all(names.filter(isWanted).map((name) => readSource(folder, name, io)));
}
