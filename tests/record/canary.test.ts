import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { itemsOf, wholeItems } from '../../src/engine/items.ts';
import type { Clearance } from '../../src/model/clearance.ts';
import { dispositions } from '../../src/model/disposition.ts';
import { type TeachBack, teachBackOutcomes } from '../../src/model/teach-back.ts';
import type { FormDocument } from '../../src/record/life.ts';
import { caseStates } from '../../src/record/tables.ts';
import type { Told } from '../../src/wizard/state.ts';
import { run } from '../run.ts';
import { Keys } from '../terminal/terminal.ts';
import { baselineSheet, questions, shipped } from '../wizard/driving.ts';
import { noPostgres, type Server, startPostgres } from './postgres.ts';
import { canaryOf, tracesIn } from './traces.ts';
import { type FoundFile, filesBelow, noStrace, type WatchedDesk, watchedDesk } from './watched-desk.ts';

/*
 * A canary in every text that a sheet or a desk can hold, taken through the whole life of a record by the built program, then
 * looked for wherever the program, or the database below it, wrote.
 */

/** As the birth date of the patient: no text, and theirs alone. */
const birthDate = '1951-07-23';

/** Every question that takes text, by linkId, those in repeats too: a new one is covered by itself. */
const texts = [...itemsOf(shipped).values()].map(({ item }) => item).filter(({ type }) => type === 'string');

/** An answer for each of them. In a repeat it is one entry more. */
const canaries: Readonly<Record<string, unknown>> = Object.fromEntries(
  wholeItems(shipped).flatMap((item): readonly [string, unknown][] => {
    if (item.type === 'string') return [[item.linkId, canaryOf(item.linkId)]];
    if (item.type !== 'group') return [];
    const within = texts.filter(({ linkId }) => linkId.startsWith(`${item.linkId}.`));
    if (within.length === 0) return [];
    const own = within.map(({ linkId }) => [linkId.slice(item.linkId.length + 1), canaryOf(linkId)]);
    const entries = baselineSheet[item.linkId] as readonly object[];
    return [[item.linkId, [...entries, { ...entries[0], ...Object.fromEntries(own) }]]];
  }),
);

/** What staff write down. A new text in one of these does not compile here until it has its canary. */
type Texts<T, NotText extends keyof T> = Readonly<Record<Exclude<keyof T, NotText>, string>>;
const clearance: Texts<Clearance, 'when' | 'rules'> = {
  name: canaryOf('clearance.name'),
  licence: canaryOf('clearance.licence'),
  why: canaryOf('clearance.why'),
};
const teachBack: Texts<TeachBack, 'when' | 'outcomes'> = { by: canaryOf('teachBack.by') };
const told: Texts<Told, 'rules' | 'at'> = { who: canaryOf('told.who') };
/** Who writes it down is staff, whom the history names in clear. */
const outcome: Texts<Exclude<FormDocument, { readonly is: 'issued' }>, 'format' | 'is' | 'at' | 'by'> = {
  why: canaryOf('outcome.why'),
};
/** What the form asks of everybody. */
const asked = ['purpose', 'risks', 'driving', 'stopping'];
const wrong = canaryOf('wrong');

const sheet = { ...baselineSheet, ...canaries, 'applicant.birthDate': birthDate, 'eye.glaucoma': 'controlled' };
const typed = ['applicant.id', 'applicant.name'] as const;

function sheetWithout(...linkIds: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(Object.entries(sheet).filter(([linkId]) => !linkIds.includes(linkId))));
}

/** JSON is YAML. */
const note = (value: object): string => JSON.stringify(value, null, 1);

/** What the test writes for the program to read, with canaries in it. */
const inputs: Readonly<Record<string, string>> = {
  'sheet.json': sheetWithout(...typed, 'history.tms'),
  'emergency.json': sheetWithout('cardiac.chestPain'),
  'declining.json': JSON.stringify({ ...JSON.parse(sheetWithout('history.tms')), 'eye.glaucoma': 'none' }),
  'clearance.yaml': note({ ...clearance, when: '2026-03-10 12:30' }),
  'teach-back.yaml': note({
    ...teachBack,
    outcomes: Object.fromEntries(asked.map((id) => [id, 'first-time'])),
  }),
  'wrong.json': JSON.stringify({ ...sheet, 'vitals.systolic': wrong, [wrong]: wrong }),
  'wrong.yaml': `why: ${wrong}: ${wrong}\n`,
  'wrong.ndjson': `{"applicant.name": "${wrong}\n${JSON.stringify({ [wrong]: wrong })}\n`,
  'wrong.csv': `applicant.id,applicant.name\n${wrong},"${wrong}\n`,
};
const settings = readFileSync(fileURLToPath(new URL('../../preinfuse.yaml', import.meta.url)), 'utf8');
const rule = '\nretention: { draftDays: 1, recordDays: 1 }\n';

