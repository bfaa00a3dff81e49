import type { Questionnaire } from '../model/questionnaire.ts';
import { sheetFields } from './answers.ts';
import { csvReaders, openCsv } from './csv.ts';
import { chunksOfList } from './json-list.ts';
import { chunksOfLines, endOfLine } from './lines.ts';
import { readJsonRecord } from './ndjson.ts';
import { plainJsonReader } from './plain-json.ts';
import type { Bytes, Chunk, InputRecord, Readers, ReadRecord } from './records.ts';

/** How the records of an input are written, where the ending of its name can say so. */
export const namedFormats = ['ndjson', 'json', 'csv', 'tsv'] as const;
/** All of them. */
export const inputFormats = [...namedFormats, 'fhir'] as const;
export type InputFormat = (typeof inputFormats)[number];

const endings: Readonly<Record<string, (typeof namedFormats)[number]>> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'json',
  csv: 'csv',
  tsv: 'tsv',
};

/** The format that the ending of a file name says, before `.gz` or `.zst` where it is compressed; undefined where it says none. */
export function formatByName(name: string): (typeof namedFormats)[number] | undefined {
  return endings[(/\.([a-z]+)(?:\.(?:gz|zst))?$/i.exec(name)?.[1] ?? '').toLowerCase()];
}

/**
 * Records in chunks, and how each is read; `unit` is what a record is placed by, `header` that of a table, `firstLine` the same as it
 * came, with a byte order mark and its line end. Or why there are none to have.
 */
export type OpenedInput = { readonly problems: readonly string[] } | OpenInput;

export interface OpenInput extends Readers {
  readonly unit: 'line' | 'record';
  readonly header?: Uint8Array;
  readonly firstLine?: Uint8Array;
  readonly chunks: AsyncIterable<Chunk>;
}

/**
 * Opens an input: it is read as chunks are asked for, and no faster. Lines are UTF-8, with or without a byte order mark or
 * carriage returns. Blank lines are passed over. `name`: of the file; FHIR in lines and in one document are told apart by it.
 */
export async function openInput(
  format: InputFormat,
  questionnaire: Questionnaire,
  bytes: Bytes,
  name = '',
): Promise<OpenedInput> {
  switch (format) {
    case 'ndjson':
      return { chunks: chunksOfLines(bytes, endOfLine), unit: 'line', ...jsonReaders(questionnaire) };
    case 'json':
      return { chunks: chunksOfList(bytes), unit: 'record', ...jsonReaders(questionnaire) };
    case 'fhir': {
      const { openFhir, fhirReader } = await import('./fhir/input.ts');
      return { ...(await openFhir(bytes, formatByName(name) === 'ndjson')), read: fhirReader(questionnaire) };
    }
    case 'csv':
    case 'tsv': {
      const opened = await openCsv(questionnaire, bytes, delimiters[format]);
      return 'problems' in opened ? opened : { ...opened, unit: 'line' };
    }
  }
}

/** How the records of an input are read whose header was read already. */
export async function readersOf(
  format: InputFormat,
  questionnaire: Questionnaire,
  header: Uint8Array | undefined,
): Promise<Readers> {
  switch (format) {
    case 'ndjson':
    case 'json':
      return jsonReaders(questionnaire);
    case 'fhir':
      return { read: (await import('./fhir/input.ts')).fhirReader(questionnaire) };
    case 'csv':
    case 'tsv':
      return csvReaders(questionnaire, header ?? new Uint8Array(0), delimiters[format]);
  }
}

const delimiters = { csv: ',', tsv: '\t' } as const;

function jsonReaders(questionnaire: Questionnaire): Readers {
  return { read: readJsonRecord, readPlain: plainJsonReader(sheetFields(questionnaire)) };
}

/** The records of an opened input one by one, without what is passed over. */
export async function* recordsOf(chunks: AsyncIterable<Chunk>, read: ReadRecord): AsyncGenerator<InputRecord> {
  for await (const { records } of chunks) {
    for (const each of records) {
      const record = read(each);
      if (record && record.passedOver === undefined) yield record;
    }
  }
}
