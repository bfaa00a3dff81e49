import { type EvidenceEntry, type Figure, numbersIn } from '../../model/evidence.ts';
import type { SourceSpan } from '../../model/questionnaire.ts';
import { type Claim, claimsIn, figuresFor, isQualified, type NumberWords } from '../number-claims.ts';
import type { FrontMatter } from '../template.ts';
import { wholeWord } from '../whole-word.ts';
import type { SourceText } from '../yaml-source.ts';
import type { Problem, TemplateDesk } from './desk.ts';

/** How the numbers of this language are read. */
export function numberWordsOf({ numberWords, qualifiers, measures }: FrontMatter): NumberWords {
  return { ...numberWords, qualifiers, measures };
}

/**
 * A number may be printed where it is a figure of an entry that its block names (share and denominator, with the word
 * that a rounded number or a bound needs), the number of people of such an entry, or part of a phrase under `numbers`.
 */
export function checkNumbers(
  { frontMatter, source }: TemplateDesk,
  text: string,
  at: SourceSpan,
  entries: readonly EvidenceEntry[],
): readonly Problem[] {
  const lending = entries.filter(({ how }) => how !== 'not-verified');
  const place = (digits: string): SourceSpan => numberSpan(digits, at, source);
  return untraced(claimsIn(text, numberWordsOf(frontMatter)), text, frontMatter).flatMap(
    (claim): readonly Problem[] => {
      const figures = figuresFor(claim, lending);
      if (figures.length === 0) return unproved(claim, place);
      if (figures.some((figure) => isQualified(claim, figure))) return [];
      return [unqualified(claim, figures, frontMatter, place)];
    },
  );
}

function unproved({ amounts, of }: Claim, place: (digits: string) => SourceSpan): readonly Problem[] {
  return [...amounts, ...(of ? [of] : [])].map(({ digits }) => ({
    code: 'unproved-number',
    message: `the number ${digits} is in no figure that this block names`,
    at: place(digits),
    note: 'patients are told only numbers that can be traced',
    help: 'name the entry with `evidence=` or `[@...]`, use a field such as {{params.name}}, or give it a reason under `numbers`',
  }));
}

function unqualified(
  { amounts, of, qualifier }: Claim,
  [figure]: readonly Figure[],
  { qualifiers }: FrontMatter,
  place: (digits: string) => SourceSpan,
): Problem {
  const said = `${amounts.map(({ digits }) => digits).join(', ')}${of ? ` in ${of.digits}` : ''}`;
  const needed = figure?.qualifier && qualifiers[figure.qualifier].join('”, “');
  return {
    code: 'unqualified-number',
    message: needed
      ? `${said} stands without “${needed}”: the source says ${figure.reported}`
      : `the source says ${figure?.reported}, not “${qualifier ? qualifiers[qualifier][0] : ''}” ${said}`,
    at: place(amounts[0]?.digits ?? ''),
    note: 'a rounded number or a bound is no exact one, and the other way round',
    help: needed ? `write “${needed}” before the number` : 'leave the word out',
  };
}

/**
 * A word that says a quantity stands for a figure that may be spoken so and that its sentence tells in digits too, or in a
 * phrase under `numbers`.
 */
export function checkQuantityWords(
  { frontMatter, source }: TemplateDesk,
  text: string,
  at: SourceSpan,
  entries: readonly EvidenceEntry[],
): readonly Problem[] {
  const lending = entries.filter(({ how }) => how !== 'not-verified');
  const words = numberWordsOf(frontMatter);
  const said = sentencesIn(text).flatMap(({ sentence, start }) => {
    const spoken = claimsIn(sentence, words).flatMap((claim) =>
      figuresFor(claim, lending).flatMap((figure) => figure.spoken ?? []),
    );
    return frontMatter.quantityWords.flatMap((word) =>
      [...sentence.matchAll(wholeWord(word))]
        .slice(spoken.filter((each) => each === word).length)
        .map(({ 0: found, index }) => ({ words: found, start: start + index, end: start + index + found.length })),
    );
  });
  return untraced(said, text, frontMatter).map(({ words: found }): Problem => {
    const index = source.text.slice(at.start, at.end).indexOf(found);
    return {
      code: 'unproved-number',
      message: `\`${found}\` says a quantity that is in no figure that this block names`,
      at: index === -1 ? at : { path: at.path, start: at.start + index, end: at.start + index + found.length },
      note: 'patients are told only numbers that can be traced, in words too',
      help: 'tell the figure in the same sentence and give it `spoken:` in the ledger, or give the phrase a reason under `numbers`',
    };
  });
}

/** Sentences with where they begin: one ends where the next begins with a capital letter, a digit or an opening mark. */
export function sentencesIn(text: string): readonly { readonly sentence: string; readonly start: number }[] {
  const ends = [...text.matchAll(/(?<=[.?!][”"»)]?)\s+(?=[\p{Lu}\p{N}¿¡“"«])/gu)].map(({ index }) => index);
  return [0, ...ends].map((start, index) => ({ sentence: text.slice(start, ends[index]), start }));
}

/** The words around the clauses hold no number of their own; those of the bands are the bounds of the bands. */
export function checkFixedWords(desk: TemplateDesk): readonly Problem[] {
  const { frontMatter, yaml } = desk;
  const fixed = (['words', 'drugs', 'routes', 'units'] as const).flatMap((group) =>
    Object.entries<string>(frontMatter[group]).flatMap(([key, words]) =>
      checkNumbers(desk, words, yaml.at([group, key]), []),
    ),
  );
  const bounds = ['1', '10', '100', '1000'];
  const wrong = Object.entries(frontMatter.bands).flatMap(([band, words]) =>
    numbersIn(words)
      .filter(({ digits }) => !bounds.includes(digits))
      .map(
        ({ digits }): Problem => ({
          code: 'unproved-number',
          message: `the number ${digits} is no bound of a band`,
          at: yaml.at(['bands', band]),
          help: 'the bounds are 1 in 10, 1 in 100 and 1 in 1,000',
        }),
      ),
  );
  return [...fixed, ...wrong];
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Of stretches of a text those that stand in no phrase under `numbers`. */
function untraced<S extends Stretch>(stretches: readonly S[], text: string, { numbers }: FrontMatter): readonly S[] {
  const phrases = numbers.flatMap((allowed) => occurrences(allowed.text, text));
  return stretches.filter(({ start, end }) => !phrases.some((each) => each.start <= start && end <= each.end));
}

function occurrences(phrase: string, text: string): readonly Stretch[] {
  const found: Stretch[] = [];
  for (let at = text.indexOf(phrase); at !== -1; at = text.indexOf(phrase, at + 1)) {
    found.push({ start: at, end: at + phrase.length });
  }
  return found;
}

function numberSpan(digits: string, at: SourceSpan, { text }: SourceText): SourceSpan {
  const written = digits.replace('.', '\\.').replace(/\d(?=\d)/g, '$&,?');
  const found = new RegExp(`(?<!\\d)${written}(?!\\d)`).exec(text.slice(at.start, at.end));
  if (!found) return at;
  const start = at.start + found.index;
  return { path: at.path, start, end: start + found[0].length };
}
