import { counted } from '../model/counted.ts';
import type { Diagnostic, RelatedPlace } from '../model/diagnostic.ts';
import type { SourceSpan } from '../model/questionnaire.ts';

/** Texts by path, to find lines in. */
export type Texts = ReadonlyMap<string, string>;

/** A place as editors count: lines and columns from 1, columns in UTF-16 units. */
export interface Region {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A diagnostic with its region and those of its second places. */
export interface PlacedDiagnostic extends Omit<Diagnostic, 'related'>, Region {
  readonly related: readonly (RelatedPlace & Region)[];
}

/** Diagnostics with lines and columns, sorted by path, place and code; the same one twice stands once. */
export function place(diagnostics: readonly Diagnostic[], texts: Texts): readonly PlacedDiagnostic[] {
  const placed = diagnostics.map(
    ({ related = [], ...diagnostic }): PlacedDiagnostic => ({
      ...diagnostic,
      ...regionOf(diagnostic.at, texts),
      related: related.map((each) => ({ ...each, ...regionOf(each.at, texts) })),
    }),
  );
  const unique = new Map(placed.map((each) => [concise(each), each]));
  return [...unique.values()].sort(
    (a, b) =>
      compareText(a.at.path, b.at.path) || a.line - b.line || a.column - b.column || compareText(a.code, b.code),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Where a span stands, as editors count. */
export function regionOf({ path, start, end }: SourceSpan, texts: Texts): Region {
  const text = texts.get(path) ?? '';
  const [from, to] = [positionIn(text, start), positionIn(text, end)];
  return { ...from, endLine: to.line, endColumn: to.column };
}

function positionIn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

/** `file:line:column: error[code] message`, on one line. */
function concise({ at, line, column, severity, code, message }: PlacedDiagnostic): string {
  return harmless(`${at.path}:${line}:${column}: ${severity}[${code}] ${message}`);
}

/** One diagnostic for people without the text it is about: its place, then help. */
export function describePlace(diagnostic: PlacedDiagnostic): readonly string[] {
  const { help } = diagnostic;
  return [concise(diagnostic), ...(help === undefined ? [] : [`  = help: ${harmless(help)}`])];
}

/** One diagnostic for people: its place first, the line with what is wrong underlined, then second places, note and help. */
export function describe(diagnostic: PlacedDiagnostic, texts: Texts): readonly string[] {
  const { at, line, column, endLine, endColumn, note, help, related } = diagnostic;
  const source = (texts.get(at.path) ?? '').split(/\r?\n/)[line - 1] ?? '';
  const gutter = ' '.repeat(String(line).length);
  const width = Math.max(1, (endLine === line ? endColumn : source.length + 1) - column);
  const shown = frame(source, column, width);
  const more = (name: string, text: string): string => `  ${gutter} = ${name}: ${harmless(text)}`;
  return [
    concise(diagnostic),
    `  ${line} | ${shown.text}`,
    `  ${gutter} | ${' '.repeat(shown.column - 1)}${'^'.repeat(shown.width)}`,
    ...related.map((each) => more('see', `${each.at.path}:${each.line}:${each.column}: ${each.message}`)),
    ...(note === undefined ? [] : [more('note', note)]),
    ...(help === undefined ? [] : [more('help', help)]),
  ];
}

/** Each diagnostic for people, a blank line after it. */
export function describeEach(diagnostics: readonly PlacedDiagnostic[], texts: Texts): readonly string[] {
  return diagnostics.flatMap((each) => [...describe(each, texts), '']);
}

const frameWidth = 100;

/** A line short enough to read, with the column where the marked part stands in it. */
function frame(source: string, column: number, width: number): { text: string; column: number; width: number } {
  const from = column + width <= frameWidth ? 0 : Math.max(0, column - 20);
  const text = harmless(source.slice(from, from + frameWidth));
  return { text, column: column - from, width: Math.max(1, Math.min(width, frameWidth - (column - from))) };
}

/** On one line, with a dot for each character that a terminal would obey or that hides the order of letters. */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '.');
}

/** `2 errors, 1 warning` */
export function counts(diagnostics: readonly Pick<Diagnostic, 'severity'>[]): string {
  const of = (severity: Diagnostic['severity']): string =>
    counted(diagnostics.filter((each) => each.severity === severity).length, severity);
  return `${of('error')}, ${of('warning')}`;
}
