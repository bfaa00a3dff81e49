import type { Answer } from '../model/answers.ts';
import { formatDecimal } from '../model/decimal.ts';
import { type Expression, partsOf } from '../model/expression.ts';
import { formatDate } from '../model/local-date.ts';
import { type DateItem, isNumberItem, type NumberItem, type StringItem } from '../model/questionnaire.ts';
import { edited, emptyLine, lineWith } from './edit-line.ts';
import type { Key } from './keys.ts';
import { ask, keep, propose } from './moves.ts';
import { type AskPage, type WizardState, withoutProblem, withProblem } from './state.ts';
import { answerAtPlace, type Place, standingOf } from './steps.ts';
import { tableMatch } from './table-names.ts';
import { dateExamples, dateInFull, readDate } from './typed-date.ts';
import { expected, readNumber } from './typed-number.ts';

export type TypedItem = NumberItem | DateItem | StringItem;

export function isTyped(item: { readonly type: string }): item is TypedItem {
  return item.type === 'integer' || item.type === 'decimal' || item.type === 'date' || item.type === 'string';
}

/** What a typed line means for its question. `echo` says how it is read; `rest` is for the question after it. */
export type Typed =
  | { readonly is: 'answer'; readonly answer: Answer; readonly echo?: string; readonly rest?: string }
  | { readonly is: 'wrong'; readonly message: string }
  | { readonly is: 'unlisted'; readonly answer: string; readonly names: readonly string[] }
  | { readonly is: 'absence' };

/** Reads the line of the question at `place`. */
export function readTyped(state: WizardState, place: Place, item: TypedItem, text: string): Typed {
  switch (item.type) {
    case 'integer':
    case 'decimal': {
      const read = readNumber(text, item, partnerOf(state, place) !== undefined);
      return read.is === 'value'
        ? { ...read, is: 'answer', answer: read.value }
        : { is: 'wrong', message: read.message };
    }
    case 'date': {
      const read = readDate(text, state.today, dateExamplesOf(state, item));
      if (read.is === 'wrong') return read;
      return { is: 'answer', answer: read.value, echo: dateInFull(read.value) };
    }
    case 'string':
      return readText(state, item, text.trim());
  }
}

function readText(state: WizardState, item: StringItem, text: string): Typed {
  if (item.mayBeAbsent && /^(u|unknown|not known)$/i.test(text)) return { is: 'absence' };
  if (item.mayBeAbsent && /^declined$/i.test(text)) return { is: 'answer', answer: { absent: 'declined' } };
  const match = tableMatch(state.questionnaire, item, text);
  if (match?.is === 'unlisted') return { is: 'unlisted', answer: text, names: match.names };
  return { is: 'answer', answer: text, ...(match && { echo: `In the table: ${match.key}` }) };
}

/** How a date may be typed: one that an age is counted from lies years back. */
export function dateExamplesOf({ questionnaire }: WizardState, { linkId }: DateItem): string {
  const isBirthDate = (part: Expression): boolean =>
    (part.kind === 'age' && part.birthDate.kind === 'answer' && part.birthDate.linkId === linkId) ||
    partsOf(part).some(isBirthDate);
  const { calculated, rules } = questionnaire;
  const formulas = [...calculated.map(({ value }) => value), ...rules.map(({ when }) => when)];
  return formulas.some(({ expression }) => isBirthDate(expression)) ? dateExamples.yearsBack : dateExamples.recent;
}

/** The next number in the same unit and group: what the second number of 148/92 belongs to. */
function partnerOf(state: WizardState, place: Place): NumberItem | undefined {
  if (place.kind !== 'question') return undefined;
  const { steps } = standingOf(state.questionnaire, state.answers);
  const index = steps.findIndex(({ linkId }) => linkId === place.linkId);
  const [step, next] = [steps[index], steps[index + 1]];
  if (step?.kind !== 'question' || next?.kind !== 'question' || step.group !== next.group) return undefined;
  const [item, other] = [step.item, next.item];
  return isNumberItem(item) && isNumberItem(other) && item.unit === other.unit ? other : undefined;
}

