/**
 * What a start costs, as a whole process of the installed package: packed by npm, installed into an empty folder, run
 * beside `node -e 0` by turns. `npm run bench:start`; needs npm's registry or its cache.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const rounds = Number(process.env.ROUNDS ?? 21);

const print = (text) => process.stdout.write(`${text}\n`);
const median = (of) => [...of].sort((a, b) => a - b)[of.length >> 1];

/** Packs and installs; gives the sizes in bytes. */
function install(folder) {
  run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], root);
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  run('npm', ['install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', `./${archive}`], folder);
  const own = join(folder, 'node_modules/preinfuse');
  const program = join(own, 'dist/program');
  return {
    packed: statSync(join(folder, archive)).size,
    unpacked: sizeOf(own),
    code: readdirSync(program)
      .filter((name) => name.endsWith('.code'))
      .reduce((sum, name) => sum + statSync(join(program, name)).size, 0),
    packages: sizeOf(join(folder, 'node_modules')) - sizeOf(own),
  };
}

function run(command, args, cwd) {
  const { status, stderr } = spawnSync(command, args, { cwd, shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

function sizeOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** User and system seconds of all children so far, in ms; Linux alone tells them. */
function childrenCpu() {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
    return (Number(fields[13]) + Number(fields[14])) * 10;
  } catch {
    return Number.NaN;
  }
}

/** Wall milliseconds of each run, and CPU milliseconds of all runs together, by turns. */
function measure(commands, cwd) {
  const results = commands.map(() => ({ wall: [], cpu: 0 }));
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, { args, exit = 0 }] of commands.entries()) {
      const [cpu, start] = [childrenCpu(), performance.now()];
      const { status, stderr } = spawnSync(process.execPath, args, { cwd });
      const wall = performance.now() - start;
      if (status !== exit) throw new Error(`${args.join(' ')}: exit ${status}\n${stderr}`);
      // The first round only warms the machine's caches.
      if (round < 0) continue;
      results[index].wall.push(wall);
      results[index].cpu += childrenCpu() - cpu;
    }
  }
  return results.map(({ wall, cpu }) => ({ median: median(wall), least: Math.min(...wall), cpu: cpu / rounds }));
}

function table(commands, results) {
  const [bare] = results;
  const cells = ['', 'median', 'of node', 'least', 'of node', 'CPU', 'of node', 'aim'];
  const row = ([name, ...rest]) => print(name.padEnd(24) + rest.map((cell) => String(cell).padStart(9)).join(''));
  row(cells);
  commands.forEach(({ name, aim }, index) => {
    const { median: middle, least, cpu } = results[index];
    const ratio = (value, of) => `${(value / of).toFixed(2)}x`;
    row([
      name,
      middle.toFixed(0),
      ratio(middle, bare.median),
      least.toFixed(0),
      ratio(least, bare.least),
      cpu.toFixed(0),
      ratio(cpu, bare.cpu),
      aim === undefined ? '' : `${aim(bare.median, bare.median).toFixed(2)}x`,
    ]);
  });
}

const folder = mkdtempSync(join(tmpdir(), 'preinfuse-start-'));
try {
  const sizes = install(folder);
  const program = join(folder, 'node_modules/preinfuse/bin/preinfuse.js');
  const [sheet] = readFileSync(join(root, 'questionnaires/iv-ketamine/samples/applicants.ndjson'), 'utf8').split('\n');
  writeFileSync(join(folder, 'sheet.json'), sheet);
  const consent = ['consent', 'sheet.json', '--output', 'form.pdf', '--force'];
  const own = (name, args, aim) => ({ name, args: [program, ...args], aim });
  const commands = [
    { name: 'node -e 0', args: ['-e', '0'] },
    own('--version', ['--version'], () => 1.2),
    own('--help', ['--help'], () => 1.6),
    own('evaluate', ['evaluate', 'sheet.json'], () => 2.2),
    // Within twice node and 150 ms.
    own('consent', consent, (bare) => 2 + 150 / bare),
    own('verify', ['verify', 'form.pdf']),
    own('batch, 12 records', ['batch', join(root, 'questionnaires/iv-ketamine/samples/applicants.ndjson')]),
  ];
  run(process.execPath, [program, ...consent], folder);
  table(commands, measure(commands, folder));
  const kilobytes = (bytes) => `${Math.round(bytes / 1000)} kB`;
  print('');
  print(
    `Package: ${kilobytes(sizes.packed)} packed, ${kilobytes(sizes.unpacked)} installed, of it compiled code ${kilobytes(sizes.code)}; packages beside it ${kilobytes(sizes.packages)}`,
  );
  print(
    `Node ${process.version}, ${rounds} rounds by turns; milliseconds. Where other work runs, look at the least and at CPU.`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
