import { z } from 'zod';
import { type Clinic, costText, supplies } from '../model/clinic.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { languageCode } from '../model/language-code.ts';
import type { SourceSpan } from '../model/questionnaire.ts';
import { readShape } from './shape.ts';
import { readYaml, type SourceText } from './yaml-source.ts';

const line = z.string().trim().min(1);
const phone = z
  .string()
  .regex(
    /^\+?[(0-9][0-9 ().-]{5,}(?: ?(?:ext\.?|x) ?\d+)?$/,
    'a phone number is digits with spaces, brackets, dots or hyphens',
  );

/** The shape of `preinfuse.yaml`. */
export const clinicSchema = z.strictObject({
  clinic: z.strictObject({
    name: line,
    address: line,
    phone,
    /** Answered when the clinic is closed. */
    afterHoursPhone: phone,
    practitioner: line,
    clinicianOnDuty: line,
    supply: z.enum(supplies),
    cost: line,
    /** The same by language, for forms in another one than English. */
    costIn: z.record(z.string().regex(languageCode, 'a language is two letters, such as es'), line).optional(),
    timeZone: z.string().refine(isTimeZone, 'a time zone is an IANA name such as America/Denver'),
    /** The example clinic: its forms say that they are samples. */
    demo: z.boolean().default(false),
  }),
  /** Where screenings are kept: a path, or `postgres://...`. */
  store: line.optional(),
  /** Minutes without a key after which a screening saves and closes itself. */
  idleMinutes: z.number().positive().max(240).optional(),
  /** After how many days without a change `records purge` removes drafts and finished records. */
  retention: z
    .strictObject({ draftDays: z.int().min(1).max(36_500), recordDays: z.int().min(1).max(36_500) })
    .optional(),
  /** File with the key that marks this clinic's consent forms. Default: form.key in the folder of the drafts. */
  formKey: line.optional(),
  /** Folder with the keys of stored screenings, for its owner alone. Default: keys in the folder of the drafts. */
  keys: line.optional(),
  /** A folder of TrueType or OpenType files, for names that the shipped fonts cannot write. */
  fonts: line.optional(),
});

/** `clinic` is there where no diagnostic is an error. */
export interface ClinicReading {
  readonly clinic?: Clinic;
  /** Where the cost stands. */
  readonly costAt?: SourceSpan;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a clinic's settings. Never throws. */
export function readClinic(source: SourceText): ClinicReading {
  const { yaml, diagnostics: yamlProblems } = readYaml(source);
  if (!yaml) return { diagnostics: yamlProblems };
  const { value, diagnostics } = readShape(clinicSchema, yaml, 'preinfuse schema clinic');
  if (!value) return { diagnostics };
  const { store, formKey, keys, fonts, idleMinutes, retention } = value;
  const { costIn, ...facts } = value.clinic;
  const clinic = {
    ...facts,
    ...(costIn !== undefined && { costIn }),
    ...(store !== undefined && { store }),
    ...(idleMinutes !== undefined && { idleMinutes }),
    ...(retention !== undefined && { retention }),
    ...(formKey !== undefined && { formKey }),
    ...(keys !== undefined && { keys }),
    ...(fonts !== undefined && { fonts }),
  };
  return { clinic, costAt: yaml.at(['clinic', costIn === undefined ? 'cost' : 'costIn']), diagnostics };
}

/** The cost in each of `languages` that the settings do not say, in which there is a form all the same. */
export function missingCosts({ clinic, costAt }: ClinicReading, languages: readonly string[]): readonly Diagnostic[] {
  if (!clinic || !costAt) return [];
  return languages
    .filter((language) => costText(clinic, language) === undefined)
    .map((language) => ({
      code: 'missing-cost',
      severity: 'warning',
      message: `there is a consent form in the language \`${language}\`, and no cost in it`,
      at: costAt,
      note: `no form can be made in \`${language}\` at this clinic`,
      help: `write it under \`clinic\`: costIn: { ${language}: ... }`,
    }));
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
