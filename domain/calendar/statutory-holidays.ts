import { dateOf, dayOfDate } from './calendar-days.ts';
import type { Text } from '../matter/schema.ts';

/** The decree of the State Council that sets the public holidays. */
const DECREE = '全国年节及纪念日放假办法';

/**
 * The holidays that have a date of their own in the decree, as revised from 2025 on. The others
 * follow the lunar calendar or a solar term, and only a holiday notice says which days they are.
 */
const FIXED: readonly { date: string; since: number; name: Text }[] = [
  { date: '01-01', since: 0, name: { zh: '元旦', en: 'New Year' } },
  { date: '05-01', since: 0, name: { zh: '劳动节', en: 'Labour Day' } },
  { date: '05-02', since: 2025, name: { zh: '劳动节', en: 'Labour Day' } },
  { date: '10-01', since: 0, name: { zh: '国庆节', en: 'National Day' } },
  { date: '10-02', since: 0, name: { zh: '国庆节', en: 'National Day' } },
  { date: '10-03', since: 0, name: { zh: '国庆节', en: 'National Day' } },
];

/** The holidays from one day to another that are certain before any notice. */
export const listStatutoryHolidays = (from: number, to: number): { day: number; name: Text; source: string }[] => {
  const [first, last] = [from, to].map((day) => Number(dateOf(day).slice(0, 4)));
  if (first === undefined || last === undefined) return [];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
    .flatMap((year) =>
      FIXED.filter(({ since }) => since <= year).map(({ date, name }) => ({
        day: dayOfDate(`${year}-${date}`),
        name,
        source: DECREE,
      })),
    )
    .filter(({ day }) => from <= day && day <= to);
};
