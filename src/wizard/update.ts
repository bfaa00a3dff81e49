import type { AbsenceReason } from '../model/answers.ts';
import { onChoiceKey, onSeveralKey } from './ask-choice.ts';
import { onEntriesKey } from './ask-entries.ts';
import { onGridKey } from './ask-grid.ts';
import { isTyped, onTypedKey } from './ask-typed.ts';
import { edited, emptyLine } from './edit-line.ts';
import type { Key } from './keys.ts';
import { ask, cannotBeAbsent, goBack, goOn, propose, review } from './moves.ts';
import { moved } from './options.ts';
import { sectionKeys } from './review.ts';
import {
  type AskPage,
  type EmergencyPage,
  type ReviewPage,
  type WizardState,
  withoutProblem,
  withProblem,
} from './state.ts';
import { entriesOf, itemAt, nextOpen, type Place, standingOf, startOf, stepOfPath } from './steps.ts';
import { finish, onTeachBackKey } from './teach-back.ts';

/** Keys this soon after a question changed were meant for the one before, in milliseconds. */
export const bounce = 120;

/** The screening after a key. Total: any key in any state. */
export function update(state: WizardState, key: Key): WizardState {
  if (state.ending) return state;
  if (key.name === 'interrupt') return { ...state, ending: 'interrupted' };
  if (key.name === 'end-of-input') return { ...state, ending: 'stopped' };
  if (isBounce(state, key)) return state;
  if (key.name === 'page-down') return { ...state, scroll: state.scroll + 1 };
  if (state.safety) return onSafetyKey(state, key);
  switch (state.page.kind) {
    case 'notice':
      return key.name === 'enter' ? goOn(state, key.at) : state;
    case 'ask':
      return onAskKey(state, state.page, key);
    case 'emergency':
      return onEmergencyKey(state, state.page, key);
    case 'review':
      return onReviewKey(state, state.page, key);
    case 'teach-back':
      return onTeachBackKey(state, state.page, key);
  }
}

/** True for a key that came right after the page changed; never in a grid or on a line that is being typed. */
function isBounce({ page, changedAt }: WizardState, { at }: Key): boolean {
  const since = at - changedAt;
  if (since < 0 || since >= bounce) return false;
  if (page.kind === 'ask' && page.place.kind === 'grid') return false;
  return page.kind === 'notice' || page.kind === 'teach-back' || page.line.text === '';
}

function onSafetyKey(state: WizardState, key: Key): WizardState {
  if (key.name === 'text' && key.text === ' ') return { ...state, scroll: state.scroll + 1 };
  const isClosing =
    key.name === 'enter' || key.name === 'escape' || key.name === 'back' || (key.name === 'text' && key.text === '!');
  return isClosing ? { ...state, safety: false, scroll: 0, changedAt: key.at } : state;
}

function onAskKey(state: WizardState, page: AskPage, key: Key): WizardState {
  if (page.absence !== undefined) return onAbsenceKey(state, page, page.absence, key);
  const common = onCommonKey(state, page, key);
  if (common) return common;
  const { place } = page;
  const item = itemAt(state.questionnaire, place);
  if (item.type === 'group') {
    if (place.kind === 'grid') return onGridKey(state, page, place, item, key);
    return place.kind === 'entries' ? onEntriesKey(state, page, place, item, key) : state;
  }
  if (isTyped(item)) return onTypedKey(state, page, item, key);
  return item.type === 'choice' && item.repeats
    ? onSeveralKey(state, page, item, key)
    : onChoiceKey(state, page, item, key);
}

/** Keys that every question has. Letters among them are text where a line is being typed. */
function onCommonKey(state: WizardState, page: AskPage, key: Key): WizardState | undefined {
  const { place } = page;
  const isEmpty = page.line.text === '';
  switch (key.name) {
    case 'back':
    case 'page-up':
      return goBack(state, place, key.at);
    case 'left':
      return isEmpty ? goBack(state, place, key.at) : undefined;
    case 'review':
      return review(state, key.at);
    case 'escape':
      return page.pending === undefined ? undefined : { ...withoutProblem(state), page: withoutPending(page) };
    case 'text':
      return isEmpty ? onCommonLetter(state, page, key.text, key.at) : onHelpWhileTyping(state, page, key.text);
    default:
      return undefined;
  }
}

