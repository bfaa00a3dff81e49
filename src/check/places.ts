import type { YamlPath, YamlSource } from '../definition/yaml-source.ts';
import type { Span } from '../model/expression.ts';
import type { Formula, SourceSpan } from '../model/questionnaire.ts';

/** Where the parts of a questionnaire are written. */
export interface Places {
  /** The value of `key` of the item, or the whole item where it has no such key. */
  item(linkId: string, ...key: YamlPath): SourceSpan;
  /** The name of a parameter. */
  parameter(name: string): SourceSpan;
  /** The value of `key` of a row of a table, counted from 0, in the file of the table. */
  row(table: string, index: number, ...key: YamlPath): SourceSpan;
  /** A part of the CEL text of a formula. */
  inFormula(formula: Formula, part: Span): SourceSpan;
  /** The value at a path from the top of the file. */
  at(path: YamlPath): SourceSpan;
  /** A part of the text at such a path. */
  within(path: YamlPath, start: number, end: number): SourceSpan;
}

/** Places in a `questionnaire.yaml` that was read without an error, and in the files of its tables, by name. */
export function placesOf(yaml: YamlSource, tables: ReadonlyMap<string, YamlSource> = new Map()): Places {
  const items = new Map<string, YamlPath>();
  const formulas = new Map<number, YamlPath>();
  const visit = (value: unknown, path: YamlPath): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const at = [...path, Array.isArray(value) ? Number(key) : key];
      if (key === 'linkId' && path[0] === 'items') items.set(String(inner), path);
      if (typeof inner === 'string' && formulaKeys.has(key)) formulas.set(yaml.at(at).start, at);
      visit(inner, at);
    }
  };
  visit(yaml.value, []);
  return {
    item: (linkId, ...key) => yaml.at([...(items.get(linkId) ?? []), ...key]),
    parameter: (name) => yaml.atKey(['parameters', name]),
    row: (table, index, ...key) => (tables.get(table) ?? yaml).at(['rows', index, ...key]),
    inFormula(formula, { start, end }) {
      const path = formulas.get(formula.at.start);
      return path ? yaml.within(path, start, end) : formula.at;
    },
    at: (path) => yaml.at(path),
    within: (path, start, end) => yaml.within(path, start, end),
  };
}

const formulaKeys: ReadonlySet<string> = new Set(['when', 'enableWhen', 'value', 'requires']);
