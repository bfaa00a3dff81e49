/* What a batch costs beside reading and writing the same lines as JSON: `node bench/batch.mjs [RECORDS]`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeCsv, writeNdjson } from './batch-records.mjs';

const program = fileURLToPath(new URL('../bin/preinfuse.js', import.meta.url));
const count = Number(process.argv[2] ?? 200_000);
const folder = mkdtempSync(join(tmpdir(), 'preinfuse-bench-'));
const [ndjson, csv] = ['applicants.ndjson', 'applicants.csv'].map((name) => join(folder, name));

/** The floor that somebody who writes JavaScript knows: each line parsed and written again. */
const parseAndStringify = `
  const lines = require('node:readline').createInterface({ input: require('node:fs').createReadStream(process.argv[1]) });
  const out = require('node:fs').createWriteStream(process.argv[2]);
  lines.on('line', (line) => out.write(JSON.stringify(JSON.parse(line)) + '\\n'));
  lines.on('close', () => out.end());`;

const batch = (input, jobs, name) => [
  process.execPath,
  [program, 'batch', input, '--jobs', String(jobs), '--quiet', '--output', join(folder, name)],
];

/** Seconds from start to end. A batch exits with 1: some records are in error. */
function measured(name, command, args) {
  const start = performance.now();
  const { status } = spawnSync(command, args, { stdio: 'ignore' });
  if (status !== 0 && status !== 1) throw new Error(`${name}: exit ${status}`);
  return { name, wall: (performance.now() - start) / 1000 };
}

try {
  await writeNdjson(ndjson, count);
  await writeCsv(ndjson, csv);
  const rows = [
    measured('JSON.parse and JSON.stringify', process.execPath, [
      '-e',
      parseAndStringify,
      ndjson,
      join(folder, 'floor'),
    ]),
    measured('a copy of the file (cp)', 'cp', [ndjson, join(folder, 'copy')]),
    measured('batch, NDJSON, one thread', ...batch(ndjson, 1, 'one.ndjson')),
    measured('batch, NDJSON, two workers', ...batch(ndjson, 2, 'two.ndjson')),
    measured('batch, CSV, one thread', ...batch(csv, 1, 'one.csv')),
    measured('batch, CSV, two workers', ...batch(csv, 2, 'two.csv')),
  ];
  for (const name of ['ndjson', 'csv']) {
    const [one, two] = ['one', 'two'].map((each) => readFileSync(join(folder, `${each}.${name}`)));
    if (!one.equals(two)) throw new Error(`${name}: the results of one thread and of two differ`);
  }
  process.stdout.write(`${count} records\n`);
  for (const { name, wall } of rows) {
    const ratio = (wall / rows[0].wall).toFixed(2);
    process.stdout.write(`${name.padEnd(34)}${wall.toFixed(2).padStart(8)} s${ratio.padStart(8)}x\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
