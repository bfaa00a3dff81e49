import { earlierThanVisit, expiredOn, type Given, visitIn, windowEnds } from '../../engine/validity.ts';
import { readAnswers, writeAnswers } from '../../exchange/answers.ts';
import { reference } from '../../exchange/result.ts';
import type { Answers } from '../../model/answers.ts';
import type { Clearance } from '../../model/clearance.ts';
import type { ClearingEdit } from '../../model/clearing-edit.ts';
import type { Disposition } from '../../model/disposition.ts';
import { type DayNumber, formatDate } from '../../model/local-date.ts';
import { type Questionnaire, questionnaireName } from '../../model/questionnaire.ts';
import type { TeachBack } from '../../model/teach-back.ts';
import type { ConsentTemplate } from '../../model/template.ts';
import { documentsOf, findCase, noteReading, type Saved, type StoredCase, save } from '../../record/cases.ts';
import { readGiven, writeEdits, writeGiven, writeTold } from '../../record/draft.ts';
import { type FormDocument, type Life, lifeOf, mayBecome, type ScreeningDocument, toSeal } from '../../record/life.ts';
import type { CaseState } from '../../record/tables.ts';
import type { Told } from '../../wizard/state.ts';
import type { LoadedDefinition } from '../definitions/definitions.ts';
import { CommandError, Exit } from '../exit.ts';
import { dayHere, dayIn, sha256 } from '../files/source.ts';
import type { Io } from '../io.ts';
import { readDraftId } from './drafts.ts';
import type { Records } from './record-store.ts';
import { changedElsewhere } from './store-problems.ts';

/** A screening that reached its end. */
export interface FinishedScreening {
  readonly id: string;
  /** Of its draft. */
  readonly version: number;
  readonly started: Date;
  readonly completed: Date;
  readonly answers: Answers;
  readonly earlier: Given['earlier'];
  readonly edits: readonly ClearingEdit[];
  readonly disposition: Disposition;
  readonly told: readonly Told[];
  readonly teachBack: TeachBack | undefined;
  /** The day of the visit where the answers do not name it. */
  readonly today: DayNumber;
}

/** Makes a draft a record: sealed for those who review, not for this desk. */
export async function completeScreening(
  { store, vault }: Records,
  { questionnaire, digest }: LoadedDefinition,
  finished: FinishedScreening,
): Promise<Saved> {
  const { id, version, answers, edits, disposition, told, teachBack, today } = finished;
  const earlier = earlierThanVisit(questionnaire, answers, finished.earlier, today);
  const [started, completed] = [finished.started.toISOString(), finished.completed.toISOString()];
  const document: ScreeningDocument = {
    format: 1,
    questionnaire: questionnaireName(questionnaire),
    digest,
    started,
    completed,
    answers: writeAnswers(questionnaire, answers),
    given: writeGiven(earlier),
    disposition,
    told: writeTold(told),
    ...(edits.length > 0 && { edits: writeEdits(questionnaire, edits) }),
    ...(teachBack && { teachBack }),
  };
  const ends = windowEnds(questionnaire, { visit: visitIn(questionnaire, answers) ?? today, earlier });
  const chart = document.answers[reference];
  return save(store, vault, {
    caseId: id,
    version,
    state: 'completed',
    kind: 'record',
    document: toSeal(document),
    facts: {
      definition: document.questionnaire,
      definitionDigest: digest,
      section: '',
      started,
      completed,
      windows: Object.fromEntries([...ends].map(([name, day]) => [name, formatDate(day)])),
      ...(typeof chart === 'string' && { lookup: vault.lookupOf(chart) }),
    },
    event: 'completed',
  });
}

/** Notes that a consent form was made for a case, and which one. */
export async function noteIssued(
  records: Records,
  found: StoredCase,
  { template, teachBack }: { readonly template: ConsentTemplate; readonly teachBack?: TeachBack | undefined },
  bytes: Uint8Array,
  io: Io,
): Promise<void> {
  const form = `${template.id}|${template.version}|${template.language}`;
  const document: FormDocument = {
    format: 1,
    is: 'issued',
    form,
    file: `sha256:${sha256(bytes)}`,
    at: io.now().toISOString(),
    ...(teachBack && { teachBack }),
  };
  await add(records, found, 'issued', 'form', document, { form });
}

/**
 * A CommandError where a clearance was written before the screening was completed, or on a day to come: it is of something else.
 * `on`: the day that was named for today.
 */
export function refuseOtherTime(
  { when }: Clearance,
  { id, completed }: StoredCase,
  { place }: Records,
  on: string | undefined,
  io: Io,
): void {
  // The clinician's day is that of the clinic or of this machine, which may be set to another zone.
  const daysOf = (at: Date): readonly string[] => [dayHere(at), dayIn(place.clinic.timeZone, at), ...(on ? [on] : [])];
  const day = when.slice(0, 'YYYY-MM-DD'.length);
  const [since = day] = completed === undefined ? [] : [...daysOf(new Date(completed))].sort();
  const latest = [...daysOf(io.now())].sort().at(-1) ?? day;
  if (day >= since && day <= latest) return;
  throw new CommandError(
    day < since
      ? `the clearance is of ${day}, and ${id} was completed on ${since}: nobody had seen it then`
      : `the clearance is of ${day}, a day to come`,
    Exit.cannotStart,
    { hint: 'a clinician looks at this screening, and writes down when' },
  );
}

