import { windowTime, windowTimeAt, dayTime, dayTimeAt, WORKING_DAY_MS, type Calendar } from '../calendar/calendar.ts';
import { addLimit, scaleOf, type Pause } from '../calendar/limit.ts';
import type { StepClock } from '../engine/clock.ts';
import type { Limit, Step } from '../definition/schema.ts';

/** The instants against which a step or a case is measured; all that a light needs, so a row holds them. */
export interface Deadlines {
  /** From here on the light is yellow. */
  yellowAt: number;
  promisedAt: number;
  statutoryAt?: number;
  /** One of them lies past the calendar's last covered day (暂定). */
  provisional: boolean;
}

/** What is promised and what the law allows. */
export interface Limits {
  promised: Limit;
  statutory?: Limit | undefined;
}

/**
 * The deadlines of a clock that starts at `startedAt`. Pauses shift promised and statutory alike, by the time of that clock which they
 * took (`addLimit`); they may overlap and come in any order. `more` lengthens each limit, in its own time.
 */
export const deadlines = ({
  calendar,
  startedAt,
  limit,
  pauses,
  more = NOTHING_MORE,
}: {
  calendar: Calendar;
  startedAt: number;
  limit: Limits;
  pauses: readonly Pause[];
  more?: { promised: number; statutory: number };
}): Deadlines => {
  const promised = addLimit(calendar, startedAt, limit.promised, pauses, more.promised);
  const statutory = limit.statutory && addLimit(calendar, startedAt, limit.statutory, pauses, more.statutory);
  return {
    yellowAt: yellowFrom(calendar, promised.at, limit.promised),
    promisedAt: promised.at,
    ...(statutory && { statutoryAt: statutory.at }),
    provisional: promised.provisional || statutory?.provisional === true,
  };
};

const NOTHING_MORE = { promised: 0, statutory: 0 };

/**
 * The deadlines of a step: from its first sending, or from where its limit began anew. Its pauses are the holds that stop the legal
 * clock; an extension lengthens what is promised and, being one that the law provides for (行政许可法 art. 42), the statutory limit.
 */
export const stepDeadlines = (calendar: Calendar, limit: Step['limit'], clock: StepClock): Deadlines => {
  const extension = { workingDays: clock.extensionDays ?? 0 };
  return deadlines({
    calendar,
    startedAt: clock.restartedAt ?? clock.startedAt,
    limit,
    pauses: legalPauses(clock),
    more: {
      promised: scaleOf(calendar, limit.promised).amountOf(extension),
      statutory: limit.statutory ? scaleOf(calendar, limit.statutory).amountOf(extension) : 0,
    },
  });
};

/** The holds that stop the legal clock: an outage only moves the blame. */
export const legalPauses = ({ holds }: StepClock): Pause[] => holds.filter(({ why }) => why !== 'outage');

/**
 * Yellow when no more than a fifth of the limit or one working day, whichever is longer, remains until `promisedAt`; a
 * limit of minutes or seconds when a fifth remains (domain thresholds, `lightOf`).
 */
export const yellowFrom = (calendar: Calendar, promisedAt: number, limit: Limit): number => {
  const daysEarlier = (days: number): number =>
    dayTimeAt(calendar, dayTime(calendar, promisedAt) - days * WORKING_DAY_MS);
  if ('seconds' in limit) return promisedAt - (limit.seconds * 1000) / 5;
  if ('workingMinutes' in limit) {
    return windowTimeAt(calendar, windowTime(calendar, promisedAt) - (limit.workingMinutes * 60_000) / 5);
  }
  if ('workingDays' in limit) return daysEarlier(Math.max(limit.workingDays / 5, 1));
  return Math.min(promisedAt - (limit.calendarDays * 86_400_000) / 5, daysEarlier(1));
};
