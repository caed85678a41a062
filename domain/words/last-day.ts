import { dateOf, dayOf, startOfDay } from '../calendar/calendar-days.ts';
import type { LastDayState } from '../deadlines/last-day-state.ts';
import type { Text } from '../matter/schema.ts';

/** The last day on which an act is in time, if it must be done before the instant `at`. YYYY-MM-DD. */
export const lastDayOf = (at: number): string => dateOf(dayOf(at - 1));

/**
 * The last day for an act of the applicant, as all pages and papers print it: the day itself counts,
 * until the windows close if `at` is not midnight. For example 最迟2026年12月20日（含当日）.
 */
export const lastDayText = (at: number): Text => {
  const day = new Date(`${lastDayOf(at)}T00:00:00Z`);
  const format = (language: string) =>
    new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(day);
  const hour = at === startOfDay(dayOf(at)) ? '' : TIME.format(at);
  return {
    zh: `最迟${format('zh-CN')}（含当日）${hour && `${hour}前`}`,
    en: `By ${hour && `${hour} on `}${format('en-GB')} (that day included)`,
  };
};

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Shanghai' });

/** Whether the act of the applicant came in time. */
export const LAST_DAY_STATE_WORDS = {
  open: { zh: '未到期', en: 'Still time' },
  met: { zh: '按期', en: 'In time' },
  over: { zh: '已过期限', en: 'Over' },
} as const satisfies Record<LastDayState, Text>;

/** What the window is told when an application comes after a last day. `number`: of the list item. */
export const lastDayOverText = (name: Text, at: number, afterwards: Text, number?: number): Text => {
  const day = lastDayText(at);
  const mark = number === undefined ? '' : ` ${number}`;
  return {
    zh: `“${name.zh}${mark}”的期限已过（${day.zh}）：${afterwards.zh}`,
    en: `Too late for “${name.en}${mark}”. ${day.en}. ${afterwards.en}`,
  };
};
