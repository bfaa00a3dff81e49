import { isAbsent } from '../model/answers.ts';
import type { Finding } from '../model/assessment.ts';
import { counted } from '../model/counted.ts';
import type { ChoiceItem, GroupItem, Item, QuestionItem, StringItem } from '../model/questionnaire.ts';
import { answerText, entryText } from '../report/answer-text.ts';
import { type GridPlace, gridRows, gridSummary, lineFindings, withoutGrid } from './ask-grid.ts';
import { dateExamplesOf, initialOf, isTyped, readTyped, suggestions, type TypedItem } from './ask-typed.ts';
import { blank, editLine, type FrameLine, focused, line, marked, paragraph, titled, type ViewLine } from './frame.ts';
import { newAlarms } from './moves.ts';
import { optionsOf } from './options.ts';
import type { AskPage, WizardState } from './state.ts';
import {
  answerAtPlace,
  entriesOf,
  fieldsOf,
  itemAt,
  nextOpen,
  type Place,
  type Step,
  standingOf,
  stepsOf,
  withAnswer,
} from './steps.ts';
import { unlistedIn, unlistedText } from './table-names.ts';
import { shortened, widthOf } from './text.ts';
import { dateInFull } from './typed-date.ts';
import { teachBackTitle } from './view-teach-back.ts';
import { dispositionWords, helpOf, ruleOf } from './wording.ts';

/** The question with what can be answered, what is wrong and what it would mean. Help that is open comes into sight first. */
export function askLines(state: WizardState, page: AskPage, columns: number): readonly FrameLine[] {
  const item = itemAt(state.questionnaire, page.place);
  const answers = answerLines(state, page, item, columns);
  return [
    ...(page.place.kind === 'grid' ? [] : [...titled(questionLines(state, page.place, columns)), blank]),
    ...(state.help && !isTyped(item) ? answers.map(({ isFocus: _isFocus, ...each }) => each) : answers),
    ...focused(problemLines(state, columns)),
    ...focused(alarmLines(state, page, columns)),
    ...(state.help ? focused(helpLines(state, page, columns)) : []),
  ];
}

/** What is asked, behind what its group says; above the lines of a grid also what the digits mean. */
export function questionLines(state: WizardState, place: Place, columns: number): readonly ViewLine[] {
  const item = itemAt(state.questionnaire, place);
  const group = stepAt(state, place)?.group;
  const [row] = place.kind === 'grid' && item.type === 'group' ? gridRows(state, item) : [];
  return [
    ...(group === undefined ? [] : paragraph(group.text, columns, 'muted')),
    ...paragraph(questionText(state, place), columns, 'title'),
    ...(row === undefined ? [] : legendLines(row, columns)),
  ];
}

/** The words of a question, with its entry before them inside a repeat. */
export function questionText(state: WizardState, place: Place): string {
  const item = itemAt(state.questionnaire, place);
  if (place.kind !== 'field') return item.text;
  const group = itemAt(state.questionnaire, { kind: 'entries', linkId: place.linkId });
  const entry = group.type === 'group' ? (group.repeats?.entry ?? '') : '';
  return `${entry.charAt(0).toUpperCase()}${entry.slice(1)} ${place.index + 1}: ${item.text}`;
}

function answerLines(state: WizardState, page: AskPage, item: Item, columns: number): readonly FrameLine[] {
  if (page.absence !== undefined) return absenceLines(page.absence, columns);
  if (item.type === 'group') {
    if (page.place.kind === 'grid') return gridLines(state, page, page.place, item, columns);
    return entriesLines(state, page, item, columns);
  }
  if (isTyped(item)) return typedLines(state, page, item, columns);
  return optionLines(state, page, item, columns);
}

function absenceLines(highlight: number, columns: number): readonly FrameLine[] {
  const reasons = ['Not known', 'The patient declines to say'];
  return [
    ...paragraph('No answer, because:', columns),
    ...reasons.flatMap((reason, index) => choiceLine(String(index + 1), reason, index === highlight, columns)),
  ];
}

