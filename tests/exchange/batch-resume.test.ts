import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { shippedFolder } from '../shipped.ts';

/** The program as it runs, stopped in every way there is; how often, by PREINFUSE_KILLS. */
const kills = Number(process.env.PREINFUSE_KILLS ?? 3);

const bin = fileURLToPath(new URL('../../bin/preinfuse.js', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'batch-resume-'));
afterAll(() => rmSync(root, { recursive: true }));

const samples = readFileSync(`${shippedFolder}/samples/applicants.ndjson`, 'utf8').trimEnd().split('\n');
const secret = 'ZZPATIENT';

/** Records that differ, some of them in error. */
function records(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => {
    if (at % 41 === 20) return `{"${secret} ${at}`;
    const sheet = JSON.parse(samples[at % samples.length] ?? '') as object;
    return JSON.stringify({ ...sheet, 'applicant.id': `${secret}-${at}`, 'applicant.name': secret });
  });
}

/** Enough for so many kills to come before the end. */
const many = Math.max(4000, kills * 600);
const input = `${records(many).join('\n')}\n`;
const outputs = ['out.ndjson', 'bad.ndjson', 'bad.ndjson.reasons.ndjson', 'summary.json'] as const;
const asked = ['--output', 'out.ndjson', '--rejects', 'bad.ndjson', '--summary', 'summary.json'];

