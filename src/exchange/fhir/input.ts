import { joined } from '../../model/bytes.ts';
import type { Questionnaire } from '../../model/questionnaire.ts';
import { chunksOfList } from '../json-list.ts';
import { positionOf } from '../json-place.ts';
import { chunksOfLines, endOfLine } from '../lines.ts';
import { readJsonRecord } from '../ndjson.ts';
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
 * resources or one of them. `isLines`: the name of the input says the first; else its first line does, where that is a whole resource.
 */
export async function openFhir(bytes: Bytes, isLines: boolean): Promise<FhirChunks> {
  const parts = bytes[Symbol.asyncIterator]();
  const head = isLines ? { bytes: new Uint8Array(0), isAll: false } : await headOf(parts);
  const all = headFirst(head.bytes, head.isAll ? undefined : parts);
  return isLines || isWholeResource(head.bytes)
    ? { chunks: chunksOfLines(all, endOfLine), unit: 'line' }
    : { chunks: chunksOfList(all, 'entry'), unit: 'record' };
}

/** The input to the end of its first line that is not blank, or as much of that as a record may have. */
async function headOf(
  parts: AsyncIterator<Uint8Array>,
): Promise<{ readonly bytes: Uint8Array; readonly isAll: boolean }> {
  let bytes: Uint8Array = new Uint8Array(0);
  for (;;) {
    const { value, done } = await parts.next();
    if (done === true) return { bytes, isAll: true };
    bytes = joined([bytes, value]);
    if (bytes.length > longestRecord || firstLine(bytes).isWhole) return { bytes, isAll: false };
  }
}

async function* headFirst(head: Uint8Array, rest: AsyncIterator<Uint8Array> | undefined): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  if (rest) yield* { [Symbol.asyncIterator]: () => rest };
}

/** The first line that is not blank; `isWhole` where its end is there. */
function firstLine(bytes: Uint8Array): { readonly text: string; readonly isWhole: boolean } {
  const text = new TextDecoder().decode(withoutMark(bytes));
  const from = text.search(/[^ \t\r\n]/);
  const end = from === -1 ? -1 : text.indexOf('\n', from);
  return { text: end === -1 ? text : text.slice(from, end), isWhole: end !== -1 };
}

/** False for a Bundle, and for what opens a document that goes on after its first line. */
function isWholeResource(head: Uint8Array): boolean {
  const { text } = firstLine(head);
  if (!/^\s*[{[]/.test(text)) return true;
  try {
    const value = JSON.parse(text) as { readonly resourceType?: unknown };
    return !Array.isArray(value) && value.resourceType !== 'Bundle';
  } catch {
    return false;
  }
}

/** Reads one resource, or an entry of a Bundle. Blank, and resources that hold no answers, are passed over. Never throws. */
export function fhirReader(questionnaire: Questionnaire): ReadRecord {
  return (raw) => {
    const record = readJsonRecord(raw);
    return record && record.errors.length === 0 ? fhirRecord(questionnaire, record) : record;
  };
}

/** A record of JSON as the answers that the QuestionnaireResponse in it says. Never throws. */
export function fhirRecord(questionnaire: Questionnaire, record: InputRecord): InputRecord {
  const { line, raw, sheet: value } = record;
  const isEntry = !isResource(value) && typeof value === 'object' && value !== null && 'resource' in value;
  const [resource, before] = isEntry ? [value.resource, ['resource']] : [value, []];
  const type = isResource(resource) ? (resource as { readonly resourceType: unknown }).resourceType : undefined;
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

function otherResource(type: unknown, { line, raw }: InputRecord): InputRecord {
  if (type === 'Bundle') {
    const message = 'a Bundle is a file of its own: screen it with preinfuse batch FILE --format fhir';
    return badRecord(line, raw, { code: 'not-a-record', message });
  }
  if (typeof type === 'string' && resourceTypes.has(type))
    return { line, raw, sheet: undefined, errors: [], passedOver: type };
  const message =
    type === undefined
      ? 'expected a FHIR R4 QuestionnaireResponse: this has no resourceType'
      : 'expected a FHIR R4 QuestionnaireResponse: FHIR R4 has no such resourceType';
  return badRecord(line, raw, { code: 'not-a-record', message });
}

/** Where in a record something begins; the text is looked at again where somebody asks. */
function placer(raw: Uint8Array | undefined, before: Pointer): (at: Pointer) => Place | undefined {
  const text = raw && decodeUtf8(raw);
  return (at) => (text === undefined ? undefined : placeAt(text, positionOf(text, [...before, ...at])));
}
