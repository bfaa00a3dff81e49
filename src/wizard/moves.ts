import { refusal } from '../engine/accept.ts';
import { type Answer, type Answers, isAbsent, isSameAnswer } from '../model/answers.ts';
import type { Finding } from '../model/assessment.ts';
import type { Disposition } from '../model/disposition.ts';
import type { ChoiceItem, Item } from '../model/questionnaire.ts';
import { answerText } from '../report/answer-text.ts';
import { emptyLine } from './edit-line.ts';
import { type AskPage, type Beginning, blankAsk, type Page, type WizardState, withProblem } from './state.ts';
import {
  answerAtPlace,
  entriesOf,
  fieldsOf,
  itemAt,
  nextOpen,
  type Place,
  pathOfPlace,
  rowsOf,
  type Step,
  settledFindings,
  standingOf,
  startOf,
  withAnswer,
} from './steps.ts';

/** A screening at its first page: what was said before it, an emergency that the answers hold, or the first open question. */
export function begin(beginning: Beginning, at: number): WizardState {
  const state = blankState(beginning, at);
  return (beginning.notice ?? []).length > 0 ? state : goOn(state, at);
}

/** The state of a beginning, with what is said before it as its page. */
export function blankState(beginning: Beginning, at: number): WizardState {
  const { questionnaire, today, answers = new Map(), told = [], notice = [] } = beginning;
  const emergencies = new Set(emergencyRules(questionnaire, answers));
  return {
    questionnaire,
    today,
    needsEnter: beginning.needsEnter ?? false,
    clinic: {},
    answers,
    skipped: new Set(beginning.skipped),
    closed: new Set([...(beginning.closed ?? [])].filter((linkId) => answers.has(linkId))),
    told,
    covered: new Set(told.flatMap(({ rules }) => rules).filter((rule) => emergencies.has(rule))),
    ...(beginning.questions && { questions: beginning.questions }),
    outcomes: new Map(beginning.outcomes),
    page: { kind: 'notice', lines: notice },
    help: false,
    safety: false,
    scroll: 0,
    changedAt: at,
  };
}

/** The emergencies that the answers hold, by rule id. */
export function emergencyRules(questionnaire: WizardState['questionnaire'], answers: Answers): readonly string[] {
  return settledFindings(standingOf(questionnaire, answers))
    .filter(({ disposition }) => disposition === 'emergency')
    .map(({ rule }) => rule);
}

/** Those of these emergencies, else of all that the answers hold, that nobody was told of yet, by rule id. */
export function untold(
  { questionnaire, answers, covered }: WizardState,
  rules: readonly string[] = emergencyRules(questionnaire, answers),
): readonly string[] {
  return rules.filter((rule) => !covered.has(rule));
}

/** The emergencies that hold with the answer that waits for its Enter, by rule id. */
export function emergenciesInSight({ questionnaire, answers, page }: WizardState): readonly string[] {
  const isPending = page.kind === 'ask' && page.pending !== undefined;
  return emergencyRules(questionnaire, isPending ? withAnswer(answers, page.place, page.pending) : answers);
}

/** Opens a page, afresh. */
export function openPage(state: WizardState, page: Page, at: number): WizardState {
  const { problem: _problem, isAwaiting: _isAwaiting, ...rest } = state;
  return { ...rest, page, help: false, safety: false, scroll: 0, changedAt: at };
}

/** Opens the page that asks at `place`, with the earlier answer highlighted. An emergency that nobody was told of comes first. */
export function ask(state: WizardState, place: Place, at: number): WizardState {
  if (untold(state).length > 0) return emergency(state, at);
  const page: AskPage = { ...blankAsk(place), ...earlier(state, place) };
  return openPage(state, page, at);
}

function earlier(state: WizardState, place: Place): Partial<AskPage> {
  const item = itemAt(state.questionnaire, place);
  const answer = answerAtPlace(state.answers, place);
  if (place.kind === 'entries') return { highlight: firstChoice(state, place.linkId) };
  if (answer === undefined || isAbsent(answer)) return {};
  if (item.type === 'boolean') return { highlight: answer === true ? 0 : 1 };
  if (item.type !== 'choice') return {};
  if (Array.isArray(answer)) return { chosen: answer as readonly string[] };
  return { highlight: optionIndex(item, answer) };
}

function firstChoice(state: WizardState, linkId: string): number {
  const entries = entriesOf(state.answers, linkId).length;
  return entries === 0 && !state.closed.has(linkId) ? 0 : entries + 1;
}

function optionIndex({ options, scored }: ChoiceItem, answer: Answer): number {
  return options.findIndex(({ code, score }) => answer === (scored ? score : code));
}

/** Goes to what comes next: an emergency that nobody was told of, the review that was left, the first open question, or the review. */
export function goOn(state: WizardState, at: number): WizardState {
  if (untold(state).length > 0) return emergency(state, at);
  if (state.returning) return review(state, at);
  const place = nextOpen(state.questionnaire, state);
  return place ? ask(state, place, at) : review(state, at);
}

function emergency(state: WizardState, at: number): WizardState {
  return openPage(state, { kind: 'emergency', rules: untold(state), line: emptyLine, highlight: -1 }, at);
}

/** Opens the review, to say what a change from there did; an emergency that nobody was told of comes first. */
export function review(state: WizardState, at: number): WizardState {
  if (untold(state).length > 0) return emergency(state, at);
  const { returning, ...rest } = state;
  return openPage(rest, { kind: 'review', line: emptyLine, ...(returning && { since: returning }) }, at);
}

