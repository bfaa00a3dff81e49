import { claimsIn } from '../definition/number-claims.ts';
import { parameterText } from '../definition/parameter-text.ts';
import type { TranslatedQuestion } from '../definition/questions.ts';
import type { ReadTemplate } from '../definition/template.ts';
import type { ReadBlock, ReadText } from '../definition/template-blocks.ts';
import { numberWordsOf } from '../definition/template-checks/numbers.ts';
import { wholeWord } from '../definition/whole-word.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { numbersIn } from '../model/evidence.ts';
import type { Questionnaire, SourceSpan } from '../model/questionnaire.ts';
import type { Inline, Passage, TemplateBlock } from '../model/template.ts';

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

interface Side extends ReadTemplate {
  readonly questionnaire: Questionnaire;
  readonly blocks: readonly Placed[];
}

interface Placed extends ReadBlock {
  readonly section: number;
  readonly key: string;
}

type Pair = readonly [Placed, Placed];
type TextPair = readonly [Said, Said];

/** A text with its place; `block` is what a message calls the place. */
interface Said extends Pick<ReadText, 'inlines' | 'at'> {
  readonly block: string;
}

/** `says`: the sentence of the translation, where a difference in it may be let be. */
interface Problem extends Omit<Diagnostic, 'severity'> {
  readonly says?: string;
}

function sideOf(template: ReadTemplate, questionnaire: Questionnaire): Side {
  const blocks = template.sections.flatMap((section, index) =>
    section.blocks.map((read) => ({ ...read, section: index, key: keyOf(read.block) })),
  );
  return { ...template, questionnaire, blocks };
}

function keyOf(block: TemplateBlock): string {
  switch (block.kind) {
    case 'finding':
      return `finding ${block.rule}`;
    case 'signature':
      return `signature ${block.role}`;
    case 'slot':
      return `slot ${block.slot}`;
    case 'clause':
      return `clause ${block.id}${block.supply === undefined ? '' : ` (${block.supply})`}`;
    case 'benefit':
    case 'risk':
    case 'teach-back':
      return `${block.kind} ${block.id}`;
    default:
      return block;
  }
}

function pairsOf(first: Side, second: Side): readonly Pair[] {
  const twins = new Map(second.blocks.map((each) => [each.key, each]));
  return first.blocks.flatMap((each): readonly Pair[] => {
    const twin = twins.get(each.key);
    return twin ? [[each, twin]] : [];
  });
}

/** What stands in the front matter of both and belongs to neither language. */
function frontMatterProblems(first: Side, second: Side): readonly Problem[] {
  return (['id', 'version', 'questionnaire', 'card', 'requires'] as const).flatMap((key) => {
    if (same(first.frontMatter[key], second.frontMatter[key])) return [];
    return [
      {
        code: 'translation-attribute' as const,
        message: `\`${key}\` is not what it is in the original`,
        at: second.yaml.at([key]),
        note: 'the translation would be of another form',
        help: 'see what changed in the original, translate it, and write the same here',
        related: [original(first.yaml.at([key]))],
      },
    ];
  });
}

function orderProblems(first: Side, second: Side): readonly Problem[] {
  const [here, there] = [new Set(second.blocks.map(({ key }) => key)), new Set(first.blocks.map(({ key }) => key))];
  const missing = first.blocks.flatMap(({ key, opening }, index): readonly Problem[] => {
    if (here.has(key)) return [];
    const before = first.blocks.slice(0, index).findLast((each) => here.has(each.key))?.key;
    const at = second.blocks.find((each) => each.key === before)?.opening ?? second.yaml.at(['id']);
    const message = `\`${key}\` is not translated`;
    return [{ code: 'translation-order', message, at, ...whole, related: [original(opening)] }];
  });
  const added = second.blocks
    .filter(({ key }) => !there.has(key))
    .map(
      ({ key, opening }): Problem => ({
        code: 'translation-order',
        message: `the original has no \`${key}\``,
        at: opening,
        ...whole,
        related: [original(first.yaml.at(['id']))],
      }),
    );
  const [left, right] = [
    first.blocks.filter(({ key }) => here.has(key)),
    second.blocks.filter(({ key }) => there.has(key)),
  ];
  const index = left.findIndex(({ key, section }, place) => {
    const twin = right[place];
    return twin?.key !== key || twin.section !== section;
  });
  const [expected, found] = [left[index], right[index]];
  if (!expected || !found) return [...missing, ...added];
  const message =
    expected.key === found.key
      ? `\`${found.key}\` stands in section ${found.section + 1}, in the original in section ${expected.section + 1}`
      : `\`${found.key}\` stands where the original has \`${expected.key}\``;
  const moved: Problem = {
    code: 'translation-order',
    message,
    at: found.opening,
    ...whole,
    related: [original(expected.opening)],
  };
  return [...missing, ...added, moved];
}

const whole = {
  note: 'two patients with the same answers would not read the same form',
  help: 'have the same blocks in the same order in both files',
};

