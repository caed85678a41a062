import fc from 'fast-check';
import type { CalendarData } from '../../../domain/calendar/calendar-schema.ts';
import type { PathStep } from '../../../domain/deadlines/critical-path.ts';
import type { StepClock } from '../../../domain/case/clock.ts';
import type { Limit } from '../../../domain/matter/schema.ts';
import { createOracle } from '../calendar/oracle.ts';

/**
 * Computes the deadline of a promise over many steps in a slow and independent way: it lists every
 * path, adds up its length day by day, and moves the deadline until no later pause counts. It uses
 * nothing of domain/deadlines/critical-path.ts.
 */
export const createPathOracle = (data: CalendarData) => {
  const oracle = createOracle(data);
  return (start: number, limit: Limit, steps: readonly PathStep[]): number => {
    const begin = oracle.begin(start, limit);
    const paths = pathsOf(steps);
    const limitOf = ({ inside, limit: { promised } }: PathStep): number => (inside ? amountOf(promised) : 0);
    const allowed = Math.max(amountOf(limit), ...paths.map((path) => sum(path.map(limitOf))));
    const sumPausesBefore = (deadline: number, { inside, clock }: PathStep): number => {
      const spans = inside ? clock!.holds : [{ from: clock!.startedAt, to: clock!.endedAt! }];
      return sum(
        spans
          .map(({ from, to }) => ({ from: Math.max(from, begin), to: to! }))
          .map(({ from, to }) => (from < deadline && to > from ? oracle.between(from, to, limit) : 0)),
      );
    };
    const extensionOf = ({ inside, clock }: PathStep): number => (inside ? (clock!.extensionDays ?? 0) * DAY : 0);
    let deadline = oracle.deadline(start, limit, []);
    for (;;) {
      const lengths = paths.map((path) =>
        sum(path.map((step) => limitOf(step) + extensionOf(step) + sumPausesBefore(deadline, step))),
      );
      const next = oracle.deadline(start, limit, [], Math.max(0, Math.max(...lengths) - allowed));
      if (next === deadline) return deadline;
      deadline = next;
    }
  };
};

/** Every path through the steps to one that is inside. */
export const pathsOf = (steps: readonly PathStep[]): PathStep[][] => {
  const paths: PathStep[][] = [];
  const walk = (step: PathStep, after: PathStep[]): void => {
    const path = [step, ...after];
    const before = step.needs.flatMap(({ of }) => of);
    if (before.length === 0) paths.push(path);
    for (const id of before)
      walk(
        steps.find((one) => one.id === id)!,
        path,
      );
  };
  for (const step of steps) if (step.inside) walk(step, []);
  return paths;
};

const DAY = 390 * 60_000;
const amountOf = (limit: Limit): number => {
  if ('workingDays' in limit) return limit.workingDays * DAY;
  if ('workingMinutes' in limit) return limit.workingMinutes * 60_000;
  if ('seconds' in limit) return limit.seconds * 1_000;
  throw new Error('not drawn');
};
const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);

/** Limits in minutes and in working days, in any combination for steps and case. */
const workingLimit: fc.Arbitrary<Limit> = fc.oneof(
  fc.integer({ min: 1, max: 12 }).map((workingDays) => ({ workingDays })),
  fc.integer({ min: 1, max: 3_000 }).map((workingMinutes) => ({ workingMinutes })),
);

/**
 * A random history of a few steps: each starts when the steps that it needs have ended, has some
 * pauses, may be extended, and ends.
 */
export const workingHistory = fc.record({
  /** Minutes after the start of the calendar. */
  after: fc.integer({ min: 0, max: 400_000 }),
  limit: workingLimit,
  drawn: fc.array(
    fc.record({
      needs: fc.array(fc.nat(20), { maxLength: 2 }),
      limit: workingLimit,
      inside: fc.boolean(),
      extensionDays: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined, freq: 4 }),
      /** Minutes: running, paused, running, … */
      parts: fc.array(fc.integer({ min: 1, max: 8_000 }), { minLength: 1, maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});
type WorkingHistory = typeof workingHistory extends fc.Arbitrary<infer T> ? T : never;

export const stepsOfHistory = (start: number, { drawn }: WorkingHistory): PathStep[] => {
  const steps: PathStep[] = [];
  for (const [index, { needs, limit, inside, extensionDays, parts }] of drawn.entries()) {
    const of = index === 0 ? [] : [...new Set(needs.map((place) => `s${place % index}`))];
    const ends = steps.filter(({ id }) => of.includes(id)).map(({ clock }) => clock!.endedAt!);
    let now = Math.max(start, ...ends);
    const clock: StepClock = { startedAt: now, holds: [], ...(extensionDays !== undefined && { extensionDays }) };
    for (const [place, minutes] of parts.entries()) {
      const to = now + minutes * 60_000;
      if (place % 2 === 1) clock.holds.push({ from: now, to, why: 'supplement' });
      now = to;
    }
    clock.endedAt = now;
    steps.push({
      id: `s${index}`,
      needs: of.length === 0 ? [] : [{ mode: 'all', of }],
      // The last step is inside, so that there is a promise.
      inside: inside || index === drawn.length - 1,
      limit: { promised: limit },
      clock,
      done: true,
    });
  }
  return steps;
};
