import { z } from 'zod';
import { counted } from '../model/counted.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import {
  doses,
  drugs,
  type EvidenceEntry,
  type EvidenceLedger,
  type Figure,
  numbersIn,
  type Qualifier,
  routes,
} from '../model/evidence.ts';
import { languageCode } from '../model/language-code.ts';
import { parseDate, wholeMonths } from '../model/local-date.ts';
import { readShape } from './shape.ts';
import { readYaml, type SourceText, type YamlSource } from './yaml-source.ts';

const text = z.string().min(1);
const id = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'an id is lower-case words joined by hyphens');

const language = z.string().regex(languageCode, 'a language is two letters, such as es');

const count = z.number().nonnegative();

const figure = z
  .strictObject({
    id,
    /** The number that the form may print; two where the source gives two, "3 or 4". */
    effect: z.union([count, z.array(count).length(2)]),
    /** Out of how many people: "64 in 100". */
    of: z.int().min(2).optional(),
    /** Of what else: a UCUM code such as `h`, or a word for what was counted. */
    unit: text.optional(),
    /** As the source has it. */
    reported: text,
    /** Of a number halfway between two whole ones: whether a larger one speaks for the treatment or against it. */
    speaks: z.enum(['for', 'against']).optional(),
    /** What was counted, in whom, against what. */
    about: text,
    /** Words for it that the form may print instead of digits, such as `half`. */
    spoken: z.array(text).min(1).optional(),
  })
  .refine((each) => (each.of === undefined) !== (each.unit === undefined), 'a figure has `of` or `unit`, and not both');

const entry = z.strictObject({
  id,
  authors: text,
  year: z.int().min(1900).max(2100).optional(),
  journal: text,
  doi: z
    .string()
    .regex(/^10\.\d+\/\S+$/, 'a DOI starts with 10. and has a slash')
    .optional(),
  locator: text.optional(),
  n: z.union([z.int().min(1), text]).optional(),
  drug: z.enum(drugs),
  route: z.enum(routes),
  dose: z.enum(doses),
  population: text,
  design: text,
  relation: z.enum(['direct', 'indirect']),
  figures: z.array(figure).default([]),
  caveat: text.optional(),
  /** What forms in other languages print, by language: `{ es: { authors: Murrough y otros } }`. */
  in: z
    .record(language, z.strictObject({ authors: text.optional(), journal: text.optional(), locator: text.optional() }))
    .optional(),
  checked: z.string().refine((date) => parseDate(date) !== undefined, 'a day is written YYYY-MM-DD'),
  how: z.enum(['full-text', 'excerpt', 'not-verified']),
  by: text,
});

/** The shape of `evidence.yaml`. */
export const evidenceSchema = z.strictObject({
  id,
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'a version is three numbers in quotes, such as "1.0.0"'),
  /** When an entry has to be looked at again. */
  recheckAfter: z.strictObject({ months: z.int().min(1), because: text }),
  /** Translators who stand for a text of a form. */
  reviews: z
    .array(
      z.strictObject({
        language,
        who: text,
        credential: text,
        date: z.string().refine((date) => parseDate(date) !== undefined, 'a day is written YYYY-MM-DD'),
        version: z.string().regex(/^\d+\.\d+\.\d+$/, 'a version is three numbers in quotes, such as "1.0.0"'),
        digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'a digest is sha256: and 64 hex digits; `check` prints it'),
      }),
    )
    .default([]),
  entries: z.array(entry).min(1),
});

type EntryText = z.output<typeof entry>;
type FigureText = z.output<typeof figure>;

