import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { baseline, shipped } from '../document/sample.ts';
import { run } from '../run.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

interface Told {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function preinfuse(...argv: readonly string[]): Promise<Told> {
  const { stdout, ...rest } = await run(argv, { cwd: folder, env: { XDG_STATE_HOME: at('state') } });
  return { ...rest, stdout: stdout.toString() };
}

/** The example clinic becomes one with a key of its own. */
function ownClinic(): void {
  writeFileSync(at('preinfuse.yaml'), shipped('preinfuse.yaml').text.replace('demo: true', 'demo: false'));
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'preinfuse-verify-'));
  writeFileSync(at('answers.json'), JSON.stringify(baseline));
  writeFileSync(at('others.json'), JSON.stringify({ ...baseline, 'applicant.name': 'Another Applicant' }));
});
afterEach(() => rmSync(folder, { recursive: true }));

const make = (output = 'form.pdf'): Promise<Told> => preinfuse('consent', 'answers.json', '--output', output);

describe('preinfuse verify', () => {
  test('the shipped sample: unaltered, made with what is installed, with the public key', async () => {
    await make();
    const { exit, stdout, stderr } = await preinfuse('verify', 'form.pdf');
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^UNALTERED {2}form\.pdf\n/);
    expect(stdout).toContain('public sample key');
    for (const name of ['definition', 'wording', 'evidence']) {
      expect(stdout).toMatch(new RegExp(`${name} +[0-9a-f]{64} {2}the same as here`));
    }
    expect(stdout).not.toContain('Test Applicant');
  });

  test("a clinic's own form is known by its key, and by nobody else's", async () => {
    ownClinic();
    await make();
    expect((await preinfuse('verify', 'form.pdf')).stdout).toContain("made with this clinic's key");
    const key = readFileSync(at('state/preinfuse/form.key'));
    rmSync(at('state/preinfuse/form.key'));
    const unknown = await preinfuse('verify', 'form.pdf');
    expect([unknown.exit, unknown.stdout.includes('is not here')]).toEqual([0, true]);
    writeFileSync(at('state/preinfuse/form.key'), `${'0'.repeat(64)}\n`, { mode: 0o600 });
    const other = await preinfuse('verify', 'form.pdf');
    expect([other.exit, other.stdout.includes("not made with this clinic's key")]).toEqual([1, true]);
    writeFileSync(at('state/preinfuse/form.key'), key);
    expect((await preinfuse('verify', 'form.pdf')).exit).toBe(0);
  });

  test('verify makes no key', async () => {
    await make();
    ownClinic();
    const { exit, stderr } = await preinfuse('verify', 'form.pdf');
    expect([exit, stderr]).toEqual([0, '']);
    expect((await preinfuse('verify', 'form.pdf', '--json')).stdout).toContain('"key":"sample"');
  });

  test('a sample is not taken for a form of a clinic that has a key', async () => {
    await make('sample.pdf');
    ownClinic();
    await make('own.pdf');
    const { exit, stdout } = await preinfuse('verify', 'sample.pdf', '--json');
    expect([exit, JSON.parse(stdout).key]).toEqual([1, 'foreign-sample']);
  });

  test.each<[string, number, string]>([
    ['answers.json', 0, 'same'],
    ['others.json', 1, 'other'],
  ])('%s: exit %i', async (answers, exit, expected) => {
    await make();
    const told = await preinfuse('verify', 'form.pdf', '--answers', answers, '--json');
    expect([told.exit, JSON.parse(told.stdout).answers]).toEqual([exit, expected]);
  });

  test.each(['Pacific/Kiritimati', 'Etc/GMT+12'])(
    'a sheet without a day of the visit has the same day in batch and verify, for a clinic in %s',
    async (zone) => {
      writeFileSync(at('preinfuse.yaml'), shipped('preinfuse.yaml').text.replace('America/Denver', zone));
      const { 'visit.date': _, ...undated } = baseline as Record<string, unknown>;
      writeFileSync(at('undated.json'), JSON.stringify(undated));
      const batch = await preinfuse('batch', 'undated.json', '--consent-dir', 'forms');
      const { form } = JSON.parse(batch.stdout) as { form: string };
      const told = await preinfuse('verify', `forms/${form}`, '--answers', 'undated.json', '--json');
      expect([told.exit, JSON.parse(told.stdout).answers]).toEqual([0, 'same']);
    },
  );

  test('an altered form names what differs', async () => {
    await make();
    const bytes = readFileSync(at('form.pdf'));
    const place = bytes.lastIndexOf('(Consent for IV');
    bytes.write('(Contest for IV', place, 'latin1');
    writeFileSync(at('form.pdf'), bytes);
    const { exit, stdout } = await preinfuse('verify', 'form.pdf');
    expect(exit).toBe(1);
    expect(stdout).toContain('ALTERED');
    expect(stdout).toContain('- what the file says about itself');
    expect(stdout).toMatch(/file +[0-9a-f]{64} {2}is not that of this file/);
  });

  test.each<[string, string | undefined, number, string]>([
    ['no PDF', 'hello', 2, 'is no PDF'],
    ['no form', '%PDF-1.7\n%%EOF\n', 1, 'NOT A FORM'],
    ['nothing there', undefined, 2, 'there is no such file'],
  ])('%s', async (_what, content, exit, said) => {
    if (content !== undefined) writeFileSync(at('form.pdf'), content);
    const told = await preinfuse('verify', 'form.pdf');
    expect(told.exit).toBe(exit);
    expect(told.stdout + told.stderr).toContain(said);
  });
});
