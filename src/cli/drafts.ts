import { randomInt, randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readAnswers, writeAnswers } from '../exchange/answers.ts';
import type { Answers } from '../model/answers.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import { type TeachBack, type TeachBackOutcome, teachBackOutcomes } from '../model/teach-back.ts';
import type { Told } from '../wizard/state.ts';
import { CommandError, Exit } from './exit.ts';

/** Where drafts and the answers of finished screenings are. */
export interface DraftFolders {
  readonly drafts: string;
  readonly finished: string;
}

/** A screening that is not finished. */
export interface Draft {
  /** Says nothing of the patient: `7F3K-20QX`. */
  readonly id: string;
  readonly started: Date;
  readonly saved: Date;
  /** Title of the section reached. */
  readonly section: string;
  /** Answers that count. */
  readonly used: Answers;
  /** Answers to questions that are not asked any more. */
  readonly setAside: Answers;
  readonly skipped: Iterable<string>;
  readonly closed: Iterable<string>;
  readonly told: readonly Told[];
  /** What came of the questions to the patient, by id. */
  readonly outcomes: ReadonlyMap<string, TeachBackOutcome>;
}

/** A draft as it was found. `lost` counts answers that the definition no longer takes. */
export interface FoundDraft {
  readonly id: string;
  readonly started: Date;
  readonly answers: Answers;
  readonly lost: number;
  readonly skipped: readonly string[];
  readonly closed: readonly string[];
  readonly told: readonly Told[];
  readonly outcomes: ReadonlyMap<string, TeachBackOutcome>;
  /** The definition was another one when it was saved. */
  readonly isOtherDefinition: boolean;
}

/** What a list of drafts may show. */
export interface DraftEntry {
  readonly id: string;
  readonly saved: string;
  readonly section: string;
}

/** `${XDG_STATE_HOME:-~/.local/state}/preinfuse` */
export function draftFolders(env: Readonly<Record<string, string | undefined>>): DraftFolders {
  const state = env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state');
  return { drafts: join(state, 'preinfuse', 'drafts'), finished: join(state, 'preinfuse', 'finished') };
}

