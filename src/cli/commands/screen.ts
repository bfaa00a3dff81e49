import { access, constants, stat } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import type { Answers } from '../../model/answers.ts';
import type { Assessment } from '../../model/assessment.ts';
import type { Disposition } from '../../model/disposition.ts';
import { parseDate } from '../../model/local-date.ts';
import type { ClinicWords } from '../../report/clinic-words.ts';
import { begin } from '../../wizard/moves.ts';
import type { Beginning, Told, WizardState } from '../../wizard/state.ts';
import { settledFindings, standingOf } from '../../wizard/steps.ts';
import { counted } from '../../wizard/text.ts';
import { withClinic } from '../../wizard/update.ts';
import { smallest } from '../../wizard/view.ts';
import { sectionReached } from '../../wizard/view-ask.ts';
import { type LoadedDefinition, loadDefinition } from '../definitions.ts';
import {
  type DraftFolders,
  draftFolders,
  keepFinished,
  listDrafts,
  loadDraft,
  newDraftId,
  removeDraft,
  saveDraft,
} from '../drafts.ts';
import { CommandError, Exit, exitOfDisposition } from '../exit.ts';
import type { Io, Output } from '../io.ts';
import { sha256, visitDay } from '../source.ts';
import { printable, writeOut } from '../write-out.ts';

export interface ScreenOptions {
  readonly answers?: string;
  readonly resume?: string | true;
  readonly plain?: boolean;
  readonly inline?: boolean;
  readonly confirm?: boolean;
  readonly questionnaire?: string;
  readonly on?: string;
  readonly output?: string;
  readonly json?: boolean;
  /** False for `--no-input`. */
  readonly input?: boolean;
  /** False for `--no-color`. */
  readonly color?: boolean;
  readonly quiet?: boolean;
}

/**
 * Types one applicant through the questionnaire, then prints what came of it and writes the consent form where one is
 * allowed. Exit 0 is for `proceed` and `proceed-with-conditions` alone: a screening that did not reach its end is 75,
 * 130 or 143 and decides nothing.
 */
export async function screen(options: ScreenOptions, io: Io): Promise<number> {
  const mode = modeOf(options, io);
  await checkOutput(options.output, io);
  const definition = await loadDefinition(options.questionnaire, io);
  const folders = draftFolders(io.env);
  const opening = await openingOf(options, definition, folders, mode, io);
  if (!opening) return Exit.stopped;
  const conversation = await converse(mode, opening, definition, folders, options, io);
  return conclude(conversation, opening, definition, folders, options, io);
}

type Mode = 'screen' | 'lines';

/** How to ask; a CommandError with exit 2 where nobody can be asked. */
function modeOf(options: ScreenOptions, { stdin, stderr, env }: Io): Mode {
  const hint = 'use preinfuse evaluate FILE for an answer sheet; --answers FILE starts the questions from one';
  if (options.input === false)
    throw new CommandError('screen asks questions, and --no-input forbids it', Exit.cannotStart, { hint });
  if (options.plain === true) return 'lines';
  if (!stdin.isTTY || !stderr.isTTY) {
    throw new CommandError('screen needs a terminal to ask its questions', Exit.cannotStart, {
      hint: `${hint}; --plain reads lines`,
    });
  }
  const isAsked = [env.PREINFUSE_PLAIN, env.ACCESSIBLE].some(
    (value) => value !== undefined && value !== '' && value !== '0',
  );
  return isAsked || env.TERM === 'dumb' || isTooSmall(stderr) ? 'lines' : 'screen';
}

function isTooSmall({ columns, rows }: Output): boolean {
  return (columns || smallest.columns) < smallest.columns || (rows || smallest.rows) < smallest.rows;
}

/** Finds out before the first question what would go wrong after the last. */
async function checkOutput(output: string | undefined, io: Io): Promise<void> {
  if (output === undefined) return;
  if (output === '-') {
    throw new CommandError('standard output carries the result, not the form', Exit.cannotStart, {
      hint: 'name a file with --output',
    });
  }
  const path = resolve(io.cwd, output);
  if (
    await stat(path).then(
      (found) => found.isFile(),
      () => false,
    )
  ) {
    throw new CommandError(`${output} is there already`, Exit.cannotStart, { hint: 'name another file' });
  }
  await access(dirname(path), constants.W_OK).catch((cause: unknown) => {
    throw new CommandError(`cannot write ${output}`, Exit.cannotStart, {
      cause,
      hint: 'name a folder that is there and that you may write to',
    });
  });
}

/** What the conversation starts from. */
interface Opening {
  readonly id: string;
  readonly started: Date;
  readonly beginning: Beginning;
}

/** A new screening, one from an answer sheet, or a draft; undefined where the person chose none. */
async function openingOf(
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
  const { answers, skipped, closed, told } = found;
  return { id, started, beginning: { ...beginning, answers, skipped, closed, told, notice } };
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
  if (mode === 'screen') return (await import('../prompts.ts')).chooseDraft(choices, io);
  await writeOut(io.stderr, `${choices.map(({ name }) => name).join('\n')}\n`);
  throw new CommandError('name the draft to go on with', Exit.cannotStart, {
    hint: 'preinfuse screen --plain --resume ID',
  });
}

