import { type Questionnaire, questionnaireName } from '../model/questionnaire.ts';
import { formatByName } from './input.ts';
import { type ResultTable, resultColumns, resultTableHeader, resultTableRow } from './result-csv.ts';
import type { Screened } from './screen.ts';
import type { Utf8Text } from './utf8-text.ts';

/** How results are put together: `before`, then each result, then `end`. */
export interface ResultText {
  readonly before: string;
  /** Adds what came of one record, with what separates it from the one before. `form`: the file name of its consent form. */
  add(text: Utf8Text, screened: Screened, form?: string): void;
  /** Characters that separate it, to be left out before the first of all. */
  readonly separator: number;
  readonly end: string;
}

/** How the results are to be written; the problem where the wishes do not fit. */
export type ChosenText = ResultText | { readonly problem: string; readonly wayOut: string };

/**
 * The text of results by the name of their file: a table for `.csv` and `.tsv` and where `columns` (names joined by
 * commas) are chosen, a JSON list for `.json`, else lines of JSON.
 */
export function resultText(questionnaire: Questionnaire, name: string, columns: string | undefined): ChosenText {
  const format = formatByName(name);
  if (/\.(gz|zst)$/i.test(name)) {
    return { problem: 'results are not written compressed', wayOut: 'leave out the ending, or pipe them: ... | gzip' };
  }
  if (columns === undefined && format === 'json') return jsonList;
  if (columns === undefined && format !== 'csv' && format !== 'tsv') return jsonLines;
  if (format === 'json' || format === 'ndjson') {
    return { problem: 'there are no columns in JSON', wayOut: 'name the results .csv or .tsv, or leave out --columns' };
  }
  const known = resultColumns(questionnaire);
  const chosen = columns === undefined ? known : columns.split(',').map((column) => column.trim());
  const unknown = chosen.find((column, index) => !known.includes(column) || chosen.indexOf(column) !== index);
  if (unknown !== undefined) {
    const what = known.includes(unknown) ? 'is chosen twice' : 'is not there';
    return { problem: `the column ${unknown} ${what}`, wayOut: `there is: ${known.join(', ')}` };
  }
  const delimiter = format === 'tsv' ? '\t' : ',';
  return table({ columns: chosen, delimiter, questionnaire: questionnaireName(questionnaire) });
}

const comma = 0x2c;
const lineFeed = 0x0a;

const jsonLines: ResultText = {
  before: '',
  add(text, screened, form) {
    addJson(text, screened, form);
    text.addByte(lineFeed);
  },
  separator: 0,
  end: '',
};

const jsonList: ResultText = {
  before: '[\n',
  add(text, screened, form) {
    text.addByte(comma);
    text.addByte(lineFeed);
    addJson(text, screened, form);
  },
  separator: 2,
  end: '\n]\n',
};

function table(shape: ResultTable): ResultText {
  return {
    before: resultTableHeader(shape),
    add: (text, screened) => text.add(resultTableRow(shape, screened)),
    separator: 0,
    end: '',
  };
}

function addJson(text: Utf8Text, screened: Screened, form: string | undefined): void {
  if (screened.is === 'refused') text.add(JSON.stringify(screened.result));
  else screened.addJson(text, form);
}
