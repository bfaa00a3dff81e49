import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Reading, SourceText } from '../../definition/read.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import { readCompiled, writeCompiled } from '../build/compiled.ts';
import { CommandError, Exit } from '../exit.ts';
import { isThere, readSource } from '../files/read-source.ts';
import { printable } from '../files/write-out.ts';
import type { Io } from '../io.ts';
import { packageFolder } from '../package.ts';

/** A definition ready to screen with. `digest` is SHA-256 over its files, `sha256:` and 64 hex digits. */
export interface LoadedDefinition {
  readonly questionnaire: Questionnaire;
  readonly digest: string;
  /** Folder the definition was read from. */
  readonly folder: string;
}

/** The files of a definition. Paths are as the user would name them from `io.cwd`. */
interface DefinitionFiles {
  readonly folder: string;
  readonly main: SourceText;
  readonly beside: readonly SourceText[];
}

/** The file of a definition that the others stand beside. */
export const mainName = 'questionnaire.yaml';

export const shippedDefinition = `${packageFolder}questionnaires/iv-ketamine`;

/** Reads the definition that `folder` means (default: the shipped IV ketamine one). An invalid one is a CommandError with exit 2 that names its problems. */
export async function loadDefinition(folder: string | undefined, io: Io): Promise<LoadedDefinition> {
  const files = await readFiles(folder, io);
  const digest = digestOf([files.main, ...files.beside]);
  const compiled = folder === undefined ? readCompiled<Questionnaire>(compiledName, digest) : undefined;
  if (compiled) return { questionnaire: compiled, digest, folder: files.folder };
  const { questionnaire, diagnostics } = await readAll(files);
  if (questionnaire) return { questionnaire, digest, folder: files.folder };
  const { counts, describe, place } = await import('../../report/diagnostics.ts');
  const texts = new Map([files.main, ...files.beside].map(({ path, text }) => [path, text]));
  const shown = place(diagnostics, texts)
    .slice(0, 5)
    .flatMap((each) => describe(each, texts));
  throw new CommandError(`the definition is not valid: ${counts(diagnostics)}\n${shown.join('\n')}`, Exit.cannotStart, {
    hint: `see all with: preinfuse check ${folder ?? ''}`.trim(),
  });
}

/**
 * The folder of the definition that a user means: the one that was named, or the only one in its `questionnaires`, as `preinfuse init`
 * lays them out. Where there are several a CommandError with exit 2.
 */
export function definitionFolder(folder: string, { cwd }: Pick<Io, 'cwd'>): string {
  const named = resolve(cwd, folder);
  if (isThere(join(named, mainName))) return named;
  const below = join(named, 'questionnaires');
  const names = foldersIn(below).filter((name) => isThere(join(below, name, mainName)));
  const [only, ...more] = names;
  if (only !== undefined && more.length === 0) return join(below, only);
  if (only === undefined) return named;
  throw new CommandError(`there are several definitions in ${printable(folder)}`, Exit.cannotStart, {
    hint: `name one: ${names.map((name) => printable(join(folder, 'questionnaires', name))).join(', ')}`,
  });
}

function foldersIn(path: string): readonly string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

async function readFiles(folder: string | undefined, io: Io): Promise<DefinitionFiles> {
  const from = folder === undefined ? shippedDefinition : definitionFolder(folder, io);
  const main = await readSource(from, mainName, io, 'name a folder that holds questionnaire.yaml');
  const names = readdirSync(from)
    .filter((name) => name.endsWith('.yaml') && name !== mainName)
    .sort();
  return { folder: from, main, beside: await Promise.all(names.map((name) => readSource(from, name, io))) };
}

async function readAll({ main, beside }: DefinitionFiles): Promise<Reading> {
  const { readQuestionnaire } = await import('../../definition/read.ts');
  return readQuestionnaire(main, beside);
}

/** Writes what `loadDefinition` starts from: part of the build. */
export async function compileShipped(io: Io): Promise<LoadedDefinition> {
  const loaded = await loadDefinition(shippedDefinition, io);
  await writeCompiled(compiledName, loaded.digest, loaded.questionnaire);
  return loaded;
}

const compiledName = 'questionnaire';

/** SHA-256 over the names and texts of files, in the order of their names. */
function digestOf(files: readonly SourceText[]): string {
  const named = files.map(({ path, text }) => [path.split('/').at(-1) ?? '', text.replaceAll('\r\n', '\n')] as const);
  const sorted = named.sort(([a], [b]) => (a < b ? -1 : 1));
  return `sha256:${createHash('sha256').update(JSON.stringify(sorted)).digest('hex')}`;
}
