import { stringify } from 'csv-stringify/sync';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { Delimiter } from './csv.ts';
import type { RefusedResult, Result } from './result.ts';

/** Results as a table: which columns, and what stands between them. */
export interface ResultTable {
  readonly columns: readonly string[];
  readonly delimiter: Delimiter;
}

/** Every column there is, in the order they have unless others are chosen: a column for each calculated value comes last. */
export function resultColumns(questionnaire: Questionnaire): readonly string[] {
  return [...Object.keys(cellsOf), ...questionnaire.calculated.map(({ linkId }) => linkId)];
}

/** The first line of a table of results. */
export function resultTableHeader({ columns, delimiter }: ResultTable): string {
  return row(columns, delimiter);
}

/** One result as a line of a table. Lists are joined by `;`, an error is `code linkId`. */
export function resultTableRow({ columns, delimiter }: ResultTable, result: Result | RefusedResult): string {
  const cells = columns.map((column) => {
    const cell = cellsOf[column];
    if (cell) return cell(result);
    return 'values' in result ? result.values[column] : undefined;
  });
  return row(cells, delimiter);
}

type Cell = string | number | undefined;

/** The columns that every questionnaire has. A result in error has nothing but `line`, `id` and `errors`. */
const cellsOf: Readonly<Record<string, (result: Result | RefusedResult) => Cell>> = {
  line: ({ line }) => line,
  id: ({ id }) => id,
  disposition: (result) => ('errors' in result ? undefined : result.disposition),
  rules: (result) => ('errors' in result ? undefined : result.findings.map(({ rule }) => rule).join(';')),
  absent: (result) =>
    'errors' in result ? undefined : [...new Set(result.findings.flatMap((finding) => finding.absent ?? []))].join(';'),
  errors: (result) =>
    'errors' in result ? result.errors.map(({ code, linkId }) => `${code} ${linkId}`.trim()).join(';') : undefined,
  questionnaire: (result) => ('errors' in result ? undefined : result.questionnaire),
  digest: (result) => ('errors' in result ? undefined : result.digest),
};

/**
 * Spreadsheets run a cell that starts like a formula: such a text gets a `'` before it. So does what would start a cell
 * where a spreadsheet takes another separator than ours (`;` in much of Europe).
 */
function row(cells: readonly unknown[], delimiter: Delimiter): string {
  return stringify([cells.map(safeCell)], { delimiter, escape_formulas: true });
}

function safeCell(cell: unknown): unknown {
  if (typeof cell === 'boolean') return String(cell);
  return typeof cell === 'string' ? cell.replace(formulaInside, "$&'") : cell;
}

/** Signs that start a formula, in full width too, and a separator before them. */
const formulaInside = /[,;\t|]\s*(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;
