import type { Diagnostic } from '../model/diagnostic.ts';

/** Texts by path, to find lines in. */
export type Texts = ReadonlyMap<string, string>;

/** A diagnostic with its place as editors count: lines and columns from 1, columns in UTF-16 units. */
export interface PlacedDiagnostic extends Diagnostic {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Diagnostics with lines and columns, sorted by path, place and code; the same one twice stands once. */
export function place(diagnostics: readonly Diagnostic[], texts: Texts): readonly PlacedDiagnostic[] {
  const placed = diagnostics.map((diagnostic): PlacedDiagnostic => {
    const text = texts.get(diagnostic.at.path) ?? '';
    const start = positionIn(text, diagnostic.at.start);
    const end = positionIn(text, diagnostic.at.end);
    return { ...diagnostic, ...start, endLine: end.line, endColumn: end.column };
  });
  const unique = new Map(placed.map((each) => [concise(each), each]));
  return [...unique.values()].sort(
    (a, b) =>
      compareText(a.at.path, b.at.path) || a.line - b.line || a.column - b.column || compareText(a.code, b.code),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function positionIn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

/** `file:line:column: error[code] message`, on one line. */
export function concise({ at, line, column, severity, code, message }: PlacedDiagnostic): string {
  return `${at.path}:${line}:${column}: ${severity}[${code}] ${message}`;
}

/** One diagnostic for people: its place first, the line with what is wrong underlined, then note and help. */
export function describe(diagnostic: PlacedDiagnostic, texts: Texts): readonly string[] {
  const { at, line, column, endLine, endColumn, note, help } = diagnostic;
  const source = (texts.get(at.path) ?? '').split(/\r?\n/)[line - 1] ?? '';
  const gutter = ' '.repeat(String(line).length);
  const width = Math.max(1, (endLine === line ? endColumn : source.length + 1) - column);
  const shown = frame(source, column, width);
  return [
    concise(diagnostic),
    `  ${line} | ${shown.text}`,
    `  ${gutter} | ${' '.repeat(shown.column - 1)}${'^'.repeat(shown.width)}`,
    ...(note === undefined ? [] : [`  ${gutter} = note: ${note}`]),
    ...(help === undefined ? [] : [`  ${gutter} = help: ${help}`]),
  ];
}

const frameWidth = 100;

/** A line short enough to read, with the column where the marked part stands in it. Control characters are shown as dots. */
function frame(source: string, column: number, width: number): { text: string; column: number; width: number } {
  const from = column + width <= frameWidth ? 0 : Math.max(0, column - 20);
  const text = source.slice(from, from + frameWidth).replace(/[\p{Cc}\p{Cf}]/gu, '.');
  return { text, column: column - from, width: Math.max(1, Math.min(width, frameWidth - (column - from))) };
}

/** `2 errors, 1 warning` */
export function counts(diagnostics: readonly Diagnostic[]): string {
  const of = (severity: Diagnostic['severity']): string => {
    const count = diagnostics.filter((each) => each.severity === severity).length;
    return `${count} ${severity}${count === 1 ? '' : 's'}`;
  };
  return `${of('error')}, ${of('warning')}`;
}
