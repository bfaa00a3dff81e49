import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CodeSplittingGroup, type Plugin, rolldown } from 'rolldown';
import { packageFolder } from '../package.ts';

/* Packs the program into a few dozen files, so that a start opens ten instead of a hundred: part of the build. */

const programFolder = `${packageFolder}dist/program`;

/** Packages packed with the program. The others are large and seldom needed, or have files or native code of their own. */
const packed = [
  '@inquirer/core',
  '@marcbachmann/cel-js',
  'bidi-js',
  'chalk',
  'commander',
  'csv-parse',
  'csv-stringify',
  'fastest-levenshtein',
  'flesch-kincaid',
  'inquirer',
  'lossless-json',
  'mdast-util-directive',
  'mdast-util-from-markdown',
  'micromark-extension-directive',
  'syllable',
  'yaml',
  'zod',
] as const;

/** The two that `bin/preinfuse.js` asks for. */
const entries = { main: 'src/cli/main.ts', 'process-io': 'src/cli/process-io.ts' } as const;

/** What threads start with. */
const workers = { 'batch-worker': 'src/cli/batch/worker.ts', 'examine-worker': 'src/cli/forms/examine-worker.ts' };

/** What the quickest starts load, and nothing else, decides which of our files share a piece. */
const starts: Readonly<Record<string, readonly string[]>> = {
  main: Object.values(entries),
  evaluate: ['src/cli/commands/evaluate.ts'],
  batch: ['src/cli/commands/batch.ts'],
  consent: ['src/cli/commands/consent.ts', 'src/document/consent.ts'],
};

/** Writes `dist/program` anew: the pieces, and the licences of what is packed in them. */
export async function bundleProgram(): Promise<void> {
  const manifest = JSON.parse(await readFile(`${packageFolder}package.json`, 'utf8')) as Manifest;
  const outside = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).filter(
    (name) => !(packed as readonly string[]).includes(name),
  );
  const bundle = await rolldown({
    cwd: packageFolder,
    input: { ...entries, ...workers },
    platform: 'node',
    external: (id) => outside.some((name) => id === name || id.startsWith(`${name}/`)),
    plugins: [withoutPrograms, importByPieces],
    preserveEntrySignatures: 'allow-extension',
    logLevel: 'silent',
  });
  await rm(programFolder, { recursive: true, force: true });
  const { output } = await bundle.write({
    dir: programFolder,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    comments: { jsdoc: false, annotation: false, legal: true },
    codeSplitting: { includeDependenciesRecursively: false, groups: [packagePieces, ownPieces] },
  });
  await bundle.close();
  const files = output.flatMap((each) => (each.type === 'chunk' ? Object.keys(each.modules) : []));
  await writeFile(join(programFolder, 'licences.txt'), await licencesOf(files));
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/*
 * Files that the same users reach are one piece. A piece then imports only pieces with those users and more: nothing is
 * read that is not used, and no two pieces import each other.
 */

/** A package is a piece with its name: what a command loads can be told by name. */
const packagePieces: CodeSplittingGroup = {
  debugName: 'packages',
  test: /[\\/]node_modules[\\/]/,
  name(id, bundle) {
    const above = reached(id, (from) => bundle.getModuleInfo(from)?.importers ?? []);
    const names = new Set([...above].flatMap(packageOf).map(packageName));
    return packed
      .filter((name) => names.has(name))
      .join('+')
      .replaceAll('@', '')
      .replaceAll('/', '-');
  },
};

const ownPieces: CodeSplittingGroup = {
  debugName: 'own',
  test: /[\\/]src[\\/]/,
  name(id, bundle) {
    if (Object.values(entries).some((entry) => id === join(packageFolder, entry))) return null;
    const imports = (from: string): readonly string[] => bundle.getModuleInfo(from)?.importedIds ?? [];
    const isUser = (file: string): boolean => reached(join(packageFolder, file), imports).has(id);
    const users = Object.keys(starts).filter((start) => starts[start]?.some(isUser));
    return users.length === 0 ? null : users.join('+');
  },
};

function reached(
  from: string,
  next: (file: string) => readonly string[],
  seen: Set<string> = new Set(),
): ReadonlySet<string> {
  if (seen.has(from)) return seen;
  seen.add(from);
  for (const each of next(from)) reached(each, next, seen);
  return seen;
}

/** commander can run subcommands that are programs; ours are not, and loading what starts processes takes long. */
const withoutPrograms: Plugin = {
  name: 'without-programs',
  resolveId(id, importer) {
    const isCommander = id === 'node:child_process' && importer?.replaceAll('\\', '/').includes('/commander/');
    return isCommander ? join(dirname(importer ?? ''), noPrograms) : null;
  },
  load: (id) => (id.endsWith(noPrograms) ? 'module.exports = {};' : null),
};

/** Compiled code that was kept does not know where it stands: an `import()` in it fails. `bin/pieces.js` does it instead. */
const importByPieces: Plugin = {
  name: 'import-by-pieces',
  renderChunk: (code) => code.replaceAll(/\bimport\(/g, '(require.import ?? ((id) => import(id)))('),
};

const noPrograms = 'no-programs.js';

/** The licence of each package that some of `files` belong to. */
async function licencesOf(files: readonly string[]): Promise<string> {
  const folders = [...new Set(files.flatMap(packageOf))].sort();
  const texts = await Promise.all(
    folders.map(async (folder) => {
      const { name, version, license, author } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
      const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
      const terms = file ? await readFile(join(folder, file), 'utf8') : `${license}, ${author?.name ?? author}`;
      return `${name} ${version}\n\n${terms.trim()}\n`;
    }),
  );
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

function packageName(folder: string): string {
  return folder.replaceAll('\\', '/').split('/node_modules/').at(-1) ?? '';
}

/** The folder of the package that a file belongs to; none for a file of ours. */
function packageOf(file: string): readonly string[] {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file) ?? [];
}
