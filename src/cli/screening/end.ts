import { relative, resolve } from 'node:path';
import { editsThatCleared } from '../../engine/clearing-edits.ts';
import { resultOf, screeningDigest } from '../../exchange/result.ts';
import type { Answers } from '../../model/answers.ts';
import type { Assessment } from '../../model/assessment.ts';
import { counted } from '../../model/counted.ts';
import { consentForm } from '../../model/disposition.ts';
import type { TeachBack } from '../../model/teach-back.ts';
import type { Saved, StoredCase } from '../../record/cases.ts';
import { describeAssessment } from '../../report/assessment.ts';
import { paintFor } from '../../report/colour.ts';
import { describeOutcome, describeTold, type Outcome } from '../../report/terminal.ts';
import { emergenciesInSight, untold } from '../../wizard/moves.ts';
import type { Told, WizardState } from '../../wizard/state.ts';
import { settledFindings, standingOf } from '../../wizard/steps.ts';
import { openOf, teachBackOf } from '../../wizard/teach-back.ts';
import { hanging, wrap } from '../../wizard/text.ts';
import { smallest } from '../../wizard/view.ts';
import { emergencySteps, ruleOf } from '../../wizard/wording.ts';
import { CommandError, Exit, exitOfDisposition } from '../exit.ts';
import { sha256 } from '../files/source.ts';
import { printable, printableLines, writeOut } from '../files/write-out.ts';
import { formTools } from '../forms/form-key.ts';
import type { ConsentKit } from '../forms/templates.ts';
import type { Io } from '../io.ts';
import { newDraftId } from '../records/drafts.ts';
import { auditHeadOf, type Records } from '../records/record-store.ts';
import { changedElsewhere, toldOf } from '../records/store-problems.ts';
import { type KeptDraft, putBeside } from '../records/stored-drafts.ts';
import { type Conversation, draftOf, type Ending } from './draft.ts';
import { clinicWords, type ScreenOptions } from './opening.ts';

/** Says what came of it, writes the consent form where one is allowed, and gives the exit code. */
export async function conclude({ state, signal, closed }: Conversation, ending: Ending, io: Io): Promise<number> {
  const { keeper, records } = ending;
  const id = foundBy(ending.opening.id, ending.options);
  const kept = await keeper.settled();
  if (kept.changed) return sayChanged(state, kept.changed.now, ending, io);
  if (kept.failure !== undefined) {
    await writeOut(io.stderr, `\nThe last answers could not be saved.\n${reasonOf(kept.failure)}`);
  }
  if (closed === 'idle') {
    const minutes = records.place.clinic.idleMinutes;
    await sayStopped(
      state,
      id,
      kept,
      `Closed: nobody typed for ${minutes === undefined ? 'a while' : counted(minutes, 'minute')}`,
      isEmergency(state) ? ['See the steps with the command below.'] : [],
      io,
    );
    return Exit.stopped;
  }
  if (signal !== undefined || state.ending === 'interrupted') {
    await sayStopped(state, id, kept, 'Stopped', whatToDo(state), io);
    return signal === 'SIGTERM' || signal === 'SIGHUP' ? Exit.terminated : Exit.interrupted;
  }
  switch (state.ending) {
    case 'finished':
      return finish(state, kept.version, ending, io);
    case 'stopped-in-emergency':
      return stopInEmergency(state, ending, io);
    case 'not-yet':
      await sayNotYet(state, id, io);
      return Exit.stopped;
    default:
      await sayStopped(state, id, kept, 'Stopped before the end', whatToDo(state), io);
      return Exit.stopped;
  }
}

/** What the store said, and the way out. */
function reasonOf(failure: unknown): string {
  const told = toldOf(failure);
  return told instanceof CommandError ? printableLines(`  ${told.message}\n  ${told.hint ?? ''}\n`) : '';
}

