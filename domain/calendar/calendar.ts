import { dayOf, dayOfDate, isWeekday, startOfDay, weekdayAt, countWeekdaysBefore } from './calendar-days.ts';
import type { CalendarData, Hours, HolidayNotice } from './calendar-schema.ts';
import { listStatutoryHolidays } from './statutory-holidays.ts';
import type { Text } from '../matter/schema.ts';

/**
 * Working days and window hours in mainland China. Tables are built once, so no calculation loops
 * over days. They give two scales of time, both in milliseconds: window time, which runs while the
 * windows are open; and day time, which grows by `WORKING_DAY_MS` on each working day, also on a
 * half day.
 */
export interface Calendar {
  version: string;
  coveredUntil: string;
  firstDay: number;
  /** The last day that holiday notices cover. */
  lastDay: number;
  /** The last day of the tables: after `lastDay` they have the holidays of the law only. */
  lastKnownDay: number;
  /** The working days from `firstDay` to `lastKnownDay`, and the window hours of each. */
  workingDays: readonly number[];
  hours: readonly DayHours[];
  /** The number of working days before `firstDay + index`. */
  workingDaysBefore: readonly number[];
  /**
   * The window time before the working day with this index; one entry more than there are working
   * days.
   */
  windowTimeBefore: readonly number[];
  /** The assumed hours before and after the tables. */
  hoursBefore: DayHours;
  hoursAfter: DayHours;
  /** The announcements of the holiday notices, and after them the holidays of the law, by day. */
  announced: ReadonlyMap<number, Announcement>;
}

/** Openings and closings in milliseconds of the day, and the total length of the window hours. */
interface DayHours {
  spans: readonly { open: number; close: number }[];
  length: number;
}

/** The last announcement about a day, and its holiday notice or the law. */
interface Announcement {
  kind: 'holiday' | 'make-up-day' | 'half-day';
  source: string;
  /** Absent for a make-up day. */
  name?: Text;
  hours?: DayHours;
}

/**
 * The length of a working day in day time, and the rate at which days and minutes are converted:
 * 390 minutes.
 */
export const WORKING_DAY_MS = 390 * 60_000;

/** More than any limit needs (`Limit`), with pauses. */
const YEARS_AFTER_NOTICES = 10;

/** The calendar must be free of mistakes (`lintCalendar`). */
export const createCalendar = (data: CalendarData): Calendar => {
  const firstDay = dayOfDate(data.coveredFrom);
  const lastDay = dayOfDate(data.coveredUntil);
  const lastKnownDay = dayOfDate(`${Number(data.coveredUntil.slice(0, 4)) + YEARS_AFTER_NOTICES}-12-31`);
  const announced = announcementsOf(data.notices);
  for (const { day, name, source } of listStatutoryHolidays(lastDay + 1, lastKnownDay)) {
    announced.set(day, { kind: 'holiday', source, name });
  }
  const regimes = data.windowHours.map(({ from, hours }) => ({ from: dayOfDate(from), hours: dayHours(hours) }));
  const [first] = regimes;
  if (!first) throw new Error(`calendar ${data.version} has no window hours`);
  const findRegularHours = (day: number): DayHours => regimes.findLast(({ from }) => from <= day)?.hours ?? first.hours;

  const workingDays: number[] = [];
  const hours: DayHours[] = [];
  const workingDaysBefore: number[] = [];
  const windowTimeBefore = [0];
  let windowTime = 0;
  for (let day = firstDay; day <= lastKnownDay; day++) {
    workingDaysBefore.push(workingDays.length);
    const announcement = announced.get(day);
    if (announcement ? announcement.kind === 'holiday' : !isWeekday(day)) continue;
    const open = announcement?.hours ?? findRegularHours(day);
    workingDays.push(day);
    hours.push(open);
    windowTimeBefore.push((windowTime += open.length));
  }
  return {
    version: data.version,
    coveredUntil: data.coveredUntil,
    firstDay,
    lastDay,
    lastKnownDay,
    workingDays,
    hours,
    workingDaysBefore,
    windowTimeBefore,
    hoursBefore: findRegularHours(firstDay - 1),
    hoursAfter: findRegularHours(lastKnownDay + 1),
    announced,
  };
};

