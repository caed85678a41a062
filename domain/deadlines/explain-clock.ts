import type { Calendar } from '../calendar/calendar.ts';
import type { PathDeadlines } from './case-clock.ts';
import { listLegalPauses, type Limits } from './step-clock.ts';
import type { PathDeadline, PathPart } from './critical-path.ts';
import { HOLD_REASONS, type StepClock } from '../case/clock.ts';
import { explainLimit, unitOf, type Explanation } from './explain-limit.ts';
import { runLimit, scaleOf } from '../calendar/limit.ts';

/**
 * Why a clock was paused: another party held the step; the step is outside the promise; it was
 * ready and a material was missing; the case had ended and was reopened.
 */
export const PAUSE_REASONS = [...HOLD_REASONS, 'outside', 'kept-back', 'case-ended'] as const;

interface ExplainedPause {
  stepId: string;
  why: (typeof PAUSE_REASONS)[number];
  from: number;
  /** Absent: the pause lasts. The date moves when it has ended. */
  to?: number;
  /** In units of the limit. */
  took: number;
  /** It moved the date. An outage never does, nor does a pause within the slack of its path. */
  moved: boolean;
}

/** One date of a clock with all its parts. Amounts are in units of its limit. */
export interface ExplainedDate extends Explanation {
  startedAt: number;
  /**
   * What was added to the limit. Of a step: its extension (its pauses are in the days). Of a case
   * or an item: everything that moved the date.
   */
  added: number;
  pauses: ExplainedPause[];
  /** Of a case or an item: the longest path. */
  path?: { stepId: string; limit: number; extension: number; paused: number }[];
}

export interface ExplainedDates {
  promised: ExplainedDate;
  statutory?: ExplainedDate;
}

/** The dates of a step (`stepDeadlines`). */
export const explainStep = (calendar: Calendar, limits: Limits, stepId: string, clock: StepClock): ExplainedDates => {
  const date = (limit: Limits['promised']): ExplainedDate => {
    const startedAt = clock.restartedAt ?? clock.startedAt;
    const addedMs = scaleOf(calendar, limit).amountOf({ workingDays: clock.extensionDays ?? 0 });
    const pauses = listLegalPauses(clock);
    const explained = explainLimit(calendar, startedAt, limit, pauses, addedMs);
    const { moving } = runLimit(calendar, startedAt, limit, pauses, addedMs);
    return {
      ...explained,
      startedAt,
      added: addedMs / unitOf(limit).msOf,
      pauses: clock.holds.map(({ why, from, to }) => {
        const own =
          why === 'outage' ? [] : moving.filter((span) => span.from >= from && (to === undefined || span.to <= to));
        const took = measureTaken(calendar, limit, own);
        return { stepId, why, from, ...(to !== undefined && { to }), took, moved: took > 0 };
      }),
    };
  };
  return { promised: date(limits.promised), ...(limits.statutory && { statutory: date(limits.statutory) }) };
};

/**
 * The dates of a case or an item (`caseDeadlines`, `itemClocks`). `clockOf` gives the clocks of its
 * steps.
 */
export const explainPaths = (
  calendar: Calendar,
  startedAt: number,
  { promised, statutory }: Pick<PathDeadlines, 'promised' | 'statutory'>,
  stepOf: (stepId: string) => { clock: StepClock | undefined; outside: boolean },
): ExplainedDates => {
  const date = (deadline: PathDeadline): ExplainedDate => {
    const { limit, movedMs, path, aside } = deadline;
    const { msOf } = unitOf(limit);
    const pausesOf = ({ stepId, pauses }: PathPart, moved: boolean): ExplainedPause[] =>
      pauses.map((span) => ({
        stepId,
        why: reasonOf(span, stepOf(stepId)),
        ...span,
        took: measureTaken(calendar, limit, [span]),
        moved: moved && movedMs > 0,
      }));
    return {
      ...explainLimit(calendar, startedAt, limit, [], movedMs),
      startedAt,
      added: movedMs / msOf,
      pauses: [...path.flatMap((part) => pausesOf(part, true)), ...aside.flatMap((part) => pausesOf(part, false))],
      path: path.map(({ stepId, limitMs, extensionMs, pausedMs }) => ({
        stepId,
        limit: limitMs / msOf,
        extension: extensionMs / msOf,
        paused: pausedMs / msOf,
      })),
    };
  };
  return { promised: date(promised), ...(statutory && { statutory: date(statutory) }) };
};

const reasonOf = (
  span: { from: number },
  { clock, outside }: { clock: StepClock | undefined; outside: boolean },
): ExplainedPause['why'] => {
  if (outside) return 'outside';
  const hold = clock?.holds.find(
    ({ from, to, why }) => why !== 'outage' && from <= span.from && (to ?? Infinity) > span.from,
  );
  if (hold) return hold.why;
  const rested = clock?.rests?.some(({ from, to }) => from <= span.from && to > span.from);
  return rested === true ? 'case-ended' : 'kept-back';
};

const measureTaken = (
  calendar: Calendar,
  limit: Limits['promised'],
  spans: readonly { from: number; to: number }[],
): number => {
  const { read } = scaleOf(calendar, limit);
  return spans.reduce((sum, { from, to }) => sum + read(to) - read(from), 0) / unitOf(limit).msOf;
};
