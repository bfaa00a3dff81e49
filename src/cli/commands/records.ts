import { resolve } from 'node:path';
import { windowsOf } from '../../engine/validity.ts';
import { consentForm } from '../../model/disposition.ts';
import { type Questionnaire, questionnaireName } from '../../model/questionnaire.ts';
import { CannotOpen } from '../../record/cannot-open.ts';
import { type CaseFilter, everyCase, listCases, noteReading, removeCase, type StoredCase } from '../../record/cases.ts';
import { shortHead } from '../../record/chain.ts';
import type { ExportRow } from '../../record/export.ts';
import { acceptStore, closeStore, headOf, takeBack } from '../../record/store.ts';
import { type CaseState, caseStates } from '../../record/tables.ts';
import { verifyStore } from '../../record/verify.ts';
import { loadDefinition } from '../definitions/definitions.ts';
import { CommandError, Exit, exitOfDisposition } from '../exit.ts';
import { linesOf, openSource, readText, visitDay } from '../files/source.ts';
import { gathered, jsonLine, printable, printableLines, writeOut } from '../files/write-out.ts';
import { refuseThere } from '../files/write-whole.ts';
import { loadClinic } from '../forms/templates.ts';
import type { Io } from '../io.ts';
import { openStoreOf, withStore, withStoreAsIs } from '../records/desk.ts';
import { openForReview, openRecords, type Records, type StoreChoice, withRecords } from '../records/record-store.ts';
import { noHistory, telling } from '../records/store-problems.ts';
import {
  addClearance,
  addOutcome,
  caseOf,
  type OpenedRecord,
  openRecord,
  readRecord,
  refuseOtherTime,
  stateWords,
} from '../records/stored-records.ts';