const announcementsOf = (notices: readonly HolidayNotice[]): Map<number, Announcement> => {
  const days = new Map<number, Announcement>();
  for (const { source, holidays, workdays, halfDays } of notices) {
    for (const { name, from, to } of holidays) {
      for (let day = dayOfDate(from); day <= dayOfDate(to); day++) days.set(day, { kind: 'holiday', source, name });
    }
    for (const date of workdays) days.set(dayOfDate(date), { kind: 'make-up-day', source });
    for (const { date, name, hours } of halfDays) {
      days.set(dayOfDate(date), { kind: 'half-day', source, name, hours: dayHours(hours) });
    }
  }
  return days;
};

const dayHours = (hours: Hours): DayHours => {
  const spans = hours.map(({ open, close }) => ({ open: timeOfDay(open), close: timeOfDay(close) }));
  return { spans, length: spans.reduce((sum, { open, close }) => sum + close - open, 0) };
};

/** Milliseconds since midnight of a time HH:MM. */
const timeOfDay = (time: string): number => Date.parse(`1970-01-01T${time}:00Z`);

export const isWorkingDay = (calendar: Calendar, day: number): boolean =>
  countBefore(calendar, day + 1) > countBefore(calendar, day);

/** The window hours of a day; undefined: it is not worked. */
const hoursOn = (calendar: Calendar, day: number): DayHours | undefined =>
  isWorkingDay(calendar, day) ? hoursAt(calendar, countBefore(calendar, day)) : undefined;

/**
 * The kind of a day, and its source: a notice or the law if there is a `source`; `assumed`: neither
 * says what that day is.
 */
export interface DayInWords {
  kind: 'working-day' | 'weekend' | Announcement['kind'];
  name?: Text;
  source?: string;
  assumed: boolean;
  /** The window hours, in milliseconds of the day. */
  hours: readonly { open: number; close: number }[];
}

export const describeDay = (calendar: Calendar, day: number): DayInWords => {
  const announced = calendar.announced.get(day);
  return {
    kind: announced?.kind ?? (isWeekday(day) ? 'working-day' : 'weekend'),
    ...(announced && { source: announced.source }),
    ...(announced?.name && { name: announced.name }),
    assumed: day < calendar.firstDay || (day > calendar.lastDay && !announced),
    hours: hoursOn(calendar, day)?.spans ?? [],
  };
};

/** Whether the windows are open at an instant. A window that closes at 17:00 is closed at 17:00. */
export const isWindowOpen = (calendar: Calendar, at: number): boolean => {
  const day = dayOf(at);
  const time = at - startOfDay(day);
  return hoursOn(calendar, day)?.spans.some(({ open, close }) => open <= time && time < close) === true;
};

/**
 * Minutes of window hours from one instant to another, with fractions; negative when `to` comes
 * first.
 */
export const workingMinutesBetween = (calendar: Calendar, from: number, to: number): number =>
  (windowTime(calendar, to) - windowTime(calendar, from)) / 60_000;

/** Milliseconds of window hours between the start of the calendar and an instant. */
export const windowTime = (calendar: Calendar, at: number): number => {
  const day = dayOf(at);
  const index = countBefore(calendar, day);
  return windowTimeAtStart(calendar, index) + measurePassed(hoursOn(calendar, day), at - startOfDay(day));
};

/**
 * The first instant at which `windowTime` reaches a value. If a close and the next opening have
 * that value, it is the close.
 */
export const windowTimeAt = (calendar: Calendar, time: number): number => {
  const index = windowIndex(calendar, time);
  return instantInDay(calendar, index, time - windowTimeAtStart(calendar, index));
};

