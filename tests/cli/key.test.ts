import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { findOrMakeKeyring, type Keyring, openKeyring, readerSecrets, vaultAt } from '../../src/cli/keyring.ts';
import { loadClinic } from '../../src/cli/templates.ts';
import type { CannotOpen } from '../../src/record/cannot-open.ts';
import type { WrappedKey } from '../../src/record/sealing.ts';
import { folderWith } from '../folder.ts';
import { ioIn, type Run, run } from '../run.ts';

interface Desk {
  readonly folder: string;
  readonly keys: string;
  readonly io: Io;
  readonly said: () => string;
  readonly key: (...argv: readonly string[]) => Promise<Run>;
  readonly open: () => Promise<Keyring>;
}

/** A desk with a folder of its own. */
function desk(): Desk {
  const folder = folderWith({});
  const env = { XDG_STATE_HOME: join(folder, 'state') };
  const { io, stderr } = ioIn({ cwd: folder, env });
  return {
    folder,
    keys: join(folder, 'state', 'preinfuse', 'keys'),
    io,
    said: stderr,
    key: (...argv) => run(['key', ...argv], { cwd: folder, env }),
    open: async () => openKeyring(await loadClinic(io), io),
  };
}

const files = ['--reviewer-file', 'reviewer.key', '--recovery-file', 'recovery.key'];
const mode = (path: string): number => statSync(path).mode & 0o777;

describe('the keys of a desk', () => {
  test('are made at first need, for their owner alone, and said once', async () => {
    const { open, said, keys } = desk();
    const first = await open();
    expect(said()).toContain(keys);
    expect(said().split('\n')).toHaveLength(4);
    expect(readdirSync(keys).sort()).toEqual(['allowed_signers', 'audit.key', 'desk.key', 'index.key']);
    expect(readdirSync(keys).map((name) => mode(join(keys, name)))).toEqual([0o600, 0o600, 0o600, 0o600]);
    expect(mode(keys)).toBe(0o700);
    const before = said();
    expect(await open()).toEqual(first);
    expect(said()).toBe(before);
  });

  test('are the same for two that start at once', async () => {
    const { io } = desk();
    const place = await loadClinic(io);
    const [one, two] = await Promise.all([findOrMakeKeyring(place, io), findOrMakeKeyring(place, io)]);
    expect(one.keyring).toEqual(two.keyring);
  });

  test('stand where the settings say', async () => {
    const { folder, open } = desk();
    const settings = readFileSync(new URL('../../preinfuse.yaml', import.meta.url), 'utf8');
    writeFileSync(join(folder, 'preinfuse.yaml'), `${settings}\nkeys: ours\n`);
    expect((await open()).folder).toBe(join(folder, 'ours'));
    expect(existsSync(join(folder, 'state'))).toBe(false);
  });

  test.each<[string, (path: string) => void, string]>([
    ['that others may read', (path) => chmodSync(path, 0o640), 'others may read it'],
    ['that is empty', (path) => writeFileSync(path, ''), 'does not hold a key'],
    ['that holds something else', (path) => writeFileSync(path, 'AGE-SECRET-KEY-1QQQQ\n'), 'does not hold a key'],
    ['that is huge', (path) => writeFileSync(path, 'x'.repeat(100_000)), 'too large'],
    [
      'that is a link',
      (path) => {
        renameSync(path, `${path}.moved`);
        symlinkSync(`${path}.moved`, path);
      },
      'it is a link',
    ],
  ])('a key %s is refused', async (_what, spoil, why) => {
    const { open, keys } = desk();
    await open();
    for (const name of ['desk.key', 'index.key']) {
      const path = join(keys, name);
      const text = readFileSync(path);
      spoil(path);
      await expect(open()).rejects.toThrow(why);
      rmSync(path);
      writeFileSync(path, text, { mode: 0o600 });
    }
  });

  test.runIf(process.getuid?.() === 0)('a key or folder of somebody else is refused', async () => {
    const { open, keys } = desk();
    await open();
    for (const path of [join(keys, 'audit.key'), keys]) {
      chownSync(path, 65534, 65534);
      await expect(open()).rejects.toThrow('belongs to somebody else');
      chownSync(path, 0, 0);
    }
  });

  test('a folder that others may look into, or that is a link, is refused', async () => {
    const { open, keys } = desk();
    await open();
    chmodSync(keys, 0o750);
    await expect(open()).rejects.toThrow('others may read it');
    chmodSync(keys, 0o700);
    renameSync(keys, `${keys}.moved`);
    symlinkSync(`${keys}.moved`, keys);
    await expect(open()).rejects.toThrow('it is no folder');
  });
});

