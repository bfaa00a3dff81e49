import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { shippedFolder } from '../shipped.ts';

/** What the world does to a run: no room, no reader, an input that goes away. The program as it runs. */

const bin = fileURLToPath(new URL('../../bin/preinfuse.js', import.meta.url));
const cwd = mkdtempSync(join(tmpdir(), 'batch-failure-'));
afterAll(() => rmSync(cwd, { recursive: true }));

const samples = readFileSync(`${shippedFolder}/samples/applicants.ndjson`, 'utf8').trimEnd().split('\n');
const put = (name: string, rounds: number): void =>
  writeFileSync(
    join(cwd, name),
    `${Array.from({ length: rounds }, (_, at) => samples.map((line) => line.replace('S-0', `R${at}-`)).join('\n')).join('\n')}\n`,
  );
put('in.ndjson', 60);
put('few.ndjson', 3);

const env = { ...process.env, XDG_STATE_HOME: join(cwd, 'state') };
const argvOf = (argv: readonly string[]): string[] => [
  bin,
  'batch',
  '--on',
  '2026-03-10',
  '--progress',
  'none',
  ...argv,
];
const batch = (...argv: readonly string[]): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, argvOf(argv), { cwd, env, encoding: 'utf8' });

/** A folder with so many kilobytes of room; undefined where this user may not make one. */
function small(name: string, kilobytes: number): string | undefined {
  mkdirSync(join(cwd, name));
  const made = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', join(cwd, name)]);
  return made.status === 0 ? name : undefined;
}
const unmount = (name: string): unknown => spawnSync('umount', [join(cwd, name)]);
const room = small('small', 200);
const limitedOutput = ['--output', 'limited.ndjson', '--checkpoint', '0'];
afterAll(() => unmount('small'));

test.skipIf(room === undefined)(
  'a full disk: exit 75, nothing under the final names, and --resume ends in the same bytes once there is room',
  () => {
    const [whole, output] = ['whole.ndjson', `${room}/out.ndjson`];
    expect(batch('in.ndjson', '--output', whole).status).toBe(0);
    const { status, stderr } = batch(
      'in.ndjson',
      '--output',
      output,
      '--rejects',
      `${room}/bad.ndjson`,
      '--checkpoint',
      '0',
    );
    expect({ status, said: /the disk is full\n.*--resume/.test(stderr) }).toEqual({ status: 75, said: true });
    expect(readdirSync(join(cwd, 'small'))).not.toContain('out.ndjson');
    spawnSync('mount', ['-o', 'remount,size=20m', join(cwd, 'small')]);
    expect(batch('in.ndjson', '--output', output, '--rejects', `${room}/bad.ndjson`, '--resume').status).toBe(0);
    expect(readFileSync(join(cwd, output)).equals(readFileSync(join(cwd, whole)))).toBe(true);
    expect(readdirSync(join(cwd, 'small')).sort()).toEqual(['bad.ndjson', 'bad.ndjson.reasons.ndjson', 'out.ndjson']);
  },
);

test('no room for the results alone: what could not be written is not said to be done', () => {
  expect(batch('in.ndjson', '--output', 'unlimited.ndjson').status).toBe(0);
  // There is room for the state, a small file: that must not make up for what the results lack.
  const limited = spawnSync(
    'sh',
    ['-c', 'ulimit -f 200; exec "$0" "$@"', process.execPath, ...argvOf(['in.ndjson', ...limitedOutput])],
    { cwd, env, encoding: 'utf8' },
  );
  expect(limited).toMatchObject({ status: 75, stderr: expect.stringMatching(/no larger here\n.*--resume/) });
  expect(batch('in.ndjson', ...limitedOutput, '--resume')).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('going on after'),
  });
  expect(readFileSync(join(cwd, 'limited.ndjson')).equals(readFileSync(join(cwd, 'unlimited.ndjson')))).toBe(true);
});

