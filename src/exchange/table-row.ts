import { stringify } from 'csv-stringify/sync';
import type { Delimiter } from './csv.ts';

/**
 * One line of a table for spreadsheets, quoted where it must be, with its line feed. Spreadsheets run a cell that starts
 * like a formula: such a text gets a `'` before it. So does what would start a cell where a spreadsheet takes another
 * separator than ours (`;` in much of Europe).
 */
export function tableRow(cells: readonly unknown[], delimiter: Delimiter): string {
  if (cells.every(isPlain)) return `${cells.join(delimiter)}\n`;
  return stringify([cells.map(safeCell)], { delimiter, escape_formulas: true });
}

/** Stands in a cell as it is, whatever the separator: most do, and the library takes its time for each. */
function isPlain(cell: unknown): boolean {
  if (typeof cell === 'string') return plain.test(cell);
  return cell === undefined || (typeof cell === 'number' && cell >= 0);
}

/** Lists of codes and digests: letters, digits and signs that neither quote, separate nor start a formula. */
const plain = /^(?:[\w:.][\w:.-]*(?:[;|][\w:.][\w:.-]*)*)?$/;

function safeCell(cell: unknown): unknown {
  if (typeof cell === 'boolean') return String(cell);
  return typeof cell === 'string' ? cell.replace(formulaInside, "$&'") : cell;
}

/** A separator before signs that start a formula, in full width too. Quotes between them are taken away where it separates. */
const formulaInside = /[,;\t|][\s"]*(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;
