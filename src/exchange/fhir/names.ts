import type { Questionnaire } from '../../model/questionnaire.ts';

/* Names that FHIR R4 and we give to things, for writing and for reading. */

export const ucum = 'http://unitsofmeasure.org';
export const dataAbsentReason = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
export const ordinalValue = 'http://hl7.org/fhir/StructureDefinition/ordinalValue';

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