/** A key on a question with a line to type on. */
export function onTypedKey(state: WizardState, page: AskPage, item: TypedItem, key: Key): WizardState {
  switch (key.name) {
    case 'enter':
      return onEnter(state, page, item, key.at);
    case 'tab':
      return takeSuggestion(state, page, item);
    case 'up':
      return page.line.text === '' ? withEarlier(state, page, item) : state;
    default: {
      const line = edited(page.line, key);
      if (line === page.line) return state;
      const { pending: _pending, suggestion: _suggestion, ...rest } = page;
      return { ...withoutProblem(state), page: { ...rest, line }, scroll: 0 };
    }
  }
}

function onEnter(state: WizardState, page: AskPage, item: TypedItem, at: number): WizardState {
  const text = page.line.text.trim();
  const initial = initialOf(state, page.place, item);
  if (text === '')
    return initial === undefined ? keep(state, page, needed(state, item), at) : propose(state, page, initial, at);
  const typed = readTyped(state, page.place, item, text);
  switch (typed.is) {
    case 'wrong':
      return withProblem(state, typed.message);
    case 'absence':
      return { ...withoutProblem(state), page: { ...page, line: emptyLine, absence: -1 } };
    case 'unlisted': {
      if (page.pending === typed.answer) return propose(state, page, typed.answer, at);
      return { ...withoutProblem(state), page: { ...page, pending: typed.answer }, scroll: 0 };
    }
    case 'answer': {
      const proposed = propose(state, page, typed.answer, at);
      return typed.rest === undefined ? proposed : withRest(state, proposed, page, typed.rest, at);
    }
  }
}

/** Where the first number of a pair was recorded, its partner comes next with the second on its line. */
function withRest(before: WizardState, state: WizardState, { place }: AskPage, rest: string, at: number): WizardState {
  const isRecorded = state.answers !== before.answers && state.page.kind !== 'emergency';
  const partner = partnerOf(state, place);
  if (!isRecorded || !partner) return state;
  const { returning } = before;
  const asked = ask({ ...state, ...(returning && { returning }) }, { kind: 'question', linkId: partner.linkId }, at);
  return asked.page.kind === 'ask' ? { ...asked, page: { ...asked.page, line: lineWith(rest) } } : asked;
}

/** The answer that Enter takes where there is none yet. */
export function initialOf(state: WizardState, place: Place, item: TypedItem): number | undefined {
  const hasInitial =
    item.type === 'date' && item.initial === 'visit' && answerAtPlace(state.answers, place) === undefined;
  return hasInitial ? state.today : undefined;
}

function needed(state: WizardState, item: TypedItem): string {
  switch (item.type) {
    case 'integer':
    case 'decimal':
      return `Type ${expected(item)}.`;
    case 'date':
      return `Type a date: ${dateExamplesOf(state, item)}.`;
    case 'string':
      return 'Type an answer.';
  }
}

/** The earlier answer as it would be typed, to be changed. */
function withEarlier(state: WizardState, page: AskPage, item: TypedItem): WizardState {
  const text = typedForm(state, page.place, item);
  return text === undefined ? state : { ...withoutProblem(state), page: { ...page, line: lineWith(text) } };
}

function typedForm(state: WizardState, place: Place, item: TypedItem): string | undefined {
  const answer = answerAtPlace(state.answers, place);
  if (answer === undefined || typeof answer === 'object') return undefined;
  return earlierText(item, answer);
}

function earlierText(item: TypedItem, answer: Answer): string {
  switch (item.type) {
    case 'integer':
    case 'decimal':
      return formatDecimal(Number(answer), item.decimals);
    case 'date':
      return formatDate(Number(answer));
    case 'string':
      return String(answer);
  }
}

/** Tab puts the next name that the table suggests on the line. */
function takeSuggestion(state: WizardState, page: AskPage, item: TypedItem): WizardState {
  const names = suggestions(state, page, item);
  const next = page.suggestion ?? 0;
  const name = names[next % Math.max(1, names.length)];
  if (name === undefined) return state;
  const { pending: _pending, ...rest } = page;
  return { ...withoutProblem(state), page: { ...rest, line: lineWith(name), suggestion: next + 1 } };
}

/** Names of the table that the typed text may stand for. */
export function suggestions(state: WizardState, page: AskPage, item: TypedItem): readonly string[] {
  if (item.type !== 'string' || page.line.text.trim() === '') return [];
  const match = tableMatch(state.questionnaire, item, page.line.text);
  return match?.is === 'unlisted' ? match.names : [];
}
