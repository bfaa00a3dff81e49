import { openQuestions, teachBackFor } from '../engine/teach-back.ts';
import { consentForm } from '../model/disposition.ts';
import { type TeachBack, type TeachBackOutcome, teachBackOutcomes } from '../model/teach-back.ts';
import type { TeachBackBlock } from '../model/template.ts';
import type { Key } from './keys.ts';
import { blankState, openPage, review } from './moves.ts';
import { moved } from './options.ts';
import {
  type Beginning,
  type PatientWords,
  type TeachBackPage,
  type WizardState,
  withoutProblem,
  withProblem,
} from './state.ts';
import { standingOf } from './steps.ts';

/** What the staff choose from, in the order of `teachBackOutcomes`. */
export const outcomeWords: Readonly<Record<TeachBackOutcome, string>> = {
  'first-time': 'In their own words, the first time',
  'after-explaining': 'In their own words, after explaining again',
  'not-yet': 'Not yet',
};

/** Why the patient is asked, for the staff. */
export const whyTeachBack = [
  'Why we ask: whoever can say it in their own words has understood it. It is no test of the patient, it shows how well it was explained.',
  'What counts: the sense of each point, in any words. Where one is missing, explain it another way and ask again. A yes or a nod is no answer.',
];

/** The questions that this patient is asked; none where no form may be made of these answers alone. */
export function askedOf({ questionnaire, answers, questions = [], only }: WizardState): readonly TeachBackBlock[] {
  if (only) return only;
  const { assessment } = standingOf(questionnaire, answers);
  return consentForm[assessment.disposition] === 'always' ? teachBackFor(questions, assessment) : [];
}

/** What came of the questions; undefined where none was asked. */
export function teachBackOf(state: WizardState): TeachBack | undefined {
  const asked = askedOf(state);
  if (asked.length === 0) return undefined;
  return {
    outcomes: asked.flatMap(({ id }) => {
      const outcome = state.outcomes.get(id);
      return outcome ? [{ question: id, outcome }] : [];
    }),
  };
}

/** The questions that the patient could not say back yet. */
export function openOf(state: WizardState): readonly TeachBackBlock[] {
  return openQuestions(askedOf(state), teachBackOf(state) ?? { outcomes: [] });
}

/** What a patient is asked once their screening is over and a clinician has cleared it. */
export interface SayingBack extends Pick<Beginning, 'questionnaire' | 'today' | 'answers' | 'outcomes'> {
  readonly asked: readonly TeachBackBlock[];
  readonly patientWords?: PatientWords | undefined;
}

/** The questions to the patient by themselves, at the first one that is open. */
export function sayBack({ asked, patientWords, ...beginning }: SayingBack, at: number): WizardState {
  const state: WizardState = { ...blankState(beginning, at), only: asked, ...(patientWords && { patientWords }) };
  return openFirst(state, asked, at);
}

/** The end of the questions to the applicant: what the patient is to say back comes before a form, where one may be made. */
export function finish(state: WizardState, at: number): WizardState {
  const { disposition } = standingOf(state.questionnaire, state.answers).assessment;
  if (consentForm[disposition] !== 'always') return { ...state, ending: 'finished' };
  if (state.questions === undefined) {
    return { ...withProblem(state, 'One moment: the questions for the patient are being read.'), isAwaiting: true };
  }
  const asked = askedOf(state);
  return asked.length === 0 ? { ...state, ending: 'finished' } : openFirst(state, asked, at);
}

/** Opens the first question that is open; where none is, what came of them. */
function openFirst(state: WizardState, asked: readonly TeachBackBlock[], at: number): WizardState {
  const [open] = openOf(state);
  return openQuestion(state, open === undefined ? asked.length : asked.indexOf(open), at);
}

/** Opens the question at `index`; past the last, what came of them. */
function openQuestion(state: WizardState, index: number, at: number): WizardState {
  const question = askedOf(state)[index];
  const outcome = question && state.outcomes.get(question.id);
  const highlight = outcome === undefined ? -1 : teachBackOutcomes.indexOf(outcome);
  return openPage(state, { kind: 'teach-back', index, highlight }, at);
}

