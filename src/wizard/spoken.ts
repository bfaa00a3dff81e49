import { isAbsent } from '../model/answers.ts';
import type { Finding } from '../model/assessment.ts';
import { counted } from '../model/counted.ts';
import type { ChoiceItem, GroupItem, Item, QuestionItem } from '../model/questionnaire.ts';
import { teachBackOutcomes } from '../model/teach-back.ts';
import { answerText, entryText } from '../report/answer-text.ts';
import { withClinicWords } from '../report/clinic-words.ts';
import { type GridPlace, gridRows, gridSummary, lineFindings } from './ask-grid.ts';
import { initialOf, isTyped, readTyped, type TypedItem } from './ask-typed.ts';
import { changeWords } from './change.ts';
import { lineWith } from './edit-line.ts';
import type { Key, KeyName } from './keys.ts';
import { cannotBeAbsent } from './moves.ts';
import { optionsOf } from './options.ts';
import { reviewOf } from './review.ts';
import { sayTeachBack } from './spoken-teach-back.ts';
import type { AskPage, EmergencyPage, ReviewPage, TeachBackPage, WizardState } from './state.ts';
import { answerAtPlace, entriesOf, fieldsOf, itemAt, standingOf } from './steps.ts';
import { unlistedIn, unlistedText } from './table-names.ts';
import { askedOf, whyTeachBack } from './teach-back.ts';
import { dateInFull } from './typed-date.ts';
import { bounce, emergencyChoices, update } from './update.ts';
import { progressParts } from './view.ts';
import { pendingAlarms, questionText } from './view-ask.ts';
import { dispositionWords, emergencySteps, helpOf, ruleOf } from './wording.ts';

/** The page in full sentences, for a terminal that is read aloud. The last line asks for what is to be typed. */
export function say(state: WizardState): readonly string[] {
  const { page } = state;
  switch (page.kind) {
    case 'notice':
      return [...page.lines, 'Press Enter to go on.'];
    case 'emergency':
      return sayEmergency(state, page);
    case 'review':
      return sayReview(state, page);
    case 'teach-back':
      return sayTeachBack(state, page);
    case 'ask':
      return page.pending === undefined ? sayQuestion(state, page) : sayPending(state, page);
  }
}

/** What the safety page says. */
function saySafety({ questionnaire, clinic }: WizardState): readonly string[] {
  const { title, steps } = questionnaire.safety;
  return [`${title}.`, ...steps.map((step, index) => `Step ${index + 1}. ${withClinicWords(step, clinic)}`)];
}

/** Why the question is asked and what counts. */
function sayWhy(state: WizardState): readonly string[] {
  if (state.page.kind === 'teach-back') return whyTeachBack;
  return state.page.kind === 'ask' ? helpOf(state.questionnaire, asked(state, state.page)) : [];
}

function sayEmergency(state: WizardState, page: EmergencyPage): readonly string[] {
  if (page.who !== undefined) {
    return [
      `Noted: ${page.who}. While that answer stands, the result is emergency.`,
      ...emergencyChoices.map((choice, index) => `${index + 1} ${choice}`),
    ];
  }
  const rules = page.rules.map((id) => ruleOf(state.questionnaire, id));
  return [
    'EMERGENCY. Act on these steps now.',
    ...rules.map(({ reason, id }) => `${reason} This is rule ${id}.`),
    ...emergencySteps(rules, state.clinic).map((step, index) => `Step ${index + 1}. ${step}`),
    ...rules.flatMap(({ say: words }) =>
      words === undefined ? [] : [`You may say: "${withClinicWords(words, state.clinic)}"`],
    ),
    'Whom did you tell? Type the name or initials of the clinician, or the word told.',
  ];
}

