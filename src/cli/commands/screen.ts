import { access, constants } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { clearingEdits } from '../../engine/clearing-edits.ts';
import type { Answers } from '../../model/answers.ts';
import { refuseBehind } from '../../record/store.ts';
import { begin } from '../../wizard/moves.ts';
import type { WizardState } from '../../wizard/state.ts';
import { standingOf } from '../../wizard/steps.ts';
import { withQuestions } from '../../wizard/teach-back.ts';
import { withClinic } from '../../wizard/update.ts';
import { smallest } from '../../wizard/view.ts';
import { type LoadedDefinition, loadDefinition } from '../definitions/definitions.ts';
import { CommandError, Exit } from '../exit.ts';
import { writeOut } from '../files/write-out.ts';
import { refuseFile } from '../files/write-whole.ts';
import type { Seal } from '../forms/seal.ts';
import type { Io } from '../io.ts';
import { openForReview, openRecords, type Records, withRecords } from '../records/record-store.ts';
import { draftKeeper, readyToSave, takeOverOldDrafts } from '../records/stored-drafts.ts';
import { type Conversation, draftOf, type Ending } from '../screening/draft.ts';
import { clinicWords, type Opening, openingOf, patientQuestions, type ScreenOptions } from '../screening/opening.ts';
import { type SessionWatch, watchOver } from '../screening/session-watch.ts';
import { isTooSmall, type Mode, terminalMode } from '../screening/terminal-mode.ts';

/**
 * Types one applicant through the questionnaire, then prints what came of it and writes the consent form where one is
 * allowed. Exit 0 is for `proceed` and `proceed-with-conditions` alone: a screening that did not reach its end is 75,
 * 130 or 143 and decides nothing.
 */
export async function screen(options: ScreenOptions, io: Io): Promise<number> {
  const mode = modeOf(options, io);
  await checkOutput(options.output, io);
  const seal = await sealOf(options, io);
  const definition = await loadDefinition(options.questionnaire, io);
  await checkLanguage(options, definition, io);
  const isReview = options.again !== undefined || options.keyFile !== undefined;
  const opening = isReview ? openForReview : openRecords;
  return withRecords(opening(options, io), (records) => screenWith(records, definition, seal, mode, options, io));
}

async function screenWith(
  records: Records,
  definition: LoadedDefinition,
  seal: Seal | undefined,
  mode: Mode,
  options: ScreenOptions,
  io: Io,
): Promise<number> {
  await refuseBehind(records.store);
  const taken = await takeOverOldDrafts(records, io);
  if (taken > 0 && options.quiet !== true) {
    await writeOut(io.stderr, `Drafts that were kept as files are in the store now: ${taken}\n`);
  }
  const opening = await openingOf(options, definition, records, mode, io);
  if (!opening) throw new CommandError('stopped; no draft was chosen', Exit.interrupted);
  await readyToSave(records);
  const watch = watchOver(records.place.clinic.idleMinutes);
  const keeper = draftKeeper(records, opening, {
    failed: () => watch.tell(notSaved),
    changed: () => watch.close('changed'),
  });
  const ending: Ending = { opening, definition, records, keeper, mode, seal, options };
  const conversation = await failingClosed(() => converse(opening, ending, watch, io));
  return (await import('../screening/end.ts')).conclude(conversation, ending, io);
}

/** How to ask; a CommandError with exit 2 where nobody can be asked. */
function modeOf(options: ScreenOptions, io: Io): Mode {
  const { stdin, stderr } = io;
  const hint = 'use preinfuse evaluate FILE for an answer sheet; --answers FILE starts the questions from one';
  if (options.input === false) {
    throw new CommandError('screen asks questions, and --no-input forbids it', Exit.cannotStart, { hint });
  }
  if (options.plain === true) return 'lines';
  if (!stdin.isTTY || !stderr.isTTY) {
    throw new CommandError('screen needs a terminal to ask its questions', Exit.cannotStart, {
      hint: `${hint}; --plain reads lines`,
    });
  }
  return terminalMode(io);
}

/** What seals the form, opened before the first question. */
async function sealOf(options: ScreenOptions, io: Io): Promise<Seal | undefined> {
  if (options.seal === undefined && options.sealPassphraseFile === undefined) return undefined;
  return (await import('../forms/seal.ts')).loadSeal(options, true, io);
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
  await refuseFile(path, output, 'name another file');
  await access(dirname(path), constants.W_OK).catch((cause: unknown) => {
    const hint = 'name a folder that is there and that you may write to';
    throw new CommandError(`cannot write ${output}`, Exit.cannotStart, { cause, hint });
  });
}

