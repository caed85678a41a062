import { dayTime, dayTimeAt, windowTime, windowTimeAt, WORKING_DAY_MS, type Calendar } from '../calendar/calendar.ts';
import { plainTimeOf } from '../calendar/limit.ts';
import type { Limit } from '../matter/schema.ts';

/** Worst first: a case shows the first of these that any of its clocks shows. */
export const LIGHTS = ['deep-red', 'red', 'yellow', 'green', 'grey'] as const;
export type Light = (typeof LIGHTS)[number];

/**
 * The columns of a step or a case that a light depends on; instants as `deadlines` returned them.
 */
export interface LightRow {
  /** Absent: the clock has not started. */
  promisedAt?: number | undefined;
  yellowAt?: number | undefined;
  statutoryAt?: number | undefined;
  /** Since when the clock is paused. */
  pausedAt?: number | undefined;
  endedAt?: number | undefined;
}

/**
 * The light of one clock, of a step or of a case. It depends on the row and the current time only,
 * so no process has to change it. `light_rank` in `db/migrations/0002_cases.sql` repeats this rule.
 * - yellow from `yellowAt`; red after the promised deadline, deep red after the statutory one; the
 *   deadline itself is in time
 * - grey: not started, or paused while in time; a pause does not hide earlier lateness
 * - ended: green when in time, otherwise the red at its end, because lateness stays on the record;
 *   a clock that was paused at its end (only the parcel was on its way) is judged at the start of
 *   that pause
 */
export const lightOf = ({ now, ...row }: LightRow & { now: number }): Light => {
  if (row.promisedAt === undefined) return 'grey';
  const at = row.endedAt === undefined ? (row.pausedAt ?? now) : Math.min(row.endedAt, row.pausedAt ?? row.endedAt);
  if (row.statutoryAt !== undefined && at > row.statutoryAt) return 'deep-red';
  if (at > row.promisedAt) return 'red';
  if (row.endedAt !== undefined) return 'green';
  if (row.pausedAt !== undefined) return 'grey';
  return row.yellowAt !== undefined && at >= row.yellowAt ? 'yellow' : 'green';
};

/**
 * The light that a case shows: the worst of its own light and those of its open steps, because a
 * late step counts even when the case is in time.
 */
export const caseLight = (openSteps: readonly Light[], own: Light): Light =>
  LIGHTS.find((light) => light === own || openSteps.includes(light)) ?? own;

/**
 * The start of the yellow light: a fifth of the limit before `promisedAt`, in the time in which the
 * limit runs. No clock is yellow when it starts.
 */
export const findYellowAt = (calendar: Calendar, promisedAt: number, limit: Limit): number => {
  if ('seconds' in limit) return promisedAt - (limit.seconds * 1000) / 5;
  if ('calendarDays' in limit || 'months' in limit) return promisedAt - plainTimeOf(limit) / 5;
  if ('workingMinutes' in limit) {
    return windowTimeAt(calendar, windowTime(calendar, promisedAt) - (limit.workingMinutes * 60_000) / 5);
  }
  return dayTimeAt(calendar, dayTime(calendar, promisedAt) - (limit.workingDays * WORKING_DAY_MS) / 5);
};