function sayReview(state: WizardState, page: ReviewPage): readonly string[] {
  const { open } = page;
  const { answers, isComplete, first, sections } = reviewOf(state);
  const opened = open === undefined ? undefined : sections[open];
  if (opened) {
    return [
      `${opened.title}: ${opened.state}.`,
      ...opened.questions.map(({ number, text, answer }) => `${number} ${text} ${answer}`),
      ...opened.setAside.map(({ text, answer }) => `Set aside, not used: ${text} ${answer}`),
      'Type a question number to change it, or press Enter to go back to the review.',
    ];
  }
  return [
    ...changeWords(state, page),
    `Review. ${counted(answers, 'answer')}.`,
    ...first.map(
      ({ numbers, disposition, rule, text }) =>
        `Question ${numbers.join(', ')}: ${dispositionWords(disposition)}, rule ${rule}. ${text}`,
    ),
    ...sections.map(({ key, title, state: how }) => `${key} ${title}: ${how}.`),
    `Type a question number to change it, a letter for a section, Enter to ${isComplete ? 'finish' : 'go on with the questions'}, or stop.`,
  ];
}

/** The item that is asked right now: in a grid its line. */
function asked(state: WizardState, { place }: AskPage): Item {
  const item = itemAt(state.questionnaire, place);
  if (place.kind !== 'grid' || item.type !== 'group') return item;
  return gridRows(state, item)[place.row] ?? item;
}

function sayQuestion(state: WizardState, page: AskPage): readonly string[] {
  const { place } = page;
  const item = itemAt(state.questionnaire, place);
  const [section, where] = progressParts(state, place);
  const head = `${section}, ${where}.`;
  if (item.type === 'group') {
    return place.kind === 'grid'
      ? [...sayLineBefore(state, place, item), head, ...sayGrid(state, place, item)]
      : [head, item.text, ...sayEntries(state, page, item)];
  }
  return [
    head,
    ...sayGroup(state, page),
    questionText(state, place),
    ...sayOptions(item),
    ...sayEarlier(state, page, item),
  ];
}

/** What the group of a question says, at its first question. */
function sayGroup(state: WizardState, { place }: AskPage): readonly string[] {
  const { steps } = standingOf(state.questionnaire, state.answers);
  const index = steps.findIndex(({ linkId }) => linkId === place.linkId);
  const group = steps[index]?.group;
  return group === undefined || group.linkId === steps[index - 1]?.group?.linkId ? [] : [group.text];
}

function sayOptions(item: QuestionItem): readonly string[] {
  if (item.type === 'boolean') return ['Type yes or no.'];
  if (item.type !== 'choice') return [];
  const options = optionsOf(item).map(({ key, text }) => `${key} ${text}`);
  return item.repeats ? [...options, 'Type those that apply with spaces between them, such as: 1 3.'] : options;
}

function sayEarlier(state: WizardState, { place }: AskPage, item: QuestionItem): readonly string[] {
  const earlier = answerAtPlace(state.answers, place);
  if (earlier !== undefined) return [`Current answer: ${answerText(item, earlier)}. Press Enter to keep it.`];
  const initial = isTyped(item) ? initialOf(state, place, item) : undefined;
  if (initial !== undefined) return [`Press Enter for ${dateInFull(initial)}.`];
  return item.required ? [] : ['Not required: press Enter to leave it out.'];
}

function sayGrid(state: WizardState, { row }: GridPlace, grid: GroupItem): readonly string[] {
  const rows = gridRows(state, grid);
  const here = rows[row];
  if (!here)
    return [
      `${grid.text} All ${rows.length} lines are answered. ${gridSummary(state, grid).text}`.trim(),
      'Press Enter to go on.',
    ];
  const earlier = state.answers.get(here.linkId);
  return [
    ...(row === 0 ? [grid.text] : []),
    `Line ${row + 1} of ${rows.length}. ${here.text}`,
    ...(row === 0
      ? optionsOf(here).map(({ key, text }) => `${key} ${text}`)
      : [
          `${optionsOf(here)
            .map(({ key, text }) => `${key} ${text}`)
            .join(', ')}.`,
        ]),
    ...(earlier === undefined ? [] : [`Current answer: ${answerText(here, earlier)}. Press Enter to keep it.`]),
  ];
}

/** What the answer to the line before means, and what to say: told right after it, and not only at the end of the grid. */
function sayLineBefore(state: WizardState, { row }: GridPlace, grid: GroupItem): readonly string[] {
  const line = gridRows(state, grid)[row - 1];
  const findings = line === undefined ? [] : lineFindings(state, line);
  const words = line?.help.say;
  return [
    ...findings.map((finding) => sayMeaning(state, finding)),
    ...(findings.length === 0 || words === undefined ? [] : [`You may say: "${words}"`]),
  ];
}

