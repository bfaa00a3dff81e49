import { remembering } from './memo.ts';

/** A calendar date without time or zone, as days since 1970-01-01 in the proleptic Gregorian calendar. */
export type DayNumber = number;

const millisecondsADay = 86_400_000;
const pattern = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The day number of `YYYY-MM-DD`; undefined for another form or a date the calendar does not have. */
export function parseDate(text: string): DayNumber | undefined {
  const [, year, month, day] = pattern.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined || year < 1) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const number = date.getTime() / millisecondsADay;
  return formatDate(number) === text ? number : undefined;
}

/** Days of a century and more that are remembered: those of a registry come again, if not soon. */
export const mostDays = 50_000;

/** `YYYY-MM-DD`. `day` must lie in the years 1 to 9999. */
export const formatDate: (day: DayNumber) => string = remembering(mostDays, (day) =>
  new Date(day * millisecondsADay).toISOString().slice(0, 10),
);

/** First and last day that `parseDate` can give: 0001-01-01 and 9999-12-31. */
export const dayRange = { min: -719_162, max: 2_932_896 } as const;

/** Whole years from `birthDate` to `on`, both in one calendar. Born on 29 February, a person ages on 1 March of a common year. Negative where `birthDate` is after `on`. */
export function wholeYears(birthDate: DayNumber, on: DayNumber): number {
  const [born, now] = [formatDate(birthDate), formatDate(on)];
  const years = Number(now.slice(0, 4)) - Number(born.slice(0, 4));
  return now.slice(5) < born.slice(5) ? years - 1 : years;
}

/** Whole months from `from` to `to`. Negative where `from` is after `to`. */
export function wholeMonths(from: DayNumber, to: DayNumber): number {
  const [start, end] = [formatDate(from), formatDate(to)];
  const monthsOf = (date: string): number => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
  const months = monthsOf(end) - monthsOf(start);
  return end.slice(8) < start.slice(8) ? months - 1 : months;
}
