import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../run.ts';
import { shippedFolder } from '../shipped.ts';

let cwd = '';
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'preinfuse-docs-'));
  writeFileSync(join(cwd, 'a-file'), '');
});
afterAll(() => rmSync(cwd, { recursive: true }));

describe('docs', () => {
  test('without an option it is Markdown on stdout, the same every time', async () => {
    const [one, other] = [await run(['docs'], { cwd }), await run(['docs'], { cwd })];
    expect(one.exit).toBe(0);
    expect(one.stderr).toBe('');
    expect(one.stdout.toString()).toMatch(/^# IV ketamine eligibility: codebook\n/);
    expect(one.stdout.equals(other.stdout)).toBe(true);
  });

  test('the forms that are named go to their files, and stdout stays empty', async () => {
    const { exit, stdout, stderr } = await run(['docs', '--html', 'book.html', '--markdown', 'book.md'], { cwd });
    expect([exit, stdout.length]).toEqual([0, 0]);
    expect(stderr).toBe('Written: book.html, book.md\n');
    expect(readFileSync(join(cwd, 'book.html'), 'utf8')).toMatch(/^<!DOCTYPE html>/);
    expect(readFileSync(join(cwd, 'book.md'), 'utf8')).toContain('## Golden cases');
  });

  test('`-` is standard output for each form', async () => {
    const { exit, stdout, stderr } = await run(['docs', '--html', '-', '--markdown', 'beside.md'], { cwd });
    expect([exit, stderr]).toEqual([0, 'Written: beside.md\n']);
    expect(stdout.toString()).toMatch(/^<!DOCTYPE html>/);
    expect(existsSync(join(cwd, '-'))).toBe(false);
  });

  test('a PDF is written whole', async () => {
    const { exit, stderr } = await run(['docs', '--pdf', 'book.pdf', '--quiet'], { cwd });
    expect([exit, stderr]).toEqual([0, '']);
    const bytes = readFileSync(join(cwd, 'book.pdf'));
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(bytes.subarray(-6).toString().trim()).toBe('%%EOF');
    expect(readdirSync(cwd).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('what changed since the signed definition is told', async () => {
    const signed = join(cwd, 'signed');
    cpSync(shippedFolder, signed, { recursive: true });
    const main = join(signed, 'questionnaire.yaml');
    const text = readFileSync(main, 'utf8');
    writeFileSync(
      main,
      text.replace(/(heartRateHigh:\n.*\n\s+value: )110/, '$1120').replace('version: "1.0.0"', 'version: "0.9.0"'),
    );
    const { exit, stdout } = await run(['docs', '--against', 'signed'], { cwd });
    expect(exit).toBe(0);
    const book = stdout.toString();
    expect(book).toContain('compared with iv-ketamine 0.9.0');
    const chapter = book.slice(book.indexOf('\n## Changed since the signed version'), book.indexOf('\n## Outcomes'));
    expect(chapter).toContain('- proceed to defer\n  - for example: vitals.heartRate 111\n');
    expect(chapter).toContain('  - value: 120 beats a minute -\\> 110 beats a minute');
    expect(chapter).toContain('**Loosened: applicants who end milder:** none');
  });

  test.each([
    ['a folder that is not there', ['docs', '--questionnaire', 'nowhere'], /cannot read nowhere/],
    [
      'a file where a folder is meant',
      ['docs', '--questionnaire', 'a-file'],
      /cannot read a-file\/questionnaire\.yaml: there is no such file\n {2}name a folder that holds questionnaire\.yaml\n/,
    ],
    [
      'a signed definition that is not there',
      ['docs', '--against', 'nowhere'],
      /cannot read nowhere.*\n {2}name a folder that holds questionnaire\.yaml\n/,
    ],
    ['two forms for standard output', ['docs', '--html', '-', '--pdf', '-'], /takes one form only\n {2}name a file/],
    ['a place that cannot be written', ['docs', '--html', 'no/such/folder/book.html'], /there is no such folder/],
    ['an option that there is not', ['docs', '--word', 'x'], /unknown option/],
  ])('%s ends with 2', async (_what, argv, message) => {
    const { exit, stdout, stderr } = await run(argv, { cwd });
    expect([exit, stdout.length]).toEqual([2, 0]);
    expect(stderr).toMatch(message);
  });

  test('cases with a problem are named by their place', async () => {
    const folder = join(cwd, 'broken');
    cpSync(shippedFolder, folder, { recursive: true });
    writeFileSync(
      join(folder, 'cases', 'zz.yaml'),
      'cases:\n  - { id: x, title: t, set: { nobody: 1 }, expect: { disposition: defer } }\n',
    );
    const { exit, stderr } = await run(['docs', '--questionnaire', 'broken', '--html', 'broken.html'], { cwd });
    expect(exit).toBe(2);
    expect(stderr).toMatch(/the golden cases are not valid[\s\S]*zz\.yaml/);
    expect(existsSync(join(cwd, 'broken.html'))).toBe(false);
  });
});
