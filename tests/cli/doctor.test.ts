import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { describe, expect, test, vi } from 'vitest';
import type { DoctorCheck } from '../../src/report/doctor.ts';
import { folderWith } from '../folder.ts';
import { noPostgres, startPostgres } from '../record/postgres.ts';
import { type Run, run, type World } from '../run.ts';
import { shippedBaselineSheet, shippedFolder } from '../shipped.ts';
import { changeSqliteFile } from '../sqlite-file.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const example = readFileSync(join(root, 'preinfuse.yaml'), 'utf8');
/** The facts of a clinic that is not the example. */
const own = example
  .replace('demo: true', 'demo: false')
  .replace('Example Valley Ketamine Clinic', 'Valley Ketamine Clinic')
  .replace('100 Example Street, Sampletown, CO 80000', '7 Mill Road, Boulder, CO 80301')
  .replace('(303) 555-0100', '(303) 555-0142')
  .replace('(303) 555-0199', '(303) 555-0143')
  .replaceAll('Dr. Alex Example, MD', 'Dr. Ana Ruiz, MD')
  .replace('One visit costs $0 at this example clinic.', 'One visit costs $450.');

interface Told {
  readonly exit: number;
  readonly fine: boolean;
  readonly checks: readonly DoctorCheck[];
}

async function doctor(cwd: string, argv: readonly string[] = [], world: Partial<World> = {}): Promise<Told> {
  const env = { XDG_STATE_HOME: join(cwd, 'state'), PREINFUSE_USER: 'Ana Ruiz' };
  const { exit, stdout, stderr } = await run(['doctor', '--json', ...argv], { cwd, env, ...world });
  expect(stderr).toBe('');
  return { exit, ...JSON.parse(stdout.toString()) };
}

const named = ({ checks }: Told, name: string): readonly DoctorCheck[] => checks.filter((each) => each.name === name);
const toMend = ({ checks }: Told): readonly (readonly [string, string])[] =>
  checks.filter(({ is }) => is === 'mend').map(({ name, found }) => [name, found]);

describe('where everything works', () => {
  test('on a new machine: exit 0, everything looked at, and nothing made', async () => {
    const cwd = folderWith({});
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('preinfuse-doctor-'));
    const told = await doctor(cwd);
    expect([told.exit, told.fine, toMend(told)]).toEqual([0, true, []]);
    expect([...new Set(told.checks.map(({ name }) => name))]).toEqual([
      ...['preinfuse', 'Node', 'streams', 'terminal', 'colour', 'letters', 'clock'],
      ...['definition', 'clinic facts', 'account', 'form', 'folder', 'form key', 'keys', 'record store'],
    ]);
    expect(named(told, 'form')[0]?.found).toMatch(/^\d+ KB made, written and read back; languages en, es/);
    expect(named(told, 'definition')[0]?.found).toMatch(
      /^iv-ketamine 1\.0\.0, draft, the shipped one, sha256:[0-9a-f]{64}$/,
    );
    expect(named(told, 'clock')[0]?.found).toContain('2026-03-10T12:00:00.000Z');
    expect(readdirSync(cwd)).toEqual([]);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('preinfuse-doctor-'))).toEqual(before);
  });

  test('as text: a line each, what to do below it, and what it comes to', async () => {
    const cwd = folderWith({});
    const { exit, stdout } = await run(['doctor'], { cwd, env: { XDG_STATE_HOME: join(cwd, 'state') } });
    const lines = stdout.toString().trimEnd().split('\n');
    expect([exit, lines.at(-1)]).toEqual([0, 'Everything works.']);
    expect(lines).toContainEqual(expect.stringMatching(/^note {2}clinic facts {6}the example clinic/));
    expect(lines).toContainEqual(expect.stringMatching(/^ {24}-> for your own: preinfuse init FOLDER$/));
  });

  test("with a clinic's own facts", async () => {
    vi.stubEnv('TZ', 'America/Denver');
    const told = await doctor(folderWith({ 'preinfuse.yaml': own }));
    vi.unstubAllEnvs();
    expect([told.exit, named(told, 'clinic facts'), named(told, 'account')]).toEqual([
      0,
      [{ name: 'clinic facts', is: 'fine', found: 'Valley Ketamine Clinic (preinfuse.yaml), America/Denver' }],
      [{ name: 'account', is: 'fine', found: expect.stringContaining('Ana Ruiz') }],
    ]);
  });

  test('where the clock of the clinic is another than that of this computer, it is told so', async () => {
    vi.stubEnv('TZ', 'Asia/Tokyo');
    const told = await doctor(folderWith({ 'preinfuse.yaml': own }));
    vi.unstubAllEnvs();
    expect([told.exit, named(told, 'clinic facts')]).toEqual([
      0,
      [
        {
          name: 'clinic facts',
          is: 'note',
          found: expect.stringMatching(/America\/Denver, where it is another time than on this computer$/),
          hint: expect.stringContaining('give --on'),
        },
      ],
    ]);
  });
});

