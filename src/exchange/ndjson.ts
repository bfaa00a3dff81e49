import { readJson } from './json.ts';
import { endOfLine, type Stretch, stretches } from './lines.ts';
import { type Bytes, badRecord, decodeUtf8, type InputRecord, notUtf8, tooLong } from './records.ts';

/** Reads one JSON object a line: UTF-8, with or without a byte order mark or carriage returns. Blank lines are passed over. */
export async function* readNdjson(bytes: Bytes): AsyncGenerator<InputRecord> {
  for await (const stretch of stretches(bytes, endOfLine)) {
    const record = recordOf(stretch);
    if (record) yield record;
  }
}

function recordOf({ line, raw }: Stretch): InputRecord | undefined {
  return raw === undefined ? tooLong(line) : jsonRecord(line, raw);
}

/** The record that UTF-8 bytes write as JSON; undefined where they are blank. */
export function jsonRecord(line: number, raw: Uint8Array): InputRecord | undefined {
  const text = decodeUtf8(raw);
  if (text === undefined) return badRecord(line, raw, notUtf8);
  if (/^[ \t\r\n]*$/.test(text)) return undefined;
  const { value, errors } = readJson(text);
  return { line, raw, sheet: value, errors };
}
