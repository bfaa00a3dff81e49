import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { baseline, shipped } from '../document/sample.ts';
import { type Run, run } from '../run.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'preinfuse-key-'));
  writeFileSync(at('answers.json'), JSON.stringify(baseline));
  writeFileSync(at('preinfuse.yaml'), settings());
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A clinic of its own, with these lines below the clinic. */
function settings(more = ''): string {
  return `${shipped('preinfuse.yaml').text.replace('demo: true', 'demo: false')}\n${more}\n`;
}

function make(output: string): Promise<Run> {
  return run(['consent', 'answers.json', '--output', output], { cwd: folder, env: { XDG_STATE_HOME: at('state') } });
}

const keyFile = (): string => at('state/preinfuse/form.key');
const mode = (path: string): number => statSync(path).mode & 0o777;

describe('the key of a clinic', () => {
  test('is made at first need, for its owner alone, and said once', async () => {
    const first = await make('one.pdf');
    expect(first.exit).toBe(0);
    expect(first.stderr).toContain(keyFile());
    expect(readFileSync(keyFile(), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect([mode(keyFile()), mode(at('state/preinfuse'))]).toEqual([0o600, 0o700]);
    const second = await make('two.pdf');
    expect([second.exit, second.stderr]).toEqual([0, 'Written: two.pdf\n']);
    expect(readFileSync(at('one.pdf')).equals(readFileSync(at('two.pdf')))).toBe(true);
  });

  test('another key makes another form of the same answers', async () => {
    await make('one.pdf');
    rmSync(keyFile());
    await make('two.pdf');
    expect(readFileSync(at('one.pdf')).equals(readFileSync(at('two.pdf')))).toBe(false);
  });

  test('stands where the settings say', async () => {
    writeFileSync(at('preinfuse.yaml'), settings('formKey: keys/ours.key'));
    mkdirSync(at('keys'));
    expect((await make('one.pdf')).exit).toBe(0);
    expect(mode(at('keys/ours.key'))).toBe(0o600);
    expect(existsSync(keyFile())).toBe(false);
  });

  test('a named folder that is not there is not made: it may be a drive that is missing today', async () => {
    writeFileSync(at('preinfuse.yaml'), settings('formKey: keys/ours.key'));
    const { exit, stderr } = await make('one.pdf');
    expect(exit).toBe(2);
    expect(stderr).toContain('cannot be made');
    expect([existsSync(at('keys')), existsSync(at('one.pdf'))]).toEqual([false, false]);
  });

  test('the example clinic needs none, and its forms are the same everywhere', async () => {
    rmSync(at('preinfuse.yaml'));
    expect(await make('one.pdf')).toMatchObject({ exit: 0, stderr: 'Written: one.pdf\n' });
    expect(existsSync(at('state'))).toBe(false);
  });

  test.each<[string, () => void, string]>([
    ['that others may read', () => chmodSync(keyFile(), 0o640), 'others may read it'],
    ['that is too short', () => writeFileSync(keyFile(), 'abc\n'), '64 hex digits'],
    ['that is too long', () => writeFileSync(keyFile(), 'a'.repeat(66)), '64 hex digits'],
    ['that is empty', () => writeFileSync(keyFile(), ''), '64 hex digits'],
    [
      'that is a link',
      () => {
        writeFileSync(at('elsewhere'), readFileSync(keyFile()), { mode: 0o600 });
        rmSync(keyFile());
        symlinkSync(at('elsewhere'), keyFile());
      },
      'it is a link',
    ],
    [
      'that is a folder',
      () => {
        rmSync(keyFile());
        mkdirSync(keyFile());
      },
      'it is no file',
    ],
  ])('a key %s is refused, and nothing is made', async (_what, spoil, why) => {
    await make('one.pdf');
    spoil();
    const { exit, stderr } = await make('two.pdf');
    expect(exit).toBe(2);
    expect(stderr).toContain(why);
    expect(existsSync(at('two.pdf'))).toBe(false);
  });
});