function attributesOf({ block, isMarkedIndirect }: Placed): Readonly<Record<string, unknown>> {
  if (block.kind === 'slot') return {};
  return {
    evidence: block.evidence,
    indirect: isMarkedIndirect,
    initials: 'initials' in block && block.initials,
    checkboxes: 'checkboxes' in block && block.checkboxes,
    lines: 'lines' in block && block.lines,
    box: 'box' in block ? block.box : undefined,
    band: 'band' in block ? block.band : undefined,
    rules: 'rules' in block ? block.rules : undefined,
    when: 'circumstance' in block ? block.circumstance : undefined,
  };
}

function attributeProblems([first, second]: Pair): readonly Problem[] {
  const [left, right] = [attributesOf(first), attributesOf(second)];
  return Object.keys(left)
    .filter((name) => !same(left[name], right[name]))
    .map((name) => ({
      code: 'translation-attribute' as const,
      message: `\`${name}\` of \`${second.key}\` is not what it is in the original`,
      at: second.opening,
      note: 'the two forms would not be initialed, ticked or sourced alike',
      help: 'write the same attributes between the braces',
      related: [original(first.opening)],
    }));
}

function shapeOf({ block }: Placed): readonly string[] {
  if (block.kind === 'slot') return [];
  const body = block.body.map(shapeOfPassage);
  return block.kind === 'teach-back' ? [...body, `a list of ${block.points.length}`] : body;
}

function shapeOfPassage(passage: Passage): string {
  switch (passage.kind) {
    case 'paragraph':
      return 'a paragraph';
    case 'list':
      return `a list of ${passage.items.length}`;
    case 'picture':
      return `a picture of ${passage.shares.map(({ entry, figure }) => `${entry}.${figure}`).join(' and ')}`;
    default:
      return passage;
  }
}

function haveSameShape([first, second]: Pair): boolean {
  return same(shapeOf(first), shapeOf(second)) && first.texts.length === second.texts.length;
}

function shapeProblems(pair: Pair): readonly Problem[] {
  if (haveSameShape(pair)) return [];
  const [first, second] = pair;
  return [
    {
      code: 'translation-shape',
      message: `\`${second.key}\` is ${shapeOf(second).join(', ')}; in the original ${shapeOf(first).join(', ')}`,
      at: second.opening,
      note: 'a sentence may be lost or added',
      help: 'have a paragraph for each paragraph and an item for each item',
      related: [original(first.opening)],
    },
  ];
}

function textPairs([first, second]: Pair): readonly TextPair[] {
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

function sectionPairs(first: Side, second: Side): readonly TextPair[] {
  return first.sections.flatMap(({ title, at }, index): readonly TextPair[] => {
    const twin = second.sections[index];
    return twin ? [[plainSaid(title, at, 'section'), plainSaid(twin.title, twin.at, 'section')]] : [];
  });
}

const wordLists = ['bands', 'drugs', 'routes', 'words'] as const;

function wordPairs(first: Side, second: Side): readonly TextPair[] {
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

function textProblems([first, second]: TextPair, left: Side, right: Side): readonly Problem[] {
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
function questionProblems({ name, told, said, at }: TranslatedQuestion, left: Side, right: Side): readonly Problem[] {
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

/** What a reader sees, with parameters in the words of the file; a clinic's own words left out. */
function filled({ inlines }: Said, side: Side): string {
  return inlines.map((inline) => inlineText(inline, side)).join('');
}

function inlineText(inline: Inline, { frontMatter, questionnaire }: Side): string {
  if (inline.kind === 'text') return inline.text;
  if (inline.kind === 'citation' || inline.field.from === 'clinic') return ' ';
  const { name } = inline.field;
  const parameter = questionnaire.parameters.find((each) => each.name === name);
  return (parameter && parameterText(parameter, frontMatter.units)) ?? ' ';
}

function digitsOf(said: Said, side: Side): readonly string[] {
  return numbersIn(filled(said, side)).map(({ digits }) => digits);
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
function measureProblems(first: Side, second: Side): readonly Problem[] {
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
function strongOf({ inlines }: Said): readonly Inline[] {
  const isStrong = (each: Inline | undefined): boolean =>
    each !== undefined && each.kind !== 'citation' && each.strong === true;
  return inlines.filter((each, index) => isStrong(each) && !isStrong(inlines[index - 1]));
}

/** Sentence by sentence where both have as many, else the whole texts. */
function sentencePairs(text: string, twin: string): readonly (readonly [string, string])[] {
  const [left, right] = [sentencesOf(text), sentencesOf(twin)];
  if (left.length !== right.length) return [[text, twin]];
  return left.map((sentence, index) => [sentence, right[index] ?? '']);
}

function sentencesOf(text: string): readonly string[] {
  return text.split(/(?<=[.?!。？！][”"»)]?)\s+/u).filter((each) => each !== '');
}

function negationsIn(text: string, { frontMatter }: Side): number {
  return frontMatter.negations.reduce((sum, word) => sum + [...text.matchAll(wholeWord(word))].length, 0);
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

function original(at: SourceSpan): { readonly at: SourceSpan; readonly message: string } {
  return { at, message: 'the original' };
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
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
