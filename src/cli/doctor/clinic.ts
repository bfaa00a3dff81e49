import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsentRefused, refusalOf } from '../../document/refusal.ts';
import { assessorOf } from '../../engine/compile.ts';
import { readAnswers } from '../../exchange/answers.ts';
import { readJson } from '../../exchange/json.ts';
import { visitDate, withVisitDate } from '../../exchange/result.ts';
import type { Answers } from '../../model/answers.ts';
import { type Clinic, clinicFields, costText } from '../../model/clinic.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import type { DoctorCheck } from '../../report/doctor.ts';
import { type LoadedDefinition, loadDefinition, shippedDefinition } from '../definitions/definitions.ts';
import { CommandError, Exit } from '../exit.ts';
import { displayPath, isThere } from '../files/read-source.ts';
import { visitDay } from '../files/source.ts';
import { findFormKey, sampleKey, toolsWith } from '../forms/form-key.ts';
import { formLanguages, loadClinic, loadConsentKit, settingsName } from '../forms/templates.ts';
import type { Io } from '../io.ts';
import { actorOf } from '../records/actor.ts';
import { fine, look, mend, note } from './look.ts';

interface ClinicChoice {
  readonly questionnaire?: string;
  readonly on?: string;
}

/** The definition, the clinic's facts, who works here, and a form. */
export async function lookAtClinic(choice: ClinicChoice, io: Io): Promise<readonly DoctorCheck[]> {
  const definition = await look(
    'definition',
    () => loadDefinition(choice.questionnaire, io),
    (loaded) => definitionState(loaded, choice, io),
  );
  const clinic = await look(
    'clinic facts',
    async () => {
      const place = await loadClinic(io, choice.questionnaire);
      const { clinic: example } = await loadClinic(io, shippedDefinition);
      return { ...place, example };
    },
    ({ clinic: facts, root, example }) =>
      factsState(facts, example, displayPath(join(root, settingsName), io.cwd), io.now()),
  );
  const { value: place } = clinic;
  const account = await look(
    'account',
    () => (place ? actorOf(place.clinic, io) : undefined),
    (name) => fine(name ?? 'the clinic facts come first'),
  );
  const { value: loaded } = definition;
  const form = await look(
    'form',
    async () => (loaded && place ? sampleForm(loaded, choice, io) : undefined),
    (state) => state ?? note('not tried: the definition and the clinic facts come first'),
  );
  return [definition.check, clinic.check, account.check, form.check];
}

function definitionState(
  { questionnaire, digest, folder }: LoadedDefinition,
  choice: ClinicChoice,
  io: Io,
): Omit<DoctorCheck, 'name'> {
  const { id, version, status } = questionnaire;
  const from = choice.questionnaire === undefined ? 'the shipped one' : displayPath(folder, io.cwd);
  const found = `${id} ${version}, ${status}, ${from}, ${digest}`;
  if (status === 'active') return fine(found);
  return note(found, `status: ${status} says that no medical director has signed it: see preinfuse docs`);
}

/** Facts of the example clinic on the form of another would lead patients to nobody. */
function factsState(clinic: Clinic, example: Clinic, path: string, now: Date): Omit<DoctorCheck, 'name'> {
  if (clinic.demo) {
    return note(
      `the example clinic (${path}): every form is marked as a sample`,
      'for your own: preinfuse init FOLDER',
    );
  }
  const left = clinicFields.filter((field) => clinic[field] === example[field]);
  if (left.length > 0) {
    return mend(`still those of the example clinic: ${left.join(', ')}`, `write your own into ${path}`);
  }
  const found = `${clinic.name} (${path}), ${clinic.timeZone}`;
  if (clock(clinic.timeZone, now) === clock(undefined, now)) return fine(found);
  return note(
    `${found}, where it is another time than on this computer`,
    `answers without the day of the visit get that of this computer: set its time zone or that in ${path}, or give --on`,
  );
}

/** The time of day in a zone; without one, on this computer. */
function clock(timeZone: string | undefined, now: Date): string {
  return new Intl.DateTimeFormat('en', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(now);
}

/** Makes the form of a sample applicant, writes it, and reads it back. */
async function sampleForm(
  { questionnaire, digest, folder }: LoadedDefinition,
  { questionnaire: named, on }: ClinicChoice,
  io: Io,
): Promise<Omit<DoctorCheck, 'name'>> {
  const kit = await loadConsentKit(io, named, { definition: { questionnaire, digest } });
  const answers = await sampleAnswers(questionnaire, folder, visitDay(on, io));
  if (!answers) {
    return note(
      'not tried: no sample applicant of this definition may have one',
      'try it with: preinfuse consent ANSWERS',
    );
  }
  const tools = toolsWith((await findFormKey(kit, io)) ?? sampleKey);
  const { renderConsent } = await import('../../document/consent.ts');
  const assessment = assessorOf(questionnaire).assess(answers);
  const made = await renderConsent({
    ...kit,
    questionnaire,
    definitionDigest: digest,
    answers,
    assessment,
    edition: 'standard',
    ...tools,
  }).catch((error: unknown) => {
    if (error instanceof ConsentRefused) throw new CommandError(error.message, Exit.cannotStart, { hint: error.hint });
    throw error;
  });
  const read = await writtenAndRead(made);
  const { examineApart } = await import('../forms/examine.ts');
  const examined = await examineApart(read);
  if (examined.is !== 'form' || examined.state.is !== 'unaltered') {
    return mend('what was written is not what is read back', `look at the disk that ${tmpdir()} is on`);
  }
  const languages = await formLanguages(kit.folder);
  const without = languages.filter((language) => costText(kit.clinic, language) === undefined);
  const found = `${Math.round(made.length / 1024)} KB made, written and read back; languages ${languages.join(', ')}`;
  if (without.length > 0)
    return mend(`${found}; no cost in ${without.join(', ')}`, 'write it under costIn in preinfuse.yaml');
  if (kit.press) return fine(found);
  return note(`${found}; by the slow printer`, 'install preinfuse again: dist/fonts is missing or does not fit');
}

/** The first sample applicant who may have a form; those of the definition, else the shipped ones. */
async function sampleAnswers(questionnaire: Questionnaire, folder: string, day: string): Promise<Answers | undefined> {
  const own = join(folder, samples);
  const text = await readFile(isThere(own) ? own : join(shippedDefinition, samples), 'utf8');
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const { answers, errors } = readAnswers(questionnaire, withVisitDate(questionnaire, readJson(line).value, day));
    const isAccepted = errors.length === 0 && answers.has(visitDate);
    if (isAccepted && !refusalOf(assessorOf(questionnaire).assess(answers), undefined)) return answers;
  }
  return undefined;
}

const samples = 'samples/applicants.ndjson';

async function writtenAndRead(bytes: Uint8Array): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'preinfuse-doctor-')).catch((cause: unknown) => {
    const hint = 'make room there, or name another folder with TMPDIR';
    throw new CommandError(`nothing can be written to ${tmpdir()}`, Exit.cannotStart, { cause, hint });
  });
  try {
    const path = join(folder, 'form.pdf');
    await writeFile(path, bytes, { mode: 0o600 });
    return await readFile(path);
  } catch (cause) {
    const hint = 'make room there, or name another folder with TMPDIR';
    throw new CommandError(`nothing can be written to ${tmpdir()}`, Exit.cannotStart, { cause, hint });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
