import { addMonths, dayOf, startOfDay, DAY_MS } from './calendar-days.ts';
import {
  closeOnOrAfter,
  dayTime,
  dayTimeAt,
  windowTime,
  windowTimeAt,
  WORKING_DAY_MS,
  type Calendar,
} from './calendar.ts';
import type { Limit } from '../matter/schema.ts';

/**
 * A clock was paused from one instant to another. A pause without an end moves nothing until it has
 * ended.
 */
export interface Pause {
  from: number;
  to?: number | undefined;
}

export interface Deadline {
  at: number;
  /**
   * The deadline is after the last day that a notice covers (暂定): it may move when the next notice
   * is loaded.
   */
  provisional: boolean;
}

/**
 * When a limit that starts at `start` ends.
 * - working days: the day of the start does not count; the limit ends when the windows close on the
 *   last day. A pause adds the part of each counted day that it took of that day's window hours.
 * - working minutes: run in window hours from `start`.
 * - calendar days: the day of the start does not count; a last day that is not worked moves to the
 *   next working day, and the end is the close of the windows (Civil Code of the PRC, arts. 201 and
 *   203).
 * - months: as calendar days; the last day has the number of the day of the start, or is the last
 *   of its month (art. 202).
 * - seconds: plain time.
 * A pause that begins after the end of the limit changes nothing. `more` lengthens the limit, in
 * its own time (`scaleOf`).
 */
export const addLimit = (
  calendar: Calendar,
  start: number,
  limit: Limit,
  pauses: readonly Pause[] = [],
  more = 0,
): Deadline => {
  const at = scaleOf(calendar, limit).instantAt(runLimit(calendar, start, limit, pauses, more).end);
  return { at, provisional: !('seconds' in limit) && dayOf(at) > calendar.lastDay };
};

/**
 * How a limit runs: its start, the value of its own time at its end (`scaleOf`), and the pauses
 * that moved the end, without overlaps.
 */
export const runLimit = (
  calendar: Calendar,
  start: number,
  limit: Limit,
  pauses: readonly Pause[],
  more: number,
): { from: number; end: number; moving: { from: number; to: number }[] } => {
  const { read, begin, lengthFrom } = scaleOf(calendar, limit);
  const from = begin(start);
  let end = read(from) + lengthFrom(start) + more;
  const moving: { from: number; to: number }[] = [];
  for (const pause of mergePauses(pauses, from)) {
    if (read(pause.from) >= end) break;
    end += read(pause.to) - read(pause.from);
    moving.push(pause);
  }
  return { from, end, moving };
};

/** The ended pauses from an instant on, in order and without overlaps. */
export const mergePauses = (pauses: readonly Pause[], start: number): { from: number; to: number }[] => {
  let seenUntil = start;
  return pauses
    .toSorted((a, b) => a.from - b.from)
    .flatMap(({ from, to }) => {
      const later = Math.max(from, seenUntil);
      if (to === undefined || to <= later) return [];
      seenUntil = to;
      return [{ from: later, to }];
    });
};

/** The time in which a limit runs, in milliseconds of that time. */
export interface Scale {
  /** The value of that time at an instant. */
  read: (at: number) => number;
  /** The first instant at which the time reaches a value. */
  instantAt: (value: number) => number;
  /** The instant from which a limit that starts at `start` is counted. */
  begin: (start: number) => number;
  /** The length of the limit itself if it starts at `start`: months have different lengths. */
  lengthFrom: (start: number) => number;
  /**
   * The length of any limit in this time; units are converted at 390 minutes a working day, five
   * working days a week and 30 days a month.
   */
  amountOf: (limit: Limit) => number;
}

export const scaleOf = (calendar: Calendar, limit: Limit): Scale => {
  const startOfNextDay = (start: number): number => startOfDay(dayOf(start) + 1);
  if ('workingDays' in limit) {
    return {
      read: (at) => dayTime(calendar, at),
      instantAt: (value) => dayTimeAt(calendar, value),
      begin: startOfNextDay,
      lengthFrom: () => workingTimeOf(limit),
      amountOf: workingTimeOf,
    };
  }
  if ('workingMinutes' in limit) {
    return {
      read: (at) => windowTime(calendar, at),
      instantAt: (value) => windowTimeAt(calendar, value),
      begin: (start) => start,
      lengthFrom: () => workingTimeOf(limit),
      amountOf: workingTimeOf,
    };
  }
  const lengthFrom = (start: number): number =>
    'months' in limit ? (addMonths(dayOf(start), limit.months) - dayOf(start)) * DAY_MS : plainTimeOf(limit);
  const plain = { read: (at: number) => at, lengthFrom, amountOf: plainTimeOf };
  return 'seconds' in limit
    ? { ...plain, instantAt: (value) => value, begin: (start) => start }
    : { ...plain, instantAt: (value) => closeOnOrAfter(calendar, dayOf(value - 1)), begin: startOfNextDay };
};

const workingTimeOf = (limit: Limit): number => {
  if ('workingDays' in limit) return limit.workingDays * WORKING_DAY_MS;
  if ('workingMinutes' in limit) return limit.workingMinutes * 60_000;
  if ('seconds' in limit) return limit.seconds * 1_000;
  return Math.round((calendarDaysOf(limit) * WORKING_DAY_MS * 5) / 7);
};

export const plainTimeOf = (limit: Limit): number => {
  if ('calendarDays' in limit || 'months' in limit) return calendarDaysOf(limit) * DAY_MS;
  if ('seconds' in limit) return limit.seconds * 1_000;
  return Math.round((workingTimeOf(limit) / WORKING_DAY_MS) * DAY_MS * (7 / 5));
};

const calendarDaysOf = (limit: { calendarDays: number } | { months: number }): number =>
  'months' in limit ? limit.months * DAYS_IN_MONTH : limit.calendarDays;

/** For a conversion to another unit. A limit in months itself runs from date to date. */
const DAYS_IN_MONTH = 30;