function choiceLine(key: string, text: string, isHighlighted: boolean, columns: number): readonly FrameLine[] {
  const lines = marked(`${isHighlighted ? '>' : ' '} ${key}  `, text, columns, isHighlighted ? 'chosen' : 'plain');
  return isHighlighted ? focused(lines) : lines;
}

function optionLines(state: WizardState, page: AskPage, item: QuestionItem, columns: number): readonly FrameLine[] {
  const earlier = answerAtPlace(state.answers, page.place);
  const isSeveral = item.type === 'choice' && item.repeats;
  const options = optionsOf(item).flatMap(({ key, text, answer }, index) => {
    const box = isSeveral ? (page.chosen.includes(String(answer)) ? '[x] ' : '[ ] ') : '';
    const note = !isSeveral && earlier === answer ? ' <- your answer, Enter keeps it' : '';
    return choiceLine(key, `${box}${text}${note}`, index === page.highlight, columns);
  });
  return [...options, ...absentEarlier(state, page, columns)];
}

function absentEarlier(state: WizardState, { place }: AskPage, columns: number): readonly ViewLine[] {
  const earlier = answerAtPlace(state.answers, place);
  if (!isAbsent(earlier)) return [];
  return paragraph(
    `Your answer: ${answerText(itemAt(state.questionnaire, place), earlier)}. Enter keeps it.`,
    columns,
    'muted',
  );
}

function typedLines(state: WizardState, page: AskPage, item: TypedItem, columns: number): readonly FrameLine[] {
  const { line: typing, place } = page;
  return [
    ...earlierLines(state, page, item, columns),
    ...focused([editLine(typing.text, typing.cursor, columns)]),
    ...focused(echoLines(state, page, item, columns)),
    ...(typing.text === '' && place.kind !== 'grid' ? unitLines(state, item, columns) : []),
  ];
}

function earlierLines(state: WizardState, page: AskPage, item: TypedItem, columns: number): readonly ViewLine[] {
  if (page.line.text !== '') return [];
  const earlier = answerAtPlace(state.answers, page.place);
  const initial = initialOf(state, page.place, item);
  if (initial !== undefined)
    return paragraph(`${dateInFull(initial)}. Enter takes it, or type another.`, columns, 'muted');
  if (earlier === undefined)
    return item.required ? [] : paragraph('Not required: Enter leaves it out.', columns, 'muted');
  const shown = item.type === 'date' && typeof earlier === 'number' ? dateInFull(earlier) : answerText(item, earlier);
  const change = isAbsent(earlier) ? '' : ', Up changes it';
  return paragraph(`Your answer: ${shown}. Enter keeps it${change}.`, columns, 'muted');
}

function unitLines(state: WizardState, item: TypedItem, columns: number): readonly ViewLine[] {
  switch (item.type) {
    case 'integer':
    case 'decimal': {
      const others = item.alternatives.map(({ names, unit }) => names.at(-1) ?? unit);
      return paragraph(
        `  in ${item.unitText}${others.length > 0 ? `, or with ${others.join(', ')}` : ''}`,
        columns,
        'muted',
      );
    }
    case 'date':
      return marked('  ', `such as ${dateExamplesOf(state, item)}`, columns, 'muted');
    case 'string':
      return item.mayBeAbsent
        ? paragraph('  u and Enter where it is not known, or the word declined', columns, 'muted')
        : [];
  }
}

/** How the line is read, while it is typed. */
function echoLines(state: WizardState, page: AskPage, item: TypedItem, columns: number): readonly ViewLine[] {
  const text = page.line.text.trim();
  if (text === '' || state.problem !== undefined) return [];
  const typed = readTyped(state, page.place, item, text);
  switch (typed.is) {
    case 'answer':
      return typed.echo === undefined ? [] : paragraph(`= ${typed.echo}`, columns, 'muted');
    case 'unlisted':
      return item.type === 'string' ? unlistedLines(state, page, item, columns) : [];
    default:
      return [];
  }
}

function unlistedLines(state: WizardState, page: AskPage, item: StringItem, columns: number): readonly ViewLine[] {
  const names = suggestions(state, page, item);
  const offer = names.length > 0 ? paragraph(`Tab takes: ${names.join(', ')}`, columns, 'muted') : [];
  if (page.pending === undefined) return offer;
  return [
    ...marked('! ', unlistedText(item, page.line.text.trim()), columns, 'caution'),
    ...(names.length > 0 ? paragraph(`Did you mean ${names.join(', or ')}? Tab takes it.`, columns) : []),
    ...paragraph('Enter keeps what you typed.', columns),
  ];
}

