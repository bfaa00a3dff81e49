import { dirname, join, resolve } from 'node:path';
import { readClinic } from '../definition/clinic.ts';
import { readEvidence } from '../definition/evidence.ts';
import { readTemplate } from '../definition/template.ts';
import type { SourceText } from '../definition/yaml-source.ts';
import type { Fonts } from '../document/faces.ts';
import type { Press } from '../document/press.ts';
import { type Clinic, clinicFields } from '../model/clinic.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { EvidenceLedger } from '../model/evidence.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { ConsentTemplate } from '../model/template.ts';
import type { ClinicWords } from '../report/clinic-words.ts';
import { counts, describe, place } from '../report/diagnostics.ts';
import { isThere, loadDefinition, readSource } from './definitions.ts';
import { CommandError, Exit } from './exit.ts';
import { loadFonts } from './fonts.ts';
import type { Io } from './io.ts';
import { packageFolder } from './package.ts';
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
}

export interface KitOptions {
  /** The definition the form belongs to, where it is loaded already. */
  readonly questionnaire?: Questionnaire;
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
  questionnaireFolder?: string,
  options: KitOptions = {},
): Promise<ConsentKit> {
  const questionnaire = options.questionnaire ?? (await loadDefinition(questionnaireFolder, io)).questionnaire;
  const root = await clinicRoot(io, questionnaireFolder);
  const folder = await templateFolder(root, questionnaire.id);
  const language = options.language ?? 'en';
  const name = `consent.${language}.md`;
  if (!/^[a-z]{2}(-[A-Z]{2})?$/.test(language) || !(await isThere(join(folder, name)))) {
    throw new CommandError(`there is no consent form in the language \`${language}\``, Exit.cannotStart, {
      hint: 'use --language en, or have the form translated into templates/',
    });
  }
  const [settings, ledger, form, press] = await Promise.all([
    readSource(root, settingsName, io),
    readSource(folder, 'evidence.yaml', io),
    readSource(folder, name, io),
    loadPress(),
  ]);
  const { clinic, diagnostics: clinicProblems } = readClinic(settings);
  const { evidence, diagnostics: evidenceProblems } = readEvidence(ledger);
  if (!clinic) throw invalid('the clinic settings are', settings, clinicProblems);
  if (!evidence) throw invalid('the evidence is', ledger, evidenceProblems);
  const { template, diagnostics } = readTemplate(form, { questionnaire, evidence });
  if (!template) throw invalid('the consent form is', form, diagnostics);
  const fonts = loadFonts(io.cwd, clinic.fonts && resolve(root, clinic.fonts));
  return { template, evidence, clinic, fonts, press, root };
}

/** What the clinic is called in texts for staff. Empty where the settings cannot be read: an emergency waits for no file. */
export async function loadClinicWords(io: Io, questionnaireFolder?: string): Promise<ClinicWords> {
  const root = await clinicRoot(io, questionnaireFolder);
  const { clinic } = await readSource(root, settingsName, io).then(readClinic, () => ({ clinic: undefined }));
  return clinic ? Object.fromEntries(clinicFields.map((field) => [field, clinic[field]])) : {};
}

const settingsName = 'preinfuse.yaml';

async function clinicRoot(io: Io, questionnaireFolder: string | undefined): Promise<string> {
  const beside = questionnaireFolder === undefined ? [] : [dirname(dirname(resolve(io.cwd, questionnaireFolder)))];
  for (const root of [...beside, io.cwd]) if (await isThere(join(root, settingsName))) return root;
  return packageFolder;
}

async function templateFolder(root: string, id: string): Promise<string> {
  const own = join(root, 'templates', id);
  return (await isThere(own)) ? own : join(packageFolder, 'templates', id);
}

/** An error that names the problems of a file, five at most. */
export function invalid(what: string, source: SourceText, diagnostics: readonly Diagnostic[]): CommandError {
  const texts = new Map([[source.path, source.text]]);
  const shown = place(diagnostics, texts)
    .slice(0, 5)
    .flatMap((each) => describe(each, texts));
  return new CommandError(`${what} not valid: ${counts(diagnostics)}\n${shown.join('\n')}`, Exit.cannotStart, {
    hint: 'mend them and try again',
  });
}
