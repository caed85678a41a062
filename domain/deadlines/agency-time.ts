import { windowTime, type Calendar } from '../calendar/calendar.ts';
import type { StepClock } from '../case/clock.ts';

const MINUTE_MS = 60_000;

/**
 * How long the agency of an ended step held it, in minutes and in minutes of window hours. The time
 * runs from the last sending to the end of the step. Time that another party held the step, and
 * time of an outage, is left out.
 */
export const agencyTime = (
  calendar: Calendar,
  { startedAt, restartedAt, endedAt, holds }: StepClock & { endedAt: number },
): { heldMinutes: number; workedMinutes: number } => {
  const from = restartedAt ?? startedAt;
  let held = 0;
  let worked = 0;
  let seenUntil = from;
  const count = (to: number) => {
    if (to <= seenUntil) return;
    held += to - seenUntil;
    worked += windowTime(calendar, to) - windowTime(calendar, seenUntil);
  };
  for (const hold of holds.toSorted((a, b) => a.from - b.from)) {
    count(Math.min(hold.from, endedAt));
    seenUntil = Math.max(seenUntil, hold.to ?? endedAt);
  }
  count(endedAt);
  return { heldMinutes: held / MINUTE_MS, workedMinutes: worked / MINUTE_MS };
};

/** Whether its agency asked for a supplement while it had the step. */
export const isSupplemented = ({ holds }: StepClock): boolean =>
  holds.some(({ why }) => why === 'gathering' || why === 'supplement');
