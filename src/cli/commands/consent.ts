import { resolve } from 'node:path';
import { ConsentRefused, refusalOf } from '../../document/refusal.ts';
import { assessorOf } from '../../engine/compile.ts';
import { teachBackFor, teachBackQuestions } from '../../engine/teach-back.ts';
import type { Answers } from '../../model/answers.ts';
import type { Assessment } from '../../model/assessment.ts';
import type { Clearance } from '../../model/clearance.ts';
import { counted } from '../../model/counted.ts';
import { consentForm } from '../../model/disposition.ts';
import { type DayNumber, formatDate, parseDate } from '../../model/local-date.ts';
import type { TeachBack } from '../../model/teach-back.ts';
import type { TeachBackBlock } from '../../model/template.ts';
import { type LoadedDefinition, loadDefinition } from '../definitions/definitions.ts';
import { CommandError, Exit, type ExitCode, exitOfDisposition } from '../exit.ts';
import { loadAnswers } from '../files/answer-sheet.ts';
import { isThere, readSource } from '../files/read-source.ts';
import { dayHere, visitDay } from '../files/source.ts';
import { tellWritten, writeOut } from '../files/write-out.ts';
import { openWhole, refuseFile } from '../files/write-whole.ts';
import { type FormTools, formTools } from '../forms/form-key.ts';
import { loadSeal, type Seal, type SealOptions } from '../forms/seal.ts';
import { type ConsentKit, invalidNote, kitChooser, loadConsentKit } from '../forms/templates.ts';
import type { Io } from '../io.ts';
import { loadClearance } from '../records/clearances.ts';
import { readDraftId } from '../records/drafts.ts';

export interface ConsentOptions extends SealOptions {
  readonly output?: string;
  readonly language?: string;
  readonly largePrint?: boolean;
  readonly fillable?: boolean;
  readonly embed?: boolean;
  readonly clearance?: string;
  readonly teachBack?: string;
  readonly questionnaire?: string;
  readonly on?: string;
  readonly force?: boolean;
  readonly store?: string;
  readonly keyFile?: string;
  /** False for `--no-input`. */
  readonly input?: boolean;
  /** False for `--no-color`. */
  readonly color?: boolean;
  readonly quiet?: boolean;
}

/**
 * Writes the consent form for an answer sheet (`-` is standard input) or a stored record (by its id) to `output` (default
 * standard output), whole or not at all, and says which file. A screening that may have none ends with the exit code of its disposition. For a record
 * it is kept that the form was issued; answers that are past their time stand in its way. On a terminal the patient is
 * asked first what nobody asked them yet: the questions to say back in their own words.
 */
export async function consent(source: string, options: ConsentOptions, io: Io): Promise<number> {
  const target = await targetOf(options, io);
  const seal = await loadSeal(options, source !== '-', io);
  const definition = await loadDefinition(options.questionnaire, io);
  const first = await loadConsentKit(io, options.questionnaire, { definition, language: options.language ?? 'en' });
  const id = readDraftId(source);
  const isRecord = id !== undefined && !isThere(resolve(io.cwd, source));
  const telling = isRecord ? `preinfuse records show ${id}` : 'preinfuse evaluate';
  const making: Making = { target, seal, definition, first, telling, options };
  return isRecord ? forRecord(source, making, io) : forSheet(source, making, io);
}

/** What every form of one call is made with. */
interface Making {
  readonly target: string | undefined;
  readonly seal: Awaited<ReturnType<typeof loadSeal>>;
  readonly definition: LoadedDefinition;
  /** The kit of the language that was named, else of English. */
  readonly first: ConsentKit;
  /** The command that tells why there is no form. */
  readonly telling: string;
  readonly options: ConsentOptions;
}

async function forSheet(source: string, making: Making, io: Io): Promise<number> {
  const { definition, options } = making;
  const { questionnaire } = definition;
  const answers = await loadAnswers(source, questionnaire, visitDay(options.on, io), io);
  const clearance = await clearanceIn(options, io);
  // Reading the sheet made the questionnaire ready.
  const assessment = assessorOf(questionnaire).assess(answers);
  const { bytes } = await make({ answers, assessment, clearance }, making, io);
  return put(bytes, making, io);
}

