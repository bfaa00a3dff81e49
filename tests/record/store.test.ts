import { execFile } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backUp, restore } from '../../src/record/backup.ts';
import { documentsOf, everyCase, findCase, listCases, removeCase, save } from '../../src/record/cases.ts';
import { verifyChain } from '../../src/record/chain.ts';
import { isLoopback } from '../../src/record/postgres.ts';
import { StoreProblem } from '../../src/record/problem.ts';
import type { Vault } from '../../src/record/sealing.ts';
import { networkFileSystem } from '../../src/record/sqlite.ts';
import {
  acceptStore,
  closeStore,
  entriesOf,
  headOf,
  openStore,
  refuseBehind,
  type Store,
  standingStore,
  takeBack,
} from '../../src/record/store.ts';
import { verifyStore } from '../../src/record/verify.ts';
import { changeSqliteFile } from '../sqlite-file.ts';
import { deskVault, reviewerVault } from './keys.ts';
import { noPostgres, type Server, startPostgres } from './postgres.ts';

let folder = '';
let server: Server | undefined;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
  if (noPostgres === undefined) server = await startPostgres();
});
afterAll(() => {
  server?.stop();
  rmSync(folder, { recursive: true });
});

const clock = { now: new Date('2026-03-10T12:00:00Z') };
let made = 0;

function fresh(engine: string): string {
  made += 1;
  return engine === 'SQLite' ? join(folder, `${made}`, 'records.db') : (server as Server).database();
}

function open(address: string, actor = 'ann'): Promise<Store> {
  return openStore(address, { actor, now: () => clock.now, memory: join(folder, 'memory') });
}

/** What a desk of its own process acknowledged, line by line. */
async function desk(...argv: readonly string[]): Promise<readonly string[]> {
  const env = { MEMORY: join(folder, 'memory') };
  const { stdout } = await promisify(execFile)(process.execPath, [worker, ...argv], { env });
  return stdout.split('\n').filter((line) => line.startsWith('ok save'));
}

const worker = fileURLToPath(new URL('worker.mjs', import.meta.url));

const facts = {
  definition: 'iv-ketamine|1.0.0',
  definitionDigest: 'sha256:0',
  section: 'Visit',
  started: '2026-03-10',
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function draft(store: Store, vault: Vault, version: number, text = 'draft', caseId = 'A') {
  const change = { caseId, version, state: 'draft', kind: 'draft', event: 'draft-saved', facts } as const;
  return save(store, vault, { ...change, document: bytes(text) });
}

async function whole(store: Store): Promise<string> {
  return (await verifyChain(entriesOf(store), await headOf(store))).is;
}

async function problem(work: () => Promise<unknown>): Promise<Pick<StoreProblem, 'code' | 'message' | 'hint'>> {
  const error = await work().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StoreProblem)) throw new Error('there was no problem', { cause: error });
  return error;
}

/** Where PREINFUSE_FIGURES names a folder, what was counted is written there; PREINFUSE_EDITS says how often each desk saves. */
function keepFigure(figure: object): void {
  const place = process.env.PREINFUSE_FIGURES;
  if (place !== undefined) appendFileSync(join(place, 'conflicts.ndjson'), `${JSON.stringify(figure)}\n`);
}

const engines = [['SQLite'], ['PostgreSQL']] as const;

