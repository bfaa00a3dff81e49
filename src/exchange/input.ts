import type { Questionnaire } from '../model/questionnaire.ts';
import { sheetFields } from './answers.ts';
import { csvReaders, openCsv } from './csv.ts';
import { chunksOfList } from './json-list.ts';
import { chunksOfLines, endOfLine } from './lines.ts';
import { readJsonRecord } from './ndjson.ts';
import { plainJsonReader } from './plain-json.ts';
import type { Bytes, Chunk, InputRecord, Readers, ReadRecord } from './records.ts';

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

/** Records in chunks, and how each is read; `header` is that of a CSV file. Or why there are none to have. */
export type OpenedInput =
  | { readonly problems: readonly string[] }
  | ({ readonly header?: Uint8Array; readonly chunks: AsyncIterable<Chunk> } & Readers);

/**
 * Opens an input: it is read as chunks are asked for, and no faster. Lines are UTF-8, with or without a byte order mark or
 * carriage returns. Blank lines are passed over.
 */
export async function openInput(format: InputFormat, questionnaire: Questionnaire, bytes: Bytes): Promise<OpenedInput> {
  switch (format) {
    case 'ndjson':
      return { chunks: chunksOfLines(bytes, endOfLine), ...jsonReaders(questionnaire) };
    case 'json':
      return { chunks: chunksOfList(bytes), ...jsonReaders(questionnaire) };
    case 'csv':
    case 'tsv':
      return openCsv(questionnaire, bytes, delimiters[format]);
  }
}

/** How the records of an input are read whose header was read already. */
export function readersOf(format: InputFormat, questionnaire: Questionnaire, header: Uint8Array | undefined): Readers {
  if (format === 'ndjson' || format === 'json') return jsonReaders(questionnaire);
  return csvReaders(questionnaire, header ?? new Uint8Array(0), delimiters[format]);
}

const delimiters = { csv: ',', tsv: '\t' } as const;

function jsonReaders(questionnaire: Questionnaire): Readers {
  return { read: readJsonRecord, readPlain: plainJsonReader(sheetFields(questionnaire)) };
}

/** The records of an opened input one by one. */
export async function* recordsOf(chunks: AsyncIterable<Chunk>, read: ReadRecord): AsyncGenerator<InputRecord> {
  for await (const { records } of chunks) {
    for (const each of records) {
      const record = read(each);
      if (record) yield record;
    }
  }
}
