import { claimsIn } from '../../definition/number-claims.ts';
import type { TranslatedQuestion } from '../../definition/questions.ts';
import { numberWordsOf } from '../../definition/template-checks/numbers.ts';
import { wholeWord } from '../../definition/whole-word.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { numbersIn } from '../../model/evidence.ts';
import type { SourceSpan } from '../../model/questionnaire.ts';
import type { Inline } from '../../model/template.ts';
import { filled, original, type Pair, type Problem, type Said, type Side, same, type TextPair } from './sides.ts';

export function textPairs([first, second]: Pair): readonly TextPair[] {
  return first.texts.flatMap((text, index): readonly TextPair[] => {
    const twin = second.texts[index];
    return twin
      ? [
          [
            { ...text, block: first.key },
            { ...twin, block: second.key },
          ],
        ]
      : [];
  });
}

export function sectionPairs(first: Side, second: Side): readonly TextPair[] {
  return first.sections.flatMap(({ title, at }, index): readonly TextPair[] => {
    const twin = second.sections[index];
    return twin ? [[plainSaid(title, at, 'section'), plainSaid(twin.title, twin.at, 'section')]] : [];
  });
}

const wordLists = ['bands', 'drugs', 'routes', 'words'] as const;

export function wordPairs(first: Side, second: Side): readonly TextPair[] {
  const listed = wordLists.flatMap((list) => {
    const [left, right]: readonly Readonly<Record<string, string>>[] = [
      first.frontMatter[list],
      second.frontMatter[list],
    ];
    return Object.entries(left ?? {}).map(
      ([key, text]): TextPair => [
        plainSaid(text, first.yaml.at([list, key]), `${list}.${key}`),
        plainSaid(right?.[key] ?? '', second.yaml.at([list, key]), `${list}.${key}`),
      ],
    );
  });
  const title: TextPair = [
    plainSaid(first.frontMatter.title, first.yaml.at(['title']), 'title'),
    plainSaid(second.frontMatter.title, second.yaml.at(['title']), 'title'),
  ];
  return [title, ...listed];
}

function plainSaid(text: string, at: SourceSpan, block: string): Said {
  return { inlines: [{ kind: 'text', text, strong: false }], at, block };
}

export function textProblems([first, second]: TextPair, left: Side, right: Side): readonly Problem[] {
  const [text, twin] = [filled(first, left), filled(second, right)];
  const problem = (code: Diagnostic['code'], message: string, help: string, says: string): Problem => ({
    code,
    message: `\`${second.block}\`: ${message}`,
    at: second.at,
    help,
    related: [original(first.at)],
    says,
  });
  const compare = (
    code: Diagnostic['code'],
    of: (said: Said, side: Side) => readonly string[],
    what: string,
  ): readonly Problem[] => {
    const [a, b] = [of(first, left), of(second, right)];
    if (same(a, b)) return [];
    return [
      problem(
        code,
        `${what} ${listOf(b)}, in the original ${listOf(a)}`,
        'translate it as the original has it; give a reason under `differences` where it must differ',
        twin,
      ),
    ];
  };
  return [
    ...compare('translation-number', digitsOf, 'the numbers are'),
    ...compare('translation-number', qualifiersOf, 'before the numbers stands'),
    ...compare('translation-measure', (said, side) => measuresOf(filled(said, side), side), 'what is measured is'),
    ...compare('translation-field', fieldsOf, 'the fields and citations are'),
    ...compare('translation-strong', (said) => strongOf(said).map(() => 'bold'), 'in bold is'),
    ...lostNegations(text, twin, left, right).map(({ message, says }) =>
      problem('translation-negation', message, negationHelp, says),
    ),
  ];
}

/** The numbers of a question are compared where it is read. */
export function questionProblems(
  { name, told, said, at }: TranslatedQuestion,
  left: Side,
  right: Side,
): readonly Problem[] {
  return lostNegations(told, said, left, right).map(({ message, says }) => ({
    code: 'translation-negation',
    message: `\`${name}\`: ${message}`,
    at,
    help: negationHelp,
    says,
  }));
}

const negationHelp = 'translate the negation; add the word under `negations`, or give a reason under `differences`';