/** What an emergency asks for, where the answers hold one: the page with its steps is gone with the screen. */
function whatToDo(state: WizardState): readonly string[] {
  const emergencies = emergenciesInSight(state);
  const rules = emergencies.map((id) => ruleOf(state.questionnaire, id));
  if (rules.length === 0) return [];
  return [
    ...rules.flatMap(({ reason }) => wrap(reason, 80)),
    ...emergencySteps(rules, state.clinic).flatMap((step, index) => hanging(`  ${index + 1}  `, step, 80)),
    ...describeTold(toldWords(state.told)),
    ...(untold(state, emergencies).length > 0
      ? ['It was not noted here that anybody was told. Tell the clinician now.']
      : []),
  ];
}

function isEmergency(state: WizardState): boolean {
  return emergenciesInSight(state).length > 0;
}

/** What a later command finds a screening by: its id, and the definition and store where others than the usual ones were named. */
function foundBy(id: string, { questionnaire, store }: ScreenOptions): string {
  const named = { '--questionnaire': questionnaire, '--store': store };
  const given = Object.entries(named).flatMap(([option, value]) => (value === undefined ? [] : [option, word(value)]));
  return [id, ...given].join(' ');
}

/** A text as one word for a shell. */
function word(text: string): string {
  return /^[\w./:@=+-]+$/.test(text) ? text : `'${printable(text).replaceAll("'", "'\\''")}'`;
}

