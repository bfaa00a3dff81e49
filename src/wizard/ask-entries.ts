import { type Answers, isAbsent } from '../model/answers.ts';
import { counted } from '../model/counted.ts';
import type { GroupItem } from '../model/questionnaire.ts';
import type { Key } from './keys.ts';
import { ask, keep, propose, withAnswers } from './moves.ts';
import { moved } from './options.ts';
import { type AskPage, type WizardState, withoutProblem, withProblem } from './state.ts';
import { entriesOf, fieldsOf, type Place, standingOf } from './steps.ts';

export type EntriesPlace = Extract<Place, { kind: 'entries' }>;

/** A key on the list of entries of a repeat: y adds one, n goes on, a number opens one, x removes the highlighted one. */
export function onEntriesKey(
  state: WizardState,
  page: AskPage,
  place: EntriesPlace,
  group: GroupItem,
  key: Key,
): WizardState {
  const entries = entriesOf(state.answers, place.linkId);
  if (page.removing !== undefined) return onRemoving(state, page, place, page.removing, key);
  switch (key.name) {
    case 'text':
      return onLetter(state, page, place, group, key);
    case 'delete':
      return startRemoving(state, page, entries.length);
    case 'up':
    case 'down': {
      const highlight = moved(page.highlight, key.name === 'up' ? -1 : 1, entries.length + 2);
      return { ...withoutProblem(state), page: { ...page, highlight }, scroll: 0 };
    }
    case 'enter':
      if (page.highlight === entries.length) return add(state, place, group, key.at);
      if (page.highlight > entries.length || page.highlight < 0) return close(state, page, place, group, key.at);
      return openEntry(state, place, group, page.highlight, key.at);
    default:
      return state;
  }
}

function onLetter(
  state: WizardState,
  page: AskPage,
  place: EntriesPlace,
  group: GroupItem,
  key: Key & { name: 'text' | 'paste' },
): WizardState {
  const entries = entriesOf(state.answers, place.linkId);
  switch (key.text.toLowerCase()) {
    case 'y':
      return add(state, place, group, key.at);
    case 'n':
      return close(state, page, place, group, key.at);
    case 'x':
      return startRemoving(state, page, entries.length);
    default: {
      const number = /^[1-9]$/.test(key.text) ? Number(key.text) : 0;
      return number >= 1 && number <= entries.length ? openEntry(state, place, group, number - 1, key.at) : state;
    }
  }
}

function add(state: WizardState, place: EntriesPlace, group: GroupItem, at: number): WizardState {
  const entries = entriesOf(state.answers, place.linkId);
  const max = group.repeats?.max ?? 0;
  if (entries.length >= max) return withProblem(state, `At most ${counted(max, group.repeats?.entry ?? 'entry')}.`);
  return openEntry(state, place, group, entries.length, at);
}

function openEntry(
  state: WizardState,
  { linkId }: EntriesPlace,
  group: GroupItem,
  index: number,
  at: number,
): WizardState {
  const [first] = fieldsOf(group, standingOf(state.questionnaire, state.answers).situation);
  return first ? ask(state, { kind: 'field', linkId, index, field: first.linkId }, at) : state;
}

/** No more entries. An earlier "not known" is kept where nothing was added. */
function close(state: WizardState, page: AskPage, place: EntriesPlace, group: GroupItem, at: number): WizardState {
  const earlier = state.answers.get(place.linkId);
  if (earlier !== undefined && isAbsent(earlier) && page.highlight === -1) return keep(state, page, '', at);
  const entries = entriesOf(state.answers, place.linkId);
  const min = group.repeats?.min ?? 0;
  if (entries.length < min) return withProblem(state, `At least ${counted(min, group.repeats?.entry ?? 'entry')}.`);
  return propose(state, page, entries, at);
}

function startRemoving(state: WizardState, page: AskPage, count: number): WizardState {
  const index = page.highlight >= 0 && page.highlight < count ? page.highlight : -1;
  if (index === -1)
    return withProblem(
      state,
      count === 0 ? 'There is none to remove.' : 'Choose the one to remove with the arrow keys, then x.',
    );
  return { ...withoutProblem(state), page: { ...page, removing: index } };
}

function onRemoving(state: WizardState, page: AskPage, { linkId }: EntriesPlace, index: number, key: Key): WizardState {
  const { removing: _removing, ...rest } = page;
  if (key.name !== 'text' || key.text.toLowerCase() !== 'y') return { ...withoutProblem(state), page: rest };
  const entries: readonly Answers[] = entriesOf(state.answers, linkId).toSpliced(index, 1);
  const answers = new Map(state.answers).set(linkId, entries);
  return ask(
    { ...withAnswers(state, answers), closed: withoutOne(state.closed, linkId) },
    { kind: 'entries', linkId },
    key.at,
  );
}

function withoutOne(set: ReadonlySet<string>, member: string): ReadonlySet<string> {
  return new Set([...set].filter((each) => each !== member));
}
