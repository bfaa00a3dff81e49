/**
 * What keeping a record costs: durable saves a second beside the bare driver and beside plain files that are synced, by turns in
 * one run; opening; a list of 100,000 records. `npm run bench:records`; PREINFUSE_BENCH_POSTGRES=postgres://... adds a server.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Driver from 'better-sqlite3';
import { listCases, save } from '../dist/record/cases.js';
import { newIdentity } from '../dist/record/keys.js';
import { closeStore, findKey, openStore } from '../dist/record/store.js';
import { openVault } from '../dist/record/vault.js';

const rounds = Number(process.env.ROUNDS ?? 5);
const saves = Number(process.env.SAVES ?? 200);
const listed = Number(process.env.LISTED ?? 100_000);
const documentBytes = 4000;

const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'bench-records-'));
const manyPath = join(folder, 'many.db');
/** As a script takes them. */
const options = `{ actor: 'bench', now: () => new Date(), memory: ${JSON.stringify(join(folder, 'memory'))} }`;
const print = (text) => process.stdout.write(`${text}\n`);
const row = (cells) => print(`| ${cells.join(' | ')} |`);
const median = (of) => [...of].sort((a, b) => a - b)[of.length >> 1];

const facts = { definition: 'd|1.0.0', definitionDigest: 'sha256:0', section: 'Visit', started: '2026-03-10' };
const document = new Uint8Array(documentBytes).fill(65);

async function ours(address) {
  const store = await openStore(address, { actor: 'bench', now: () => new Date(), memory: join(folder, 'memory') });
  const { recipient, secret } = await newIdentity();
  const vault = openVault({
    readers: [recipient],
    desk: recipient,
    secrets: [secret],
    indexKey: Buffer.alloc(32, 7),
    findKey: (id) => findKey(store, id),
  });
  const change = { version: 0, state: 'draft', kind: 'draft', event: 'draft-saved', facts, document };
  return {
    store,
    save: () => save(store, vault, { ...change, caseId: randomUUID() }),
    close: () => closeStore(store),
  };
}

const columns =
  'version integer, state text, lookup text, definition text, definition_digest text, form text, section text';
/** The tables and indexes of a store, without what tells who may read it. */
const tablesOf = (bytes) => `
  create table cases (id text primary key, ${columns}, started text, saved text, saved_by text, completed text, windows text);
  create table document (case_id text, version integer, kind text, seq bigint, key_id text, bytes ${bytes},
    primary key (case_id, version));
  create table audit (seq bigint primary key, at text, actor text, event text, case_id text, document_hash text, note text, hash text);
  create table chain (id integer primary key, seq bigint, hash text, at text);
  insert into chain values (1, 0, '', '');
  create index cases_lookup on cases (lookup);
  create index cases_saved on cases (saved, id);
  create unique index document_seq on document (seq);
  create index audit_case on audit (case_id);`;
/** What a save does, statement by statement, with its values; `$1` as PostgreSQL writes them. */
const statementsOf = ({ id, at, hash, seq }) => [
  ['update chain set seq = seq + 1 returning seq, hash, at', []],
  [
    "insert into cases values ($1, 1, 'draft', null, 'd', 's', null, 'Visit', '2026', $2, 'bench', null, null)",
    [id, at],
  ],
  ["delete from document where case_id = $1 and kind = 'draft'", [id]],
  ["insert into document values ($1, 1, 'draft', $2, 'k', $3)", [id, seq, Buffer.from(document)]],
  ["insert into audit values ($1, $2, 'bench', 'draft-saved', $3, $4, null, $4)", [seq, at, id, hash]],
  ['update chain set hash = $1, at = $2', [hash, at]],
];
const newRow = (count) => {
  const id = randomUUID();
  const [at, hash] = [new Date().toISOString(), createHash('sha256').update(id).digest('hex')];
  return { id, at, hash, seq: count };
};

/** The driver alone, with all that a save writes but sealing and chaining: prepared once, nothing built anew. */
function bareDriver() {
  const file = new Driver(join(folder, 'bare.db'));
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'secure_delete = ON']) file.pragma(pragma);
  file.exec(tablesOf('blob'));
  const prepared = statementsOf(newRow(0)).map(([sql]) => file.prepare(sql.replace(/\$(\d)/g, '?$1')));
  let count = 0;
  const put = file.transaction(() => {
    count += 1;
    for (const [index, [, values]] of statementsOf(newRow(count)).entries()) {
      const named = Object.fromEntries(values.map((value, at) => [at + 1, value]));
      const statement = prepared[index];
      if (statement.reader) statement.all(named);
      else statement.run(named);
    }
  });
  return { save: put, close: () => file.close() };
}

