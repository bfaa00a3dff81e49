import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { SourceText } from '../../definition/yaml-source.ts';
import type { Fonts } from '../../document/faces.ts';
import type { Press } from '../../document/press/press.ts';
import { questionText, teachBackQuestions } from '../../engine/teach-back.ts';
import type { Answers } from '../../model/answers.ts';
import { type Clinic, clinicFields, costText } from '../../model/clinic.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { EvidenceLedger } from '../../model/evidence.ts';
import { languageCode } from '../../model/language-code.ts';
import type { ConsentTemplate, TeachBackBlock } from '../../model/template.ts';
import type { ClinicWords } from '../../report/clinic-words.ts';
import type { PatientWords } from '../../wizard/state.ts';
import { readCompiled, writeCompiled } from '../build/compiled.ts';
import { definitionFolder, type LoadedDefinition, loadDefinition } from '../definitions/definitions.ts';
import { CommandError, Exit } from '../exit.ts';
import { isThere, readSource } from '../files/read-source.ts';
import { sha256 } from '../files/source.ts';
import type { Io } from '../io.ts';
import { packageFolder } from '../package.ts';
import { loadFonts } from './fonts.ts';
import type { KeyPlace } from './form-key.ts';
import { loadPress } from './press.ts';

/** What a consent form needs beside a screening. */
export interface ConsentKit {
  readonly template: ConsentTemplate;
  readonly evidence: EvidenceLedger;
  readonly clinic: Clinic;
  readonly fonts: Fonts;
  /** Undefined where the plain printer has to print all. */
  readonly press: Press | undefined;
  /** Folder of the clinic's settings. */
  readonly root: string;
  /** Folder of the templates. */
  readonly folder: string;
}

type Definition = Pick<LoadedDefinition, 'questionnaire' | 'digest'>;

export interface KitOptions {
  /** The definition the form belongs to, where it is loaded already. */
  readonly definition?: Definition;
  /** Default `en`. */
  readonly language?: string;
}

/**
 * Reads template, evidence, clinic settings and fonts. Clinic settings: `preinfuse.yaml` two folders above
 * `questionnaireFolder`, else in the working folder, else the shipped example. Template and evidence:
 * `templates/<id>` beside those settings, else the shipped ones. What is not valid is a CommandError with exit 2.
 */
export async function loadConsentKit(
  io: Io,
  questionnaireFolder: string | undefined,
  options: KitOptions,
): Promise<ConsentKit> {
  const sources = await formSources(io, questionnaireFolder, options);
  const { root, folder, language, name, ledger } = sources;
  const [settings, evidence, press] = await Promise.all([
    readSource(root, settingsName, io),
    evidenceOf(ledger),
    loadPress(),
  ]);
  const clinic = await clinicOf(settings);
  if (costText(clinic, language) === undefined) throw noCost(language);
  const template = await templateOf(name, { ...sources, evidence });
  const fonts = loadFonts(io.cwd, clinic.fonts && resolve(root, clinic.fonts));
  return { template, evidence, clinic, fonts, press, root, folder };
}

/** The consent form alone, found and checked as by `loadConsentKit`. */
export async function loadTemplate(
  io: Io,
  questionnaireFolder: string | undefined,
  options: KitOptions,
): Promise<ConsentTemplate> {
  const sources = await formSources(io, questionnaireFolder, options);
  return templateOf(sources.name, { ...sources, evidence: await evidenceOf(sources.ledger) });
}

/** The questions to the patient, and the same in the words of the forms in other languages. */
export interface PatientQuestions {
  readonly questions: readonly TeachBackBlock[];
  readonly patientWords?: PatientWords;
}

/** Reads them from the forms, that in English first. A form in another language that is not valid is left out. */
export async function loadPatientQuestions(
  io: Io,
  questionnaireFolder: string | undefined,
  { definition, language }: KitOptions & { readonly definition: Definition },
): Promise<PatientQuestions> {
  const usual = await loadTemplate(io, questionnaireFolder, { definition });
  const folder = await templateFolder(await clinicRoot(io, questionnaireFolder), definition.questionnaire.id);
  const codes = await formLanguages(folder);
  const texts = await Promise.all(
    codes
      .filter((code) => code !== usualLanguage)
      .map(
        async (code) => [code, await questionTextsIn(io, questionnaireFolder, { definition, language: code })] as const,
      ),
  );
  const patientWords: PatientWords = {
    language: language === undefined ? { linkId: usual.card.language } : { code: language },
    texts: Object.fromEntries(texts),
  };
  return { questions: teachBackQuestions(usual), patientWords };
}

async function questionTextsIn(
  io: Io,
  questionnaireFolder: string | undefined,
  options: KitOptions,
): Promise<Readonly<Record<string, string>>> {
  try {
    const template = await loadTemplate(io, questionnaireFolder, options);
    return Object.fromEntries(teachBackQuestions(template).map((each) => [each.id, questionText(each)]));
  } catch (error) {
    if (error instanceof CommandError) return {};
    throw error;
  }
}

