import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noteReading, save } from '../../src/record/cases.ts';
import { nextEntry, noHead } from '../../src/record/chain.ts';
import { allowedSigner, checkpointOf, readCheckpoint } from '../../src/record/checkpoint.ts';
import type { AuditEntry } from '../../src/record/sealing.ts';
import { sshPublicKey, sshSign } from '../../src/record/ssh-signature.ts';
import { entriesOf, type Store } from '../../src/record/store.ts';
import { folderWith } from '../folder.ts';
import { noPostgres, type Server, startPostgres } from '../record/postgres.ts';
import { inStore } from '../records.ts';
import { run } from '../run.ts';

const shippedSettings = readFileSync(fileURLToPath(new URL('../../preinfuse.yaml', import.meta.url)), 'utf8');
let server: Server | undefined;
beforeAll(async () => {
  if (noPostgres === undefined) server = await startPostgres();
});
afterAll(() => server?.stop());

/** A desk with a store of its own: what it ran, in words. */
function deskOn(engine: 'SQLite' | 'PostgreSQL') {
  const address = engine === 'SQLite' ? 'records.db' : (server as Server).database();
  const settings = (store: string): string => `${shippedSettings}\nstore: ${store}\n`;
  const folder = folderWith({ 'preinfuse.yaml': settings(address) });
  const env = { XDG_STATE_HOME: join(folder, 'state') };
  const records = async (...argv: readonly string[]) => {
    const { exit, stdout, stderr } = await run(['records', ...argv], { cwd: folder, env });
    return { exit, stdout: stdout.toString(), stderr };
  };
  return {
    folder,
    keys: join(folder, 'state', 'preinfuse', 'keys'),
    records,
    at: (name: string) => join(folder, name),
    /** Somebody reads the one case there is; the first time it is made. */
    read: (times: number, why = 'to see') =>
      inStore(folder, env, async ({ store, vault }) => {
        const facts = { definition: 'd|1', definitionDigest: 'sha256:0', section: 'Visit', started: '2026-03-10' };
        const change = { caseId: 'A', version: 0, state: 'draft', kind: 'draft', event: 'draft-saved', facts } as const;
        await save(store, vault, { ...change, document: new Uint8Array(9) });
        for (let time = 0; time < times; time += 1) await noteReading(store, 'shown', 'A', `${why} ${time}`);
      }),
    /** Makes the history over, with a head that fits it. */
    rewrite: (change: (entries: readonly AuditEntry[]) => readonly AuditEntry[]) =>
      inStore(folder, env, async ({ store }) => putHistory(store, change(await historyOf(store)))),
    /** Changes a word of the first entry, and nothing else. */
    spoilEntry: () =>
      inStore(folder, env, async ({ store: { db } }) => {
        await db.updateTable('audit').set({ actor: 'eve' }).where('seq', '=', 1).execute();
      }),
    /** Keeps the store as it is now; what comes back puts it in the place of the later one. */
    keepCopy: (): (() => void) => {
      if (engine === 'SQLite') {
        copyFileSync(join(folder, 'records.db'), join(folder, 'older.db'));
        return () => copyFileSync(join(folder, 'older.db'), join(folder, 'records.db'));
      }
      const copy = (server as Server).copyOf(address);
      return () => writeFileSync(join(folder, 'preinfuse.yaml'), settings(copy));
    },
    /** What this desk remembers of its stores is gone, as at another desk. */
    forget: () => rmSync(join(folder, 'state', 'preinfuse', 'stores'), { recursive: true }),
  };
}

async function historyOf(store: Store): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of entriesOf(store)) entries.push(entry);
  return entries;
}

async function putHistory({ db }: Store, entries: readonly AuditEntry[]): Promise<void> {
  await db.deleteFrom('audit').execute();
  const made: AuditEntry[] = [];
  for (const { seq: _seq, hash: _hash, ...event } of entries) {
    const entry = nextEntry(made.at(-1) ?? noHead, event);
    const { caseId, documentHash, note, ...rest } = entry;
    const row = { ...rest, case_id: caseId ?? null, document_hash: documentHash ?? null, note: note ?? null };
    await db.insertInto('audit').values(row).execute();
    made.push(entry);
  }
  const { seq, hash } = made.at(-1) ?? noHead;
  await db.updateTable('chain').set({ seq, hash }).execute();
}

type Desk = ReturnType<typeof deskOn>;