describe.each(engines)('on %s', (engine) => {
  const skip = engine === 'PostgreSQL' ? noPostgres : undefined;
  test.skipIf(skip)(`a case is saved, found again and opened by who may${skip ? ` (${skip})` : ''}`, async () => {
    const address = fresh(engine);
    const store = await open(address);
    expect(await draft(store, deskVault(store), 0, 'first')).toEqual({ is: 'saved', version: 1 });
    expect(await draft(store, deskVault(store), 1, 'second')).toEqual({ is: 'saved', version: 2 });
    await closeStore(store);
    const again = await open(address);
    const [opened, ...more] = await documentsOf(again, deskVault(again), 'A');
    expect(more).toEqual([]);
    expect({ ...opened, document: Buffer.from(opened?.document ?? []).toString() }).toEqual({
      kind: 'draft',
      version: 2,
      document: 'second',
    });
    expect(await findCase(again, 'A')).toMatchObject({ ...facts, version: 2, state: 'draft', savedBy: 'ann' });
    await closeStore(again);
  });

  test.skipIf(skip)('what is finished is read with the key of the reviewer alone', async () => {
    const store = await open(fresh(engine));
    await draft(store, deskVault(store), 0);
    const done = { caseId: 'A', version: 1, state: 'completed', kind: 'record', event: 'completed', facts } as const;
    await save(store, deskVault(store), { ...done, document: bytes('answers') });
    await expect(documentsOf(store, deskVault(store), 'A')).rejects.toMatchObject({ reason: 'no-key' });
    const opened = await documentsOf(store, reviewerVault(store), 'A');
    expect(opened.map(({ kind, document }) => [kind, Buffer.from(document).toString()])).toEqual([
      ['record', 'answers'],
    ]);
    await closeStore(store);
  });

  test.skipIf(skip)('a save from an older version overwrites nothing and says who was faster', async () => {
    const address = fresh(engine);
    const [ann, bob] = [await open(address), await open(address, 'bob')];
    await draft(ann, deskVault(ann), 0, 'first');
    expect(await draft(bob, deskVault(bob), 1, 'of bob')).toEqual({ is: 'saved', version: 2 });
    const late = await draft(ann, deskVault(ann), 1, 'of ann');
    expect(late).toMatchObject({ is: 'changed', now: { version: 2, savedBy: 'bob' } });
    expect(await draft(ann, deskVault(ann), 0, 'of ann')).toMatchObject({ is: 'changed' });
    const [opened] = await documentsOf(ann, deskVault(ann), 'A');
    expect(Buffer.from(opened?.document ?? []).toString()).toBe('of bob');
    expect((await headOf(ann)).seq).toBe(2);
    expect(await whole(ann)).toBe('whole');
    await Promise.all([closeStore(ann), closeStore(bob)]);
  });

  test.skipIf(skip)('several desks open a new store and change one case: version = acknowledged saves', async () => {
    const address = fresh(engine);
    const rounds = Number(process.env.PREINFUSE_EDITS ?? 15);
    const counts = await Promise.all(['a', 'b', 'c', 'd'].map((actor) => desk('edit', address, actor, `${rounds}`)));
    const acknowledged = counts.reduce((sum, lines) => sum + lines.length, 0);
    expect(acknowledged).toBeGreaterThanOrEqual(rounds);
    const store = await open(address);
    const version = (await findCase(store, 'A'))?.version;
    expect(version).toBe(acknowledged);
    expect((await headOf(store)).seq).toBe(acknowledged);
    expect(await whole(store)).toBe('whole');
    await closeStore(store);
    keepFigure({ engine, desks: counts.length, tried: counts.length * rounds, acknowledged, version });
  });

  test.skipIf(skip)('what is looked at while another desk writes is one moment, and whole', async () => {
    const address = fresh(engine);
    const [ann, bob] = [await open(address), await open(address, 'bob')];
    await draft(bob, deskVault(bob), 0);
    const saved = { version: 1 };
    const db = ann.db.withPlugin({
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        await draft(bob, deskVault(bob), saved.version);
        saved.version += 1;
        return result;
      },
    });
    expect(await verifyStore({ ...ann, db })).toMatchObject({
      chain: { is: 'whole', head: { seq: expect.any(Number) } },
      altered: [],
      missing: [],
      documents: 1,
    });
    expect(saved.version).toBeGreaterThan(3);
    await Promise.all([closeStore(ann), closeStore(bob)]);
  });

  test.skipIf(skip)('lists go by page, last saved first, and filter', async () => {
    const store = await open(fresh(engine));
    const vault = deskVault(store);
    const change = { version: 0, state: 'draft', kind: 'draft', event: 'draft-saved', document: bytes('x') } as const;
    for (let index = 0; index < 5; index += 1) {
      clock.now = new Date(Date.UTC(2026, 2, 10, 12, index));
      await save(store, vault, { ...change, caseId: `C${index}`, facts: { ...facts, lookup: `mrn ${index % 2}` } });
    }
    const ids = async (filter: Parameters<typeof listCases>[1]): Promise<string> => {
      const found: string[] = [];
      for await (const { id } of listCases(store, filter)) found.push(id);
      return found.join(' ');
    };
    expect(await ids({})).toBe('C4 C3 C2 C1 C0');
    expect(await ids({ lookup: 'mrn 1' })).toBe('C3 C1');
    expect(await ids({ savedBefore: '2026-03-10T12:02:00.000Z' })).toBe('C1 C0');
    expect(await ids({ states: ['completed'] })).toBe('');
    expect(await removeCase(store, { id: 'C1', version: 1 }, 'purged')).toBe(true);
    expect(await removeCase(store, { id: 'C2', version: 7 }, 'purged')).toBe(false);
    expect(await ids({ lookup: 'mrn 1' })).toBe('C3');
    expect(await whole(store)).toBe('whole');
    await closeStore(store);
  });

  test.skipIf(skip)('a list of many pages has each case once, also of those saved in one moment', async () => {
    const store = await open(fresh(engine));
    const row = {
      version: 1,
      state: 'draft',
      definition: 'd|1',
      definition_digest: '',
      section: '',
      started: '',
    } as const;
    const ids = Array.from({ length: 2500 }, (_, index) => `C${String(index).padStart(4, '0')}`);
    const saved = (index: number): string => `2026-03-10T12:${String(Math.floor(index / 700)).padStart(2, '0')}`;
    const rows = ids.map((id, index) => ({ ...row, id, saved: saved(index), saved_by: 'ann' }));
    for (let from = 0; from < rows.length; from += 500) {
      await store.db
        .insertInto('cases')
        .values(rows.slice(from, from + 500))
        .execute();
    }
    const found: string[] = [];
    for await (const { id } of listCases(store)) found.push(id);
    expect(found).toEqual(ids.toReversed());
    const every: string[] = [];
    for await (const { id } of everyCase(store)) {
      every.push(id);
      if (id === 'C0500')
        await store.db.updateTable('cases').set({ saved: '2026-03-11' }).where('id', '>', 'C2000').execute();
    }
    expect(every).toEqual(ids);
    await closeStore(store);
  });

  test.skipIf(skip)('a clock that jumped back is told, and nothing is written until somebody says why', async () => {
    const store = await open(fresh(engine));
    clock.now = new Date('2026-03-10T12:00:00Z');
    await draft(store, deskVault(store), 0);
    clock.now = new Date('2026-03-10T11:00:00Z');
    expect(await problem(() => draft(store, deskVault(store), 1))).toMatchObject({
      code: 'clock',
      message: expect.stringContaining(
        'says 2026-03-10T11:00:00.000Z, but the store was last written at 2026-03-10T12',
      ),
    });
    expect(await problem(() => refuseBehind(store))).toMatchObject({ code: 'clock' });
    expect(await findCase(store, 'A')).toMatchObject({ version: 1 });
    await acceptStore(store, 'the clock was an hour ahead');
    expect(await draft(store, deskVault(store), 1)).toMatchObject({ is: 'saved' });
    expect(await whole(store)).toBe('whole');
    await closeStore(store);
  });

  test.skipIf(skip)('a store that a newer version made over is left alone, also by who has it open', async () => {
    const address = fresh(engine);
    const store = await open(address);
    await store.db.updateTable('chain').set({ schema: 99 }).execute();
    expect(await problem(() => draft(store, deskVault(store), 0))).toMatchObject({ code: 'newer' });
    expect(await problem(() => open(address))).toMatchObject({
      code: 'newer',
      hint: expect.stringContaining('install'),
    });
    await closeStore(store);
  });
});