describe.each([
  ['1', 300],
  // Forms of later records, which the other thread may write first, take 750 KB at most: there is room for one before them.
  ['2', 1000],
] as const)('in %s threads', (jobs, kilobytes) => {
  const [pages, none] = [small(`pages-${jobs}`, kilobytes), small(`none-${jobs}`, 20)];
  afterAll(() => {
    unmount(`pages-${jobs}`);
    unmount(`none-${jobs}`);
  });

  test.skipIf(none === undefined)('no room for the first form: exit 75, and what to do', () => {
    const forms = ['few.ndjson', '--output', `no-${jobs}.ndjson`, '--jobs', jobs, '--consent-dir', `none-${jobs}`];
    const { status, stderr } = batch(...forms);
    expect({ status, said: /the disk is full\n.*--resume/.test(stderr) }).toEqual({ status: 75, said: true });
    expect(readdirSync(join(cwd, `none-${jobs}`))).toEqual([]);
  });

  test.skipIf(pages === undefined)('a full disk for consent forms: exit 75, all there are whole, no drafts', () => {
    const [folder, output] = [join(cwd, `pages-${jobs}`), `forms-${jobs}.ndjson`];
    const forms = ['few.ndjson', '--output', output, '--jobs', jobs, '--consent-dir', folder];
    const { status, stderr } = batch(...forms);
    expect({ status, said: stderr.includes('the disk is full') }).toEqual({ status: 75, said: true });
    const made = readdirSync(folder);
    expect(made.filter((name) => !/^[\da-f]{16}\.pdf$/.test(name))).toEqual([]);
    expect(made.length).toBeGreaterThan(0);
    for (const name of made) expect(readFileSync(join(folder, name)).subarray(-6).toString()).toBe('%%EOF\n');
    spawnSync('mount', ['-o', 'remount,size=20m', folder]);
    expect(batch(...forms, '--resume').status).toBe(0);
    const named = readFileSync(join(cwd, output), 'utf8').match(/"form":"[^"]+"/g) ?? [];
    expect(readdirSync(folder).length).toBe(new Set(named).size);
  });
});

test.each(['1', '2'])('the folder of the forms goes away, with --jobs %s: exit 75, and what to do', async (jobs) => {
  const folder = join(cwd, `gone-${jobs}`);
  const forms = ['in.ndjson', '--output', `gone-${jobs}.ndjson`, '--jobs', jobs, '--consent-dir', folder];
  const child = spawn(process.execPath, argvOf([...forms, '--checkpoint', '0', '--quiet']), { cwd, env });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  const end = once(child, 'close');
  while (child.exitCode === null && !(existsSync(folder) && readdirSync(folder).length > 0)) await wait(5);
  renameSync(folder, `${folder}-elsewhere`);
  const [exit] = await end;
  expect({ exit, said: /there is no such folder\n.*--resume/.test(said) }).toEqual({ exit: 75, said: true });
});

const full = small('full', 20);
afterAll(() => unmount('full'));

test.skipIf(full === undefined)('no room to begin: exit 2, and nothing is left', () => {
  // More than there is room for.
  spawnSync('sh', ['-c', 'head -c 100000 /dev/zero > full/other'], { cwd });
  const { status, stderr } = batch('few.ndjson', '--output', 'full/out.ndjson');
  expect({ status, said: stderr.includes('the disk is full') }).toEqual({ status: 2, said: true });
  expect(readdirSync(join(cwd, 'full'))).toEqual(['other']);
});

test('whoever reads the results goes away: quiet, exit 75', async () => {
  const child = spawn(process.execPath, argvOf(['in.ndjson', '--quiet']), { cwd, env });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const [exit] = await once(child, 'close');
  expect(exit).toBe(75);
  expect(said.split('\n').filter((line) => line !== '' && !line.startsWith('URGENT'))).toEqual([]);
});

test('whoever reads the notices goes away: the results are whole all the same', async () => {
  const child = spawn(process.execPath, argvOf(['in.ndjson', '--output', 'alone.ndjson']), { cwd, env });
  child.stderr.destroy();
  child.stdout.resume();
  const [exit] = await once(child, 'close');
  expect(exit).toBe(0);
  expect(readFileSync(join(cwd, 'alone.ndjson'), 'utf8').trimEnd().split('\n')).toHaveLength(60 * samples.length);
});