describe.each([['SQLite'], ['PostgreSQL']] as const)('a checkpoint of a store on %s', (engine) => {
  const skip = engine === 'PostgreSQL' ? noPostgres : undefined;
  const why = skip ? ` (${skip})` : '';

  test.skipIf(skip)(`holds as long as the history only grows${why}`, async () => {
    const desk = deskOn(engine);
    await desk.read(3);
    const made = await desk.records('checkpoint', 'one.txt');
    expect(made).toMatchObject({ exit: 0, stdout: '' });
    expect(made.stderr).toMatch(/^Signed: 4-[0-9a-f]{12}, in one\.txt and one\.txt\.sig\. Keep both away/m);
    await desk.read(2);
    await desk.records('checkpoint', 'two.txt');
    const { exit, stdout } = await desk.records('verify', '--checkpoint', 'one.txt', '--checkpoint', 'two.txt');
    expect([exit, stdout.split('\n')]).toEqual([
      0,
      [
        expect.stringMatching(/^whole: 6 entries, 1 document, head 6-[0-9a-f]{12}$/),
        expect.stringMatching(/^one\.txt: holds, 4-[0-9a-f]{12} of 2026-03-10T12:00:00\.000Z, signed by preinfuse$/),
        expect.stringMatching(/^two\.txt: holds, 6-[0-9a-f]{12} of /),
        '',
      ],
    ]);
  });

  const withoutTail = (entries: readonly AuditEntry[]) => entries.slice(0, -2);
  const withoutThird = (entries: readonly AuditEntry[]) => entries.filter(({ seq }) => seq !== 3);
  const otherActor = (entries: readonly AuditEntry[]) =>
    entries.map((entry) => (entry.seq === 3 ? { ...entry, actor: 'somebody else' } : entry));

  test.skipIf(skip).each<[string, (entries: readonly AuditEntry[]) => readonly AuditEntry[], string, object]>([
    ['the last two were cut off', withoutTail, 'truncated at entry 4', { is: 'truncated', seq: 4 }],
    ['one was taken out', withoutThird, 'truncated at entry 5', { is: 'truncated', seq: 5 }],
    ['one was changed', otherActor, 'rewritten at an entry from 3 to 5', { is: 'rewritten', seq: 5, after: 2 }],
  ])('finds what the history alone does not: %s, and all was made over', async (_what, change, words, fault) => {
    const desk = deskOn(engine);
    await desk.read(1);
    await desk.records('checkpoint', 'early.txt');
    await desk.read(3);
    await desk.records('checkpoint', 'late.txt');
    await desk.rewrite(change);
    desk.forget();
    expect((await desk.records('verify')).exit).toBe(0);
    expect((await desk.records('verify', '--checkpoint', 'early.txt')).exit).toBe(0);
    const both = ['verify', '--checkpoint', 'late.txt', '--checkpoint', 'early.txt'];
    expect(await desk.records(...both)).toMatchObject({ exit: 1, stdout: `the history is ${words}\n` });
    const { exit, stdout } = await desk.records(...both, '--json');
    expect([exit, JSON.parse(stdout)]).toEqual([1, expect.objectContaining({ whole: false, fault })]);
  });

  test.skipIf(skip)('finds an older copy that was put back, also once it was worked on', async () => {
    const desk = deskOn(engine);
    await desk.read(1);
    const putBack = desk.keepCopy();
    await desk.read(2);
    await desk.records('checkpoint', 'late.txt');
    putBack();
    desk.forget();
    expect((await desk.records('verify')).exit).toBe(0);
    const verify = () => desk.records('verify', '--checkpoint', 'late.txt');
    expect(await verify()).toMatchObject({ exit: 1, stdout: 'the history is truncated at entry 3\n' });
    await desk.read(5, 'again');
    expect(await verify()).toMatchObject({ exit: 1, stdout: 'the history is rewritten at an entry from 1 to 4\n' });
  });
});

