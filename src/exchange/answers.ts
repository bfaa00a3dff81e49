import { suggestion } from '../definition/suggest.ts';
import { type Refusal, refusal, wrongType } from '../engine/accept.ts';
import { assessorOf } from '../engine/compile.ts';
import { itemsOf, questionsIn, repeatOf } from '../engine/items.ts';
import { type Answer, type Answers, isAbsent } from '../model/answers.ts';
import { counted } from '../model/counted.ts';
import { atScale, formatDecimal } from '../model/decimal.ts';
import { formatDate, parseDate } from '../model/local-date.ts';
import { remembering } from '../model/memo.ts';
import type { ChoiceItem, GroupItem, Item, NumberItem, QuestionItem, Questionnaire } from '../model/questionnaire.ts';
import { ExactNumber, exactDecimal } from './exact-number.ts';
import { looksLikeLinkId } from './link-id.ts';
import type { Place } from './records.ts';

/** Stable: scripts branch on it. */
export type AnswerErrorCode =
  | Refusal['code']
  | 'too-precise'
  | 'unknown-link-id'
  | 'misplaced'
  | 'duplicate-link-id'
  | 'wrong-unit'
  | 'other-questionnaire'
  | 'not-completed'
  | 'not-understood'
  | 'not-enabled'
  | 'constraint'
  | 'not-a-record'
  | 'not-json'
  | 'too-deep'
  | 'duplicate-key'
  | 'not-csv'
  | 'ragged-row'
  | 'not-utf-8'
  | 'record-too-long';

/**
 * Why a record, or one answer in it, is refused. `linkId` is the question: a linkId, `trial[2].dose` inside a repeat,
 * empty where the whole record is meant. The place is where the answer stands in the record. `message` says the way out and never what the patient answered.
 */
export interface AnswerError extends Partial<Place> {
  readonly code: AnswerErrorCode;
  readonly linkId: string;
  readonly message: string;
}

/** `errors` is empty where every answer is accepted. */
export interface ReadAnswers {
  readonly answers: Answers;
  readonly errors: readonly AnswerError[];
}

/** `path`: what the error is about, where its linkId may not repeat that. */
interface FoundError extends AnswerError {
  readonly path?: string;
}

interface FoundAnswers extends ReadAnswers {
  readonly errors: readonly FoundError[];
}

/** Where the answer with this path stands, the record itself for an empty one; undefined where that is not known. */
export type PlaceOf = (path: string) => Place | undefined;

/**
 * Reads a flat JSON object by linkId. Numbers may be `ExactNumber`. What the answers say about each other (constraints,
 * questions that are not asked) is looked at where each can be read for itself. Each error has the place that `placeOf`
 * gives. Never throws.
 */
export function readAnswers(
  questionnaire: Questionnaire,
  sheet: unknown,
  placeOf: PlaceOf = () => undefined,
): ReadAnswers {
  const { answers, errors } = readSheet(questionnaire, sheet);
  return { answers, errors: errors.map(({ path, ...error }) => ({ ...error, ...placeOf(path ?? error.linkId) })) };
}

function readSheet(questionnaire: Questionnaire, sheet: unknown): FoundAnswers {
  if (!isRecord(sheet)) {
    return notARecord('expected an object of answers by linkId, such as {"visit.date": "2026-03-10"}');
  }
  if (Object.hasOwn(sheet, 'resourceType')) return notARecord('this is a FHIR resource: read it with --format fhir');
  const { answers, errors } = readFields(sheet, sheetFields(questionnaire));
  return { answers, errors: errors.length > 0 ? errors : errorsBetween(questionnaire, answers) };
}

function notARecord(message: string): ReadAnswers {
  return { answers: new Map(), errors: [{ code: 'not-a-record', linkId: '', message }] };
}

/** The exact inverse of `readAnswers`, in the order of the questionnaire: safe to give to `JSON.stringify`. */
export function writeAnswers(questionnaire: Questionnaire, answers: Answers): Record<string, unknown> {
  return writeFields(answers, sheetFields(questionnaire));
}

/**
 * The JSON form of one answer by its path: `vitals.systolic`, `trial[2].dose` (the second entry), `trial[2]` or `trial`.
 * Undefined where there is none.
 */
