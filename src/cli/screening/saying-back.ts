import { openQuestions, teachBackFor } from '../../engine/teach-back.ts';
import type { Answers } from '../../model/answers.ts';
import type { Assessment } from '../../model/assessment.ts';
import type { DayNumber } from '../../model/local-date.ts';
import type { TeachBack } from '../../model/teach-back.ts';
import type { WizardState } from '../../wizard/state.ts';
import { sayBack, teachBackOf } from '../../wizard/teach-back.ts';
import { withClinic } from '../../wizard/update.ts';
import type { LoadedDefinition } from '../definitions/definitions.ts';
import { CommandError, Exit } from '../exit.ts';
import { loadPatientQuestions } from '../forms/templates.ts';
import type { Io, StopSignal } from '../io.ts';
import type { SessionEnd } from '../prompts.ts';
import { clinicWords } from './opening.ts';
import { type SessionWatch, watchOver } from './session-watch.ts';
import { terminalMode } from './terminal-mode.ts';

/** A screening that a form is about to be made of. */
export interface ToSayBack {
  readonly definition: LoadedDefinition;
  readonly answers: Answers;
  readonly assessment: Assessment;
  readonly visit: DayNumber;
  /** What came of the questions before. */
  readonly teachBack?: TeachBack;
  /** Of the form. */
  readonly language: string;
}

export interface SayBackOptions {
  readonly questionnaire?: string;
  /** False for `--no-color`. */
  readonly color?: boolean;
}

/**
 * Asks what the patient can say in their own words, on the pages of the wizard, where that is still open, and gives what
 * came of it. Stopped, or with nobody there for `idleMinutes`: a CommandError, and nothing is made or kept.
 */
export async function askToSayBack(
  { definition, answers, assessment, visit, teachBack: kept, language }: ToSayBack,
  idleMinutes: number | undefined,
  options: SayBackOptions,
  io: Io,
): Promise<TeachBack | undefined> {
  const { questions, patientWords } = await loadPatientQuestions(io, options.questionnaire, { definition, language });
  const asked = teachBackFor(questions, assessment);
  if (openQuestions(asked, kept ?? { outcomes: [] }).length === 0) return kept;
  const { questionnaire } = definition;
  const outcomes = (kept?.outcomes ?? []).map(({ question, outcome }) => [question, outcome] as const);
  const start = sayBack({ questionnaire, today: visit, answers, asked, patientWords, outcomes }, io.now().getTime());
  const words = await clinicWords(options.questionnaire, io);
  return teachBackOf(await converse(withClinic(start, words), idleMinutes, options, io));
}

async function converse(
  start: WizardState,
  idleMinutes: number | undefined,
  options: SayBackOptions,
  io: Io,
): Promise<WizardState> {
  const watch = watchOver(idleMinutes);
  watch.touch();
  try {
    const { state, signal } =
      terminalMode(io) === 'lines'
        ? await (await import('./line-mode.ts')).runLineMode(
            { start, closing: watch.closing, onKey: watch.touch, onChange: async () => undefined },
            io,
          )
        : await onScreen(start, watch, options, io);
    if (state.ending === 'finished' || state.ending === 'not-yet') return state;
    throw stopped(watch.why(), signal ?? (state.ending === 'interrupted' ? 'SIGINT' : undefined));
  } finally {
    watch.stop();
  }
}

async function onScreen(
  start: WizardState,
  watch: SessionWatch,
  { color }: SayBackOptions,
  io: Io,
): Promise<SessionEnd> {
  const [{ runSession }, { paintFor }] = await Promise.all([import('../prompts.ts'), import('../../report/colour.ts')]);
  return runSession(
    {
      start,
      paint: paintFor({ env: io.env, isTerminal: true, isWanted: color !== false }),
      isInline: false,
      closing: watch.closing,
      onKey: watch.touch,
      onChange: () => undefined,
      saving: () => undefined,
      later: () => undefined,
    },
    io,
  );
}

function stopped(closed: string | undefined, signal: StopSignal | undefined): CommandError {
  const why = closed === undefined ? 'stopped' : 'closed: nobody typed for a while';
  const exit = signal === undefined ? Exit.stopped : signal === 'SIGINT' ? Exit.interrupted : Exit.terminated;
  return new CommandError(`${why}; there is no consent form, and nothing was kept`, exit, {
    hint: 'the same command asks again; with --no-input the form has boxes, to be asked and ticked by hand',
  });
}
