import { atScale, parseDecimal } from '../model/decimal.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Citation, Table, TableRow } from '../model/questionnaire.ts';
import { normalizedName } from '../model/table-name.ts';
import type { Report } from './items.ts';
import { type TableText, tableSchema } from './schema.ts';
import { readShape } from './shape.ts';
import { wayOut } from './suggest.ts';
import { readYaml, type SourceText, type YamlPath, type YamlSource } from './yaml-source.ts';

/** A table file with the citations it brings. */
export interface TableReading {
  readonly table?: Table;
  readonly citations: readonly Citation[];
  readonly yaml?: YamlSource;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a table that conditions know as `name`. Never throws. */
export function readTable(name: string, source: SourceText): TableReading {
  const { yaml, diagnostics } = readYaml(source);
  if (!yaml) return { citations: [], diagnostics };
  const shaped = readShape(tableSchema, yaml, 'preinfuse schema table');
  if (!shaped.value) return { citations: [], diagnostics: shaped.diagnostics };
  return tableOf(name, shaped.value, yaml);
}

function tableOf(name: string, text: TableText, yaml: YamlSource): TableReading {
  const problems: Diagnostic[] = [];
  const report: Report = (code, path, message, help, first) => {
    const related = first && [{ at: yaml.at(first), message: 'it stands here already' }];
    problems.push({ code, severity: 'error', message, at: yaml.at(path), help, ...(related && { related }) });
  };
  const columns = Object.fromEntries(
    Object.entries(text.columns).map(([column, { unit, decimals }]) => [column, { unit, scale: decimals }]),
  );
  reportRepeatedNames(text, report);
  reportUnknownMains(text, report);
  const rows = text.rows.map((row, index): TableRow => {
    const values: Record<string, number> = {};
    for (const [column, { scale }] of Object.entries(columns)) {
      const value = row.values[column];
      const whole =
        value === undefined
          ? undefined
          : atScale(parseDecimal(String(value)) ?? { value: Number.NaN, scale: 0 }, scale);
      if (whole === undefined)
        report(
          'wrong-shape',
          ['rows', index, 'values'],
          `\`${column}\` is missing, or has more than ${scale} decimals`,
          'give every row every column',
        );
      else values[column] = whole;
    }
    for (const column of Object.keys(row.values)) {
      if (!Object.hasOwn(columns, column))
        report(
          'unknown-column',
          ['rows', index, 'values', column],
          `there is no column \`${column}\``,
          'declare it under `columns`',
        );
    }
    const { key, sameAs: mainKey = key, names, sources, note } = row;
    return { key, mainKey, names, values, sources, ...(note && { note }) };
  });
  return { table: { name, columns, rows }, citations: text.sources.map(citationOf), yaml, diagnostics: problems };
}

/** A name means one row: however it is written, it stands once in the table. */
function reportRepeatedNames({ rows }: TableText, report: Report): void {
  const known = new Map<string, { readonly row: number; readonly path: YamlPath }>();
  for (const [index, { key, names }] of rows.entries()) {
    for (const [at, name] of [key, ...names].entries()) {
      const first = known.get(normalizedName(name));
      const path = ['rows', index, ...(at === 0 ? ['key'] : ['names', at - 1])];
      if (first !== undefined)
        report(
          'duplicate-id',
          path,
          `the name "${name}" already means row ${first.row}`,
          'a name means one row',
          first.path,
        );
      known.set(normalizedName(name), { row: index + 1, path });
    }
  }
}

/** A form names the row of what it is a form of, and no other form. */
function reportUnknownMains({ rows }: TableText, report: Report): void {
  const mains = rows.filter(({ sameAs }) => sameAs === undefined).map(({ key }) => key);
  for (const [index, { sameAs }] of rows.entries()) {
    if (sameAs !== undefined && !mains.includes(sameAs))
      report(
        'unknown-name',
        ['rows', index, 'sameAs'],
        `there is no row \`${sameAs}\` that this one could be a form of`,
        wayOut(sameAs, mains),
      );
  }
}

/** A citation as the model has it. */
export function citationOf({ id, text, doi, url, checked }: TableText['sources'][number]): Citation {
  return { id, text, checked, ...(doi && { doi }), ...(url && { url }) };
}
