/** UCUM codes that questionnaires of this kind use. https://ucum.org */
export const units: ReadonlySet<string> = new Set([
  // counts, scores and shares
  '1',
  '%',
  '{score}',
  '{count}',
  // time
  's',
  'min',
  'h',
  'd',
  'wk',
  'mo',
  'a',
  // length, mass, volume, temperature
  'mm',
  'cm',
  'm',
  '[in_i]',
  '[ft_i]',
  'ug',
  'mg',
  'g',
  'kg',
  '[oz_av]',
  '[lb_av]',
  '[stone_av]',
  'mL',
  'L',
  'Cel',
  '[degF]',
  // readings
  'mm[Hg]',
  'kPa',
  '/min',
  'kg/m2',
  'U/L',
  'mmol/L',
  'mg/dL',
  'mL/min',
  // doses
  'mg/d',
  'mg/kg',
  'mg/kg/h',
  'ug/h',
  'mg/h',
]);

/** What a unit measures, and how much of it: numbers of one kind compare. Those that have no exact size are not here. */
export const unitSizes: ReadonlyMap<string, { readonly of: string; readonly size: bigint }> = new Map([
  ...sized('time', { s: 1n, min: 60n, h: 3600n, d: 86_400n, wk: 604_800n }),
  // tenths of a millimetre
  ...sized('length', { mm: 10n, cm: 100n, m: 10_000n, '[in_i]': 254n, '[ft_i]': 3048n }),
  // nanograms; an avoirdupois pound is 0.45359237 kg
  ...sized('mass', { ug: 1000n, mg: 10n ** 6n, g: 10n ** 9n, kg: 10n ** 12n }),
  ...sized('mass', { '[oz_av]': 28_349_523_125n, '[lb_av]': 453_592_370_000n, '[stone_av]': 6_350_293_180_000n }),
  ...sized('volume', { mL: 1n, L: 1000n }),
  // Degrees have zeros of their own, so no factor leads from one to the other.
  ...sized('temperature in Celsius', { Cel: 1n }),
  ...sized('temperature in Fahrenheit', { '[degF]': 1n }),
]);

function sized(
  of: string,
  sizes: Readonly<Record<string, bigint>>,
): readonly (readonly [string, { of: string; size: bigint }])[] {
  return Object.entries(sizes).map(([unit, size]) => [unit, { of, size }]);
}

/** What people write, in lower case, and the UCUM code they mean. */
export const spellings: ReadonlyMap<string, string> = new Map([
  ['mmhg', 'mm[Hg]'],
  ['mm hg', 'mm[Hg]'],
  ['bpm', '/min'],
  ['1/min', '/min'],
  ['c', 'Cel'],
  ['°c', 'Cel'],
  ['celsius', 'Cel'],
  ['f', '[degF]'],
  ['°f', '[degF]'],
  ['in', '[in_i]'],
  ['inch', '[in_i]'],
  ['ft', '[ft_i]'],
  ['lb', '[lb_av]'],
  ['lbs', '[lb_av]'],
  ['oz', '[oz_av]'],
  ['st', '[stone_av]'],
  ['kgs', 'kg'],
  ['mcg', 'ug'],
  ['µg', 'ug'],
  ['ml', 'mL'],
  ['l', 'L'],
  ['kg/m^2', 'kg/m2'],
  ['kg/m²', 'kg/m2'],
  ['mg/day', 'mg/d'],
  ['mg/24h', 'mg/d'],
  ['percent', '%'],
  ['score', '{score}'],
  ['points', '{score}'],
  ['years', 'a'],
  ['year', 'a'],
  ['y', 'a'],
  ['yr', 'a'],
  ['months', 'mo'],
  ['weeks', 'wk'],
  ['days', 'd'],
  ['day', 'd'],
  ['hours', 'h'],
  ['hour', 'h'],
  ['minutes', 'min'],
  ['mins', 'min'],
]);
