import { formatDecimal } from '../../model/decimal.ts';
import type {
  AnswerOption,
  Coding,
  GroupItem,
  Item,
  NumberItem,
  QuestionItem,
  Questionnaire,
} from '../../model/questionnaire.ts';
import { type FhirCondition, fhirCondition } from './enable-when.ts';
import { itemControls, questionnaireExtensions as names, ourItem, ucum, uriOf } from './names.ts';
import { codingOf } from './questionnaire-response.ts';

/** A FHIR R4 Questionnaire, as far as a definition fills it. */
export interface FhirQuestionnaire {
  readonly resourceType: 'Questionnaire';
  readonly url: string;
  readonly version: string;
  readonly title: string;
  readonly status: Questionnaire['status'];
  readonly subjectType: readonly ['Patient'];
  readonly item: readonly FhirItem[];
}

export interface FhirItem extends Partial<FhirCondition> {
  readonly extension?: readonly FhirExtension[];
  readonly linkId: string;
  readonly code?: readonly Coding[];
  readonly text: string;
  readonly type: 'group' | 'boolean' | 'quantity' | 'date' | 'string' | 'choice';
  readonly required?: boolean;
  readonly repeats?: boolean;
  readonly maxLength?: number;
  readonly answerOption?: readonly FhirOption[];
  readonly item?: readonly FhirItem[];
}

interface FhirOption {
  readonly extension?: readonly FhirExtension[];
  readonly valueCoding: Coding & { readonly display: string };
}

/** One of the values, or parts. */
export interface FhirExtension {
  readonly url: string;
  readonly extension?: readonly FhirExtension[];
  readonly valueString?: string;
  readonly valueBoolean?: boolean;
  readonly valueInteger?: number;
  readonly valueDecimal?: number;
  readonly valueCoding?: Coding & { readonly display?: string };
  readonly valueQuantity?: {
    readonly value: number;
    readonly unit: string;
    readonly system: string;
    readonly code: string;
  };
  readonly valueCodeableConcept?: { readonly coding: readonly Coding[] };
}

/** A Questionnaire, and what of the definition it does not carry: a line each, names and all. */
export interface WrittenQuestionnaire {
  readonly resource: FhirQuestionnaire;
  readonly notCarried: readonly string[];
}

/**
 * The questions of a definition as FHIR has questions. What FHIR has no word for stands in an extension of the item, so that nothing of a
 * question is lost. What decides is not in it: rules are signed in the definition, and a copy of them would be signed by nobody.
 */
export function fhirQuestionnaireOf(questionnaire: Questionnaire): WrittenQuestionnaire {
  const { version, title, status, items } = questionnaire;
  const notShown: string[] = [];
  const write = (item: Item): FhirItem => fhirItem(item, questionnaire, notShown, write);
  const resource: FhirQuestionnaire = {
    resourceType: 'Questionnaire',
    url: uriOf(questionnaire),
    version,
    title,
    status,
    subjectType: ['Patient'],
    item: items.map(write),
  };
  return { resource, notCarried: [...notShown.map(alwaysShown), ...decidingParts(questionnaire)] };
}

function alwaysShown(linkId: string): string {
  return `${linkId}: FHIR cannot say when this is asked, so other programs ask it always; leave an answer out where it was not to be asked`;
}

function decidingParts(questionnaire: Questionnaire): readonly string[] {
  const { parameters, calculated, constraints, rules, invariants, tables, sources } = questionnaire;
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['rules', rules.map(({ id }) => id)],
    ['parameters', parameters.map(({ name }) => name)],
    ['calculated values', calculated.map(({ linkId }) => linkId)],
    ['constraints on', constraints.map(({ linkId }) => linkId)],
    ['invariants', invariants.map(({ id }) => id)],
    ['tables', tables.map(({ name }) => name)],
    ['sources', sources.map(({ id }) => id)],
    ['safety steps', [questionnaire.safety.title]],
  ];
  return parts.flatMap(([what, known]) => (known.length === 0 ? [] : [`${what}: ${known.join(', ')}`]));
}

function fhirItem(
  item: Item,
  questionnaire: Questionnaire,
  notShown: string[],
  write: (item: Item) => FhirItem,
): FhirItem {
  const { linkId, text, coding, enableWhen } = item;
  const shown = enableWhen && fhirCondition(questionnaire, enableWhen.expression);
  if (enableWhen && !shown) notShown.push(linkId);
  const extension = [...standardExtensions(item), ...ours(itemParts(item))];
  return {
    ...(extension.length > 0 && { extension }),
    linkId,
    ...(coding && { code: [coding] }),
    text,
    type: typeOf(item),
    ...shown,
    ...(item.type === 'group' ? groupKeys(item) : questionKeys(item, questionnaire)),
    ...(item.type === 'group' && { item: item.items.map(write) }),
  };
}

