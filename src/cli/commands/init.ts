import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CommandError, Exit } from '../exit.ts';
import { draftIn, removeDraft, removeLeftDrafts } from '../files/drafts.ts';
import { isOthers } from '../files/is-others.ts';
import { printable, writeOut } from '../files/write-out.ts';
import { whileWriting } from '../files/write-whole.ts';
import type { Io } from '../io.ts';
import { packageFolder } from '../package.ts';

export interface InitOptions {
  readonly quiet?: boolean;
}

/** What a clinic owns, and the schemas that the first lines of its YAML files name. The settings come last: with them all is there. */
const owned = ['questionnaires/iv-ketamine', 'templates/iv-ketamine', 'schemas', 'preinfuse.yaml'] as const;

/**
 * Copies the shipped definition, consent forms, clinic settings and schemas into a new or empty folder, all of it or nothing, and says what
 * to do next. A folder with anything in it is a CommandError with exit 2.
 */
export async function init(folder: string, { quiet }: InitOptions, io: Io): Promise<number> {
  const target = resolve(io.cwd, folder);
  const isThere = await isEmptyFolder(target, folder);
  await whileWriting(target, () => (isThere ? fill(target) : create(target)));
  await writeOut(io.stdout, `${printable(folder)}\n`);
  if (quiet !== true) await writeOut(io.stderr, next(printable(folder)));
  return Exit.ok;
}

/** False where nothing is there yet. */
async function isEmptyFolder(target: string, folder: string): Promise<boolean> {
  const there = await lstat(target).catch(() => undefined);
  if (!there) return false;
  const isLink = there.isSymbolicLink();
  if (isLink && isOthers(there)) throw inTheWay(folder, 'a link of another account stands there');
  // What an earlier run that was killed left is nothing of theirs. Where it cannot be looked at, readdir says why.
  await removeLeftDrafts(target).catch(() => undefined);
  const names = await readdir(target).catch((cause: NodeJS.ErrnoException) => cause);
  if (!Array.isArray(names)) throw inTheWay(folder, reasons[names.code ?? ''] ?? 'you may not read it');
  if (names.length > 0) throw inTheWay(folder, 'there is something in it');
  return true;
}

const reasons: Readonly<Record<string, string>> = { ENOTDIR: 'it is a file', ENOENT: 'it is a link to nowhere' };

function inTheWay(folder: string, why: string): CommandError {
  return new CommandError(`cannot start a definition in ${printable(folder)}: ${why}`, Exit.cannotStart, {
    hint: 'name a folder that is new or empty: nothing of yours is written over',
  });
}

async function create(target: string): Promise<void> {
  const draft = draftIn(dirname(target));
  await mkdir(dirname(target), { recursive: true });
  try {
    await copyInto(draft);
    await rename(draft, target);
  } finally {
    await removeDraft(draft);
  }
}

/** Into an empty folder, which stays the same folder: somebody may stand in it. */
async function fill(target: string): Promise<void> {
  const draft = draftIn(target);
  const parts = [...new Set(owned.map((path) => path.split('/')[0] as string))];
  const moved: string[] = [];
  try {
    await copyInto(draft);
    for (const part of parts) {
      await rename(join(draft, part), join(target, part));
      moved.push(join(target, part));
    }
  } catch (cause) {
    for (const path of moved) await rm(path, { recursive: true, force: true });
    throw cause;
  } finally {
    await removeDraft(draft);
  }
}

async function copyInto(draft: string): Promise<void> {
  await mkdir(draft);
  for (const path of owned) await copy(join(packageFolder, path), join(draft, path));
}

/** New files of the user's own: the shipped ones may be read-only. */
async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  if (!(await lstat(from)).isDirectory()) return writeFile(to, await readFile(from));
  await mkdir(to);
  for (const name of (await readdir(from)).sort()) await copy(join(from, name), join(to, basename(name)));
}

function next(folder: string): string {
  const at = folder === '.' ? '' : `${folder}/`;
  return [
    'This is your own definition now: questions and rules, consent forms with their evidence, and clinic settings.',
    '',
    `  1. Put your clinic's facts into ${at}preinfuse.yaml. Until it says \`demo: false\`, every form is marked as a sample.`,
    `  2. preinfuse check ${folder}`,
    `  3. preinfuse docs --questionnaire ${folder} --pdf signoff.pdf: what a medical director reads and signs.`,
    `  4. preinfuse screen --questionnaire ${folder}`,
    '',
  ].join('\n');
}
