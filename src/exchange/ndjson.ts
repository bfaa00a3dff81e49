import type { AnswerError } from './answers.ts';
import { readJson } from './json.ts';
import { placesInJson } from './json-place.ts';
import {
  badRecord,
  decodeUtf8,
  type InputRecord,
  itsBeginning,
  notUtf8,
  type Place,
  placeAt,
  type RawRecord,
  tooLong,
} from './records.ts';

/** The record that UTF-8 bytes write as one JSON object; undefined where they are blank, or not all of it. Never throws. */
export function readJsonRecord(record: RawRecord): InputRecord | undefined {
  const { line, raw, is } = record;
  if (is === 'part') return undefined;
  if (is === 'nothing') return badRecord(line, raw, nothingThere);
  if (is === 'too-long') return tooLong(record);
  if (is === 'endless') return badRecord(line, raw, { code: 'record-too-long', message: listBroken, ...itsBeginning });
  if (is === 'tangled') return badRecord(line, raw, { code: 'not-json', message: listTangled, ...itsBeginning });
  const text = decodeUtf8(raw);
  if (text === undefined) return badRecord(line, raw, notUtf8(raw));
  if (is === 'broken-list') return badRecord(line, raw, brokenList(text));
  if (/^[ \t\r\n]*$/.test(text)) return undefined;
  const { value, errors } = readJson(text);
  if (errors.length > 0) return { line, raw, sheet: undefined, errors };
  const positionOf = placesInJson(text);
  const place = (path: string): Place | undefined => {
    const position = positionOf(path);
    return position === undefined ? undefined : placeAt(text, position);
  };
  return { line, raw, sheet: value, errors, place };
}

/** A quote that is missing takes all that stands behind it along. */
const listBroken =
  'the list does not end here as it should, and nothing from here on was screened: look for a missing ] or quote';

/** Two quotes that are missing, some records apart. */
const listTangled =
  'quotes go wrong here, so that other records were taken for a text of this one, and none of them was screened: look for missing quotes';

/** `text`: what stands at the end of a list that does not end. The fault is in it, or behind it. */
function brokenList(text: string): Omit<AnswerError, 'linkId'> {
  const said = { code: 'not-json', message: listBroken } as const;
  return { ...said, ...placeAt(text, text.length), ...readJson(text).errors[0], ...said };
}

const nothingThere = {
  code: 'not-json',
  message: 'a comma too many: no record stands here',
  ...itsBeginning,
} as const;