function start(cwd: string, ...argv: readonly string[]): ChildProcess {
  const env = { ...process.env, XDG_STATE_HOME: join(root, 'state') };
  return spawn(process.execPath, [bin, 'batch', 'in.ndjson', '--on', '2026-03-10', '--progress', 'none', ...argv], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

interface Ended {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

async function endOf(child: ChildProcess): Promise<Ended> {
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  child.stdout?.resume();
  const [exit, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { exit, signal, stderr };
}

function folder(name: string, content = input): string {
  const path = join(root, name);
  mkdirSync(path);
  writeFileSync(join(path, 'in.ndjson'), content);
  return path;
}

const filesIn = (cwd: string): string[] => outputs.map((name) => readFileSync(join(cwd, name), 'utf8'));
const stateIn = (cwd: string): string | undefined => {
  const path = join(cwd, 'out.ndjson.partial.json');
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
};
const offsetIn = (cwd: string): number =>
  JSON.parse(stateIn(cwd) ?? '{"state":{"input":{"offset":0}}}').state.input.offset;

const undisturbed = folder('undisturbed');
expect((await endOf(start(undisturbed, ...asked))).exit).toBe(1);

/** Once the run has gone on from `offset`, or has ended. */
async function goneOn(child: ChildProcess, cwd: string, offset: number): Promise<void> {
  while (child.exitCode === null && offsetIn(cwd) <= offset) await wait(2);
}

/** Sends `signal` at a moment nobody chose, once the run has gone on from `offset`. */
async function interrupt(child: ChildProcess, cwd: string, signal: NodeJS.Signals, offset: number): Promise<void> {
  await goneOn(child, cwd, offset);
  await wait(Math.random() * 120);
  child.kill(signal);
}

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'whatever moment %s comes at: nothing half-written, and --resume ends in the same bytes',
  async (signal) => {
    const cwd = folder(signal);
    const whole = filesIn(undisturbed);
    const rounds = signal === 'SIGKILL' ? kills : Math.ceil(kills / 2);
    for (let round = 0; ; round += 1) {
      const before = offsetIn(cwd);
      const child = start(cwd, ...asked, '--resume', '--checkpoint', '0');
      const end = endOf(child);
      if (round < rounds) await interrupt(child, cwd, signal, before);
      const { exit, signal: by, stderr } = await end;
      const state = stateIn(cwd);
      if (state !== undefined) expect(state).not.toContain(secret);
      if (exit === 1) break;
      // Whole or not there, also where it comes while they are put in place, or after.
      for (const [at, name] of outputs.entries()) {
        if (existsSync(join(cwd, name))) expect(readFileSync(join(cwd, name), 'utf8')).toBe(whole[at]);
      }
      if (by === signal) continue;
      expect({ exit, said: stderr.includes('--resume goes on') }).toEqual({
        exit: signal === 'SIGINT' ? 130 : 143,
        said: true,
      });
    }
    expect(filesIn(cwd)).toEqual(filesIn(undisturbed));
    expect(readdirSync(cwd).filter((name) => name.includes('partial'))).toEqual([]);
  },
  600_000,
);

/** A run that was killed before its end: at once, however quick it is. */
async function killed(name: string): Promise<string> {
  const cwd = folder(name);
  const child = start(cwd, ...asked, '--checkpoint', '0');
  const end = endOf(child);
  await goneOn(child, cwd, 0);
  child.kill('SIGKILL');
  await end;
  expect(offsetIn(cwd)).toBeGreaterThan(0);
  return cwd;
}

const middle = await killed('middle');
/** The same left-over to try something on. */
const middleCopy = (name: string): string => {
  cpSync(middle, join(root, name), { recursive: true });
  return join(root, name);
};

test('without --resume it starts again, says so, and ends in the same bytes', async () => {
  const cwd = middleCopy('again');
  const { exit, stderr } = await endOf(start(cwd, ...asked));
  expect({ exit, said: stderr.includes('starting again') }).toEqual({ exit: 1, said: true });
  expect(filesIn(cwd)).toEqual(filesIn(undisturbed));
});

test.each<[string, (cwd: string) => readonly string[], string]>([
  ['other options', () => ['--only', 'defer'], 'the --only is not what it was'],
  ['another day', () => ['--on', '2026-03-11'], 'give --on 2026-03-10'],
  ['forms', () => ['--consent-dir', 'forms'], 'the --consent-dir is not what it was'],
  [
    'another input',
    (cwd) => {
      writeFileSync(join(cwd, 'in.ndjson'), `${[...records(many)].reverse().join('\n')}\n`);
      return [];
    },
    'the input is not what it was',
  ],
  [
    'a shorter input',
    (cwd) => {
      writeFileSync(join(cwd, 'in.ndjson'), input.slice(0, 1000));
      return [];
    },
    'the input is not what it was',
  ],
])('%s: it does not go on, and what is there stays', async (what, change, message) => {
  const cwd = middleCopy(what);
  const more = change(cwd);
  const before = offsetIn(cwd);
  const { exit, stderr } = await endOf(start(cwd, ...asked, '--resume', ...more));
  expect({ exit, said: stderr.includes(message) }).toEqual({ exit: 2, said: true });
  expect(offsetIn(cwd)).toBe(before);
  for (const name of ['out.ndjson', 'forms']) expect(readdirSync(cwd)).not.toContain(name);
});

test('what came to the input meanwhile is done too, as by a run on all of it', async () => {
  const cwd = middleCopy('grown');
  const more = folder('all', `${input}${samples.join('\n')}\n`);
  cpSync(join(more, 'in.ndjson'), join(cwd, 'in.ndjson'));
  expect((await endOf(start(cwd, ...asked, '--resume'))).exit).toBe(1);
  expect((await endOf(start(more, ...asked))).exit).toBe(1);
  expect(filesIn(cwd)).toEqual(filesIn(more));
});

test('a left-over that was cut or taken away is not gone on with', async () => {
  const cwd = middleCopy('cut');
  writeFileSync(join(cwd, 'out.ndjson.partial'), '');
  expect((await endOf(start(cwd, ...asked, '--resume'))).exit).toBe(1);
  expect(filesIn(cwd)).toEqual(filesIn(undisturbed));
});

test.each([
  '',
  '{"state":{}}',
  '{"state":{"input":{"offset":5}}}',
  '{"state":{"run":{},"input":{"offset":5},"output":{"length":0}}}',
])('a state that says less than one does is as none: %s', async (text) => {
  const cwd = folder(`state-${text.length}`, `${records(4).join('\n')}\n`);
  writeFileSync(join(cwd, 'out.ndjson.partial'), '');
  writeFileSync(join(cwd, 'out.ndjson.partial.json'), text);
  expect((await endOf(start(cwd, '--output', 'out.ndjson', '--resume'))).exit).toBe(0);
  expect(readdirSync(cwd).sort()).toEqual(['in.ndjson', 'out.ndjson']);
});

test('two runs never write the same output', async () => {
  const cwd = folder('two');
  const first = start(cwd, ...asked, '--checkpoint', '0');
  const end = endOf(first);
  while (offsetIn(cwd) === 0) await wait(5);
  first.kill('SIGSTOP');
  const second = await endOf(start(cwd, ...asked));
  first.kill('SIGCONT');
  expect({ exit: second.exit, said: second.stderr.includes('another batch') }).toEqual({ exit: 2, said: true });
  expect((await end).exit).toBe(1);
  expect(filesIn(cwd)).toEqual(filesIn(undisturbed));
});

test('consent forms: killed in two threads and gone on with, the same as undisturbed in one, and no drafts left', async () => {
  const forms = ['--output', 'out.ndjson', '--consent-dir', 'forms'];
  const few = `${records(Math.max(24, kills * 12)).join('\n')}\n`;
  const [whole, cwd] = [folder('forms-whole', few), folder('forms-killed', few)];
  expect((await endOf(start(whole, ...forms, '--jobs', '1'))).exit).toBe(1);
  for (let round = 0; ; round += 1) {
    const before = offsetIn(cwd);
    const child = start(cwd, ...forms, '--jobs', '2', '--resume', '--checkpoint', '0');
    const end = endOf(child);
    if (round < Math.ceil(kills / 2)) await interrupt(child, cwd, 'SIGKILL', before);
    if ((await end).exit === 1) break;
  }
  const digests = (path: string): string[] =>
    readdirSync(join(path, 'forms'))
      .sort()
      .map(
        (name) =>
          `${name} ${createHash('sha256')
            .update(readFileSync(join(path, 'forms', name)))
            .digest('hex')}`,
      );
  expect(digests(cwd)).toEqual(digests(whole));
  expect(digests(cwd).every((line) => /^[\da-f]{16}\.pdf /.test(line))).toBe(true);
  expect(readFileSync(join(cwd, 'out.ndjson'), 'utf8')).toBe(readFileSync(join(whole, 'out.ndjson'), 'utf8'));
}, 600_000);

test('a record that the input went on in the middle of is not taken twice', async () => {
  const [first, rest] = [samples.join('\n'), samples.slice(1).join('\n')];
  const cwd = folder('unfinished', first.slice(0, -20));
  const child = start(cwd, '--output', 'out.ndjson', '--summary', '/dev/full', '--checkpoint', '0');
  expect((await endOf(child)).exit).toBe(75);
  writeFileSync(join(cwd, 'in.ndjson'), `${first}\n${rest}\n`);
  const { exit, stderr } = await endOf(start(cwd, '--output', 'out.ndjson', '--resume'));
  expect({ exit, said: stderr.includes('the input is not what it was') }).toEqual({ exit: 2, said: true });
});

test.each([
  ['the settings of the clinic', 'preinfuse.yaml', '555-0100', '555-0111'],
  ['the form in a language of some applicants', 'templates/iv-ketamine/consent.es.md', 'persona', 'gente'],
])('forms that would say something else than those before, by %s: it does not go on', async (_, name, word, other) => {
  const cwd = folder(`other-forms-${word}`, `${records(4).join('\n')}\n`);
  cpSync(fileURLToPath(new URL('../../preinfuse.yaml', import.meta.url)), join(cwd, 'preinfuse.yaml'));
  cpSync(fileURLToPath(new URL('../../templates', import.meta.url)), join(cwd, 'templates'), { recursive: true });
  const forms = ['--output', 'out.ndjson', '--consent-dir', 'forms'];
  expect((await endOf(start(cwd, ...forms, '--summary', '/dev/full'))).exit).toBe(75);
  const before = readFileSync(join(cwd, name), 'utf8');
  expect(before).toContain(word);
  writeFileSync(join(cwd, name), before.replace(word, other));
  const { exit, stderr } = await endOf(start(cwd, ...forms, '--resume'));
  expect({ exit, said: stderr.includes('what it says of the clinic, is not what it was') }).toEqual({
    exit: 2,
    said: true,
  });
  writeFileSync(join(cwd, name), before);
  expect((await endOf(start(cwd, ...forms, '--resume'))).exit).toBe(0);
});
