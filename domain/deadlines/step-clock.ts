import type { Calendar } from '../calendar/calendar.ts';
import { addLimit, scaleOf, type Pause } from '../calendar/limit.ts';
import type { StepClock } from '../case/clock.ts';
import type { Limit, Step } from '../matter/schema.ts';
import { findYellowAt } from './light.ts';

/** The deadlines of a step or a case. A row holds them, because a light depends on nothing else. */
export interface Deadlines {
  /** From here on the light is yellow. */
  yellowAt: number;
  promisedAt: number;
  statutoryAt?: number;
  /** The promised deadline lies past the calendar's last covered day (暂定). */
  provisional: boolean;
  /** The statutory deadline does. */
  statutoryProvisional: boolean;
}

/** The promised limit and the limit of the law. */
export interface Limits {
  promised: Limit;
  statutory?: Limit | undefined;
}

/**
 * The deadlines of a clock that starts at `startedAt`. Pauses move the promised and the statutory
 * deadline by the time that they took from each (`addLimit`). They can overlap and come in any
 * order. `more` lengthens each limit, in its own unit.
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
    yellowAt: findYellowAt(calendar, promised.at, limit.promised),
    promisedAt: promised.at,
    ...(statutory && { statutoryAt: statutory.at }),
    provisional: promised.provisional,
    statutoryProvisional: statutory?.provisional === true,
  };
};

const NOTHING_MORE = { promised: 0, statutory: 0 };

/**
 * The deadlines of a step, from its first sending or from the instant at which its limit was
 * restarted. Its pauses are the holds that stop the legal clock. An extension lengthens the
 * promised limit and also the statutory one, because the law provides for it (行政许可法 art. 42).
 */
export const stepDeadlines = (calendar: Calendar, limit: Step['limit'], clock: StepClock): Deadlines => {
  const extension = { workingDays: clock.extensionDays ?? 0 };
  return deadlines({
    calendar,
    startedAt: clock.restartedAt ?? clock.startedAt,
    limit,
    pauses: listLegalPauses(clock),
    more: {
      promised: scaleOf(calendar, limit.promised).amountOf(extension),
      statutory: limit.statutory ? scaleOf(calendar, limit.statutory).amountOf(extension) : 0,
    },
  });
};

/**
 * The holds that stop the legal clock. An outage does not stop it; it only moves the
 * responsibility.
 */
export const listLegalPauses = ({ holds }: StepClock): Pause[] => holds.filter(({ why }) => why !== 'outage');