let server: Server | undefined;
beforeAll(async () => {
  // Its log then has every statement, and what came with it.
  if (noPostgres === undefined) server = await startPostgres({ log_statement: 'all', log_min_duration_statement: '0' });
});
afterAll(() => server?.stop());

interface Life {
  /** In milliseconds since 1970. */
  readonly began: number;
  readonly desk: WatchedDesk;
  readonly ids: readonly string[];
  /** Everything on standard error, outside a terminal. */
  readonly said: string;
  /** Standard output of what opens no record. */
  readonly listed: string;
  /** A line for each record, as it was exported. */
  readonly exported: string;
  /** What was on the disk while a draft was open, while the records were there, and after they were purged. */
  readonly moments: readonly Moment[];
}

interface Moment {
  readonly files: readonly FoundFile[];
  readonly traces: readonly string[];
}

/** The folders of the desk, without what the test put there. */
function momentOf({ cwd, env }: WatchedDesk): Moment {
  const files = [cwd, env.TMPDIR ?? ''].flatMap(filesBelow).filter(({ name }) => inputs[name] === undefined);
  const traces = files.flatMap(({ name, path, kind }) => [
    ...tracesIn(name, [birthDate]).map((trace) => `the name ${name}: ${trace}`),
    ...(kind === 'file' ? tracesIn(readFileSync(path), [birthDate]).map((trace) => `${name}: ${trace}`) : []),
  ]);
  return { files, traces };
}

/** A way to run the program: built, as a process of its own, or within this one. */
type Runs = (
  argv: readonly string[],
  stdin: string,
) => Promise<{ exit: number | null; stdout: Buffer; stderr: string }>;

/**
 * From a draft to the purge. What was asked for in clear goes elsewhere. `isBuilt`: all by the built program, the draft typed
 * into a terminal; else within this process.
 */
async function lifeWith(store: readonly string[], isBuilt: boolean): Promise<Life> {
  const began = Date.now();
  const desk = watchedDesk({ ...inputs, 'preinfuse.yaml': `${settings}${rule}` }, isBuilt);
  const [said, moments]: [string[], Moment[]] = [[], []];
  const rest = [...store, '--on', '2026-03-10'];
  const here = { cwd: desk.cwd, env: desk.env };
  const runs: Runs = isBuilt
    ? (argv, stdin) => desk.run(argv, { stdin })
    : (argv, stdin) => run(argv, { ...here, stdin, now: new Date() });
  const does = async (expected: number, argv: readonly string[], ...lines: readonly string[]): Promise<string> => {
    const { exit, stdout, stderr } = await runs(argv, lines.map((line) => `${line}\n`).join(''));
    // The questions are asked there: it is the screen.
    if (argv[0] !== 'screen') said.push(stderr);
    expect([argv, exit, stderr]).toEqual([argv, expected, stderr]);
    return stdout.toString();
  };
  const records = (name: string, ...argv: readonly string[]): readonly string[] => ['records', name, ...argv, ...rest];

  const atDraft = (): void => void moments.push(momentOf(desk));
  const id = isBuilt ? await typedIn(desk, rest, atDraft) : await spokenTo(runs, rest, atDraft);
  await does(0, records('clear', id, '--clearance', 'clearance.yaml'));
  const form = ['--embed', '--teach-back', 'teach-back.yaml', '-o', '../elsewhere/form.pdf'];
  await does(0, ['consent', id, ...form, ...rest]);
  await does(0, records('consented', id));
  await does(13, ['screen', '--plain', '--answers', 'emergency.json', ...rest], '3', '', told.who, '1', '');
  const declines = ['--answers', 'declining.json', '-o', '../elsewhere/declined.pdf', ...rest];
  await does(0, ['screen', '--plain', ...declines], '1', '', '1', '1', '1', '1', '');
  const [newest = '{}', ...others] = (await does(0, records('list', '--json'))).trim().split('\n');
  const { id: declining } = JSON.parse(newest) as { id: string };
  await does(0, records('declined', declining, '--why'), outcome.why);

  for (const argv of isBuilt ? wrongInputs(id, rest) : []) {
    const { exit, stderr } = await desk.run(argv);
    said.push(stderr);
    expect([argv, exit === 1 || exit === 2, stderr]).toEqual([argv, true, expect.stringMatching(/\w/)]);
  }

  const listed = [newest, ...others];
  listed.push(await does(0, records('list', '--chart'), canaryOf('applicant.id')));
  const exported = await does(0, records('export'));
  await does(0, records('export', '--format', 'csv', '-o', '../elsewhere/all.csv'));
  await does(0, ['key', 'init', '--reviewer-file', 'one.key', '--recovery-file', 'recovery.key', ...store]);
  await does(0, ['key', 'rotate', '--key-file', 'one.key', '--reviewer-file', 'two.key', ...store]);
  await does(0, records('withdrawn', id, '--why'), outcome.why);
  await does(0, records('backup', 'all.backup'));
  moments.push(momentOf(desk));

  // A clock two days on is had within this process alone.
  const purged = await run(['records', 'purge', ...store], { ...here, now: new Date(Date.now() + 2 * 86_400_000) });
  expect(purged.stderr).toBe('Removed: 3\n');
  listed.push(purged.stdout.toString());
  moments.push(momentOf(desk));
  return { began, desk, ids: [id, declining], said: said.join(''), listed: listed.join('\n'), exported, moments };
}

