/**
 * Days in China as numbers: days since 1970-01-01 there. Instants are milliseconds since 1970 UTC.
 */

export const DAY_MS = 86_400_000;
/** China has one zone without summer time (since 1991), so an offset is enough. */
const ZONE_MS = 8 * 3_600_000;

/** The day in China on which an instant falls. */
export const dayOf = (at: number): number => Math.floor((at + ZONE_MS) / DAY_MS);

/** Midnight in China at the beginning of a day. */
export const startOfDay = (day: number): number => day * DAY_MS - ZONE_MS;

/** The day of a date YYYY-MM-DD; throws when there is no such date. */
export const dayOfDate = (date: string): number => {
  const day = Date.parse(`${date}T00:00:00Z`) / DAY_MS;
  if (Number.isNaN(day) || dateOf(day) !== date) throw new Error(`no such date: ${date}`);
  return day;
};

export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/**
 * The day of the same number, so many months later; the last day of that month if it has no such
 * day.
 */
export const addMonths = (day: number, months: number): number => {
  const date = new Date(day * DAY_MS);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
  const lastOfMonth = Date.UTC(year, month + 1, 0) / DAY_MS;
  return Math.min(Date.UTC(year, month, date.getUTCDate()) / DAY_MS, lastOfMonth);
};

/** Days since Monday 1969-12-29, so that a week begins at each multiple of seven. */
const countFromMonday = (day: number): number => day + 3;

export const isWeekday = (day: number): boolean => countWeekdaysBefore(day + 1) > countWeekdaysBefore(day);

/** Mondays to Fridays from 1969-12-29 up to a day, without the day itself. */
export const countWeekdaysBefore = (day: number): number => {
  const weeks = Math.floor(countFromMonday(day) / 7);
  return weeks * 5 + Math.min(countFromMonday(day) - weeks * 7, 5);
};

/** The weekday before which there are `index` others: the inverse of `countWeekdaysBefore`. */
export const weekdayAt = (index: number): number => {
  const weeks = Math.floor(index / 5);
  return weeks * 7 + index - weeks * 5 - countFromMonday(0);
};