/**
 * Working days between the start of the calendar and an instant, each of `WORKING_DAY_MS`, the last
 * in proportion to its hours.
 */
export const dayTime = (calendar: Calendar, at: number): number => {
  const day = dayOf(at);
  const whole = countBefore(calendar, day) * WORKING_DAY_MS;
  const hours = hoursOn(calendar, day);
  if (!hours) return whole;
  return whole + Math.floor((measurePassed(hours, at - startOfDay(day)) * WORKING_DAY_MS) / hours.length);
};

/** The first instant at which `dayTime` reaches a value. */
export const dayTimeAt = (calendar: Calendar, time: number): number => {
  const index = Math.ceil(time / WORKING_DAY_MS) - 1;
  const left = time - index * WORKING_DAY_MS;
  return instantInDay(calendar, index, Math.ceil((left * hoursAt(calendar, index).length) / WORKING_DAY_MS));
};

/** When the windows close on the first working day that is not before `day`. */
export const closeOnOrAfter = (calendar: Calendar, day: number): number => {
  const index = countBefore(calendar, day);
  return instantInDay(calendar, index, hoursAt(calendar, index).length);
};

/** The part of a day's window hours that has passed at a time of the day. */
const measurePassed = (hours: DayHours | undefined, time: number): number =>
  (hours?.spans ?? []).reduce((sum, { open, close }) => sum + Math.min(Math.max(time - open, 0), close - open), 0);

/** The first instant of a working day at which this part of its window hours has passed. */
const instantInDay = (calendar: Calendar, index: number, time: number): number => {
  let left = time;
  let end = 0;
  for (const { open, close } of hoursAt(calendar, index).spans) {
    end = open + Math.min(left, close - open);
    left -= close - open;
    if (left <= 0) break;
  }
  return startOfDay(workingDayAt(calendar, index)) + end;
};

const hoursAt = ({ hours, hoursBefore, hoursAfter }: Calendar, index: number): DayHours =>
  hours[index] ?? (index < 0 ? hoursBefore : hoursAfter);

const windowTimeAtStart = ({ windowTimeBefore, hoursBefore, hoursAfter }: Calendar, index: number): number => {
  const last = windowTimeBefore.length - 1;
  return (
    windowTimeBefore[index] ??
    (index < 0 ? index * hoursBefore.length : (windowTimeBefore[last] ?? 0) + (index - last) * hoursAfter.length)
  );
};

/** The working day in which, or at the end of which, window time reaches a value. */
const windowIndex = ({ windowTimeBefore, hoursBefore, hoursAfter }: Calendar, time: number): number => {
  const last = windowTimeBefore.length - 1;
  const covered = windowTimeBefore[last] ?? 0;
  if (time <= 0) return Math.ceil(time / hoursBefore.length) - 1;
  if (time > covered) return last + Math.ceil((time - covered) / hoursAfter.length) - 1;
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((windowTimeBefore[middle] ?? 0) < time) low = middle;
    else high = middle;
  }
  return low;
};

/**
 * The number of working days from the start of the calendar up to a day, without the day itself;
 * negative before the start.
 */
const countBefore = ({ firstDay, lastKnownDay, workingDays, workingDaysBefore }: Calendar, day: number): number =>
  workingDaysBefore[day - firstDay] ??
  (day < firstDay
    ? countWeekdaysBefore(day) - countWeekdaysBefore(firstDay)
    : workingDays.length + countWeekdaysBefore(day) - countWeekdaysBefore(lastKnownDay + 1));

/** The working day before which there are `index` others: the inverse of `countBefore`. */
const workingDayAt = ({ firstDay, lastKnownDay, workingDays }: Calendar, index: number): number =>
  workingDays[index] ??
  (index < 0
    ? weekdayAt(countWeekdaysBefore(firstDay) + index)
    : weekdayAt(countWeekdaysBefore(lastKnownDay + 1) + index - workingDays.length));
