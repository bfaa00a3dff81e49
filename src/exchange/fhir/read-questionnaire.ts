import { asList, asObject, type Json, numberIn } from './json.ts';
import { itemControls, questionnaireExtensions as names, ordinalValue, ourItem, ucum } from './names.ts';

/** What a FHIR Questionnaire says as questionnaire.yaml has it, and what of it that does not carry: a line each, names and all. */
export interface ReadQuestionnaire {
  /** Keys and values of questionnaire.yaml, in its order; those that FHIR does not say are not there. */
  readonly text: Readonly<Record<string, unknown>>;
  readonly notCarried: readonly string[];
}

type Tell = (what: string) => void;

/**
 * Reads the questions of a FHIR R4 Questionnaire, the inverse of `fhirQuestionnaireOf`. Nothing is made up: where FHIR does not say what a
 * question needs here (a range, a unit, a longest text) the key is left out, and told. Undefined for another resource. Never throws.
 */
export function readFhirQuestionnaire(resource: unknown): ReadQuestionnaire | undefined {
  const questionnaire = asObject(resource);
  if (questionnaire?.resourceType !== 'Questionnaire') return undefined;
  const notCarried: string[] = [];
  const tell: Tell = (what) => notCarried.push(what);
  const items = asList(questionnaire.item).flatMap((each) => itemOf(each, 0, tell));
  const conditions = conditionsOf(items);
  const { url, version, title, status } = questionnaire;
  const [, id] = /^urn:preinfuse:([a-z0-9-]+)$/.exec(String(url)) ?? [];
  const isStatus = status === 'draft' || status === 'active' || status === 'retired';
  if (id === undefined) tell('id: give the questionnaire one of your own, in lower-case words joined by hyphens');
  tellKeys(questionnaire, questionnaireKeys, 'the questionnaire', tell);
  tell('sources, safety and rules: FHIR has no such thing, and a definition needs them beside its items');
  const text = {
    ...(id !== undefined && { id }),
    ...(typeof version === 'string' && { version }),
    ...(typeof title === 'string' && { title }),
    ...(isStatus && { status }),
    items: sectionsOf(items, tell).map((item) => written(item, conditions, tell)),
  };
  return { text, notCarried };
}

const questionnaireKeys = [
  'resourceType',
  'id',
  'meta',
  'text',
  'url',
  'version',
  'title',
  'status',
  'subjectType',
  'item',
];

/** An item on its way: its keys in questionnaire.yaml, and what is left of FHIR. */
interface ReadItem {
  readonly keys: Record<string, unknown>;
  readonly linkId: string;
  /** By `system|code`: how a condition names the answer. */
  readonly codes: ReadonlyMap<string, string | number>;
  readonly type: string;
  readonly given: Json;
  readonly items: readonly ReadItem[];
}

/** Questions stand in sections here. */
function sectionsOf(items: readonly ReadItem[], tell: Tell): readonly ReadItem[] {
  const outside = items.filter(({ type }) => type !== 'group');
  if (outside.length === 0) return items;
  const section = { linkId: 'questions', type: 'group', text: 'Questions' };
  tell(`questions outside any group: they stand in a section \`${section.linkId}\` of its own`);
  const whole = { keys: section, linkId: section.linkId, codes: new Map(), type: 'group', given: {}, items: outside };
  return [whole, ...items.filter(({ type }) => type === 'group')];
}

