import type { Limit } from './schema.ts';

/**
 * Working days and window hours in mainland China, and what a limit comes to on them. Instants are milliseconds since
 * 1970 UTC; a day is a number, days since 1970-01-01 in China. Tables are built once, so every question is answered
 * without a loop over days.
 */
export interface CalendarData {
  version: string;
  /** First and last day for which notices are known, YYYY-MM-DD. Outside them Monday to Friday is assumed. */
  coveredFrom: string;
  coveredUntil: string;
  notices: readonly Notice[];
}

/** One holiday notice of the State Council; `source` is its number. */
interface Notice {
  year: number;
  source: string;
  holidays: readonly { zh: string; en: string; from: string; to: string }[];
  /** Weekend days that are worked instead (调休). */
  workdays: readonly string[];
}

export interface Calendar {
  version: string;
  firstDay: number;
  lastDay: number;
  /** The working days from `firstDay` to `lastDay`. */
  workingDays: readonly number[];
  /** How many of them come before `firstDay + index`. */
  workingDaysBefore: readonly number[];
}

/** A clock stood still from one instant to another; a pause without an end moves nothing until it has ended. */
export interface Pause {
  from: number;
  to?: number | undefined;
}

export interface Deadline {
  at: number;
  /** It lies past the last day that a notice covers (暂定): it may move when the next notice is loaded. */
  provisional: boolean;
}

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
/** China keeps one zone without summer time (since 1991), so an offset is enough. */
const ZONE_MS = 8 * 60 * MINUTE_MS;

/** Window hours 9:00–12:00 and 13:30–17:00, in milliseconds of the day (domain practice; per-site hours are not modelled). */
const MORNING = { open: 540 * MINUTE_MS, close: 720 * MINUTE_MS };
const AFTERNOON = { open: 810 * MINUTE_MS, close: 1020 * MINUTE_MS };
const MORNING_MS = MORNING.close - MORNING.open;
/** Window time of a whole working day: 390 minutes. */
export const WORKING_DAY_MS = MORNING_MS + AFTERNOON.close - AFTERNOON.open;

/** Throws on a date that does not exist, a span that runs backwards, or a day outside the covered ones. */
export const createCalendar = (data: CalendarData): Calendar => {
  const firstDay = dayOfDate(data.coveredFrom);
  const lastDay = dayOfDate(data.coveredUntil);
  const announced = announcedDays(data.notices);
  for (const day of announced.keys()) {
    if (day < firstDay || day > lastDay) throw new Error(`calendar ${data.version}: ${dateOf(day)} is not covered`);
  }
  const workingDays: number[] = [];
  const workingDaysBefore: number[] = [];
  for (let day = firstDay; day <= lastDay; day++) {
    workingDaysBefore.push(workingDays.length);
    if (announced.get(day) ?? isWeekday(day)) workingDays.push(day);
  }
  return { version: data.version, firstDay, lastDay, workingDays, workingDaysBefore };
};

/** Whether each announced day is worked; the last notice about a day holds. */
const announcedDays = (notices: readonly Notice[]): Map<number, boolean> => {
  const days = new Map<number, boolean>();
  for (const { source, holidays, workdays } of notices) {
    for (const { from, to } of holidays) {
      if (dayOfDate(to) < dayOfDate(from)) throw new Error(`${source}: the holiday from ${from} ends on ${to}`);
      for (let day = dayOfDate(from); day <= dayOfDate(to); day++) days.set(day, false);
    }
    for (const date of workdays) days.set(dayOfDate(date), true);
  }
  return days;
};

/** The day in China on which an instant falls. */
export const dayOf = (at: number): number => Math.floor((at + ZONE_MS) / DAY_MS);

/** The day of a date YYYY-MM-DD; throws when there is no such date. */
export const dayOfDate = (date: string): number => {
  const day = Date.parse(`${date}T00:00:00Z`) / DAY_MS;
  if (Number.isNaN(day) || dateOf(day) !== date) throw new Error(`no such date: ${date}`);
  return day;
};

export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

export const isWorkingDay = (calendar: Calendar, day: number): boolean =>
  countBefore(calendar, day + 1) > countBefore(calendar, day);

/** Minutes of window hours from one instant to another, with fractions; negative when `to` comes first. */
export const workingMinutesBetween = (calendar: Calendar, from: number, to: number): number =>
  (workingTime(calendar, to) - workingTime(calendar, from)) / MINUTE_MS;

/**
 * When a limit that starts to run at `start` is over.
 * - working days: the day of the start is not counted; over when the windows close (17:00) on the last one. A pause adds
 *   the window time that it took from the counted days.
 * - working minutes: run in window hours from `start`.
 * - calendar days: the day of the start is not counted; a last day that is not worked moves to the next working day, and
 *   the end is the close of the windows (Civil Code of the PRC, arts. 201 and 203).
 * - seconds: plain time.
 * A pause that begins when the limit is already over changes nothing.
 */