describe.each(engines)('a backup into %s', (engine) => {
  const skip = engine === 'PostgreSQL' ? noPostgres : undefined;
  const backup = async (): Promise<readonly string[]> => {
    const store = await open(fresh('SQLite'));
    await draft(store, deskVault(store), 0);
    const lines: string[] = [];
    await backUp(store, async (line) => lines.push(line));
    await closeStore(store);
    return lines;
  };

  test.skipIf(skip)('that is refused leaves no store behind that was made for it', async () => {
    const address = fresh(engine);
    const [made, other] = [await open(address), await open(address)];
    expect(await problem(() => restore(made, Readable.from(['null'])))).toMatchObject({ code: 'bad-backup' });
    await takeBack(other);
    expect(await standing(address)).toBe(true);
    await takeBack(made);
    expect(await standing(address)).toBe(false);
  });

  test.skipIf(skip)('into which somebody writes meanwhile has both, one after the other', async () => {
    const address = fresh(engine);
    const [ann, bob] = [await open(address), await open(address, 'bob')];
    const lines = await backup();
    async function* slowly(): AsyncGenerator<string> {
      yield* lines.slice(0, -1);
      // Waits in turn, and then stands behind what was restored.
      later.push(desk('once', address, 'carl'));
      await new Promise((done) => setTimeout(done, 1500));
      yield* lines.slice(-1);
    }
    const later: Promise<readonly string[]>[] = [];
    await restore(ann, Readable.from(slowly()));
    expect((await Promise.all(later)).flat()).toHaveLength(1);
    expect(await verifyStore(ann)).toMatchObject({
      chain: { is: 'whole', head: { seq: 2 } },
      altered: [],
      missing: [],
    });
    expect(await problem(() => restore(bob, Readable.from(lines)))).toMatchObject({ code: 'not-empty' });
    await takeBack(ann);
    expect(await standing(address)).toBe(true);
    await closeStore(bob);
  });
});

