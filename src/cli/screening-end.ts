import { relative, resolve } from 'node:path';
import { resultOf, screeningDigest } from '../exchange/result.ts';
import type { Answers } from '../model/answers.ts';
import type { Assessment } from '../model/assessment.ts';
import { consentForm, type Disposition } from '../model/disposition.ts';
import type { TeachBack } from '../model/teach-back.ts';
import { describeAssessment } from '../report/assessment.ts';
import { paintFor } from '../report/colour.ts';
import { describeOutcome, type Outcome } from '../report/terminal.ts';
import type { Told, WizardState } from '../wizard/state.ts';
import { settledFindings, standingOf } from '../wizard/steps.ts';
import { openOf, teachBackOf } from '../wizard/teach-back.ts';
import { counted } from '../wizard/text.ts';
import { smallest } from '../wizard/view.ts';
import type { LoadedDefinition } from './definitions.ts';
import { type DraftFolders, keepFinished, keepTeachBack, removeDraft } from './drafts.ts';
import { CommandError, Exit, exitOfDisposition } from './exit.ts';
import { formTools } from './form-key.ts';
import type { Io } from './io.ts';
import { clinicWords, type Mode, type ScreenOptions } from './screening-opening.ts';
import type { Seal } from './seal.ts';
import { sha256 } from './source.ts';
import { printable, writeOut } from './write-out.ts';

/** How a conversation ended; `signal` where something outside ended it. */
export interface Conversation {
  readonly state: WizardState;
  readonly signal?: 'SIGINT' | 'SIGTERM' | 'SIGHUP';
}

/** What the end of a screening needs beside its answers. */
export interface Ending {
  readonly id: string;
  readonly definition: LoadedDefinition;
  readonly folders: DraftFolders;
  readonly mode: Mode;
  /** For the consent form. */
  readonly seal?: Seal | undefined;
  readonly options: ScreenOptions;
}

/** Says what came of it, writes the consent form where one is allowed, and gives the exit code. */
export async function conclude({ state, signal }: Conversation, ending: Ending, io: Io): Promise<number> {
  if (signal !== undefined || state.ending === 'interrupted') {
    await sayStopped(state, ending.id, 'Stopped', io);
    return signal === 'SIGTERM' || signal === 'SIGHUP' ? Exit.terminated : Exit.interrupted;
  }
  switch (state.ending) {
    case 'finished':
      return finish(state, ending, io);
    case 'stopped-in-emergency':
      return stopInEmergency(state, ending, io);
    case 'not-yet':
      await sayNotYet(state, ending.id, io);
      return Exit.stopped;
    default:
      await sayStopped(state, ending.id, 'Stopped before the end', io);
      return Exit.stopped;
  }
}

async function sayStopped({ answers }: WizardState, id: string, how: string, io: Io): Promise<void> {
  const kept = `${counted(answers.size, 'answer')} saved. Go on with:  preinfuse screen --resume ${id}\n`;
  await writeOut(io.stderr, `\n${how}. Nothing was decided.\n${answers.size > 0 ? kept : ''}`);
}

async function sayNotYet(state: WizardState, id: string, io: Io): Promise<void> {
  const open = openOf(state).map(({ title }) => `  ${printable(title)}\n`);
  await writeOut(
    io.stderr,
    `\nNo consent form yet. The patient cannot yet say in their own words:\n${open.join('')}` +
      '\nExplain it another way, give it time, and ask again with:\n' +
      `  preinfuse screen --resume ${id}\n` +
      'Nothing was decided. The screening is kept.\n',
  );
}

/** Where a next step needs the answers. The others leave nothing behind. */
const keptFor: readonly Disposition[] = ['emergency', 'defer', 'clinician-review'];

async function finish(state: WizardState, ending: Ending, io: Io): Promise<number> {
  const { id, definition, folders, options } = ending;
  const { used, assessment } = standingOf(definition.questionnaire, state.answers);
  const { disposition } = assessment;
  const teachBack = teachBackOf(state);
  const form =
    consentForm[disposition] === 'always' ? await makeForm(used, assessment, teachBack, ending, io) : undefined;
  const isKept = keptFor.includes(disposition) || form instanceof CommandError;
  const answers = isKept ? kept(used, ending) : undefined;
  if (!isKept) removeDraft(folders, id);
  const outcome = { disposition, id, told: toldWords(state.told), notReached: 0, ...(answers && { answers }) };
  await writeResult(used, assessment, assessment, outcome, ending, io);
  if (options.quiet !== true) await writeOut(io.stderr, keptWords(answers, isKept));
  if (form instanceof CommandError) {
    await sayNoForm(form, answers ?? '', keptTeachBack(teachBack, ending), io);
    return form.exit;
  }
  if (form !== undefined) await writeOut(options.json === true ? io.stderr : io.stdout, `${form}\n`);
  return exitOfDisposition[disposition];
}

