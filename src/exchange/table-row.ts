import { stringify } from 'csv-stringify/sync';
import type { Delimiter } from './csv.ts';

/**
 * One line of a table for spreadsheets, quoted where it must be, with its line feed. Spreadsheets run a cell that starts
 * like a formula: such a text gets a `'` before it. So does what would start a cell where a spreadsheet takes another
 * separator than ours (`;` in much of Europe).
 */
export function tableRow(cells: readonly unknown[], delimiter: Delimiter): string {
  return stringify([cells.map(safeCell)], { delimiter, escape_formulas: true });
}

function safeCell(cell: unknown): unknown {
  if (typeof cell === 'boolean') return String(cell);
  return typeof cell === 'string' ? cell.replace(formulaInside, "$&'") : cell;
}

/** Signs that start a formula, in full width too, and a separator before them. */
const formulaInside = /[,;\t|]\s*(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;
