/* What a batch costs beside reading and writing the same lines as JSON, and beside other engines: `node bench/batch.mjs [RECORDS]`. */
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { nameOf, peers } from './batch-peers.mjs';
import { writeCsv, writeNdjson } from './batch-records.mjs';
import { measured } from './measured.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const program = here('../bin/preinfuse.js');
const count = Number(process.argv[2] ?? 200_000);
const rounds = Number(process.env.ROUNDS ?? 1);
const folder = mkdtempSync(join(tmpdir(), 'preinfuse-bench-'));
const inFolder = (name) => join(folder, name);
const [ndjson, csv] = [inFolder('applicants.ndjson'), inFolder('applicants.csv')];

/** The floor that somebody who writes JavaScript knows: each line parsed and written again. */
const parseAndStringify = `
  const lines = require('node:readline').createInterface({ input: require('node:fs').createReadStream(process.argv[1]) });
  const out = require('node:fs').createWriteStream(process.argv[2]);
  lines.on('line', (line) => out.write(JSON.stringify(JSON.parse(line)) + '\\n'));
  lines.on('close', () => out.end());`;

/** Of the records, what those are given that would take hours. */
const shares = { 'json-rules-engine': 1 / 20, 'fhirpath.js': 1 / 20, 'survey-core': 1 / 100 };
const recordsOf = (peer) => Math.ceil(count * (shares[peer] ?? 1));
const packages = { 'fhirpath.js': 'fhirpath' };

function isThere(peer) {
  if (peer === 'javascript') return true;
  try {
    createRequire(join(process.env.PREINFUSE_PEERS ?? here('.'), '_')).resolve(packages[peer] ?? peer);
    return true;
  } catch {
    return false;
  }
}

const batch = (input, jobs, name) => [
  process.execPath,
  program,
  'batch',
  input,
  '--jobs',
  String(jobs),
  '--quiet',
  '--output',
  inFolder(name),
];
const peerRun = (peer) => [
  process.execPath,
  here('batch-peers.mjs'),
  peer,
  inFolder(`${peer}.in`),
  inFolder(`${peer}.out`),
];

const contestants = [
  ['JSON.parse and JSON.stringify', count, process.execPath, '-e', parseAndStringify, ndjson, inFolder('floor')],
  ['cat', count, 'sh', '-c', 'cat "$1" > "$2"', 'sh', ndjson, inFolder('copy')],
  ['preinfuse, NDJSON, one thread', count, ...batch(ndjson, 1, 'one.ndjson')],
  ['preinfuse, NDJSON, two workers', count, ...batch(ndjson, 2, 'two.ndjson')],
  ['preinfuse, CSV, one thread', count, ...batch(csv, 1, 'one.csv')],
  ['preinfuse, CSV, two workers', count, ...batch(csv, 2, 'two.csv')],
  ...peers.filter(isThere).map((peer) => [peer, recordsOf(peer), ...peerRun(peer)]),
];

/** The lines of the records with `_` for the dots of linkIds: other languages read a dot as a step inside. */
async function writePeerInputs() {
  const outs = peers.filter(isThere).map((peer) => [recordsOf(peer), createWriteStream(inFolder(`${peer}.in`))]);
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(ndjson) })) {
    line += 1;
    const renamed = Object.entries(JSON.parse(text)).map(([key, value]) => [nameOf(key), value]);
    const written = `${JSON.stringify(Object.fromEntries(renamed))}\n`;
    for (const [most, out] of outs) {
      if (line <= most && !out.write(written)) await new Promise((done) => out.once('drain', done));
    }
  }
  await Promise.all(outs.map(([, out]) => new Promise((done) => out.end(done))));
}

async function* resultsIn(path) {
  for await (const line of createInterface({ input: createReadStream(path) })) yield JSON.parse(line);
}

/** How many dispositions of a peer are ours, and why the others are not: milder or worse where an answer is absent. */
async function compared(peer) {
  const { consentForm, severityRank } = await import('../dist/model/disposition.js');
  const counts = { same: 0, refused: 0, milder: 0, worse: 0, other: 0, through: 0 };
  const theirs = resultsIn(inFolder(`${peer}.out`));
  for await (const ours of resultsIn(inFolder('one.ndjson'))) {
    const { value, done } = await theirs.next();
    if (done) break;
    const isThrough = consentForm[value.disposition] === 'always';
    if (!ours.errors && isThrough && consentForm[ours.disposition] !== 'always') counts.through += 1;
    if (ours.errors) counts.refused += 1;
    else if (ours.disposition === value.disposition) counts.same += 1;
    else if (!isOfAbsence(ours)) counts.other += 1;
    else if (severityRank(value.disposition) > severityRank(ours.disposition)) counts.milder += 1;
    else counts.worse += 1;
  }
  return counts;
}

/** Ours came of an answer that is absent or was left out. */
function isOfAbsence({ findings }) {
  const isAbsent = (answer) => typeof answer === 'object' && answer !== null && 'absent' in answer;
  return findings.some(({ absent, because }) => absent !== undefined || Object.values(because).some(isAbsent));
}

const middle = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

try {
  await writeNdjson(ndjson, count);
  await writeCsv(ndjson, csv);
  await writePeerInputs();
  const taken = contestants.map(() => []);
  const loads = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, [name, , ...command]] of contestants.entries()) taken[at].push(measured(name, command));
    loads.push(loadavg()[0].toFixed(1));
  }
  for (const name of ['ndjson', 'csv']) {
    const [one, two] = ['one', 'two'].map((each) => readFileSync(inFolder(`${each}.${name}`)));
    if (!one.equals(two)) throw new Error(`${name}: the results of one thread and of two differ`);
  }
  const rows = contestants.map(([name, records], at) => {
    const of = (what) => (middle(taken[at].map((each) => each[what])) / records) * 1e6;
    return { name, records, wall: of('wall'), cpu: of('cpu') };
  });
  const [floor] = rows;
  process.stdout.write(`${count} records, ${rounds} round(s), load ${loads.join(', ')}; whole processes\n\n`);
  process.stdout.write('| one process | records | us a record | of the floor | CPU us a record | of the floor |\n');
  process.stdout.write('|---|---|---|---|---|---|\n');
  for (const { name, records, wall, cpu } of rows) {
    const cells = [name, records, wall.toFixed(1), `${(wall / floor.wall).toFixed(2)}x`];
    process.stdout.write(`| ${[...cells, cpu.toFixed(1), `${(cpu / floor.cpu).toFixed(2)}x`].join(' | ')} |\n`);
  }
  process.stdout.write(
    '\n| dispositions beside ours | same | we refuse the record | milder, an answer is absent | worse, an answer is absent | other | goes ahead, ours does not |\n',
  );
  process.stdout.write('|---|---|---|---|---|---|---|\n');
  for (const peer of peers.filter(isThere)) {
    const { same, refused, milder, worse, other, through } = await compared(peer);
    process.stdout.write(`| ${[peer, same, refused, milder, worse, other, through].join(' | ')} |\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
