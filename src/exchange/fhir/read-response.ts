import { itemsOf } from '../../engine/items.ts';
import type { ChoiceItem, GroupItem, Item, QuestionItem, Questionnaire } from '../../model/questionnaire.ts';
import { type AnswerErrorCode, sheetFields, wayOutOf } from '../answers.ts';
import { ExactNumber } from '../exact-number.ts';
import { asList, asObject, type Json, numberIn } from './json.ts';
import { absences, canonicalOf, dataAbsentReason, noEntries, notAsked, ordinalValue, ucum, uriOf } from './names.ts';

/** Keys and positions (from 0) that lead to something in a resource. */
export type Pointer = readonly (string | number)[];

export interface ResponseError {
  readonly code: AnswerErrorCode;
  readonly linkId: string;
  readonly message: string;
  readonly at: Pointer;
}

/** What a QuestionnaireResponse says, as an answer sheet for `readAnswers`. The sheet is worth reading where `errors` is empty. */
export interface ReadResponse {
  readonly sheet: Readonly<Record<string, unknown>>;
  readonly errors: readonly ResponseError[];
  /** Where each answer stands, by its path: `vitals.systolic`, `trial[2].dose`, `trial[2]`. */
  readonly places: ReadonlyMap<string, Pointer>;
}

/**
 * The exact inverse of `questionnaireResponseOf`. Everything stands where the questionnaire has it and says one thing alone; what
 * FHIR allows beside that and a reader may pass over (texts, extensions, who and when) is passed over. Never throws.
 */
export function readResponse(questionnaire: Questionnaire, resource: unknown): ReadResponse {
  const reader = new Reader(questionnaire);
  const response = asObject(resource);
  if (response?.resourceType !== 'QuestionnaireResponse') {
    reader.refuse('not-a-record', '', [], 'expected a FHIR R4 QuestionnaireResponse');
    return reader.read();
  }
  reader.head(response);
  reader.items(response.item, questionnaire.items, { at: ['item'], sheet: reader.sheet, name: '', cut: 0 });
  return reader.read();
}

/** What a list of items is read into. */
interface Into {
  readonly at: Pointer;
  readonly sheet: Map<string, unknown>;
  /** Before the key of an answer in its path: `trial[2].` */
  readonly name: string;
  /** Letters of a linkId that are not part of its key here. */
  readonly cut: number;
  readonly around?: GroupItem;
}

/** Puts a sheet together, and all that is wrong on the way. */
class Reader {
  readonly sheet = new Map<string, unknown>();
  readonly #questionnaire: Questionnaire;
  readonly #uri: string;
  readonly #errors: ResponseError[] = [];
  readonly #places = new Map<string, Pointer>();
  /** Repeats that say why they have no entries. */
  readonly #closed = new Set<string>();

  constructor(questionnaire: Questionnaire) {
    this.#questionnaire = questionnaire;
    this.#uri = uriOf(questionnaire);
  }