/** `evidence` is there where no diagnostic is an error. */
export interface EvidenceReading {
  readonly evidence?: EvidenceLedger;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the evidence ledger: shape, unique ids, direct evidence that is so, figures that say what was reported. Never throws.
 */
export function readEvidence(source: SourceText): EvidenceReading {
  const { yaml, diagnostics: yamlProblems } = readYaml(source);
  if (!yaml) return { diagnostics: yamlProblems };
  const { value, diagnostics } = readShape(evidenceSchema, yaml, 'docs/check.md');
  if (!value) return { diagnostics };
  const problems = value.entries.flatMap((each, index) => [
    ...duplicates(value.entries, index, yaml),
    ...relationProblems(each, index, yaml),
    ...figureProblems(each, index, yaml),
  ]);
  if (problems.length > 0) return { diagnostics: problems };
  const entries = value.entries.map((each, index) => entryOf(each, index, yaml));
  const { id: ledger, version, recheckAfter } = value;
  const reviews = value.reviews.map((each, index) => ({ ...each, at: yaml.at(['reviews', index]) }));
  return { evidence: { id: ledger, version, recheckAfter, reviews, entries }, diagnostics: [] };
}

function entryOf(
  { year, doi, locator, n, caveat, in: translated, figures, ...rest }: EntryText,
  index: number,
  yaml: YamlSource,
): EvidenceEntry {
  return {
    ...rest,
    figures: figures.map(figureOf),
    ...(year !== undefined && { year }),
    ...(doi !== undefined && { doi }),
    ...(locator !== undefined && { locator }),
    ...(n !== undefined && { n: String(n) }),
    ...(caveat !== undefined && { caveat }),
    ...(translated !== undefined && { in: translated }),
    at: yaml.at(['entries', index]),
  };
}

function figureOf({ id: name, effect, of, unit, spoken, reported, about }: FigureText): Figure {
  const read = {
    id: name,
    effect: Array.isArray(effect) ? effect : [effect],
    reported,
    about,
    ...(of !== undefined && { of }),
    ...(unit !== undefined && { unit }),
    ...(spoken && { spoken }),
  };
  const qualifier = boundIn(reported) ?? (isExact(read) ? undefined : 'about');
  return { ...read, ...(qualifier && { qualifier }) };
}

/** How a source words its bound. */
const bounds: readonly (readonly [Qualifier, RegExp])[] = [
  ['about', /^(?:about|around|approximately) /i],
  ['at-least', /^(?:at least|no fewer than|no less than) /i],
  ['more-than', /^(?:more than|above) /i],
  ['up-to', /^(?:up to|at most|within) /i],
  ['less-than', /^(?:less than|fewer than|below|under) /i],
];

function boundIn(reported: string): Qualifier | undefined {
  return bounds.find(([, words]) => words.test(reported))?.[0];
}

/** True where no number was rounded. */
function isExact(read: Pick<Figure, 'effect' | 'of' | 'reported'>): boolean {
  const known = amountsIn(read);
  return read.effect.every((each) => known.some((amount) => Math.abs(amount - each) < hair));
}

function duplicates(entries: readonly EntryText[], index: number, yaml: YamlSource): readonly Diagnostic[] {
  const own = entries[index];
  if (!own) return [];
  const problems: Diagnostic[] = [];
  if (entries.findIndex((each) => each.id === own.id) !== index) {
    problems.push({
      code: 'duplicate-evidence',
      severity: 'error',
      message: `there are two entries \`${own.id}\``,
      at: yaml.at(['entries', index, 'id']),
      help: 'give each entry an id of its own',
    });
  }
  own.figures.forEach((each, at) => {
    if (own.figures.findIndex((other) => other.id === each.id) === at) return;
    problems.push({
      code: 'duplicate-evidence',
      severity: 'error',
      message: `\`${own.id}\` has two figures \`${each.id}\``,
      at: yaml.at(['entries', index, 'figures', at, 'id']),
      help: 'give each figure an id of its own',
    });
  });
  return problems;
}

function relationProblems(entry: EntryText, index: number, yaml: YamlSource): readonly Diagnostic[] {
  const isDirect = entry.drug === 'ketamine' && entry.route === 'iv' && entry.dose === 'antidepressant';
  if (isDirect === (entry.relation === 'direct')) return [];
  return [
    {
      code: 'wrong-relation',
      severity: 'error',
      message: `\`${entry.id}\` is ${isDirect ? 'direct' : 'indirect'} evidence: ${entry.drug}, route ${entry.route}, dose ${entry.dose}`,
      at: yaml.at(['entries', index, 'relation']),
      note: 'patients are told which figures come from another drug, route or dose',
      help: `write \`relation: ${isDirect ? 'direct' : 'indirect'}\``,
    },
  ];
}

function figureProblems(entry: EntryText, index: number, yaml: YamlSource): readonly Diagnostic[] {
  return entry.figures.flatMap((each, at): readonly Diagnostic[] => {
    const { id: name, effect, of, reported } = figureOf(each);
    const known = amountsIn({ of, reported });
    const isReported = effect.every((own) =>
      known.some((amount) => Math.abs(amount - own) < hair || isRounded(own, amount, each)),
    );
    const isWhole = effect.length === 2 || !/\d to \d/.test(reported);
    if (isReported && isWhole) return [];
    const said = `${effect.join(' or ')}${of === undefined ? '' : ` in ${of}`}`;
    return [
      {
        code: 'figure-not-as-reported',
        severity: 'error',
        message: `the figure \`${name}\` says ${said}, the source ${reported}`,
        at: yaml.at(['entries', index, 'figures', at, 'effect']),
        note: 'a number is rounded to the nearest whole one; one that is halfway so that the treatment looks no better: down where `speaks: for`, up where `speaks: against`; where the source gives two, both are told',
        help: 'write what the source says, under `reported` as it stands there, and `speaks` beside a number that is halfway',
      },
    ];
  });
}

/** What floating point adds. */
const hair = 1e-9;

/** True where `own` is the nearest whole number; of two that are as near, the one that makes the treatment look no better. */
function isRounded(own: number, amount: number, { speaks }: FigureText): boolean {
  const distance = Math.abs(own - amount);
  if (!Number.isInteger(own) || Math.abs(distance - 0.5) >= hair) return Number.isInteger(own) && distance < 0.5;
  return speaks === (own < amount ? 'for' : 'against');
}

/** The numbers a source reports, out of `of` where they are shares. */
function amountsIn({
  of,
  reported,
}: Pick<Figure, 'reported'> & { readonly of?: number | undefined }): readonly number[] {
  if (of !== undefined) return sharesIn(reported).map((share) => share * of);
  return numbersIn(reported).map(({ digits }) => Number(digits));
}

/** Shares of 1 that a source reports: `53.6 %`, `100 % - 53.6 %`, `17 of 138`, `5 per 1,000`. */
function sharesIn(reported: string): readonly number[] {
  const rest = /^100 % - (\d+(?:\.\d+)?) %$/.exec(reported)?.[1];
  if (rest !== undefined) return [1 - Number(rest) / 100];
  const percents = [...reported.matchAll(/(\d+(?:\.\d+)?)(?: to (\d+(?:\.\d+)?))? %/g)].flatMap(([, from, to]) =>
    [from, to].flatMap((percent) => (percent === undefined ? [] : [Number(percent) / 100])),
  );
  const parts = [...reported.matchAll(/(\d+) (?:of|per) (\d+(?:,\d{3})*)/g)].map(
    ([, part, whole]) => Number(part) / Number(String(whole).replaceAll(',', '')),
  );
  return [...percents, ...parts];
}

/** Entries that were last looked at too long before `on`, or that say they were looked at after it. */
export function staleEvidence({ entries, recheckAfter }: EvidenceLedger, on: number): readonly Diagnostic[] {
  return entries.flatMap(({ id: entryId, checked, at }): readonly Diagnostic[] => {
    const day = parseDate(checked) as number;
    if (day > on) {
      return [
        {
          code: 'stale-evidence',
          severity: 'error',
          message: `\`${entryId}\` was checked on ${checked}, and that day is still to come`,
          at,
          help: 'write the day on which somebody looked at the source',
        },
      ];
    }
    if (wholeMonths(day, on) < recheckAfter.months) return [];
    return [
      {
        code: 'stale-evidence',
        severity: 'error',
        message: `\`${entryId}\` was last checked on ${checked}, ${counted(recheckAfter.months, 'month')} ago or longer`,
        at,
        note: recheckAfter.because,
        help: 'look at the source again, mend the figures where it says something else, and write the new day',
      },
    ];
  });
}

/** Studies that the form in `language` cites, and of which the ledger does not say in that language who did them. */
export function untranslatedStudies(
  { entries }: EvidenceLedger,
  { language, cited }: { readonly language: string; readonly cited: ReadonlySet<string> },
): readonly Diagnostic[] {
  const untold = entries.filter((entry) => cited.has(entry.id) && entry.in?.[language]?.authors === undefined);
  return untold.map(({ id, authors, at }) => ({
    code: 'untranslated-study',
    severity: 'warning',
    message: `\`${id}\` has no text in \`${language}\``,
    at,
    note: `the form in \`${language}\` prints “${authors}” as it stands`,
    help: `write \`in: { ${language}: { authors: ... } }\`, with \`journal\` and \`locator\` where they are told in words`,
  }));
}

/**
 * Languages whose reviews on record are all of another wording than the form has now; `digest` is `sha256:` and 64 hex
 * digits of the wording of the form in `language`.
 */
export function reviewsOfAnotherText(
  { reviews }: EvidenceLedger,
  { language, digest }: { readonly language: string; readonly digest: string },
): readonly Diagnostic[] {
  const own = reviews.filter((each) => each.language === language);
  if (own.some((each) => each.digest === digest)) return [];
  return own.slice(-1).map(({ who, at }) => ({
    code: 'review-of-another-text',
    severity: 'warning',
    message: `what ${who} reviewed is not the wording that the form in \`${language}\` has now`,
    at,
    note: `its wording is ${digest}; the footer says that an earlier version was reviewed`,
    help: 'have the new wording reviewed, and add a review that names its digest',
  }));
}
