import { teachBackQuestions } from '../engine/teach-back.ts';
import { readAnswers, sheetFields } from '../exchange/answers.ts';
import { parseDate } from '../model/local-date.ts';
import type { TeachBackBlock } from '../model/template.ts';
import type { ClinicWords } from '../report/clinic-words.ts';
import type { Beginning } from '../wizard/state.ts';
import { standingOf } from '../wizard/steps.ts';
import { counted } from '../wizard/text.ts';
import { type LoadedDefinition, readSource } from './definitions.ts';
import { type DraftFolders, listDrafts, loadDraft, newDraftId } from './drafts.ts';
import { CommandError, Exit } from './exit.ts';
import type { Io } from './io.ts';
import type { SealOptions } from './seal.ts';
import { visitDay } from './source.ts';
import { printable, writeOut } from './write-out.ts';

export interface ScreenOptions extends SealOptions {
  readonly answers?: string;
  readonly resume?: string | true;
  readonly plain?: boolean;
  readonly inline?: boolean;
  readonly confirm?: boolean;
  readonly questionnaire?: string;
  readonly on?: string;
  readonly output?: string;
  readonly language?: string;
  readonly json?: boolean;
  /** False for `--no-color`. */
  readonly color?: boolean;
  readonly quiet?: boolean;
}

/** How questions are asked: on a screen that is redrawn, or line by line. */
export type Mode = 'screen' | 'lines';

/** What the conversation starts from. */
export interface Opening {
  readonly id: string;
  readonly started: Date;
  readonly beginning: Beginning;
}

/** A new screening, one from an answer sheet, or a draft; undefined where the person chose none. */
export async function openingOf(
  options: ScreenOptions,
  definition: LoadedDefinition,
  folders: DraftFolders,
  mode: Mode,
  io: Io,
): Promise<Opening | undefined> {
  const { questionnaire } = definition;
  const today = parseDate(visitDay(options.on, io)) ?? 0;
  const beginning: Beginning = { questionnaire, today, needsEnter: options.confirm === true };
  if (options.resume !== undefined) {
    if (options.answers !== undefined)
      throw new CommandError('--resume and --answers do not go together', Exit.cannotStart, {
        hint: 'use one of them',
      });
    const id = options.resume === true ? await chosenDraft(folders, mode, io) : options.resume;
    return id === undefined ? undefined : resumed(id, beginning, definition, folders);
  }
  const fresh: Opening = { id: newDraftId(), started: io.now(), beginning };
  if (options.answers === undefined) return fresh;
  return { ...fresh, beginning: { ...beginning, ...(await sheetBeginning(options.answers, definition, io)) } };
}

function resumed(
  typed: string,
  beginning: Beginning,
  { questionnaire, digest }: LoadedDefinition,
  folders: DraftFolders,
): Opening {
  const { id, started, lost, isOtherDefinition, ...found } = loadDraft(folders, typed, questionnaire, digest);
  const { used, setAside } = standingOf(questionnaire, found.answers);
  const notice = [
    `Draft ${id}: ${counted(used.size, 'answer')}${setAside.length > 0 ? `, ${setAside.length} set aside` : ''}.`,
    ...(isOtherDefinition
      ? [
          'The questionnaire has changed since this draft was saved. Answers that still fit are kept; look at them in the review.',
        ]
      : []),
    ...(lost > 0 ? [`${counted(lost, 'answer')} no longer fit and will be asked again.`] : []),
  ];
  const { answers, skipped, closed, told, outcomes } = found;
  return { id, started, beginning: { ...beginning, answers, skipped, closed, told, outcomes, notice } };
}

/** Lets the person choose a draft; in line mode lists them. */
async function chosenDraft(folders: DraftFolders, mode: Mode, io: Io): Promise<string | undefined> {
  const drafts = listDrafts(folders);
  if (drafts.length === 0)
    throw new CommandError('there are no drafts', Exit.cannotStart, { hint: 'start one with: preinfuse screen' });
  const choices = drafts.map(({ id, saved, section }) => ({
    value: id,
    name: printable(`${id}   saved ${saved.slice(0, 16).replace('T', ' ')} UTC   ${section}`),
  }));
  if (mode === 'screen') return (await import('./prompts.ts')).chooseDraft(choices, io);
  await writeOut(io.stderr, `${choices.map(({ name }) => name).join('\n')}\n`);
  throw new CommandError('name the draft to go on with', Exit.cannotStart, {
    hint: 'preinfuse screen --plain --resume ID',
  });
}

/** The answers of a sheet. Those in error are not taken: they are named, and asked. */
async function sheetBeginning(file: string, { questionnaire }: LoadedDefinition, io: Io): Promise<Partial<Beginning>> {
  const { readJson } = await import('../exchange/json.ts');
  const { text } = await readSource(io.cwd, file, io);
  const { value, errors: unreadable } = readJson(text.replace(/^\uFEFF/, ''));
  const { answers, errors } = readAnswers(questionnaire, value);
  const lines = [...unreadable, ...(unreadable.length > 0 ? [] : errors)].map(
    ({ linkId, message }) => `${linkId === '' ? '' : `${linkId}: `}${message}`,
  );
  if (unreadable.length > 0 || errors.some(({ code }) => code === 'not-a-record')) {
    throw new CommandError(
      `the answers in ${file} cannot be read\n  ${lines.map(printable).join('\n  ')}`,
      Exit.cannotStart,
      { hint: 'mend them and try again' },
    );
  }
  const closed = [...sheetFields(questionnaire).byKey.values()]
    .map(({ item }) => item.linkId)
    .filter((linkId) => answers.has(linkId));
  const notice = lines.length > 0 ? ['Some answers of the sheet were not taken. They will be asked:', ...lines] : [];
  return { answers, closed, notice };
}

/**
 * What the consent form has for patients to say in their own words. None where it cannot be read: then no form can be made
 * either, and the end says why.
 */
export async function patientQuestions(
  folder: string | undefined,
  definition: LoadedDefinition,
  io: Io,
): Promise<readonly TeachBackBlock[]> {
  try {
    return teachBackQuestions(await (await import('./templates.ts')).loadTemplate(io, folder, { definition }));
  } catch (error) {
    if (error instanceof CommandError) return [];
    throw error;
  }
}

/** The clinic's words. An emergency waits for no file: where they cannot be read there are none. */
export async function clinicWords(folder: string | undefined, io: Io): Promise<ClinicWords> {
  try {
    return await (await import('./templates.ts')).loadClinicWords(io, folder);
  } catch {
    return {};
  }
}
