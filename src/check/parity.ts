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
import { type Problem, pairsOf, type Side, sideOf } from './parity/sides.ts';
import { measureProblems, questionProblems, sectionPairs, textPairs, textProblems, wordPairs } from './parity/texts.ts';

/**
 * Whether a translation says what its original says, as far as that can be seen without knowing the languages: the same
 * blocks in the same order with the same attributes; in each the same paragraphs and items; in each of those the same
 * numbers in the same order (a parameter in the words of each file), words that measure (hours, at least), fields, citations
 * and stretches in bold; and as many marks of negation in a sentence at least, none where there is none. What the translation lists under `differences` is let be.
 */
export function parityProblems(
  original: ReadTemplate,
  translation: ReadTemplate,
  questionnaire: Questionnaire,
): readonly Diagnostic[] {
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
  return [...open, ...unused].map(({ says: _, ...problem }) => ({ severity: 'error' as const, ...problem }));
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
