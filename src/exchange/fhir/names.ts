import type { Questionnaire } from '../../model/questionnaire.ts';

/* Names that FHIR R4 and we give to things, for writing and for reading. */

export const ucum = 'http://unitsofmeasure.org';
export const dataAbsentReason = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
export const ordinalValue = 'http://hl7.org/fhir/StructureDefinition/ordinalValue';

/** Extensions of a Questionnaire that FHIR and its Structured Data Capture guide have. */
export const questionnaireExtensions = {
  minOccurs: 'http://hl7.org/fhir/StructureDefinition/questionnaire-minOccurs',
  maxOccurs: 'http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs',
  optionExclusive: 'http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive',
  unitOption: 'http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption',
  unit: 'http://hl7.org/fhir/StructureDefinition/questionnaire-unit',
  itemControl: 'http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl',
  maxDecimalPlaces: 'http://hl7.org/fhir/StructureDefinition/maxDecimalPlaces',
  minValue: 'http://hl7.org/fhir/StructureDefinition/minValue',
  maxValue: 'http://hl7.org/fhir/StructureDefinition/maxValue',
  minQuantity: 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-minQuantity',
  maxQuantity: 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-maxQuantity',
} as const;

export const itemControls = 'http://hl7.org/fhir/questionnaire-item-control';
/** The extension of an item or an option with all that FHIR has no word for, a part for each key of questionnaire.yaml. */
export const ourItem = 'urn:preinfuse:item';

/** Our reasons for an absence as codes of data-absent-reason. */
export const absences = { unknown: 'asked-unknown', declined: 'asked-declined' } as const;
/** The reason at a repeat without entries. */
export const noEntries = 'not-applicable';
/** The reason at what nobody asked: the same as leaving it out. */
export const notAsked = 'not-asked';

/** What a definition is called in FHIR; also the system of the codes that are ours. */
export function uriOf({ id }: Pick<Questionnaire, 'id'>): string {
  return `urn:preinfuse:${id}`;
}

/** The same with its version: what a response says it answers. */
export function canonicalOf(questionnaire: Pick<Questionnaire, 'id' | 'version'>): string {
  return `${uriOf(questionnaire)}|${questionnaire.version}`;
}
