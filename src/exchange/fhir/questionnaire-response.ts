import { type Absent, type Answer, type Answers, isAbsent } from '../../model/answers.ts';
import { formatDecimal } from '../../model/decimal.ts';
import { formatDate } from '../../model/local-date.ts';
import type { AnswerOption, ChoiceItem, Coding, Item, QuestionItem, Questionnaire } from '../../model/questionnaire.ts';
import { absences, canonicalOf, dataAbsentReason, noEntries, ordinalValue, ucum, uriOf } from './names.ts';

/** A FHIR R4 QuestionnaireResponse, as far as an answer sheet needs it. */
export interface QuestionnaireResponse {
  readonly resourceType: 'QuestionnaireResponse';
  /** `urn:preinfuse:iv-ketamine|1.0.0`. */
  readonly questionnaire: string;
  readonly status: 'completed';
  /** Day of the visit, `YYYY-MM-DD`. */
  readonly authored?: string;
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

export interface Extension {
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

/** The answers as a QuestionnaireResponse, in the order of the questionnaire. What was not asked is not in it. */
export function questionnaireResponseOf(
  questionnaire: Questionnaire,
  answers: Answers,
  authored: string | undefined,
): QuestionnaireResponse {
  const uri = uriOf(questionnaire);
  const head = {
    resourceType: 'QuestionnaireResponse',
    questionnaire: canonicalOf(questionnaire),
    status: 'completed',
    ...(authored !== undefined && { authored }),
  } as const;
  return withItems(
    head,
    questionnaire.items.flatMap((item) => responseItems(item, answers, uri)),
  );
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
export function codingOf(
  { code, text, score, coding }: AnswerOption,
  uri: string,
): NonNullable<ResponseAnswer['valueCoding']> {
  return {
    ...(coding ?? { system: uri, code }),
    display: text,
    ...(score !== undefined && { extension: [{ url: ordinalValue, valueDecimal: score }] }),
  };
}