  read(): ReadResponse {
    return { sheet: Object.fromEntries(this.sheet), errors: this.#errors, places: this.#places };
  }

  refuse(code: AnswerErrorCode, linkId: string, at: Pointer, message: string): undefined {
    this.#errors.push({ code, linkId, message, at });
  }

  head(response: Json): void {
    this.#keys(response, resourceKeys, '', []);
    const { questionnaire, status } = response;
    if (response.implicitRules !== undefined) {
      this.refuse('not-understood', '', ['implicitRules'], 'implicitRules can change what this says: leave them out');
    }
    const canonical = canonicalOf(this.#questionnaire);
    if (questionnaire !== canonical && questionnaire !== this.#uri) {
      const message = `expected "questionnaire": "${canonical}": answers to another are not read as answers to this`;
      this.refuse('other-questionnaire', '', ['questionnaire'], message);
    }
    if (status !== 'completed' && status !== 'amended') {
      const message =
        'expected "status": "completed" or "amended": what is not finished, or was taken back, is not screened';
      this.refuse('not-completed', '', ['status'], message);
    }
  }

  items(list: unknown, expected: readonly Item[], into: Into): undefined {
    if (list === undefined) return;
    const seen = new Set<string>();
    if (!Array.isArray(list)) {
      return this.refuse('wrong-type', into.around?.linkId ?? '', into.at, 'expected a list of items');
    }
    for (const [index, each] of list.entries()) this.#item(each, expected, { ...into, at: [...into.at, index] }, seen);
  }

  #item(each: unknown, expected: readonly Item[], into: Into, seen: Set<string>): undefined {
    const given = asObject(each);
    const linkId = given?.linkId;
    if (!given || typeof linkId !== 'string') {
      return this.refuse('wrong-type', into.around?.linkId ?? '', into.at, 'expected an item with its linkId');
    }
    const item = expected.find((known) => known.linkId === linkId);
    if (!item) return this.#stray(linkId, into);
    const key = into.name + linkId.slice(into.cut);
    this.#keys(given, itemKeys, key, into.at);
    if (seen.has(linkId) && !isRepeat(item)) {
      return this.refuse('duplicate-link-id', key, into.at, 'this item stands twice: keep the one that is meant');
    }
    seen.add(linkId);
    if (item.type !== 'group') return this.#question(given, item, key, into);
    return isRepeat(item) ? this.#entry(given, item, key, into) : this.#group(given, item, key, into);
  }

  /** An item that does not stand here in the questionnaire. */
  #stray(linkId: string, { around, at }: Into): undefined {
    const placed = itemsOf(this.#questionnaire).get(linkId);
    if (!placed) {
      const wayOut = wayOutOf(linkId, sheetFields(this.#questionnaire));
      if (wayOut !== undefined) return this.refuse('unknown-link-id', linkId, at, wayOut);
      return this.refuse('unknown-link-id', around?.linkId ?? '', at, 'this is not a linkId: leave the item out');
    }
    const parent = placed.groups.at(-1)?.linkId;
    const place = parent === undefined ? 'at the top' : `inside the item ${parent}`;
    return this.refuse('misplaced', linkId, at, `the questionnaire has this ${place}: put it there`);
  }

  #group(given: Json, group: GroupItem, key: string, into: Into): undefined {
    const { at } = into;
    if (given.answer !== undefined || this.#reason(given, key, at) !== undefined) {
      return this.refuse('wrong-type', key, at, 'this is a group of questions: answer the questions in it');
    }
    this.items(given.item, group.items, { ...into, at: [...at, 'item'], around: group });
  }

  #entry(given: Json, repeat: GroupItem, key: string, { sheet, at }: Into): undefined {
    const { linkId, items } = repeat;
    const reason = this.#reason(given, key, at);
    const entries = (sheet.get(key) ?? []) as readonly unknown[];
    if (!this.#places.has(key)) this.#places.set(key, at);
    if (given.answer !== undefined) {
      const message = `this is asked about each ${repeat.repeats?.entry}: answer the questions in it`;
      return this.refuse('wrong-type', key, at, message);
    }
    const isSaid = entries.length > 0 || given.item !== undefined;
    if (this.#closed.has(key) || (reason !== undefined && isSaid)) return this.#contradiction(key, at);
    if (reason !== undefined) {
      this.#closed.add(key);
      if (reason !== notAsked) sheet.set(key, reason === noEntries ? [] : this.#absence(reason, key, at));
      return;
    }
    const name = `${key}[${entries.length + 1}]`;
    this.#places.set(name, at);
    const entry = new Map<string, unknown>();
    const into = { at: [...at, 'item'], sheet: entry, name: `${name}.`, cut: linkId.length + 1, around: repeat };
    this.items(given.item, items, into);
    sheet.set(key, [...entries, Object.fromEntries(entry)]);
  }

  #question(given: Json, item: QuestionItem, key: string, { sheet, cut, at }: Into): undefined {
    this.#places.set(key, at);
    const reason = this.#reason(given, key, at);
    const { answer } = given;
    if (given.item !== undefined) {
      return this.refuse(
        'wrong-type',
        key,
        [...at, 'item'],
        'nothing is asked inside this question: leave the items out',
      );
    }
    if (reason !== undefined && answer !== undefined) return this.#contradiction(key, at);
    const own = item.linkId.slice(cut);
    if (reason === notAsked) return;
    if (reason !== undefined) sheet.set(own, this.#absence(reason, key, at));
    else if (answer !== undefined) sheet.set(own, this.#answers(answer, item, key, [...at, 'answer']));
  }

  /** An absence and an answer, or two different ones, in one place. */
  #contradiction(key: string, at: Pointer): undefined {
    const message = 'this says an answer and a reason why there is none: keep the one that is meant';
    return this.refuse('wrong-type', key, at, message);
  }

  /** The code of data-absent-reason that something has; undefined where it has none. */
  #reason({ extension }: Json, key: string, at: Pointer): unknown {
    const found = asList(extension)
      .map(asObject)
      .filter((each) => each?.url === dataAbsentReason);
    if (found.length > 1) this.refuse('wrong-type', key, [...at, 'extension'], 'data-absent-reason stands twice');
    return found.length === 0 ? undefined : (found[0]?.valueCode ?? null);
  }

  #absence(reason: unknown, key: string, at: Pointer): unknown {
    const ours = Object.entries(absences).find(([, code]) => code === reason)?.[0];
    if (ours !== undefined) return { absent: ours };
    const codes = Object.values(absences).join(' or ');
    return this.refuse('wrong-type', key, [...at, 'extension'], `expected data-absent-reason ${codes}, or an answer`);
  }

  #answers(answer: unknown, item: QuestionItem, key: string, at: Pointer): unknown {
    if (!Array.isArray(answer) || answer.length === 0) {
      const message = 'expected a list with the answer; leave it out where this was not asked';
      return this.refuse('wrong-type', key, at, message);
    }
    const isSeveral = item.type === 'choice' && item.repeats;
    if (answer.length > 1 && !isSeveral) return this.refuse('wrong-type', key, at, 'expected one answer');
    const values = answer.map((each: unknown, index) => this.#value(each, item, key, [...at, index]));
    return isSeveral ? values : values[0];
  }

  /** What stands in an answer sheet for one answer. */
  #value(each: unknown, item: QuestionItem, key: string, at: Pointer): unknown {
    const answer = asObject(each);
    const expected = valueNames[item.type];
    if (!answer) return this.refuse('wrong-type', key, at, `expected an object with ${expected}`);
    this.#keys(answer, answerKeys, key, at);
    if (this.#reason(answer, key, at) !== undefined || answer[`_${expected}`] !== undefined) {
      const message = 'why there is no answer stands in the extension of the item, and the item has no answer then';
      return this.refuse('wrong-type', key, at, message);
    }
    if (answer.item !== undefined) {
      return this.refuse('wrong-type', key, at, 'nothing is asked below this answer: leave the items out');
    }
    const values = Object.keys(answer).filter((name) => name.startsWith('value'));
    if (values.length > 1) return this.refuse('wrong-type', key, at, `expected ${expected} alone, and not two values`);
    const [name] = values;
    if (name !== expected) return this.refuse('wrong-type', key, at, `expected ${expected}${unitOf(item)}`);
    return this.#typed(answer[name], item, key, [...at, name]);
  }

  #typed(value: unknown, item: QuestionItem, key: string, at: Pointer): unknown {
    switch (item.type) {
      case 'boolean':
      case 'date':
      case 'string':
        return plainOr(value, () => this.refuse('wrong-type', key, at, `expected ${valueNames[item.type]}`));
      case 'integer':
      case 'decimal':
        return this.#quantity(value, item, key, at);
      case 'choice':
        return this.#code(value, item, key, at);
    }
  }