function typeOf({ type }: Item): FhirItem['type'] {
  return type === 'integer' || type === 'decimal' ? 'quantity' : type;
}

function groupKeys({ required, repeats }: GroupItem): Partial<FhirItem> {
  return { ...(!required && { required }), ...(repeats && { repeats: true }) };
}

function questionKeys(item: QuestionItem, questionnaire: Questionnaire): Partial<FhirItem> {
  const { required } = item;
  if (item.type === 'string') return { required, maxLength: item.maxLength };
  if (item.type !== 'choice') return { required };
  return {
    required,
    ...(item.repeats && { repeats: true }),
    answerOption: item.options.map((option) => fhirOption(option, questionnaire)),
  };
}

function fhirOption(option: AnswerOption, questionnaire: Questionnaire): FhirOption {
  const extension: readonly FhirExtension[] = [
    ...(option.exclusive ? [{ url: names.optionExclusive, valueBoolean: true }] : []),
    ...(option.coding ? ours({ code: option.code }) : []),
  ];
  return { ...(extension.length > 0 && { extension }), valueCoding: codingOf(option, uriOf(questionnaire)) };
}

function standardExtensions(item: Item): readonly FhirExtension[] {
  switch (item.type) {
    case 'group': {
      const { repeats, presentation } = item;
      const grid = { valueCodeableConcept: { coding: [{ system: itemControls, code: 'table' }] } };
      return [
        ...(presentation === 'grid' ? [{ url: names.itemControl, ...grid }] : []),
        ...(repeats && repeats.min > 0 ? [{ url: names.minOccurs, valueInteger: repeats.min }] : []),
        ...(repeats ? [{ url: names.maxOccurs, valueInteger: repeats.max }] : []),
      ];
    }
    case 'integer':
    case 'decimal':
      return numberExtensions(item);
    default:
      return [];
  }
}

function numberExtensions({ min, max, decimals, unit, unitText }: NumberItem): readonly FhirExtension[] {
  const quantity = (value: number): NonNullable<FhirExtension['valueQuantity']> => {
    return { value: Number(formatDecimal(value, decimals)), unit: unitText, system: ucum, code: unit };
  };
  return [
    { url: names.unitOption, valueCoding: { system: ucum, code: unit, display: unitText } },
    { url: names.minQuantity, valueQuantity: quantity(min) },
    { url: names.maxQuantity, valueQuantity: quantity(max) },
    { url: names.maxDecimalPlaces, valueInteger: decimals },
  ];
}

/** Parts of an item by their keys in questionnaire.yaml: words as they are, anything else as JSON. */
type Parts = Readonly<Record<string, unknown>>;

/** What FHIR has no word for. */
function itemParts(item: Item): Parts {
  const { help, sources, mayBeAbsent, phi, validFor, enableWhen } = item;
  return {
    why: help.why,
    counts: help.counts,
    say: help.say,
    ...(sources.length > 0 && { sources }),
    ...(!mayBeAbsent && { absence: 'none' }),
    ...(phi && { phi }),
    validFor,
    enableWhen: enableWhen?.source,
    ...typedParts(item),
  };
}

function typedParts(item: Item): Parts {
  switch (item.type) {
    case 'group':
      return { entry: item.repeats?.entry, credit: item.credit };
    case 'integer':
    case 'decimal': {
      const number = (value: number): number => Number(formatDecimal(value, item.decimals));
      const { plausible, alternatives } = item;
      return {
        ...(alternatives.length > 0 && { alternatives: alternatives.map(alternative) }),
        ...(plausible && { plausible: { min: number(plausible.min), max: number(plausible.max) } }),
      };
    }
    case 'date':
      return { initial: item.initial };
    case 'string':
      return { table: item.table };
    default:
      return {};
  }
}

function alternative({ unit, names, numerator, denominator }: NumberItem['alternatives'][number]): object {
  return { unit, names, factor: denominator === 1 ? String(numerator) : `${numerator}/${denominator}` };
}

function ours(parts: Parts): readonly FhirExtension[] {
  const extension = Object.entries(parts).flatMap(([url, value]) =>
    value === undefined ? [] : [{ url, valueString: typeof value === 'string' ? value : JSON.stringify(value) }],
  );
  return extension.length === 0 ? [] : [{ url: ourItem, extension }];
}
