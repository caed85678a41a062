import type { CalendarData } from '../../../domain/calendar/calendar-schema.ts';
import type { Pause } from '../../../domain/calendar/limit.ts';
import type { Limit } from '../../../domain/matter/schema.ts';

/**
 * Computes the ends of limits in a slow and independent way: day by day, with dates as text, directly
 * from the calendar file. It uses nothing of domain/calendar/calendar.ts and domain/calendar/limit.ts.
 */
export const createOracle = ({ notices, windowHours, coveredUntil }: CalendarData) => {
  const days = new Map<string, { worked: boolean; hours?: Span[] }>();
  for (const { holidays, workdays, halfDays } of notices) {
    for (const { from, to } of holidays) {
      for (let date = from; date <= to; date = nextDate(date)) days.set(date, { worked: false });
    }
    for (const date of workdays) days.set(date, { worked: true });
    for (const { date, hours } of halfDays) days.set(date, { worked: true, hours: hours.map(minutesOf) });
  }
  const isFixedHoliday = (date: string): boolean => date > coveredUntil && /-(01-01|05-0[12]|10-0[123])$/.test(date);
  const isWorked = (date: string): boolean =>
    days.get(date)?.worked ?? (![0, 6].includes(new Date(date).getUTCDay()) && !isFixedHoliday(date));
  const spansOf = remembered((date): Span[] => {
    if (!isWorked(date)) return [];
    const regime = windowHours.filter(({ from }) => from <= date).at(-1) ?? windowHours[0]!;
    const hours = days.get(date)?.hours ?? regime.hours.map(minutesOf);
    const midnight = shanghai(`${date}T00:00`);
    return hours.map(([open, close]): Span => [midnight + open * 60_000, midnight + close * 60_000]);
  });

  /**
   * The instant at which `amount` of the open time after `start` has passed. `weigh` gives the weight
   * of a millisecond of a day.
   */
  const walk = (
    start: number,
    amount: number,
    pauses: readonly Pause[],
    openOn: (date: string) => Span[],
    weigh: (date: string) => [counted: number, of: number] = () => [1, 1],
  ): number => {
    let left = amount;
    for (let date = dateAt(start); ; date = nextDate(date)) {
      const [counted, of] = weigh(date);
      for (const [open, close] of subtract(openOn(date), pauses)) {
        const from = Math.max(open, start);
        const length = close - from;
        if (length <= 0) continue;
        if ((length * counted) / of >= left) return from + Math.ceil((left * of) / counted);
        left -= (length * counted) / of;
      }
    }
  };

  const spanOfDay = (date: string): Span[] => [[shanghai(`${date}T00:00`), shanghai(`${nextDate(date)}T00:00`)]];
  /**
   * A short working day counts as a whole day, so each of its milliseconds has a larger weight.
   */
  const weighDay = (date: string): [number, number] => [390 * 60_000, lengthOf(spansOf(date))];

  return {
    isWorked,
    spansOf,
    /** The instant from which a limit counts. */
    begin: (start: number, limit: Limit): number =>
      'workingDays' in limit || 'calendarDays' in limit || 'months' in limit
        ? shanghai(`${nextDate(dateAt(start))}T00:00`)
        : start,
    /** The time between two instants that counts for a limit, day by day. */
    between: (from: number, to: number, limit: Limit): number => {
      if ('seconds' in limit) return Math.max(to - from, 0);
      let sum = 0;
      for (let date = dateAt(from); date <= dateAt(to); date = nextDate(date)) {
        const [counted, of] = 'workingDays' in limit ? weighDay(date) : [1, 1];
        for (const [open, close] of spansOf(date)) {
          sum += (Math.max(Math.min(close, to) - Math.max(open, from), 0) * counted) / of;
        }
      }
      return sum;
    },
    /** `more` lengthens a limit, in milliseconds of its own time. */
    deadline: (start: number, limit: Limit, pauses: readonly Pause[], more = 0): number => {
      const tomorrow = shanghai(`${nextDate(dateAt(start))}T00:00`);
      if ('seconds' in limit) return walk(start, limit.seconds * 1000 + more, pauses, spanOfDay);
      if ('workingMinutes' in limit) return walk(start, limit.workingMinutes * 60_000 + more, pauses, spansOf);
      if ('workingDays' in limit) {
        return walk(tomorrow, limit.workingDays * 390 * 60_000 + more, pauses, spansOf, weighDay);
      }
      const days = 'months' in limit ? countDays(dateAt(start), limit.months) : limit.calendarDays;
      let date = dateAt(walk(tomorrow, days * 86_400_000, pauses, spanOfDay) - 1);
      while (!isWorked(date)) date = nextDate(date);
      return spansOf(date).at(-1)![1];
    },
  };
};

/** The days to the date of the same number, so many months later, found by walking over the dates. */
export const countDays = (start: string, months: number): number => {
  const [year = 0, month = 0] = start.split('-').map(Number);
  const index = year * 12 + month - 1 + months;
  const inMonth = `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`;
  for (let [date, days] = [start, 0]; ; date = nextDate(date), days++) {
    const isLast = !nextDate(date).startsWith(inMonth);
    if (date.startsWith(inMonth) && (date.slice(8) === start.slice(8) || isLast)) return days;
  }
};

type Span = [from: number, to: number];

/** An instant of a local time in China, and back. */
export const shanghai = (local: string): number => Date.parse(`${local}+08:00`);
export const local = (instant: number): string => new Date(instant + 8 * 3_600_000).toISOString().slice(0, 16);

const dateAt = (instant: number): string => local(instant).slice(0, 10);
/** Cached, because the same few hundred days are needed many times. */
const remembered = <T>(work: (date: string) => T): ((date: string) => T) => {
  const known = new Map<string, T>();
  return (date) => {
    const found = known.get(date) ?? work(date);
    known.set(date, found);
    return found;
  };
};
const nextDate = remembered((date) => new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10));
const minutesOf = ({ open, close }: { open: string; close: string }): Span => [minuteOf(open), minuteOf(close)];
const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const lengthOf = (spans: Span[]): number => spans.reduce((sum, [from, to]) => sum + to - from, 0);

const subtract = (spans: Span[], pauses: readonly Pause[]): Span[] =>
  pauses.reduce<Span[]>(
    (left, { from, to = from }) =>
      left
        .flatMap(([open, close]): Span[] => [
          [open, Math.min(close, from)],
          [Math.max(open, to), close],
        ])
        .filter(([open, close]) => close > open),
    spans,
  );