/** The same for a form in a language that was named. */
async function checkLanguage(
  { questionnaire, language }: ScreenOptions,
  definition: LoadedDefinition,
  io: Io,
): Promise<void> {
  if (language === undefined) return;
  await (await import('../forms/templates.ts')).refuseLanguage(io, questionnaire, { definition, language });
}

/** Whatever ends the process while `work` is under way, nothing was decided and its exit code says so. */
async function failingClosed<T>(work: () => Promise<T>): Promise<T> {
  const before = process.exitCode;
  process.exitCode = Exit.stopped;
  try {
    return await work();
  } finally {
    process.exitCode = before;
  }
}

async function converse(opening: Opening, ending: Ending, watch: SessionWatch, io: Io): Promise<Conversation> {
  watch.touch();
  const start = begin(opening.beginning, io.now().getTime());
  const isGiven = opening.version === 0 && (opening.beginning.answers?.size ?? 0) > 0;
  // What a sheet or an earlier screening gave is kept as what is typed is.
  if (isGiven) ending.keeper.save(draftOf(start, ending, io));
  try {
    const conversation = await (ending.mode === 'lines' ? inLines : onScreen)(start, ending, watch, io);
    const closed = watch.why();
    return { ...conversation, ...(closed && { closed }) };
  } finally {
    watch.stop();
  }
}

async function inLines(start: WizardState, ending: Ending, watch: SessionWatch, io: Io): Promise<Conversation> {
  if (io.stderr.isTTY && isTooSmall(io.stderr)) {
    await writeOut(
      io.stderr,
      `This window is smaller than ${smallest.columns} x ${smallest.rows}, so the questions come line by line.\n`,
    );
  }
  const { options, definition, keeper } = ending;
  const { runLineMode } = await import('../screening/line-mode.ts');
  const [words, { questions, patientWords }] = await Promise.all([
    clinicWords(options.questionnaire, io),
    patientQuestions(options, definition, io),
  ]);
  return runLineMode(
    {
      start: withQuestions(withClinic(start, words), questions, start.changedAt, patientWords),
      closing: watch.closing,
      onKey: watch.touch,
      async onChange(before, after) {
        if (!keepDraft(before, after, ending, io)) return undefined;
        return (await keeper.settled()).failure === undefined ? undefined : notSaved;
      },
    },
    io,
  );
}

async function onScreen(start: WizardState, ending: Ending, watch: SessionWatch, io: Io): Promise<Conversation> {
  const { options, definition } = ending;
  const [{ runSession }, { paintFor }] = await Promise.all([import('../prompts.ts'), import('../../report/colour.ts')]);
  const paint = paintFor({ env: io.env, isTerminal: io.stderr.isTTY === true, isWanted: options.color !== false });
  return runSession(
    {
      start,
      paint,
      isInline: options.inline === true,
      closing: watch.closing,
      onKey: watch.touch,
      onChange: (before, after) => void keepDraft(before, after, ending, io),
      saving: () => ending.keeper.underWay(),
      later: (apply) => {
        watch.listen((problem) => apply((state) => ({ ...state, problem })));
        void clinicWords(options.questionnaire, io).then((words) => apply((state) => withClinic(state, words)));
        void patientQuestions(options, definition, io).then(({ questions, patientWords }) =>
          apply((state) => withQuestions(state, questions, io.now().getTime(), patientWords)),
        );
      },
    },
    io,
  );
}

const notSaved = 'The draft could not be saved. If this stops now, the answers since the last save are lost.';

/** Notes edits after which something no longer stands in the way, for whoever reviews. */
function noteEdits(before: WizardState, after: WizardState, { opening, definition }: Ending, io: Io): void {
  if (after.answers === before.answers) return;
  const usedIn = ({ answers }: WizardState): Answers => standingOf(definition.questionnaire, answers).used;
  opening.edits.push(...clearingEdits(definition.questionnaire, usedIn(before), usedIn(after), io.now().getTime()));
}

/** Has the draft saved where a key changed what belongs in it; false where nothing did. */
function keepDraft(before: WizardState, after: WizardState, ending: Ending, io: Io): boolean {
  const isSame =
    after.answers === before.answers &&
    after.skipped === before.skipped &&
    after.closed === before.closed &&
    after.told === before.told &&
    after.outcomes === before.outcomes;
  if (isSame) return false;
  noteEdits(before, after, ending, io);
  ending.keeper.save(draftOf(after, ending, io));
  return true;
}
