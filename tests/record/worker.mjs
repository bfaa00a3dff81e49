// A desk of its own process, on what the build made. Prints a line for each change once it is acknowledged.
// node worker.mjs WORK ADDRESS ACTOR [ROUNDS]
import { writeSync } from 'node:fs';
import { findCase, save } from '../../dist/record/cases.js';
import { identityOf } from '../../dist/record/keys.js';
import { closeStore, findKey, openStore } from '../../dist/record/store.js';
import { openVault } from '../../dist/record/vault.js';

const [work, address, actor, rounds = '0'] = process.argv.slice(2);
const facts = { definition: 'd|1.0.0', definitionDigest: 'sha256:0', section: 'Visit', started: '2026-03-10' };

const store = await openStore(address, { actor, now: () => new Date(), memory: process.env.MEMORY });
const { recipient, secret } = await newDesk();
const vault = openVault({
  readers: [recipient],
  desk: recipient,
  secrets: [secret],
  indexKey: Buffer.alloc(32, 7),
  findKey: (id) => findKey(store, id),
});
await { edit }[work]();
await closeStore(store);

async function newDesk() {
  const { newIdentity } = await import('../../dist/record/keys.js');
  return process.env.SECRET ? identityOf(process.env.SECRET) : newIdentity();
}

/** Changes one case again and again. */
async function edit() {
  for (let round = 0; round < Number(rounds); round += 1) {
    const { version = 0 } = (await findCase(store, 'A')) ?? {};
    const saved = await put({ caseId: 'A', version, state: 'draft', kind: 'draft', event: 'draft-saved' });
    if (saved.is === 'saved') writeSync(1, `A ${saved.version}\n`);
  }
}

function put(change) {
  return save(store, vault, { ...change, facts, document: new TextEncoder().encode(`${actor} ${Math.random()}`) });
}