describe('a checkpoint is refused', () => {
  /** A store with a checkpoint of it, which is then changed. */
  async function withCheckpoint(): Promise<Desk> {
    const desk = deskOn('SQLite');
    await desk.read(1);
    await desk.records('checkpoint', 'one.txt');
    return desk;
  }
  const pem = (): string =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const spoil = (desk: Desk, name: string, change: (text: string) => string): void =>
    writeFileSync(desk.at(name), change(readFileSync(desk.at(name), 'utf8')));
  const signedByStranger = (desk: Desk): void => {
    const content = readCheckpoint(readFileSync(desk.at('one.txt'), 'utf8'));
    if (!content) throw new Error('it is no checkpoint');
    writeFileSync(desk.at('one.txt.sig'), checkpointOf(content, pem()).signature);
  };
  const forAnotherPurpose = (desk: Desk): void => {
    const key = readFileSync(join(desk.keys, 'audit.key'), 'utf8');
    writeFileSync(desk.at('one.txt.sig'), sshSign(readFileSync(desk.at('one.txt'), 'utf8'), 'file', key));
  };
  const ofAnotherStore = async (desk: Desk): Promise<void> => {
    writeFileSync(desk.at('preinfuse.yaml'), `${shippedSettings}\nstore: other.db\n`);
    await desk.read(1);
  };

  test.each<[string, (desk: Desk) => unknown, RegExp]>([
    [
      'another number',
      (desk) => spoil(desk, 'one.txt', (text) => text.replace('\n2\n', '\n1\n')),
      /^one\.txt: it is not as it was signed, or one\.txt\.sig is not its signature\n$/,
    ],
    ['no signature in its file', (desk) => writeFileSync(desk.at('one.txt.sig'), ''), /not as it was signed/],
    ['a signature for another purpose', forAnotherPurpose, /not as it was signed/],
    [
      'a stranger who signed',
      signedByStranger,
      /^one\.txt: who signed it is not in allowed_signers: ssh-ed25519 [A-Za-z0-9+/=]{68}\n$/,
    ],
    [
      'a store that is another',
      ofAnotherStore,
      /^one\.txt: it is of another store, preinfuse\/[0-9a-f-]{36}; this one is preinfuse\/[0-9a-f-]{36}\n$/,
    ],
  ])('with %s: 1', async (_what, change, told) => {
    const desk = await withCheckpoint();
    await change(desk);
    const { exit, stdout } = await desk.records('verify', '--checkpoint', 'one.txt');
    expect([exit, stdout]).toEqual([1, expect.stringMatching(told)]);
  });

  test.each<[string, (desk: Desk) => unknown, string]>([
    ['that is none', (desk) => writeFileSync(desk.at('one.txt'), 'hello\n'), 'one.txt is no checkpoint'],
    [
      'with the lines of another system',
      (desk) => spoil(desk, 'one.txt', (text) => text.replaceAll('\n', '\r\n')),
      'is no',
    ],
    ['that is huge', (desk) => writeFileSync(desk.at('one.txt'), 'x'.repeat(1_000_000)), 'one.txt is no checkpoint'],
    ['that is not there', (desk) => rmSync(desk.at('one.txt')), 'cannot read one.txt: there is no such file'],
    ['without its signature', (desk) => rmSync(desk.at('one.txt.sig')), 'cannot read one.txt.sig: there is no such'],
    ['that is a folder', (desk) => cpSync(desk.keys, desk.at('two.txt'), { recursive: true }), 'it is a folder'],
    [
      'where nobody knows who may sign',
      (desk) => rmSync(join(desk.keys, 'allowed_signers')),
      'who may sign checkpoints',
    ],
  ])('%s: 2', async (what, change, told) => {
    const desk = await withCheckpoint();
    change(desk);
    const file = what === 'that is a folder' ? 'two.txt' : 'one.txt';
    const { exit, stdout, stderr } = await desk.records('verify', '--checkpoint', file);
    expect([exit, stdout, stderr]).toEqual([2, '', expect.stringContaining(told)]);
  });

  test.each<[string, (line: string) => string, number]>([
    ['by another desk, whose line was added', (line) => `# ours\n\n${line}`, 0],
    [
      'under several names, with a comment',
      (line) => `${line.replace('desk-2', 'desk-2,anna').trim()} second desk\n`,
      0,
    ],
    ['for any purpose', (line) => line.replace(/namespaces="\S+ /, ''), 0],
    ['for several purposes', (line) => line.replace('"preinfuse', '"file,preinfuse'), 0],
    ['for another purpose', (line) => line.replace('"preinfuse-audit"', '"file"'), 1],
    [
      'with a condition that is not read here',
      (line) => line.replace('namespaces', 'valid-before="20250101",namespaces'),
      1,
    ],
    ['as an authority', (line) => line.replace('namespaces', 'cert-authority,namespaces'), 1],
    ['left out', (line) => `# ${line}`, 1],
  ])('or taken: signed %s', async (_how, change, expected) => {
    const desk = await withCheckpoint();
    const key = pem();
    const content = readCheckpoint(readFileSync(desk.at('one.txt'), 'utf8'));
    writeFileSync(desk.at('one.txt.sig'), content ? checkpointOf(content, key).signature : '');
    const signers = join(desk.keys, 'allowed_signers');
    const line = allowedSigner('desk-2', sshPublicKey(key));
    writeFileSync(signers, `${readFileSync(signers, 'utf8')}${change(line)}`);
    const { exit, stdout } = await desk.records('verify', '--checkpoint', 'one.txt', '--json');
    expect(exit).toBe(expected);
    const { checkpoints } = JSON.parse(stdout) as { checkpoints: readonly { is: string }[] };
    expect(checkpoints.map(({ is }) => is)).toEqual([expected === 0 ? 'known' : 'unknown-signer']);
  });
});

describe('the files of a checkpoint', () => {
  const mode = (path: string): number => statSync(path).mode & 0o777;

  test('are for their owner alone, and say what was signed', async () => {
    const desk = deskOn('SQLite');
    await desk.read(1);
    const { exit, stdout, stderr } = await desk.records('checkpoint', 'one.txt', '--json', '--quiet');
    expect([exit, stderr]).toEqual([0, '']);
    expect([mode(desk.at('one.txt')), mode(desk.at('one.txt.sig'))]).toEqual([0o600, 0o600]);
    const said = JSON.parse(stdout) as { origin: string; seq: number; hash: string; at: string; signer: string };
    expect(said).toMatchObject({ seq: 2, at: '2026-03-10T12:00:00.000Z', signer: 'preinfuse' });
    const hash = Buffer.from(said.hash, 'hex').toString('base64');
    expect(readFileSync(desk.at('one.txt'), 'utf8')).toBe(`${said.origin}\n2\n${hash}\ntime ${said.at}\n`);
    expect(readdirSync(desk.folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test.each(['one.txt', 'one.txt.sig'])('are not put in the place of %s without --force', async (name) => {
    const desk = deskOn('SQLite');
    await desk.read(1);
    writeFileSync(desk.at(name), 'mine');
    const { exit, stderr } = await desk.records('checkpoint', 'one.txt');
    expect([exit, stderr]).toEqual([2, expect.stringContaining(`${name} is there already`)]);
    expect(readFileSync(desk.at(name), 'utf8')).toBe('mine');
    expect(readdirSync(desk.folder).filter((each) => each.startsWith('one'))).toEqual([name]);
    expect((await desk.records('checkpoint', 'one.txt', '--force')).exit).toBe(0);
    expect((await desk.records('verify', '--checkpoint', 'one.txt')).exit).toBe(0);
  });

  test.each([
    ['of a store without a history', 'one.txt', 'the store has no history yet'],
    ['to standard output', '-', 'a checkpoint is two files'],
    ['in a folder that is not there', 'nowhere/one.txt', 'there is no such folder'],
  ])('are not made %s', async (what, file, told) => {
    const desk = deskOn('SQLite');
    if (!what.includes('without')) await desk.read(1);
    const { exit, stderr } = await desk.records('checkpoint', file);
    expect([exit, stderr]).toEqual([2, expect.stringContaining(told)]);
    expect(readdirSync(desk.folder).filter((name) => /one|^-/.test(name))).toEqual([]);
  });

  test('are not made of a history that does not hold, or by a key that may not sign', async () => {
    const desk = deskOn('SQLite');
    await desk.read(2);
    await desk.rewrite((entries) => entries.slice(0, 2));
    const lacks = await desk.records('checkpoint', 'one.txt');
    expect([lacks.exit, lacks.stderr]).toEqual([2, expect.stringContaining('entry 3 of its history is not there')]);
    desk.forget();
    await desk.spoilEntry();
    const broken = await desk.records('checkpoint', 'one.txt');
    expect([broken.exit, broken.stderr]).toEqual([
      1,
      expect.stringContaining('altered at entry 1; nothing was signed'),
    ]);
    const other = deskOn('SQLite');
    await other.read(1);
    writeFileSync(join(other.keys, 'allowed_signers'), '# nobody\n');
    const refused = await other.records('checkpoint', 'one.txt');
    expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining('not in allowed_signers')]);
    for (const { folder } of [desk, other]) {
      expect(readdirSync(folder).filter((name) => name.startsWith('one'))).toEqual([]);
    }
  });
});