const textOf = (linkId: string): string => (itemsOf(shipped).get(linkId)?.item.text ?? '').slice(0, 30);

/** A draft begun in a terminal and left there, gone on with and ended; gives its id. */
async function typedIn(desk: WatchedDesk, rest: readonly string[], atDraft: () => void): Promise<string> {
  const first = desk.terminal(['screen', '--answers', 'sheet.json', ...rest]);
  for (const linkId of typed) {
    await first.shows(textOf(linkId));
    await first.type(canaryOf(linkId));
  }
  await first.shows(textOf('history.tms'));
  atDraft();
  await first.press(Keys.interrupt);
  await first.exited;
  const id = idIn(first.written);
  const second = desk.terminal(['screen', '--resume', id, ...rest]);
  await second.shows('Enter go on');
  await second.press(Keys.enter);
  await second.shows(textOf('history.tms'));
  await second.press('1');
  await second.shows('Enter finishes');
  await second.press(Keys.enter);
  expect((await second.exited).exitCode).toBe(11);
  return id;
}

/** The same line by line. */
async function spokenTo(runs: Runs, rest: readonly string[], atDraft: () => void): Promise<string> {
  const lines = typed.map((linkId) => `${canaryOf(linkId)}\n`).join('');
  const first = await runs(['screen', '--plain', '--answers', 'sheet.json', ...rest], lines);
  atDraft();
  const id = idIn(first.stderr);
  const second = await runs(['screen', '--plain', '--resume', id, ...rest], '\n1\n\n');
  expect([first.exit, second.exit]).toEqual([75, 11]);
  return id;
}

function idIn(said: string): string {
  return /--resume ([0-9A-Z]{4}-[0-9A-Z]{4})/.exec(said)?.[1] ?? '';
}

/** Commands that are given what is not right, in answers, notes and lines. */
function wrongInputs(id: string, rest: readonly string[]): readonly (readonly string[])[] {
  return [
    ['evaluate', 'wrong.json'],
    ['consent', 'wrong.json', '-o', 'none.pdf'],
    ['consent', id, '--clearance', 'wrong.yaml', '-o', 'none.pdf', ...rest],
    ['screen', '--plain', '--answers', 'wrong.ndjson', ...rest],
    ['batch', 'wrong.ndjson', '-o', '../elsewhere/results.ndjson', '--rejects', '../elsewhere/rejects.ndjson'],
    ['batch', 'wrong.csv', '-o', '../elsewhere/results.csv'],
  ];
}

/** Texts in a document that are neither a canary nor of a kind that says nothing of a patient by itself. */
function unexplained(value: unknown): readonly string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(unexplained);
  if (typeof value !== 'string') return [];
  const isKnown = vocabulary.has(value) || tracesIn(value, [birthDate]).length > 0;
  return isKnown || machineText.test(value) ? [] : [value];
}

function wordsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(wordsIn) : [];
}

/** A day or a moment, a digest, the name of a definition or form, an id. */
const machineText =
  /^(\d{4}-\d\d-\d\d([ T][\d:.]+Z?)?|sha256:[0-9a-f]{64}|[a-z-]+\|[\d.]+(\|[a-z]{2})?|[0-9A-Z]{4}-[0-9A-Z]{4})$/;

/** Words of the definition, and those that have a list of their own. */
const vocabulary: ReadonlySet<string> = new Set([
  ...wordsIn(shipped),
  ...[...dispositions, ...caseStates, ...teachBackOutcomes, ...questions.map(({ id }) => id)],
  ...['sertraline', 'venlafaxine', 'unknown', 'declined'],
]);

