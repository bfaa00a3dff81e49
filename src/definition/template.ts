import { z } from 'zod';
import type { Diagnostic } from '../model/diagnostic.ts';
import { drugs, type EvidenceLedger, type Qualifier, qualifiers, routes } from '../model/evidence.ts';
import { languageCode } from '../model/language-code.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import { bands, type ConsentTemplate, readingFormulas, wordKeys } from '../model/template.ts';
import { readMarkdown } from './markdown.ts';
import { readQuestionTexts, type TranslatedQuestion } from './questions.ts';
import { readShape } from './shape.ts';
import { type ReadSection, readSections } from './template-blocks.ts';
import { checkTemplate } from './template-checks.ts';
import { readYaml, type SourceText, type YamlSource } from './yaml-source.ts';

const text = z.string().min(1);
const id = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'an id is lower-case words joined by hyphens');

function textFor<const Key extends string>(keys: readonly Key[]): z.ZodObject<Record<Key, z.ZodString>> {
  return z.strictObject(Object.fromEntries(keys.map((key) => [key, text])) as Record<Key, z.ZodString>);
}

/** The language whose forms the others are held against. */
export const originalLanguage = 'en';

/** What a language may need to say otherwise; anything else is the same in every language. */
const differenceCodes = [
  'translation-number',
  'translation-strong',
  'translation-measure',
  'translation-negation',
] as const;

const language = z.string().regex(languageCode, 'a language is two letters, such as en, with a region such as en-US');

/** The shape of a consent template's front matter. */
const frontMatterSchema = z.strictObject({
  id,
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'a version is three numbers in quotes, such as "1.0.0"'),
  language,
  status: z.enum(['draft', 'active', 'retired']),
  title: text,
  questionnaire: id,
  /** LinkIds of the answers on the patient card. */
  card: textFor(['name', 'chart', 'birthDate', 'visitDate', 'language', 'interpreter', 'condition']),
  /** What the form must say. A block that is missing, or that is not in here, is an error. */
  requires: z.strictObject({
    clauses: z.array(id).min(1),
    benefits: z.array(id).min(1),
    risks: z.array(id).min(1),
    /** Clauses and risks that the patient initials. */
    initials: z.array(id),
  }),
  /** Numbers that come from neither a study nor a parameter, each with its reason. */
  numbers: z.array(z.strictObject({ text, because: text })).default([]),
  /** Words that say a quantity, such as `half`: each is traced like a number. */
  quantityWords: z.array(text).default([]),
  /** How the language joins the parts of a share (`in`: "64 in 100") and two numbers (`or`: "3 or 4"). */
  numberWords: z.strictObject({ per: z.array(text).min(1), or: z.array(text).min(1) }),
  /** What stands before a number that is rounded (`about`) or a bound, by what it means. */
  qualifiers: z.strictObject(
    Object.fromEntries(qualifiers.map((each) => [each, z.array(text).min(1)])) as Record<
      Qualifier,
      z.ZodArray<z.ZodString>
    >,
  ),
  bands: textFor(bands),
  drugs: textFor(drugs),
  routes: textFor(routes),
  /** Words for units by UCUM code. */
  units: z.record(z.string(), z.string()),
  readability: z.strictObject({
    formula: z.enum(readingFormulas),
    /** What is aimed at, and what no text may exceed. */
    target: z.number().positive(),
    limit: z.number().positive(),
    fewestWords: z.int().positive(),
    /** Sentences that a paragraph or an item may have, a lead-in in bold not counted. */
    sentencesALine: z.int().positive().default(2),
    exempt: z.array(text).default([]),
    because: text,
  }),
  /**
   * Words that say how long or how much at least, by what they mean: `{ h: [hour, hours], at-least: [at least] }`. A
   * translation has the same meanings in each text, and the words of `units` are among those of their unit.
   */
  measures: z.record(z.string(), z.array(text).min(1)).default({}),
  /** Words of other languages that the text uses, by language: `{ en: [off-label] }`. They are read aloud in it. */
  foreignWords: z.record(language, z.array(text).min(1)).default({}),
  /** Words that turn a sentence round, such as `not`; an asterisk lets letters stand there: `*n't`. */
  negations: z.array(z.string().regex(/[^*]/)).min(1),
  /** Where a translation must differ from its original: what it says there, what `check` would find, and why. */
  differences: z.array(z.strictObject({ says: text, code: z.enum(differenceCodes), because: text })).default([]),
  /**
   * Of a translation. What the footer says until a reviewer is on record (`notReviewed`), and where the review on record is
   * of another text (`reviewedEarlier`): in its own language, then in English.
   */
  translation: z.strictObject({ notReviewed: z.array(text).min(1), reviewedEarlier: z.array(text).min(1) }).optional(),
  months: z.array(text).length(12),
  dateFormat: z
    .string()
    .regex(/\{day\}/)
    .regex(/\{month\}/)
    .regex(/\{year\}/),
  words: textFor(wordKeys).extend({
    /** What a picture says to those who cannot see it. */
    pictureAlt: text
      .regex(/\{filled\}/, 'it says `{filled}`, how many figures are filled in')
      .regex(/\{of\}/, 'it says `{of}`, how many figures there are')
      .regex(/\{label\}/, 'it says `{label}`, whom they stand for'),
  }),
});

