import type { Questionnaire } from '../../model/questionnaire.ts';
import { faultIn, readJson } from '../json.ts';
import { chunksOfList } from '../json-list.ts';
import { positionOf } from '../json-place.ts';
import { chunksOfLines, endOfLine } from '../lines.ts';
import { readJsonRecord } from '../ndjson.ts';
import { peek } from '../peek.ts';
import {
  type Bytes,
  badRecord,
  type Chunk,
  decodeUtf8,
  type InputRecord,
  isResource,
  longestRecord,
  type Place,
  placeAt,
  type ReadRecord,
  withoutMark,
} from '../records.ts';
import { type Pointer, readResponse } from './read-response.ts';
import { resourceTypes } from './resource-types.ts';

/** The resources of an input in chunks; `unit` is what `line` of a record counts. */
export interface FhirChunks {
  readonly chunks: AsyncIterable<Chunk>;
  readonly unit: 'line' | 'record';
}

/**
 * Cuts FHIR into resources: a resource a line, as FHIR's bulk export has them, or one JSON document, which is a Bundle, a list of
 * resources or one of them. `isNamedLines`: the name of the input says the first. The first line says it too, where that is a whole
 * resource, where it is longer than a record may be, or where it is broken and the next is a resource. A Bundle in one line is a
 * document where nothing stands behind it.
 */
export async function openFhir(bytes: Bytes, isNamedLines: boolean): Promise<FhirChunks> {
  const { head, all } = await peek(bytes, isHead);
  return isLines(head, isNamedLines)
    ? { chunks: chunksOfLines(all, endOfLine), unit: 'line' }
    : { chunks: chunksOfList(all, 'entry'), unit: 'record' };
}

/**
 * True of an input to the end of its first line that is not blank, or as much of that as a record may have; behind a Bundle,
 * to what follows it, and behind what is no resource, to the end of the next line, or of the two next where the first of them is one.
 */
function isHead(bytes: Uint8Array): boolean {
  if (bytes.length > longestRecord) return true;
  const [first, second, third] = firstLines(bytes);
  if (!first?.isWhole) return false;
  switch (kindOf(first.text)) {
    case 'resource':
      return true;
    case 'bundle':
      return second !== undefined;
    case 'part':
      return second?.isWhole === true && (!isResourceLine(second) || third?.isWhole === true);
  }
}

interface Line {
  readonly text: string;
  /** Its end is there. */
  readonly isWhole: boolean;
}

/** The first three lines that are not blank. */
function firstLines(bytes: Uint8Array): readonly Line[] {
  const [first, second, third] = new TextDecoder().decode(withoutMark(bytes)).matchAll(/([^ \t\r\n][^\n]*)(\n?)/g);
  return [first, second, third].flatMap((found) => (found ? [{ text: found[1] ?? '', isWhole: found[2] !== '' }] : []));
}

function isLines(head: Uint8Array, isNamedLines: boolean): boolean {
  const [first, second, third] = firstLines(head);
  switch (kindOf(first?.text ?? '')) {
    case 'resource':
      return true;
    case 'bundle':
      return second !== undefined;
    case 'part':
      if (first?.isWhole !== true) return isPartOfResource(first?.text ?? '');
      return isNamedLines || (second !== undefined && isBroken(first, second, third));
  }
}

/**
 * Whether a line is broken, and does not open a document: the next is a resource, which cannot stand behind it. Where it was cut
 * so that one can, such as right behind a colon, another resource after that cannot.
 */
function isBroken({ text }: Line, next: Line, afterNext: Line | undefined): boolean {
  if (!isResourceLine(next)) return false;
  const both = `${text}\n${next.text}`;
  if (faultIn(both) !== both.length) return true;
  if (afterNext === undefined || !isResourceLine(afterNext)) return false;
  const all = `${both}\n${afterNext.text}`;
  return faultIn(all) !== all.length;
}

function isResourceLine({ text }: Line): boolean {
  return isResource(readJson(text).value);
}

