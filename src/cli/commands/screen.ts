import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { begin } from '../../wizard/moves.ts';
import type { WizardState } from '../../wizard/state.ts';
import { standingOf } from '../../wizard/steps.ts';
import { withQuestions } from '../../wizard/teach-back.ts';
import { withClinic } from '../../wizard/update.ts';
import { smallest } from '../../wizard/view.ts';
import { sectionReached } from '../../wizard/view-ask.ts';
import { loadDefinition } from '../definitions.ts';
import { draftFolders, saveDraft } from '../drafts.ts';
import { CommandError, Exit } from '../exit.ts';
import type { Io, Output } from '../io.ts';
import type { Conversation, Ending } from '../screening-end.ts';
import {
  clinicWords,
  type Mode,
  type Opening,
  openingOf,
  patientQuestions,
  type ScreenOptions,
} from '../screening-opening.ts';
import type { Seal } from '../seal.ts';
import { writeOut } from '../write-out.ts';

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
  const folders = draftFolders(io.env);
  const opening = await openingOf(options, definition, folders, mode, io);
  if (!opening) return Exit.stopped;
  const ending: Ending = { id: opening.id, definition, folders, mode, seal, options };
  const conversation = await failingClosed(() => converse(opening, ending, io));
  return (await import('../screening-end.ts')).conclude(conversation, ending, io);
}

/** How to ask; a CommandError with exit 2 where nobody can be asked. */
function modeOf(options: ScreenOptions, { stdin, stderr, env }: Io): Mode {
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
  const isAsked = [env.PREINFUSE_PLAIN, env.ACCESSIBLE].some(
    (value) => value !== undefined && value !== '' && value !== '0',
  );
  return isAsked || env.TERM === 'dumb' || isTooSmall(stderr) ? 'lines' : 'screen';
}

/** True for a window that the questions do not fit in. */
function isTooSmall({ columns, rows }: Output): boolean {
  return (columns || smallest.columns) < smallest.columns || (rows || smallest.rows) < smallest.rows;
}

/** What seals the form, opened before the first question. */
async function sealOf(options: ScreenOptions, io: Io): Promise<Seal | undefined> {
  if (options.seal === undefined && options.sealPassphraseFile === undefined) return undefined;
  return (await import('../seal.ts')).loadSeal(options, true, io);
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
  const isThere = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isThere) throw new CommandError(`${output} is there already`, Exit.cannotStart, { hint: 'name another file' });
  await access(dirname(path), constants.W_OK).catch((cause: unknown) => {
    const hint = 'name a folder that is there and that you may write to';
    throw new CommandError(`cannot write ${output}`, Exit.cannotStart, { cause, hint });
  });
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

async function converse(opening: Opening, ending: Ending, io: Io): Promise<Conversation> {
  const { mode, options } = ending;
  const onChange = (before: WizardState, after: WizardState): string | undefined =>
    keepDraft(before, after, opening, ending, io);
  const start = begin(opening.beginning, io.now().getTime());
  if (mode === 'lines') {
    if (io.stderr.isTTY && isTooSmall(io.stderr)) {
      await writeOut(
        io.stderr,
        `This window is smaller than ${smallest.columns} x ${smallest.rows}, so the questions come line by line.\n`,
      );
    }
    const { runLineMode } = await import('../line-mode.ts');
    const [words, questions] = await Promise.all([
      clinicWords(options.questionnaire, io),
      patientQuestions(options.questionnaire, ending.definition, io),
    ]);
    return runLineMode({ start: withQuestions(withClinic(start, words), questions, start.changedAt), onChange }, io);
  }
  const [{ runSession }, { paintFor }] = await Promise.all([import('../prompts.ts'), import('../../report/colour.ts')]);
  const paint = paintFor({ env: io.env, isTerminal: io.stderr.isTTY === true, isWanted: options.color !== false });
  return runSession(
    {
      start,
      paint,
      isInline: options.inline === true,
      onChange,
      later: (apply) => {
        void clinicWords(options.questionnaire, io).then((words) => apply((state) => withClinic(state, words)));
        void patientQuestions(options.questionnaire, ending.definition, io).then((questions) =>
          apply((state) => withQuestions(state, questions, io.now().getTime())),
        );
      },
    },
    io,
  );
}

/** Saves the draft where a key changed what belongs in it. Says so where that fails: the screening goes on. */
function keepDraft(
  before: WizardState,
  after: WizardState,
  { id, started }: Opening,
  { definition, folders }: Ending,
  io: Io,
): string | undefined {
  const { answers, skipped, closed, told, outcomes } = after;
  const isSame =
    answers === before.answers &&
    skipped === before.skipped &&
    closed === before.closed &&
    told === before.told &&
    outcomes === before.outcomes;
  if (isSame) return undefined;
  const { used, setAside } = standingOf(definition.questionnaire, answers);
  const aside = new Map([...answers].filter(([linkId]) => setAside.includes(linkId)));
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
    outcomes,
  };
  try {
    saveDraft(folders, draft, definition.questionnaire, definition.digest);
    return undefined;
  } catch {
    return 'The draft could not be saved. If this stops now, the answers since the last save are lost.';
  }
}
