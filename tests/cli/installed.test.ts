import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { baseline } from '../document/sample.ts';
import { run } from '../run.ts';
import { shippedFolder } from '../shipped.ts';

/* The program as it is installed: packed by npm, unpacked into an empty folder, beside the packages it names and no other. */

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'preinfuse-installed-')));
const installed = join(folder, 'node_modules/preinfuse');
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly version: string;
}
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });

beforeAll(() => {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const packed = spawnSync(npm, ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: root });
  expect(String(packed.stderr)).toBe('');
  mkdirSync(installed, { recursive: true });
  const archive = `preinfuse-${manifest.version}.tgz`;
  spawnSync('tar', ['-xzf', archive, '--strip-components=1', '-C', installed], { cwd: folder });
  for (const name of dependencies) {
    mkdirSync(dirname(at(`node_modules/${name}`)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), at(`node_modules/${name}`), 'junction');
  }
  writeFileSync(at('sheet.json'), JSON.stringify(baseline));
  writeFileSync(at('sheets.ndjson'), `${JSON.stringify(baseline)}\n`);
  cpSync(shippedFolder, at('own/questionnaires/iv-ketamine'), { recursive: true });
});

interface Ran {
  readonly exit: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

function preinfuse(args: readonly string[], flags: readonly string[] = []): Ran {
  const program = join(installed, 'bin/preinfuse.js');
  const env = { ...process.env, XDG_STATE_HOME: at('state'), XDG_CACHE_HOME: at('cache') };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, program, ...args], { cwd: folder, env });
  return { exit: status, stdout, stderr: String(stderr) };
}

/** Says on stderr which files are read as code. */
const spies = [
  '--require',
  at('spy.cjs'),
  '--import',
  `data:text/javascript,${encodeURIComponent(`
import { register } from 'node:module';
const load = "export async function load(url, context, next) { process._rawDebug('code ' + url); return next(url, context); }";
register('data:text/javascript,' + encodeURIComponent(load));
`)}`,
];
const spy = `
const fs = require('node:fs');
const { readFileSync } = fs;
fs.readFileSync = (path, ...options) => {
  process._rawDebug('code ' + path);
  return readFileSync(path, ...options);
};
`;

/** The packages that a command reads code of, packed with the program or installed beside it. */
function packagesOf(...args: readonly string[]): readonly string[] {
  writeFileSync(at('spy.cjs'), spy);
  const { exit, stderr } = preinfuse(args, spies);
  expect(exit, stderr).toBe(0);
  const files = stderr.split('\n').flatMap((line) => /^code (?:file:\/\/)?(.+)/.exec(line)?.[1] ?? []);
  expect(files.some((file) => file.endsWith('bin/preinfuse.js'))).toBe(true);
  const names = files.map((file) => file.replaceAll('\\', '/')).flatMap((file) => [...packed(file), ...beside(file)]);
  return [...new Set(names)].sort();
}

function packed(file: string): readonly string[] {
  const [, piece = ''] = /\/dist\/program\/(.+)-[\w-]{8}\.cjs$/.exec(file) ?? [];
  return piece.split('_').filter((name) => known.has(name));
}

const known = new Set(dependencies.map((name) => name.replace('@', '').replace('/', '-')));