async function sayNoForm(
  { message, hint }: CommandError,
  answers: string,
  teachBack: string | undefined,
  io: Io,
): Promise<void> {
  const way = hint === undefined ? '' : `  ${hint}\n`;
  const said = teachBack === undefined ? '' : ` --teach-back ${teachBack}`;
  const again = `  then: preinfuse consent ${answers}${said} --output FORM.pdf\n`;
  await writeOut(io.stderr, `\nThe consent form could not be made: ${message}\n${way}${again}`);
}

/** The result while the rest was never asked: what is settled, and how much is not. */
async function stopInEmergency(state: WizardState, ending: Ending, io: Io): Promise<number> {
  const standing = standingOf(ending.definition.questionnaire, state.answers);
  const { used, assessment } = standing;
  const shown: Assessment = { ...assessment, findings: settledFindings(standing), notAsked: [] };
  const { disposition, notAsked } = assessment;
  const outcome = { disposition, id: ending.id, told: toldWords(state.told), notReached: notAsked.length };
  await writeResult(used, assessment, shown, outcome, ending, io);
  return exitOfDisposition[disposition];
}

/** Path of the answers as a sheet; undefined where they could not be written: the result is not held up by that. */
function kept(used: Answers, { id, definition, folders }: Ending): string | undefined {
  try {
    return keepFinished(folders, id, definition.questionnaire, used);
  } catch {
    return undefined;
  }
}

/** Path of what came of the questions to the patient; undefined where none was asked, or it could not be written. */
function keptTeachBack(teachBack: TeachBack | undefined, { id, folders }: Ending): string | undefined {
  try {
    return teachBack && keepTeachBack(folders, id, teachBack);
  } catch {
    return undefined;
  }
}

function keptWords(answers: string | undefined, isKept: boolean): string {
  if (answers === undefined && isKept) return '\nThe answers could not be kept: there is no place to write them to.\n';
  if (answers === undefined) return '\nThe draft is removed; nothing else is kept here.\n';
  return `\nThe answers are kept, readable by you alone. Remove the file when nobody needs it:\n${answers}\n`;
}

function toldWords(told: readonly Told[]): Outcome['told'] {
  return told.map(({ rules, who, at }) => {
    const time = new Date(at);
    const clock = [time.getHours(), time.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
    return { rules, who: printable(who), when: clock };
  });
}

/** Writes the consent form whole or not at all and gives its path; why, where it cannot be made. */
async function makeForm(
  answers: Answers,
  assessment: Assessment,
  teachBack: TeachBack | undefined,
  { id, definition, options, seal }: Ending,
  io: Io,
): Promise<string | CommandError> {
  const { questionnaire, digest } = definition;
  const [{ kitChooser, loadConsentKit }, { renderConsent }, { ConsentRefused }, { writeWhole }] = await Promise.all([
    import('./templates.ts'),
    import('../document/consent.ts'),
    import('../document/refusal.ts'),
    import('./write-whole.ts'),
  ]);
  try {
    const choose = kitChooser(
      (language) => loadConsentKit(io, options.questionnaire, { definition, language }),
      options.language,
      (line) => writeOut(io.stderr, `${line}\n`).then(() => undefined),
    );
    const kit = await choose(answers);
    const tools = await formTools(kit, io);
    const request = {
      questionnaire,
      definitionDigest: digest,
      ...kit,
      answers,
      assessment,
      ...(teachBack && { teachBack }),
      ...(seal && { seal }),
      ...tools,
    };
    const bytes = await renderConsent({ ...request, edition: 'standard' });
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
  outcome: Outcome,
  { definition: { questionnaire, digest }, mode, options }: Ending,
  io: Io,
): Promise<void> {
  if (options.json === true) {
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
  const isWanted = options.color !== false && mode === 'screen';
  const paint = paintFor({ env: io.env, isTerminal: out.isTTY === true, isWanted });
  const columns = Math.max(smallest.columns, Math.min(out.columns ?? 80, 100));
  const clinic = await clinicWords(options.questionnaire, io);
  const lines = [
    ...describeAssessment(questionnaire, answers, shown, { paint, columns, clinic }),
    ...describeOutcome(outcome, paint),
  ];
  await writeOut(out, `${lines.join('\n')}\n`);
}
