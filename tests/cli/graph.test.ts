import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dispositionNames } from '../../src/report/assessment.ts';
import { graphMermaid } from '../../src/report/graph-mermaid.ts';
import { run } from '../run.ts';
import { shippedQuestionnaire } from '../shipped.ts';

const { rules } = shippedQuestionnaire();
let cwd = '';
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'preinfuse-graph-'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

describe('graph', () => {
  test('is SVG on stdout, the same every time, with every rule by word and id', async () => {
    const [one, other] = [await run(['graph'], { cwd }), await run(['graph'], { cwd })];
    expect([one.exit, one.stderr]).toEqual([0, '']);
    expect(one.stdout.equals(other.stdout)).toBe(true);
    const svg = one.stdout.toString();
    expect(svg).toMatch(/^<\?xml [^>]+>\n<svg /);
    expect(svg).not.toMatch(/<script|href=|url\(/);
    const words = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text).join(' ');
    for (const { id, disposition } of rules) expect(words).toContain(`${dispositionNames[disposition]} (${id})`);
    expect(words).toContain('only if Q81 is yes');
  });

  test.each([
    ['picture.svg', '<?xml'],
    ['picture.pdf', '%PDF-'],
    ['picture.mmd', '---\ntitle'],
  ])('%s goes by its extension', async (file, start) => {
    const { exit, stdout, stderr } = await run(['graph', '-o', file], { cwd });
    expect([exit, stdout.length, stderr]).toEqual([0, 0, `Written: ${file}\n`]);
    expect(readFileSync(join(cwd, file), 'latin1').startsWith(start)).toBe(true);
  });

  test('a file name that tells another format is refused, and nothing is written', async () => {
    const { exit, stderr } = await run(['graph', '-o', 'picture.png'], { cwd });
    expect([exit, stderr]).toEqual([
      2,
      'preinfuse: there is no format `.png`\n  there is: svg, pdf, mermaid; by file name .svg, .pdf, .mmd\n',
    ]);
    expect(existsSync(join(cwd, 'picture.png'))).toBe(false);
    const named = await run(['graph', '-o', 'picture.txt', '--format', 'mermaid'], { cwd });
    expect(named.exit).toBe(0);
  });

  test('Mermaid names every question and rule, and nothing in it is obeyed', async () => {
    const { stdout } = await run(['graph', '--format', 'mermaid'], { cwd });
    const text = stdout.toString();
    expect(text).toContain('q1["Q1 Before we start');
    for (const { id } of rules) expect(text).toContain(`(${id})`);
    const hostile = '"]; click q1 href "javascript:x" <b>';
    const exits = [{ rule: 'r', disposition: 'defer' as const, when: [hostile], cases: 0 }];
    const stops = [{ linkId: 'a', number: 1, text: hostile, onlyIf: [], exits, cases: 0 }];
    const drawn = graphMermaid({ title: hostile, edition: 'a 1', stretches: [{ title: hostile, stops }] });
    expect(drawn).not.toMatch(/"\];|<b>/);
  });

  test('a format that there is not ends with 2', async () => {
    const { exit, stdout, stderr } = await run(['graph', '--format', 'png'], { cwd });
    expect([exit, stdout.length]).toEqual([2, 0]);
    expect(stderr).toBe(
      'preinfuse: there is no format `png`\n  there is: svg, pdf, mermaid; by file name .svg, .pdf, .mmd\n',
    );
  });
});