describe.each([['SQLite'], ['PostgreSQL']] as const)(
  'a canary in every text, the whole life of a record, on %s',
  (engine) => {
    const why = engine === 'PostgreSQL' ? noPostgres : undefined;
    const isBuilt = engine === 'SQLite';
    const titled = (title: string, without = why): string => `${title}${without === undefined ? '' : ` (${without})`}`;
    let life: Life;
    let address = '';
    beforeAll(async () => {
      if (why !== undefined) return;
      if (!isBuilt) address = (server as Server).database();
      life = await lifeWith(isBuilt ? [] : ['--store', address], isBuilt);
    });

    test.skipIf(why)(titled('was there to be found: each is in the export, and no other text that is free'), () => {
      const fields = texts.map(({ linkId }) => canaryOf(linkId));
      const staff = [clearance, told, outcome].flatMap((each) => Object.values(each));
      expect([...fields, ...staff, birthDate].filter((canary) => !life.exported.includes(canary))).toEqual([]);
      const documents = life.exported
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { readonly savedBy: string });
      const free = documents.map((each) => unexplained(each).filter((text) => text !== each.savedBy));
      expect(free).toEqual([[], [], []]);
    });

    test.skipIf(why)(titled('is in no file of the desk nor in its name: store, backup, keys, temporary files'), () => {
      const [open = [], full = [], purged = []] = life.moments.map(({ files }) => files.map(({ name }) => name));
      const store = ['', '-wal', '-shm'].map((end) => `state/preinfuse/records.db${end}`);
      if (isBuilt) expect(open).toEqual(expect.arrayContaining(store));
      expect(full).toEqual(expect.arrayContaining(['all.backup', 'two.key', 'state/preinfuse/keys/desk.key']));
      expect(purged).toContain('all.backup');
      expect(life.moments.flatMap(({ traces }) => traces)).toEqual([]);
    });

    test.skipIf(why)(titled('is in no error, no notice, no list'), () => {
      expect(life.said).toContain('Backed up, sealed');
      if (isBuilt) expect(life.said).toMatch(/not accepted[\s\S]*the clearance is not valid/);
      expect(life.listed).toContain(life.ids[0]);
      expect(tracesIn(life.said + life.listed, [birthDate])).toEqual([]);
    });

    test.skipIf(why)(titled('what the program made is for its owner alone'), () => {
      const made = [...life.moments.flatMap(({ files }) => files), ...filesBelow(life.desk.elsewhere)];
      const wide = made.filter(({ mode, kind }) => mode !== (kind === 'folder' ? 0o700 : 0o600));
      expect(wide.map(({ name }) => name).filter((name) => name !== 'preinfuse.yaml')).toEqual([]);
    });

    test.runIf(isBuilt && process.platform === 'linux')(
      'is in no argument and no environment of a process, looked at again and again while it runs',
      () => {
        const seen = life.desk.processes();
        expect(seen.filter((text) => text.includes('preinfuse.js\0records\0')).length).toBeGreaterThan(5);
        expect(seen.some((text) => text.includes('\0XDG_STATE_HOME='))).toBe(true);
        expect(tracesIn(seen.join('\n'), [birthDate])).toEqual([]);
      },
    );

    test.skipIf(!isBuilt || noStrace !== undefined)(
      titled('is in no name that a process gave the system: of a file, of a program and its arguments', noStrace),
      () => {
        const calls = life.desk.calls();
        expect(calls.length).toBeGreaterThan(20);
        expect(calls.some((text) => /rename\w*\(.*all\.backup/.test(text))).toBe(true);
        expect(tracesIn(calls.join('\n'), [birthDate])).toEqual([]);
      },
    );

    test.runIf(!isBuilt && why === undefined)(
      'is nowhere in what the server wrote: its tables, its write-ahead log, its log',
      async () => {
        const { folder } = server as Server;
        const client = new pg.Client(address);
        await client.connect();
        await client.query('checkpoint');
        await client.end();
        // What was not written to since it was made holds nothing of ours.
        const files = filesBelow(folder).filter(({ kind, written }) => kind === 'file' && written >= life.began);
        const has = (part: string, text: string): boolean =>
          files.some(({ name, path }) => name.startsWith(part) && readFileSync(path).includes(text));
        expect(readFileSync(join(folder, 'log'), 'utf8')).toMatch(/insert into "document"[\s\S]*parameters: \$1/);
        expect(['data/pg_wal/', 'data/base/'].map((part) => has(part, life.ids[0] ?? ''))).toEqual([true, true]);
        const traces = files.flatMap(({ name, path }) =>
          tracesIn(readFileSync(path), [birthDate]).map((trace) => `${name}: ${trace}`),
        );
        expect(traces).toEqual([]);
      },
    );
  },
);
