import { refusal } from '../engine/accept.ts';
import { operandsOf } from '../engine/because.ts';
import type { Answer, Answers } from '../model/answers.ts';
import type { Finding } from '../model/assessment.ts';
import { counted } from '../model/counted.ts';
import type { ChoiceItem, GroupItem } from '../model/questionnaire.ts';
import type { Key } from './keys.ts';
import { cannotBeAbsent, goOn, newAlarms, sentence, withAnswers } from './moves.ts';
import { optionAt, optionsOf } from './options.ts';
import { type AskPage, type WizardState, withoutProblem, withProblem } from './state.ts';
import { type Place, rowsOf, standingOf } from './steps.ts';

export type GridPlace = Extract<Place, { kind: 'grid' }>;

/** The lines of the grid that are asked. */
export function gridRows(state: WizardState, grid: GroupItem): readonly ChoiceItem[] {
  return rowsOf(grid, standingOf(state.questionnaire, state.answers).situation);
}

/** A key on a grid: digits score and move down, Enter goes on when no line is empty. */
export function onGridKey(state: WizardState, page: AskPage, place: GridPlace, grid: GroupItem, key: Key): WizardState {
  const rows = gridRows(state, grid);
  const to = (row: number): WizardState => atRow(state, page, place, Math.max(0, Math.min(rows.length - 1, row)));
  switch (key.name) {
    case 'text':
      return score(state, page, place, rows, key.text);
    case 'up':
    case 'backspace':
      return to(place.row - 1);
    case 'down':
      return to(place.row + 1);
    case 'enter':
      return finishGrid(state, page, place, grid, key.at);
    default:
      return state;
  }
}

function atRow(
  state: WizardState,
  { pending: _pending, ...page }: AskPage,
  place: GridPlace,
  row: number,
): WizardState {
  return { ...withoutProblem(state), page: { ...page, place: { ...place, row } }, scroll: 0 };
}

function score(
  state: WizardState,
  page: AskPage,
  place: GridPlace,
  rows: readonly ChoiceItem[],
  typed: string,
): WizardState {
  const row = rows[place.row];
  if (!row) return state;
  const answer = rowAnswer(row, typed);
  if (answer === undefined) return state;
  if (refusal(row, answer)) return withProblem(state, cannotBeAbsent);
  const answers = new Map(state.answers).set(row.linkId, answer);
  return atRow(withAnswers(state, answers), page, place, nextRow(rows, place.row));
}

function rowAnswer(row: ChoiceItem, typed: string): Answer | undefined {
  const letter = typed.toLowerCase();
  if (letter === 'u') return { absent: 'unknown' };
  if (letter === 'd') return { absent: 'declined' };
  return optionsOf(row)[optionAt(row, typed)]?.answer;
}

/** Past the last line there is none to score, so that one digit too many changes nothing. */
function nextRow(rows: readonly ChoiceItem[], row: number): number {
  return Math.min(rows.length, row + 1);
}

function finishGrid(state: WizardState, page: AskPage, place: GridPlace, grid: GroupItem, at: number): WizardState {
  const rows = gridRows(state, grid);
  const empty = rows.filter(({ linkId, required }) => required && !state.answers.has(linkId));
  const [first] = empty;
  if (first) {
    const message = `${counted(empty.length, 'line')} still empty.`;
    return withProblem(atRow(state, page, place, rows.indexOf(first)), message);
  }
  const broken = standingOf(state.questionnaire, state.answers).broken.find(({ linkId }) =>
    rows.some((row) => row.linkId === linkId),
  );
  if (broken) return withProblem(state, sentence(broken.message));
  if (page.pending === undefined && newAlarms(state, withoutGrid(state.answers, grid), state.answers).length > 0) {
    return { ...state, page: { ...page, pending: true }, scroll: 0 };
  }
  const skipped = new Set([
    ...state.skipped,
    ...rows.filter(({ linkId }) => !state.answers.has(linkId)).map(({ linkId }) => linkId),
  ]);
  return goOn(
    {
      ...state,
      skipped,
      recorded: { question: grid.text, answer: gridSummary(state, grid).text || counted(rows.length, 'line') },
    },
    at,
  );
}

/** What one line of a grid settles by itself, and that stands in the way: it is said at once, as the sum of the lines is not. */
export function lineFindings({ questionnaire, answers }: WizardState, { linkId }: ChoiceItem): readonly Finding[] {
  return standingOf(questionnaire, answers).assessment.findings.filter(
    ({ disposition, because, absent }) =>
      disposition !== 'proceed-with-conditions' &&
      absent.length === 0 &&
      because.length > 0 &&
      because.every((path) => path === linkId),
  );
}

/** The answers without those of a grid. */
export function withoutGrid(answers: Answers, grid: GroupItem): Answers {
  const rows = new Set(grid.items.map(({ linkId }) => linkId));
  return new Map([...answers].filter(([linkId]) => !rows.has(linkId)));
}

/** How many lines have an answer, and what the grid comes to once all have: its calculated values. */
export function gridSummary(
  state: WizardState,
  grid: GroupItem,
): { readonly done: number; readonly of: number; readonly text: string } {
  const { used, assessment } = standingOf(state.questionnaire, state.answers);
  const rows = gridRows(state, grid);
  const linkIds = new Set(grid.items.map(({ linkId }) => linkId));
  const done = rows.filter(({ linkId }) => used.has(linkId)).length;
  const values = state.questionnaire.calculated.flatMap(({ linkId, title, value }) => {
    const operands = [...operandsOf(state.questionnaire, value.expression)];
    const result = assessment.values.get(linkId);
    const isOfGrid = operands.length > 0 && operands.every((operand) => linkIds.has(operand));
    return isOfGrid && result !== undefined ? [`${title}: ${String(result)}`] : [];
  });
  return { done, of: rows.length, text: done === rows.length ? values.join(', ') : '' };
}
