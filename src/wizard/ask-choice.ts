import type { ChoiceItem, QuestionItem } from '../model/questionnaire.ts';
import type { Key } from './keys.ts';
import { keep, propose } from './moves.ts';
import { moved, optionAt, optionsOf, toggled } from './options.ts';
import { type AskPage, type WizardState, withoutProblem, withProblem } from './state.ts';
import { answerAtPlace } from './steps.ts';

/** A key on a question with one answer to choose. */
export function onChoiceKey(state: WizardState, page: AskPage, item: QuestionItem, key: Key): WizardState {
  const options = optionsOf(item);
  switch (key.name) {
    case 'text': {
      const index = optionAt(item, key.text);
      const option = options[index];
      if (!option) return state;
      const highlighted = withHighlight(state, page, index);
      return state.needsEnter ? highlighted : propose(highlighted, unconfirmed(page, index), option.answer, key.at);
    }
    case 'up':
    case 'down':
      return withHighlight(state, page, moved(page.highlight, key.name === 'up' ? -1 : 1, options.length));
    case 'enter': {
      const option = options[page.highlight];
      if (!option) return keep(state, page, 'Choose an answer by its number, or with the arrow keys.', key.at);
      const isKept = answerAtPlace(state.answers, page.place) === option.answer;
      return isKept ? keep(state, page, '', key.at) : propose(state, page, option.answer, key.at);
    }
    default:
      return state;
  }
}

function unconfirmed({ pending: _pending, ...page }: AskPage, highlight: number): AskPage {
  return { ...page, highlight };
}

function withHighlight(state: WizardState, page: AskPage, highlight: number): WizardState {
  return { ...withoutProblem(state), page: unconfirmed(page, highlight), scroll: 0 };
}

/** A key on a question with several answers to choose. */
export function onSeveralKey(state: WizardState, page: AskPage, item: ChoiceItem, key: Key): WizardState {
  switch (key.name) {
    case 'text':
      return toggle(state, page, item, key.text === ' ' ? page.highlight : optionAt(item, key.text));
    case 'up':
    case 'down':
      return withHighlight(state, page, moved(page.highlight, key.name === 'up' ? -1 : 1, item.options.length));
    case 'enter':
      return onDone(state, page, item, key.at);
    default:
      return state;
  }
}

function toggle(state: WizardState, page: AskPage, item: ChoiceItem, index: number): WizardState {
  if (!item.options[index]) return state;
  const chosen = toggled(item, page.chosen, index);
  return { ...withoutProblem(state), page: { ...unconfirmed(page, index), chosen }, scroll: 0 };
}

function onDone(state: WizardState, page: AskPage, { options }: ChoiceItem, at: number): WizardState {
  if (page.chosen.length > 0) return propose(state, page, page.chosen, at);
  const alone = options.find(({ exclusive }) => exclusive);
  const needed = `Choose at least one${alone ? `, or "${alone.text}"` : ''}.`;
  const earlier = answerAtPlace(state.answers, page.place);
  return Array.isArray(earlier) ? withProblem(state, needed) : keep(state, page, needed, at);
}