function sayMeaning({ questionnaire }: WizardState, { rule: id, disposition }: Finding): string {
  const { reason, action } = ruleOf(questionnaire, id);
  return `This means: ${dispositionWords(disposition)}, rule ${id}. ${reason} ${action}`;
}

function sayEntries(state: WizardState, { place }: AskPage, group: GroupItem): readonly string[] {
  const entries = entriesOf(state.answers, place.linkId);
  const fields = fieldsOf(group, standingOf(state.questionnaire, state.answers).situation);
  const entry = group.repeats?.entry ?? '';
  const earlier = state.answers.get(place.linkId);
  return [
    ...entries.flatMap((each, index) => [
      `${index + 1} ${entryText(fields, each)}`,
      ...unlistedIn(state.questionnaire, fields, each),
    ]),
    ...(isAbsent(earlier) ? [`Current answer: ${answerText(group, earlier)}. Press Enter to keep it.`] : []),
    entries.length === 0
      ? `Add one ${entry}? Type yes or no.`
      : `Add another ${entry}? Type yes or no, a number to change that one, or remove and its number.`,
  ];
}

function sayPending(state: WizardState, page: AskPage): readonly string[] {
  const item = itemAt(state.questionnaire, page.place);
  const alarms = pendingAlarms(state, page).map((finding) => sayMeaning(state, finding));
  if (alarms.length > 0)
    return [...alarms, 'Nothing is final until the review. Press Enter to record it, or answer anew.'];
  return [
    ...(item.type === 'string' ? [unlistedText(item, page.line.text)] : []),
    'Press Enter to keep it, or type another.',
  ];
}

/** A conversation so far. `echoed`: a line that was read back and waits for Enter. `aside`: what was asked and no answer. */
export interface Talk {
  readonly state: WizardState;
  readonly echoed?: string;
  readonly aside?: readonly string[];
}

/** The conversation after a line: a question about the question, a value that is read back first, or an answer. */
export function turn({ state, echoed }: Talk, line: string, at: number): Talk {
  const heard = line.trim();
  if (echoed !== undefined && heard === '') return { state: hear(state, echoed, at) };
  const aside = besides(state, heard);
  if (aside) return { state, aside, ...(echoed !== undefined && { echoed }) };
  const echo = echoOf(state, heard);
  if (echo !== undefined)
    return { state, echoed: heard, aside: [`That is ${echo}. Press Enter to take it, or type another answer.`] };
  return { state: hear(state, heard, at) };
}

/** What is said to a word that asks and does not answer; undefined for an answer. */
function besides(state: WizardState, line: string): readonly string[] | undefined {
  const word = line.toLowerCase();
  if (state.page.kind === 'emergency') return undefined;
  if (word === 'urgent' || word === '!') return saySafety(state);
  const hasWhy = state.page.kind === 'ask' || state.page.kind === 'teach-back';
  return hasWhy && (word === 'why' || word === '?') ? sayWhy(state) : undefined;
}

/** How a line would be read, where that is to be confirmed: another unit, a date in words. */
function echoOf(state: WizardState, text: string): string | undefined {
  const { page } = state;
  if (page.kind !== 'ask') return undefined;
  const item = itemAt(state.questionnaire, page.place);
  if (!isTyped(item) || item.type === 'string') return undefined;
  const typed = readTyped(state, page.place, item, text);
  if (typed.is !== 'answer' || typed.echo === undefined) return undefined;
  return item.type === 'date' && /^\d{4}-\d{2}-\d{2}$/.test(text.trim()) ? undefined : typed.echo;
}

/** What is said to a line: the aside, what is wrong with an answer, or that it was recorded, and what comes next. */
export function replies(before: WizardState, { state, aside }: Talk): readonly string[] {
  if (aside) return aside;
  const isSamePage = state.page.kind === before.page.kind && state.changedAt === before.changedAt;
  if (state.problem !== undefined && isSamePage) return [`Error: ${state.problem}`];
  const recorded = recordedBy(before, state);
  const problem = state.problem === undefined ? [] : [`Error: ${state.problem}`];
  return [...(recorded === undefined ? [] : [`Recorded: ${recorded}.`]), ...problem, '', ...say(state)];
}

