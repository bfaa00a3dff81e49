import type { Given } from '../../engine/validity.ts';
import { readAnswers, sheetFields } from '../../exchange/answers.ts';
import type { ClearingEdit } from '../../model/clearing-edit.ts';
import { counted } from '../../model/counted.ts';
import { formatDate, parseDate } from '../../model/local-date.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import type { StoredCase } from '../../record/cases.ts';
import type { ClinicWords } from '../../report/clinic-words.ts';
import type { Beginning } from '../../wizard/state.ts';
import { standingOf } from '../../wizard/steps.ts';
import { ruleOf } from '../../wizard/wording.ts';
import type { LoadedDefinition } from '../definitions/definitions.ts';
import { CommandError, Exit } from '../exit.ts';
import { readSource } from '../files/read-source.ts';
import { visitDay } from '../files/source.ts';
import { printable, writeOut } from '../files/write-out.ts';
import type { SealOptions } from '../forms/seal.ts';
import type { PatientQuestions } from '../forms/templates.ts';
import type { Io } from '../io.ts';
import type { DraftChoice } from '../prompts.ts';
import { newDraftId } from '../records/drafts.ts';
import type { Records } from '../records/record-store.ts';
import { listDrafts, type TakenDraft, takeDraft } from '../records/stored-drafts.ts';
import type { Mode } from './terminal-mode.ts';

export interface ScreenOptions extends SealOptions {
  readonly answers?: string;
  readonly resume?: string | true;
  /** A finished record to start from. */
  readonly again?: string;
  readonly keyFile?: string;
  readonly plain?: boolean;
  readonly inline?: boolean;
  readonly confirm?: boolean;
  readonly questionnaire?: string;
  readonly on?: string;
  readonly output?: string;
  readonly language?: string;
  readonly store?: string;
  readonly json?: boolean;
  /** False for `--no-color`. */
  readonly color?: boolean;
  readonly quiet?: boolean;
}

/** What the conversation starts from. */
export interface Opening {
  readonly id: string;
  /** Of the draft in the store; 0 where there is none yet. */
  readonly version: number;
  readonly started: Date;
  /** Answers that an earlier day than that of the visit gave. */
  readonly earlier: Given['earlier'];
  /** Grows with each edit after which something no longer stands in the way. */
  readonly edits: ClearingEdit[];
  readonly beginning: Beginning;
}

/** A new screening, one from an answer sheet, or a draft; undefined where the person chose none. */
export async function openingOf(
  options: ScreenOptions,
  definition: LoadedDefinition,
  records: Records,
  mode: Mode,
  io: Io,
): Promise<Opening | undefined> {
  const { questionnaire } = definition;
  const today = parseDate(visitDay(options.on, io)) ?? 0;
  const beginning: Beginning = { questionnaire, today, needsEnter: options.confirm === true };
  const starts = ['resume', 'answers', 'again'] as const;
  const [one, other] = starts.filter((name) => options[name] !== undefined);
  if (other !== undefined)
    throw new CommandError(`--${one} and --${other} do not go together`, Exit.cannotStart, { hint: 'use one of them' });
  if (options.resume !== undefined) {
    const id = options.resume === true ? await chosenDraft(records, mode, io) : options.resume;
    return id === undefined ? undefined : resumed(id, beginning, definition, records);
  }
  const fresh: Opening = { id: newDraftId(), version: 0, started: io.now(), earlier: new Map(), edits: [], beginning };
  if (options.again !== undefined) return askedAgain(options.again, fresh, definition, records);
  if (options.answers === undefined) return fresh;
  return { ...fresh, beginning: { ...beginning, ...(await sheetBeginning(options.answers, definition, io)) } };
}

async function resumed(
  typed: string,
  beginning: Beginning,
  { questionnaire, digest }: LoadedDefinition,
  records: Records,
): Promise<Opening> {
  const taken = await takeDraft(records, typed, questionnaire, digest, beginning.today);
  const { id, version, started, earlier, edits, lost, expired, past, isOtherDefinition, ...found } = taken;
  const { used, setAside } = standingOf(questionnaire, found.answers);
  const notice = [
    ...(past === undefined ? [] : pastWords(past, taken.told, questionnaire)),
    `Draft ${id}: ${counted(used.size, 'answer')}${setAside.length > 0 ? `, ${setAside.length} set aside` : ''}.`,
    ...(isOtherDefinition
      ? [
          'The questionnaire has changed since this draft was saved. Answers that still fit are kept; look at them in the review.',
        ]
      : []),
    ...(lost > 0
      ? [`${counted(lost, 'answer no longer fits', 'answers no longer fit')} and will be asked again.`]
      : []),
    ...(expired > 0
      ? [
          `${counted(expired, 'answer of an earlier day no longer holds', 'answers of an earlier day no longer hold')} and will be asked again, with the date of the visit.`,
        ]
      : []),
  ];
  const { answers, skipped, closed, told, outcomes } = found;
  const went = { answers, skipped, closed, told, outcomes, notice };
  return { id, version, started, earlier, edits: [...edits], beginning: { ...beginning, ...went } };
}