function problemLines({ problem }: WizardState, columns: number): readonly ViewLine[] {
  return problem === undefined ? [] : marked('! ', problem, columns, 'caution');
}

/** What an answer would start, before it is recorded. */
function alarmLines(state: WizardState, page: AskPage, columns: number): readonly ViewLine[] {
  const alarms = pendingAlarms(state, page);
  if (alarms.length === 0) return [];
  return [
    blank,
    ...alarms.flatMap((finding) => alarmText(state, finding, columns)),
    ...paragraph('Nothing is final until the review.', columns),
    ...marked('  ', 'Enter records it and goes on. To change it, answer anew.', columns),
  ];
}

/** The findings that the pending answer would add. */
export function pendingAlarms(state: WizardState, { pending, place }: AskPage): readonly Finding[] {
  if (pending === undefined) return [];
  const item = itemAt(state.questionnaire, place);
  if (place.kind === 'grid' && item.type === 'group')
    return newAlarms(state, withoutGrid(state.answers, item), state.answers);
  return newAlarms(state, state.answers, withAnswer(state.answers, place, pending));
}

function alarmText(state: WizardState, { rule: id, disposition }: Finding, columns: number): readonly ViewLine[] {
  const { reason, action } = ruleOf(state.questionnaire, id);
  return marked(
    '! ',
    `This means: ${dispositionWords(disposition)} (rule ${id}). ${reason} ${action}`,
    columns,
    'caution',
  );
}

function helpLines(state: WizardState, page: AskPage, columns: number): readonly ViewLine[] {
  const item = itemAt(state.questionnaire, page.place);
  const around = item.type === 'group' ? item : stepAt(state, page.place)?.group;
  return [
    blank,
    ...helpOf(state.questionnaire, helpItem(state, page.place)).flatMap((text) => marked('  ', text, columns)),
    ...(around?.credit === undefined ? [] : marked('  ', around.credit, columns, 'muted')),
  ];
}

/** In a grid the line's own help where it has one; for a question without any, that of its group. */
function helpItem(state: WizardState, place: Place): Item {
  const item = itemAt(state.questionnaire, place);
  const has = ({ help }: { readonly help: object }): boolean => Object.keys(help).length > 0;
  if (place.kind === 'grid' && item.type === 'group') {
    const row = gridRows(state, item)[place.row];
    return row && has(row) ? row : item;
  }
  const group = stepAt(state, place)?.group;
  return !has(item) && group && has(group) ? group : item;
}

/** The step that a place is in. */
export function stepAt({ questionnaire }: WizardState, { linkId }: Place): Step | undefined {
  return stepsOf(questionnaire).find((step) => step.linkId === linkId);
}

function gridLines(
  state: WizardState,
  page: AskPage,
  place: GridPlace,
  grid: GroupItem,
  columns: number,
): readonly FrameLine[] {
  const rows = gridRows(state, grid);
  const { done, of, text } = gridSummary(state, grid);
  const isFull = done === of;
  const sum = text !== '' ? ` - ${text}` : isFull ? ' - no score, because a line has no answer' : '';
  const summary = line(`${done} of ${counted(of, 'line')}${sum}${isFull ? ' - Enter goes on' : ''}`);
  const findings = rows.flatMap((row) => lineFindingLines(state, page, row, columns));
  const isSummaryFocus = place.row >= rows.length && findings.length === 0;
  return [
    ...rows.flatMap((row, index) => gridRow(state, row, index, index === place.row, columns)),
    ...(isSummaryFocus ? focused(paragraph(summary.text, columns)) : paragraph(summary.text, columns)),
    ...focused(findings),
  ];
}

