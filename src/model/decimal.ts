/** An exact decimal: `value` / 10^`scale`. */
export interface Decimal {
  readonly value: number;
  readonly scale: number;
}

/** The decimal that `-12.50` writes: digits with at most one point. Undefined for another form or beyond a safe integer. */
export function parseDecimal(text: string): Decimal | undefined {
  const [, whole, fraction = ''] = /^(-?\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const value = Number(whole + fraction);
  return Number.isSafeInteger(value) ? { value, scale: fraction.length } : undefined;
}

/** `decimal` as an integer times 10^`scale`; undefined where it has more digits than that or leaves the safe integers. */
export function atScale(decimal: Decimal, scale: number): number | undefined {
  let { value } = decimal;
  for (let at = decimal.scale; at < scale; at += 1) value *= 10;
  for (let at = decimal.scale; at > scale; at -= 1) {
    if (value % 10 !== 0) return undefined;
    value /= 10;
  }
  return Number.isSafeInteger(value) ? value : undefined;
}

/** The shortest text of `value` / 10^`scale`: 705 at scale 1 is `70.5`, 700 is `70`. */
export function formatDecimal(value: number, scale: number): string {
  if (scale === 0) return String(value);
  const digits = String(Math.abs(value)).padStart(scale + 1, '0');
  const fraction = digits.slice(-scale).replace(/0+$/, '');
  return `${value < 0 ? '-' : ''}${digits.slice(0, -scale)}${fraction && `.${fraction}`}`;
}