describe('a store that was used', () => {
  const cwd = folderWith({
    'sheet.json': JSON.stringify({
      ...shippedBaselineSheet,
      'applicant.name': 'Zebulon Canary',
      'history.tms': undefined,
    }),
  });
  const env = { XDG_STATE_HOME: join(cwd, 'state') };
  const at = (name: string): string => join(cwd, 'state/preinfuse', name);
  const recipient = 'age10fnmvhjgj7t86t6fp4pjdkxntmqwnjxnsjth6ez08jacvhxg8ejqggrksd';
  const cutShort = `# reviewer\n${recipient}\n# recovery\n${recipient}\n`;
  const screen = (): Promise<Run> =>
    run(['screen', '--plain', '--answers', 'sheet.json', '--on', '2026-03-10'], { cwd, env, stdin: '1\n' });

  test('is told with its drafts and how old they are, without a word of anybody', async () => {
    await screen();
    const told = await doctor(cwd);
    expect([told.exit, toMend(told)]).toEqual([0, []]);
    expect(named(told, 'record store')[0]?.found).toMatch(
      /records\.db, sqlite, \d+ entries in its history, 1 draft, the oldest saved 2026-03-10$/,
    );
    expect(named(told, 'keys')[0]).toMatchObject({ is: 'note', hint: expect.stringContaining('key init') });
    expect(JSON.stringify(told)).not.toContain('Canary');
  });

  test.each<[string, string, () => void, () => void, RegExp]>([
    [
      'keys',
      'a key is gone',
      () => renameSync(at('keys/audit.key'), at('audit')),
      () => renameSync(at('audit'), at('keys/audit.key')),
      /audit\.key missing/,
    ],
    [
      'keys',
      'others may read a key',
      () => chmodSync(at('keys/desk.key'), 0o644),
      () => chmodSync(at('keys/desk.key'), 0o600),
      /others may read it/,
    ],
    [
      'keys',
      'a rotation was cut short',
      () => writeFileSync(at('keys/recipients.txt.next'), cutShort, { mode: 0o600 }),
      () => rmSync(at('keys/recipients.txt.next')),
      /cut short/,
    ],
    [
      'folder',
      'others may look into the folder',
      () => chmodSync(at(''), 0o755),
      () => chmodSync(at(''), 0o700),
      /others may read it/,
    ],
  ])('%s: %s', async (name, _what, harm, heal, expected) => {
    harm();
    try {
      const told = await doctor(cwd);
      expect(told.exit).toBe(1);
      const [check] = named(told, name).filter(({ is }) => is === 'mend');
      expect(check).toMatchObject({ found: expect.stringMatching(expected), hint: expect.stringMatching(/\w/) });
    } finally {
      heal();
    }
  });

  test('one that an earlier version made is told, and left as it is', async () => {
    changeSqliteFile(at('records.db'), 'alter table chain drop column index_check; update chain set schema = 1');
    try {
      const told = await doctor(cwd);
      expect([told.exit, named(told, 'record store')[0]]).toEqual([
        0,
        {
          name: 'record store',
          is: 'note',
          found: expect.stringMatching(/1 draft.*; an earlier version of preinfuse made it$/),
          hint: expect.stringContaining('brings it up to date'),
        },
      ]);
      // Fails where the column is there already.
      changeSqliteFile(at('records.db'), 'alter table chain add column index_check text');
    } finally {
      changeSqliteFile(at('records.db'), 'update chain set schema = 2');
    }
  });

  test('a clock that is behind it is to be mended', async () => {
    const told = await doctor(cwd, [], { now: new Date('2026-03-01T12:00:00Z') });
    expect([told.exit, toMend(told)]).toEqual([
      1,
      expect.arrayContaining([['record store', expect.stringContaining('clock of this machine')]]),
    ]);
  });
});

test.skipIf(noPostgres)(
  'a database on a server is reached, and set up by the first screening and not before',
  async () => {
    const cwd = folderWith({ 'sheet.json': JSON.stringify({ ...shippedBaselineSheet, 'history.tms': undefined }) });
    const server = await startPostgres();
    try {
      const address = server.database();
      const store = async (): Promise<DoctorCheck | undefined> =>
        named(await doctor(cwd, ['--store', address]), 'record store')[0];
      const empty = { name: 'record store', is: 'fine', found: 'reached, and empty: the first screening sets it up' };
      expect([await store(), await store()]).toEqual([empty, empty]);
      const argv = ['screen', '--plain', '--answers', 'sheet.json', '--on', '2026-03-10', '--store', address];
      await run(argv, { cwd, env: { XDG_STATE_HOME: join(cwd, 'state') }, stdin: '1\n' });
      expect((await store())?.found).toMatch(
        /^postgres:\/\/127\.0\.0\.1:\d+\/store1, postgres, \d entries.*, 1 draft, /,
      );
      const client = new pg.Client(address);
      await client.connect();
      await client.query('alter database store1 set default_transaction_read_only = on');
      await client.end();
      expect(await store()).toMatchObject({ is: 'mend', found: 'the store cannot be written to' });
    } finally {
      server.stop();
    }
  },
);

