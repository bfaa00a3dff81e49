import { z } from 'zod';
import type { Diagnostic } from '../model/diagnostic.ts';
import { numbersIn } from '../model/evidence.ts';
import type { Item, Questionnaire, SourceSpan } from '../model/questionnaire.ts';
import type { QuestionTexts } from '../model/template.ts';
import { allItems } from './items.ts';
import { readShape } from './shape.ts';
import { wayOut } from './suggest.ts';
import { readYaml, type SourceText, type YamlSource } from './yaml-source.ts';

const text = z.string().trim().min(1);

/** The shape of `questions.<language>.yaml`. */
export const questionTextsSchema = z.strictObject({
  /** Questions by linkId, as the form names them; those of an instrument under `numbered` by what they are about. */
  questions: z.record(z.string(), text),
  /** Of an instrument that must not be translated freely: how its questions `<name>.q1`, `<name>.q2`... are named. */
  numbered: z
    .record(
      z.string(),
      text
        .regex(/\{number\}/, 'it says `{number}` where the number of the question goes')
        .regex(/\{topic\}/, 'it says `{topic}` where the words under `questions` go'),
    )
    .default({}),
  /** Answers of a choice, by linkId and code. */
  options: z.record(z.string(), z.record(z.string(), text)).default({}),
  /** What one entry of a repeat is called, by linkId of the group. */
  entries: z.record(z.string(), text).default({}),
});

type Texts = z.output<typeof questionTextsSchema>;
type Problem = Omit<Diagnostic, 'severity'>;

/** A question or an answer in the words of the definition and in those of the translation. */
export interface TranslatedQuestion {
  /** Of a question its linkId; of an answer its code behind that. */
  readonly name: string;
  readonly told: string;
  readonly said: string;
  readonly at: SourceSpan;
}

