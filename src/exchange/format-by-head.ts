import type { Questionnaire } from '../model/questionnaire.ts';
import { sheetFields } from './answers.ts';
import { readJson } from './json.ts';
import { withoutMark } from './records.ts';

/** Bytes in which the first line of an input is looked for. A header has some thousand. */
const mostOfHead = 64 * 1024;

/** True where these are enough of an input for `formatByHead`. */
export function isHead(bytes: Uint8Array): boolean {
  return bytes.length >= mostOfHead || /\S.*\n/.test(textOf(bytes));
}

/** True where something stands in the beginning of an input. */
export function hasText(head: Uint8Array): boolean {
  return /\S/.test(textOf(head));
}

/** True where these are enough of an input for `isLinesOfJson`, and so for `hasText`. */
export function isHeadOfLines(bytes: Uint8Array): boolean {
  return bytes.length >= mostOfHead || /\S.*\n\s*\S/.test(textOf(bytes));
}

/** True for an input that is lines of JSON: a whole object, and one that opens on the next line. */
export function isLinesOfJson(head: Uint8Array): boolean {
  const [, line] = /^\s*(\{.*\})\s*\n\s*\{/.exec(textOf(head)) ?? [];
  return line !== undefined && readJson(line).errors.length === 0;
}

/**
 * The format of an input that is no lines of JSON: a table where a linkId stands between commas or tabs of its first line, a
 * JSON list by its bracket. Undefined for any other.
 */
export function formatByHead(head: Uint8Array, questionnaire: Questionnaire): 'csv' | 'tsv' | 'json' | undefined {
  const [line = ''] = textOf(head).trimStart().split('\n');
  if (line.startsWith('[')) return 'json';
  const { byKey } = sheetFields(questionnaire);
  const isHeader = (delimiter: string): boolean => {
    const names = line.split(delimiter).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    return names.length > 1 && names.some((name) => byKey.has(name));
  };
  if (isHeader(',')) return 'csv';
  return isHeader('\t') ? 'tsv' : undefined;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(withoutMark(bytes.subarray(0, mostOfHead)));
}