export function answerAt(questionnaire: Questionnaire, answers: Pick<Answers, 'get'>, path: string): unknown {
  const fields = sheetFields(questionnaire);
  const { name, position, key } = partsOfPath(path);
  const field = fields.byKey.get(name);
  const answer = answers.get(name);
  if (field === undefined || answer === undefined) return undefined;
  if (position === undefined || field.item.type !== 'group') return writeField(answer, field);
  const entry = Array.isArray(answer) ? (answer as readonly Answers[])[position - 1] : undefined;
  if (entry === undefined || field.entry === undefined) return undefined;
  if (key === undefined) return writeFields(entry, field.entry);
  const inner = field.entry.byKey.get(key);
  const value = inner && entry.get(inner.item.linkId);
  return inner && value !== undefined ? writeField(value, inner) : undefined;
}

/** `trial[2].dose`: a name, the position of an entry from 1, a key in it. */
export interface PathParts {
  readonly name: string;
  readonly position: number | undefined;
  readonly key: string | undefined;
}

/** Of an applicant's answers and findings: they come again and again. */
export const mostPaths = 10_000;

/** Takes the path of an answer apart. */
export const partsOfPath: (path: string) => PathParts = remembering(mostPaths, (path: string) => {
  const [, name = path, position, key] = /^(.+?)\[(\d+)\](?:\.(.*))?$/s.exec(path) ?? [];
  return { name, position: position === undefined ? undefined : Number(position), key };
});

/** A key of a record or of an entry, and the item that it answers. `entry` holds the keys inside a repeat. */
export interface Field {
  readonly key: string;
  readonly item: Item;
  readonly entry?: Fields;
}

/** False of what hardly two persons share: a text of their own, a date. */
export function comesAgain({ item }: Field): boolean {
  return item.type !== 'date' && (item.type !== 'string' || item.table !== undefined);
}

/** The answers of an entry of a repeat, given by the place of their questions. */
export function entryOf(given: readonly (Answer | undefined)[], linkIds: readonly string[]): Answers {
  const answers = new Map<string, Answer>();
  for (let place = 0; place < given.length; place += 1) {
    const answer = given[place];
    if (answer !== undefined) answers.set(linkIds[place] as string, answer);
  }
  return answers;
}

/** The keys that a record or an entry may have, in asking order. */
export interface Fields {
  readonly byKey: ReadonlyMap<string, Field>;
  /** The way out for a key that is none of them; undefined for a word of which nobody can tell whether it is a patient's name. */
  wayOut(key: string): string | undefined;
}

const known = new WeakMap<Questionnaire, Fields>();

/** The keys that a record may have: every question outside repeats, and the repeats. */
export function sheetFields(questionnaire: Questionnaire): Fields {
  const fields = known.get(questionnaire) ?? findFields(questionnaire);
  known.set(questionnaire, fields);
  return fields;
}

function findFields(questionnaire: Questionnaire): Fields {
  const byKey = new Map<string, Field>();
  for (const [linkId, placed] of itemsOf(questionnaire)) {
    const { item } = placed;
    const repeat = repeatOf(placed);
    if (item.type === 'group' && item === repeat) byKey.set(linkId, { key: linkId, item, entry: entryFields(item) });
    if (item.type !== 'group' && repeat === undefined) byKey.set(linkId, { key: linkId, item });
  }
  return { byKey, wayOut: (key) => wayOutOfSheet(questionnaire, byKey, key) };
}

function entryFields(repeat: GroupItem): Fields {
  const byKey = new Map(
    questionsIn(repeat).map((item): [string, Field] => {
      const key = item.linkId.slice(repeat.linkId.length + 1);
      return [key, { key, item }];
    }),
  );
  return { byKey, wayOut: (key) => didYouMean(key, byKey.keys()) };
}