/** Sentences that say no where the original does not, or less often. More of them may be grammar: two in Spanish where English has one. */
function lostNegations(
  text: string,
  twin: string,
  left: Side,
  right: Side,
): readonly { readonly message: string; readonly says: string }[] {
  return sentencePairs(text, twin)
    .map(([a, b]) => [a, b, negationsIn(a, left), negationsIn(b, right)] as const)
    .filter(([, , told, said]) => said < told || (told === 0 && said > 0))
    .map(([a, b, told]) => ({
      message:
        told === 0
          ? `“${b}” says no, the original does not: “${a}”`
          : `“${b}” says no less often than the original: “${a}”`,
      says: b,
    }));
}

function listOf(values: readonly string[]): string {
  return values.length === 0 ? 'none' : values.join(', ');
}

export function digitsOf(said: Said, side: Side): readonly string[] {
  return numbersIn(filled(said, side)).map(({ digits }) => digits);
}

/** Sentence by sentence where both have as many, else the whole texts. */
function sentencePairs(text: string, twin: string): readonly (readonly [string, string])[] {
  const [left, right] = [sentencesOf(text), sentencesOf(twin)];
  if (left.length !== right.length) return [[text, twin]];
  return left.map((sentence, index) => [sentence, right[index] ?? '']);
}

export function sentencesOf(text: string): readonly string[] {
  return text.split(/(?<=[.?!。？！][”"»)]?)\s+/u).filter((each) => each !== '');
}

export function negationsIn(text: string, { frontMatter }: Side): number {
  return frontMatter.negations.reduce((sum, word) => sum + [...text.matchAll(wholeWord(word))].length, 0);
}

/** The words before numbers that are rounded or a bound, by what they mean. */
function qualifiersOf({ inlines }: Said, { frontMatter }: Side): readonly string[] {
  const text = inlines.map((each) => (each.kind === 'text' ? each.text : ' ')).join('');
  return claimsIn(text, numberWordsOf(frontMatter)).flatMap(({ qualifier }) => qualifier ?? []);
}

/** What the words that measure something mean, in one order: a language may have another. */
function measuresOf(text: string, { frontMatter }: Side): readonly string[] {
  return Object.entries(frontMatter.measures)
    .flatMap(([meaning, words]) => words.flatMap((word) => [...text.matchAll(wholeWord(word))].map(() => meaning)))
    .sort();
}

/** Units are called by words that mean them, and both files know the same meanings. */
export function measureProblems(first: Side, second: Side): readonly Problem[] {
  const { units, measures } = second.frontMatter;
  const isMeant = ([code, word]: [string, string]): boolean => measures[code]?.includes(word) !== false;
  const wrong = Object.entries(units)
    .filter((unit) => !isMeant(unit))
    .map(
      ([code, word]): Problem => ({
        code: 'translation-measure',
        message: `\`${word}\` is no word for the unit \`${code}\` under \`measures\``,
        at: second.yaml.at(['units', code]),
        note: 'a patient would wait too long, or not long enough',
        help: 'mend the word, or add it under `measures`',
        related: [original(first.yaml.at(['units', code]))],
      }),
    );
  const [left, right] = [first, second].map((side) => Object.keys(side.frontMatter.measures).sort());
  if (same(left, right)) return wrong;
  return [
    ...wrong,
    {
      code: 'translation-measure',
      message: `\`measures\` has ${listOf(right ?? [])}, in the original ${listOf(left ?? [])}`,
      at: second.yaml.at(['measures']),
      help: 'give words for the same meanings',
      related: [original(first.yaml.at(['measures']))],
    },
  ];
}

/** A language may put them in another order. */
function fieldsOf({ inlines }: Said): readonly string[] {
  return inlines
    .flatMap((each) =>
      each.kind === 'field'
        ? [`{{${each.field.from}.${each.field.name}}}`]
        : each.kind === 'citation'
          ? [`[@${each.evidence}]`]
          : [],
    )
    .sort();
}

/** Stretches in bold. */
export function strongOf({ inlines }: Said): readonly Inline[] {
  const isStrong = (each: Inline | undefined): boolean =>
    each !== undefined && each.kind !== 'citation' && each.strong === true;
  return inlines.filter((each, index) => isStrong(each) && !isStrong(inlines[index - 1]));
}
