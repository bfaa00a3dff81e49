import { type DayNumber, dayRange, formatDate, parseDate } from '../model/local-date.ts';

/** What a typed date means. */
export type TypedDate =
  | { readonly is: 'value'; readonly value: DayNumber }
  | { readonly is: 'wrong'; readonly message: string };

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const;
const fullMonths = /^(january|february|march|april|may|june|july|august|september|october|november|december)$/;
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** Ways to write a date, as they are offered: of late, and years back, where days and weeks ago make no sense. */
export const dateExamples = {
  recent: '2026-11-24, 24 nov 2026, today, -3d or 6w ago',
  yearsBack: '1986-01-15 or 15 jan 1986',
} as const;

/** `Tuesday 2026-11-24` */
export function dateInFull(day: DayNumber): string {
  return `${weekdays[(((day + 4) % 7) + 7) % 7]} ${formatDate(day)}`;
}

/** Reads YYYY-MM-DD, 24 nov 2026, today, yesterday, -3d, 6w ago. `today` is the day that those count from; `examples` are offered for what is no date. */
export function readDate(text: string, today: DayNumber, examples: string = dateExamples.recent): TypedDate {
  const typed = text.trim().toLowerCase().replace(/\s+/g, ' ');
  if (typed === 'today') return { is: 'value', value: today };
  if (typed === 'yesterday') return { is: 'value', value: today - 1 };
  const [, count, unit] =
    /^(?:-(?=\d+ ?[a-z]+$)|(?=\d+ ?[a-z]+ ago$))(\d{1,5}) ?(d|days?|w|wks?|weeks?)(?: ago)?$/.exec(typed) ?? [];
  if (count !== undefined) return inCalendar(today - Number(count) * (unit?.startsWith('w') ? 7 : 1), text);
  const parts = partsOf(typed);
  if (parts !== undefined) {
    const value = parseDate(parts);
    return value === undefined ? wrong(`"${shown(text)}" is not a day of the calendar.`) : { is: 'value', value };
  }
  return refused(typed, text, examples);
}

function inCalendar(value: number, text: string): TypedDate {
  const isIn = value >= dayRange.min && value <= dayRange.max;
  return isIn ? { is: 'value', value } : wrong(`"${shown(text)}" is not a day of the calendar.`);
}

function shown(text: string): string {
  return text.trim().slice(0, 40);
}

function wrong(message: string): TypedDate {
  return { is: 'wrong', message };
}

/** `YYYY-MM-DD` of a date whose parts cannot be mistaken for each other. */
function partsOf(typed: string): string | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed) ?? [];
  if (year !== undefined && month !== undefined && day !== undefined) return iso(year, month, day);
  const [, dayFirst, monthThen, yearLast] = /^(\d{1,2})[ .-]*([a-z]{3,9})[ .,-]*(\d{4})$/.exec(typed) ?? [];
  if (dayFirst !== undefined) return named(dayFirst, monthThen ?? '', yearLast ?? '');
  const [, monthFirst, dayThen, year3] = /^([a-z]{3,9})[ .-]*(\d{1,2})[ .,-]+(\d{4})$/.exec(typed) ?? [];
  return monthFirst === undefined ? undefined : named(dayThen ?? '', monthFirst, year3 ?? '');
}

function iso(year: string, month: string, day: string): string {
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

function named(day: string, month: string, year: string): string | undefined {
  const isMonth = fullMonths.test(month) || month.length === 3 || month === 'sept';
  const index = months.findIndex((name) => isMonth && month.startsWith(name));
  return index === -1 ? undefined : iso(year, String(index + 1), day);
}

/** A date in digits alone is never guessed: which number is the month differs from country to country. */
function refused(typed: string, text: string, examples: string): TypedDate {
  const [, a = '', b = '', year = ''] = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$/.exec(typed) ?? [];
  if (year === '') return wrong(`"${shown(text)}" is not a date. Type ${examples}.`);
  const readings = [iso(year, b, a), iso(year, a, b)].filter((date) => parseDate(date) !== undefined);
  const distinct = [...new Set(readings)];
  if (distinct.length === 0) return wrong(`"${shown(text)}" is not a day of the calendar.`);
  const why = distinct.length > 1 ? 'can be read in two ways' : 'is not taken in this order';
  return wrong(`"${shown(text)}" ${why}. Type ${distinct.join(' or ')}.`);
}
