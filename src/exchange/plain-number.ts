import type { NumberItem } from '../model/questionnaire.ts';

/** Bytes of one record, and how far they are read. */
export interface Cursor {
  readonly bytes: Uint8Array;
  /** The same bytes. */
  readonly view: DataView;
  at: number;
  /** So far everything is written as `sheetWriter` writes it. */
  isAsWritten: boolean;
}

/** At the beginning of `bytes`. */
export function cursorOver(bytes: Uint8Array): Cursor {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), at: 0, isAsWritten: true };
}

/** Digits that every float keeps. */
export const mostDigits = 15;
/** Digits after the point that no number is written with an exponent for. */
const mostPlaces = 6;

const powersOfTen = Array.from({ length: mostDigits + 1 }, (_, exponent) => 10 ** exponent);

const minus = 0x2d;
const decimalPoint = 0x2e;
const zero = 0x30;
const nine = 0x39;

/**
 * Takes a number in decimal notation within the limits of its question; undefined, and nothing taken, for any other. It
 * may go on after it.
 */
export function takeNumber(cursor: Cursor, { decimals, min, max }: NumberItem): number | undefined {
  const { bytes, at: from } = cursor;
  const isNegative = bytes[from] === minus;
  const start = isNegative ? from + 1 : from;
  const point = endOfDigits(bytes, start);
  const hasPoint = bytes[point] === decimalPoint;
  const end = hasPoint ? endOfDigits(bytes, point + 1) : point;
  const places = hasPoint ? end - point - 1 : 0;
  const isWritten = point > start && (bytes[start] !== zero || point === start + 1) && (!hasPoint || places > 0);
  if (!isWritten || places > decimals || end - start > mostDigits) return undefined;
  const value = digitsAt(bytes, start, end) * (powersOfTen[decimals - places] as number);
  const answer = isNegative ? -value : value;
  if (answer < min || answer > max || Object.is(answer, -0)) return undefined;
  cursor.at = end;
  if (hasPoint && (bytes[end - 1] === zero || places > mostPlaces)) cursor.isAsWritten = false;
  return answer;
}

function endOfDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while ((bytes[at] as number) >= zero && (bytes[at] as number) <= nine) at += 1;
  return at;
}

/** The digits as one whole number, without the point among them. */
function digitsAt(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const code = bytes[at] as number;
    if (code !== decimalPoint) value = value * 10 + code - zero;
  }
  return value;
}
