import {
  chmodSync,
  chownSync,
  copyFileSync,
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
import { loadClinic } from '../../src/cli/forms/templates.ts';
import type { Io } from '../../src/cli/io.ts';
import { vaultOver, withStore } from '../../src/cli/records/desk.ts';
import { findOrMakeKeyring, type Keyring, openKeyring, readerSecrets, vaultAt } from '../../src/cli/records/keyring.ts';
import type { CannotOpen } from '../../src/record/cannot-open.ts';
import { documentsOf, save } from '../../src/record/cases.ts';
import { newIdentity } from '../../src/record/keys.ts';
import type { WrappedKey } from '../../src/record/sealing.ts';
import { entriesOf } from '../../src/record/store.ts';
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

  test('are read without a write: the disk may be full, or the folder read-only', async () => {
    const { open, keys } = desk();
    await open();
    const before = statSync(keys).mtimeMs;
    await open();
    expect(statSync(keys).mtimeMs).toBe(before);
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
    [
      'into a folder that is not there',
      ['--reviewer-file', 'no/r', '--recovery-file', 'no/c'],
      'cannot be made: there is no such folder',
    ],
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

  test.each([
    ['with an index.key of its own', [], 'another index.key'],
    ['with the index.key of the first', ['index.key'], 'has a reviewer and a recovery key already'],
  ])('a second desk %s makes no second pair of readers', async (_what, copied, told) => {
    const [first, second] = [desk(), desk()];
    const shared = ['--store', join(folderWith({}), 'store', 'records.db')];
    expect((await first.key('init', ...files, ...shared)).exit).toBe(0);
    const argv = ['screen', '--plain', '--on', '2026-03-10', ...shared];
    await run(argv, { cwd: first.folder, env: { XDG_STATE_HOME: join(first.folder, 'state') }, stdin: 'no\n\nV001\n' });
    await second.open();
    for (const name of copied) copyFileSync(join(first.keys, name), join(second.keys, name));
    const { exit, stderr } = await second.key('init', ...files, ...shared);
    expect([exit, stderr]).toEqual([2, expect.stringContaining(told)]);
    expect(stderr).toContain('recipients.txt');
    expect([existsSync(join(second.keys, 'recipients.txt')), readdirSync(second.folder)]).toEqual([false, ['state']]);
  });

  test('no secret is in what it writes to stdout or stderr', async () => {
    const { key } = desk();
    const { stdout, stderr } = await key('init', ...files);
    expect(stdout.toString() + stderr).not.toContain('AGE-SECRET-KEY');
  });
});

const facts = { definition: 'd|1', definitionDigest: 'sha256:0', section: 'Visit', started: '2026-03-10' };

/** Keeps a draft or a record at a desk. */
async function keep({ io, open }: Desk, caseId: string, kind: 'draft' | 'record'): Promise<void> {
  const keyring = await open();
  await withStore(await loadClinic(io), undefined, io, async (store) => {
    const state = kind === 'draft' ? 'draft' : 'completed';
    const change = { caseId, version: 0, state, kind, document: text, facts, event: 'saved' } as const;
    expect((await save(store, vaultOver(store, keyring), change)).is).toBe('saved');
  });
}

/** Whether a desk opens a case with what a key file holds; without one, with its own key alone. */
async function opens({ io, open }: Desk, caseId: string, keyFile?: string): Promise<string> {
  const keyring = await open();
  const secrets = keyFile === undefined ? [] : await readerSecrets(keyring, { keyFile }, io);
  return withStore(await loadClinic(io), undefined, io, (store) =>
    reasonOf(documentsOf(store, vaultOver(store, keyring, secrets), caseId)),
  );
}

describe('key rotate', () => {
  const rotated = ['--key-file', 'reviewer.key', '--reviewer-file', 'new.key'];
  /** Cut short after the data keys were wrapped anew, before the new readers stood in place of the old. */
  const rotateCutShort = async ({ key, keys }: Desk): Promise<void> => {
    const [now, next] = [join(keys, 'recipients.txt'), join(keys, 'recipients.txt.next')];
    const before = readFileSync(now);
    await key('rotate', ...rotated);
    renameSync(now, next);
    writeFileSync(now, before, { mode: 0o600 });
  };

  test('the new key opens what the old one did, and the old one opens nothing', async () => {
    const front = desk();
    await keep(front, 'early', 'record');
    await front.key('init', ...files);
    await keep(front, 'A', 'record');
    await keep(front, 'B', 'draft');
    const { exit, stdout, stderr } = await front.key('rotate', ...rotated);
    expect([exit, stderr]).toEqual([
      0,
      expect.stringMatching(/^Data keys wrapped anew: 3\.\nCopy recipients\.txt to the other desks now/),
    ]);
    expect(stdout.toString()).toMatch(/^reviewer {2}age1\w{58} {2}new\.key\n$/);
    for (const id of ['early', 'A', 'B']) {
      expect(await opens(front, id, 'new.key')).toBe('opened');
      expect(await opens(front, id, 'recovery.key')).toBe('opened');
    }
    expect(await opens(front, 'A', 'reviewer.key')).toBe('no-key');
    expect([await opens(front, 'A'), await opens(front, 'B')]).toEqual(['no-key', 'opened']);
    await keep(front, 'C', 'record');
    expect([await opens(front, 'C', 'new.key'), await opens(front, 'C', 'reviewer.key')]).toEqual(['opened', 'no-key']);
  });

  test('with a new recovery key the old one opens nothing', async () => {
    const front = desk();
    await front.key('init', ...files);
    await keep(front, 'A', 'record');
    await front.key('rotate', ...rotated, '--recovery-file', 'paper.key');
    expect(await opens(front, 'A', 'paper.key')).toBe('opened');
    expect(await opens(front, 'A', 'recovery.key')).toBe('no-key');
  });

  test('the recovery key makes up for a lost one', async () => {
    const front = desk();
    await front.key('init', ...files);
    await keep(front, 'A', 'record');
    rmSync(join(front.folder, 'reviewer.key'));
    expect((await front.key('rotate', '--key-file', 'recovery.key', '--reviewer-file', 'new.key')).exit).toBe(0);
    expect(await opens(front, 'A', 'new.key')).toBe('opened');
  });

  test('what another desk sealed for the old reader is wrapped anew with --only-rewrap', async () => {
    const front = desk();
    await front.key('init', ...files);
    const readers = readFileSync(join(front.keys, 'recipients.txt'));
    await front.key('rotate', ...rotated);
    const now = readFileSync(join(front.keys, 'recipients.txt'));
    writeFileSync(join(front.keys, 'recipients.txt'), readers);
    await keep(front, 'A', 'record');
    writeFileSync(join(front.keys, 'recipients.txt'), now);
    expect(await opens(front, 'A', 'new.key')).toBe('no-key');
    expect((await front.key('rotate', '--only-rewrap', '--key-file', 'recovery.key')).exit).toBe(0);
    expect(await opens(front, 'A', 'new.key')).toBe('opened');
    expect(await opens(front, 'A', 'reviewer.key')).toBe('no-key');
  });

  test('it says to copy the readers to other desks; what one sealed for both old keys is wrapped anew with one of them', async () => {
    const front = desk();
    await front.key('init', ...files);
    const readers = readFileSync(join(front.keys, 'recipients.txt'));
    const { stderr } = await front.key('rotate', ...rotated, '--recovery-file', 'paper.key');
    expect(stderr).toContain('Copy recipients.txt to the other desks now');
    const now = readFileSync(join(front.keys, 'recipients.txt'));
    writeFileSync(join(front.keys, 'recipients.txt'), readers);
    await keep(front, 'A', 'record');
    writeFileSync(join(front.keys, 'recipients.txt'), now);
    expect((await front.key('rotate', '--only-rewrap', '--key-file', 'reviewer.key')).exit).toBe(0);
    expect([await opens(front, 'A', 'new.key'), await opens(front, 'A', 'paper.key')]).toEqual(['opened', 'opened']);
  });

  test('cut short before the store changed, the old keys hold', async () => {
    const front = desk();
    await front.key('init', ...files);
    await keep(front, 'A', 'record');
    const { recipient } = await newIdentity();
    const next = readFileSync(join(front.keys, 'recipients.txt'), 'utf8').replace(/(# reviewer\n).+/, `$1${recipient}`);
    writeFileSync(join(front.keys, 'recipients.txt.next'), next, { mode: 0o600 });
    expect(await opens(front, 'A', 'reviewer.key')).toBe('opened');
    expect((await front.key('rotate', ...rotated)).exit).toBe(0);
    expect([await opens(front, 'A', 'new.key'), await opens(front, 'A', 'reviewer.key')]).toEqual(['opened', 'no-key']);
    expect(existsSync(join(front.keys, 'recipients.txt.next'))).toBe(false);
  });

  test('cut short after it changed, the new keys hold once it is run again', async () => {
    const front = desk();
    await front.key('init', ...files);
    await keep(front, 'A', 'record');
    await rotateCutShort(front);
    const again = await front.key('rotate', '--key-file', 'reviewer.key', '--reviewer-file', 'third.key');
    expect(again).toMatchObject({ exit: 0, stderr: expect.stringContaining('cut short is finished') });
    expect(existsSync(join(front.folder, 'third.key'))).toBe(false);
    await keep(front, 'B', 'record');
    for (const id of ['A', 'B']) expect(await opens(front, id, 'new.key')).toBe('opened');
  });

  test.each([
    ['is wrapped anew with the key that is named', ['--key-file', 'reviewer.key'], 'wrapped anew: 1.\n', 'opened'],
    ['is told where no key opens it', [], 'left as they are: 1.', 'no-key'],
  ])('what was sealed after it was cut short %s', async (_what, argv, said, now) => {
    const front = desk();
    await front.key('init', ...files);
    await keep(front, 'early', 'record');
    await rotateCutShort(front);
    await keep(front, 'A', 'record');
    const { exit, stderr } = await front.key('rotate', ...argv);
    expect([exit, stderr]).toEqual([0, expect.stringContaining(said)]);
    expect(stderr).toContain('Copy recipients.txt to the other desks now');
    expect(await opens(front, 'A', 'new.key')).toBe(now);
  });

  test('is in the audit trail, and no key is', async () => {
    const front = desk();
    await front.key('init', ...files);
    await front.key('rotate', ...rotated);
    const events = await withStore(await loadClinic(front.io), undefined, front.io, async (store) => {
      const entries = [];
      for await (const entry of entriesOf(store)) entries.push(entry);
      return entries;
    });
    expect(events.map(({ event }) => event)).toEqual(['keys-changed', 'keys-changed']);
    expect(JSON.stringify(events)).not.toContain('SECRET');
  });

  test.each<[string, boolean, string, string]>([
    ['without a reviewer yet', false, 'reviewer.key', 'no reviewer yet'],
    ['with the key of somebody else', true, 'stranger.key', "neither the reviewer's nor the recovery key"],
  ])('%s nothing is changed', async (_what, isInit, keyFile, said) => {
    const front = desk();
    if (isInit) await front.key('init', ...files);
    writeFileSync(join(front.folder, 'stranger.key'), `${(await newIdentity()).secret}\n`, { mode: 0o600 });
    const before = readdirSync(front.folder).sort();
    const { exit, stderr } = await front.key('rotate', '--key-file', keyFile, '--reviewer-file', 'new.key');
    expect([exit, stderr]).toEqual([2, expect.stringContaining(said)]);
    expect(readdirSync(front.folder).sort()).toEqual(before.concat(isInit ? [] : ['state']).sort());
  });
});

describe('key test-recovery', () => {
  test('says that the key opens all that is stored, and opens a record with it', async () => {
    const front = desk();
    await front.key('init', ...files);
    expect((await front.key('test-recovery', '--key-file', 'recovery.key')).stdout.toString()).toContain(
      '0 of 0 data keys.\nThere is no completed record yet',
    );
    await keep(front, 'A', 'record');
    await keep(front, 'B', 'draft');
    const { exit, stdout } = await front.key('test-recovery', '--key-file', 'recovery.key');
    expect([exit, stdout.toString()]).toEqual([
      0,
      'The recovery key opens 2 of 2 data keys.\nWith it record A was opened, as a test.\n',
    ]);
  });

  test('tells another key, and a data key that stays closed', async () => {
    const front = desk();
    await keep(front, 'early', 'record');
    await front.key('init', ...files);
    const other = await front.key('test-recovery', '--key-file', 'reviewer.key');
    expect([other.exit, other.stdout.toString()]).toEqual([1, 'This is not the recovery key of this clinic.\n']);
    const readers = readFileSync(join(front.keys, 'recipients.txt'));
    rmSync(join(front.keys, 'recipients.txt'));
    await keep(front, 'late', 'draft');
    writeFileSync(join(front.keys, 'recipients.txt'), readers, { mode: 0o600 });
    const { exit, stdout } = await front.key('test-recovery', '--key-file', 'recovery.key');
    expect(exit).toBe(1);
    expect(stdout.toString()).toMatch(/opens 1 of 2 data keys\.\n.*\nStays closed: draft-[0-9a-f]{32}\n/);
  });

  test('is asked for at a terminal', async () => {
    const front = desk();
    await front.key('init', ...files);
    expect(await front.key('test-recovery')).toMatchObject({ exit: 2, stderr: expect.stringContaining('--key-file') });
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
