import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { folderWith } from '../folder.ts';
import { type Run, run, type World } from '../run.ts';
import { baselineSheet } from '../wizard/driving.ts';

/* Input that is made to overwhelm: without an end, folded a thousand times, nested without a bottom. */

function desk(files: Readonly<Record<string, string | Uint8Array>> = {}) {
  const cwd = folderWith({ 'sheet.json': JSON.stringify(baselineSheet), ...files });
  const env = { XDG_STATE_HOME: join(cwd, 'state') };
  return {
    cwd,
    preinfuse: (argv: readonly string[], stdin?: World['stdin']): Promise<Run> =>
      run(argv, { cwd, env, ...(stdin !== undefined && { stdin }) }),
  };
}

/** Bytes without an end. */
function endless(): Readable {
  return new Readable({
    read() {
      this.push(Buffer.alloc(1024 * 1024, 0x20));
    },
  });
}

describe('an input without an end is given up: 2', () => {
  test.skipIf(process.platform === 'win32').each([
    ['consent', '/dev/zero', '-o', 'form.pdf'],
    ['consent', 'sheet.json', '--clearance', '/dev/zero', '-o', 'form.pdf'],
    ['consent', 'sheet.json', '--teach-back', '/dev/zero', '-o', 'form.pdf'],
    ['screen', '--plain', '--answers', '/dev/zero'],
    ['verify', '/dev/zero'],
    ['records', 'restore', '/dev/zero'],
  ])('as a file: %s %s %s %s', async (...argv) => {
    const { exit, stderr } = await desk().preinfuse(argv);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('too large')]);
  });

  test.each([
    ['consent', '-', '-o', 'form.pdf'],
    ['verify', '-'],
    ['records', 'list', '--chart'],
    ['records', 'restore', '-'],
  ])('as standard input: %s %s %s', async (...argv) => {
    const { exit, stderr } = await desk().preinfuse(argv, endless());
    expect([exit, stderr]).toEqual([2, expect.stringContaining('too large')]);
  });
});

describe('what unfolds to far more than it is', () => {
  test('a gzip of one endless record: told as that, the other records screened', async () => {
    const good = JSON.stringify(baselineSheet);
    const bomb = gzipSync(
      Buffer.concat([Buffer.from(`${good}\n`), Buffer.alloc(64 * 1024 * 1024, 0x20), Buffer.from(`\n${good}\n`)]),
    );
    expect(bomb.length).toBeLessThan(100_000);
    const { exit, stdout } = await desk({ 'bomb.ndjson.gz': bomb }).preinfuse(['batch', 'bomb.ndjson.gz']);
    const lines = stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { disposition?: string; errors?: { code: string }[] });
    expect([exit, lines.map(({ disposition, errors }) => disposition ?? errors?.[0]?.code)]).toEqual([
      1,
      ['proceed', 'record-too-long', 'proceed'],
    ]);
  });

  const aliases = Array.from(
    { length: 40 },
    (_, at) => `a${at}: &a${at} [${at === 0 ? 'x' : `*a${at - 1}, *a${at - 1}`}]\n`,
  ).join('');
  const nested = `why: ${'['.repeat(200_000)}`;
  test.each([
    ['YAML of aliases to aliases', aliases, 'an alias is not part'],
    ['YAML nested without a bottom', nested, 'yaml-syntax'],
    ['YAML that merges', `<<: { why: x }\n`, 'a merge key is not part'],
  ])('%s: 2', async (_what, text, told) => {
    const { preinfuse, cwd } = desk({ 'note.yaml': text });
    for (const argv of [
      ['consent', 'sheet.json', '--clearance', 'note.yaml', '-o', 'form.pdf'],
      ['evaluate', 'sheet.json', '--questionnaire', 'own'],
    ]) {
      spawnSync('mkdir', ['-p', join(cwd, 'own')]);
      writeFileSync(join(cwd, 'own', 'questionnaire.yaml'), text);
      const { exit, stderr } = await preinfuse(argv);
      expect([exit, stderr]).toEqual([2, expect.stringContaining(told)]);
    }
  });

  test.each([
    ['lists', '['.repeat(400_000)],
    ['objects', '{"a":'.repeat(100_000)],
  ])('JSON of %s nested without a bottom: refused where it gets deep', async (_what, text) => {
    const { exit, stderr } = await desk({ 'deep.json': text }).preinfuse(['evaluate', 'deep.json']);
    expect([exit, stderr]).toEqual([1, expect.stringContaining('too-deep')]);
  });
});

