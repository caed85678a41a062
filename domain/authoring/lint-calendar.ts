import { dateOf, dayOfDate, isWeekday } from '../calendar/calendar-days.ts';
import type { CalendarData, Hours, HolidayNotice } from '../calendar/calendar-schema.ts';
import { CALENDAR_FINDINGS } from '../words/calendar-findings.ts';
import type { FindingWords } from '../words/findings.ts';
import type { DefinitionPath, Finding } from './findings.ts';

/**
 * Checks the parts of a calendar against each other and returns all findings. No findings: it can
 * be published.
 */
export const lintCalendar = (data: CalendarData): Finding[] => {
  const { coveredFrom, coveredUntil, windowHours, notices } = data;
  if (coveredUntil < coveredFrom) {
    return [finding('covered', ['coveredUntil'], CALENDAR_FINDINGS.covered(coveredFrom))];
  }
  const judge = createDayJudge(data);
  return [
    ...windowHours.flatMap(({ from, hours }, index) => [
      ...lintHours(hours, ['windowHours', index, 'hours']),
      ...(from > (windowHours[index - 1]?.from ?? '')
        ? []
        : [finding('window-hours-order', ['windowHours', index, 'from'], CALENDAR_FINDINGS.windowHoursOrder(from))]),
    ]),
    ...notices.flatMap((notice, index) => lintHolidayNotice(notice, ['notices', index], judge)),
    ...lintYears(data),
  ];
};

/**
 * Judges the days in the order of the holiday notices: an earlier notice counts for a later one.
 */
type DayJudge = (date: string, kind: 'holiday' | 'workday' | 'half-day', path: DefinitionPath) => Finding[];

const createDayJudge = ({ coveredFrom, coveredUntil }: CalendarData): DayJudge => {
  const worked = new Map<number, boolean>();
  return (date, kind, path) => {
    const day = dayOfDate(date);
    const wasWorked = worked.get(day) ?? isWeekday(day);
    worked.set(day, kind !== 'holiday');
    if (date < coveredFrom || date > coveredUntil) {
      return [finding('not-covered', path, CALENDAR_FINDINGS.notCovered(date, coveredFrom, coveredUntil))];
    }
    if (kind === 'workday' && wasWorked) {
      return [finding('already-worked', path, CALENDAR_FINDINGS.alreadyWorked(date))];
    }
    if (kind === 'half-day' && !wasWorked) {
      return [finding('half-day-not-worked', path, CALENDAR_FINDINGS.halfDayNotWorked(date))];
    }
    return [];
  };
};

const lintHolidayNotice = (
  { holidays, workdays, halfDays }: HolidayNotice,
  path: DefinitionPath,
  judge: DayJudge,
): Finding[] => {
  const named = new Map<string, number>();
  const reportSecond = (date: string, at: DefinitionPath): Finding[] => {
    named.set(date, (named.get(date) ?? 0) + 1);
    return named.get(date) === 1 ? [] : [finding('day-twice', at, CALENDAR_FINDINGS.dayTwice(date))];
  };
  return [
    ...holidays.flatMap(({ from, to }, index): Finding[] => {
      const at = [...path, 'holidays', index, 'to'];
      if (to < from) return [finding('backwards', at, CALENDAR_FINDINGS.backwards(from))];
      return datesOf(from, to).flatMap((date) => {
        const outside = judge(date, 'holiday', date === from ? [...path, 'holidays', index, 'from'] : at);
        return [...reportSecond(date, at), ...(date === from || date === to ? outside : [])];
      });
    }),
    ...workdays.flatMap((date, index) => {
      const at = [...path, 'workdays', index];
      return [...reportSecond(date, at), ...judge(date, 'workday', at)];
    }),
    ...halfDays.flatMap(({ date, hours }, index) => {
      const at = [...path, 'halfDays', index];
      return [...judge(date, 'half-day', [...at, 'date']), ...lintHours(hours, [...at, 'hours'])];
    }),
  ];
};

const datesOf = (from: string, to: string): string[] => {
  const first = dayOfDate(from);
  return Array.from({ length: dayOfDate(to) - first + 1 }, (_, index) => dateOf(first + index));
};

const lintHours = (hours: Hours, path: DefinitionPath): Finding[] =>
  hours.flatMap(({ open, close }, index) => {
    const before = hours[index - 1]?.close ?? '';
    if (close <= open) {
      return [finding('hours-order', [...path, index, 'close'], CALENDAR_FINDINGS.closesBefore(open))];
    }
    return open >= before
      ? []
      : [finding('hours-order', [...path, index, 'open'], CALENDAR_FINDINGS.opensBefore(before))];
  });

/** A covered year without a holiday notice would count as a year without holidays. */
const lintYears = ({ coveredFrom, coveredUntil, notices }: CalendarData): Finding[] => {
  const known = new Set(notices.map(({ year }) => year));
  const [first, last] = [Number(coveredFrom.slice(0, 4)), Number(coveredUntil.slice(0, 4))];
  const missing = Array.from({ length: last - first + 1 }, (_, index) => first + index).filter(
    (year) => !known.has(year),
  );
  return missing.map((year) => finding('year-without-notice', ['notices'], CALENDAR_FINDINGS.yearWithoutNotice(year)));
};

const finding = (rule: string, path: DefinitionPath, words: FindingWords): Finding => ({ rule, path, ...words });
