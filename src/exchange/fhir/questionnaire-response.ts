import { itemsOf } from '../../engine/items.ts';
import { type Absent, type Answer, type Answers, isAbsent } from '../../model/answers.ts';
import { formatDecimal } from '../../model/decimal.ts';
import { formatDate } from '../../model/local-date.ts';
import type { AnswerOption, ChoiceItem, Coding, Item, QuestionItem, Questionnaire } from '../../model/questionnaire.ts';
import { type ReadAnswers, readAnswers } from '../answers.ts';

/** A FHIR R4 QuestionnaireResponse, as far as an answer sheet needs it. */
export interface QuestionnaireResponse {
  readonly resourceType: 'QuestionnaireResponse';
  /** `urn:preinfuse:iv-ketamine|1.0.0`. */
  readonly questionnaire: string;
  readonly status: 'completed';
  /** Day of the visit, `YYYY-MM-DD`. */
  readonly authored: string;
  readonly item?: readonly ResponseItem[];
}

/** A group or a question. A repeat has an item of its linkId for each entry. */
export interface ResponseItem {
  readonly linkId: string;
  readonly text?: string;
  /** Why there is no answer. */
  readonly extension?: readonly Extension[];
  readonly answer?: readonly ResponseAnswer[];
  readonly item?: readonly ResponseItem[];
}

interface Extension {
  readonly url: string;
  readonly valueCode?: string;
  readonly valueDecimal?: number;
}

/** One of them. */
export interface ResponseAnswer {
  readonly valueBoolean?: boolean;
  readonly valueQuantity?: {
    readonly value: number;
    readonly unit: string;
    readonly system: string;
    readonly code: string;
  };
  readonly valueDate?: string;
  readonly valueString?: string;
  readonly valueCoding?: Coding & { readonly display: string; readonly extension?: readonly Extension[] };
}

const ucum = 'http://unitsofmeasure.org';
const dataAbsentReason = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
const ordinalValue = 'http://hl7.org/fhir/StructureDefinition/ordinalValue';

const absences = { unknown: 'asked-unknown', declined: 'asked-declined' } as const;
/** Of a repeat without entries. */
const noEntries = 'not-applicable';

/** The answers as a QuestionnaireResponse, in the order of the questionnaire. What was not asked is not in it. */
export function questionnaireResponseOf(
  questionnaire: Questionnaire,
  answers: Answers,
  authored: string,
): QuestionnaireResponse {
  const uri = uriOf(questionnaire);
  const head = {
    resourceType: 'QuestionnaireResponse',
    questionnaire: `${uri}|${questionnaire.version}`,
    status: 'completed',
    authored,
  } as const;
  return withItems(
    head,
    questionnaire.items.flatMap((item) => responseItems(item, answers, uri)),
  );
}

/** Also the system of the codes that are ours. */
function uriOf({ id }: Questionnaire): string {
  return `urn:preinfuse:${id}`;
}

function responseItems(item: Item, answers: Answers, uri: string): readonly ResponseItem[] {
  const { linkId, text } = item;
  const answer = answers.get(linkId);
  if (isAbsent(answer)) return [{ linkId, text, extension: [absence(absences[answer.absent])] }];
  if (item.type === 'group') {
    const inside = (of: Answers): readonly ResponseItem[] =>
      item.items.flatMap((child) => responseItems(child, of, uri));
    if (item.repeats) {
      const entries = answer as readonly Answers[] | undefined;
      if (entries?.length === 0) return [{ linkId, text, extension: [absence(noEntries)] }];
      return (entries ?? []).map((entry) => withItems({ linkId, text }, inside(entry)));
    }
    const own = inside(answers);
    return own.length === 0 ? [] : [withItems({ linkId, text }, own)];
  }
  return answer === undefined ? [] : [{ linkId, text, answer: responseAnswers(item, answer, uri) }];
}

/** FHIR has no empty lists. */
function withItems<T extends object>(head: T, item: readonly ResponseItem[]): T & Pick<ResponseItem, 'item'> {
  return item.length === 0 ? head : { ...head, item };
}

function absence(valueCode: string): Extension {
  return { url: dataAbsentReason, valueCode };
}

function responseAnswers(item: QuestionItem, answer: Exclude<Answer, Absent>, uri: string): readonly ResponseAnswer[] {
  switch (item.type) {
    case 'boolean':
      return [{ valueBoolean: answer === true }];
    case 'integer':
    case 'decimal': {
      const { decimals, unit: code, unitText: unit } = item;
      const value = Number(formatDecimal(Number(answer), decimals));
      return [{ valueQuantity: { value, unit, system: ucum, code } }];
    }
    case 'date':
      return [{ valueDate: formatDate(Number(answer)) }];
    case 'string':
      return [{ valueString: String(answer) }];
    case 'choice': {
      const chosen = (Array.isArray(answer) ? answer : [answer]) as readonly (string | number)[];
      return chosen.map((each) => ({ valueCoding: codingOf(optionOf(item, each), uri) }));
    }
    default:
      return item;
  }
}

