// A desk of its own process, on what the build made. Prints a line for each change: before it is tried, and once it is acknowledged.
// node worker.mjs WORK ADDRESS ACTOR [ROUNDS]
import { writeSync } from 'node:fs';
import { findCase, listCases, removeCase, save } from '../../dist/record/cases.js';
import { identityOf, newIdentity } from '../../dist/record/keys.js';
import { rewrapAll } from '../../dist/record/rotation.js';
import { closeStore, findKey, listKeys, openStore, replaceKeys } from '../../dist/record/store.js';
import { openVault } from '../../dist/record/vault.js';

const [work, address, actor, rounds = '0'] = process.argv.slice(2);
const facts = { definition: 'd|1.0.0', definitionDigest: 'sha256:0', section: 'Visit', started: '2026-03-10' };
const kinds = { draft: 'draft', completed: 'record', cleared: 'clearance' };
const secrets = (process.env.SECRETS ?? '').split(' ').filter((secret) => secret !== '');
const [desk, ...readers] =
  secrets.length === 0 ? [await newIdentity(), await newIdentity()] : await Promise.all(secrets.map(identityOf));

const store = await openStore(address, { actor, now: () => new Date(), memory: process.env.MEMORY });
const vault = openVault({
  readers: [readers[0].recipient],
  desk: desk.recipient,
  secrets: [desk, ...readers].map(({ secret }) => secret),
  indexKey: Buffer.alloc(32, 7),
  findKey: (id) => findKey(store, id),
});
await { edit, chaos, once }[work]();
await closeStore(store);

/** Changes one case again and again. */
async function edit() {
  for (let round = 0; round < Number(rounds); round += 1) {
    const { version = 0 } = (await findCase(store, 'A')) ?? {};
    await put('A', version, 'draft');
  }
}

/** One new case. */
async function once() {
  await put(`${actor}-1`, 0, 'draft');
}

/** Saves, clears, purges and rotates until it is killed. */
async function chaos() {
  for (let round = 0; ; round += 1) {
    const mine = [];
    for await (const each of listCases(store)) if (each.savedBy === actor) mine.push(each);
    const at = mine[Math.floor(Math.random() * mine.length)];
    const dice = Math.random();
    if (!at || dice < 0.3) await put(`${actor}-${process.pid}-${round}`, 0, 'draft');
    else if (dice < 0.4 && mine.length > 5) await purge(at);
    else if (dice < 0.5) await rotate();
    else await put(at.id, at.version, { draft: Math.random() < 0.5 ? 'draft' : 'completed' }[at.state] ?? 'cleared');
    if (at) await findCase(store, at.id);
  }
}

async function put(caseId, version, state) {
  say(`try save ${caseId} ${version + 1} ${state}`);
  const document = new TextEncoder().encode(`${caseId} ${version + 1}`);
  const event = state === 'draft' ? 'draft-saved' : state;
  const saved = await save(store, vault, { caseId, version, state, kind: kinds[state], event, facts, document });
  if (saved.is === 'saved') say(`ok save ${caseId} ${saved.version} ${state}`);
}

async function purge(at) {
  say(`try purge ${at.id} ${at.version} purged`);
  if (await removeCase(store, at, 'purged')) say(`ok purge ${at.id} ${at.version} purged`);
}

async function rotate() {
  const [one, other] = readers.map(({ recipient }) => recipient);
  const keys = await listKeys(store);
  const to = keys.some(({ recipients }) => recipients.includes(other)) ? one : other;
  const { changed } = await rewrapAll(
    keys,
    [desk, ...readers].map(({ secret }) => secret),
    [to],
  );
  say('try rotate - 0 rotated');
  await replaceKeys(store, changed, 'rotated');
  say('ok rotate - 0 rotated');
}

function say(line) {
  writeSync(1, `${line}\n`);
}