/** That the answers of an earlier day meant an emergency: they are asked anew, and may come out otherwise. */
function pastWords(
  { visit, rules }: NonNullable<TakenDraft['past']>,
  told: TakenDraft['told'],
  questionnaire: Questionnaire,
): readonly string[] {
  const isTold = rules.every((rule) => told.some((each) => each.rules.includes(rule)));
  return [
    `EMERGENCY on ${formatDate(visit)}, when this draft was left: ${rules.map((rule) => ruleOf(questionnaire, rule).reason).join(' ')}`,
    isTold
      ? 'A clinician was told then. Make sure that it was dealt with before you go on.'
      : 'It was not noted that anybody was told. Tell the clinician now, before you go on.',
  ];
}

/** A new screening from the answers of a finished one that still hold. */
async function askedAgain(
  typed: string,
  fresh: Opening,
  { questionnaire }: LoadedDefinition,
  records: Records,
): Promise<Opening> {
  const [{ openRecord }, { onAnotherDay }] = await Promise.all([
    import('../records/stored-records.ts'),
    import('../../record/draft.ts'),
  ]);
  const { found, answers, given, lost } = await openRecord(records, typed, questionnaire, 'asked-again');
  const { kept, expired, earlier } = onAnotherDay(questionnaire, answers, given.earlier, fresh.beginning.today);
  const closed = [...sheetFields(questionnaire).byKey.values()]
    .map(({ item }) => item.linkId)
    .filter((linkId) => kept.has(linkId));
  const notice = [
    `From ${found.id}: ${counted(kept.size, 'answer still holds', 'answers still hold')}.`,
    ...(expired > 0
      ? [`${counted(expired, 'answer is past its time', 'answers are past their time')} and will be asked.`]
      : []),
    ...(lost > 0
      ? [`${counted(lost, 'answer no longer fits', 'answers no longer fit')} the questionnaire and will be asked.`]
      : []),
  ];
  return { ...fresh, earlier, beginning: { ...fresh.beginning, answers: kept, closed, notice } };
}

/** Lets the person choose a draft, or find one by the chart reference; in line mode lists them. */
async function chosenDraft(records: Records, mode: Mode, io: Io): Promise<string | undefined> {
  const drafts = await listDrafts(records);
  if (drafts.length === 0)
    throw new CommandError('there are no drafts', Exit.cannotStart, { hint: 'start one with: preinfuse screen' });
  if (mode === 'screen') {
    const { chooseDraft } = await import('../prompts.ts');
    return chooseDraft(
      drafts.map(choiceOf),
      async (chart) => (await listDrafts(records, records.vault.lookupOf(chart))).map(choiceOf),
      io,
    );
  }
  await writeOut(io.stderr, `${drafts.map((each) => choiceOf(each).name).join('\n')}\n`);
  throw new CommandError('name the draft to go on with', Exit.cannotStart, {
    hint: 'preinfuse screen --plain --resume ID',
  });
}

function choiceOf({ id, saved, savedBy, section }: StoredCase): DraftChoice {
  const when = `${saved.slice(0, 16).replace('T', ' ')} UTC`;
  return { value: id, name: printable(`${id}   saved ${when} by ${savedBy}   ${section}`) };
}

/** The answers of a sheet. Those in error are not taken: they are named, and asked. */
async function sheetBeginning(file: string, { questionnaire }: LoadedDefinition, io: Io): Promise<Partial<Beginning>> {
  const { readSheet } = await import('../files/answer-sheet.ts');
  const { text } = await readSource(io.cwd, file, io);
  const { value, errors: unreadable } = await readSheet(questionnaire, text);
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
 * What the consent form has for patients to say in their own words, and the same in the other forms. None where it cannot
 * be read: then no form can be made either, and the end says why.
 */
export async function patientQuestions(
  { questionnaire, language }: ScreenOptions,
  definition: LoadedDefinition,
  io: Io,
): Promise<PatientQuestions> {
  try {
    const { loadPatientQuestions } = await import('../forms/templates.ts');
    return await loadPatientQuestions(io, questionnaire, { definition, ...(language !== undefined && { language }) });
  } catch (error) {
    if (error instanceof CommandError) return { questions: [] };
    throw error;
  }
}

/** The clinic's words. An emergency waits for no file: where they cannot be read there are none. */
export async function clinicWords(folder: string | undefined, io: Io): Promise<ClinicWords> {
  try {
    return await (await import('../forms/templates.ts')).loadClinicWords(io, folder);
  } catch {
    return {};
  }
}