/** The texts of a form, and where they were found. */
interface FoundForm extends Omit<FormSources, 'evidence'> {
  readonly root: string;
  readonly folder: string;
  readonly language: string;
  readonly name: string;
}

/** A CommandError with exit 2 where there is no consent form in a language. Reads nothing of it. */
export async function refuseLanguage(
  io: Io,
  questionnaireFolder: string | undefined,
  options: KitOptions,
): Promise<void> {
  await formPlace(io, questionnaireFolder, options);
}

async function formPlace(io: Io, questionnaireFolder: string | undefined, options: KitOptions) {
  const definition = options.definition ?? (await loadDefinition(questionnaireFolder, io));
  const root = await clinicRoot(io, questionnaireFolder);
  const folder = await templateFolder(root, definition.questionnaire.id);
  const language = options.language ?? usualLanguage;
  if (!(await hasForm(folder, language))) {
    throw new CommandError(`there is no consent form in the language \`${language}\``, Exit.cannotStart, {
      hint: 'use --language en, or have the form translated into templates/',
    });
  }
  return { definition, root, folder, language };
}

async function formSources(io: Io, questionnaireFolder: string | undefined, options: KitOptions): Promise<FoundForm> {
  const { definition, root, folder, language } = await formPlace(io, questionnaireFolder, options);
  const name = formName(language);
  const [ledger, form, questions] = await Promise.all([
    readSource(folder, 'evidence.yaml', io),
    readSource(folder, name, io),
    readQuestionTexts(folder, name, io),
  ]);
  return { definition, root, folder, language, name, ledger, form, ...questions };
}

/** Gives each applicant the kit of a form in their language. */
export type KitChooser = (answers: Answers) => Promise<ChosenKit>;

/** `note`: what people are told of the language. */
export interface ChosenKit {
  readonly kit: ConsentKit;
  readonly note?: string;
}

/**
 * Kits by language, each loaded once. Without `language` it is the one the applicant answered, where there is a form in
 * it, else `en`. One that is not English has a note, and so has an answer that there is no form for. Errors: those of
 * `loadConsentKit`.
 */
export function kitChooser(load: (language: string) => Promise<ConsentKit>, language: string | undefined): KitChooser {
  const kits = new Map<string, Promise<ConsentKit>>();
  const kitIn = (code: string): Promise<ConsentKit> => {
    const kit = kits.get(code) ?? load(code);
    kits.set(code, kit);
    return kit;
  };
  return async (answers) => {
    if (language !== undefined) return { kit: await kitIn(language) };
    const usual = await kitIn(usualLanguage);
    const own = answers.get(usual.template.card.language);
    if (typeof own !== 'string' || own === usualLanguage) return { kit: usual };
    if (await hasForm(usual.folder, own)) {
      const note = `The form is in the language the applicant reads: ${own}. Another: --language en`;
      return { kit: await kitIn(own), note };
    }
    const note = `There is no form in the language the applicant reads (${own}). It is in English: have a qualified interpreter read it to them.`;
    return { kit: usual, note };
  };
}

const usualLanguage = 'en';

/** The languages that there are forms in, by their codes. */
export async function formLanguages(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).flatMap((name) => /^consent\.(.+)\.md$/.exec(name)?.[1] ?? []);
}

async function hasForm(folder: string, language: string): Promise<boolean> {
  return languageCode.test(language) && isThere(join(folder, formName(language)));
}

function formName(language: string): string {
  return `consent.${language}.md`;
}

async function clinicOf(settings: SourceText): Promise<Clinic> {
  return readCompiled('clinic', sha256(settings.text)) ?? readSettings(settings);
}

async function readSettings(settings: SourceText): Promise<Clinic> {
  const { readClinic } = await import('../../definition/clinic.ts');
  const { clinic, diagnostics } = readClinic(settings);
  if (!clinic) throw await invalid('the clinic settings are', [settings], diagnostics);
  return clinic;
}

async function evidenceOf(ledger: SourceText): Promise<EvidenceLedger> {
  return readCompiled('evidence', sha256(ledger.text)) ?? readLedger(ledger);
}

async function readLedger(ledger: SourceText): Promise<EvidenceLedger> {
  const { readEvidence } = await import('../../definition/evidence.ts');
  const { evidence, diagnostics } = readEvidence(ledger);
  if (!evidence) throw await invalid('the evidence is', [ledger], diagnostics);
  return evidence;
}

/** What a form in another language calls the questions: the file beside it, where there is one. */
async function readQuestionTexts(folder: string, name: string, io: Io): Promise<Pick<FormSources, 'questions'>> {
  const beside = name.replace(/^consent\.(.+)\.md$/, 'questions.$1.yaml');
  return isThere(join(folder, beside)) ? { questions: await readSource(folder, beside, io) } : {};
}

function noCost(language: string): CommandError {
  return new CommandError(
    `the clinic settings do not say what a visit costs in the language \`${language}\``,
    Exit.cannotStart,
    {
      hint: `write it in preinfuse.yaml under \`clinic\`: costIn: { ${language}: ... }`,
    },
  );
}

