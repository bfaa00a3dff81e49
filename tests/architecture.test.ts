import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../src/', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

const floors: Record<string, number> = {
  model: 0,
  engine: 1,
  definition: 1,
  report: 1,
  wizard: 2,
  exchange: 2,
  check: 3,
  document: 3,
  record: 3,
  cli: 4,
};

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
}

const imports: readonly Import[] = files.flatMap((name) => {
  const text = readFileSync(join(root, name), 'utf8');
  const file = name.replaceAll('\\', '/');
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) => ({
    file,
    room: file.split('/')[0] ?? '',
    target: target.startsWith('.') ? relative(root, join(root, dirname(file), target)).replaceAll('\\', '/') : target,
  }));
});

const own = imports.filter(({ target }) => target.endsWith('.ts'));
const importersOf = (isMatch: (target: string) => boolean): string[] => [
  ...new Set(imports.filter(({ target }) => isMatch(target)).map(({ file }) => file)),
];

describe('floors', () => {
  test('every file stands in a room', () => {
    expect(files.filter((name) => floors[name.split(/[\\/]/)[0] ?? ''] === undefined)).toEqual([]);
  });

  test('nothing imports from a higher floor, nor sideways', () => {
    const wrong = own.filter(({ room, target }) => {
      const other = target.split('/')[0] ?? '';
      return other !== room && (floors[other] ?? 9) >= (floors[room] ?? 0);
    });
    expect(wrong).toEqual([]);
  });
});

describe('single importers', () => {
  test.each([
    ['pdfkit', (target: string) => target === 'pdfkit', 1],
    ['bidi-js', (target: string) => target === 'bidi-js', 1],
    ['@libpdf/core', (target: string) => target === '@libpdf/core', 1],
    ['pkijs', (target: string) => target === 'pkijs' || target === 'asn1js', 1],
    ['harfbuzzjs', (target: string) => target === 'harfbuzzjs', 1],
    ['chalk', (target: string) => target === 'chalk', 1],
    ['commander', (target: string) => target === 'commander', 1],
    ['inquirer', (target: string) => target === 'inquirer' || target.startsWith('@inquirer/'), 1],
  ] as const)('%s is imported by one file', (_name, isMatch, count) => {
    expect(importersOf(isMatch)).toHaveLength(count);
  });

  test.each([['zod'], ['yaml'], ['@marcbachmann/cel-js'], ['mdast-util-from-markdown'], ['mdast-util-directive']])(
    '%s is known to definition alone',
    (name) => {
      expect(importersOf((target) => target === name).filter((file) => !file.startsWith('definition/'))).toEqual([]);
    },
  );

  test('node: is for cli and record', () => {
    const rooms = importersOf((target) => target.startsWith('node:')).map((file) => file.split('/')[0]);
    expect(rooms.filter((room) => room !== 'cli' && room !== 'record')).toEqual([]);
  });
});

describe('purity below cli', () => {
  test.each([
    ['process', /\bprocess\./],
    ['console', /\bconsole\./],
    ['the clock', /Date\.now\(|new Date\(\)/],
    ['chance', /Math\.random\(/],
    ['the locale', /\.toLocale\w+\(/],
  ])('%s is not touched', (_name, pattern) => {
    const below = files.filter((name) => !/^(cli|record)[\\/]/.test(name));
    expect(below.filter((name) => pattern.test(readFileSync(join(root, name), 'utf8')))).toEqual([]);
  });
});