function itemOf(each: unknown, depth: number, tell: Tell): readonly ReadItem[] {
  const given = asObject(each) ?? {};
  const linkId = String(given.linkId ?? '');
  const at: Tell = (what) => tell(`${linkId}: ${what}`);
  const parts = partsOf(given, at);
  const keys = keysOf(given, parts, at);
  if (!keys) return [];
  if (!/^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)*$/.test(linkId)) {
    at('a linkId is dotted words here, such as vitals.systolic: give this one another');
  }
  if (keys.type === 'group' && depth > 1) at('a group in a group in a group: take one away');
  const children = asList(given.item);
  if (keys.type !== 'group' && children.length > 0) at('the items inside this question, which has none here');
  tellKeys(given, itemKeys, linkId, tell);
  tellExtensions(given, linkId, tell);
  const items = keys.type === 'group' ? children.flatMap((child) => itemOf(child, depth + 1, tell)) : [];
  return [{ keys, linkId, codes: codesOf(given, keys), type: String(keys.type), given, items }];
}

const itemKeys = [
  ...['extension', 'linkId', 'code', 'text', 'type', 'required', 'repeats', 'maxLength', 'answerOption', 'item'],
  ...['enableWhen', 'enableBehavior'],
];

/** Undefined where there is no such question here: it is told. */
function keysOf(given: Json, parts: Json, tell: Tell): Record<string, unknown> | undefined {
  const typed = typedKeys(given, parts, tell);
  if (!typed) return undefined;
  const [code, ...more] = asList(given.code).map(asObject);
  if (more.length > 0) tell('codes beside the first');
  const { why, counts, say, sources, absence, phi, validFor } = parts;
  const { type, ...others } = typed;
  return present({
    linkId: given.linkId,
    type,
    text: given.text,
    ...others,
    coding: code && present({ system: code.system, code: code.code }),
    required: requiredKey(given, type),
    absence,
    phi,
    validFor,
    why,
    counts,
    say,
    sources,
  });
}

/** Here a question is required where nothing else is said, in FHIR it is not. */
function requiredKey({ required }: Json, type: unknown): false | undefined {
  return required === false || (required !== true && type !== 'group') ? false : undefined;
}

function typedKeys(given: Json, parts: Json, tell: Tell): Record<string, unknown> | undefined {
  const { type } = given;
  if (given.repeats === true && type !== 'group' && type !== 'choice')
    tell('repeats: only a group or a choice does here');
  switch (type) {
    case 'group':
      return groupKeys(given, parts, tell);
    case 'boolean':
      return { type };
    case 'date':
      return { type, initial: parts.initial };
    case 'string':
    case 'text':
      if (given.maxLength === undefined) tell('maxLength is missing: write the most characters that a text may have');
      return { type: 'string', maxLength: numberIn(given.maxLength), table: parts.table };
    case 'integer':
    case 'decimal':
    case 'quantity':
      return numberKeys(given, parts, tell);
    case 'choice':
      return choiceKeys(given, tell);
    default:
      tell(`an item of type ${JSON.stringify(type ?? '')}, which is no question here: it is left out`);
      return undefined;
  }
}

function groupKeys(given: Json, parts: Json, tell: Tell): Record<string, unknown> {
  const control = asList(asObject(extensionOf(given, names.itemControl)?.valueCodeableConcept)?.coding).map(asObject);
  const isGrid = control.some((each) => each?.system === itemControls && each.code === 'table');
  if (control.length > 0 && !isGrid) tell('the way that it is shown');
  const max = numberIn(extensionOf(given, names.maxOccurs)?.valueInteger);
  const min = numberIn(extensionOf(given, names.minOccurs)?.valueInteger) ?? 0;
  if (given.repeats === true && max === undefined)
    tell('repeats.max is missing: write the most entries that there may be');
  if (given.repeats === true && parts.entry === undefined)
    tell('repeats.entry is missing: write what one entry is called');
  return {
    type: 'group',
    presentation: isGrid ? 'grid' : undefined,
    repeats: given.repeats === true ? present({ min, max, entry: parts.entry }) : undefined,
    credit: parts.credit,
  };
}