/** The same with pg alone. */
async function bareServer(address) {
  const { default: pg } = await import('pg');
  const client = new pg.Client(address);
  await client.connect();
  await client.query(
    `drop schema if exists bare cascade; create schema bare; set search_path to bare; ${tablesOf('bytea')}`,
  );
  let count = 0;
  const put = async () => {
    count += 1;
    await client.query('begin');
    for (const [index, [text, values]] of statementsOf(newRow(count)).entries()) {
      await client.query({ name: `s${index}`, text, values });
    }
    await client.query('commit');
  };
  return { save: put, close: () => client.end() };
}

/** Three rows alone, in tables without an index of their own: the least that keeps a document and a line of history. */
function threeRows() {
  const file = new Driver(join(folder, 'three.db'));
  file.pragma('journal_mode = WAL');
  file.pragma('synchronous = FULL');
  file.exec('create table cases (id text primary key, version integer, saved text)');
  file.exec('create table document (case_id text, version integer, bytes blob, primary key (case_id, version))');
  file.exec('create table audit (seq integer primary key, at text, case_id text, hash text)');
  const [one, two, three] = [
    'insert into cases values (?, 1, ?)',
    'insert into document values (?, 1, ?)',
    'insert into audit (at, case_id, hash) values (?, ?, ?)',
  ].map((sql) => file.prepare(sql));
  const put = file.transaction((id, at) => {
    one.run(id, at);
    two.run(id, Buffer.from(document));
    three.run(at, id, createHash('sha256').update(id).digest('hex'));
  });
  return { save: () => put(randomUUID(), new Date().toISOString()), close: () => file.close() };
}

/** A file for each document, whole or not at all and on the disk, and a line in a history that is on the disk as well. */
function plainFiles() {
  const place = join(folder, 'files');
  mkdirSync(place);
  const [history, directory] = [openSync(join(folder, 'history.ndjson'), 'a'), openSync(place, 'r')];
  const put = () => {
    const id = randomUUID();
    const file = openSync(join(place, `.${id}`), 'wx');
    writeSync(file, document);
    fsyncSync(file);
    closeSync(file);
    renameSync(join(place, `.${id}`), join(place, id));
    fsyncSync(directory);
    writeSync(history, `${JSON.stringify({ id, at: new Date().toISOString() })}\n`);
    fsyncSync(history);
  };
  return { save: put, close: () => [history, directory].forEach(closeSync) };
}

/** Saves a second of each, and what a save costs the processor, in the median of the rounds, taken by turns. */
async function compareSaves() {
  const server = process.env.PREINFUSE_BENCH_POSTGRES;
  const contenders = [
    ['better-sqlite3 alone: the same statements and indexes', bareDriver()],
    ['better-sqlite3 alone: three rows', threeRows()],
    ['preinfuse on SQLite', await ours(join(folder, 'records.db'))],
    ['plain files, synced', plainFiles()],
    ...(server
      ? [
          ['pg alone: the same statements and indexes', await bareServer(server)],
          ['preinfuse on PostgreSQL', await ours(server)],
        ]
      : []),
  ];
  const rates = contenders.map(() => []);
  const costs = contenders.map(() => []);
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, [, { save: put }]] of contenders.entries()) {
      const [start, before] = [performance.now(), process.cpuUsage()];
      for (let count = 0; count < saves; count += 1) await put();
      const { user, system } = process.cpuUsage(before);
      if (round < 0) continue;
      rates[index].push((saves / (performance.now() - start)) * 1000);
      costs[index].push((user + system) / saves);
    }
  }
  for (const [, { close }] of contenders) await close();
  const [bare] = rates.map(median);
  row(['durable saves of 4 KB', 'a second', 'of the first', 'least to most', 'CPU us a save']);
  row(['---', '---', '---', '---', '---']);
  for (const [index, [name]] of contenders.entries()) {
    const rate = median(rates[index]);
    const spread = `${Math.min(...rates[index]).toFixed(0)} to ${Math.max(...rates[index]).toFixed(0)}`;
    row([name, rate.toFixed(0), `${(rate / bare).toFixed(2)}x`, spread, median(costs[index]).toFixed(0)]);
  }
}