/** The answers of a sheet. Those in error are not taken: they are named, and asked. */
async function sheetBeginning(file: string, { questionnaire }: LoadedDefinition, io: Io): Promise<Partial<Beginning>> {
  const [{ readAnswers, sheetFields }, { readJson }, { readSource }] = await Promise.all([
    import('../../exchange/answers.ts'),
    import('../../exchange/json.ts'),
    import('../definitions.ts'),
  ]);
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

interface Conversation {
  readonly state: WizardState;
  readonly signal?: 'SIGINT' | 'SIGTERM' | 'SIGHUP';
}

async function converse(
  mode: Mode,
  { id, started, beginning }: Opening,
  { questionnaire, digest }: LoadedDefinition,
  folders: DraftFolders,
  options: ScreenOptions,
  io: Io,
): Promise<Conversation> {
  // Whatever ends this process before the screening has ended, nothing was decided.
  process.exitCode = Exit.stopped;
  const onChange = (before: WizardState, after: WizardState): string | undefined => {
    const { answers, skipped, closed, told } = after;
    if (answers === before.answers && skipped === before.skipped && closed === before.closed && told === before.told)
      return undefined;
    const { used, setAside } = standingOf(questionnaire, answers);
    const aside = new Map([...answers].filter(([linkId]) => setAside.includes(linkId)));
    try {
      const draft = {
        id,
        started,
        saved: io.now(),
        section: sectionReached(after),
        used,
        setAside: aside,
        skipped,
        closed,
        told,
      };
      saveDraft(folders, draft, questionnaire, digest);
      return undefined;
    } catch {
      return 'The draft could not be saved. If this stops now, the answers since then are lost.';
    }
  };
  const words = loadWords(options, io);
  if (mode === 'lines') {
    const { runLineMode } = await import('../line-mode.ts');
    const start = withClinic(begin(beginning, io.now().getTime()), await words());
    if (isTooSmall(io.stderr) && io.stderr.isTTY)
      await writeOut(
        io.stderr,
        `This window is smaller than ${smallest.columns} x ${smallest.rows}, so the questions come line by line.\n`,
      );
    return runLineMode({ start, onChange }, io);
  }
  const [{ runSession }, { paintFor }] = await Promise.all([import('../prompts.ts'), import('../../report/colour.ts')]);
  return runSession(
    {
      start: begin(beginning, io.now().getTime()),
      paint: paintFor({ env: io.env, isTerminal: io.stderr.isTTY === true, isWanted: options.color !== false }),
      isInline: options.inline === true,
      onChange,
      later: (apply) => void words().then((clinic) => apply((state) => withClinic(state, clinic))),
    },
    io,
  );
}

/** The clinic's words. An emergency waits for no file: where they cannot be read there are none. */
function loadWords({ questionnaire }: ScreenOptions, io: Io): () => Promise<ClinicWords> {
  return async () => {
    try {
      return await (await import('../templates.ts')).loadClinicWords(io, questionnaire);
    } catch {
      return {};
    }
  };
}

async function conclude(
  { state, signal }: Conversation,
  opening: Opening,
  definition: LoadedDefinition,
  folders: DraftFolders,
  options: ScreenOptions,
  io: Io,
): Promise<number> {
  if (signal !== undefined || state.ending === 'interrupted') {
    await sayStopped(state, opening.id, 'Stopped', io);
    return signal === 'SIGTERM' || signal === 'SIGHUP' ? Exit.terminated : Exit.interrupted;
  }
  if (state.ending !== 'finished' && state.ending !== 'stopped-in-emergency') {
    await sayStopped(state, opening.id, 'Stopped before the end', io);
    return Exit.stopped;
  }
  return state.ending === 'finished'
    ? finish(state, opening.id, definition, folders, options, io)
    : stopInEmergency(state, opening.id, definition, options, io);
}

async function sayStopped({ answers }: WizardState, id: string, how: string, io: Io): Promise<void> {
  const kept =
    answers.size > 0 ? `${counted(answers.size, 'answer')} saved. Go on with:  preinfuse screen --resume ${id}\n` : '';
  await writeOut(io.stderr, `\n${how}. Nothing was decided.\n${kept}`);
}

const withForm: readonly Disposition[] = ['proceed', 'proceed-with-conditions'];
/** Where a next step needs the answers. The others leave nothing behind. */
const keptFor: readonly Disposition[] = ['emergency', 'defer', 'clinician-review'];

async function finish(
  state: WizardState,
  id: string,
  definition: LoadedDefinition,
  folders: DraftFolders,
  options: ScreenOptions,
  io: Io,
): Promise<number> {
  const { questionnaire } = definition;
  const { used, assessment } = standingOf(questionnaire, state.answers);
  const { disposition } = assessment;
  const form = withForm.includes(disposition)
    ? await makeForm(used, assessment, id, definition, options, io)
    : undefined;
  const isKept = keptFor.includes(disposition) || form instanceof Error;
  const answers = isKept ? keepFinished(folders, id, questionnaire, used) : undefined;
  if (!isKept) removeDraft(folders, id);
  const outcome = {
    disposition,
    id,
    told: toldWords(state.told),
    notReached: 0,
    ...(answers !== undefined && { answers }),
  };
  await writeResult(used, assessment, assessment, outcome, definition, options, io);
  if (options.quiet !== true) await writeOut(io.stderr, keptWords(answers));
  if (form instanceof Error) {
    const hint = form instanceof CommandError && form.hint !== undefined ? `  ${form.hint}\n` : '';
    await writeOut(
      io.stderr,
      `\nThe consent form could not be made: ${form.message}\n${hint}  then: preinfuse consent ${answers} --output FORM.pdf\n`,
    );
    return Exit.cannotStart;
  }
  if (form !== undefined) await writeOut(options.json === true ? io.stderr : io.stdout, `${form}\n`);
  return exitOfDisposition[disposition];
}

async function stopInEmergency(
  state: WizardState,
  id: string,
  definition: LoadedDefinition,
  options: ScreenOptions,
  io: Io,
): Promise<number> {
  const standing = standingOf(definition.questionnaire, state.answers);
  const { used, assessment } = standing;
  const shown: Assessment = { ...assessment, findings: settledFindings(standing), notAsked: [] };
  const outcome = {
    disposition: assessment.disposition,
    id,
    told: toldWords(state.told),
    notReached: assessment.notAsked.length,
  };
  await writeResult(used, assessment, shown, outcome, definition, options, io);
  return exitOfDisposition[assessment.disposition];
}

function keptWords(answers: string | undefined): string {
  if (answers === undefined) return '\nThe draft is removed; nothing else is kept here.\n';
  return `\nThe answers are kept in ${answers}, readable by you alone. Remove the file when it is not needed any more.\n`;
}

function toldWords(told: readonly Told[]): readonly { rules: readonly string[]; who: string; when: string }[] {
  return told.map(({ rules, who, at }) => {
    const time = new Date(at);
    const clock = [time.getHours(), time.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
    return { rules, who: printable(who), when: clock };
  });
}

/** Writes the consent form whole or not at all and gives its path; the error where it cannot be made. */
async function makeForm(
  answers: Answers,
  assessment: Assessment,
  id: string,
  { questionnaire, digest, folder }: LoadedDefinition,
  options: ScreenOptions,
  io: Io,
): Promise<string | Error> {
  const [{ loadConsentKit }, { renderConsent }, { ConsentRefused }, { writeWhole }] = await Promise.all([
    import('../templates.ts'),
    import('../../document/consent.ts'),
    import('../../document/refusal.ts'),
    import('../write-whole.ts'),
  ]);
  try {
    const kit = await loadConsentKit(io, options.questionnaire === undefined ? undefined : folder, { questionnaire });
    const bytes = await renderConsent({
      questionnaire,
      definitionDigest: digest,
      ...kit,
      answers,
      assessment,
      edition: 'standard',
      sha256,
    });
    const path = resolve(io.cwd, options.output ?? `consent-${id}.pdf`);
    await writeWhole(path, bytes);
    const shown = relative(io.cwd, path);
    return shown.startsWith('..') ? path : shown;
  } catch (error) {
    if (error instanceof ConsentRefused) return new CommandError(error.message, Exit.cannotStart, { hint: error.hint });
    if (error instanceof CommandError) return error;
    throw error;
  }
}

/** The result on stdout: one JSON line, or text for people. `shown` is what people see of the assessment. */
async function writeResult(
  answers: Answers,
  assessment: Assessment,
  shown: Assessment,
  outcome: Parameters<typeof import('../../report/terminal.ts').describeOutcome>[0],
  { questionnaire, digest }: LoadedDefinition,
  options: ScreenOptions,
  io: Io,
): Promise<void> {
  if (options.json === true) {
    const { resultOf, screeningDigest } = await import('../../exchange/result.ts');
    const result = resultOf(
      1,
      questionnaire,
      answers,
      assessment,
      screeningDigest(questionnaire, digest, answers, sha256),
    );
    await writeOut(io.stdout, `${JSON.stringify(result)}\n`);
  }
  const out = options.json === true ? io.stderr : io.stdout;
  const [{ describeAssessment }, { describeOutcome }, { paintFor }] = await Promise.all([
    import('../../report/assessment.ts'),
    import('../../report/terminal.ts'),
    import('../../report/colour.ts'),
  ]);
  const paint = paintFor({ env: io.env, isTerminal: out.isTTY === true, isWanted: options.color !== false });
  const columns = Math.max(smallest.columns, Math.min(out.columns ?? 80, 100));
  const clinic = await loadWords(options, io)();
  const lines = [
    ...describeAssessment(questionnaire, answers, shown, { paint, columns, clinic }),
    ...describeOutcome(outcome, paint),
  ];
  await writeOut(out, `${lines.join('\n')}\n`);
}
