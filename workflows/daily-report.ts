import { makeDailyReports } from './proxies.ts';

/**
 * Makes the daily reports that are due and returns their days. Started by the schedule
 * (worker/loops/daily-schedule.ts). Safe to repeat.
 */
export const dailyReport = (): Promise<string[]> => makeDailyReports();
