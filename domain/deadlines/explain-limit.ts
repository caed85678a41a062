import { dateOf, dayOf, DAY_MS, startOfDay } from '../calendar/calendar-days.ts';
import { describeDay, WORKING_DAY_MS, type Calendar, type DayInWords } from '../calendar/calendar.ts';
import { runLimit, scaleOf, type Deadline, type Pause } from '../calendar/limit.ts';
import type { Limit } from '../matter/schema.ts';

/** The unit in which a limit is counted. A limit in months is counted in calendar days. */
export const UNITS = ['working-day', 'working-minute', 'calendar-day', 'second'] as const;
export type Unit = (typeof UNITS)[number];

/**
 * A day between the start and the deadline: its kind, the notice that set it, and how much of it
 * counted.
 */
export interface ExplainedDay extends Omit<DayInWords, 'kind'> {
  date: string;
  /** `start-day`: the day on which a limit in days starts is not counted. */
  kind: DayInWords['kind'] | 'start-day';
  /** How much of the day counted, in units of the limit, and how much of it a pause took. */
  counted: number;
  paused: number;
}

export interface Explanation extends Deadline {
  limit: Limit;
  unit: Unit;
  /** The instant from which the limit is counted: for limits in days, the next midnight. */
  from: number;
  days: ExplainedDay[];
}

/**
 * Explains why a limit ends when it does (`addLimit`), day by day. The counted parts add up to the
 * limit and its extension.
 */
export const explainLimit = (
  calendar: Calendar,
  start: number,
  limit: Limit,
  pauses: readonly Pause[],
  more = 0,
): Explanation => {
  const { read, instantAt } = scaleOf(calendar, limit);
  const { from, end, moving } = runLimit(calendar, start, limit, pauses, more);
  const at = instantAt(end);
  // A limit in calendar days or months is used up at midnight. The hours until the windows close do
  // not count.
  const until = 'calendarDays' in limit || 'months' in limit ? end : at;
  const { unit, msOf } = unitOf(limit);
  const days: ExplainedDay[] = [];
  for (let day = dayOf(start); day <= dayOf(at); day++) {
    const clamp = (instant: number): number =>
      Math.min(Math.max(instant, from, startOfDay(day)), until, startOfDay(day + 1));
    const [ran, stood] = [
      read(clamp(Infinity)) - read(clamp(-Infinity)),
      moving.reduce((sum, pause) => sum + Math.max(read(clamp(pause.to)) - read(clamp(pause.from)), 0), 0),
    ];
    const described = describeDay(calendar, day);
    days.push({
      ...described,
      date: dateOf(day),
      kind: day < dayOf(from) ? 'start-day' : described.kind,
      counted: (ran - stood) / msOf,
      paused: stood / msOf,
    });
  }
  const provisional = !('seconds' in limit) && dayOf(at) > calendar.lastDay;
  return { at, provisional, limit, unit, from, days };
};

/** The unit of a limit, and the length of one unit on its scale. */
export const unitOf = (limit: Limit): { unit: Unit; msOf: number } => {
  if ('workingDays' in limit) return { unit: 'working-day', msOf: WORKING_DAY_MS };
  if ('workingMinutes' in limit) return { unit: 'working-minute', msOf: 60_000 };
  if ('seconds' in limit) return { unit: 'second', msOf: 1_000 };
  return { unit: 'calendar-day', msOf: DAY_MS };
};
