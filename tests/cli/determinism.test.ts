import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { baseline } from '../document/sample.ts';

const program = fileURLToPath(new URL('../../bin/preinfuse.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'preinfuse-same-'));
afterAll(() => rmSync(folder, { recursive: true }));

const inCapitals = (baseline.trial as readonly { readonly medication: string }[]).map((each) => ({
  ...each,
  medication: each.medication.toUpperCase(),
}));

/** For either printer; in another direction of writing; with letters that Turkish has two of. */
const applicants = [
  { 'applicant.name': 'Işıl İnci', 'applicant.language': 'es', trial: inCapitals },
  { 'applicant.name': 'فاطمة الزهراء' },
].map((changes, index) => ({ ...baseline, 'applicant.id': `V${index}`, ...changes }));

/** Where a process runs: its Node, and what the system tells it. */
interface World {
  readonly node?: string;
  readonly env: Readonly<Record<string, string>>;
}

async function run({ node = process.execPath, env }: World, cwd: string, args: readonly string[]): Promise<void> {
  const child = spawn(node, [program, ...args], { cwd, env: { ...env, PATH: process.env.PATH } });
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  child.stdout.resume();
  const exit = await new Promise((done) => child.on('close', done));
  if (exit !== 0) throw new Error(Buffer.concat(said).toString());
}

let count = 0;

/** SHA-256 of everything that is made there: results and forms of a batch, and a form with fields and answers inside. */
async function madeIn(world: World): Promise<Readonly<Record<string, string>>> {
  count += 1;
  const cwd = join(folder, String(count));
  mkdirSync(cwd);
  const source = (name: string): string => join(folder, name);
  const on = ['--on', '2026-03-10', '--quiet'];
  await Promise.all([
    run(world, cwd, ['batch', source('in.ndjson'), '-o', 'out.csv', '--consent-dir', 'forms', ...on]),
    run(world, cwd, ['consent', source('one.json'), '-o', 'one.pdf', '--fillable', '--embed', ...on]),
  ]);
  const names = [...readdirSync(join(cwd, 'forms')).map((name) => `forms/${name}`), 'out.csv', 'one.pdf'];
  return Object.fromEntries(names.map((name) => [name, sha256(readFileSync(join(cwd, name)))]));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const worlds = {
  tokyo: { TZ: 'Asia/Tokyo', LC_ALL: 'tr_TR.UTF-8' },
  stJohns: { TZ: 'America/St_Johns', LC_ALL: 'de_DE.UTF-8' },
} as const;

let made: Readonly<Record<string, string>>;
beforeAll(async () => {
  writeFileSync(join(folder, 'in.ndjson'), applicants.map((each) => `${JSON.stringify(each)}\n`).join(''));
  writeFileSync(join(folder, 'one.json'), JSON.stringify(applicants[0]));
  made = await madeIn({ env: worlds.tokyo });
});

test('a form for each applicant is among what is compared', () => {
  expect(Object.keys(made).filter((name) => name.endsWith('.pdf'))).toHaveLength(applicants.length + 1);
});

test("the same bytes in Tokyo, in Turkish, and in St. John's, half an hour off the hour, in German", async () =>
  expect(await madeIn({ env: worlds.stJohns })).toEqual(made));

/** The program of another Node, such as 24, where one is at hand. */
const other = process.env.PREINFUSE_OTHER_NODE;

test.skipIf(other === undefined)('the same bytes on the Node that PREINFUSE_OTHER_NODE names', async () => {
  const world = { env: worlds.stJohns, ...(other !== undefined && { node: other }) };
  expect(await madeIn(world)).toEqual(made);
});
