import type { Finding } from '../model/assessment.ts';
import type { Questionnaire } from '../model/questionnaire.ts';
import type { Delimiter } from './csv.ts';
import type { Assessed, Screened } from './screen.ts';
import { tableRow } from './table-row.ts';

/** Results as a table: which columns, and what stands between them. */
export interface ResultTable {
  readonly columns: readonly string[];
  readonly delimiter: Delimiter;
  /** What the results name as their questionnaire. */
  readonly questionnaire: string;
}

/** Every column there is, in the order they have unless others are chosen: a column for each calculated value comes last. */
export function resultColumns(questionnaire: Questionnaire): readonly string[] {
  return [...Object.keys(cellsOf), ...questionnaire.calculated.map(({ linkId }) => linkId)];
}

/** The first line of a table of results. */
export function resultTableHeader({ columns, delimiter }: Pick<ResultTable, 'columns' | 'delimiter'>): string {
  return tableRow(columns, delimiter);
}

/** What came of a record as a line of a table. Lists are joined by `;`, an error is `code linkId`. */
export function resultTableRow(table: ResultTable, screened: Screened): string {
  const cells = table.columns.map((column) => {
    const cell = cellsOf[column];
    if (cell) return cell(screened, table);
    return screened.is === 'assessed' ? screened.assessment.values.get(column) : undefined;
  });
  return tableRow(cells, table.delimiter);
}

type Cell = string | number | undefined;

/** The columns that every questionnaire has. A result in error has nothing but `line`, `id` and `errors`. */
const cellsOf: Readonly<Record<string, (screened: Screened, table: ResultTable) => Cell>> = {
  line: (screened) => (screened.is === 'assessed' ? screened : screened.result).line,
  id: (screened) => (screened.is === 'assessed' ? screened : screened.result).id,
  disposition: ofAssessed(({ assessment }) => assessment.disposition),
  rules: ofAssessed(({ assessment }) => assessment.findings.map(({ rule }) => rule).join(';')),
  absent: ofAssessed(({ assessment }) => absentIn(assessment.findings)),
  errors: (screened) =>
    screened.is === 'refused'
      ? screened.result.errors.map(({ code, linkId }) => `${code} ${linkId}`.trim()).join(';')
      : undefined,
  questionnaire: (screened, { questionnaire }) => (screened.is === 'assessed' ? questionnaire : undefined),
  digest: ofAssessed(({ digest }) => digest),
};

function ofAssessed(cell: (assessed: Assessed) => Cell): (screened: Screened) => Cell {
  return (screened) => (screened.is === 'assessed' ? cell(screened) : undefined);
}

/** Each path once. */
function absentIn(findings: readonly Finding[]): string {
  if (findings.every(({ absent }) => absent.length === 0)) return '';
  return [...new Set(findings.flatMap(({ absent }) => absent))].join(';');
}