  #quantity(value: unknown, item: QuestionItem & { readonly unit: string }, key: string, at: Pointer): unknown {
    const quantity = asObject(value) ?? {};
    this.#keys(quantity, quantityKeys, key, at);
    if (quantity.comparator !== undefined) {
      return this.refuse('wrong-type', key, at, 'a comparator says no number: give the number that was measured');
    }
    if (quantity.system !== ucum || quantity.code !== item.unit) {
      const message = `expected the number${unitOf(item)}: nothing is converted`;
      return this.refuse('wrong-unit', key, at, message);
    }
    const number = quantity.value;
    if (typeof number === 'number' || number instanceof ExactNumber) return number;
    return this.refuse('wrong-type', key, at, 'expected a number under "value"');
  }

  /** Our code, also for the public one that stands for it. */
  #code(value: unknown, { options }: ChoiceItem, key: string, at: Pointer): unknown {
    const { system, code, extension } = asObject(value) ?? {};
    const option = options.find(
      (each) =>
        (system === this.#uri && each.code === code) ||
        (each.coding !== undefined && each.coding.system === system && each.coding.code === code),
    );
    if (!option) {
      const codes = options.map((each) => each.code).join(', ');
      const hasPublic = options.some(({ coding }) => coding !== undefined);
      const message = `expected one of ${codes} in the system ${this.#uri}${hasPublic ? ', or its public code' : ''}`;
      return this.refuse('unknown-option', key, at, message);
    }
    const scores = asList(extension)
      .map(asObject)
      .filter((each) => each?.url === ordinalValue);
    if (scores.every((each) => numberIn(each?.valueDecimal) === option.score)) return option.code;
    const message = `the score beside this code is not that of ${option.code}: keep the one that is meant`;
    return this.refuse('unknown-option', key, at, message);
  }

  /** What no reader may pass over: a modifierExtension, extensions that cannot be read, and a key that FHIR does not know here. */
  #keys(given: Json, known: ReadonlySet<string>, key: string, at: Pointer): void {
    if (given.modifierExtension !== undefined) {
      const message = 'a modifierExtension can change what this says: leave it out, or answer without it';
      this.refuse('not-understood', key, [...at, 'modifierExtension'], message);
    }
    if (given.extension !== undefined && !Array.isArray(given.extension)) {
      this.refuse(
        'not-understood',
        key,
        [...at, 'extension'],
        'expected a list of extensions: leave it out, or mend it',
      );
    }
    const strange = Object.keys(given).find(
      (name) => !known.has(name.replace(/^_/, '').replace(/^value[A-Z].*/, 'value[x]')),
    );
    if (strange === undefined) return;
    const message = 'FHIR R4 has no key of this name here: is it misspelt?';
    this.refuse('not-understood', key, [...at, strange], message);
  }
}