/** The answer in words that the last line gave, also to one line of a grid; undefined for none. */
function recordedBy(before: WizardState, after: WizardState): string | undefined {
  if (after.recorded !== before.recorded) return after.recorded?.answer;
  if (after.answers === before.answers || before.page.kind !== 'ask') return undefined;
  const item = asked(before, before.page);
  const answer = after.answers.get(item.linkId);
  return answer === undefined ? undefined : answerText(item, answer);
}

/** The screening after a line of line mode. `at` is later than anything that came before. */
export function hear(state: WizardState, text: string, at: number): WizardState {
  const clock = Math.max(at, state.changedAt + bounce);
  const press = (from: WizardState, ...keys: readonly (KeyName | { readonly text: string })[]): WizardState =>
    keys.reduce((now, key) => update(now, keyOf(key, clock)), from);
  const line = text.trim();
  const word = line.toLowerCase();
  const { page } = state;
  if (word === 'stop' && page.kind !== 'emergency') return press(state, 'end-of-input');
  switch (page.kind) {
    case 'notice':
      return press(state, 'enter');
    case 'emergency':
      return page.who === undefined ? press(onLine(state, line), 'enter') : press(state, { text: line });
    case 'review':
      return hearAtReview(state, line, press);
    case 'teach-back':
      return hearTeachBack(state, page, line, press);
    case 'ask':
      return hearAnswer(state, page, line, press);
  }
}

type Press = (from: WizardState, ...keys: readonly (KeyName | { readonly text: string })[]) => WizardState;

function keyOf(key: KeyName | { readonly text: string }, at: number): Key {
  return typeof key === 'string' ? { name: key, at } : { name: 'text', text: key.text, at };
}

/** `state` with a whole line typed on its page. */
function onLine(state: WizardState, text: string): WizardState {
  return state.page.kind === 'notice' || state.page.kind === 'teach-back'
    ? state
    : { ...state, page: { ...state.page, line: lineWith(text) } };
}

function hearAtReview(state: WizardState, line: string, press: Press): WizardState {
  const word = line.toLowerCase();
  if (line === '') return press(state, 'enter');
  if (word === 'back') return press(state, 'back');
  if (/^\d{1,4}$/.test(line)) return press(onLine(state, line), 'enter');
  return /^[a-z]$/.test(word) ? press(state, { text: word }) : wrong(state, 'type a number, a letter, or press Enter');
}

function wrong(state: WizardState, problem: string): WizardState {
  return { ...state, problem };
}

function hearTeachBack(
  state: WizardState,
  { index, highlight }: TeachBackPage,
  line: string,
  press: Press,
): WizardState {
  const word = line.toLowerCase();
  const asked = askedOf(state);
  const isQuestion = asked[index] !== undefined;
  if (line === '' && !(isQuestion && highlight === -1)) return press(state, 'enter');
  if (word === 'back' || word === 'review') return press(state, word);
  const most = isQuestion ? teachBackOutcomes.length : asked.length;
  if (!/^\d$/.test(line) || Number(line) < 1 || Number(line) > most)
    return wrong(state, `type a number from 1 to ${most}`);
  const chosen = press(state, { text: line });
  return state.needsEnter && isQuestion ? press(chosen, 'enter') : chosen;
}

function hearAnswer(state: WizardState, page: AskPage, line: string, press: Press): WizardState {
  const item = itemAt(state.questionnaire, page.place);
  switch (line.toLowerCase()) {
    case 'back':
      return page.place.kind === 'grid' && page.place.row > 0 ? press(state, 'up') : press(state, 'back');
    case 'review':
      return press(state, 'review');
    case 'unknown':
    case 'declined':
      return hearAbsence(state, page, line.toLowerCase() === 'unknown' ? 'u' : 'd', press);
  }
  if (isTyped(item)) return hearTyped(state, page, item, line, press);
  if (line === '') return hearNothing(state, page, press);
  if (item.type === 'choice' && item.repeats) return hearSeveral(state, page, item, line, press);
  if (page.place.kind === 'entries') return hearEntries(state, page, line, press);
  return hearOne(state, page, line, press);
}

