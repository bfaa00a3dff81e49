import { counted } from '../model/counted.ts';
import { type Disposition, dispositions } from '../model/disposition.ts';
import type { GroupItem, Item, QuestionItem, Questionnaire, Rule } from '../model/questionnaire.ts';
import { dispositionNames } from './assessment.ts';
import { oneLine } from './codebook.ts';
import type { Statement } from './condition-words/statement.ts';
import { conditionInWords } from './condition-words.ts';
import { questionsOf, readsOf } from './uses.ts';

/** A question on the spine, with the rules that it settles last. */
export interface Stop {
  readonly linkId: string;
  /** From 1, in asking order; conditions name a question by it. */
  readonly number: number;
  readonly text: string;
  /** Empty where it is always asked; else `only if ...` in lines, the parts of a list set in. */
  readonly onlyIf: readonly string[];
  readonly exits: readonly Exit[];
  /** Golden cases in which its answer, or the lack of one, decides a finding. */
  readonly cases: number;
}

export interface Exit {
  readonly rule: string;
  readonly disposition: Disposition;
  /** The condition in short words, one line each, the parts of a list set in. */
  readonly when: readonly string[];
  /** Golden cases in which the rule is found. */
  readonly cases: number;
}

export interface Stretch {
  readonly title: string;
  readonly stops: readonly Stop[];
}

/** A questionnaire as a spine with exits: sections and questions in asking order, each rule at the last question it reads. */
export interface Spine {
  readonly title: string;
  readonly edition: string;
  readonly stretches: readonly Stretch[];
}

/** In how many golden cases a rule is found, and a question decides; one that is not there in none. */
export interface CaseCounts {
  readonly byRule: ReadonlyMap<string, number>;
  readonly byQuestion: ReadonlyMap<string, number>;
}

/** The spine of a questionnaire. */
export function spineOf(questionnaire: Questionnaire, counts: CaseCounts): Spine {
  const questions = questionnaire.items.flatMap(questionsOf);
  const numbers = new Map(questions.map(({ linkId }, index) => [linkId, index + 1]));
  const nameOf = (item: Item): string => questionNumber(item, numbers);
  const words = (expression: Rule['when']['expression']): readonly string[] =>
    flat(conditionInWords(questionnaire, expression, { nameOf, withTitles: false }));
  const exits = exitsByQuestion(questionnaire, numbers);
  const stop = (item: QuestionItem, around: readonly GroupItem[]): Stop => ({
    linkId: item.linkId,
    number: numbers.get(item.linkId) ?? 0,
    text: item.text,
    onlyIf: [...around, item]
      .flatMap(({ enableWhen }) => (enableWhen ? [words(enableWhen.expression)] : []))
      .flatMap(([first = '', ...rest], index) => [`${index === 0 ? '' : 'and '}only if ${first}`, ...rest]),
    exits: (exits.get(item.linkId) ?? []).map((rule) => ({
      rule: rule.id,
      disposition: rule.disposition,
      when: words(rule.when.expression),
      cases: counts.byRule.get(rule.id) ?? 0,
    })),
    cases: counts.byQuestion.get(item.linkId) ?? 0,
  });
  const stops = (group: GroupItem, around: readonly GroupItem[]): readonly Stop[] =>
    group.items.flatMap((item) => (item.type === 'group' ? stops(item, [...around, item]) : [stop(item, around)]));
  return {
    title: questionnaire.title,
    edition: `${questionnaire.id} ${questionnaire.version}`,
    stretches: questionnaire.items.map((section) => ({ title: section.text, stops: stops(section, [section]) })),
  };
}

/** `Q12`; a repeat by the numbers of its questions, `Q12 to Q18`. */
function questionNumber(item: Item, numbers: ReadonlyMap<string, number>): string {
  if (item.type !== 'group') return `Q${numbers.get(item.linkId) ?? 0}`;
  const inside = questionsOf(item).map(({ linkId }) => numbers.get(linkId) ?? 0);
  return `Q${Math.min(...inside)} to Q${Math.max(...inside)}`;
}

/** Rules by the question, among those they read, that is asked last; worst first. */
function exitsByQuestion(
  questionnaire: Questionnaire,
  numbers: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly Rule[]> {
  const exits = new Map<string, Rule[]>();
  const byDisposition = dispositions.flatMap((each) =>
    questionnaire.rules.filter(({ disposition }) => disposition === each),
  );
  for (const rule of byDisposition) {
    const reads = [...readsOf(questionnaire, rule.when.expression)].filter((linkId) => numbers.has(linkId));
    const last = reads.sort((a, b) => (numbers.get(b) ?? 0) - (numbers.get(a) ?? 0))[0];
    if (last !== undefined) exits.set(last, [...(exits.get(last) ?? []), rule]);
  }
  return exits;
}

/** A statement as lines, its parts as bullets set in. */
function flat({ text, parts }: Statement): readonly string[] {
  const below = (statements: readonly Statement[], indent: string): readonly string[] =>
    statements.flatMap((part) => [`${indent}• ${oneLine(part.text)}`, ...below(part.parts, `${indent}  `)]);
  return [oneLine(text), ...below(parts, '')];
}

/** What an exit is called in front of people. */
export function exitName({ rule, disposition }: Exit): string {
  return `${dispositionNames[disposition]} (${rule})`;
}

/** `3 cases`, `no case`. */
export function casesInWords(count: number): string {
  return count === 0 ? 'no case' : counted(count, 'case');
}