test('an input that is cut while it is read ends in no results, never in results of half of it', async () => {
  put('cut.ndjson', 500);
  const child = spawn(process.execPath, argvOf(['cut.ndjson', '--output', 'cut.out.ndjson', '--checkpoint', '0']), {
    cwd,
    env,
  });
  let said = '';
  const cut = (chunk: unknown): void => {
    said += String(chunk);
    // The first emergency is said: it is reading.
    child.kill('SIGSTOP');
    truncateSync(join(cwd, 'cut.ndjson'), 400_000);
    child.kill('SIGCONT');
  };
  child.stderr.on('data', cut);
  child.stdout.resume();
  const [exit] = await once(child, 'close');
  expect({ exit, said: /changed while it was read\n.*start again, without --resume/.test(said) }).toEqual({
    exit: 75,
    said: true,
  });
  expect(readdirSync(cwd)).not.toContain('cut.out.ndjson');
});

test('a pipe that is read as a file ends as the file does', () => {
  const piped = spawnSync(
    'bash',
    ['-c', `cat in.ndjson | "${process.execPath}" ${argvOf(['-', '--output', 'piped.ndjson']).join(' ')}`],
    { cwd, env },
  );
  expect(piped.status).toBe(0);
  expect(batch('in.ndjson', '--output', 'file.ndjson').status).toBe(0);
  expect(readFileSync(join(cwd, 'piped.ndjson')).equals(readFileSync(join(cwd, 'file.ndjson')))).toBe(true);
});

test.each([
  ['an output in a folder that is not there', ['in.ndjson', '--output', 'nowhere/out.ndjson']],
  ['an output that is a folder', ['in.ndjson', '--output', 'state']],
  ['--resume without a file to go on with', ['in.ndjson', '--resume']],
])('%s could not start: exit 2', (_what, argv) => {
  mkdirSync(join(cwd, 'state'), { recursive: true });
  const { status, stdout, stderr } = batch(...argv);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^preinfuse: .+\n {2}\S/);
});

test('a link that is put in the way of what grows is not followed', () => {
  writeFileSync(join(cwd, 'victim'), 'precious');
  spawnSync('ln', ['-s', 'victim', join(cwd, 'linked.ndjson.partial')]);
  expect(batch('few.ndjson', '--output', 'linked.ndjson').status).toBe(0);
  expect(readFileSync(join(cwd, 'victim'), 'utf8')).toBe('precious');
});

describe('two at once', () => {
  const started = (input: string, ...argv: readonly string[]): Promise<{ exit: number | null; said: string }> => {
    const child = spawn(process.execPath, argvOf([input, ...argv]), { cwd, env });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    return once(child, 'close').then(([exit]) => ({ exit, said }));
  };
  const isRefused = ({ exit, said }: { exit: number | null; said: string }): boolean =>
    exit === 2 && said.includes('another batch is writing ');

  test('one writes the results, the other is refused or comes after it', async () => {
    for (const [name, input] of [
      ['both-many.ndjson', 'in.ndjson'],
      ['both-few.ndjson', 'few.ndjson'],
    ] as const)
      expect(batch(input, '--output', name).status).toBe(0);
    const wholes = ['both-many.ndjson', 'both-few.ndjson'].map((name) => readFileSync(join(cwd, name), 'utf8'));
    for (let round = 0; round < 6; round += 1) {
      const ends = await Promise.all(
        ['in.ndjson', 'few.ndjson'].map((input) => started(input, '--output', 'both.ndjson')),
      );
      const good = ends.flatMap(({ exit }, at) => (exit === 0 ? [wholes[at]] : []));
      expect(ends.filter((end) => end.exit !== 0).every(isRefused)).toBe(true);
      expect(good).toContain(readFileSync(join(cwd, 'both.ndjson'), 'utf8'));
    }
    expect(readdirSync(cwd).filter((name) => name.startsWith('both.'))).toEqual(['both.ndjson']);
  });

  test('neither do they write the same rejects', async () => {
    const ends = await Promise.all(
      ['in.ndjson', 'few.ndjson'].map((input, at) =>
        started(input, '-o', `own-${at}.ndjson`, '--rejects', 'shared.ndjson'),
      ),
    );
    expect(ends.filter((end) => end.exit !== 0).every(isRefused)).toBe(true);
    expect(readdirSync(cwd).filter((name) => /^(own|shared).*partial/.test(name))).toEqual([]);
  });

  test('what a killed run held is taken over', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    writeFileSync(join(cwd, 'held.ndjson.partial.lock'), JSON.stringify({ pid }));
    expect(batch('few.ndjson', '--output', 'held.ndjson').status).toBe(0);
    expect(readdirSync(cwd).filter((name) => name.startsWith('held.'))).toEqual(['held.ndjson']);
  });

  test('what a run left that was killed while it took hold is taken away, not what is being made', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
    const [left, made] = [pid, process.pid].map((each) => `.preinfuse-${machine}-${each}-${randomUUID()}.tmp`);
    for (const name of [left, made] as [string, string]) writeFileSync(join(cwd, name), '');
    expect(batch('few.ndjson', '--output', 'hold.ndjson').status).toBe(0);
    expect(readdirSync(cwd).filter((name) => name.startsWith('hold.'))).toEqual(['hold.ndjson']);
    expect(readdirSync(cwd).filter((name) => name.endsWith('.tmp'))).toEqual([made]);
    rmSync(join(cwd, made as string));
  });
});

