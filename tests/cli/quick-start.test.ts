import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { baseline, clinic, evidence, questionnaire, template } from '../document/sample.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Says on stderr which files are loaded. */
const spy = `data:text/javascript,${encodeURIComponent(`
import { register } from 'node:module';
const load = "export async function load(url, context, next) { process._rawDebug('loaded ' + url); return next(url, context); }";
register('data:text/javascript,' + encodeURIComponent(load));
`)}`;

test('a consent form with the shipped files loads no font engine, no YAML, no Markdown, no schema library', () => {
  const folder = mkdtempSync(join(tmpdir(), 'preinfuse-test-'));
  try {
    writeFileSync(join(folder, 'sheet.json'), JSON.stringify(baseline));
    const args = ['--import', spy, join(root, 'bin/preinfuse.js'), 'consent', 'sheet.json', '--output', 'form.pdf'];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const loaded = stderr.split('\n').filter((line) => line.startsWith('loaded '));
    const packages = new Set(loaded.flatMap((line) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(line)?.[1] ?? []));
    expect(loaded.length).toBeGreaterThan(20);
    expect([...packages].sort()).toEqual(['bidi-js', 'commander', 'fastest-levenshtein', 'lossless-json']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what the build keeps of the shipped files is plain data: JSON gives back the same', () => {
  for (const value of [questionnaire, template, evidence, clinic]) {
    expect(JSON.parse(JSON.stringify(value))).toEqual(value);
  }
});
