import { counted } from '../model/counted.ts';
import { type Decimal, formatDecimal, parseDecimal } from '../model/decimal.ts';
import type { NumberItem } from '../model/questionnaire.ts';

/**
 * What a typed number means.
 * `echo` says how it was read where that is not plain. `rare`: possible, and to be confirmed with `!` after it.
 * `rest` of a pair such as 148/92 belongs to the next question.
 */
export type TypedNumber =
  | { readonly is: 'value'; readonly value: number; readonly echo?: string; readonly rest?: string }
  | { readonly is: 'rare' | 'wrong'; readonly message: string };

/** Reads what was typed for `item`, exactly: other units, 5ft 9, 5'9", a comma or a point. `mayPair`: the next question takes the second of two numbers. */
export function readNumber(text: string, item: NumberItem, mayPair: boolean): TypedNumber {
  const typed = text.trim();
  const isConfirmed = typed.endsWith('!');
  const plain = isConfirmed ? typed.slice(0, -1).trim() : typed;
  const pair = mayPair ? /^([^/]+)\/([^/]+)$/.exec(plain) : null;
  const [, first = plain, rest] = pair ?? [];
  const read = readQuantity(first, item);
  if (read.is === 'wrong') return read;
  const { value } = read;
  const written = withUnit(value, item);
  if (value < item.min || value > item.max) return wrong(`${written} is out of range. Type ${expected(item)}.`);
  const { plausible } = item;
  if (plausible && (value < plausible.min || value > plausible.max) && !isConfirmed) {
    return {
      is: 'rare',
      message: `${written} is unusual. If it is right, type it with ! at its end: ${first.trim()}!`,
    };
  }
  const echo =
    rest === undefined
      ? read.echo
      : `${formatDecimal(value, item.decimals)}, then ${rest.trim()} for the next question`;
  return { is: 'value', value, ...(echo !== undefined && { echo }), ...(rest !== undefined && { rest: rest.trim() }) };
}

/** `a whole number from 40 to 300 mmHg` */
export function expected({ min, max, decimals, unitText, alternatives }: NumberItem): string {
  const [from, to] = [formatDecimal(min, decimals), formatDecimal(max, decimals)];
  const others = alternatives.map(({ names, unit }) => names.at(-1) ?? unit);
  const also = others.length > 0 ? `, or with ${others.join(' or ')}` : '';
  return `a ${decimals === 0 ? 'whole ' : ''}number from ${from} to ${to} ${unitText}${also}`;
}

function wrong(message: string): { readonly is: 'wrong'; readonly message: string } {
  return { is: 'wrong', message };
}

function withUnit(value: number, { decimals, unitText }: NumberItem): string {
  return `${formatDecimal(value, decimals)} ${unitText}`;
}

/** A unit as a ratio to the item's own. */
interface Unit {
  readonly numerator: number;
  readonly denominator: number;
  readonly isOwn: boolean;
}

interface Part {
  readonly decimal: Decimal;
  readonly unit: Unit;
}

type Quantity = { readonly is: 'value'; readonly value: number; readonly echo?: string };

function readQuantity(text: string, item: NumberItem): Quantity | { readonly is: 'wrong'; readonly message: string } {
  const shown = text.trim().slice(0, 40);
  const isGrouped = /^-?\d{1,3}([.,]\d{3})+[.,]\d|^\d{1,3}(,\d{3})+$/.test(text.trim());
  if (isGrouped) return wrong(`"${shown}" can be read in two ways. Type the digits without a separator of thousands.`);
  const parts = readParts(text, item);
  if (parts === undefined) return wrong(`"${shown}" is not ${expected(item)}.`);
  return inOwnUnit(parts, item) ?? wrong(tooPrecise(shown, item));
}

function tooPrecise(shown: string, { decimals, unitText }: NumberItem): string {
  if (decimals === 0) return `"${shown}" is not a whole number of ${unitText}.`;
  return `"${shown}" has more than ${counted(decimals, 'digit')} after the point.`;
}

const ownUnit: Unit = { numerator: 1, denominator: 1, isOwn: true };