function withoutPending({ pending: _pending, ...page }: AskPage): AskPage {
  return page;
}

function onCommonLetter(state: WizardState, page: AskPage, letter: string, at: number): WizardState | undefined {
  if (letter === '!') return { ...state, safety: true, scroll: 0, changedAt: at };
  if (letter === '?') return { ...state, help: !state.help, scroll: 0 };
  return letter.toLowerCase() === 'u' ? startAbsence(state, page) : undefined;
}

/** A question mark is never part of a number or a date. */
function onHelpWhileTyping(state: WizardState, { place }: AskPage, letter: string): WizardState | undefined {
  const { type } = itemAt(state.questionnaire, place);
  return letter === '?' && type !== 'string' ? { ...state, help: !state.help, scroll: 0 } : undefined;
}

/** `u` on a text question is a letter, and in a grid it scores the line. */
function startAbsence(state: WizardState, page: AskPage): WizardState | undefined {
  const item = itemAt(state.questionnaire, page.place);
  if (item.type === 'string' || page.place.kind === 'grid') return undefined;
  if (!item.mayBeAbsent) return withProblem(state, cannotBeAbsent);
  if (page.place.kind === 'entries' && entriesOf(state.answers, page.place.linkId).length > 0) {
    return withProblem(state, 'Entries are recorded already: what is not known about one is said inside it.');
  }
  return { ...withoutProblem(state), page: { ...withoutPending(page), absence: -1 }, scroll: 0 };
}

const reasons: readonly AbsenceReason[] = ['unknown', 'declined'];

function onAbsenceKey(state: WizardState, page: AskPage, highlight: number, key: Key): WizardState {
  const { absence: _absence, ...closed } = page;
  const choose = (reason: AbsenceReason | undefined): WizardState =>
    reason ? propose({ ...state, page: closed }, closed, { absent: reason }, key.at) : state;
  switch (key.name) {
    case 'text':
      if (key.text === '1' || key.text === '2') return choose(reasons[Number(key.text) - 1]);
      return key.text.toLowerCase() === 'u' ? { ...state, page: closed } : state;
    case 'up':
    case 'down':
      return { ...state, page: { ...page, absence: moved(highlight, key.name === 'up' ? -1 : 1, reasons.length) } };
    case 'enter':
      return choose(reasons[highlight]);
    case 'escape':
    case 'back':
    case 'page-up':
    case 'left':
      return { ...state, page: closed };
    default:
      return state;
  }
}

/** Ways on from the emergency page, once somebody was told. */
export const emergencyChoices = [
  'Continue the questions',
  'Stop here',
  'Correct the answer that opened this page',
] as const;

function onEmergencyKey(state: WizardState, page: EmergencyPage, key: Key): WizardState {
  if (page.who === undefined) return onTelling(state, page, key);
  switch (key.name) {
    case 'text':
      return /^[123]$/.test(key.text) ? chooseAfterEmergency(state, page.rules, Number(key.text) - 1, key.at) : state;
    case 'up':
    case 'down':
      return {
        ...state,
        page: { ...page, highlight: moved(page.highlight, key.name === 'up' ? -1 : 1, emergencyChoices.length) },
      };
    case 'enter':
      return page.highlight === -1 ? state : chooseAfterEmergency(state, page.rules, page.highlight, key.at);
    default:
      return state;
  }
}