async function forRecord(id: string, making: Making, io: Io): Promise<number> {
  const { definition, options } = making;
  const { questionnaire, digest } = definition;
  const [
    { auditHeadOf, openForReview, withRecords },
    { openRecord, addClearance, isDecidedByAnother, noteIssued, pastTime, refuseOtherTime },
    { assessOn },
  ] = await Promise.all([
    import('../records/record-store.ts'),
    import('../records/stored-records.ts'),
    import('../../engine/validity.ts'),
  ]);
  const newClearance = await clearanceIn(options, io);
  return withRecords(openForReview(options, io), async (records) => {
    const opened = await openRecord(records, id, questionnaire, 'read-for-consent');
    const { found, life, answers, given } = opened;
    if (isDecidedByAnother(life, questionnaire, digest)) throw decidedByAnother(found.id, life.screening.questionnaire);
    if (newClearance) refuseOtherTime(newClearance, found, records, options.on, io);
    const on = parseDate(visitDay(options.on, io)) ?? given.visit;
    refuseEarlier(on, { id: found.id, visit: given.visit, completed: life.screening.completed }, io);
    const assessment = assessOn(questionnaire, answers, given, on);
    const past = pastTime(questionnaire, opened, on);
    const isWorse = assessment.disposition !== life.screening.disposition;
    if (isWorse && past.length > 0 && consentForm[assessment.disposition] === 'never')
      throw pastItsTime(found.id, assessment, past, on);
    const screening = {
      answers,
      assessment,
      clearance: newClearance ?? life.clearance,
      ...(life.teachBack && { teachBack: life.teachBack }),
      auditHead: await auditHeadOf(records.store),
    };
    const ask = async (language: string): Promise<TeachBack | undefined> => {
      const { askToSayBack } = await import('../screening/saying-back.ts');
      const asking = { ...screening, definition, visit: given.visit, language };
      return askToSayBack(asking, records.place.clinic.idleMinutes, options, io);
    };
    const canAsk = options.input !== false && io.stdin.isTTY === true && io.stderr.isTTY === true;
    const { bytes, kit, teachBack } = await make({ ...screening, ...(canAsk && { ask }) }, making, io);
    return put(bytes, making, io, async () => {
      const version = newClearance ? await addClearance(records, found, newClearance) : found.version;
      const state = newClearance ? 'cleared' : found.state;
      await noteIssued(records, { ...found, version, state }, { ...kit, teachBack }, bytes, io);
    });
  });
}

/** What the screening ended in, it is no more. */
function pastItsTime(id: string, { disposition }: Assessment, past: readonly string[], on: DayNumber): CommandError {
  const answers = counted(past.length, 'answer is past its time', 'answers are past their time');
  return new CommandError(
    `${answers}: on ${formatDate(on)} this screening is ${disposition}, so there is no consent form`,
    exitOfDisposition[disposition],
    { hint: `ask them again: preinfuse screen --again ${id}` },
  );
}

/** `--on` names the day as it did for the screening; but no day between is left out, or what is past its time would hold again. */
function refuseEarlier(on: DayNumber, { id, visit, completed }: Completed, io: Io): void {
  const dayOf = (moment: Date): DayNumber => parseDate(dayHere(moment)) ?? visit;
  const [then, today] = [dayOf(new Date(completed)), dayOf(io.now())];
  const first = Math.min(visit, then) + (today - then);
  if (on >= first) return;
  throw new CommandError(
    `${id} was completed ${today - then} days ago; a form of it is made for ${formatDate(first)} or later`,
    Exit.cannotStart,
    { hint: `leave --on out; what is past its time is asked again: preinfuse screen --again ${id}` },
  );
}

interface Completed {
  readonly id: string;
  readonly visit: DayNumber;
  readonly completed: string;
}

/** What was not asked then, a clinician who cleared it then did not see; nor are answers that fit no more on the form. */
function decidedByAnother(id: string, definition: string): CommandError {
  return new CommandError(
    `${id} was decided with another questionnaire (${definition}) than the one of today, so no form is made of it`,
    Exit.cannotStart,
    { hint: `ask again what has changed: preinfuse screen --again ${id}` },
  );
}

async function clearanceIn({ clearance }: ConsentOptions, io: Io): Promise<Clearance | undefined> {
  return clearance === undefined ? undefined : loadClearance(clearance, io);
}