export interface RecordsOptions extends StoreChoice {
  readonly on?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/* list */

export interface ListOptions extends RecordsOptions {
  readonly state?: string;
  /** True: the chart reference is asked for, or read from standard input. */
  readonly chart?: boolean;
  /** Only those with something past its time, or another definition or form by now. */
  readonly renew?: boolean;
}

/** One case for a list. Nothing of the patient. */
interface Listed extends Omit<StoredCase, 'lookup'> {
  /** Windows that are past their time, by name of their parameter. */
  readonly past: readonly string[];
  /** What is another one by now, so that the person should be asked again. */
  readonly changed: readonly ('definition' | 'form')[];
}

/** Lists the stored screenings, last saved first, with what is past its time or should be asked again. Needs no key. */
export async function list(options: ListOptions, io: Io): Promise<number> {
  const state = stateOf(options.state);
  const { questionnaire, digest } = await loadDefinition(options.questionnaire, io);
  const formNow = formsNow(options, io);
  const day = visitDay(options.on, io);
  const titles = new Map(windowsOf(questionnaire).map(({ parameter }) => [parameter.name, parameter.title]));
  return withRecords(openRecords(options, io), async (records) => {
    const filter: CaseFilter = {
      ...(state && { states: [state] }),
      ...(options.chart === true && { lookup: records.vault.lookupOf(await chartReference(options, io)) }),
    };
    const lines = gathered(io.stdout);
    let count = 0;
    for await (const found of listCases(records.store, filter)) {
      const each = await listed(found, { name: questionnaireName(questionnaire), digest }, formNow, day);
      if (options.renew === true && each.past.length === 0 && each.changed.length === 0) continue;
      count += 1;
      const line = options.json === true ? jsonLine(each) : `${printableLines(describe(each, titles))}\n`;
      if (!(await lines.add(line))) return Exit.ok;
    }
    await lines.flush();
    const { place } = records.store;
    if (count === 0 && options.quiet !== true)
      await writeOut(io.stderr, `No such screenings are stored in ${printable(place)}\n`);
    return Exit.ok;
  });
}

function stateOf(text: string | undefined): CaseState | undefined {
  if (text === undefined) return undefined;
  const state = caseStates.find((each) => each === text);
  if (state) return state;
  throw new CommandError(`there is no state \`${printable(text)}\``, Exit.cannotStart, {
    hint: `use one of ${caseStates.join(', ')}`,
  });
}

async function chartReference(options: ListOptions, io: Io): Promise<string> {
  const typed = await askedOrRead(
    async () => (await import('../prompts.ts')).askHidden('Chart reference', io),
    options,
    io,
  );
  if (typed === undefined) throw new CommandError('stopped; nothing was looked up', Exit.interrupted);
  if (typed !== '') return typed;
  throw new CommandError('no chart reference was given; nothing was looked up', Exit.cannotStart, {
    hint: 'type it when it is asked for, or write it to standard input',
  });
}

/** What is said of a patient is no option: others on the machine could read it there. Undefined where the person stops instead. */
async function askedOrRead(
  ask: () => Promise<string | undefined>,
  { input }: RecordsOptions,
  { stdin }: Io,
): Promise<string | undefined> {
  return input === false || !stdin.isTTY ? (await readText('-', stdin)).trim() : ask();
}

async function listed(
  { lookup: _lookup, ...found }: StoredCase,
  definition: { readonly name: string; readonly digest: string },
  formNow: (language: string) => Promise<string | undefined>,
  day: string,
): Promise<Listed> {
  const isOpen = found.state !== 'draft' && found.state !== 'withdrawn';
  const past = isOpen ? Object.entries(found.windows ?? {}).flatMap(([name, end]) => (end <= day ? [name] : [])) : [];
  const isOther = found.definition !== definition.name || found.definitionDigest !== definition.digest;
  const language = found.form?.split('|').at(-1);
  const isOtherForm = language !== undefined && found.form !== (await formNow(language));
  const changed = [...(isOther ? (['definition'] as const) : []), ...(isOtherForm ? (['form'] as const) : [])];
  return { ...found, past, changed: found.state === 'withdrawn' ? [] : changed };
}

/** The form that a language has by now, each read once; undefined where there is none. */
function formsNow(options: RecordsOptions, io: Io): (language: string) => Promise<string | undefined> {
  const known = new Map<string, Promise<string | undefined>>();
  const read = async (language: string): Promise<string | undefined> => {
    const { loadTemplate } = await import('../forms/templates.ts');
    const { id, version } = await loadTemplate(io, options.questionnaire, { language });
    return `${id}|${version}|${language}`;
  };
  return (language) => {
    const form = known.get(language) ?? read(language).catch(() => undefined);
    known.set(language, form);
    return form;
  };
}

function describe(
  { id, state, saved, savedBy, section, past, changed }: Listed,
  titles: ReadonlyMap<string, string>,
): string {
  const when = `${saved.slice(0, 16).replace('T', ' ')} UTC`;
  const notes = [
    ...(state === 'draft' ? [`at ${section}`] : []),
    ...past.map((name) => `past its time: ${titles.get(name) ?? name}`),
    ...changed.map((what) => `ask again: the ${what === 'form' ? 'consent form' : 'questionnaire'} has changed`),
  ];
  return [`${id}  ${state.padEnd(9)}  ${when}  ${savedBy}`, ...notes.map((note) => `    ${note}`)].join('\n');
}

/* show */

/** Shows one finished screening as it stands on a day: its life, its result then, and what is past its time. */
export async function show(id: string, options: RecordsOptions, io: Io): Promise<number> {
  const { questionnaire, digest } = await loadDefinition(options.questionnaire, io);
  const { describeRecord, recordResult } = await import('../records/record-text.ts');
  return withRecords(openForReview(options, io), async (records) => {
    const opened = await openRecord(records, id, questionnaire, 'shown');
    const day = visitDay(options.on, io);
    if (options.json === true) await writeOut(io.stdout, jsonLine(recordResult(questionnaire, digest, opened, day)));
    else {
      const lines = describeRecord(questionnaire, digest, opened, day, {
        columns: Math.min(io.stdout.columns ?? 80, 100),
      });
      await writeOut(io.stdout, `${lines.map(printable).join('\n')}\n`);
    }
    return Exit.ok;
  });
}

/* What a clinician or the front desk writes down */

/**
 * Keeps a clinician's decision that a screening may go ahead: who, with which licence, when and why. A desk that can open the
 * screening refuses it for one that no clearance lets go ahead; where it is sealed from the desk, the form refuses it later.
 */
export async function clear(id: string, file: string, options: RecordsOptions, io: Io): Promise<number> {
  const { loadClearance } = await import('../records/clearances.ts');
  const clearance = await loadClearance(file, io);
  const { questionnaire } = await loadDefinition(options.questionnaire, io);
  return withRecords(openRecords(options, io), async (records) => {
    const found = await caseOf(records, id);
    refuseOtherTime(clearance, found, records, options.on, io);
    const opened = await readRecord(records, found, questionnaire).catch(unlessClosed);
    if (opened) refuseUncleared(opened);
    await addClearance(records, found, clearance);
    await say(`${id}: ${stateWords.cleared}`, options, io);
    return Exit.ok;
  });
}

function unlessClosed(error: unknown): undefined {
  if (error instanceof CannotOpen && error.reason === 'no-key') return undefined;
  throw error;
}

function refuseUncleared({ found: { id }, life: { screening } }: OpenedRecord): void {
  if (consentForm[screening.disposition] !== 'never') return;
  throw new CommandError(
    `${id} ended in ${screening.disposition}, and no clearance lets it go ahead`,
    exitOfDisposition[screening.disposition],
    { hint: `see the findings with: preinfuse records show ${id}` },
  );
}

export interface OutcomeOptions extends RecordsOptions {
  readonly by?: string;
  /** True: a reason is asked for, or read from standard input. */
  readonly why?: boolean;
}

/** Keeps what came of a consent form: signed, declined or taken back. A no is a record, and so needs its reason or `not said`. */
export async function outcome(
  is: 'consented' | 'declined' | 'withdrawn',
  id: string,
  options: OutcomeOptions,
  io: Io,
): Promise<number> {
  return withRecords(openRecords(options, io), async (records) => {
    const { store } = records;
    const found = await caseOf(records, id);
    const why = options.why === true ? await reason(options, io) : {};
    const document = { format: 1, is, by: options.by ?? store.actor, at: io.now().toISOString(), ...why } as const;
    await addOutcome(records, found, document);
    await say(`${id}: ${stateWords[is]}`, options, io);
    return Exit.ok;
  });
}

/** Letters that a reason may have. */
const longestReason = 2000;

async function reason(options: OutcomeOptions, io: Io): Promise<{ readonly why?: string }> {
  const typed = await askedOrRead(
    async () => (await import('../prompts.ts')).askLine('Why, in a few words', io),
    options,
    io,
  );
  if (typed === undefined) throw new CommandError('stopped; nothing was written down', Exit.interrupted);
  const why = typed.replace(/\s+/g, ' ').trim();
  if (why.length > longestReason) {
    throw new CommandError(`a reason has at most ${longestReason} characters`, Exit.cannotStart, {
      hint: 'say it shorter; the chart is the place for more',
    });
  }
  return why === '' ? {} : { why };
}

async function say(text: string, { quiet }: RecordsOptions, io: Io): Promise<void> {
  if (quiet !== true) await writeOut(io.stderr, `${text}\n`);
}

/* export */

export interface ExportOptions extends RecordsOptions {
  readonly format?: string;
  readonly output?: string;
}

/**
 * Writes every finished screening, opened, as NDJSON or CSV. Notes in the audit trail that it was done. Those that do not open
 * are left out and named, and it ends with 1; where none opens nothing is written.
 */
export async function exportAll(options: ExportOptions, io: Io): Promise<number> {
  const format = options.format ?? 'ndjson';
  if (format !== 'ndjson' && format !== 'csv') {
    throw new CommandError(`there is no format \`${printable(format)}\``, Exit.cannotStart, {
      hint: 'use ndjson or csv',
    });
  }
  const { questionnaire } = await loadDefinition(options.questionnaire, io);
  const { exportLine, exportTable } = await import('../../record/export.ts');
  const table = format === 'csv' ? exportTable(questionnaire) : undefined;
  const rowOf = ({ found, life }: OpenedRecord): ExportRow =>
    table?.row(found, life) ?? { line: exportLine(found, life), left: 0 };
  return withRecords(openForReview(options, io), async (records) => {
    await noteReading(records.store, 'exported', undefined, format);
    const all = { count: 0, left: 0, closed: [] as string[] };
    const isTaken = await intoOutput(options.output, io, async (write) => {
      for await (const each of openedOrNot(records, questionnaire)) {
        if ('why' in each) {
          all.closed.push(`  ${each.found.id}: ${each.why.message}\n`);
          continue;
        }
        const { line, left } = rowOf(each);
        await write(all.count === 0 ? `${table?.header ?? ''}${line}` : line);
        all.count += 1;
        all.left += left;
      }
      if (all.count > 0) return;
      if (all.closed.length > 0) throw noneOpened(all.closed.length);
      await write(table?.header ?? '');
    });
    return isTaken ? sayExported(all, options, io) : Exit.ok;
  });
}

async function sayExported(
  { count, left, closed }: { readonly count: number; readonly left: number; readonly closed: readonly string[] },
  options: ExportOptions,
  io: Io,
): Promise<number> {
  const withoutColumn = `Answers without a column in the questionnaire of today, left out: ${left}. NDJSON has all.`;
  await say(`Exported, readable by whoever has the file: ${count}`, options, io);
  if (left > 0) await say(withoutColumn, options, io);
  if (closed.length === 0) return Exit.ok;
  await writeOut(io.stderr, printableLines(`Left out, not opened:\n${closed.join('')}`));
  return Exit.findings;
}

/** Every finished case, opened, or why it stays closed. */
async function* openedOrNot(
  records: Records,
  questionnaire: Questionnaire,
): AsyncGenerator<OpenedRecord | { readonly found: StoredCase; readonly why: CannotOpen }> {
  for await (const found of everyCase(records.store)) {
    try {
      const opened = await readRecord(records, found, questionnaire);
      if (opened) yield opened;
    } catch (why) {
      if (!(why instanceof CannotOpen)) throw why;
      yield { found, why };
    }
  }
}

function noneOpened(count: number): CommandError {
  return new CommandError(`none of the ${count} finished screenings opens; nothing was exported`, Exit.cannotStart, {
    hint: "the reviewer's key opens them: name its file with --key-file",
  });
}

/** Writes to a file, whole or not at all, or to standard output. False where whoever read that closed it. */
async function intoOutput(
  output: string | undefined,
  io: Io,
  work: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<boolean> {
  if (output === undefined || output === '-') {
    let isTaken = true;
    await work(async (text) => {
      isTaken = await writeOut(io.stdout, text);
    });
    return isTaken;
  }
  const { openWhole } = await import('../files/write-whole.ts');
  const file = await openWhole(resolve(io.cwd, output));
  try {
    await work((text) => file.write(text));
    await file.commit();
    return true;
  } finally {
    await file.discard();
  }
}

/* purge */

export interface PurgeOptions extends RecordsOptions {
  readonly dryRun?: boolean;
}

/**
 * Removes what the clinic's retention rule lets go: drafts and finished records that were last saved too long ago. With
 * `dryRun` it only says which. A case that changes meanwhile stays.
 */
export async function purge(options: PurgeOptions, io: Io): Promise<number> {
  const { clinic } = await loadClinic(io, options.questionnaire);
  const { retention } = clinic;
  if (!retention) {
    throw new CommandError('there is no rule for how long records are kept', Exit.cannotStart, {
      hint: 'write one in preinfuse.yaml, say: retention: { draftDays: 30, recordDays: 3650 }',
    });
  }
  const before = (days: number): string => new Date(io.now().getTime() - days * 86_400_000).toISOString();
  const [drafts, finished] = [before(retention.draftDays), before(retention.recordDays)];
  return withRecords(openRecords(options, io), async ({ store }) => {
    const due = await collect(everyCase(store), ({ state, saved }) => saved < (state === 'draft' ? drafts : finished));
    let removed = 0;
    for (const each of due) {
      const isGone = options.dryRun === true || (await removeCase(store, each, 'purged'));
      if (!isGone) continue;
      removed += 1;
      const line = `${each.id}  ${each.state.padEnd(9)}  last saved ${each.saved.slice(0, 10)}`;
      await writeOut(io.stdout, `${printable(line)}\n`);
    }
    await say(options.dryRun === true ? `Would be removed: ${removed}` : `Removed: ${removed}`, options, io);
    return Exit.ok;
  });
}

async function collect(
  cases: AsyncIterable<StoredCase>,
  isWanted: (each: StoredCase) => boolean,
): Promise<StoredCase[]> {
  const found: StoredCase[] = [];
  for await (const each of cases) if (isWanted(each)) found.push(each);
  return found;
}

/* The store as a whole */

/** Goes on with a store that lacks what this desk wrote to it, or with a clock that was wrong: somebody says why. */
export async function accept(options: RecordsOptions & { readonly why: string }, io: Io): Promise<number> {
  const why = options.why.trim();
  if (why === '') {
    throw new CommandError('there is no reason in --why', Exit.cannotStart, {
      hint: 'say in a few words why this store, or this clock, is the right one',
    });
  }
  return withStoreAsIs(await loadClinic(io, options.questionnaire), options.store, io, async (store) => {
    await acceptStore(store, why);
    await say('The store is taken as it is. Its history says so, and why.', options, io);
    return Exit.ok;
  });
}

export interface BackupOptions extends RecordsOptions {
  readonly force?: boolean;
}

/**
 * Writes the whole store, sealed as it is, into one file; others go on working meanwhile. A file that is there is kept, unless
 * `force`; a store without any history is taken for the wrong one.
 */
export async function backup(file: string, options: BackupOptions, io: Io): Promise<number> {
  if (options.force !== true && file !== '-') refuseThere(file, 'name another file, or replace it with --force', io);
  const { backUp } = await import('../../record/backup.ts');
  return withStore(await loadClinic(io, options.questionnaire), options.store, io, async (store) => {
    if ((await headOf(store)).seq === 0) throw noHistory('backed up');
    let upTo = '';
    const isTaken = await intoOutput(file, io, async (write) => {
      upTo = shortHead(await backUp(store, write));
    });
    if (!isTaken) return Exit.stopped;
    await say(`Backed up, sealed, up to ${upTo}. The keys are not in it.`, options, io);
    return Exit.ok;
  });
}

/** Puts a backup into an empty store, all of it or nothing, and has its history hold before that counts. */
export async function restore(file: string, options: RecordsOptions, io: Io): Promise<number> {
  const place = await loadClinic(io, options.questionnaire);
  const input = await openSource(file, io);
  const { restore: putBack } = await import('../../record/backup.ts');
  try {
    const empty = await openStoreOf(place, options.store, io);
    await telling(() => putBack(empty, linesOf(file, input))).catch(async (error: unknown) => {
      await takeBack(empty);
      throw error;
    });
    await closeStore(empty);
  } finally {
    if (file !== '-') input.destroy();
  }
  const isWhole = await withStoreAsIs(place, options.store, io, async (restored) => {
    await acceptStore(restored, 'restored from a backup');
    const { altered, restated, missing } = await verifyStore(restored);
    return altered.length + restated.length + missing.length === 0;
  });
  await say('Restored. Its history holds. What was saved after the backup is not in it.', options, io);
  if (isWhole) return Exit.ok;
  await writeOut(io.stderr, 'Not all of its documents are as they were written; see which: preinfuse records verify\n');
  return Exit.findings;
}
