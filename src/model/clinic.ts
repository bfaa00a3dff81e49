/** `vial`: drawn from an FDA-approved vial. `compounded`: mixed for the clinic by a pharmacy. */
export const supplies = ['vial', 'compounded'] as const;

export type Supply = (typeof supplies)[number];

/** What a clinic says about itself; the consent form prints it. */
export interface Clinic {
  readonly name: string;
  readonly address: string;
  readonly phone: string;
  readonly afterHoursPhone: string;
  /** Who is responsible for the treatment, with title. */
  readonly practitioner: string;
  /** Whom staff call at once. */
  readonly clinicianOnDuty: string;
  readonly supply: Supply;
  /** What the patient pays, in the clinic's own words. */
  readonly cost: string;
  /** The same in other languages, by code. */
  readonly costIn?: Readonly<Record<string, string>>;
  /** IANA name, such as `America/Denver`. */
  readonly timeZone: string;
  /** Where screenings are kept: a path or a `postgres://` address. */
  readonly store?: string;
  /** Minutes without a key after which a screening saves and closes itself. Default 10. */
  readonly idleMinutes?: number;
  /** After how many days without a change drafts and finished records may be purged. */
  readonly retention?: { readonly draftDays: number; readonly recordDays: number };
  /** File with the key of the clinic's forms, from the folder of the settings. Default: beside the drafts. */
  readonly formKey?: string;
  /** Folder with the keys of the stored screenings, from the folder of the settings. Default: beside the drafts. */
  readonly keys?: string;
  /** A folder of fonts for names that the shipped ones cannot write; relative to the settings. */
  readonly fonts?: string;
  /** True for the example clinic: the form then says that it is a sample. */
  readonly demo: boolean;
}

/** The clinic facts that a template may print, as `{{clinic.phone}}`. */
export const clinicFields = [
  'name',
  'address',
  'phone',
  'afterHoursPhone',
  'practitioner',
  'clinicianOnDuty',
  'cost',
] as const;

export type ClinicField = (typeof clinicFields)[number];

/** What the patient pays, in the language of a form; undefined where the clinic has not written it. `cost` is in English. */
export function costText({ cost, costIn }: Clinic, language: string): string | undefined {
  if (costIn !== undefined && Object.hasOwn(costIn, language)) return costIn[language];
  return language === 'en' ? cost : undefined;
}