/** A key while the patient says back what was explained, and on what came of it. */
export function onTeachBackKey(state: WizardState, page: TeachBackPage, key: Key): WizardState {
  const asked = askedOf(state);
  switch (key.name) {
    case 'back':
    case 'page-up':
    case 'left':
      return page.index === 0 ? toReview(state, key.at) : openQuestion(state, page.index - 1, key.at);
    case 'review':
      return toReview(state, key.at);
    case 'text':
      return onLetter(state, page, asked, key.text, key.at);
    case 'enter':
      return onEnter(state, page, asked, key.at);
    case 'up':
    case 'down': {
      if (!asked[page.index]) return state;
      const highlight = moved(page.highlight, key.name === 'up' ? -1 : 1, teachBackOutcomes.length);
      return { ...withoutProblem(state), page: { ...page, highlight } };
    }
    default:
      return state;
  }
}

function toReview(state: WizardState, at: number): WizardState {
  return state.only ? withProblem(state, 'The screening is over: its answers stand as they are.') : review(state, at);
}

function onLetter(
  state: WizardState,
  page: TeachBackPage,
  asked: readonly TeachBackBlock[],
  letter: string,
  at: number,
): WizardState {
  if (letter === '!') return { ...state, safety: true, scroll: 0, changedAt: at };
  if (letter === '?') return { ...state, help: !state.help, scroll: 0 };
  const number = /^[1-9]$/.test(letter) ? Number(letter) - 1 : -1;
  const question = asked[page.index];
  if (!question) {
    if (letter.toLowerCase() === 'q') return { ...state, ending: 'stopped' };
    return asked[number] ? openQuestion(state, number, at) : state;
  }
  const outcome = teachBackOutcomes[number];
  if (!outcome) return state;
  if (state.needsEnter) return { ...withoutProblem(state), page: { ...page, highlight: number } };
  return record(state, question, outcome, at);
}

function onEnter(state: WizardState, page: TeachBackPage, asked: readonly TeachBackBlock[], at: number): WizardState {
  const question = asked[page.index];
  if (!question) {
    const open = openOf(state);
    const isAsked = open.every(({ id }) => state.outcomes.has(id));
    return isAsked ? { ...state, ending: open.length > 0 ? 'not-yet' : 'finished' } : goOnAsking(state, at);
  }
  const outcome = teachBackOutcomes[page.highlight];
  return outcome
    ? record(state, question, outcome, at)
    : withProblem(state, 'Choose how it went by its number, or with the arrow keys.');
}

/** Takes an outcome and goes to the first question that was not asked yet, else to what came of them. */
function record(state: WizardState, { id, title }: TeachBackBlock, outcome: TeachBackOutcome, at: number): WizardState {
  const outcomes = state.outcomes.get(id) === outcome ? state.outcomes : new Map(state.outcomes).set(id, outcome);
  return goOnAsking({ ...state, outcomes, recorded: { question: title, answer: outcomeWords[outcome] } }, at);
}

function goOnAsking(state: WizardState, at: number): WizardState {
  const asked = askedOf(state);
  const next = asked.findIndex(({ id }) => !state.outcomes.has(id));
  return openQuestion(state, next === -1 ? asked.length : next, at);
}

/** A question in the words of the form that the patient gets; undefined where that is in English. */
export function patientText({ answers, patientWords }: WizardState, { id }: TeachBackBlock): string | undefined {
  if (!patientWords) return undefined;
  const { language, texts } = patientWords;
  const code = 'code' in language ? language.code : answers.get(language.linkId);
  return typeof code === 'string' && Object.hasOwn(texts, code) ? texts[code]?.[id] : undefined;
}

/** `state` with the questions of the consent forms: they are read while the first question is shown. */
export function withQuestions(
  state: WizardState,
  questions: readonly TeachBackBlock[],
  at: number,
  patientWords?: PatientWords,
): WizardState {
  const ready = { ...state, questions, ...(patientWords && { patientWords }) };
  return state.isAwaiting && !state.ending ? finish(ready, at) : ready;
}