/** `toDo` is what an emergency asks for: on a screen that was left alone it names no answer. */
async function sayStopped(
  state: WizardState,
  id: string,
  { version }: KeptDraft,
  how: string,
  toDo: readonly string[],
  io: Io,
): Promise<void> {
  const { answers } = state;
  const outcome = isEmergency(state)
    ? `The screening is not finished, and its result so far is EMERGENCY: act now.\n${printableLines(toDo.join('\n'))}`
    : 'Nothing was decided.';
  const kept = `${counted(answers.size, 'answer')} saved. Go on with:  preinfuse screen --resume ${id}\n`;
  await writeOut(io.stderr, `\n${how}. ${outcome}\n${answers.size > 0 && version > 0 ? kept : ''}`);
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

/** Another desk went on with this draft: what was typed here becomes a draft of its own, beside it. */
async function sayChanged(state: WizardState, now: StoredCase | undefined, ending: Ending, io: Io): Promise<number> {
  const beside = newDraftId();
  const { message } = changedElsewhere(ending.opening.id, now);
  await putBeside(ending.records, beside, draftOf(state, ending, io));
  await writeOut(
    io.stderr,
    `\n${printable(message)}.\nNothing was decided. The answers typed here are kept as a draft of their own:\n` +
      `  preinfuse screen --resume ${foundBy(beside, ending.options)}\n`,
  );
  return Exit.changed;
}

async function finish(state: WizardState, version: number, ending: Ending, io: Io): Promise<number> {
  const { opening, definition, options } = ending;
  const { id } = opening;
  const { used, assessment } = standingOf(definition.questionnaire, state.answers);
  const { disposition } = assessment;
  const teachBack = teachBackOf(state);
  const completed = await complete(state, version, used, assessment, teachBack, ending, io);
  if (completed?.is === 'changed') return sayChanged(state, completed.now, ending, io);
  const form =
    consentForm[disposition] === 'always'
      ? await makeForm(used, assessment, teachBack, completed?.version, ending, io)
      : undefined;
  const isKept = completed !== undefined;
  const again = foundBy(id, options);
  const outcome = { disposition, id: again, told: toldWords(state.told), notReached: 0, isKept };
  await writeResult(used, assessment, assessment, outcome, ending, io);
  if (options.quiet !== true) await writeOut(io.stderr, keptWords(id, again, isKept));
  if (form instanceof CommandError) {
    await sayNoForm(form, again, io);
    return form.exit;
  }
  if (form !== undefined) await writeOut(options.json === true ? io.stderr : io.stdout, `${printable(form)}\n`);
  return exitOfDisposition[disposition];
}

/** Makes the draft a record; undefined where it could not be kept: the result is not held up by that. */
async function complete(
  state: WizardState,
  version: number,
  answers: Answers,
  assessment: Assessment,
  teachBack: TeachBack | undefined,
  { opening, definition, records }: Ending,
  io: Io,
): Promise<Saved | undefined> {
  const { completeScreening } = await import('../records/stored-records.ts');
  const { id, started, earlier, edits } = opening;
  try {
    return await completeScreening(records, definition, {
      id,
      version,
      started,
      completed: io.now(),
      answers,
      earlier,
      disposition: assessment.disposition,
      edits: editsThatCleared(edits, assessment),
      told: state.told,
      teachBack,
      today: opening.beginning.today,
    });
  } catch (failure) {
    await writeOut(io.stderr, `\nThe screening could not be made a record.\n${reasonOf(failure)}`);
    return undefined;
  }
}

async function sayNoForm({ message, hint }: CommandError, id: string, io: Io): Promise<void> {
  const way = hint === undefined ? '' : `  ${hint}\n`;
  const again = `  then: preinfuse consent ${id} --output FORM.pdf\n`;
  await writeOut(io.stderr, printableLines(`\nThe consent form could not be made: ${message}\n${way}${again}`));
}

/** The result while the rest was never asked: what is settled, and how much is not. */
async function stopInEmergency(state: WizardState, ending: Ending, io: Io): Promise<number> {
  const standing = standingOf(ending.definition.questionnaire, state.answers);
  const { used, assessment } = standing;
  const shown: Assessment = { ...assessment, findings: settledFindings(standing), notAsked: [] };
  const { disposition, notAsked } = assessment;
  const id = foundBy(ending.opening.id, ending.options);
  const outcome = { disposition, id, told: toldWords(state.told), notReached: notAsked.length, isKept: true };
  await writeResult(used, assessment, shown, outcome, ending, io);
  return exitOfDisposition[disposition];
}

function keptWords(id: string, again: string, isKept: boolean): string {
  if (!isKept)
    return '\nThe screening could not be kept in the store. Its draft may be there: preinfuse screen --resume\n';
  return `\nThe screening is kept, sealed, as ${id}: preinfuse records show ${again}\n`;
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
  version: number | undefined,
  { opening, definition, records, seal, options }: Ending,
  io: Io,
): Promise<string | CommandError> {
  const { id } = opening;
  const { questionnaire, digest } = definition;
  const [{ kitChooser, loadConsentKit }, { renderConsent }, { ConsentRefused }, { writeWhole }] = await Promise.all([
    import('../forms/templates.ts'),
    import('../../document/consent.ts'),
    import('../../document/refusal.ts'),
    import('../files/write-whole.ts'),
  ]);
  try {
    const choose = kitChooser(
      (language) => loadConsentKit(io, options.questionnaire, { definition, language }),
      options.language,
    );
    const { kit, note } = await choose(answers);
    if (note !== undefined && options.quiet !== true) await writeOut(io.stderr, `${note}\n`);
    const tools = await formTools(kit, io);
    const request = {
      questionnaire,
      definitionDigest: digest,
      ...kit,
      answers,
      assessment,
      ...(teachBack && { teachBack }),
      ...(seal && { seal }),
      ...(version !== undefined && { auditHead: await auditHeadOf(records.store) }),
      ...tools,
    };
    const bytes = await renderConsent({ ...request, edition: 'standard' });
    const path = resolve(io.cwd, options.output ?? `consent-${id}.pdf`);
    await writeWhole(path, bytes);
    if (version !== undefined) await keepIssued(records, id, kit, bytes, io);
    const shown = relative(io.cwd, path);
    return shown.startsWith('..') ? path : shown;
  } catch (error) {
    if (error instanceof ConsentRefused) return new CommandError(error.message, Exit.cannotStart, { hint: error.hint });
    if (error instanceof CommandError) return error;
    throw error;
  }
}

/** The form is made and given: that the store could not note it is said, and does not take it back. */
async function keepIssued(records: Records, id: string, kit: ConsentKit, bytes: Uint8Array, io: Io): Promise<void> {
  const { caseOf, noteIssued } = await import('../records/stored-records.ts');
  try {
    await noteIssued(records, await caseOf(records, id), kit, bytes, io);
  } catch {
    await writeOut(io.stderr, '\nThat the form was issued could not be kept in the store.\n');
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
