import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { save } from '../../src/record/cases.ts';
import { type Identity, newIdentity } from '../../src/record/keys.ts';
import { closeStore, entriesOf, findKey, headOf, openStore, type Store } from '../../src/record/store.ts';
import { openVault } from '../../src/record/vault.ts';
import { folderWith } from '../folder.ts';
import { run } from '../run.ts';
import { noPostgres, type Server, startPostgres } from './postgres.ts';
import { has, stock } from './stock.ts';

/** What docs/recovery.md tells, run as it stands there. */

const page = readFileSync(new URL('../../docs/recovery.md', import.meta.url), 'utf8');

/** A block of the page by its name. */
function block(name: string): string {
  const [, text] = new RegExp(`^\`\`\`(?:sh |js )${name}\\n(.*?)^\`\`\``, 'ms').exec(page) ?? [];
  if (text === undefined) throw new Error(`docs/recovery.md has no block ${name}`);
  return text;
}

const recovery: Identity = await newIdentity();
const desk: Identity = await newIdentity();
const folder = folderWith({
  'recovery.key': recovery.secret,
  'unseal.mjs': block('unseal.mjs'),
  'list.sh': block('list'),
  'sqlite.sh': block('sqlite'),
  'postgres.sh': block('postgres'),
  'openssl.sh': block('openssl'),
  'checkpoint.sh': block('checkpoint'),
  'held.sh': block('held'),
});

const documents = [
  { kind: 'record', state: 'completed', text: '{"name":"Ada Canary"}' },
  { kind: 'clearance', state: 'cleared', text: '{"clearance":"Łukasz ✓"}' },
] as const;

/** A store with one case of two documents, sealed for the recovery key alone. */
async function fill(address: string): Promise<Store> {
  const memory = join(folder, 'memory');
  const store = await openStore(address, { actor: 'anna', now: () => new Date('2026-03-10T12:00:00Z'), memory });
  const vault = openVault({
    readers: [recovery.recipient],
    desk: desk.recipient,
    secrets: [],
    indexKey: Buffer.alloc(32),
    findKey: (id) => findKey(store, id),
  });
  const facts = { definition: 'd|1', definitionDigest: 'sha256:0', section: 'Visit', started: '2026-03-10' };
  for (const [version, { kind, state, text }] of documents.entries()) {
    const document = new TextEncoder().encode(text);
    await save(store, vault, { caseId: 'case-1', version, kind, state, document, facts, event: 'saved' });
  }
  return store;
}

const script = (name: string, env: Readonly<Record<string, string>> = {}): ReturnType<typeof stock> =>
  stock('env', [...Object.entries(env).map(([key, value]) => `${key}=${value}`), 'bash', `${name}.sh`, 'case-1'], {
    cwd: folder,
  });

let server: Server | undefined;
let store: Store;
beforeAll(async () => {
  store = await fill(join(folder, 'records.db'));
  if (noPostgres === undefined) server = await startPostgres();
});
afterAll(async () => {
  await closeStore(store);
  server?.stop();
});

const opened = '\n# record, version 1\n{"name":"Ada Canary"}\n\n# clearance, version 2\n{"clearance":"Łukasz ✓"}\n';

describe.skipIf(!has('age') || !has('sqlite3'))('without preinfuse', () => {
  test('the list of cases', () => {
    expect(script('list').stdout).toMatch(/^case-1\|2\|cleared\|/);
  });

  test('a record from SQLite, checked with Node', () => {
    expect(script('sqlite')).toEqual({ status: 0, stdout: opened, stderr: '' });
  });

  test.skipIf(!has('xxd') || !has('openssl'))('a record with openssl', () => {
    expect(script('openssl').stdout).toBe('{"name":"Ada Canary"}\n{"clearance":"Łukasz ✓"}\n');
  });

  test.skipIf(noPostgres)('a record from PostgreSQL, checked with Node', async () => {
    const address = (server as Server).database();
    await closeStore(await fill(address));
    const { hostname, port, username, pathname } = new URL(address);
    const env = { PGHOST: hostname, PGPORT: port, PGUSER: username, PGDATABASE: pathname.slice(1) };
    expect(script('postgres', env)).toEqual({ status: 0, stdout: opened, stderr: '' });
  });

  test('a document that was altered, or that stands for another, is told', () => {
    for (const change of ["kind = 'draft'", "bytes = bytes || x'00'"]) {
      stock('sqlite3', ['records.db', '.backup altered.db'], { cwd: folder });
      stock('sqlite3', ['altered.db', `update document set ${change} where version = 2`], { cwd: folder });
      writeFileSync(join(folder, 'altered.sh'), block('sqlite').replaceAll('records.db', 'altered.db'));
      const { stdout, stderr } = script('altered');
      expect(stdout).toContain('Ada Canary');
      expect(stdout).not.toContain('Łukasz');
      expect(stderr).toContain('unable to authenticate data');
    }
  });
});

test('an entry of the audit trail hashes as the page tells', async () => {
  let before = '0'.repeat(64);
  for await (const { seq, at, actor, event, caseId, documentHash, note, hash } of entriesOf(store)) {
    const told = JSON.stringify({ actor, at, caseId, documentHash, event, note, seq });
    expect(createHash('sha256').update(`${before}\n${told}`).digest('hex')).toBe(hash);
    before = hash;
  }
  expect(before).toBe((await headOf(store)).hash);
});

test.skipIf(!has('ssh-keygen'))('a checkpoint as it was written, with ssh-keygen', async () => {
  const env = { XDG_STATE_HOME: join(folder, 'state') };
  const world = { cwd: folder, env };
  const made = await run(['records', 'checkpoint', 'checkpoint.txt', '--store', 'records.db'], world);
  expect(made.exit).toBe(0);
  copyFileSync(join(folder, 'state', 'preinfuse', 'keys', 'allowed_signers'), join(folder, 'allowed_signers'));
  expect(script('checkpoint')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Good "preinfuse-audit" signature for preinfuse'),
  });
  if (has('sqlite3') && has('xxd')) {
    const { hash } = await headOf(store);
    expect(script('held').stdout).toBe(`${hash}\n${hash}\n`);
  }
  const text = readFileSync(join(folder, 'checkpoint.txt'), 'utf8');
  writeFileSync(join(folder, 'checkpoint.txt'), text.replace('\n2\n', '\n1\n'));
  expect(script('checkpoint').status).not.toBe(0);
});