const elementKeys = ['id', 'extension', 'modifierExtension'] as const;
const resourceKeys = new Set([
  ...elementKeys,
  ...['resourceType', 'meta', 'implicitRules', 'language', 'text', 'contained', 'identifier', 'basedOn', 'partOf'],
  ...['questionnaire', 'status', 'subject', 'encounter', 'authored', 'author', 'source', 'item'],
]);
const itemKeys = new Set([...elementKeys, 'linkId', 'definition', 'text', 'answer', 'item']);
const answerKeys = new Set([...elementKeys, 'value[x]', 'item']);
const quantityKeys = new Set([...elementKeys, 'value', 'comparator', 'unit', 'system', 'code']);

/** Where FHIR has the answer to a question of each type. */
const valueNames = {
  boolean: 'valueBoolean',
  integer: 'valueQuantity',
  decimal: 'valueQuantity',
  date: 'valueDate',
  string: 'valueString',
  choice: 'valueCoding',
} as const;

/** ` in mm[Hg] (UCUM)` */
function unitOf(item: QuestionItem): string {
  return 'unit' in item ? ` in the unit ${item.unit} of ${ucum}` : '';
}

/** A value that JSON writes without brackets, for the reader of the sheet to look at. */
function plainOr(value: unknown, otherwise: () => undefined): unknown {
  return typeof value === 'object' ? otherwise() : value;
}

function isRepeat(item: Item): item is GroupItem {
  return item.type === 'group' && item.repeats !== undefined;
}
