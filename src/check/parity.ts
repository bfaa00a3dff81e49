import type { ReadTemplate } from '../definition/template.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import {
  attributeProblems,
  frontMatterProblems,
  haveSameShape,
  orderProblems,
  shapeProblems,
} from './parity/blocks.ts';
import { filled, type Pair, type Problem, pairsOf, type Said, type Side, sideOf } from './parity/sides.ts';
import {
  digitsOf,
  measureProblems,
  negationsIn,
  questionProblems,
  sectionPairs,
  sentencesOf,
  strongOf,
  textPairs,
  textProblems,
  wordPairs,
} from './parity/texts.ts';

/** How much of two files was held against each other. Numbers, marks of negation and the rest are those of the original. */
export interface ParityCounts {
  readonly blocks: number;
  readonly texts: number;
  readonly sentences: number;
  readonly numbers: number;
  readonly fields: number;
  readonly citations: number;
  readonly strong: number;
  readonly negations: number;
  readonly initials: number;
}

export interface Parity {
  readonly diagnostics: readonly Diagnostic[];
  readonly counts: ParityCounts;
}

/**
 * Whether a translation says what its original says, as far as that can be seen without knowing the languages: the same
 * blocks in the same order with the same attributes; in each the same paragraphs and items; in each of those the same
 * numbers in the same order (a parameter in the words of each file), words that measure (hours, at least), fields, citations and stretches in bold; and as many
 * marks of negation in a sentence at least, none where there is none. What the translation lists under `differences` is let be.
 */
export function parityOf(original: ReadTemplate, translation: ReadTemplate, questionnaire: Questionnaire): Parity {
  const [first, second] = [sideOf(original, questionnaire), sideOf(translation, questionnaire)];
  const pairs = pairsOf(first, second);
  const texts = pairs.flatMap((pair) => (haveSameShape(pair) ? textPairs(pair) : []));
  const found = [
    ...frontMatterProblems(first, second),
    ...measureProblems(first, second),
    ...orderProblems(first, second),
    ...pairs.flatMap((pair) => [...attributeProblems(pair), ...shapeProblems(pair)]),
    ...[...texts, ...sectionPairs(first, second), ...wordPairs(first, second)].flatMap((pair) =>
      textProblems(pair, first, second),
    ),
    ...second.questions.flatMap((question) => questionProblems(question, first, second)),
  ];
  const { open, unused } = withoutDifferences(found, second);
  return {
    diagnostics: [...open, ...unused].map(({ says: _, ...problem }) => ({ severity: 'error' as const, ...problem })),
    counts: countsOf(
      pairs,
      texts.map(([text]) => text),
      first,
    ),
  };
}

/** Without what the translation gives a reason for; a reason that lets nothing be is a problem of its own. */
function withoutDifferences(
  found: readonly Problem[],
  { frontMatter, yaml }: Side,
): { readonly open: readonly Problem[]; readonly unused: readonly Problem[] } {
  const meets = (problem: Problem, { says, code }: { readonly says: string; readonly code: string }): boolean =>
    problem.code === code && problem.says?.includes(says) === true;
  const { differences } = frontMatter;
  return {
    open: found.filter((problem) => !differences.some((each) => meets(problem, each))),
    unused: differences.flatMap((each, index): readonly Problem[] =>
      found.some((problem) => meets(problem, each))
        ? []
        : [
            {
              code: 'unused-difference',
              message: `there is no \`${each.code}\` where the form says “${each.says}”`,
              at: yaml.at(['differences', index]),
              help: 'remove the entry, or mend what it says',
            },
          ],
    ),
  };
}

function countsOf(pairs: readonly Pair[], texts: readonly Said[], first: Side): ParityCounts {
  const sum = (of: (said: Said) => number): number => texts.reduce((total, said) => total + of(said), 0);
  const sentences = texts.flatMap((said) => sentencesOf(filled(said, first)));
  return {
    blocks: pairs.length,
    texts: texts.length,
    sentences: sentences.length,
    numbers: sum((said) => digitsOf(said, first).length),
    fields: sum(({ inlines }) => inlines.filter(({ kind }) => kind === 'field').length),
    citations: sum(({ inlines }) => inlines.filter(({ kind }) => kind === 'citation').length),
    strong: sum((said) => strongOf(said).length),
    negations: sentences.filter((sentence) => negationsIn(sentence, first) > 0).length,
    initials: pairs.filter(([{ block }]) => 'initials' in block && block.initials).length,
  };
}