describe('what is to be mended, each with what to do', () => {
  test.each<[string, Readonly<Record<string, string>>, readonly string[], string, RegExp]>([
    [
      'facts of the example clinic',
      { 'preinfuse.yaml': example.replace('demo: true', 'demo: false') },
      [],
      'clinic facts',
      /still those of the example clinic: name, address, phone/,
    ],
    [
      'settings that are not valid',
      { 'preinfuse.yaml': own.replace('America/Denver', 'nowhere') },
      [],
      'clinic facts',
      /not valid: 1 error.*preinfuse\.yaml:\d+:\d+/,
    ],
    ['a definition that is not there', {}, ['--questionnaire', 'nowhere'], 'definition', /cannot read nowhere/],
    [
      'a definition that is not valid',
      { 'q/questionnaire.yaml': 'id: x\n' },
      ['--questionnaire', 'q'],
      'definition',
      /not valid: \d+ errors/,
    ],
    [
      'a store that is none',
      { 'records.db': 'not a store, but long enough to be looked at as one'.repeat(99) },
      ['--store', 'records.db'],
      'record store',
      /\w/,
    ],
    [
      'a server that nobody reaches',
      {},
      ['--store', 'postgres://localhost:1/x'],
      'record store',
      /PostgreSQL server does not answer/,
    ],
    ['an account that is nobody', { 'preinfuse.yaml': own }, [], 'account', /`front-desk` can be anybody/],
  ])('%s', async (what, files, argv, name, expected) => {
    const cwd = folderWith(files);
    const env = {
      XDG_STATE_HOME: join(cwd, 'state'),
      PREINFUSE_USER: what.startsWith('an account') ? 'front-desk' : 'Ana Ruiz',
    };
    const told = await doctor(cwd, argv, { env });
    expect([told.exit, told.fine]).toEqual([1, false]);
    const found = named(told, name);
    expect(found).toEqual([
      { name, is: 'mend', found: expect.stringMatching(expected), hint: expect.stringMatching(/\w/) },
    ]);
    expect(existsSync(join(cwd, 'state'))).toBe(false);
  });

  test('a place of the state that is no folder of its own', async () => {
    const cwd = folderWith({ 'elsewhere/x': '' });
    mkdirSync(join(cwd, 'state'));
    symlinkSync(join(cwd, 'elsewhere'), join(cwd, 'state/preinfuse'));
    expect(toMend(await doctor(cwd))).toContainEqual(['folder', expect.stringContaining('is a link')]);
  });

  test('a cost that is missing in the language of a form', async () => {
    const text = own.replace(/ {2}# The same for forms[\s\S]*?(?= {2}timeZone)/, '');
    expect(toMend(await doctor(folderWith({ 'preinfuse.yaml': text })))).toEqual([
      ['form', expect.stringContaining('no cost in es')],
    ]);
  });
});

test('a definition whose samples fit none of its questions has no form tried', async () => {
  const cwd = folderWith({});
  await run(['init', 'clinic'], { cwd });
  writeFileSync(join(cwd, 'clinic/questionnaires/iv-ketamine/samples/applicants.ndjson'), '{"x":1}\n');
  const told = await doctor(cwd, ['--questionnaire', 'clinic']);
  expect([told.exit, named(told, 'form')[0]]).toEqual([0, expect.objectContaining({ is: 'note' })]);
  expect(readFileSync(`${shippedFolder}/samples/applicants.ndjson`, 'utf8')).not.toBe('');
});

test('a terminal is told as the wizard sees it', async () => {
  const cwd = folderWith({});
  const env = { XDG_STATE_HOME: join(cwd, 'state'), TERM: 'dumb', LANG: 'C' };
  const told = await doctor(cwd, [], { env, isTerminal: true });
  expect(named(told, 'terminal')[0]?.found).toContain('TERM dumb; screen asks line by line');
  expect(named(told, 'letters')[0]).toMatchObject({ is: 'note', found: expect.stringContaining('not UTF-8') });
  expect(named(told, 'streams')[0]?.found).toBe('input terminal, output no terminal, messages terminal');
});
