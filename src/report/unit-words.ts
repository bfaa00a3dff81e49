import { type GroupItem, isNumberItem, type NumberItem, type Questionnaire } from '../model/questionnaire.ts';

/** UCUM codes that no question spells out. */
const common: Readonly<Record<string, string>> = {
  '1': '',
  '{score}': 'points',
  a: 'years',
  mo: 'months',
  wk: 'weeks',
  d: 'days',
  h: 'hours',
  min: 'minutes',
  '/min': 'a minute',
  Cel: '°C',
  'kg/m2': 'kg/m²',
};

/** A UCUM unit as staff read it: as a question with that unit spells it, else by the common names, else as it is. */
export function unitWords({ items }: Questionnaire, unit: string): string {
  const asked = items.flatMap(numbersIn).find((item) => item.unit === unit && item.unitText !== unit);
  return asked?.unitText ?? common[unit] ?? unit.replace(/[{}]/g, '');
}

function numbersIn({ items }: GroupItem): readonly NumberItem[] {
  return items.flatMap((item) => {
    if (item.type === 'group') return numbersIn(item);
    return isNumberItem(item) ? [item] : [];
  });
}

/** A number with its unit: `42 days`, `1 day`, `94%`, `2`. */
export function quantity(number: string, unit: string): string {
  if (unit === '') return number;
  if (unit === '%') return `${number}%`;
  return `${number} ${number === '1' && unitsByOne.has(unit) ? unit.slice(0, -1) : unit}`;
}

const unitsByOne = new Set(Object.values(common).filter((words) => words.endsWith('s')));