/** Without letters that are read for others. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A new id by chance, not by patient, day or count. */
export function newDraftId(): string {
  const letters = Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** The id that was typed, `7f3k20qx` too; undefined for what cannot be one. */
export function readDraftId(text: string): string | undefined {
  const letters = text.toUpperCase().replace(/[\s-]/g, '');
  return /^[0-9A-Z]{8}$/.test(letters) ? `${letters.slice(0, 4)}-${letters.slice(4)}` : undefined;
}

interface DraftFile {
  readonly format: 1;
  readonly id: string;
  readonly questionnaire: string;
  readonly digest: string;
  readonly started: string;
  readonly saved: string;
  readonly section: string;
  readonly answers: Readonly<Record<string, unknown>>;
  readonly setAside: Readonly<Record<string, unknown>>;
  readonly skipped: readonly string[];
  readonly closed: readonly string[];
  readonly told: readonly { readonly rules: readonly string[]; readonly who: string; readonly at: string }[];
  readonly teachBack?: Readonly<Record<string, TeachBackOutcome>>;
}

/** Saves a draft, whole or not at all, and on the disk when it returns: what comes after it may be killed. */
export function saveDraft(folders: DraftFolders, draft: Draft, questionnaire: Questionnaire, digest: string): void {
  const file: DraftFile = {
    format: 1,
    id: draft.id,
    questionnaire: `${questionnaire.id}|${questionnaire.version}`,
    digest,
    started: draft.started.toISOString(),
    saved: draft.saved.toISOString(),
    section: draft.section,
    answers: writeAnswers(questionnaire, draft.used),
    setAside: writeAnswers(questionnaire, draft.setAside),
    skipped: [...draft.skipped],
    closed: [...draft.closed],
    told: draft.told.map(({ rules, who, at }) => ({ rules, who, at: new Date(at).toISOString() })),
    ...(draft.outcomes.size > 0 && { teachBack: Object.fromEntries(draft.outcomes) }),
  };
  writeAtOnce(folders.drafts, `${draft.id}.json`, file);
}

/** Keeps what came of the questions to the patient, as a file that `consent --teach-back` takes. Gives its path. */
export function keepTeachBack({ finished }: DraftFolders, id: string, { outcomes }: TeachBack): string {
  const file = { outcomes: Object.fromEntries(outcomes.map(({ question, outcome }) => [question, outcome])) };
  writeAtOnce(finished, `${id}.teach-back.json`, file);
  return join(finished, `${id}.teach-back.json`);
}

/** Moves a screening from the drafts to the finished ones, as a plain answer sheet that every command takes. Gives its path. */
export function keepFinished(
  folders: DraftFolders,
  id: string,
  questionnaire: Questionnaire,
  answers: Answers,
): string {
  writeAtOnce(folders.finished, `${id}.json`, writeAnswers(questionnaire, answers));
  removeDraft(folders, id);
  return join(folders.finished, `${id}.json`);
}

/** Removes a draft; nothing where there is none. */
export function removeDraft({ drafts }: DraftFolders, id: string): void {
  rmSync(join(drafts, `${id}.json`), { force: true });
}

function writeAtOnce(folder: string, name: string, content: object): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `.${randomUUID()}.tmp`);
  const file = openSync(draft, 'wx', 0o600);
  try {
    try {
      writeSync(file, `${JSON.stringify(content)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, join(folder, name));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** The drafts there are, last saved first. Nothing of the patient. */
export function listDrafts(folders: DraftFolders): readonly DraftEntry[] {
  const entries = namesIn(folders.drafts).flatMap((name): readonly DraftEntry[] => {
    const file = readFile(join(folders.drafts, name));
    return file ? [{ id: file.id, saved: file.saved, section: file.section }] : [];
  });
  return entries.sort((a, b) => (a.saved < b.saved ? 1 : -1));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^[0-9A-Z]{4}-[0-9A-Z]{4}\.json$/.test(name));
  } catch {
    return [];
  }
}

function readFile(path: string): DraftFile | undefined {
  try {
    const file: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isDraft(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

function isDraft(file: unknown): file is DraftFile {
  if (typeof file !== 'object' || file === null) return false;
  const { format, id, answers, setAside, skipped, closed, told, saved, started, section, digest } = file as Record<
    string,
    unknown
  >;
  const isText = [id, saved, started, section, digest].every((each) => typeof each === 'string');
  const isList = [skipped, closed, told].every(Array.isArray);
  return (
    format === 1 && isText && isList && [answers, setAside].every((each) => typeof each === 'object' && each !== null)
  );
}

/** Reads a draft for the definition at hand. One that is not there or cannot be read is a CommandError with exit 2. */
export function loadDraft(
  folders: DraftFolders,
  typed: string,
  questionnaire: Questionnaire,
  digest: string,
): FoundDraft {
  const id = readDraftId(typed);
  if (id === undefined)
    throw noDraft('that is no id of a draft', 'an id looks like 7F3K-20QX; see them with: preinfuse screen --resume');
  const file = readFile(join(folders.drafts, `${id}.json`));
  if (file === undefined) {
    const isFinished = namesIn(folders.finished).includes(`${id}.json`);
    const hint = isFinished
      ? `it is finished: start from its answers with --answers ${join(folders.finished, `${id}.json`)}`
      : 'see the drafts with: preinfuse screen --resume';
    throw noDraft(`there is no draft ${id}`, hint);
  }
  const read = [file.answers, file.setAside].map((sheet) => readAnswers(questionnaire, sheet).answers);
  const answers = new Map(read.flatMap((each) => [...each]));
  return {
    id,
    started: new Date(file.started),
    answers,
    lost: Object.keys({ ...file.answers, ...file.setAside }).length - answers.size,
    skipped: file.skipped,
    closed: file.closed,
    told: file.told.map(({ rules, who, at }) => ({ rules, who, at: new Date(at).getTime() })),
    outcomes: new Map(
      Object.entries(file.teachBack ?? {}).filter(([, outcome]) => teachBackOutcomes.includes(outcome)),
    ),
    isOtherDefinition: file.digest !== digest || file.questionnaire !== `${questionnaire.id}|${questionnaire.version}`,
  };
}

function noDraft(message: string, hint: string): CommandError {
  return new CommandError(message, Exit.cannotStart, { hint });
}
