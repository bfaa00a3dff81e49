import { formatDecimal } from '../model/decimal.ts';
import type { Parameter } from '../model/questionnaire.ts';

/** Words for the units that a patient reads, by UCUM code: `{ h: hours, d: days }`. */
export type UnitWords = Readonly<Record<string, string>>;

/** A parameter as a patient reads it: 360 `min` is `6 hours`, 42 `d` is `42 days`. Undefined where its unit has no words. */
export function parameterText({ value, scale, unit }: Parameter, words: UnitWords): string | undefined {
  const isWholeHours = unit === 'min' && scale === 0 && value % 60 === 0 && words.h !== undefined;
  const [number, code] = isWholeHours ? [value / 60, 'h'] : [value, unit];
  const word = words[code];
  if (word === undefined) return undefined;
  return `${formatDecimal(number, scale)} ${word}`.trim();
}
