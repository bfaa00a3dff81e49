import { escapedSign, unprintable } from '../model/unprintable.ts';

/**
 * JSON in several lines, for people and programs. What a terminal would obey is written as escapes: the value is the same, and it obeys
 * nothing.
 */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2).split('\n').map(escapedJson).join('\n')}\n`;
}

/** One line of JSON with such signs as escapes. */
export function escapedJson(line: string): string {
  return line.replace(unprintable, escapedSign);
}