/** The form of one screening, in the applicant's language or the one that was named. */
async function make(
  of: Pick<Screening, 'answers' | 'assessment' | 'clearance'> &
    Partial<Pick<Screening, 'teachBack' | 'auditHead'>> & {
      /** Asks what the patient can say back, in the language of the form. */
      readonly ask?: (language: string) => Promise<TeachBack | undefined>;
    },
  { seal, definition, first, telling, options }: Making,
  io: Io,
): Promise<{ readonly bytes: Uint8Array; readonly kit: ConsentKit; readonly teachBack: TeachBack | undefined }> {
  const { questionnaire, digest } = definition;
  const { ask, ...screening } = of;
  const choose = kitChooser(
    async (language) =>
      language === first.template.language
        ? first
        : loadConsentKit(io, options.questionnaire, { definition, language }),
    options.language,
  );
  const { kit, note } = await choose(screening.answers);
  if (note !== undefined && options.quiet !== true) await writeOut(io.stderr, `${note}\n`);
  const { assessment, clearance } = screening;
  const asked = teachBackFor(teachBackQuestions(kit.template), assessment);
  const isAsking = ask !== undefined && refusalOf(assessment, clearance) === undefined;
  const told = isAsking ? ask : async () => screening.teachBack;
  const teachBack =
    options.teachBack === undefined
      ? await told(kit.template.language)
      : await loadTeachBack(options.teachBack, asked, io);
  const bytes = await render(
    { questionnaire, definitionDigest: digest, ...kit, ...screening, teachBack, seal },
    await formTools(kit, io),
    options,
    telling,
  );
  return { bytes, kit, teachBack };
}

/**
 * `keep` runs once the form is written, and before it stands under its name: neither is there without the other. Exit 75
 * where whoever read standard output closed it: the form did not arrive whole.
 */
async function put(
  bytes: Uint8Array,
  { target, options }: Making,
  io: Io,
  keep: () => Promise<void> = async () => {},
): Promise<ExitCode> {
  if (target === undefined) {
    await keep();
    return (await writeOut(io.stdout, bytes)) ? Exit.ok : Exit.stopped;
  }
  const file = await openWhole(target);
  try {
    await file.write(bytes);
    await keep();
    await file.commit();
  } finally {
    await file.discard();
  }
  await tellWritten([options.output ?? target], options, io);
  return Exit.ok;
}

/** The file to write; undefined for standard output. Checked before any work. */
async function targetOf({ output = '-', force }: ConsentOptions, io: Io): Promise<string | undefined> {
  if (output === '-') {
    if (!io.stdout.isTTY) return undefined;
    throw new CommandError('a PDF does not belong on a terminal', Exit.cannotStart, {
      hint: 'name a file with --output',
    });
  }
  const target = resolve(io.cwd, output);
  if (force !== true) await refuseFile(target, output, 'name another file, or replace it with --force');
  return target;
}

async function loadTeachBack(file: string, asked: readonly TeachBackBlock[], io: Io): Promise<TeachBack> {
  const source = await readSource(io.cwd, file, io);
  const { readTeachBack } = await import('../../definition/teach-back.ts');
  const { teachBack, diagnostics } = readTeachBack(source, asked);
  if (!teachBack) throw await invalidNote('the teach-back is', source, diagnostics);
  return teachBack;
}

interface Screening extends Awaited<ReturnType<typeof loadConsentKit>> {
  readonly questionnaire: Awaited<ReturnType<typeof loadDefinition>>['questionnaire'];
  readonly definitionDigest: string;
  readonly answers: Answers;
  readonly assessment: Assessment;
  readonly clearance: Clearance | undefined;
  readonly teachBack: TeachBack | undefined;
  readonly seal: Seal | undefined;
  /** Of the store that the record is in. */
  readonly auditHead?: string;
}

async function render(
  { clearance, teachBack, seal, ...screening }: Screening,
  tools: FormTools,
  { largePrint, fillable, embed }: ConsentOptions,
  telling: string,
): Promise<Uint8Array> {
  const { renderConsent } = await import('../../document/consent.ts');
  try {
    return await renderConsent({
      ...screening,
      ...(clearance && { clearance }),
      ...(teachBack && { teachBack }),
      ...(seal && { seal }),
      edition: largePrint === true ? 'large-print' : 'standard',
      filling: fillable === true ? 'fillable' : 'flat',
      isEmbedding: embed === true,
      ...tools,
    });
  } catch (error) {
    if (!(error instanceof ConsentRefused)) throw error;
    const hint = error.code === 'disposition' ? `see the findings with: ${telling}` : error.hint;
    throw new CommandError(error.message, exitOf(error, screening.assessment), { hint });
  }
}

function exitOf({ code }: ConsentRefused, { disposition }: Assessment): ExitCode {
  if (code === 'teach-back-open') return Exit.stopped;
  const isDisposition = code === 'disposition' || code === 'clearance-missing' || code === 'clearance-incomplete';
  return isDisposition ? exitOfDisposition[disposition] : Exit.cannotStart;
}