test.each([
  ['a link to the input', 'link.ndjson', 'linked.ndjson'],
  ['the input through a linked folder', 'linked.ndjson', 'around/linked.ndjson'],
  ['what grows beside the results', 'linked.ndjson', 'x.ndjson', '--rejects', 'x.ndjson.partial'],
])('the results never take the place of %s', (_what, output, input, ...more) => {
  put('linked.ndjson', 1);
  for (const [to, name] of [
    ['.', 'around'],
    ['linked.ndjson', 'link.ndjson'],
  ] as const) {
    rmSync(join(cwd, name), { force: true });
    symlinkSync(to, join(cwd, name));
  }
  const before = readFileSync(join(cwd, 'linked.ndjson'), 'utf8');
  const { status, stderr } =
    more.length > 0 ? batch(output, '--output', input, ...more) : batch(input, '--output', output);
  expect({ status, said: stderr.includes('must be different files') }).toEqual({ status: 2, said: true });
  expect(readFileSync(join(cwd, 'linked.ndjson'), 'utf8')).toBe(before);
});

describe('what the shell opened is a file as any other', () => {
  const shell = (line: string) => {
    put('own.ndjson', 1);
    const before = readFileSync(join(cwd, 'own.ndjson'), 'utf8');
    const { status, stderr } = spawnSync('sh', ['-c', `"$0" "$@" ${line}`, process.execPath, ...argvOf([])], {
      cwd,
      env,
      encoding: 'utf8',
    });
    const isAsBefore = readFileSync(join(cwd, 'own.ndjson'), 'utf8') === before;
    return { status, said: stderr.includes('must be different files'), isAsBefore };
  };

  test.each([
    ['results that take the place of standard input', '- --output own.ndjson < own.ndjson'],
    ['results behind the records that are read', 'own.ndjson >> own.ndjson'],
    ['both', '- < own.ndjson >> own.ndjson'],
    ['rejects that take the place of results', 'few.ndjson --rejects own.ndjson >> own.ndjson'],
  ])('%s are refused', (_what, line) => {
    expect(shell(line)).toEqual({ status: 2, said: true, isAsBefore: true });
  });
});

test.each(['--output', '--rejects', '--summary', '--report'])('%s is not the folder of the forms', (option) => {
  const { status, stderr } = batch('few.ndjson', option, 'forms.svg', '--consent-dir', './forms.svg');
  expect({ status, said: stderr.includes('must be different files') }).toEqual({ status: 2, said: true });
  expect(readdirSync(cwd).filter((name) => name.startsWith('forms.svg'))).toEqual([]);
});

describe('a place that cannot be there is told as that', () => {
  symlinkSync('ring', join(cwd, 'ring'));
  const places = ['few.ndjson/x.svg', 'ring/x.svg', `${'x'.repeat(300)}.svg`];
  const told = (what: string, runs: readonly SpawnSyncReturns<string>[]): void => {
    const says = new RegExp(`^preinfuse: cannot ${what} `);
    expect(runs.map(({ status, stderr }) => [status, says.test(stderr)])).toEqual(runs.map(() => [2, true]));
  };

  test.each(['--output', '--rejects', '--summary', '--report', '--consent-dir'])('%s', (option) => {
    told(
      'write',
      places.map((place) => batch('few.ndjson', '--output', 'never.ndjson', option, place)),
    );
    expect(readdirSync(cwd).filter((name) => name.startsWith('never.'))).toEqual([]);
  });

  test('the input', () => {
    told(
      'read',
      [...places, 'ring'].map((place) => batch(place, '--format', 'ndjson')),
    );
  });
});
