import { type Decimal, parseDecimal } from '../model/decimal.ts';

/** A number as its text: what a float would round is kept. `text` is a JSON number. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const jsonNumber = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** True for a text that JSON reads as a number. */
export function isJsonNumber(text: string): boolean {
  return jsonNumber.test(text);
}

/** More places than any answer has. */
const mostPlaces = 40;

/** The decimal that a JSON number writes, exponents too; `too-long` where no safe integer holds its digits. */
export function exactDecimal(text: string): Decimal | 'too-long' | undefined {
  const [, sign, whole, written = '', exponent = '0'] = jsonNumber.exec(text) ?? [];
  if (sign === undefined || whole === undefined) return undefined;
  const fraction = written.replace(/0+$/, '');
  const places = Number(exponent);
  if (/^0*$/.test(whole + fraction)) return { value: 0, scale: 0 };
  if (Math.abs(places) > mostPlaces || fraction.length > mostPlaces) return 'too-long';
  const digits = whole + fraction.padEnd(places, '0');
  return parseDecimal(pointBefore(sign, digits, Math.max(fraction.length, places) - places)) ?? 'too-long';
}

/** `digits` with the point before its last `scale` digits. */
function pointBefore(sign: string, digits: string, scale: number): string {
  const padded = digits.padStart(scale + 1, '0');
  const at = padded.length - scale;
  return `${sign}${padded.slice(0, at)}${scale > 0 ? `.${padded.slice(at)}` : ''}`;
}