export const addLimit = (calendar: Calendar, start: number, limit: Limit, pauses: readonly Pause[] = []): Deadline => {
  if ('seconds' in limit) return { at: endOf(plainTime, start, limit.seconds * 1000, pauses), provisional: false };
  const at = workingDeadline(calendar, start, limit, pauses);
  return { at, provisional: dayOf(at) > calendar.lastDay };
};

const workingDeadline = (
  calendar: Calendar,
  start: number,
  limit: Exclude<Limit, { seconds: number }>,
  pauses: readonly Pause[],
): number => {
  const inWindows = (at: number): number => workingTime(calendar, at);
  if ('workingMinutes' in limit) {
    return instantOf(calendar, endOf(inWindows, start, limit.workingMinutes * MINUTE_MS, pauses));
  }
  const nextDay = startOf(dayOf(start) + 1);
  if ('workingDays' in limit) {
    return instantOf(calendar, endOf(inWindows, nextDay, limit.workingDays * WORKING_DAY_MS, pauses));
  }
  const lastDay = dayOf(endOf(plainTime, nextDay, limit.calendarDays * DAY_MS, pauses) - 1);
  return startOf(workingDayAt(calendar, countBefore(calendar, lastDay))) + AFTERNOON.close;
};

/** Where on a scale of time (`read`) a limit ends that runs from `start` and stands still in the pauses. */
const endOf = (read: (at: number) => number, start: number, amount: number, pauses: readonly Pause[]): number => {
  let end = read(start) + amount;
  let seenUntil = start;
  for (const pause of pauses.toSorted((a, b) => a.from - b.from)) {
    const from = Math.max(pause.from, seenUntil);
    if (pause.to === undefined || pause.to <= from) continue;
    if (read(from) >= end) break;
    end += read(pause.to) - read(from);
    seenUntil = pause.to;
  }
  return end;
};

const plainTime = (at: number): number => at;

/** Milliseconds of window hours between the start of the calendar and an instant. */
export const workingTime = (calendar: Calendar, at: number): number => {
  const day = dayOf(at);
  const whole = countBefore(calendar, day) * WORKING_DAY_MS;
  if (!isWorkingDay(calendar, day)) return whole;
  const time = at - startOf(day);
  const morning = clamp(time - MORNING.open, MORNING_MS);
  return whole + morning + clamp(time - AFTERNOON.open, WORKING_DAY_MS - MORNING_MS);
};

/** The first instant at which `workingTime` reaches a value: a close rather than the next opening. */
export const instantOf = (calendar: Calendar, time: number): number => {
  const index = Math.ceil(time / WORKING_DAY_MS) - 1;
  const left = time - index * WORKING_DAY_MS;
  const inDay = left <= MORNING_MS ? MORNING.open + left : AFTERNOON.open + left - MORNING_MS;
  return startOf(workingDayAt(calendar, index)) + inDay;
};

const clamp = (value: number, max: number): number => Math.min(Math.max(value, 0), max);

const startOf = (day: number): number => day * DAY_MS - ZONE_MS;

/** Working days from the start of the calendar up to a day, the day itself left out; negative before the start. */
const countBefore = ({ firstDay, lastDay, workingDays, workingDaysBefore }: Calendar, day: number): number =>
  workingDaysBefore[day - firstDay] ??
  (day < firstDay
    ? weekdaysBefore(day) - weekdaysBefore(firstDay)
    : workingDays.length + weekdaysBefore(day) - weekdaysBefore(lastDay + 1));

/** The working day before which there are `index` others: the inverse of `countBefore`. */
const workingDayAt = ({ firstDay, lastDay, workingDays }: Calendar, index: number): number =>
  workingDays[index] ??
  (index < 0
    ? weekdayAt(weekdaysBefore(firstDay) + index)
    : weekdayAt(weekdaysBefore(lastDay + 1) + index - workingDays.length));

/** Days since Monday 1969-12-29, so that weeks begin where a multiple of seven does. */
const sinceMonday = (day: number): number => day + 3;

const isWeekday = (day: number): boolean => weekdaysBefore(day + 1) > weekdaysBefore(day);

const weekdaysBefore = (day: number): number => {
  const weeks = Math.floor(sinceMonday(day) / 7);
  return weeks * 5 + Math.min(sinceMonday(day) - weeks * 7, 5);
};

const weekdayAt = (index: number): number => {
  const weeks = Math.floor(index / 5);
  return weeks * 7 + index - weeks * 5 - sinceMonday(0);
};