function numberKeys(given: Json, parts: Json, tell: Tell): Record<string, unknown> {
  const places = given.type === 'integer' ? 0 : numberIn(extensionOf(given, names.maxDecimalPlaces)?.valueInteger);
  const unit = asObject((extensionOf(given, names.unitOption) ?? extensionOf(given, names.unit))?.valueCoding);
  const limit = (quantity: string, value: string): unknown => {
    const known = extensionOf(given, value);
    return numberIn(
      asObject(extensionOf(given, quantity)?.valueQuantity)?.value ?? known?.valueDecimal ?? known?.valueInteger,
    );
  };
  const keys = {
    min: limit(names.minQuantity, names.minValue),
    max: limit(names.maxQuantity, names.maxValue),
    unit: unit?.system === ucum ? unit.code : undefined,
    decimals: places,
  };
  for (const [key, value] of Object.entries(keys)) if (value === undefined) tell(`${key} is missing: write it`);
  const { decimals, ...others } = keys;
  return {
    type: places === 0 ? 'integer' : 'decimal',
    ...others,
    unitText: unit?.display === unit?.code ? undefined : unit?.display,
    decimals: decimals === 0 ? undefined : decimals,
    alternatives: parts.alternatives,
    plausible: parts.plausible,
  };
}

function choiceKeys(given: Json, tell: Tell): Record<string, unknown> {
  if (given.answerValueSet !== undefined) tell('answerValueSet: write the options out');
  const options = asList(given.answerOption).flatMap((each) => optionOf(asObject(each) ?? {}, tell));
  return { type: 'choice', repeats: given.repeats === true ? true : undefined, options };
}

function optionOf(option: Json, tell: Tell): readonly Json[] {
  const coding = asObject(option.valueCoding);
  if (typeof coding?.code !== 'string') {
    tell('an option that is no coding: it is left out');
    return [];
  }
  const { system, code, display } = coding;
  const isOurs = typeof system === 'string' && system.startsWith('urn:preinfuse:');
  const scored = asList(coding.extension)
    .map(asObject)
    .find((each) => each?.url === ordinalValue);
  const exclusive = extensionOf(option, names.optionExclusive)?.valueBoolean === true;
  return [
    present({
      code: codeOf(option) ?? code.toLowerCase(),
      text: display ?? code,
      score: numberIn(scored?.valueDecimal),
      exclusive: exclusive ? true : undefined,
      coding: isOurs || system === undefined ? undefined : { system, code },
    }),
  ];
}

/** The code that an option has in questionnaire.yaml, where it was written from there. */
function codeOf(option: Json): unknown {
  return asList(extensionOf(option, ourItem)?.extension)
    .map(asObject)
    .find((each) => each?.url === 'code')?.valueString;
}

function codesOf(given: Json, keys: Json): ReadonlyMap<string, string | number> {
  const options = asList(keys.options).map(asObject);
  const codings = asList(given.answerOption).map((each) => asObject(asObject(each)?.valueCoding));
  return new Map(
    codings
      .filter((coding) => typeof coding?.code === 'string')
      .map((coding, index) => {
        const { score, code } = options[index] ?? {};
        return [`${coding?.system}|${coding?.code}`, typeof score === 'number' ? score : String(code)];
      }),
  );
}

/** The parts of the extension that is ours. */
function partsOf(given: Json, tell: Tell): Json {
  const parts = asList(extensionOf(given, ourItem)?.extension).map(asObject);
  return Object.fromEntries(
    parts.flatMap((part) => {
      const [url, value] = [String(part?.url), part?.valueString];
      if (typeof value !== 'string') return [];
      if (wordParts.has(url)) return [[url, value]];
      try {
        return jsonParts.has(url) ? [[url, JSON.parse(value)]] : [];
      } catch {
        tell(`\`${url}\`, which is not written as it should be`);
        return [];
      }
    }),
  );
}

const wordParts = new Set('why counts say absence validFor enableWhen entry credit initial table'.split(' '));
const jsonParts = new Set('sources phi alternatives plausible'.split(' '));

type Conditions = ReadonlyMap<string, ReadItem>;

