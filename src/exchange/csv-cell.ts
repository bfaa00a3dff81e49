import type { Field } from './answers.ts';
import { ExactNumber, isJsonNumber } from './exact-number.ts';

/** What a column holds: the answer to `field`, in entry `position` (from 1) of `repeat` where it is inside one. */
export interface Column {
  readonly name: string;
  readonly field: Field;
  readonly repeat?: string;
  readonly position?: number;
}

/** What a cell writes, as JSON would: text that is none of it stays text, for `readAnswers` to refuse. */
export function rawOf(cell: string, { item }: Field): unknown {
  if (cell === 'unknown' || cell === 'declined') return { absent: cell };
  switch (item.type) {
    case 'group':
      return cell === 'none' ? [] : cell;
    case 'boolean':
      return booleans.get(cell) ?? cell;
    case 'integer':
    case 'decimal':
      return isJsonNumber(cell) ? new ExactNumber(cell) : cell;
    case 'choice':
      return item.repeats ? cell.split(';') : cell;
    case 'date':
    case 'string':
      return cell;
  }
}

/** In capitals too: spreadsheets write them so. */
const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['TRUE', true],
  ['FALSE', false],
]);
