import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { DefinitionTexts } from '../../check/check.ts';
import type { SourceText } from '../../definition/yaml-source.ts';
import { wordingDigest } from '../../document/integrity/digests.ts';
import type { DayNumber } from '../../model/local-date.ts';
import { CommandError, Exit } from '../exit.ts';
import { displayPath, isThere, readSource } from '../files/read-source.ts';
import { sha256 } from '../files/source.ts';
import type { Io } from '../io.ts';
import { mainName, shippedDefinition } from './definitions.ts';

/** The folders of the definitions in `paths`; none is the shipped one. One without a definition: CommandError, exit 2. */
export async function definitionFolders(paths: readonly string[], io: Io): Promise<readonly string[]> {
  if (paths.length === 0) return [shippedDefinition];
  const found = await Promise.all(paths.map((path) => definitionsIn(resolve(io.cwd, path), io)));
  return [...new Set(found.flat())];
}

async function definitionsIn(path: string, io: Io): Promise<readonly string[]> {
  const folder = basename(path) === mainName ? dirname(path) : path;
  const names = await namesIn(folder, io);
  if (!names) {
    const why = isThere(folder) ? 'it is not a folder' : 'there is no such folder';
    throw new CommandError(`cannot read ${displayPath(folder, io.cwd)}: ${why}`, Exit.cannotStart, {
      hint: 'name a folder that holds questionnaire.yaml, or a folder of such folders',
    });
  }
  if (names.includes(mainName)) return [folder];
  const inner = await Promise.all(names.map(async (name) => ({ name, names: await namesIn(join(folder, name), io) })));
  const found = inner.filter((each) => each.names?.includes(mainName)).map(({ name }) => join(folder, name));
  if (found.length > 0) return found;
  if (names.includes(usual)) return definitionsIn(join(folder, usual), io);
  throw new CommandError(`there is no definition in ${displayPath(folder, io.cwd)}`, Exit.cannotStart, {
    hint: 'name a folder that holds questionnaire.yaml, or a folder of such folders',
  });
}

/** Where a clinic keeps its definitions, beside its templates. */
const usual = 'questionnaires';

/** What is in a folder, sorted; undefined where there is no such folder. */
async function namesIn(folder: string, { cwd }: Io): Promise<readonly string[] | undefined> {
  try {
    return (await readdir(folder)).sort();
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new CommandError(`cannot read the folder ${displayPath(folder, cwd)}`, Exit.cannotStart, {
      cause,
      hint: 'name a folder that is there and that you may look into',
    });
  }
}

/** The files of a definition, and where each is kept, by the path it is shown under. */
export interface TextsOnDisk {
  readonly texts: DefinitionTexts;
  readonly paths: ReadonlyMap<string, string>;
}

/** The files of the definition in `folder`, to be checked as of `on`, and its templates and clinic settings in `../../templates/<id>` and `../..`. */
export async function readTexts(folder: string, io: Io, on?: DayNumber): Promise<TextsOnDisk> {
  const root = dirname(dirname(folder));
  const paths = new Map<string, string>();
  const read = async (from: string, name: string): Promise<SourceText> => {
    const source = await readSource(from, name, io);
    paths.set(source.path, join(from, name));
    return source;
  };
  const readAll = async (from: string, isWanted: (name: string) => boolean): Promise<readonly SourceText[]> =>
    Promise.all(((await namesIn(from, io)) ?? []).filter(isWanted).map((name) => read(from, name)));
  const questionnaire = await read(folder, mainName);
  const id = /^id: *["']?([a-z0-9-]+)["']?\s*(?:#.*)?$/m.exec(questionnaire.text)?.[1];
  const templates = id === undefined ? undefined : join(root, 'templates', id);
  const [tables, cases, forms, questionTexts, evidence, clinic] = await Promise.all([
    readAll(folder, (name) => name.endsWith('.yaml') && name !== mainName),
    readAll(join(folder, 'cases'), (name) => name.endsWith('.yaml')),
    templates === undefined ? [] : readAll(templates, (name) => /^consent\..+\.md$/.test(name)),
    templates === undefined ? [] : readAll(templates, (name) => /^questions\..+\.yaml$/.test(name)),
    templates === undefined ? [] : readAll(templates, (name) => name === 'evidence.yaml'),
    readAll(root, (name) => name === 'preinfuse.yaml'),
  ]);
  const [[ledger], [settings]] = [evidence, clinic];
  const texts: DefinitionTexts = {
    main: questionnaire,
    tables,
    cases,
    templates: forms,
    questionTexts,
    ...(ledger && { evidence: ledger }),
    ...(settings && { clinic: settings }),
    ...(on !== undefined && { on }),
    wordingDigest: (template) => `sha256:${wordingDigest(template, { sha256 })}`,
  };
  return { texts, paths };
}