export type FrontMatter = z.output<typeof frontMatterSchema>;

/** A template with the places of its texts. */
export interface ReadTemplate {
  readonly frontMatter: FrontMatter;
  readonly yaml: YamlSource;
  readonly sections: readonly ReadSection[];
  /** What a translation calls questions and answers. */
  readonly questions: readonly TranslatedQuestion[];
}

/** `template` and `read` are there where no diagnostic is an error. */
export interface TemplateReading {
  readonly template?: ConsentTemplate;
  /** The same as it stands in its file, to be held against a translation. */
  readonly read?: ReadTemplate;
  readonly diagnostics: readonly Diagnostic[];
}

/** What a template is checked against. */
export interface TemplateContext {
  readonly questionnaire: Questionnaire;
  readonly evidence: EvidenceLedger;
  /** `questions.<language>.yaml` beside a translation. */
  readonly questions?: SourceText;
}

/** Reads a consent template and checks it against its questionnaire and its evidence. Never throws. */
export function readTemplate(source: SourceText, context: TemplateContext): TemplateReading {
  const { frontMatter: yamlText, root } = readMarkdown(source);
  if (!yamlText) return { diagnostics: [noFrontMatter(source)] };
  const { frontMatter, yaml, diagnostics } = readFrontMatter(yamlText);
  if (!frontMatter || !yaml) return { diagnostics };
  const problems: Diagnostic[] = [];
  const sections = readSections(root.children, source, (problem) => problems.push({ severity: 'error', ...problem }));
  problems.push(...checkTemplate({ frontMatter, yaml, sections, source, ...context }));
  problems.push(...translationProblems(frontMatter, yaml, context));
  const { card } = frontMatter;
  const texts = context.questions && readQuestionTexts(context.questions, context.questionnaire, Object.values(card));
  problems.push(...(texts?.diagnostics ?? []));
  if (problems.length > 0) return { diagnostics: problems.sort((a, b) => a.at.start - b.at.start) };
  const { requires, numbers, quantityWords, measures, negations, differences, translation, ...facts } = frontMatter;
  const plain = sections.map(({ blocks, ...section }) => ({ ...section, blocks: blocks.map(({ block }) => block) }));
  const template: ConsentTemplate = {
    ...facts,
    ...(translation && { translation }),
    ...(texts?.questions && { questions: texts.questions }),
    sections: plain,
  };
  return { template, read: { frontMatter, yaml, sections, questions: texts?.translated ?? [] }, diagnostics: [] };
}

/** What only a translation has. A form in English is an original. */
function translationProblems(
  { language, translation }: FrontMatter,
  yaml: YamlSource,
  { questions }: TemplateContext,
): readonly Diagnostic[] {
  if (language === originalLanguage) return [];
  const at = yaml.at(['language']);
  return [
    ...(translation
      ? []
      : [
          {
            code: 'missing-key' as const,
            severity: 'error' as const,
            message: 'the key `translation` is missing',
            at,
            note: 'patients are told that nobody has reviewed a translation until a reviewer is on record',
            help: 'add `translation: { notReviewed: [...], reviewedEarlier: [...] }` with the words for the footer',
          },
        ]),
    ...(questions
      ? []
      : [
          {
            code: 'missing-file' as const,
            severity: 'error' as const,
            message: `there is no file \`questions.${language}.yaml\` beside the template`,
            at,
            note: 'the form could not name the questions that have no answer',
            help: 'write it, with a text for every question: preinfuse explain untranslated-question',
          },
        ]),
  ];
}

function readFrontMatter(source: SourceText): {
  readonly frontMatter?: FrontMatter;
  readonly yaml?: YamlSource;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { yaml, diagnostics: yamlProblems } = readYaml(source);
  if (!yaml) return { diagnostics: yamlProblems };
  const { value, diagnostics } = readShape(frontMatterSchema, yaml, 'docs/check.md');
  return { ...(value && { frontMatter: value }), yaml, diagnostics };
}

function noFrontMatter({ path }: SourceText): Diagnostic {
  return {
    code: 'front-matter-missing',
    severity: 'error',
    message: 'the template does not begin with a block of YAML',
    at: { path, start: 0, end: 0 },
    help: 'begin the file with a line `---`, the facts of the form, and another line `---`',
  };
}