/** What the answer to one line of a grid means, and what to say; not again what waits for Enter. */
function lineFindingLines(state: WizardState, page: AskPage, row: ChoiceItem, columns: number): readonly ViewLine[] {
  const pending = pendingAlarms(state, page).map(({ rule }) => rule);
  const findings = lineFindings(state, row).filter(({ rule }) => !pending.includes(rule));
  const { say } = row.help;
  if (findings.length === 0) return [];
  return [
    ...findings.flatMap((finding) => alarmText(state, finding, columns)),
    ...(say === undefined ? [] : marked('  ', `You may say: "${say}"`, columns)),
  ];
}

function legendLines(row: ChoiceItem, columns: number): readonly ViewLine[] {
  const parts = optionsOf(row).map(({ key, text }) => `${key} ${text}`);
  const legend = parts.join('   ');
  return widthOf(legend) <= columns ? [line(legend, 'muted')] : paragraph(parts.join(', '), columns, 'muted');
}

function gridRow(
  state: WizardState,
  row: ChoiceItem,
  index: number,
  isHere: boolean,
  columns: number,
): readonly FrameLine[] {
  const answer = state.answers.get(row.linkId);
  const score =
    answer === undefined ? '' : isAbsent(answer) ? (answer.absent === 'unknown' ? 'u' : 'd') : keyOfAnswer(row, answer);
  const room = columns - 4;
  const [first = '', ...rest] = marked(
    `${isHere ? '>' : ' '} ${String(index + 1).padStart(2)}  `,
    row.text,
    room,
    isHere ? 'chosen' : 'plain',
  ).map(({ text }) => text);
  const scored = `${first}${' '.repeat(Math.max(1, room + 2 - widthOf(first)))}${score === '' ? '_' : score}`;
  const isShort = !isHere && rest.length > 0;
  const text = isShort ? `${shortened(`${first} ...`, room)}`.padEnd(room + 2) + (score === '' ? '_' : score) : scored;
  const lines = (isShort ? [text] : [scored, ...rest]).map(
    (each): ViewLine => ({ text: each, tone: isHere ? 'chosen' : 'plain' }),
  );
  return isHere ? focused(lines) : lines;
}

function keyOfAnswer(row: ChoiceItem, answer: unknown): string {
  return optionsOf(row).find((option) => option.answer === answer)?.key ?? '';
}

function entriesLines(state: WizardState, page: AskPage, group: GroupItem, columns: number): readonly FrameLine[] {
  const { linkId } = page.place;
  const entries = entriesOf(state.answers, linkId);
  const fields = fieldsOf(group, standingOf(state.questionnaire, state.answers).situation);
  const entry = group.repeats?.entry ?? '';
  const listed = entries.flatMap((each, index) => [
    ...choiceLine(String(index + 1), entryText(fields, each), index === page.highlight, columns),
    ...unlistedIn(state.questionnaire, fields, each).flatMap((text) => marked('     ! ', text, columns, 'caution')),
  ]);
  const add = entries.length === 0 ? `Yes, add ${withArticle(entry)}` : `Yes, add another`;
  const question = entries.length === 0 ? `Add ${withArticle(entry)}?` : `Add another ${entry}?`;
  const removing =
    page.removing === undefined
      ? []
      : marked('! ', `Remove number ${page.removing + 1}? y removes it, any other key keeps it.`, columns, 'caution');
  return [
    ...(listed.length > 0 ? [...listed, blank] : []),
    ...paragraph(question, columns),
    ...choiceLine('y', add, page.highlight === entries.length, columns),
    ...choiceLine(
      'n',
      entries.length === 0 ? 'No, there is none' : 'No more, go on',
      page.highlight === entries.length + 1,
      columns,
    ),
    ...absentEarlier(state, page, columns),
    ...focused(removing),
  ];
}

function withArticle(entry: string): string {
  return `${/^[aeiou]/i.test(entry) ? 'an' : 'a'} ${entry}`;
}

/** Title of the section that the person has reached: of the question that is asked, else of the next one; where none is open, the last. */
export function sectionReached(state: WizardState): string {
  const { page, questionnaire } = state;
  if (page.kind === 'teach-back') return teachBackTitle;
  const at = page.kind === 'ask' ? page.place : nextOpen(questionnaire, state);
  const step = at && stepAt(state, at);
  return (step?.section ?? questionnaire.items.at(-1))?.text ?? '';
}