/** `questions` is there where no diagnostic is an error. */
export interface QuestionTextsReading {
  readonly questions?: QuestionTexts;
  /** Both texts of each that is translated; but the words of an instrument are not. */
  readonly translated?: readonly TranslatedQuestion[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads what the form calls the questions of a definition in another language. Every question needs a text, every repeat a
 * word for its entries, every choice in `printed` a text for each answer. Never throws.
 */
export function readQuestionTexts(
  source: SourceText,
  { items }: Questionnaire,
  printed: readonly string[],
): QuestionTextsReading {
  const { yaml, diagnostics: yamlProblems } = readYaml(source);
  if (!yaml) return { diagnostics: yamlProblems };
  const { value, diagnostics } = readShape(questionTextsSchema, yaml, 'docs/check.md');
  if (!value) return { diagnostics };
  const all = allItems(items);
  const translated = translatedQuestions(value, all, yaml);
  const problems = [
    ...unknownProblems(value, all, yaml),
    ...missingProblems(value, all, printed, yaml),
    ...translated.flatMap(numberProblems),
  ];
  if (problems.length > 0) return { diagnostics: problems.map((each) => ({ severity: 'error', ...each })) };
  const questions = all.flatMap((item): readonly (readonly [string, string])[] => {
    const found = textOf(value, item.linkId);
    return found === undefined ? [] : [[item.linkId, found]];
  });
  const { options, entries } = value;
  return { questions: { questions: Object.fromEntries(questions), options, entries }, translated, diagnostics: [] };
}

function textOf({ questions, numbered }: Texts, linkId: string): string | undefined {
  const topic = Object.hasOwn(questions, linkId) ? questions[linkId] : undefined;
  const [, name = '', number = ''] = /^(.+)\.q(\d+)$/.exec(linkId) ?? [];
  const frame = Object.hasOwn(numbered, name) ? numbered[name] : undefined;
  if (topic === undefined || frame === undefined) return topic;
  return frame.replace('{number}', number).replace('{topic}', () => topic);
}

function unknownProblems(value: Texts, all: readonly Item[], yaml: YamlSource): readonly Problem[] {
  const questions = all.filter(({ type }) => type !== 'group').map(({ linkId }) => linkId);
  const groups = all.filter(({ type }) => type === 'group').map(({ linkId }) => linkId);
  const unknown = (list: keyof Texts, known: readonly string[]): readonly Problem[] =>
    Object.keys(value[list])
      .filter((linkId) => !known.includes(linkId))
      .map((linkId) => ({
        code: 'unknown-link-id',
        message: `nothing there has the linkId \`${linkId}\``,
        at: yaml.atKey([list, linkId]),
        help: wayOut(linkId, known),
      }));
  const codes = Object.entries(value.options).flatMap(([linkId, options]): readonly Problem[] => {
    const item = all.find((each) => each.linkId === linkId);
    const known = item?.type === 'choice' ? item.options.map(({ code }) => code) : [];
    return Object.keys(options)
      .filter((code) => item !== undefined && !known.includes(code))
      .map((code) => ({
        code: 'unknown-option',
        message: `\`${linkId}\` has no answer \`${code}\``,
        at: yaml.atKey(['options', linkId, code]),
        help: wayOut(code, known),
      }));
  });
  return [
    ...unknown('questions', questions),
    ...unknown('numbered', groups),
    ...unknown('options', questions),
    ...unknown('entries', groups),
    ...codes,
  ];
}

function translatedQuestions(
  { questions, numbered, options }: Texts,
  all: readonly Item[],
  yaml: YamlSource,
): readonly TranslatedQuestion[] {
  return all.flatMap((item) => {
    const { linkId } = item;
    if (Object.hasOwn(numbered, linkId.split('.')[0] ?? '')) return [];
    const pair = (name: string, told: string, said: string | undefined, path: readonly string[]) =>
      said === undefined ? [] : [{ name, told, said, at: yaml.at(path) }];
    const answers = item.type === 'choice' ? item.options : [];
    return [
      ...pair(linkId, item.text, questions[linkId], ['questions', linkId]),
      ...answers.flatMap(({ code, text }) =>
        pair(`${linkId} ${code}`, text, options[linkId]?.[code], ['options', linkId, code]),
      ),
    ];
  });
}

/** The same numbers in both languages. */
function numberProblems({ told, said, at }: TranslatedQuestion): readonly Problem[] {
  if (digitsOf(told) === digitsOf(said)) return [];
  return [
    {
      code: 'translation-number',
      message: `the numbers are ${digitsOf(said) || 'none'}, in the original ${digitsOf(told) || 'none'}`,
      at,
      help: `translate it as the original has it: ${told}`,
    },
  ];
}

/** The numbers of a text, from the smallest: a language may have another order. */
function digitsOf(said: string): string {
  const digits = numbersIn(said).map((number) => number.digits);
  return digits.sort((a, b) => Number(a) - Number(b)).join(', ');
}

function missingProblems(
  value: Texts,
  all: readonly Item[],
  printed: readonly string[],
  yaml: YamlSource,
): readonly Problem[] {
  const missing = (what: string, list: keyof Texts): Problem => ({
    code: 'untranslated-question',
    message: `${what} has no text`,
    at: yaml.at(Object.hasOwn(value, list) && yaml.value !== undefined ? [list] : []),
    note: 'the form would name it in another language than the rest',
    help: `add it under \`${list}\``,
  });
  return all.flatMap((item): readonly Problem[] => {
    const { linkId } = item;
    if (item.type === 'group') {
      return item.repeats && !Object.hasOwn(value.entries, linkId)
        ? [missing(`an entry of \`${linkId}\``, 'entries')]
        : [];
    }
    const options = item.type === 'choice' && printed.includes(linkId) ? item.options : [];
    const own = Object.hasOwn(value.options, linkId) ? value.options[linkId] : {};
    return [
      ...(textOf(value, linkId) === undefined ? [missing(`\`${linkId}\``, 'questions')] : []),
      ...options
        .filter(({ code }) => !Object.hasOwn(own ?? {}, code))
        .map(({ code }) => missing(`the answer \`${code}\` of \`${linkId}\``, 'options')),
    ];
  });
}
