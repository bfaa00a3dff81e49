import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backUp } from '../../src/record/backup.ts';
import { documentsOf, findCase, listCases, type StoredCase, save } from '../../src/record/cases.ts';
import { newIdentity } from '../../src/record/keys.ts';
import { StoreProblem } from '../../src/record/problem.ts';
import { atOneMoment, closeStore, findKey, openStore, type Store } from '../../src/record/store.ts';
import { openVault } from '../../src/record/vault.ts';
import { verifyStore } from '../../src/record/verify.ts';
import { deskVault } from './keys.ts';
import { noPostgres, type Server, startPostgres } from './postgres.ts';

/*
 * What goes wrong, done for real. How many kills: PREINFUSE_KILLS on SQLite, PREINFUSE_KILLS_POSTGRES on PostgreSQL. Where
 * PREINFUSE_FIGURES names a folder, all that the killed desks said is written there, with what it came to.
 */

const kills = {
  SQLite: Number(process.env.PREINFUSE_KILLS ?? 6),
  PostgreSQL: Number(process.env.PREINFUSE_KILLS_POSTGRES ?? 2),
};

let folder = '';
let server: Server | undefined;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faults-'));
  if (noPostgres === undefined) server = await startPostgres();
});
afterAll(() => {
  server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const worker = fileURLToPath(new URL('worker.mjs', import.meta.url));
const identities = await Promise.all([newIdentity(), newIdentity(), newIdentity()]);
const secrets = identities.map(({ secret }) => secret);

const open = (address: string): Promise<Store> =>
  openStore(address, { actor: 'ann', now: () => new Date(), memory: join(folder, 'memory') });

/** What a desk is killed in the midst of: the last word of what it says, and the event in the history. */
const changes = {
  draft: 'draft-saved',
  completed: 'completed',
  cleared: 'cleared',
  purged: 'purged',
  rotated: 'rotated',
} as const;
type ChangeKind = keyof typeof changes;
const changeKinds = Object.keys(changes) as readonly ChangeKind[];
/** By turns; where the kills are few, each engine begins at another end. */
const aims = { SQLite: changeKinds, PostgreSQL: [...changeKinds].reverse() };

/** Lines after which a desk is killed even where it came to no change of the kind that it was to be killed in. */
const mostLines = 120;

/** A desk that is killed in the midst of a change of some kind, or soon after it began. Gives what it said. */
function killedDesk(address: string, actor: string, kind: ChangeKind): Promise<readonly string[]> {
  const env = { ...process.env, SECRETS: secrets.join(' '), MEMORY: join(folder, 'memory') };
  const desk = spawn(process.execPath, [worker, 'chaos', address, actor], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  const failed: string[] = [];
  desk.stderr.on('data', (text) => failed.push(String(text)));
  // By what it did and not by the clock, so that a slow machine kills it in the midst of as many kinds of change.
  const first = 2 + Math.floor(Math.random() * 28);
  const dying = { is: false };
  createInterface({ input: desk.stdout }).on('line', (line) => {
    said.push(line);
    const isTime = said.length >= first && line.startsWith('try') && line.endsWith(` ${kind}`);
    if (dying.is || !(isTime || said.length > mostLines)) return;
    dying.is = true;
    setTimeout(() => desk.kill('SIGKILL'), Math.random() * 8);
  });
  return new Promise((done, reject) => {
    desk.on('close', (_code, signal) =>
      signal === 'SIGKILL' ? done(said) : reject(new Error(`the desk ended by itself:\n${failed.join('')}`)),
    );
  });
}

/** How many changes of a kind were tried, acknowledged, and were under way when their desk was killed. */
interface Counts {
  readonly tried: number;
  readonly acknowledged: number;
  readonly underWay: number;
}

function countsOf(desks: readonly (readonly string[])[], kind: ChangeKind): Counts {
  const lines = desks.flat().filter((line) => line.endsWith(` ${kind}`));
  const isTry = (line: string | undefined): boolean => line?.startsWith('try') === true && line.endsWith(` ${kind}`);
  return {
    tried: lines.filter(isTry).length,
    acknowledged: lines.filter((line) => line.startsWith('ok')).length,
    underWay: desks.filter((lines) => isTry(lines.at(-1))).length,
  };
}

/** What was acknowledged of a case, and what may have come after it. */
interface Told {
  version: number;
  tried: number;
  gone: boolean;
  maybeGone: boolean;
}

function expectations(lines: readonly string[]): ReadonlyMap<string, Told> {
  const cases = new Map<string, Told>();
  for (const line of lines) {
    const [how, what, id = '', number] = line.split(' ');
    if (what === 'rotate') continue;
    const at = cases.get(id) ?? { version: 0, tried: 0, gone: false, maybeGone: false };
    cases.set(id, at);
    if (what === 'save' && how === 'ok') at.version = Number(number);
    if (what === 'save' && how === 'try') at.tried = Number(number);
    if (what === 'purge' && how === 'ok') at.gone = true;
    if (what === 'purge' && how === 'try') at.maybeGone = true;
  }
  return cases;
}

/** A save that was tried and not acknowledged may be there or not; one that was acknowledged is there, unless a purge was tried. */
function isAsTold(now: number | undefined, { version, tried, gone, maybeGone }: Told): boolean {
  if (gone) return now === undefined;
  if (now === undefined) return version === 0 || maybeGone;
  return now === version || now === tried;
}

async function casesOf(store: Store): Promise<ReadonlyMap<string, StoredCase>> {
  const found = new Map<string, StoredCase>();
  for await (const each of listCases(store)) found.set(each.id, each);
  return found;
}

describe.each([['SQLite'], ['PostgreSQL']] as const)('kill -9 on %s', (engine) => {
  const skip = engine === 'PostgreSQL' ? noPostgres : undefined;
  test.skipIf(skip)(
    `across save, clearance, purge and rotation: what was acknowledged is there once${skip ? ` (${skip})` : ''}`,
    async () => {
      const address = engine === 'SQLite' ? join(folder, 'killed', 'records.db') : (server as Server).database();
      await closeStore(await open(address));
      const desks: (readonly string[])[] = [];
      for (let done = 0; done < kills[engine]; done += 2) {
        const kindAt = (at: number): ChangeKind => aims[engine][at % changeKinds.length] ?? 'draft';
        desks.push(
          ...(await Promise.all([
            killedDesk(address, 'bob', kindAt(done)),
            killedDesk(address, 'cleo', kindAt(done + 1)),
          ])),
        );
      }
      const store = await open(address);
      const { chain, altered, missing } = await verifyStore(store);
      const found = await casesOf(store);
      const expected = expectations(desks.flat());
      const lost = [...expected].filter(([id, told]) => !isAsTold(found.get(id)?.version, told)).map(([id]) => id);
      const unknown = [...found.keys()].filter((id) => !expected.has(id));
      const doubled = await doubledIn(store, found);
      const closed = await closedIn(store, found);
      const counts = await Promise.all(
        changeKinds.map(async (kind) => ({
          kind,
          ...countsOf(desks, kind),
          entries: await entriesOfKind(store, kind),
        })),
      );
      await closeStore(store);
      keepLog(engine, desks, { kills: desks.length, counts, lost, doubled, unknown, closed, chain, altered, missing });
      expect({ lost, doubled, unknown, closed }).toEqual({ lost: [], doubled: [], unknown: [], closed: [] });
      expect({ chain: chain.is, altered, missing }).toEqual({ chain: 'whole', altered: [], missing: [] });
      for (const { kind, tried, acknowledged, entries, underWay } of counts) {
        expect([kind, entries >= acknowledged, entries <= tried]).toEqual([kind, true, true]);
        if (kills[engine] >= 50) expect([kind, underWay > 0]).toEqual([kind, true]);
      }
      expect(counts.reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBeGreaterThanOrEqual(kills[engine]);
    },
    kills[engine] * 20_000 + 60_000,
  );
});

/** Cases whose changes stand in the history more or less often than they were made. */
async function doubledIn(store: Store, found: ReadonlyMap<string, StoredCase>): Promise<readonly string[]> {
  const entries = await store.db
    .selectFrom('audit')
    .select(({ fn }) => ['case_id', fn.countAll().as('count')])
    .where('document_hash', 'is not', null)
    .groupBy('case_id')
    .execute();
  return entries.flatMap(({ case_id: id, count }) => {
    const version = found.get(id ?? '')?.version;
    return id === null || version === undefined || Number(count) === version ? [] : [id];
  });
}

/** Cases whose last document does not open with the keys of today, or is another than was saved last. */
async function closedIn(store: Store, found: ReadonlyMap<string, StoredCase>): Promise<readonly string[]> {
  const [desk, ...readers] = identities;
  const vault = openVault({
    readers: readers.map(({ recipient }) => recipient),
    desk: desk.recipient,
    secrets,
    indexKey: Buffer.alloc(32, 7),
    findKey: (id) => findKey(store, id),
  });
  const closed: string[] = [];
  for (const { id, version } of found.values()) {
    const documents = await documentsOf(store, vault, id).catch(() => []);
    if (Buffer.from(documents.at(-1)?.document ?? []).toString() !== `${id} ${version}`) closed.push(id);
  }
  return closed;
}

async function entriesOfKind({ db }: Store, kind: ChangeKind): Promise<number> {
  const { count } = await db
    .selectFrom('audit')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('event', '=', changes[kind])
    .executeTakeFirstOrThrow();
  return Number(count);
}

function keepLog(engine: string, desks: readonly (readonly string[])[], summary: object): void {
  const place = process.env.PREINFUSE_FIGURES;
  if (place === undefined) return;
  const said = desks.map((lines, at) => `# desk ${at + 1}, killed\n${lines.join('\n')}\n`);
  writeFileSync(join(place, `${engine}.log`), `${said.join('')}# ${JSON.stringify(summary)}\n`);
}

const facts = { definition: 'd|1.0.0', definitionDigest: 'sha256:0', section: 'Visit', started: '2026-03-10' };

async function put(store: Store, caseId: string, version = 0, size = 100): Promise<number> {
  const change = { caseId, version, state: 'draft', kind: 'draft', event: 'draft-saved', facts } as const;
  const saved = await save(store, deskVault(store), { ...change, document: new Uint8Array(size) });
  return saved.is === 'saved' ? saved.version : 0;
}

async function problem(work: () => Promise<unknown>): Promise<string> {
  const error = await work().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof StoreProblem) return error.code;
  throw new Error('there was no problem of the store', { cause: error });
}

const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65534, gid: 65534 };
/** Root may write anywhere: another account has to try, and it has to reach this folder. */
const canBeNobody =
  isRoot && spawnSync(process.execPath, ['-e', `fs.accessSync(${JSON.stringify(worker)})`], nobody).status === 0;
const canMount = isRoot && process.platform === 'linux' && spawnSync('mount', ['--version']).status === 0;

describe('a disk', () => {
  test.skipIf(!canMount)(
    `that is full: told, and what was saved is there${canMount ? '' : ' (needs mount)'}`,
    async () => {
      const place = join(folder, 'small');
      mkdirSync(place);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=700', 'tmpfs', place]);
      try {
        const store = await open(join(place, 'records.db'));
        const kept: string[] = [];
        const code = await problem(async () => {
          for (let index = 0; index < 1000; index += 1) {
            await put(store, `C${index}`, 0, 20_000);
            kept.push(`C${index}`);
          }
        });
        expect(code).toBe('full');
        expect(kept.length).toBeGreaterThan(10);
        await closeStore(store);
        const again = await open(join(place, 'records.db'));
        expect([...(await casesOf(again)).keys()].sort()).toEqual(kept.sort());
        expect(await verifyStore(again)).toMatchObject({ chain: { is: 'whole' }, altered: [], missing: [] });
        await closeStore(again);
      } finally {
        execFileSync('umount', ['-l', place]);
      }
    },
  );

  test.skipIf(!canMount)(
    `with no room at all is full, and no store is damaged${canMount ? '' : ' (needs mount)'}`,
    async () => {
      const place = join(folder, 'no-room');
      mkdirSync(place);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=700', 'tmpfs', place]);
      try {
        const path = join(place, 'records.db');
        const store = await open(path);
        await put(store, 'A', 0, 5_000);
        await closeStore(store);
        spawnSync('dd', ['if=/dev/zero', `of=${join(place, 'rest')}`, 'bs=1k']);
        expect(await problem(() => open(path))).toBe('full');
        rmSync(join(place, 'rest'));
        const again = await open(path);
        expect([...(await casesOf(again)).keys()]).toEqual(['A']);
        await closeStore(again);
      } finally {
        execFileSync('umount', ['-l', place]);
      }
    },
  );

  test.skipIf(!canMount)(
    `that is mounted read-only: a store cannot be made there${canMount ? '' : ' (needs mount)'}`,
    async () => {
      const place = join(folder, 'read-only-disk');
      mkdirSync(place);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=700,ro', 'tmpfs', place]);
      try {
        expect(await problem(() => open(join(place, 'state', 'records.db')))).toBe('read-only');
      } finally {
        execFileSync('umount', ['-l', place]);
      }
    },
  );

  test.skipIf(!canBeNobody)(
    `that may only be read: told before anything is asked${canBeNobody ? '' : ' (needs root, and a folder that others may read)'}`,
    async () => {
      const place = join(folder, 'read-only');
      const store = await open(join(place, 'records.db'));
      await put(store, 'A');
      await closeStore(store);
      chmodSync(folder, 0o755);
      for (const [path, mode] of [
        [join(place, 'records.db'), 0o400],
        [place, 0o500],
      ] as const) {
        chmodSync(path, mode);
        chownSync(path, nobody.uid, nobody.gid);
      }
      const { status, stderr } = spawnSync(process.execPath, [worker, 'once', join(place, 'records.db'), 'eve'], {
        ...nobody,
        env: { MEMORY: join(folder, 'nobody') },
      });
      expect(status).not.toBe(0);
      expect(String(stderr)).toContain('the store cannot be written to');
      for (const path of [place, join(place, 'records.db')]) chownSync(path, 0, 0);
      const again = await open(join(place, 'records.db'));
      expect((await casesOf(again)).size).toBe(1);
      await closeStore(again);
    },
  );
});

describe('a file that is not what it was', () => {
  async function started(name: string): Promise<{ readonly path: string; readonly store: Store }> {
    const path = join(folder, name, 'records.db');
    const store = await open(path);
    await put(store, 'A');
    return { path, store };
  }

  test('an older one, copied back: told, and left as it is', async () => {
    const { path, store } = await started('older');
    await closeStore(store);
    copyFileSync(path, `${path}.old`);
    const later = await open(path);
    await put(later, 'A', 1);
    await closeStore(later);
    copyFileSync(path, `${path}.new`);
    copyFileSync(`${path}.old`, path);
    expect(await problem(() => open(path))).toBe('older');
    copyFileSync(`${path}.new`, path);
    const again = await open(path);
    expect((await casesOf(again)).get('A')?.version).toBe(2);
    await closeStore(again);
  });

  test('a -wal file that was cut: told', async () => {
    const { path, store } = await started('cut');
    await closeStore(store);
    const env = { ...process.env, SECRETS: secrets.join(' '), MEMORY: join(folder, 'memory') };
    const desk = spawn(process.execPath, [worker, 'chaos', path, 'bob'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    const said: string[] = [];
    await new Promise<void>((done) => {
      desk.on('close', () => done());
      createInterface({ input: desk.stdout }).on('line', (line) => {
        said.push(line);
        if (said.filter((each) => each.startsWith('ok')).length === 8) desk.kill('SIGKILL');
      });
    });
    const wal = `${path}-wal`;
    expect(existsSync(wal)).toBe(true);
    truncateSync(wal, Math.floor(statSync(wal).size / 2));
    expect(await problem(() => open(path))).toBe('older');
  });

  test('cut in the middle: told', async () => {
    const { path, store } = await started('damaged');
    for (let index = 0; index < 40; index += 1) await put(store, `C${index}`, 0, 5_000);
    await closeStore(store);
    truncateSync(path, 40_000);
    const code = await problem(async () => {
      const again = await open(path);
      try {
        await casesOf(again);
        await verifyStore(again);
      } finally {
        await closeStore(again);
      }
    });
    expect(['damaged', 'older']).toContain(code);
  });

  test('sealed with another key: told as that, and nothing of it is said', async () => {
    const { store } = await started('key');
    const stranger = await newIdentity();
    const vault = openVault({
      readers: [stranger.recipient],
      desk: stranger.recipient,
      secrets: [stranger.secret],
      indexKey: Buffer.alloc(32),
      findKey: (id) => findKey(store, id),
    });
    await expect(documentsOf(store, vault, 'A')).rejects.toMatchObject({ name: 'CannotOpen', reason: 'no-key' });
    await closeStore(store);
  });
});

test('a PostgreSQL server whose socket is not there is not reached', async () => {
  expect(await problem(() => open(`postgres://ann@localhost/r?host=${folder}`))).toBe('unreachable');
});

test.skipIf(noPostgres)('a PostgreSQL server that crashes between saves: what was saved is there', async () => {
  const store = await open((server as Server).database());
  await put(store, 'A');
  (server as Server).crash();
  const version = await put(store, 'A', 1).catch(() => put(store, 'A', 1));
  expect(version).toBe(2);
  expect(await verifyStore(store)).toMatchObject({ chain: { is: 'whole' }, missing: [] });
  await closeStore(store);
});

test.skipIf(noPostgres)('a PostgreSQL server that goes away while a backup waits for its reader: told', async () => {
  const store = await open((server as Server).database());
  await put(store, 'A');
  const stalled = async () => {
    (server as Server).crash();
    await new Promise((done) => setTimeout(done, 200));
  };
  expect(await problem(() => backUp(store, stalled))).toBe('unreachable');
  expect(await put(store, 'A', 1)).toBe(2);
  await closeStore(store);
});

test.skipIf(noPostgres)('a PostgreSQL server that is gone when something is looked up: told', async () => {
  const gone = await startPostgres();
  const store = await open(gone.database());
  gone.stop();
  expect(await problem(() => findCase(store, 'A'))).toBe('unreachable');
  await closeStore(store);
});

test.skipIf(noPostgres)('a PostgreSQL server does not end a backup that waits for its reader', async () => {
  const store = await open((server as Server).database());
  const { rows } = await atOneMoment(store, (tx) => sql`show idle_in_transaction_session_timeout`.execute(tx));
  expect(rows).toEqual([{ idle_in_transaction_session_timeout: '0' }]);
  await closeStore(store);
});
