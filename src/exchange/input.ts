import type { Questionnaire } from '../model/questionnaire.ts';
import { openCsv } from './csv.ts';
import { readJsonList } from './json-list.ts';
import { readNdjson } from './ndjson.ts';
import type { Bytes, InputRecord } from './records.ts';

/** How the records of an input are written. */
export const inputFormats = ['ndjson', 'json', 'csv', 'tsv'] as const;
export type InputFormat = (typeof inputFormats)[number];

const endings: Readonly<Record<string, InputFormat>> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'json',
  csv: 'csv',
  tsv: 'tsv',
};

/** The format that the ending of a file name says, before `.gz` or `.zst` where it is compressed; undefined where it says none. */
export function formatByName(name: string): InputFormat | undefined {
  return endings[(/\.([a-z]+)(?:\.(?:gz|zst))?$/i.exec(name)?.[1] ?? '').toLowerCase()];
}

/** Records one after another; `header` is that of a CSV file. Or why there are none to have. */
export type OpenedInput =
  | { readonly problems: readonly string[] }
  | { readonly header?: Uint8Array; readonly records: AsyncIterable<InputRecord> };

/** Opens an input: records are read as they are asked for, and no faster. */
export async function openInput(format: InputFormat, questionnaire: Questionnaire, bytes: Bytes): Promise<OpenedInput> {
  switch (format) {
    case 'ndjson':
      return { records: readNdjson(bytes) };
    case 'json':
      return { records: readJsonList(bytes) };
    case 'csv':
      return openCsv(questionnaire, bytes, ',');
    case 'tsv':
      return openCsv(questionnaire, bytes, '\t');
  }
}
