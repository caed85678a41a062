import type { PublishedCalendar } from '../db/registry/calendars.ts';
import type { CalendarData, Hours, HolidayNotice } from '../domain/calendar/calendar-schema.ts';
import { localTime } from './times.ts';
import type { Pen } from './words.ts';

/**
 * A calendar in readable form: the versions, the opening hours, then one line per holiday under the
 * notice that defines it.
 */
export const drawCalendar = (
  pen: Pen,
  { version, coveredFrom, coveredUntil, windowHours, notices }: CalendarData,
  versions: readonly PublishedCalendar[],
  year?: number,
): string[] => {
  const { t } = pen;
  return [
    t('calendar.head', { version, from: coveredFrom, until: coveredUntil }),
    ...versions.map((one) => {
      const at = localTime(new Date(one.publishedAt).toISOString());
      const said = t('calendar.publishedBy', { version: one.version, at, account: one.publishedBy });
      return `  ${one.version === version ? '*' : ' '} ${said}`;
    }),
    ...windowHours.map(({ from, hours }) => `  ${t('calendar.hoursFrom', { from, hours: hoursInWords(hours) })}`),
    ...notices
      .filter((notice) => year === undefined || notice.year === year)
      .flatMap((notice) => drawHolidayNotice(pen, notice)),
  ];
};

const drawHolidayNotice = (
  { language, t }: Pen,
  { year, source, holidays, workdays, halfDays }: HolidayNotice,
): string[] => [
  `${year}  ${source}`,
  ...holidays.map(({ name, from, to }) => `  ${from}${from === to ? '' : ` … ${to}`}  ${name[language]}`),
  ...(workdays.length === 0 ? [] : [`  ${t('calendar.worked', { days: workdays.join(', ') })}`]),
  ...halfDays.map(
    ({ date, name, hours }) => `  ${date}  ${name[language]}, ${t('calendar.openAt', { hours: hoursInWords(hours) })}`,
  ),
];

const hoursInWords = (hours: Hours): string => hours.map(({ open, close }) => `${open}–${close}`).join(', ');
