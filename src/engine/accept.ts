import { type Answer, type Answers, isAbsent } from '../model/answers.ts';
import { counted } from '../model/counted.ts';
import { dayRange } from '../model/local-date.ts';
import type {
  ChoiceItem,
  Constraint,
  GroupItem,
  Item,
  NumberItem,
  Questionnaire,
  StringItem,
} from '../model/questionnaire.ts';
import { enablementOf, situationOf, truthOf } from './situation.ts';

/** Why an answer to one item is refused, with the way out. `code` is stable. */
export interface Refusal {
  readonly code:
    | 'wrong-type'
    | 'out-of-range'
    | 'unknown-option'
    | 'not-absent'
    | 'too-long'
    | 'exclusive-option'
    | 'too-many';
  readonly message: string;
}

/** Why one answer is refused, by its type, range, options, length and absence; for a repeat, the number of its entries. Undefined where it is accepted. */
export function refusal(item: Item, answer: Answer): Refusal | undefined {
  if (isAbsent(answer)) {
    return item.mayBeAbsent
      ? undefined
      : { code: 'not-absent', message: 'this question takes neither unknown nor declined: give an answer' };
  }
  switch (item.type) {
    case 'group':
      return refusedEntries(item, answer);
    case 'boolean':
      return typeof answer === 'boolean' ? undefined : wrongType('true or false');
    case 'integer':
    case 'decimal':
      return refusedNumber(item, answer);
    case 'date':
      return typeof answer === 'number' && answer >= dayRange.min && answer <= dayRange.max
        ? undefined
        : wrongType('a date as YYYY-MM-DD');
    case 'string':
      return refusedText(item, answer);
    case 'choice':
      return refusedChoice(item, answer);
  }
}

export function wrongType(expected: string): Refusal {
  return { code: 'wrong-type', message: `expected ${expected}` };
}

function refusedEntries({ repeats }: GroupItem, answer: Answer): Refusal | undefined {
  if (!repeats) return { code: 'wrong-type', message: 'this is a group of questions, not a question' };
  if (!Array.isArray(answer)) return wrongType(`a list with one entry for each ${repeats.entry}`);
  if (answer.length > repeats.max)
    return { code: 'too-many', message: `at most ${counted(repeats.max, 'entry', 'entries')}` };
  return answer.length < repeats.min
    ? { code: 'too-many', message: `at least ${counted(repeats.min, 'entry', 'entries')}` }
    : undefined;
}

function refusedNumber({ min, max, decimals, unitText }: NumberItem, answer: Answer): Refusal | undefined {
  if (typeof answer !== 'number' || !Number.isSafeInteger(answer)) return wrongType('a number');
  if (answer >= min && answer <= max) return undefined;
  const factor = 10 ** decimals;
  return { code: 'out-of-range', message: `must be from ${min / factor} to ${max / factor} ${unitText}` };
}

/** They make a text look like another on a screen: overrides and isolates of direction, separators of lines. */
const hiddenSigns = /[\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** What is seen by itself: no space, no mark without a letter, nothing that is drawn as nothing. */
const visible = /[^\p{Z}\p{Cc}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

function refusedText({ maxLength }: StringItem, answer: Answer): Refusal | undefined {
  if (typeof answer !== 'string') return wrongType('a text');
  if (!visible.test(answer)) return { code: 'wrong-type', message: 'expected a text that is not blank' };
  if (/[\p{Cc}\p{Cs}]/u.test(answer)) return { code: 'wrong-type', message: 'control characters are not accepted' };
  if (hiddenSigns.test(answer))
    return { code: 'wrong-type', message: 'hidden signs that turn or break a line are not accepted' };
  // Code units are never fewer than characters.
  const isShort = answer.length <= maxLength || [...answer].length <= maxLength;
  return isShort ? undefined : { code: 'too-long', message: `at most ${maxLength} characters` };
}

function refusedChoice(item: ChoiceItem, answer: Answer): Refusal | undefined {
  const accepted = (): string => item.options.map(({ code }) => code).join(', ');
  const unknownOption = (): Refusal => ({ code: 'unknown-option', message: `expected one of ${accepted()}` });
  if (!item.repeats) {
    const isOption = item.options.some(({ code, score }) => answer === (item.scored ? score : code));
    return isOption ? undefined : unknownOption();
  }
  if (!Array.isArray(answer)) return wrongType(`a list with any of ${accepted()}`);
  const chosen = new Set<unknown>(answer);
  const options = item.options.filter(({ code }) => chosen.has(code));
  if (options.length !== chosen.size) return unknownOption();
  if (chosen.size !== answer.length) return { code: 'wrong-type', message: 'the same answer stands twice' };
  if (options.length === 0) return wrongType(`at least one of ${accepted()}`);
  const alone = options.find(({ exclusive }) => exclusive);
  return alone && options.length > 1
    ? { code: 'exclusive-option', message: `${alone.code} excludes every other answer` }
    : undefined;
}

/** Constraints that the answers break. One that absence leaves open is not broken, nor one on a question that is not asked. */
export function brokenConstraints(questionnaire: Questionnaire, answers: Answers): readonly Constraint[] {
  const situation = situationOf(questionnaire, answers);
  return questionnaire.constraints.filter(
    ({ linkId, requires }) =>
      answers.has(linkId) &&
      enablementOf(situation, linkId) !== false &&
      truthOf(situation, requires.expression) === false,
  );
}

/** Questions with an answer although the other answers settle that they are not asked, by linkId. */
export function strayAnswers(questionnaire: Questionnaire, answers: Answers): readonly string[] {
  const situation = situationOf(questionnaire, answers);
  return [...answers.keys()].filter((linkId) => enablementOf(situation, linkId) === false);
}

/** True for answers of which a reader refuses none for another one's sake: to nothing that is not asked, and no constraint broken. */
export function isAccepted(questionnaire: Questionnaire, answers: Answers): boolean {
  return strayAnswers(questionnaire, answers).length === 0 && brokenConstraints(questionnaire, answers).length === 0;
}
