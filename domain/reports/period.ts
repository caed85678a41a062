import { dateOf, DAY_MS, dayOf, dayOfDate, startOfDay } from '../calendar/calendar-days.ts';

/** Length of the period by default. */
const USUAL_DAYS = 30;
export const MOST_REPORT_DAYS = 366;

/** A period of days in China time, and its instants: from `start`, before `stop`. */
export interface ReportPeriod {
  from: string;
  to: string;
  start: number;
  stop: number;
}

export const REPORT_PERIOD_RULES = ['in-order', 'too-long'] as const;
export type ReportPeriodRule = (typeof REPORT_PERIOD_RULES)[number];

/** The period of a report, or the rule that the days break. */
export const reportPeriod = (
  { from, to }: { from?: string | undefined; to?: string | undefined },
  now: number,
): ReportPeriod | { rule: ReportPeriodRule } => {
  const last = to === undefined ? dayOf(now) : dayOfDate(to);
  const first = from === undefined ? last - USUAL_DAYS + 1 : dayOfDate(from);
  if (first > last) return { rule: 'in-order' };
  if (last - first >= MOST_REPORT_DAYS) return { rule: 'too-long' };
  return { from: dateOf(first), to: dateOf(last), start: startOfDay(first), stop: startOfDay(last) + DAY_MS };
};