/** Whether there is a store at an address. */
async function standing(address: string): Promise<boolean> {
  if (!address.includes('://') && !existsSync(address)) return false;
  const found = await standingStore(address, { actor: 'eve', now: () => clock.now, memory: join(folder, 'memory') });
  if (found) await closeStore(found.store);
  return found !== undefined;
}

test.skipIf(noPostgres)('a backup of either engine goes into the other, and holds there', async () => {
  const [small, large] = [await open(fresh('SQLite')), await open(fresh('PostgreSQL'))];
  const vault = deskVault(small);
  for (let index = 0; index < 3; index += 1) await draft(small, vault, 0, `text ${index}`, `C${index}`);
  await draft(small, vault, 1, 'text again', 'C1');
  const moved = async (from: Store, to: Store): Promise<void> => {
    const lines: string[] = [];
    await backUp(from, async (line) => lines.push(line));
    expect(await restore(to, Readable.from(lines))).toEqual(await headOf(from));
    expect(await verifyStore(to)).toMatchObject({ chain: { is: 'whole' }, altered: [], missing: [], documents: 3 });
    const [opened] = await documentsOf(to, deskVault(to), 'C1');
    expect(Buffer.from(opened?.document ?? []).toString()).toBe('text again');
  };
  await moved(small, large);
  const back = await open(fresh('SQLite'));
  await moved(large, back);
  await Promise.all([small, large, back].map(closeStore));
});

