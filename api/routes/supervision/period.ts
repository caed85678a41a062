import { dateOf, DAY_MS, dayOf, dayOfDate, startOfDay } from '../../../domain/calendar/calendar-days.ts';
import { problem, type Language } from '../../http/problems.ts';

/** Length of the period by default. */
const USUAL_DAYS = 30;
const MOST_DAYS = 366;

/** A period of days in China time, and its instants: from `start`, before `stop`. */
export interface Days {
  from: string;
  to: string;
  start: number;
  stop: number;
}

/**
 * The period of a report. Throws `REQUEST_INVALID` for days in the wrong order or too many days.
 */
export const daysOf = (
  query: { from?: string | undefined; to?: string | undefined },
  now: number,
  language: Language,
): Days => {
  const last = query.to === undefined ? dayOf(now) : dayOfDate(query.to);
  const first = query.from === undefined ? last - USUAL_DAYS + 1 : dayOfDate(query.from);
  const rule = first > last ? 'in-order' : last - first >= MOST_DAYS ? 'too-long' : undefined;
  if (rule !== undefined) {
    const message = MESSAGES[rule][language];
    throw problem('REQUEST_INVALID', { errors: [{ path: 'query.from', rule, message }] });
  }
  return { from: dateOf(first), to: dateOf(last), start: startOfDay(first), stop: startOfDay(last) + DAY_MS };
};

const MESSAGES = {
  'in-order': { zh: '起始日期不能晚于截止日期', en: 'The first day must not be later than the last day' },
  'too-long': { zh: `最多 ${MOST_DAYS} 天`, en: `At most ${MOST_DAYS} days` },
} as const;