function beside(file: string): readonly string[] {
  const [, name] = /node_modules\/(?!preinfuse\/)((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(file) ?? [];
  return name === undefined || file.endsWith('/package.json') ? [] : [name];
}

describe('what a command loads, by name', () => {
  test('--version: nothing', () => {
    expect(packagesOf('--version')).toEqual([]);
    expect(packagesOf('-V')).toEqual([]);
  });

  test('--help: the reader of the command line', () => {
    expect(packagesOf('--help')).toEqual(['commander']);
  });

  test('evaluate: no YAML, no schema library, nothing that prints', () => {
    expect(packagesOf('evaluate', 'sheet.json')).toEqual([
      'chalk',
      'commander',
      'fastest-levenshtein',
      'lossless-json',
    ]);
  });

  test('batch: no YAML, no schema library, nothing that prints', () => {
    expect(packagesOf('batch', 'sheets.ndjson')).toEqual([
      'chalk',
      'commander',
      'csv-parse',
      'csv-stringify',
      'fastest-levenshtein',
      'lossless-json',
    ]);
  });

  test('consent: no font engine, no YAML, no Markdown, no schema library', () => {
    expect(packagesOf('consent', 'sheet.json', '--output', 'form.pdf', '--force')).toEqual([
      'bidi-js',
      'commander',
      'fastest-levenshtein',
      'lossless-json',
    ]);
  });

  test("a clinic's own definition: YAML, schemas and conditions too", () => {
    const names = packagesOf('evaluate', 'sheet.json', '--questionnaire', 'own/questionnaires/iv-ketamine');
    expect(names).toEqual(expect.arrayContaining(['marcbachmann-cel-js', 'yaml', 'zod']));
    expect(names).not.toEqual(expect.arrayContaining(['pdfkit']));
  });
});

describe('what is in the package', () => {
  const files = (): readonly string[] =>
    readdirSync(installed, { recursive: true, encoding: 'utf8' })
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => statSync(join(installed, name)).isFile());

  test('what a clinic starts from, and the documents', () => {
    expect(files()).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'bin/preinfuse.js',
        'docs/check.md',
        'dist/fonts/form.bin',
        'dist/fonts/greek.bin',
        'dist/program/licences.txt',
        'preinfuse.yaml',
        'questionnaires/iv-ketamine/questionnaire.yaml',
        'questionnaires/iv-ketamine/samples/applicants.ndjson',
        'schemas/questionnaire.schema.json',
        'templates/iv-ketamine/consent.en.md',
        'templates/iv-ketamine/evidence.yaml',
      ]),
    );
  });

  test('no sources, no tests, no benchmarks, no maps', () => {
    expect(files().filter((name) => /\.ts$|\.map$|^(src|tests|bench|node_modules)\//.test(name))).toEqual([]);
    expect([...new Set(files().map((name) => name.split('/').slice(0, 2).join('/')))]).not.toContain('dist/cli');
  });

  test('the licence of all that is packed in it', () => {
    const licences = readFileSync(join(installed, 'dist/program/licences.txt'), 'utf8');
    for (const name of ['commander', 'zod', 'yaml', 'inquirer', 'micromark']) {
      expect(licences).toMatch(new RegExp(`^${name} \\d+\\.`, 'm'));
    }
  });

  test('every package that its code asks for is one it names', () => {
    const program = files().filter((name) => /^dist\/program\/.*\.cjs$/.test(name));
    const asked = program.flatMap((name) => {
      const text = readFileSync(join(installed, name), 'utf8');
      return [...text.matchAll(/\b(?:require|import)\("((?:@[\w-]+\/)?[\w-][\w.-]*)[^"]*"\)/g)].map(
        ([, of]) => of ?? '',
      );
    });
    expect(asked).toContain('pdfkit');
    const named = new Set([...dependencies, ...builtinModules, 'node']);
    expect([...new Set(asked)].filter((name) => !named.has(name))).toEqual([]);
  });
});

describe('the installed program does as its source', () => {
  test('--version and --help', async () => {
    expect(preinfuse(['--version'])).toEqual({ exit: 0, stdout: Buffer.from(`${manifest.version}\n`), stderr: '' });
    expect(preinfuse(['--help']).stdout.equals((await run(['--help'], { cwd: folder })).stdout)).toBe(true);
  });

  test.each([
    [['evaluate', 'sheet.json', '--on', '2026-03-10']],
    [['evaluate', 'sheet.json', '--json', '--on', '2026-03-10']],
    [['evaluate', 'sheet.json', '--json', '--questionnaire', 'own/questionnaires/iv-ketamine']],
    [['batch', 'sheets.ndjson', '--quiet', '--jobs', '2']],
    [['consent', 'sheet.json']],
    [['consent', 'sheet.json', '--language', 'es', '--large-print', '--fillable']],
    [['schema', 'questionnaire']],
    [['explain', 'unread-option']],
    [['evaluate', 'nowhere.json']],
    [['evaluate', '-', '--colour']],
  ])('%j', async (args) => {
    const [out, source] = [preinfuse(args), await run(args, { cwd: folder, env: { XDG_STATE_HOME: at('state') } })];
    expect({ exit: out.exit, stderr: out.stderr }).toEqual({ exit: source.exit, stderr: source.stderr });
    expect(out.stdout.equals(source.stdout)).toBe(true);
  });

  test.each([
    ['by the plain printer', 'Ελένη Παπαδοπούλου'],
    ['with the font engine', 'فاطمة الزهراء'],
  ])('a form %s, for a name in other letters than Latin ones', async (_how, name) => {
    writeFileSync(at('name.json'), JSON.stringify({ ...baseline, 'applicant.name': name }));
    const args = ['consent', 'name.json'];
    const [out, source] = [preinfuse(args), await run(args, { cwd: folder })];
    expect([out.exit, out.stderr]).toEqual([0, '']);
    expect(out.stdout.equals(source.stdout)).toBe(true);
  });

  test('a form that another program changed is read and told', () => {
    const form = preinfuse(['consent', 'sheet.json']).stdout;
    writeFileSync(
      at('changed.pdf'),
      Buffer.concat([form.subarray(0, -40), Buffer.from('\n% changed\n'), form.subarray(-40)]),
    );
    const { exit, stdout, stderr } = preinfuse(['verify', 'changed.pdf', '--json']);
    expect([exit, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout.toString())).toBeTypeOf('object');
  });

  test('start, without a terminal: the samples and their forms', () => {
    const { exit } = preinfuse(['start']);
    expect(exit).toBe(0);
    expect(readFileSync(at('out/results.ndjson'), 'utf8').trim().split('\n')).toHaveLength(12);
    expect(readdirSync(at('out')).filter((name) => name.endsWith('.pdf'))).toHaveLength(5);
  });

  test('without the native driver of the store: the remedy in one line, before any question', () => {
    const driver = at('node_modules/better-sqlite3');
    unlinkSync(driver);
    try {
      for (const args of [
        ['screen', '--plain'],
        ['records', 'list'],
      ]) {
        const { exit, stdout, stderr } = preinfuse(args);
        expect([exit, stdout.toString()]).toEqual([2, '']);
        expect(stderr).toMatch(
          /^preinfuse: records are kept with better-sqlite3, which is not installed.*\n {2}run: npm install better-sqlite3@12.*\n$/,
        );
      }
      expect(preinfuse(['evaluate', 'sheet.json']).exit).toBe(0);
    } finally {
      symlinkSync(join(root, 'node_modules/better-sqlite3'), driver, 'junction');
    }
  });

  test('check finds a fault in a definition', () => {
    const path = at('own/questionnaires/iv-ketamine/questionnaire.yaml');
    const sound = readFileSync(path, 'utf8');
    writeFileSync(path, sound.replace('today.escort', 'today.escrot'));
    const { exit, stdout } = preinfuse(['check', 'own']);
    writeFileSync(path, sound);
    expect(exit).toBe(1);
    expect(stdout.toString()).toContain('today.escrot');
  });
});

describe('compiled code that the build kept', () => {
  test('is used by the Node that built it', () => {
    const [piece = ''] = readdirSync(join(installed, 'dist/program')).filter((name) =>
      /^commander-.*\.cjs$/.test(name),
    );
    expect(existsSync(join(installed, 'dist/program', `${piece}.code`))).toBe(true);
    expect(codeOf(piece)).toBe('used');
  });

  test.each([
    'main',
    'evaluate',
    'evaluate_batch',
    'evaluate_batch_consent',
    'batch',
    'batch_consent',
    'consent',
    'screen',
  ])('is there for what the common commands need: %s', (name) => {
    const pieces = readdirSync(join(installed, 'dist/program')).filter((file) =>
      new RegExp(`^${name}-[^.]{8}\\.cjs$`).test(file),
    );
    expect(pieces).toHaveLength(1);
    expect(pieces.map(codeOf)).toEqual(['used']);
  });

  test.each<[string, (code: Buffer) => Buffer]>([
    ['that was made from another text', (code) => Buffer.concat([Buffer.alloc(32), code.subarray(32)])],
    ['with one byte changed', (code) => Buffer.from(code.map((byte, at) => (at === 5000 ? byte ^ 1 : byte)))],
    ['that is cut', (code) => code.subarray(0, 20)],
    ['that is empty', () => Buffer.alloc(0)],
  ])('%s is not', (_what, change) => {
    const [piece = ''] = readdirSync(join(installed, 'dist/program')).filter((name) =>
      /^commander-.*\.cjs$/.test(name),
    );
    const path = join(installed, 'dist/program', `${piece}.code`);
    const kept = readFileSync(path);
    writeFileSync(path, change(kept));
    try {
      expect(codeOf(piece)).toBe('not used');
      expect(preinfuse(['evaluate', 'sheet.json']).exit).toBe(0);
    } finally {
      writeFileSync(path, kept);
    }
  });

  function codeOf(piece: string): string {
    const script = `
const { readCode } = require(${JSON.stringify(join(installed, 'bin/pieces.js'))});
const { readFileSync } = require('node:fs');
const path = ${JSON.stringify(join(installed, 'dist/program', piece))};
process.stdout.write(readCode(path, readFileSync(path)) ? 'used' : 'not used');`;
    return String(spawnSync(process.execPath, ['-e', script]).stdout);
  }
});
