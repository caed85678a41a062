import { addLimit, instantOf, WORKING_DAY_MS, workingTime, type Calendar, type Pause } from './calendar.ts';
import type { Limit } from './schema.ts';

/** The instants against which a step or a case is measured; all that a light needs, so a row holds them. */
export interface Deadlines {
  /** From here on the light is yellow. */
  yellowAt: number;
  promisedAt: number;
  statutoryAt?: number;
  /** One of them lies past the calendar's last covered day (暂定). */
  provisional: boolean;
}

/**
 * The deadlines of a step or a case whose clock starts at `startedAt`. Pauses shift promised and statutory alike, by the
 * time of that clock which they took (`addLimit`); they may overlap and come in any order.
 */
export const deadlines = ({
  calendar,
  startedAt,
  limit,
  pauses,
}: {
  calendar: Calendar;
  startedAt: number;
  limit: { promised: Limit; statutory?: Limit | undefined };
  pauses: readonly Pause[];
}): Deadlines => {
  const promised = addLimit(calendar, startedAt, limit.promised, pauses);
  const statutory = limit.statutory && addLimit(calendar, startedAt, limit.statutory, pauses);
  return {
    yellowAt: yellowFrom(calendar, promised.at, limit.promised),
    promisedAt: promised.at,
    ...(statutory && { statutoryAt: statutory.at }),
    provisional: promised.provisional || statutory?.provisional === true,
  };
};

/**
 * Yellow when no more than a fifth of the limit or one working day, whichever is longer, remains until `promisedAt`; a
 * limit of minutes or seconds when a fifth remains (domain thresholds, `lightOf`).
 */
export const yellowFrom = (calendar: Calendar, promisedAt: number, limit: Limit): number => {
  const earlier = (workingMs: number): number => instantOf(calendar, workingTime(calendar, promisedAt) - workingMs);
  if ('seconds' in limit) return promisedAt - (limit.seconds * 1000) / 5;
  if ('workingMinutes' in limit) return earlier((limit.workingMinutes * 60_000) / 5);
  if ('workingDays' in limit) return earlier(Math.max(limit.workingDays / 5, 1) * WORKING_DAY_MS);
  return Math.min(promisedAt - (limit.calendarDays * 86_400_000) / 5, earlier(WORKING_DAY_MS));
};