/** The text of a form, and all that it is read with. */
interface FormSources {
  readonly form: SourceText;
  readonly questions?: SourceText;
  readonly ledger: SourceText;
  readonly definition: Definition;
  readonly evidence: EvidenceLedger;
}

async function templateOf(name: string, sources: FormSources): Promise<ConsentTemplate> {
  return readCompiled(name, formDigest(sources)) ?? readForm(sources);
}

async function readForm({ form, questions, definition, evidence }: FormSources): Promise<ConsentTemplate> {
  const { readTemplate } = await import('../../definition/template.ts');
  const context = { questionnaire: definition.questionnaire, evidence, ...(questions && { questions }) };
  const { template, diagnostics } = readTemplate(form, context);
  if (!template) throw await invalid('the consent form is', [form, ...(questions ? [questions] : [])], diagnostics);
  return template;
}

function formDigest({ form, questions, ledger, definition }: FormSources): string {
  return sha256(JSON.stringify([form.text, questions?.text ?? '', ledger.text, definition.digest]));
}

/** Writes what the shipped forms start from: part of the build. */
export async function compileForms(definition: Definition, io: Io): Promise<void> {
  const folder = join(packageFolder, 'templates', definition.questionnaire.id);
  const settings = await readSource(packageFolder, settingsName, io);
  const ledger = await readSource(folder, 'evidence.yaml', io);
  const evidence = await readLedger(ledger);
  await writeCompiled('clinic', sha256(settings.text), await readSettings(settings));
  await writeCompiled('evidence', sha256(ledger.text), evidence);
  for (const name of (await readdir(folder)).filter((each) => /^consent\..+\.md$/.test(each))) {
    const form = await readSource(folder, name, io);
    const sources = { form, ledger, definition, evidence, ...(await readQuestionTexts(folder, name, io)) };
    await writeCompiled(name, formDigest(sources), await readForm(sources));
  }
}

/** What the clinic is called in texts for staff. Empty where the settings cannot be read: an emergency waits for no file. */
export async function loadClinicWords(io: Io, questionnaireFolder?: string): Promise<ClinicWords> {
  const root = await clinicRoot(io, questionnaireFolder);
  const clinic = await readSource(root, settingsName, io)
    .then(clinicOf)
    .catch(() => undefined);
  return clinic ? Object.fromEntries(clinicFields.map((field) => [field, clinic[field]])) : {};
}

/** The clinic's settings, found as by `loadConsentKit`, and their folder. What is not valid is a CommandError with exit 2. */
export async function loadClinic(io: Io, questionnaireFolder?: string): Promise<KeyPlace> {
  const root = await clinicRoot(io, questionnaireFolder);
  return { clinic: await clinicOf(await readSource(root, settingsName, io)), root };
}

/** A clinic's settings. */
export const settingsName = 'preinfuse.yaml';

async function clinicRoot(io: Io, questionnaireFolder: string | undefined): Promise<string> {
  const beside = questionnaireFolder === undefined ? [] : [dirname(dirname(definitionFolder(questionnaireFolder, io)))];
  for (const root of [...beside, io.cwd]) if (isThere(join(root, settingsName))) return root;
  return packageFolder;
}

async function templateFolder(root: string, id: string): Promise<string> {
  const own = join(root, 'templates', id);
  return isThere(own) ? own : join(packageFolder, 'templates', id);
}

/** An error that names the problems of a file and of those it is read with, five at most. */
export async function invalid(
  what: string,
  sources: readonly SourceText[],
  diagnostics: readonly Diagnostic[],
): Promise<CommandError> {
  const { counts, describe, place } = await import('../../report/diagnostics.ts');
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const shown = place(diagnostics, texts)
    .slice(0, 5)
    .flatMap((each) => describe(each, texts));
  return new CommandError(`${what} not valid: ${counts(diagnostics)}\n${shown.join('\n')}`, Exit.cannotStart, {
    hint: 'mend them and try again',
  });
}

/**
 * The same for a file that staff wrote about a patient: it says where and what, and repeats nothing of the file, not the line
 * and not the name of a key.
 */
export async function invalidNote(
  what: string,
  source: SourceText,
  diagnostics: readonly Diagnostic[],
): Promise<CommandError> {
  const { counts, describePlace, place } = await import('../../report/diagnostics.ts');
  const shown = place(diagnostics, new Map([[source.path, source.text]]))
    .slice(0, 5)
    .flatMap((each) => describePlace({ ...each, message: unquoting[each.code] ?? each.message }));
  return new CommandError(`${what} not valid: ${counts(diagnostics)}\n${shown.join('\n')}`, Exit.cannotStart, {
    hint: 'mend it and try again',
  });
}

/** Messages for those that repeat what was written. */
const unquoting: Readonly<Record<string, string>> = {
  'unknown-key': 'there is no such key here',
  'yaml-syntax': 'this is no YAML',
};