/** Whether a resource begins that is neither a Bundle nor in a list: whatever stands first, its type or its entries, says so. */
function isPartOfResource(text: string): boolean {
  const [, type = 'Bundle'] = /"resourceType"\s*:\s*"(\w*)"|"entry"\s*:\s*\[/.exec(text) ?? [];
  return /^\s*\{/.test(text) && type !== 'Bundle';
}

/** `part`: what opens a document that goes on after its first line, and a list. */
function kindOf(line: string): 'resource' | 'bundle' | 'part' {
  if (!/^\s*[{[]/.test(line)) return 'resource';
  try {
    const value = JSON.parse(line) as { readonly resourceType?: unknown };
    if (Array.isArray(value)) return 'part';
    return value.resourceType === 'Bundle' ? 'bundle' : 'resource';
  } catch {
    return 'part';
  }
}

/** Reads one resource, or an entry of a Bundle. Blank, and resources that hold no answers, are passed over. Never throws. */
export function fhirReader(questionnaire: Questionnaire): ReadRecord {
  return (raw) => {
    const record = readJsonRecord(raw);
    if (record === undefined || record.errors.length > 0) return record;
    const { resource } = resourceIn(record.sheet);
    return typeOf(resource) === 'Bundle' ? bundleRecord(resource as object, record) : fhirRecord(questionnaire, record);
  };
}

/** A Bundle in the place of a record: nothing where it has no entries, as of a search that found none. */
function bundleRecord(bundle: { readonly entry?: unknown }, record: InputRecord): InputRecord | undefined {
  if (bundle.entry === undefined) return undefined;
  const message = Array.isArray(bundle.entry)
    ? 'a Bundle stands among others here: give it alone as one file, or take the resources out of its entries, one a line'
    : '`entry` of a Bundle is a list';
  return notARecord(record, message);
}

/** A resource, or that of an entry of a Bundle, and where it stands in `value`. */
function resourceIn(value: unknown): { readonly resource: unknown; readonly before: Pointer } {
  const isEntry = !isResource(value) && typeof value === 'object' && value !== null && 'resource' in value;
  return isEntry ? { resource: value.resource, before: ['resource'] } : { resource: value, before: [] };
}

function typeOf(resource: unknown): unknown {
  return isResource(resource) ? (resource as { readonly resourceType: unknown }).resourceType : undefined;
}

/** A record of JSON as the answers that the QuestionnaireResponse in it says. Never throws. */
export function fhirRecord(questionnaire: Questionnaire, record: InputRecord): InputRecord {
  const { line, raw, sheet: value } = record;
  const { resource, before } = resourceIn(value);
  const type = typeOf(resource);
  if (type !== 'QuestionnaireResponse') return otherResource(type, record);
  const { sheet, errors, places } = readResponse(questionnaire, resource);
  const placeOf = placer(raw, before);
  return {
    line,
    raw,
    sheet,
    errors: errors.map(({ at, ...error }) => ({ ...error, ...placeOf(at) })),
    place: (path) => {
      const at = places.get(path);
      return at && placeOf(at);
    },
  };
}

function otherResource(type: unknown, record: InputRecord): InputRecord {
  const { line, raw } = record;
  if (type === 'Bundle') {
    return notARecord(record, 'a Bundle is a file of its own: screen it with preinfuse batch FILE --format fhir');
  }
  if (typeof type === 'string' && resourceTypes.has(type))
    return { line, raw, sheet: undefined, errors: [], passedOver: type };
  const message =
    type === undefined
      ? 'expected a FHIR R4 QuestionnaireResponse: this has no resourceType'
      : 'expected a FHIR R4 QuestionnaireResponse: FHIR R4 has no such resourceType';
  return notARecord(record, message);
}

function notARecord({ line, raw, sheet }: InputRecord, message: string): InputRecord {
  const place = placer(raw, resourceIn(sheet).before)([]);
  return badRecord(line, raw, { code: 'not-a-record', message, ...place });
}

/** Where in a record something begins; the text is looked at again where somebody asks. */
function placer(raw: Uint8Array | undefined, before: Pointer): (at: Pointer) => Place | undefined {
  const text = raw && decodeUtf8(raw);
  return (at) => (text === undefined ? undefined : placeAt(text, positionOf(text, [...before, ...at])));
}