/** Adds a clinician's decision that a case may go ahead. */
export function addClearance(records: Records, found: StoredCase, clearance: Clearance): Promise<number> {
  return add(records, found, 'cleared', 'clearance', { format: 1, clearance });
}

/** Adds what came of a consent form. */
export function addOutcome(
  records: Records,
  found: StoredCase,
  document: Exclude<FormDocument, { is: 'issued' }>,
): Promise<number> {
  return add(records, found, document.is, 'form', document);
}

/** The version of the case with the document added. A CommandError where the case may not become that, or changed meanwhile. */
async function add(
  { store, vault }: Records,
  found: StoredCase,
  state: CaseState,
  kind: 'clearance' | 'form',
  document: object,
  facts: { readonly form?: string } = {},
): Promise<number> {
  if (!mayBecome(found.state, state)) {
    throw new CommandError(
      `${found.id} is ${stateWords[found.state]}, and cannot become ${stateWords[state]}`,
      Exit.cannotStart,
      {
        hint: `see it with: preinfuse records show ${found.id}`,
      },
    );
  }
  const { id: caseId, version, saved: _saved, savedBy: _by, state: _state, ...kept } = found;
  const change = {
    caseId,
    version,
    state,
    kind,
    document: toSeal(document),
    facts: { ...kept, ...facts },
    event: state,
  };
  const saved = await save(store, vault, change);
  if (saved.is === 'changed') throw changedElsewhere(caseId, saved.now);
  return saved.version;
}

/** States as people read them. */
export const stateWords: Readonly<Record<CaseState, string>> = {
  draft: 'a draft',
  completed: 'completed',
  cleared: 'cleared by a clinician',
  issued: 'given its consent form',
  consented: 'consented',
  declined: 'declined',
  withdrawn: 'withdrawn',
};

/** A case by the id that was typed; a CommandError where there is none. */
export async function caseOf({ store }: Records, typed: string): Promise<StoredCase> {
  const id = readDraftId(typed);
  const found = id === undefined ? undefined : await findCase(store, id);
  if (found) return found;
  throw new CommandError(
    id === undefined ? 'that is no id of a record' : `there is no record ${id}`,
    Exit.cannotStart,
    {
      hint: 'see them with: preinfuse records list',
    },
  );
}

/** A finished case, opened: its life, and its answers for the definition at hand. */
export interface OpenedRecord {
  readonly found: StoredCase;
  readonly life: Life;
  readonly answers: Answers;
  readonly given: Given;
  /** Counts answers that the definition no longer takes. */
  readonly lost: number;
}

/** Opens a finished case, and notes in the audit trail that it was read. A draft is a CommandError. */
export async function openRecord(
  records: Records,
  typed: string,
  questionnaire: Questionnaire,
  event: string,
): Promise<OpenedRecord> {
  const found = await caseOf(records, typed);
  const opened = await readRecord(records, found, questionnaire);
  if (!opened) {
    throw new CommandError(`${found.id} is a draft, and decides nothing yet`, Exit.cannotStart, {
      hint: `go on with it: preinfuse screen --resume ${found.id}`,
    });
  }
  await noteReading(records.store, event, found.id);
  return opened;
}

/** The same for a case at hand, unnoted; undefined for a draft. */
export async function readRecord(
  { store, vault }: Records,
  found: StoredCase,
  questionnaire: Questionnaire,
): Promise<OpenedRecord | undefined> {
  if (found.state === 'draft') return undefined;
  const documents = await documentsOf(store, vault, found.id);
  // What another desk added since `found` was read is not of that version.
  const life = lifeOf(documents.filter(({ version }) => version <= found.version));
  if (!life) return undefined;
  const sheet = life.screening.answers;
  const { answers } = readAnswers(questionnaire, sheet);
  const visit = visitIn(questionnaire, answers) ?? dayOf(life.screening.completed);
  return {
    found,
    life,
    answers,
    given: { visit, earlier: readGiven(life.screening.given) },
    lost: Object.keys(sheet).length - answers.size,
  };
}

function dayOf(moment: string): DayNumber {
  return Math.floor(Date.parse(moment) / 86_400_000);
}

/** Whether a screening was decided with other questions or rules than those of today. */
export function isDecidedByAnother({ screening }: Life, questionnaire: Questionnaire, digest: string): boolean {
  return screening.digest !== digest || screening.questionnaire !== questionnaireName(questionnaire);
}

/** The answers of a record that are past their time on a day. */
export function pastTime(
  questionnaire: Questionnaire,
  { answers, given }: OpenedRecord,
  on: DayNumber,
): readonly string[] {
  return expiredOn(questionnaire, answers, given, on);
}
