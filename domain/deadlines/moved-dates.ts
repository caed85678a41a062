import type { Calendar } from '../calendar/calendar.ts';
import { caseDeadlines } from './case-clock.ts';
import { stepDeadlines, type Deadlines } from './step-clock.ts';
import { findStep } from '../matter/compile.ts';
import type { CaseState } from '../case/state.ts';
import { isCaseEnd } from '../case/status.ts';
import type { Matter } from '../matter/schema.ts';

/** An open deadline of a case or of one of its steps, by an earlier and by a later calendar. */
export interface MovedDate {
  stepId?: string;
  which: 'promised' | 'statutory';
  before: number;
  after: number;
  /** By the later calendar. */
  provisional: boolean;
  /** It stayed where it was and is no longer provisional. */
  firm: boolean;
}

/**
 * The open deadlines of a case that differ between two calendars, also in being provisional: the
 * effect of a `calendar-changed`.
 */
export const listMovedDates = (before: Calendar, after: Calendar, matter: Matter, state: CaseState): MovedDate[] => {
  const listMoved = (by: (calendar: Calendar) => Deadlines, stepId?: string): MovedDate[] => {
    const [old, now] = [by(before), by(after)];
    const pairs = [
      {
        which: 'promised' as const,
        from: old.promisedAt,
        to: now.promisedAt,
        marks: [old.provisional, now.provisional],
      },
      {
        which: 'statutory' as const,
        ...{ from: old.statutoryAt, to: now.statutoryAt },
        marks: [old.statutoryProvisional, now.statutoryProvisional],
      },
    ];
    return pairs.flatMap(({ which, from, to, marks: [wasProvisional, provisional = false] }) => {
      if (from === undefined || to === undefined) return [];
      if (from === to && wasProvisional === provisional) return [];
      const firm = from === to && !provisional;
      return [{ ...(stepId !== undefined && { stepId }), which, before: from, after: to, provisional, firm }];
    });
  };
  const { plan, acceptedAt, status } = state;
  const steps = Object.entries(state.steps).map(([id, step]) => ({ ...step, id, endedAt: step.clock?.endedAt }));
  const whole =
    acceptedAt === undefined || isCaseEnd(status)
      ? []
      : listMoved((calendar) => caseDeadlines(calendar, matter, plan, steps, acceptedAt));
  const ofSteps = steps.flatMap(({ id, clock }) => {
    const limit = findStep(matter, id)?.step.limit;
    return !clock || clock.endedAt !== undefined || !limit
      ? []
      : listMoved((calendar) => stepDeadlines(calendar, limit, clock), id);
  });
  return [...whole, ...ofSteps];
};