function unitsOf({ unit, unitText, alternatives }: NumberItem): ReadonlyMap<string, Unit> {
  const own = [unit, unitText, unitText.split(' ')[0] ?? unitText].map((name): [string, Unit] => [
    name.toLowerCase(),
    ownUnit,
  ]);
  const singular = own.map(([name, of]): [string, Unit] => [name.replace(/s$/, ''), of]);
  const others = alternatives.flatMap(({ names, unit: code, numerator, denominator }) =>
    [...names, code].map((name): [string, Unit] => [name.toLowerCase(), { numerator, denominator, isOwn: false }]),
  );
  const known = new Map([...own, ...singular, ...others]);
  for (const [mark, name] of [
    ["'", 'ft'],
    ['"', 'in'],
  ] as const) {
    const unitOfMark = known.get(name);
    if (unitOfMark) known.set(mark, unitOfMark);
  }
  return known;
}

function isLarger(a: Unit, b: Unit): boolean {
  return BigInt(a.numerator) * BigInt(b.denominator) > BigInt(b.numerator) * BigInt(a.denominator);
}

/** The largest unit below `unit`: what the 9 of `5ft 9` is counted in. */
function nextSmaller(unit: Unit, known: Iterable<Unit>): Unit | undefined {
  return [...known]
    .filter((each) => isLarger(unit, each))
    .reduce<Unit | undefined>((best, each) => (best && isLarger(best, each) ? best : each), undefined);
}

function readParts(text: string, item: NumberItem): readonly Part[] | undefined {
  const known = unitsOf(item);
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/[\u2018\u2019\u2032]/g, "'")
    .replace(/[\u201c\u201d\u2033]|''/g, '"');
  const pieces = [...plain.matchAll(/\s*(-?\d+(?:[.,]\d+)?)\s*([^\d\s,.-][^\d,.-]*)?/gy)];
  if (pieces.length === 0 || pieces.map(([whole]) => whole).join('').length !== plain.length) return undefined;
  const parts: Part[] = [];
  for (const [, number = '', name] of pieces) {
    const before = parts.at(-1);
    const decimal = parseDecimal(number.replace(',', '.'));
    const unit =
      name === undefined ? (before ? nextSmaller(before.unit, known.values()) : ownUnit) : known.get(name.trim());
    if (!decimal || !unit || (before && !fitsAfter(decimal, unit, before.unit))) return undefined;
    parts.push({ decimal, unit });
  }
  return parts;
}

/** True where a further part is smaller than one of the unit before it: 5ft 9, not 5ft 14. */
function fitsAfter({ value, scale }: Decimal, unit: Unit, before: Unit): boolean {
  const part = BigInt(value) * BigInt(unit.numerator) * BigInt(before.denominator);
  return (
    value >= 0 && isLarger(before, unit) && part < BigInt(before.numerator) * BigInt(unit.denominator) * power(scale)
  );
}

function power(scale: number): bigint {
  return BigInt(10) ** BigInt(scale);
}

/** The sum in the item's own unit. From another unit it is rounded, half away from zero, where the item has decimals; otherwise it must be exact. */
function inOwnUnit(parts: readonly Part[], item: NumberItem): Quantity | undefined {
  let [top, bottom] = [BigInt(0), BigInt(1)];
  for (const { decimal, unit } of parts) {
    const [n, d] = [BigInt(decimal.value) * BigInt(unit.numerator), power(decimal.scale) * BigInt(unit.denominator)];
    [top, bottom] = [top * d + n * bottom, bottom * d];
  }
  const scaled = top * power(item.decimals);
  const isExact = scaled % bottom === BigInt(0);
  const isConverted = parts.length > 1 || parts.some(({ unit }) => !unit.isOwn);
  if (!isExact && (!isConverted || item.decimals === 0)) return undefined;
  const half = bottom / BigInt(2);
  const value = Number((scaled + (isExact ? BigInt(0) : half)) / bottom);
  if (!Number.isSafeInteger(value)) return undefined;
  return isConverted
    ? { is: 'value', value, echo: `${withUnit(value, item)}${isExact ? '' : ', rounded'}` }
    : { is: 'value', value };
}