function conditionsOf(items: readonly ReadItem[]): Conditions {
  return new Map(items.flatMap((item) => [[item.linkId, item] as const, ...conditionsOf(item.items)]));
}

/** The item as it stands in questionnaire.yaml, with its condition, and its items last. */
function written(item: ReadItem, known: Conditions, tell: Tell): Json {
  const enableWhen = conditionIn(item, known, (what) => tell(`${item.linkId}: ${what}`));
  return {
    ...item.keys,
    ...(enableWhen !== undefined && { enableWhen }),
    ...(item.type === 'group' && { items: item.items.map((child) => written(child, known, tell)) }),
  };
}

/** Ours where there is one; else FHIR's in CEL. */
function conditionIn({ given }: ReadItem, known: Conditions, tell: Tell): unknown {
  const { enableWhen } = partsOf(given, () => undefined);
  const conditions = asList(given.enableWhen);
  if (enableWhen !== undefined || conditions.length === 0) return enableWhen;
  const terms = conditions.map((each) => termOf(asObject(each) ?? {}, known));
  if (terms.every((term) => term !== undefined)) return terms.join(given.enableBehavior === 'any' ? ' || ' : ' && ');
  return void tell('enableWhen, of which a part cannot be said in the same sense: write it in CEL');
}

/** `vitals.systolic >= 140`; undefined where absence or a question that is not asked would mean something else. */
function termOf(condition: Json, known: Conditions): string | undefined {
  const { question, operator, answerBoolean } = condition;
  const item = known.get(String(question));
  if (!item) return undefined;
  if (operator === 'exists') return answerBoolean === true ? `answered(${item.linkId})` : undefined;
  if (operator !== '=' || condition.answerCoding === undefined) return comparisonOf(condition, item);
  const coding = asObject(condition.answerCoding);
  const code = item.codes.get(`${coding?.system}|${coding?.code}`);
  if (code === undefined) return undefined;
  const written = JSON.stringify(code);
  return item.keys.repeats === true ? `${written} in ${item.linkId}` : `${item.linkId} == ${written}`;
}

function comparisonOf(condition: Json, { linkId, keys }: ReadItem): string | undefined {
  const { operator, answerBoolean } = condition;
  const sign = comparisons.get(operator);
  if (sign === undefined) return undefined;
  if (answerBoolean !== undefined)
    return sign !== '==' ? undefined : answerBoolean === true ? linkId : `${linkId} == false`;
  const quantity = asObject(condition.answerQuantity);
  if (quantity && (quantity.system !== ucum || quantity.code !== keys.unit)) return undefined;
  const number = numberIn(quantity?.value ?? condition.answerInteger ?? condition.answerDecimal);
  return number === undefined ? undefined : `${linkId} ${sign} ${number}`;
}

const comparisons: ReadonlyMap<unknown, string> = new Map([
  ['=', '=='],
  ...['<', '<=', '>', '>='].map((sign): [string, string] => [sign, sign]),
]);

function tellKeys(given: Json, known: readonly string[], name: string, tell: Tell): void {
  const others = Object.keys(given).filter((key) => !known.includes(key) && key !== 'answerValueSet');
  if (others.length > 0) tell(`${name}: ${others.join(', ')}`);
}

const knownExtensions: ReadonlySet<unknown> = new Set([...Object.values(names), ourItem]);

function tellExtensions(given: Json, linkId: string, tell: Tell): void {
  const urls = asList(given.extension).map((each) => asObject(each)?.url);
  const others = urls.filter((url) => !knownExtensions.has(url));
  if (others.length > 0) tell(`${linkId}: extensions ${others.join(', ')}`);
}

function extensionOf({ extension }: Json, url: string): Json | undefined {
  return asList(extension)
    .map(asObject)
    .find((each) => each?.url === url);
}

/** Without the keys that have no value. */
function present(keys: Json): Record<string, unknown> {
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined));
}
