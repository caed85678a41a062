import { makeDailyReports } from './proxies.ts';

/** Makes the daily reports that are due, and says of which days. Started by the schedule (worker/loops/daily-schedule.ts). Safe to repeat. */
export const dailyReport = (): Promise<string[]> => makeDailyReports();