describe('a form that is made to overwhelm whoever reads it', () => {
  /** What `verify` says of a form with an update behind it. */
  async function withUpdate(update: (form: FormTail) => string) {
    const { cwd, preinfuse } = desk();
    expect((await preinfuse(['consent', 'sheet.json', '--fillable', '-o', 'form.pdf'])).exit).toBe(0);
    const form = readFileSync(join(cwd, 'form.pdf'));
    const text = form.toString('latin1');
    const trailer = text.slice(text.lastIndexOf('trailer'));
    const root = Number(/\/Root (\d+) 0 R/.exec(trailer)?.[1]);
    const catalogue = new RegExp(`\\n${root} 0 obj\\s*(<<[\\s\\S]*?>>)\\s*endobj`).exec(text)?.[1] ?? '';
    const previous = Number(/startxref\s+(\d+)/.exec(trailer)?.[1]);
    const tail = { root, catalogue, previous, end: form.length };
    writeFileSync(join(cwd, 'made.pdf'), Buffer.concat([form, Buffer.from(update(tail), 'latin1')]));
    return preinfuse(['verify', 'made.pdf']);
  }

  test.each<[string, (form: FormTail) => string]>([
    ['a bracket too many', (form) => objectsBehind(form, [[form.root, form.catalogue.replace('>>', ') >>')]])],
    [
      'fields in fields without a bottom',
      (form) =>
        objectsBehind(form, [
          [form.root, form.catalogue.replace(/\/AcroForm \d+ 0 R/, '/AcroForm <</Fields [10000 0 R]>>')],
          ...Array.from({ length: 40_000 }, (_, at): [number, string] => [
            10_000 + at,
            `<</T (a) /Kids [${10_001 + at} 0 R]>>`,
          ]),
        ]),
    ],
    ['a million objects that begin and do not end', () => `\n/Type /EmbeddedFile${'\n1 0 obj'.repeat(1e6)}`],
    [
      'a list of objects without an end that takes no room',
      ({ root, previous, end }) => {
        const list = `/Type /XRef /W [0 0 0] /Index [0 999999999999] /Size 2001 /Root ${root} 0 R /Prev ${previous}`;
        const object = `2000 0 obj\n<<${list} /Length 0>>\nstream\n\nendstream\nendobj\n`;
        return `${object}startxref\n${end}\n%%EOF\n`;
      },
    ],
  ])('%s: told as altered', async (_what, update) => {
    const { exit, stdout, stderr } = await withUpdate(update);
    expect([exit, stderr]).toEqual([1, '']);
    expect(stdout.toString()).toMatch(/^ALTERED {2}made\.pdf\n/);
  });
});

interface FormTail {
  /** The object number of the catalogue. */
  readonly root: number;
  /** The catalogue's dictionary. */
  readonly catalogue: string;
  /** Where the cross-references of the form are. */
  readonly previous: number;
  /** Bytes of the form. */
  readonly end: number;
}

/** An update that writes objects anew, or more of them. */
function objectsBehind({ root, previous, end }: FormTail, objects: readonly (readonly [number, string])[]): string {
  let body = '';
  const entries = objects.map(([number, value]) => {
    const at = String(end + body.length).padStart(10, '0');
    body += `${number} 0 obj\n${value}\nendobj\n`;
    return `${number} 1\n${at} 00000 n \n`;
  });
  const trailer = `trailer\n<</Size 100000 /Root ${root} 0 R /Prev ${previous}>>\n`;
  return `${body}xref\n${entries.join('')}${trailer}startxref\n${end + body.length}\n%%EOF\n`;
}

describe('names that every object has', () => {
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    '%s is no linkId, no column and no question',
    async (name) => {
      const sheet = `{${JSON.stringify(name)}:{"isAdmin":true},${JSON.stringify(baselineSheet).slice(1)}`;
      const { preinfuse } = desk({
        'own.json': sheet,
        'own.csv': `applicant.id,${name}\n1,2\n`,
        'own.yaml': `${name}: x\n`,
      });
      const evaluated = await preinfuse(['evaluate', 'own.json', '--json']);
      expect([evaluated.exit, evaluated.stdout.toString()]).toEqual([1, expect.stringContaining('unknown-link-id')]);
      const table = await preinfuse(['batch', 'own.csv']);
      expect([table.exit, table.stderr]).toEqual([2, expect.stringContaining('header')]);
      const note = await preinfuse(['consent', 'sheet.json', '--clearance', 'own.yaml', '-o', 'form.pdf']);
      expect([note.exit, note.stderr]).toEqual([2, expect.stringContaining('unknown-key')]);
      expect((await preinfuse(['explain', name])).exit).toBe(2);
      expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    },
  );
});

describe('a definition that is made to overwhelm', () => {
  const rule = (when: string): string => JSON.stringify(when);
  test.each([
    ['a regular expression', 'applicant.name.matches("(a+)+$")'],
    ['brackets without a bottom', `${'('.repeat(20_000)}true${')'.repeat(20_000)}`],
    ['negations without a bottom', `${'!'.repeat(50_000)}true`],
    ['a million terms', Array.from({ length: 100_000 }, () => 'today.escort').join(' || ')],
    ['loops in loops', 'trial.all(a, trial.all(b, trial.all(c, trial.all(d, a.dose == b.dose && c.dose == d.dose))))'],
  ])('%s in a condition: refused or read, and never a bug', async (_what, condition) => {
    const { cwd, preinfuse } = desk();
    const shipped = join(import.meta.dirname, '../../questionnaires/iv-ketamine');
    spawnSync('cp', ['-r', shipped, join(cwd, 'own')]);
    const path = join(cwd, 'own', 'questionnaire.yaml');
    const text = spawnSync('cat', [path], { encoding: 'utf8', maxBuffer: 1e9 }).stdout;
    const { rules } = parse(text) as { rules: { when: string }[] };
    const [first] = rules;
    const changed = text.replace(`when: ${first?.when}`, `when: ${rule(condition)}`);
    expect(changed).not.toBe(text);
    writeFileSync(path, changed);
    const { exit, stderr } = await preinfuse(['evaluate', 'sheet.json', '--questionnaire', 'own']);
    expect([[0, 2, 10, 11, 12, 13].includes(exit), stderr.slice(0, 300)]).toEqual([true, stderr.slice(0, 300)]);
  });
});

test.each([
  'postgres://ann:secret@localhost/r',
  'postgres://ann:se/cret@localhost/r',
  'postgres://ann@localhost/r?password=secret',
  'postgres://ann@localhost/r?sslmode=verify-full&sslpassword=secret',
  'postgres://ann:sec@ret@local host/r',
])('a password in %s is seen by others, and so refused: 2', async (address) => {
  const { exit, stderr } = await desk().preinfuse(['records', 'list', '--store', address]);
  expect([exit, stderr]).toEqual([2, expect.stringContaining('does not belong among the options')]);
  expect(stderr).not.toMatch(/se\/?c|ret/);
});
