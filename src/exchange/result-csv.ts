import type { Questionnaire } from '../model/questionnaire.ts';
import type { Delimiter } from './csv.ts';
import type { RefusedResult, Result } from './result.ts';
import { tableRow } from './table-row.ts';

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
  return tableRow(columns, delimiter);
}

/** One result as a line of a table. Lists are joined by `;`, an error is `code linkId`. */
export function resultTableRow({ columns, delimiter }: ResultTable, result: Result | RefusedResult): string {
  const cells = columns.map((column) => {
    const cell = cellsOf[column];
    if (cell) return cell(result);
    return 'values' in result ? result.values[column] : undefined;
  });
  return tableRow(cells, delimiter);
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