describe('refusals', () => {
  test.each([
    [0x6969, 'NFS'],
    [0xff534d42, 'CIFS'],
    [0xff534d42 | 0, 'CIFS'],
    [0xfe534d42, 'SMB'],
    [0xef53, undefined],
    [0x01021994, undefined],
  ])('file system %i is %s', (type, name) => expect(networkFileSystem(type)).toBe(name));

  test.each([
    ['localhost', true],
    ['127.0.0.1', true],
    ['127.8.0.1', true],
    ['::1', true],
    ['/run/postgresql', true],
    ['localhost.example.org', false],
    ['127.0.0.1.example.org', false],
    ['10.0.0.5', false],
  ])('%s stays on this machine: %s', (host, is) => expect(isLoopback(host)).toBe(is));

  test.each([
    'postgres://ann@db.example.org/records',
    'postgres://ann@db.example.org/records?sslmode=require',
    'postgres://ann@db.example.org/records?sslmode=disable',
    'postgres://ann@localhost/records?host=db.example.org',
    'postgresql://db.example.org:5433/records?sslmode=no-verify',
  ])('%s: no verified TLS', async (address) => {
    expect(await problem(() => open(address))).toMatchObject({
      code: 'no-tls',
      hint: expect.stringContaining('sslmode=verify-full'),
    });
  });

  test('a password is in no message', async () => {
    for (const address of [
      'postgres://ann:secret@db.example.org/r',
      'postgres://ann:secret@localhost:1/r',
      'postgres://ann:secret@[x/r',
    ]) {
      const { message, hint } = await problem(() => open(address));
      expect(message + hint).not.toContain('secret');
    }
  });

  test('a server that is not there', async () => {
    expect(await problem(() => open('postgres://localhost:1/records'))).toMatchObject({ code: 'unreachable' });
  });

  describe("a store that is not this account's alone", () => {
    const moved = (path: string): void => {
      renameSync(path, `${path}.moved`);
      symlinkSync(`${path}.moved`, path);
    };
    const linked = (path: string): void => {
      writeFileSync(`${path}.victim`, 'mine', { mode: 0o600 });
      symlinkSync(`${path}.victim`, path);
    };
    const dangling = (path: string): void => {
      rmSync(path);
      symlinkSync(`${path}.nowhere`, path);
    };
    const folderInstead = (path: string): void => {
      rmSync(path);
      mkdirSync(path);
    };
    const opened = (mode: number) => (path: string) => {
      if (!existsSync(path)) writeFileSync(path, '');
      chmodSync(path, mode);
    };
    const canGive = process.getuid?.() === 0;
    const given = (path: string): void => {
      if (!existsSync(path)) writeFileSync(path, '', { mode: 0o600 });
      chownSync(path, 65534, 65534);
    };

    test.for<[string, (path: string) => void, string, string]>([
      ['the file is a link', moved, '', 'it is a link'],
      ['the file is a link to nowhere', dangling, '', 'it is a link'],
      ['the file is a folder', folderInstead, '', 'it is no file'],
      ['others may read the file', opened(0o644), '', 'others may read it'],
      ['a group may write the file', opened(0o620), '', 'others may read it'],
      ['the -wal is a link', linked, '-wal', 'it is a link'],
      ['the -shm is a link', linked, '-shm', 'it is a link'],
      ['the -journal is a link', linked, '-journal', 'it is a link'],
      ['others may read the -wal', opened(0o604), '-wal', 'others may read it'],
      ['others may write the -shm', opened(0o602), '-shm', 'others may read it'],
      ['the folder is a link', moved, '/..', 'it is a link'],
      ['others may write in the folder', opened(0o703), '/..', 'others may read it'],
      ['a group may look into the folder', opened(0o750), '/..', 'others may read it'],
      ['the file is of somebody else', given, '', 'it belongs to somebody else'],
      ['the -wal is of somebody else', given, '-wal', 'it belongs to somebody else'],
      ['the folder is of somebody else', given, '/..', 'it belongs to somebody else'],
    ])('%s: refused by its name, and nothing is changed', async ([_what, spoil, at, why], { skip }) => {
      skip(spoil === given && !canGive, 'root alone can give a file away');
      const path = fresh('SQLite');
      await closeStore(await open(path));
      const spoiled = at === '/..' ? dirname(path) : `${path}${at}`;
      spoil(spoiled);
      const seen = lookAt(dirname(path));
      const { code, message, hint } = await problem(() => open(path));
      expect({ code, message }).toEqual({ code: 'unsafe', message: `the store cannot be used: ${why} (${spoiled})` });
      expect(hint).toMatch(why === 'others may read it' ? /chmod [67]00 / : /name another place with --store/);
      expect(lookAt(dirname(path))).toEqual(seen);
    });

    test('of a folder that was named for the file nothing is said of the one above it', async () => {
      const path = fresh('SQLite');
      await closeStore(await open(path));
      folderInstead(path);
      chmodSync(dirname(path), 0o755);
      const { message } = await problem(() => open(path));
      expect(message).toBe(`the store cannot be used: it is no file (${path})`);
    });

    test('opens once it is mended as the message says', async () => {
      const path = fresh('SQLite');
      await closeStore(await open(path));
      chmodSync(path, 0o644);
      chmodSync(dirname(path), 0o755);
      for (const [mode, place] of [
        [0o700, dirname(path)],
        [0o600, path],
      ] as const) {
        expect((await problem(() => open(path))).hint).toContain(`chmod ${mode.toString(8)} ${place}`);
        chmodSync(place, mode);
      }
      await closeStore(await open(path));
    });

    /** Kind, mode, owner and content of what is in a folder. */
    function lookAt(folder: string): readonly unknown[] {
      return readdirSync(folder).map((name) => {
        const { mode, uid } = lstatSync(join(folder, name));
        const isFile = statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() === true;
        return [name, mode, uid, isFile ? readFileSync(join(folder, name), 'base64') : ''];
      });
    }

    test('is made for it alone where there was none, with all that SQLite keeps beside it', async () => {
      const path = fresh('SQLite');
      const umask = process.umask(0);
      const store = await open(path);
      await draft(store, deskVault(store), 0);
      process.umask(umask);
      const names = ['', '-wal', '-shm'].map((ending) => `${path}${ending}`);
      expect(names.map((name) => statSync(name).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
      expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
      await closeStore(store);
    });
  });

  test('a file that is no store is left as it is', async () => {
    const path = join(folder, 'letter.txt');
    const letter = 'Dear reader, this is no store, and it is long enough to look like one. '.repeat(20);
    writeFileSync(path, letter, { mode: 0o600 });
    expect(await problem(() => open(path))).toMatchObject({ code: 'not-a-store' });
    const other = join(folder, 'other.db');
    changeSqliteFile(other, 'create table song (title text)');
    chmodSync(other, 0o600);
    expect(await problem(() => open(other))).toMatchObject({ code: 'not-a-store' });
  });
});