function wayOutOfSheet(
  questionnaire: Questionnaire,
  byKey: ReadonlyMap<string, Field>,
  key: string,
): string | undefined {
  const placed = itemsOf(questionnaire).get(key);
  const repeat = placed && repeatOf(placed);
  if (repeat)
    return `this question is asked in each ${repeat.repeats?.entry}: write it inside an entry of ${repeat.linkId}`;
  if (placed) return 'this is a group of questions: answer the questions in it';
  if (questionnaire.calculated.some(({ linkId }) => linkId === key))
    return 'this is calculated, never given: leave it out';
  const wayOut = didYouMean(key, byKey.keys());
  return wayOut === noneMeant && !/[.[]/.test(key) ? undefined : wayOut;
}

function didYouMean(key: string, keys: Iterable<string>): string {
  const meant = suggestion(key, keys);
  return meant === undefined ? noneMeant : `there is no such question: did you mean ${meant}?`;
}

const noneMeant = 'there is no such question: leave it out';

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** Reads in the order of the fields, whatever the order of the keys: the same answers give the same errors. */
function readFields(record: Readonly<Record<string, unknown>>, fields: Fields): FoundAnswers {
  const answers = new Map<string, Answer>();
  const errors: FoundError[] = [];
  for (const [key, field] of fields.byKey) {
    if (!Object.hasOwn(record, key)) continue;
    const { answer, problems } = readField(record[key], field);
    errors.push(...problems);
    if (answer !== undefined && problems.length === 0) answers.set(field.item.linkId, answer);
  }
  const keys = Object.keys(record);
  // An object has whole numbers before its other keys, wherever they were written: then nobody can count.
  const isAsWritten = !keys.some((key) => /^\d+$/.test(key));
  keys.forEach((key, index) => {
    if (!fields.byKey.has(key)) errors.push(unknownKey(key, isAsWritten ? index : undefined, fields));
  });
  return { answers, errors };
}

/** `index`: which of the keys it is, from 0, where that is known. */
function unknownKey(key: string, index: number | undefined, fields: Fields): FoundError {
  const code = 'unknown-link-id';
  const message = wayOutOf(key, fields);
  if (message !== undefined) return { code, linkId: key, message };
  const which = index === undefined ? 'a key' : `key ${index + 1}`;
  return { code, linkId: '', path: key, message: `${which} is not a linkId: leave it out` };
}

/** The way out for a key that may be repeated; undefined for one that may be a patient's name or number. */
export function wayOutOf(key: string, fields: Fields): string | undefined {
  return looksLikeLinkId(key) ? fields.wayOut(key) : undefined;
}

/** An answer with nothing wrong about it, or what is wrong. */
export interface ReadField {
  readonly answer?: Answer;
  readonly problems: readonly FoundError[];
}

/** Reads the answer to one question: `raw` is what JSON reads, a number may be an `ExactNumber`. Never throws. */
function readField(raw: unknown, field: Field): ReadField {
  const { item, entry, key } = field;
  if (isRecord(raw)) return readAbsence(raw, field);
  if (item.type === 'group') return readEntries(raw, item, entry, key);
  const read = readQuestion(raw, item);
  if (typeof read === 'object' && 'code' in read) return { problems: [{ ...read, linkId: key }] };
  const problem = refusal(item, read);
  return problem ? { problems: [{ ...problem, linkId: key }] } : { answer: read, problems: [] };
}

/** The answer that `raw` is; undefined where it is not accepted. Never throws. */
export function acceptedBy(field: Field, raw: unknown): Answer | undefined {
  const { answer, problems } = readField(raw, field);
  return problems.length === 0 ? answer : undefined;
}

function readAbsence(raw: Readonly<Record<string, unknown>>, { item, key }: Field): ReadField {
  const reason = Object.hasOwn(raw, 'absent') && Object.keys(raw).length === 1 ? raw.absent : undefined;
  if (reason !== 'unknown' && reason !== 'declined') {
    const message = 'expected an answer, {"absent": "unknown"} or {"absent": "declined"}';
    return { problems: [{ code: 'wrong-type', linkId: key, message }] };
  }
  const answer = { absent: reason } as const;
  const problem = refusal(item, answer);
  return problem ? { problems: [{ ...problem, linkId: key }] } : { answer, problems: [] };
}

function readEntries(raw: unknown, item: GroupItem, fields: Fields | undefined, key: string): ReadField {
  if (fields === undefined || !Array.isArray(raw)) {
    return { problems: [{ ...wrongType(`a list with one object for each ${item.repeats?.entry}`), linkId: key }] };
  }
  const tooMany = refusal(
    item,
    raw.map(() => new Map()),
  );
  if (tooMany) return { problems: [{ ...tooMany, linkId: key }] };
  const read = raw.map((entry: unknown, index): FoundAnswers => {
    const place = `${key}[${index + 1}]`;
    if (!isRecord(entry)) {
      const message = 'expected an object with the answers of this entry';
      return { answers: new Map(), errors: [{ code: 'wrong-type', linkId: place, message }] };
    }
    const { answers, errors } = readFields(entry, fields);
    return { answers, errors: errors.map((error) => within(place, error)) };
  });
  return { answer: read.map(({ answers }) => answers), problems: read.flatMap(({ errors }) => errors) };
}

function within(place: string, { path, ...error }: FoundError): FoundError {
  const linkId = error.linkId === '' ? place : `${place}.${error.linkId}`;
  return { ...error, linkId, ...(path !== undefined && { path: `${place}.${path}` }) };
}

type Problem = Omit<AnswerError, 'linkId'>;

/** The answer as the engine holds it, to be checked by `refusal`; a problem where it cannot be held at all. */
function readQuestion(raw: unknown, item: QuestionItem): Answer | Problem {
  switch (item.type) {
    case 'boolean':
      return typeof raw === 'boolean' ? raw : wrongType('true or false');
    case 'integer':
    case 'decimal':
      return readNumber(raw, item);
    case 'date':
      return (
        (typeof raw === 'string' ? parseDate(raw) : undefined) ?? wrongType('a date of the calendar as YYYY-MM-DD')
      );
    case 'string':
      return typeof raw === 'string' ? raw : wrongType('a text in quotes');
    case 'choice':
      return item.repeats ? readSeveral(raw, item) : readChoice(raw, item);
  }
}

function numberText(raw: unknown): string | undefined {
  if (raw instanceof ExactNumber) return raw.text;
  return typeof raw === 'number' ? String(raw) : undefined;
}

function readNumber(raw: unknown, item: NumberItem): Answer | Problem {
  const text = numberText(raw);
  const decimal = text === undefined ? undefined : exactDecimal(text);
  if (decimal === undefined) return wrongType(`a number (not text), in ${item.unitText}`);
  const value = decimal === 'too-long' ? undefined : atScale(decimal, item.decimals);
  return value ?? tooLong(Number(text), item);
}

/** What to refuse a number for that has more digits than the item holds: the float only chooses between two refusals. */
function tooLong(approximate: number, item: NumberItem): Answer | Problem {
  const factor = 10 ** item.decimals;
  if (approximate < item.min / factor || approximate > item.max / factor) return item.max + 1;
  const expected =
    item.decimals === 0 ? 'a whole number' : `at most ${counted(item.decimals, 'digit')} after the point`;
  return { code: 'too-precise', message: `expected ${expected}: nothing is rounded` };
}

/** A choice by its code; a scored one also by its number. What is no option is left to `refusal`. */
function readChoice(raw: unknown, { options, scored }: ChoiceItem): Answer | Problem {
  const text = numberText(raw);
  if (!scored) return typeof raw === 'string' ? raw : wrongType(`one of ${codesOf(options)}, in quotes`);
  if (typeof raw === 'string') return options.find(({ code }) => code === raw)?.score ?? raw;
  if (text === undefined) return wrongType(`one of ${codesOf(options)}`);
  const decimal = exactDecimal(text);
  const written = typeof decimal === 'object' ? formatDecimal(decimal.value, decimal.scale) : '';
  return options.find(({ score }) => String(score) === written)?.score ?? 'no such score';
}

function readSeveral(raw: unknown, { options }: ChoiceItem): Answer | Problem {
  const isCodes = Array.isArray(raw) && raw.every((code): code is string => typeof code === 'string');
  if (!isCodes) return wrongType(`a list with any of ${codesOf(options)}`);
  if (raw.length > 0) return raw;
  const alone = options.find(({ exclusive }) => exclusive);
  return wrongType(
    `at least one answer: ${alone ? `["${alone.code}"]` : '{"absent": "unknown"}'} says that there is none to give`,
  );
}

function codesOf(options: ChoiceItem['options']): string {
  return options.map(({ code }) => code).join(', ');
}

function errorsBetween(questionnaire: Questionnaire, answers: Answers): readonly AnswerError[] {
  const assessor = assessorOf(questionnaire);
  const stray = assessor.strayAnswers(answers).map((linkId): AnswerError => {
    return { code: 'not-enabled', linkId, message: 'the other answers settle that this is not asked: leave it out' };
  });
  const broken = assessor.brokenConstraints(answers).map(({ linkId, message }): AnswerError => {
    return { code: 'constraint', linkId, message };
  });
  return [...stray, ...broken];
}

function writeFields(answers: Answers, { byKey }: Fields): Record<string, unknown> {
  const written: [string, unknown][] = [];
  for (const [key, field] of byKey) {
    const answer = answers.get(field.item.linkId);
    if (answer !== undefined) written.push([key, writeField(answer, field)]);
  }
  return Object.fromEntries(written);
}

function writeField(answer: Answer, { item, entry }: Field): unknown {
  if (isAbsent(answer)) return { absent: answer.absent };
  if (entry && Array.isArray(answer)) return (answer as readonly Answers[]).map((each) => writeFields(each, entry));
  if (typeof answer !== 'number') return answer;
  if (item.type === 'date') return formatDate(answer);
  return item.type === 'decimal' ? Number(formatDecimal(answer, item.decimals)) : answer;
}