/** A process that opens the store and asks for its first case, beside one that does nothing. */
function compareOpening() {
  const dist = fileURLToPath(new URL('../dist/record/', import.meta.url));
  const script = `
    const { openStore, closeStore } = await import(${JSON.stringify(`${dist}store.js`)});
    const { findCase } = await import(${JSON.stringify(`${dist}cases.js`)});
    const store = await openStore(${JSON.stringify(join(folder, 'records.db'))}, ${options});
    await findCase(store, 'none');
    await closeStore(store);`;
  const times = [[], []];
  for (let round = -1; round < rounds * 2; round += 1) {
    for (const [index, text] of ['0', script].entries()) {
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', text]);
      if (status !== 0) throw new Error(String(stderr));
      if (round >= 0) times[index].push(performance.now() - start);
    }
  }
  const [nothing, opened] = times.map(median);
  print(
    `A process that opens the store and finds no case: ${opened.toFixed(0)} ms, node alone ${nothing.toFixed(0)} ms.`,
  );
}

async function listMany() {
  const { store, close } = await ours(manyPath);
  const saved = (index) => new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString();
  const made = {
    definition: 'd|1.0.0',
    definition_digest: 'sha256:0',
    form: null,
    section: 'Visit',
    started: '2026-03-10',
  };
  await store.db.transaction().execute(async (tx) => {
    for (let from = 0; from < listed; from += 500) {
      const rows = Array.from({ length: Math.min(500, listed - from) }, (_, index) => ({
        ...made,
        id: randomUUID(),
        version: 1,
        state: 'completed',
        lookup: String(from + index),
        saved: saved(from + index),
        saved_by: 'bench',
        completed: saved(from + index),
        windows: '{"readingsValidDays":"2026-03-11"}',
      }));
      await tx.insertInto('cases').values(rows).execute();
    }
  });
  const times = { first: [], found: [], all: [] };
  const timed = async (name, filter, most) => {
    const start = performance.now();
    let count = 0;
    for await (const _each of listCases(store, filter)) if (++count === most) break;
    times[name].push(performance.now() - start);
    return count;
  };
  for (let round = 0; round < rounds; round += 1) {
    await timed('first', {}, 1);
    await timed('found', { lookup: String(listed >> 1) });
    if ((await timed('all', {})) !== listed) throw new Error('a case was left out');
  }
  await close();
  const memory = [pageRows, listed].map(memoryOfListing);
  const ms = Object.fromEntries(Object.entries(times).map(([name, of]) => [name, median(of).toFixed(1)]));
  print(
    `Of ${listed} records: the first of the list after ${ms.first} ms, one by its chart reference ${ms.found} ms, all ${ms.all} ms.` +
      ` A process that lists ${pageRows} of them takes ${memory[0]} MB at most, all of them ${memory[1]} MB.`,
  );
  const [took, mb] = await commandThatLists();
  print(`preinfuse records list --json, the whole process: ${took.toFixed(0)} ms, ${mb} MB at most.`);
}

/** Rows that are held at a time. */
const pageRows = 1000;

/** The most memory, in MB, of a process that lists some of many cases. */
function memoryOfListing(most) {
  const dist = fileURLToPath(new URL('../dist/record/', import.meta.url));
  const script = `
    const { openStore, closeStore } = await import(${JSON.stringify(`${dist}store.js`)});
    const { listCases } = await import(${JSON.stringify(`${dist}cases.js`)});
    const store = await openStore(${JSON.stringify(manyPath)}, ${options});
    let count = 0;
    for await (const each of listCases(store)) if (++count === ${most}) break;
    await closeStore(store);
    process.stdout.write(String(process.resourceUsage().maxRSS));`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  if (status !== 0) throw new Error(String(stderr));
  return Math.round(Number(stdout) / 1000);
}

/** Milliseconds of the command, and the most memory of its process in MB, as its shell sees it. */
async function commandThatLists() {
  const bin = fileURLToPath(new URL('../bin/preinfuse.js', import.meta.url));
  const report = `process.on('exit', () => fs.writeSync(3, String(process.resourceUsage().maxRSS)))`;
  const hook = `data:text/javascript,${encodeURIComponent(`import fs from 'node:fs';${report}`)}`;
  const env = { ...process.env, XDG_STATE_HOME: join(folder, 'state') };
  const argv = ['--import', hook, bin, 'records', 'list', '--json', '--store', manyPath];
  const start = performance.now();
  const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'ignore', 'pipe'] });
  let lines = 0;
  let kilobytes = '';
  child.stdout.on('data', (chunk) => {
    for (const byte of chunk) if (byte === 10) lines += 1;
  });
  child.stdio[3].on('data', (text) => {
    kilobytes += text;
  });
  await once(child, 'close');
  if (lines !== listed) throw new Error(`the command listed ${lines}`);
  return [performance.now() - start, Math.round(Number(kilobytes) / 1000)];
}

try {
  await compareSaves();
  print('');
  compareOpening();
  await listMany();
} finally {
  rmSync(folder, { recursive: true });
}
