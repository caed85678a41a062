import type { Pool } from 'pg';
import { makeDailyReport, missingDays } from '../db/reports/daily-reports.ts';

/** What reports are made with. */
export const createReportActivities = ({ db, now }: { db: Pool; now: () => number }) => ({
  /**
   * Makes the report of every day that is over and has none, and returns these days. Safe to
   * repeat, and to run twice at once: a day is written once. The next run makes up all missed days.
   */
  async makeDailyReports(): Promise<string[]> {
    const days = await missingDays(db, now());
    for (const day of days) await makeDailyReport(db, day);
    return days;
  },
});
