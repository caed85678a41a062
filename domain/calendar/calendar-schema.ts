import { z } from 'zod';
import { Text } from '../matter/schema.ts';

/** A working calendar in one YAML file, `catalog/calendar.yaml`. Unknown keys are errors. */

const DateText = z.iso.date({ error: 'a date that exists, as YYYY-MM-DD' });
const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of the day, as HH:MM');

/** The window hours of a day, in order. */
const Hours = z.array(z.strictObject({ open: TimeOfDay, close: TimeOfDay })).min(1);
export type Hours = z.infer<typeof Hours>;

const HolidayNotice = z.strictObject({
  year: z.int().min(1949).max(2200),
  /** The number of the holiday notice, as it is cited. */
  source: z.string().min(1),
  holidays: z.array(z.strictObject({ name: Text, from: DateText, to: DateText })).default([]),
  /** Weekend days that are worked instead (调休). */
  workdays: z.array(DateText).default([]),
  /** Working days on which the windows close early or open late. */
  halfDays: z.array(z.strictObject({ date: DateText, name: Text, hours: Hours })).default([]),
});
export type HolidayNotice = z.infer<typeof HolidayNotice>;

export const CalendarData = z.strictObject({
  $schema: z.string().optional(),
  /**
   * The year of the newest holiday notice and a number that rises within it: 2026.1. A published
   * version never changes.
   */
  version: z.string().regex(/^20\d\d\.[1-9]\d{0,2}$/, 'a year and a number, such as 2026.1'),
  /**
   * First and last day for which holiday notices are known. Outside them Monday to Friday is
   * assumed, except for the holidays that the law fixes after the last day.
   */
  coveredFrom: DateText,
  coveredUntil: DateText,
  /** Window hours, each from its day on; the first also before it. */
  windowHours: z.array(z.strictObject({ from: DateText, hours: Hours })).min(1),
  /** In order of announcement: a later one overrides an earlier one. */
  notices: z.array(HolidayNotice).min(1),
});
export type CalendarData = z.infer<typeof CalendarData>;
