import { fleschKincaid } from 'flesch-kincaid';
import { syllable } from 'syllable';
import { parameterText } from '../definition/parameter-text.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { ConsentTemplate, Inline, Passage, ReadingFormula, TemplateBlock } from '../model/template.ts';
import type { ReadingLine } from '../report/check-text.ts';
import type { ProvenForm } from './prove/form.ts';
import { spanishSyllables } from './spanish-syllables.ts';

/** How hard the text of one block is to read. */
export interface ReadingGrade {
  /** Id, rule or role of the block. */
  readonly id: string;
  readonly language: string;
  /** In the unit of the template's formula: a school grade, or words a sentence. */
  readonly grade: number;
  readonly words: number;
  /** The sentence that is hardest by itself. */
  readonly hardest: string;
  readonly block: Exclude<TemplateBlock, { kind: 'slot' }>;
}

/**
 * The grade of each block's text, hardest first: fields filled, titles left out (they would flatter it). A list item ends
 * a sentence. Words that the template exempts are not counted, a number counts as one short word. Blocks with fewer words than
 * `fewestWords` are measured together: of a dozen words one long one would say everything.
 */
export function readingGrades(template: ConsentTemplate, questionnaire: Questionnaire): readonly ReadingGrade[] {
  const { readability, language } = template;
  const exempt = new Set(readability.exempt.map((word) => word.toLowerCase()));
  const count = (sentences: readonly string[]): Counts => countsOf(sentences, exempt, readability.formula);
  const measured = template.sections
    .flatMap(({ blocks }) => blocks)
    .flatMap((block) => {
      if (block.kind === 'slot') return [];
      const sentences = sentencesOf(block.body, template, questionnaire);
      return [{ block, sentences, counts: count(sentences) }];
    });
  const short = measured.filter(({ counts }) => counts.words < readability.fewestWords);
  const pooled = gradeOf(readability.formula, count(short.flatMap(({ sentences }) => sentences)));
  return measured
    .map(({ block, sentences, counts }): ReadingGrade => {
      const isShort = counts.words < readability.fewestWords;
      const own = (sentence: string): number => gradeOf(readability.formula, count([sentence]));
      return {
        id: idOf(block),
        language,
        grade: isShort ? pooled : gradeOf(readability.formula, counts),
        words: counts.words,
        hardest: [...sentences].sort((a, b) => own(b) - own(a))[0] ?? '',
        block,
      };
    })
    .sort((a, b) => b.grade - a.grade || (a.id < b.id ? -1 : 1));
}

/** The same for a report. */
export function readingLines(template: ConsentTemplate, questionnaire: Questionnaire): readonly ReadingLine[] {
  return readingGrades(template, questionnaire).map(({ id, language, grade, words }) => ({
    language,
    id,
    grade: Math.round(grade * 10) / 10,
    words,
  }));
}

/** Blocks that are harder to read than the template allows. */
export function hardToRead({ template }: ProvenForm, questionnaire: Questionnaire): readonly Diagnostic[] {
  const { formula, limit } = template.readability;
  return readingGrades(template, questionnaire)
    .filter(({ grade }) => grade > limit)
    .map(({ id, grade, hardest, block }) => ({
      code: 'hard-to-read',
      severity: 'error',
      message: `\`${id}\` reads at ${grade.toFixed(1)}, above ${limit} (${formula})`,
      at: block.at,
      note: `the hardest sentence: ${hardest}`,
      help: 'say it in shorter sentences and shorter words, one idea each',
    }));
}

interface Counts {
  readonly sentences: number;
  readonly words: number;
  readonly syllables: number;
}

function countsOf(sentences: readonly string[], exempt: ReadonlySet<string>, formula: ReadingFormula): Counts {
  const words = sentences.flatMap((sentence) => wordsOf(sentence)).filter((word) => !exempt.has(word.toLowerCase()));
  const ofWord = formula === 'crawford' ? spanishSyllables : syllable;
  return {
    sentences: sentences.length,
    words: words.length,
    syllables: words.reduce((sum, word) => sum + (/\d/.test(word) ? 1 : ofWord(word)), 0),
  };
}

function wordsOf(sentence: string): readonly string[] {
  return sentence.match(/[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}'’,.-]*[\p{L}\p{N}\p{M}])?/gu) ?? [];
}

/**
 * `flesch-kincaid`: US school grade (Kincaid and others 1975). `crawford`: school grade of Spanish primary texts
 * (Crawford 1989). `words-per-sentence`: for languages without an established formula.
 */
function gradeOf(formula: ReadingFormula, { sentences, words, syllables }: Counts): number {
  if (words === 0) return 0;
  switch (formula) {
    case 'flesch-kincaid':
      return fleschKincaid({ sentence: sentences, word: words, syllable: syllables });
    case 'crawford':
      return (-0.205 * 100 * sentences) / words + (0.049 * 100 * syllables) / words - 3.407;
    case 'words-per-sentence':
      return words / sentences;
  }
}

function sentencesOf(
  body: readonly Passage[],
  template: ConsentTemplate,
  questionnaire: Questionnaire,
): readonly string[] {
  return body
    .flatMap(linesOf)
    .map((inlines) => inlines.map((inline) => textOf(inline, template, questionnaire)).join(''))
    .flatMap((text) => text.split(/(?<=[.?!:][”"»)]?)\s+/u))
    .filter((sentence) => /\p{L}/u.test(sentence));
}

/** Paragraphs and items; the few words of a picture are no sentences. */
function linesOf(passage: Passage): readonly (readonly Inline[])[] {
  switch (passage.kind) {
    case 'paragraph':
      return [passage.of];
    case 'list':
      return passage.items;
    case 'picture':
      return [];
    default:
      return passage;
  }
}

/** What a clinic writes about itself is not the template's wording. */
function textOf(inline: Inline, { units }: ConsentTemplate, { parameters }: Questionnaire): string {
  if (inline.kind === 'text') return inline.text;
  if (inline.kind === 'citation' || inline.field.from === 'clinic') return '';
  const { name } = inline.field;
  const parameter = parameters.find((each) => each.name === name);
  return (parameter && parameterText(parameter, units)) ?? '';
}

function idOf(block: Exclude<TemplateBlock, { kind: 'slot' }>): string {
  switch (block.kind) {
    case 'finding':
      return block.rule;
    case 'signature':
      return block.role;
    case 'clause':
      return block.supply === undefined ? block.id : `${block.id} (${block.supply})`;
    default:
      return block.id;
  }
}