function hearAbsence(state: WizardState, page: AskPage, letter: 'u' | 'd', press: Press): WizardState {
  const item = asked(state, page);
  if (!item.mayBeAbsent) return wrong(state, cannotBeAbsent);
  if (page.place.kind === 'grid') return press(state, { text: letter });
  if (item.type === 'string')
    return press(
      press(onLine(state, letter === 'u' ? 'unknown' : 'declined'), 'enter'),
      ...(letter === 'u' ? [{ text: '1' }] : []),
    );
  return press(onLine(state, ''), { text: 'u' }, { text: letter === 'u' ? '1' : '2' });
}

function hearTyped(state: WizardState, page: AskPage, item: TypedItem, line: string, press: Press): WizardState {
  if (line === '' && page.pending !== undefined) return press(state, 'enter');
  if (item.type === 'string' && item.mayBeAbsent && line.toLowerCase() === 'u')
    return wrong(state, 'type the answer, or the word unknown or declined');
  return press(onLine(state, line), 'enter');
}

/** Enter alone: keeps, confirms, or goes down a line of a grid that has its answer. What it lacks is told in words of line mode. */
function hearNothing(state: WizardState, page: AskPage, press: Press): WizardState {
  const { place } = page;
  if (place.kind !== 'grid') {
    const after = press(state, 'enter');
    const item = asked(state, page);
    const isOne = item.type === 'boolean' || (item.type === 'choice' && !item.repeats);
    const isLacking = page.highlight === -1 && answerAtPlace(state.answers, place) === undefined;
    return isOne && isLacking && after.problem !== undefined ? hearOne(state, page, '', press) : after;
  }
  const here = asked(state, page);
  if (here.type === 'group') return press(state, 'enter');
  if (!state.answers.has(here.linkId)) return wrong(state, 'this line needs an answer');
  const row = place.row + 1;
  return { ...state, page: { ...page, place: { ...place, row } } };
}

function hearOne(state: WizardState, page: AskPage, line: string, press: Press): WizardState {
  const item = asked(state, page);
  const word = line.toLowerCase();
  const key = item.type === 'boolean' && (word === 'yes' || word === 'no') ? word.charAt(0) : word;
  const options = item.type === 'group' ? [] : optionsOf(item);
  const isOption =
    options.some((option) => option.key === key) || (item.type === 'boolean' && (key === 'y' || key === 'n'));
  if (!isOption)
    return wrong(
      state,
      `type ${item.type === 'boolean' ? 'yes or no' : `one of ${options.map((option) => option.key).join(', ')}`}`,
    );
  const chosen = press(state, { text: key });
  return state.needsEnter && page.place.kind !== 'grid' ? press(chosen, 'enter') : chosen;
}

function hearSeveral(state: WizardState, page: AskPage, item: ChoiceItem, line: string, press: Press): WizardState {
  const options = optionsOf(item);
  const keys = line
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((key) => key !== '');
  const unknown = keys.find((key) => !options.some((option) => option.key === key));
  if (unknown !== undefined) return wrong(state, `type one or more of ${options.map(({ key }) => key).join(' ')}`);
  const codes = item.options.filter((_, index) => keys.includes(options[index]?.key ?? '')).map(({ code }) => code);
  return press({ ...state, page: { ...page, chosen: codes } }, 'enter');
}

function hearEntries(state: WizardState, page: AskPage, line: string, press: Press): WizardState {
  const entries = entriesOf(state.answers, page.place.linkId).length;
  const word = line.toLowerCase();
  if (word === 'yes' || word === 'no' || word === 'y' || word === 'n') return press(state, { text: word.charAt(0) });
  const [, remove, position = '0'] = /^(remove )?(\d{1,2})$/.exec(word) ?? [];
  const index = Number(position) - 1;
  if (index < 0 || index >= entries) return wrong(state, 'type yes or no, or the number of one above');
  const there: WizardState = { ...state, page: { ...page, highlight: index } };
  return remove === undefined ? press(there, 'enter') : press(there, { text: 'x' }, { text: 'y' });
}
