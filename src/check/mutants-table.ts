import { columnType } from '../definition/lower.ts';
import type { YamlPath } from '../definition/yaml-source.ts';
import { formatDecimal } from '../model/decimal.ts';
import type { Expression } from '../model/expression.ts';
import type { Table, TableRow } from '../model/questionnaire.ts';

/** A look into a table. */
type Look = Extract<Expression, { kind: 'listed' | 'lookup' }>;

/** A table with one slip in one of its rows. */
export interface TableSlip {
  readonly kind: 'limit' | 'row' | 'form';
  readonly row: TableRow;
  /** Where in the row it is, in the words of the file. */
  readonly at: YamlPath;
  readonly words: string;
  readonly table: Table;
  /** Whether this look can come to something else. */
  isSeenBy(look: Look): boolean;
}

/**
 * Every slip that can be made once in a row: each number one unit of its column's last decimal up and down, the row left
 * out, a form of a drug counted as a drug of its own or as a form of the next one.
 */
export function slipsInTable(table: Table): readonly TableSlip[] {
  return table.rows.flatMap((row) => [...numbers(table, row), ...leftOut(table, row), ...otherForms(table, row)]);
}

/** The look into a table with a slip in it: what it can come to follows the rows, as it would if they were read. */
export function lookInto(table: Table, look: Look): Look {
  const type = look.kind === 'lookup' ? columnType(table, look.column) : look.type;
  return { ...look, type: type ?? look.type };
}

function numbers(table: Table, row: TableRow): readonly TableSlip[] {
  return Object.entries(row.values).flatMap(([column, value]) => {
    const scale = table.columns[column]?.scale ?? 0;
    return [value + 1, value - 1].map((other): TableSlip => {
      const values = { ...row.values, [column]: other };
      return {
        kind: 'limit',
        row,
        at: ['values', column],
        words: `\`${column}\` ${formatDecimal(value, scale)} -> ${formatDecimal(other, scale)}`,
        table: withRow(table, row, { ...row, values }),
        isSeenBy: (look) => look.kind === 'lookup' && look.column === column,
      };
    });
  });
}

/** A table has at least one row, so the only one is not left out. */
function leftOut(table: Table, row: TableRow): readonly TableSlip[] {
  if (table.rows.length === 1) return [];
  const words = `row \`${row.key}\` left out`;
  return [{ kind: 'row', row, at: ['key'], words, table: withRow(table, row), isSeenBy: () => true }];
}

function otherForms(table: Table, row: TableRow): readonly TableSlip[] {
  const { key, mainKey } = row;
  if (mainKey === key) return [];
  const slip = (main: string, words: string): TableSlip => ({
    kind: 'form',
    row,
    at: ['sameAs'],
    words,
    table: withRow(table, row, { ...row, mainKey: main }),
    isSeenBy: (look) => look.kind === 'lookup' && look.column === 'key',
  });
  const mains = table.rows.filter((each) => each.mainKey === each.key);
  const next = mains[(mains.findIndex((each) => each.key === mainKey) + 1) % mains.length];
  return [
    slip(key, `\`${key}\` not the same as \`${mainKey}\``),
    ...(next && next.key !== mainKey ? [slip(next.key, `\`${key}\` the same as \`${next.key}\``)] : []),
  ];
}

function withRow(table: Table, row: TableRow, other?: TableRow): Table {
  return { ...table, rows: table.rows.flatMap((each) => (each === row ? (other ?? []) : [each])) };
}