const text = new TextEncoder().encode('Ada');
const binding = { caseId: 'c1', version: 1, kind: 'record' } as const;
const reasonOf = (opening: Promise<unknown>): Promise<string> =>
  opening.then(
    () => 'opened',
    (error: CannotOpen) => error.reason,
  );

describe('key init', () => {
  test('before it, the desk reads its records; after it, only who has a key that was made', async () => {
    const { io, key, open, folder } = desk();
    const stored: WrappedKey[] = [];
    const vaultNow = async (secrets: readonly string[] = []) =>
      vaultAt(await open(), async (id) => stored.find((each) => each.id === id), secrets);
    const before = await vaultNow();
    const early = await before.seal(text, binding);
    stored.push(...before.newKeys());
    expect(await reasonOf((await vaultNow()).open(early, binding))).toBe('opened');

    const { exit, stdout } = await key('init', ...files);
    expect(exit).toBe(0);
    expect(stdout.toString()).toMatch(
      /^reviewer {2}age1\w{58} {2}reviewer\.key\nrecovery {2}age1\w{58} {2}recovery\.key\n$/,
    );
    expect([mode(join(folder, 'reviewer.key')), mode(join(folder, 'recovery.key'))]).toEqual([0o600, 0o600]);

    const after = await vaultNow();
    const late = await after.seal(text, binding);
    stored.push(...after.newKeys());
    expect(await reasonOf((await vaultNow()).open(late, binding))).toBe('no-key');
    for (const keyFile of ['reviewer.key', 'recovery.key']) {
      const secrets = await readerSecrets(await open(), { keyFile }, io);
      expect(await reasonOf((await vaultNow(secrets)).open(late, binding))).toBe('opened');
    }
  });

  test('is done once', async () => {
    const { key } = desk();
    await key('init', ...files);
    const again = await key('init', '--reviewer-file', 'a.key', '--recovery-file', 'b.key');
    expect(again.exit).toBe(2);
    expect(again.stderr).toContain('preinfuse key rotate');
  });

  test.each<[string, readonly string[], string]>([
    ['without a terminal and without files', [], 'asked for at a terminal'],
    ['without a place for the recovery key', files.slice(0, 2), '--recovery-file FILE'],
    ['over a file that is there', ['--reviewer-file', 'there', '--recovery-file', 'new'], 'there is there already'],
    [
      'over a file that is there, for recovery',
      ['--reviewer-file', 'new', '--recovery-file', 'there'],
      'is there already',
    ],
    ['into a folder that is not there', ['--reviewer-file', 'no/r', '--recovery-file', 'no/c'], 'cannot be made'],
  ])('%s: nothing is made', async (_what, argv, why) => {
    const { key, folder, keys } = desk();
    writeFileSync(join(folder, 'there'), 'mine');
    const { exit, stdout, stderr } = await key('init', ...argv);
    expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(why);
    expect(readdirSync(folder).sort()).toEqual(['state', 'there']);
    expect(readFileSync(join(folder, 'there'), 'utf8')).toBe('mine');
    expect(existsSync(join(keys, 'recipients.txt'))).toBe(false);
  });

  test('no secret is in what it writes to stdout or stderr', async () => {
    const { key } = desk();
    const { stdout, stderr } = await key('init', ...files);
    expect(stdout.toString() + stderr).not.toContain('AGE-SECRET-KEY');
  });
});

describe("the reviewer's key", () => {
  test('that is not at this desk is asked for by name', async () => {
    const { io, key, open } = desk();
    await key('init', ...files);
    await expect(readerSecrets(await open(), {}, io)).rejects.toMatchObject({
      hint: expect.stringContaining('--key-file'),
    });
    await expect(readerSecrets(await open(), { keyFile: 'nowhere.key' }, io)).rejects.toThrow('no such file');
  });

  test('that others may read is refused', async () => {
    const { io, key, open, folder } = desk();
    await key('init', ...files);
    chmodSync(join(folder, 'reviewer.key'), 0o644);
    await expect(readerSecrets(await open(), { keyFile: 'reviewer.key' }, io)).rejects.toThrow('others may read it');
  });

  test('that names no two readers is refused', async () => {
    const { key, open, keys } = desk();
    await key('init', ...files);
    writeFileSync(join(keys, 'recipients.txt'), 'age1abc\n');
    await expect(open()).rejects.toThrow('does not name a reviewer and a recovery key');
  });
});