function optionOf({ linkId, options, scored }: ChoiceItem, chosen: string | number): AnswerOption {
  const option = options.find(({ code, score }) => (scored ? score : code) === chosen);
  if (!option) throw new Error(`${linkId} was accepted with an option that it does not have`);
  return option;
}

/** The public code where the option has one; else ours. */
function codingOf(
  { code, text, score, coding }: AnswerOption,
  uri: string,
): NonNullable<ResponseAnswer['valueCoding']> {
  return {
    ...(coding ?? { system: uri, code }),
    display: text,
    ...(score !== undefined && { extension: [{ url: ordinalValue, valueDecimal: score }] }),
  };
}

/**
 * Reads what `questionnaireResponseOf` wrote, and what others wrote in the same way. It is held to the questionnaire like any
 * answer sheet. Never throws.
 */
export function readQuestionnaireResponse(questionnaire: Questionnaire, resource: unknown): ReadAnswers {
  const response = asObject(resource);
  const isResponse = response?.resourceType === 'QuestionnaireResponse';
  return readAnswers(questionnaire, isResponse ? sheetOf(questionnaire, response.item) : undefined);
}

type Sheet = Map<string, unknown>;

/** The answer sheet that a list of items says, with what does not fit left in for its reader to refuse. */
function sheetOf(questionnaire: Questionnaire, items: unknown): Record<string, unknown> {
  const [known, uri] = [itemsOf(questionnaire), uriOf(questionnaire)];
  const fill = (list: unknown, sheet: Sheet, prefix: string): Sheet => {
    for (const each of asList(list)) place(asObject(each) ?? {}, sheet, prefix);
    return sheet;
  };
  const place = (given: Readonly<Record<string, unknown>>, sheet: Sheet, prefix: string): void => {
    const linkId = String(given.linkId ?? '');
    const item = known.get(linkId)?.item;
    const key = linkId.startsWith(prefix) ? linkId.slice(prefix.length) : linkId;
    const before = sheet.get(key);
    const answer = answerIn(given, item, uri);
    if (answer !== undefined) sheet.set(key, before === undefined ? answer : twice);
    else if (isRepeat(item)) {
      const entry = Object.fromEntries(fill(given.item, new Map(), `${linkId}.`));
      sheet.set(key, [...(Array.isArray(before) ? before : []), entry]);
    } else fill(given.item, sheet, prefix);
  };
  return Object.fromEntries(fill(items, new Map(), ''));
}

/** A question that stands in it twice: no question takes that. */
const twice = null;

/** What one item says by itself; undefined for one that holds others. */
function answerIn(given: Readonly<Record<string, unknown>>, item: Item | undefined, uri: string): unknown {
  const reason = reasonIn(given.extension);
  if (reason === undefined) return item?.type === 'group' ? undefined : givenIn(asList(given.answer), item, uri);
  return reason === noEntries && isRepeat(item) ? [] : { absent: reasonOf(reason) };
}

function isRepeat(item: Item | undefined): boolean {
  return item?.type === 'group' && item.repeats !== undefined;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function reasonIn(extensions: unknown): unknown {
  return asList(extensions)
    .map(asObject)
    .find((each) => each?.url === dataAbsentReason)?.valueCode;
}

/** A reason that is not ours stays as it is, to be refused. */
function reasonOf(code: unknown): unknown {
  return Object.entries(absences).find(([, ours]) => ours === code)?.[0] ?? code;
}

/** What stands in an answer sheet for these answers. What does not fit the question is left to the sheet's reader to refuse. */
function givenIn(answers: readonly unknown[], item: Item | undefined, uri: string): unknown {
  const values = answers.map((each) => singleValue(asObject(each) ?? {}, item, uri));
  return item?.type === 'choice' && item.repeats ? values : values.length === 1 ? values[0] : values;
}

function singleValue(answer: Readonly<Record<string, unknown>>, item: Item | undefined, uri: string): unknown {
  const [quantity, coding] = [asObject(answer.valueQuantity), asObject(answer.valueCoding)];
  if (quantity) {
    const isUnit = item && 'unit' in item && quantity.code === item.unit && quantity.system === ucum;
    return isUnit ? quantity.value : null;
  }
  if (coding) return item?.type === 'choice' ? codeOf(item, coding, uri) : null;
  return (
    answer.valueBoolean ?? answer.valueDate ?? answer.valueString ?? answer.valueInteger ?? answer.valueDecimal ?? null
  );
}

/** Our code, also for the public one that stands for it. */
function codeOf({ options }: ChoiceItem, { system, code }: Readonly<Record<string, unknown>>, uri: string): unknown {
  if (system === uri) return code;
  const known = options.find(({ coding }) => coding !== undefined && coding.system === system && coding.code === code);
  return known?.code ?? null;
}
