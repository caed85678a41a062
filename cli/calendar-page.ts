import type { PublishedCalendar } from '../db/calendars.ts';
import type { CalendarData, Hours, Notice } from '../matters/calendar/calendar-schema.ts';
import type { Text } from '../matters/definition/schema.ts';

/** A calendar for reading: which versions there are, the window hours, then a line a holiday under the notice that set it. */
export const drawCalendar = (
  { version, coveredFrom, coveredUntil, windowHours, notices }: CalendarData,
  versions: readonly PublishedCalendar[],
  language: keyof Text,
  year?: string,
): string[] => [
  `calendar ${version}  ${coveredFrom} … ${coveredUntil}`,
  ...versions.map(
    ({ version: one, publishedAt, publishedBy }) =>
      `  ${one === version ? '*' : ' '} ${one} published ${new Date(publishedAt).toISOString().slice(0, 10)} by ${publishedBy}`,
  ),
  ...windowHours.map(({ from, hours }) => `  from ${from}  ${hoursInWords(hours)}`),
  ...notices
    .filter((notice) => year === undefined || String(notice.year) === year)
    .flatMap((notice) => drawNotice(notice, language)),
];

const drawNotice = ({ year, source, holidays, workdays, halfDays }: Notice, language: keyof Text): string[] => [
  `${year}  ${source}`,
  ...holidays.map(({ name, from, to }) => `  ${from}${from === to ? '' : ` … ${to}`}  ${name[language]}`),
  ...(workdays.length === 0 ? [] : [`  worked: ${workdays.join(', ')}`]),
  ...halfDays.map(({ date, name, hours }) => `  ${date}  ${name[language]}, open ${hoursInWords(hours)}`),
];

const hoursInWords = (hours: Hours): string => hours.map(({ open, close }) => `${open}–${close}`).join(', ');
