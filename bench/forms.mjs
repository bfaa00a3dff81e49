/* What the consent forms of a batch cost beside writing as many files of the same length: `node bench/forms.mjs [RECORDS]`. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeNdjson } from './batch-records.mjs';
import { measured } from './measured.mjs';

const program = fileURLToPath(new URL('../bin/preinfuse.js', import.meta.url));
const count = Number(process.argv[2] ?? 20_000);
const folder = mkdtempSync(join(process.env.FORMS_FOLDER ?? tmpdir(), 'preinfuse-bench-'));
const inFolder = (name) => join(folder, name);
const applicants = inFolder('applicants.ndjson');

/** As a batch puts them there: beside their names, all of them safely on the disk, then under their names. */
const writeFiles = `
  const fs = require('node:fs'), { join } = require('node:path');
  const [from, to] = process.argv.slice(1), names = fs.readdirSync(from);
  const bytes = Buffer.alloc(1 << 20, 'form ');
  for (const name of names) {
    const file = fs.openSync(join(to, name + '.tmp'), 'wx');
    fs.writeSync(file, bytes, 0, fs.statSync(join(from, name)).size);
    fs.closeSync(file);
  }
  require('node:child_process').spawnSync('sync', ['-f', to]);
  for (const name of names) fs.renameSync(join(to, name + '.tmp'), join(to, name));`;

/** Peak memory of a process, in KB, is left in the file that PEAK names. */
const keepPeak = `
  const { isMainThread } = require('node:worker_threads');
  if (isMainThread) process.on('exit', () => require('node:fs').writeFileSync(process.env.PEAK, String(process.resourceUsage().maxRSS)));`;

const batch = (jobs, ...more) => [
  process.execPath,
  program,
  'batch',
  applicants,
  '--jobs',
  String(jobs),
  '--quiet',
  ...more,
];
const into = (name) => ['--output', inFolder(`${name}.ndjson`), '--consent-dir', inFolder(name)];

const contestants = [
  ['screened, no forms', batch(1, '--output', inFolder('none.ndjson'))],
  ['with forms, one thread', batch(1, ...into('one'))],
  ['with forms, two workers', batch(2, ...into('two'))],
  ['the same files, not made', [process.execPath, '-e', writeFiles, inFolder('one'), inFolder('files')]],
];

function run([name, command]) {
  const peak = inFolder('peak');
  const env = { ...process.env, NODE_OPTIONS: `--require ${inFolder('keep-peak.cjs')}`, PEAK: peak };
  const { wall, cpu } = measured(name, command, env);
  return { name, wall, cpu, megabytes: Number(readFileSync(peak, 'utf8')) / 1000 };
}

try {
  writeFileSync(inFolder('keep-peak.cjs'), keepPeak);
  mkdirSync(inFolder('files'));
  await writeNdjson(applicants, count);
  const load = loadavg()[0].toFixed(1);
  const rows = contestants.map(run);
  const [screened, one] = rows;
  const floor = rows.at(-1);
  const forms = readdirSync(inFolder('one')).length;
  if (readdirSync(inFolder('two')).length !== forms) throw new Error('one thread and two made not as many forms');
  process.stdout.write(
    `${count} records, ${forms} forms, load ${load} to ${loadavg()[0].toFixed(1)}; whole processes\n\n`,
  );
  process.stdout.write(
    '| one process | seconds | forms a second | of the files | CPU seconds | peak MB |\n|---|---|---|---|---|---|\n',
  );
  for (const { name, wall, cpu, megabytes } of rows) {
    const rate = name === screened.name ? '' : Math.round(forms / wall);
    const cells = [
      name,
      wall.toFixed(1),
      rate,
      `${(wall / floor.wall).toFixed(2)}x`,
      cpu.toFixed(1),
      megabytes.toFixed(0),
    ];
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  }
  const beyond = one.wall - screened.wall;
  process.stdout.write(
    `\nBeyond screening, in one thread: ${((beyond / forms) * 1000).toFixed(2)} ms a form, ${Math.round(forms / beyond)} a second, ` +
      `${(beyond / floor.wall).toFixed(2)}x of the files.\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