function onTelling(state: WizardState, page: EmergencyPage, key: Key): WizardState {
  if (key.name !== 'enter') return { ...withoutProblem(state), page: { ...page, line: edited(page.line, key) } };
  const who = page.line.text.trim();
  if ([...who].length < 2) {
    return withProblem(state, 'Type the name or initials of the clinician you told, or the word told.');
  }
  const told = [...state.told, { rules: page.rules, who, at: key.at }];
  const covered = new Set([...state.covered, ...page.rules]);
  return {
    ...withoutProblem(state),
    told,
    covered,
    page: { ...page, line: emptyLine, who },
    scroll: 0,
    changedAt: key.at,
  };
}

function chooseAfterEmergency(state: WizardState, rules: readonly string[], choice: number, at: number): WizardState {
  switch (choice) {
    case 0:
      return goOn(state, at);
    case 1:
      return { ...state, ending: 'stopped-in-emergency' };
    default: {
      const place = placeOfRules(state, rules);
      return place ? ask(state, place, at) : goOn(state, at);
    }
  }
}

/** Where the answer is that settled one of these rules. */
function placeOfRules({ questionnaire, answers }: WizardState, rules: readonly string[]): Place | undefined {
  const { findings } = standingOf(questionnaire, answers).assessment;
  const paths = findings
    .filter(({ rule }) => rules.includes(rule))
    .flatMap(({ because, absent }) => [...because, ...absent]);
  const step = paths.map((path) => stepOfPath(questionnaire, path)).findLast((each) => each !== undefined);
  return step && startOf(step);
}

function onReviewKey(state: WizardState, page: ReviewPage, key: Key): WizardState {
  switch (key.name) {
    case 'text':
      return onReviewLetter(state, page, key.text, key.at);
    case 'enter':
      if (page.line.text !== '') return openNumber(state, Number(page.line.text), key.at);
      // Whoever types a letter and Enter wants to read a section, and not to finish.
      return page.open === undefined ? onReviewed(state, key.at) : withSection(state, page, undefined);
    case 'up':
      return { ...state, scroll: Math.max(0, state.scroll - 1) };
    case 'down':
      return { ...state, scroll: state.scroll + 1 };
    case 'back':
    case 'page-up': {
      const last = standingOf(state.questionnaire, state.answers).steps.at(-1);
      return last ? ask(state, startOf(last), key.at) : state;
    }
    case 'paste':
      return state;
    default:
      return { ...withoutProblem(state), page: { ...page, line: edited(page.line, key) } };
  }
}

function onReviewLetter(state: WizardState, page: ReviewPage, typed: string, at: number): WizardState {
  const letter = typed.toLowerCase();
  if (letter === '!') return { ...state, safety: true, scroll: 0, changedAt: at };
  if (letter === 'q') return { ...state, ending: 'stopped' };
  if (/^\d$/.test(letter) && page.line.text.length < 4) {
    return { ...withoutProblem(state), page: { ...page, line: edited(page.line, { name: 'text', text: letter, at }) } };
  }
  const section = sectionKeys.indexOf(letter);
  if (section === -1 || section >= state.questionnaire.items.length) return state;
  return withSection(state, page, page.open === section ? undefined : section);
}

function withSection(state: WizardState, { kind, line }: ReviewPage, open: number | undefined): WizardState {
  return { ...withoutProblem(state), page: { kind, line, ...(open !== undefined && { open }) }, scroll: 0 };
}

/** Opens a question by its number in the review. */
function openNumber({ recorded: _recorded, ...state }: WizardState, number: number, at: number): WizardState {
  const { steps } = standingOf(state.questionnaire, state.answers);
  const step = steps[number - 1];
  if (step) return { ...ask(state, startOf(step), at), returning: state.answers };
  const cleared = { ...state, page: { kind: 'review', line: emptyLine } as const };
  return withProblem(cleared, `There is no question ${number}. They go from 1 to ${steps.length}.`);
}

function onReviewed(state: WizardState, at: number): WizardState {
  const place = nextOpen(state.questionnaire, state);
  return place ? ask(state, place, at) : finish(state, at);
}

/** `state` with what the clinic is called: it is read while the first question is shown. */
export function withClinic(state: WizardState, clinic: WizardState['clinic']): WizardState {
  return { ...state, clinic };
}