/** Goes on inside a repeat to the next field of the entry, else to its list of entries; elsewhere as `goOn`. */
function goOnFrom(state: WizardState, place: Place, at: number): WizardState {
  if (place.kind !== 'field' || untold(state).length > 0) return goOn(state, at);
  const item = itemAt(state.questionnaire, { kind: 'entries', linkId: place.linkId });
  if (item.type !== 'group') return goOn(state, at);
  const fields = fieldsOf(item, standingOf(state.questionnaire, state.answers).situation);
  const next = fields[fields.findIndex(({ linkId }) => linkId === place.field) + 1];
  return next
    ? ask(state, { ...place, field: next.linkId }, at)
    : ask(state, { kind: 'entries', linkId: place.linkId }, at);
}

/** Goes back to the question before, to the review where the question was opened from there. */
export function goBack({ recorded: _recorded, ...state }: WizardState, place: Place, at: number): WizardState {
  const inRepeat = backInRepeat(state, place);
  if (inRepeat) return ask(state, inRepeat, at);
  if (state.returning) return review(state, at);
  const { steps } = standingOf(state.questionnaire, state.answers);
  const before = steps[steps.findIndex(({ linkId }) => linkId === place.linkId) - 1];
  return before ? ask(state, lastOf(state, before), at) : withProblem(state, 'This is the first question.');
}

function backInRepeat(state: WizardState, place: Place): Place | undefined {
  if (place.kind !== 'field') return undefined;
  const item = itemAt(state.questionnaire, { kind: 'entries', linkId: place.linkId });
  const fields = item.type === 'group' ? fieldsOf(item, standingOf(state.questionnaire, state.answers).situation) : [];
  const before = fields[fields.findIndex(({ linkId }) => linkId === place.field) - 1];
  return before ? { ...place, field: before.linkId } : { kind: 'entries', linkId: place.linkId };
}

/** A grid is entered from behind at its end. */
function lastOf(state: WizardState, step: Step): Place {
  if (step.kind !== 'grid') return startOf(step);
  const rows = rowsOf(step.item, standingOf(state.questionnaire, state.answers).situation);
  return { kind: 'grid', linkId: step.linkId, row: rows.length };
}

const alarming: ReadonlySet<Disposition> = new Set(['emergency', 'do-not-proceed', 'defer']);

/** Findings that stop or alarm, and that `after` has by what is answered and `before` has not. */
export function newAlarms(state: WizardState, before: Answers, after: Answers): readonly Finding[] {
  const fired = (answers: Answers): readonly Finding[] =>
    standingOf(state.questionnaire, answers).assessment.findings.filter(
      ({ disposition, absent }) => alarming.has(disposition) && absent.length === 0,
    );
  const known = new Set(fired(before).map(({ rule }) => rule));
  return fired(after).filter(({ rule }) => !known.has(rule));
}

/** Takes an answer: refuses it, or shows what it would start and waits for Enter, or records it and goes on. */
export function propose(state: WizardState, page: AskPage, answer: Answer, at: number): WizardState {
  const { place } = page;
  const item = itemAt(state.questionnaire, place);
  const refused = refusal(item, answer);
  if (refused) return withProblem(state, isAbsent(answer) ? cannotBeAbsent : sentence(refused.message));
  const answers = withAnswer(state.answers, place, answer);
  const broken = standingOf(state.questionnaire, answers).broken.find(({ linkId }) => linkId === place.linkId);
  if (broken) return withProblem(state, sentence(broken.message));
  const isConfirmed = page.pending !== undefined && isSameAnswer(page.pending, answer);
  if (!isConfirmed && newAlarms(state, state.answers, answers).length > 0) {
    const { absence: _absence, ...shown } = page;
    return { ...state, page: { ...shown, pending: answer }, scroll: 0 };
  }
  const recorded = record(state, place, item, answer, answers);
  return place.kind === 'entries' ? goOn(recorded, at) : goOnFrom(recorded, place, at);
}

function record(state: WizardState, place: Place, item: Item, answer: Answer, answers: Answers): WizardState {
  const closed = place.kind === 'entries' ? new Set(state.closed).add(place.linkId) : state.closed;
  return {
    ...withAnswers(state, answers),
    closed,
    recorded: { question: item.text, answer: answerText(item, answer) },
  };
}

/** `state` with other answers. An emergency that they no longer hold has to be told again when it comes back. */
export function withAnswers(state: WizardState, answers: Answers): WizardState {
  const emergencies = new Set(emergencyRules(state.questionnaire, answers));
  return { ...state, answers, covered: new Set([...state.covered].filter((rule) => emergencies.has(rule))) };
}

/** Keeps the earlier answer, or leaves an optional question out; says what is needed where there is neither. */
export function keep(state: WizardState, page: AskPage, needed: string, at: number): WizardState {
  const { place } = page;
  if (answerAtPlace(state.answers, place) !== undefined) return kept(state, place, at);
  const item = itemAt(state.questionnaire, place);
  if (item.required) return withProblem(state, needed);
  const skipped = new Set(state.skipped).add(pathOfPlace(place));
  return goOnFrom({ ...state, skipped, recorded: { question: item.text, answer: 'left out' } }, place, at);
}

function kept(state: WizardState, place: Place, at: number): WizardState {
  const broken = standingOf(state.questionnaire, state.answers).broken.find(({ linkId }) => linkId === place.linkId);
  return broken ? withProblem(state, sentence(broken.message)) : goOnFrom(state, place, at);
}

export const cannotBeAbsent =
  'This question needs an answer: it takes neither "not known" nor "declined". Ctrl-C stops here and keeps the draft.';

/** A message as a sentence. */
export function sentence(message: string): string {
  const text = `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
