import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCalendar } from '../../../domain/calendar/calendar.ts';
import { pathDeadline, type PathStep } from '../../../domain/deadlines/critical-path.ts';
import type { StepClock } from '../../../domain/case/clock.ts';
import { addLimit, type Pause } from '../../../domain/calendar/limit.ts';
import type { Limit } from '../../../domain/matter/schema.ts';
import { mainland as calendar, MAINLAND } from '../calendar/mainland.ts';
import { createOracle, local, shanghai as at } from '../calendar/oracle.ts';
import { createPathOracle, pathsOf, stepsOfHistory, workingHistory } from './path-oracle.ts';
import { randomCalendar } from '../calendar/random-calendar.ts';

const START = at('2026-11-02T10:00');
const day = (date: number, time: string): number => at(`2026-11-${String(date).padStart(2, '0')}T${time}`);
const step = (
  id: string,
  limit: Limit,
  clock: Partial<StepClock> & { startedAt: number },
  more: Partial<PathStep> = {},
): PathStep => ({
  id,
  needs: [],
  inside: true,
  limit: { promised: limit },
  clock: { holds: [], ...clock },
  ...more,
});
const needAll = (...of: string[]): Pick<PathStep, 'needs'> => ({ needs: [{ mode: 'all', of }] });
const supplement = (from: number, to: number) => ({ from, to, why: 'supplement' as const });
const findPromise = (limit: Limit, steps: PathStep[]) => {
  const { at: end, path } = pathDeadline(calendar, START, { promised: limit }, 'promised', steps);
  return [local(end), path.map(({ stepId }) => stepId).join(' ')];
};

describe('the promise of a case', () => {
  const FIVE: Limit = { workingDays: 5 };
  const createShort = (holds: StepClock['holds']) => step('short', { workingDays: 1 }, { startedAt: START, holds });
  const createLong = (holds: StepClock['holds']) => step('long', { workingDays: 5 }, { startedAt: START, holds });

  it('is moved by the part of a pause that exceeds the slack of its branch', () => {
    expect(findPromise(FIVE, [createShort([]), createLong([])])).toEqual(['2026-11-09T17:00', 'long']);
    expect(findPromise(FIVE, [createShort([supplement(day(3, '00:00'), day(7, '00:00'))]), createLong([])])).toEqual([
      '2026-11-09T17:00',
      'short',
    ]);
    expect(findPromise(FIVE, [createShort([supplement(day(3, '00:00'), day(11, '00:00'))]), createLong([])])).toEqual([
      '2026-11-11T17:00',
      'short',
    ]);
  });

  it('is moved by the length of a pause of the longest branch, in a case with one branch or several', () => {
    const pauses = [supplement(day(3, '00:00'), day(4, '00:00')), supplement(day(5, '09:00'), day(5, '12:00'))];
    expect(findPromise(FIVE, [createShort([]), createLong(pauses)])).toEqual(['2026-11-11T12:00', 'long']);
    expect(findPromise(FIVE, [createShort([]), createLong(pauses.toReversed())])).toEqual(['2026-11-11T12:00', 'long']);
  });

  it('is not moved by an outage, by a pause that starts after it, or by a pause that has not ended', () => {
    const outage = [{ from: day(3, '00:00'), to: day(5, '00:00'), why: 'outage' as const }];
    expect(findPromise(FIVE, [createLong(outage)])[0]).toBe('2026-11-09T17:00');
    expect(findPromise(FIVE, [createLong([supplement(day(10, '00:00'), day(20, '00:00'))])])[0]).toBe(
      '2026-11-09T17:00',
    );
    expect(findPromise(FIVE, [createLong([{ from: day(3, '00:00'), why: 'supplement' }])])[0]).toBe('2026-11-09T17:00');
  });

  it('is paused while a step outside it delays a step inside, and not for a step for which no step waits', () => {
    const pay = step(
      'pay',
      { workingDays: 1 },
      { startedAt: day(3, '09:00'), endedAt: day(5, '09:00') },
      { inside: false },
    );
    const entry = step('entry', { workingDays: 5 }, { startedAt: day(5, '09:00') }, needAll('pay'));
    expect(findPromise(FIVE, [pay, entry])).toEqual(['2026-11-11T17:00', 'pay entry']);
    expect(findPromise(FIVE, [pay, { ...entry, needs: [] }])[0]).toBe('2026-11-09T17:00');
  });

  it('is paused while a missing pledged material defers a step', () => {
    const check = step('check', { seconds: 30 }, { startedAt: START, endedAt: day(3, '09:00') }, { done: true });
    const entry = step('entry', { workingDays: 5 }, { startedAt: day(4, '09:00') }, needAll('check'));
    expect(findPromise(FIVE, [check, entry])).toEqual(['2026-11-10T17:00', 'check entry']);
  });

  it('moves with an extension of a step on the critical path', () => {
    expect(findPromise(FIVE, [step('long', FIVE, { startedAt: START, extensionDays: 2 })])[0]).toBe('2026-11-11T17:00');
    expect(findPromise(FIVE, [step('short', { workingDays: 1 }, { startedAt: START, extensionDays: 2 })])[0]).toBe(
      '2026-11-09T17:00',
    );
  });

  it('is paused between the end of the case and the command to redo a step, not while other steps run', () => {
    const rests = [{ from: day(4, '09:00'), to: day(10, '00:00') }];
    const again = step('again', { workingDays: 4 }, { startedAt: START, restartedAt: day(10, '00:00'), rests });
    expect(findPromise(FIVE, [again])[0]).toBe('2026-11-12T17:00');
    expect(findPromise(FIVE, [again, createShort([])])[0]).toBe('2026-11-09T17:00');
    const over = { ...createShort([]), clock: { startedAt: START, holds: [], endedAt: day(5, '09:00') } };
    expect(findPromise(FIVE, [again, over])[0]).toBe('2026-11-11T17:00');
  });

  it('follows the alternative that was done, not the one that was paused', () => {
    const slow = step(
      'slow',
      { workingDays: 1 },
      { startedAt: START, holds: [supplement(day(3, '00:00'), day(13, '00:00'))] },
    );
    const quick = step(
      'quick',
      { workingDays: 1 },
      { startedAt: START, endedAt: day(3, '09:00') },
      { done: true, inside: true },
    );
    const entry = step(
      'entry',
      { workingDays: 4 },
      { startedAt: day(3, '09:00') },
      {
        needs: [{ mode: 'any', of: ['slow', 'quick'] }],
      },
    );
    expect(findPromise(FIVE, [{ ...slow, done: false }, quick, entry])[0]).toBe('2026-11-13T17:00');
    expect(findPromise(FIVE, [{ ...slow, inside: false, done: false }, quick, entry])[0]).toBe('2026-11-09T17:00');
  });

  it('that is shorter than the sum of its steps moves only by what pauses add', () => {
    const one = step('one', { workingDays: 4 }, { startedAt: START, endedAt: day(4, '09:00') }, { done: true });
    const createSecond = (holds: StepClock['holds']) =>
      step('two', { workingDays: 4 }, { startedAt: day(4, '09:00'), holds }, needAll('one'));
    expect(findPromise(FIVE, [one, createSecond([])])[0]).toBe('2026-11-09T17:00');
    expect(findPromise(FIVE, [one, createSecond([supplement(day(5, '00:00'), day(6, '00:00'))])])[0]).toBe(
      '2026-11-10T17:00',
    );
  });
});

describe('over one path the promise', () => {
  const oracle = createOracle(MAINLAND);
  const minutes = fc.integer({ min: 0, max: 60 * 24 * 6 });
  const pauses = fc.array(fc.record({ from: minutes, length: minutes, gap: fc.boolean() }), { maxLength: 6 });
  const limit: fc.Arbitrary<Limit> = fc.oneof(
    fc.integer({ min: 1, max: 30 }).map((workingDays) => ({ workingDays })),
    fc.integer({ min: 1, max: 2_000 }).map((workingMinutes) => ({ workingMinutes })),
    fc.integer({ min: 1, max: 40_000 }).map((seconds) => ({ seconds })),
  );

  it('moves by exactly the length of the pauses, in any order, as in the oracle', () => {
    fc.assert(
      fc.property(minutes, limit, pauses, (later, only, random) => {
        const start = START + later * 60_000;
        const holds = random.map(({ from, length, gap }) => ({
          from: start + from * 60_000,
          to: start + (from + length) * 60_000,
          why: gap ? ('gap' as const) : ('supplement' as const),
        }));
        const findDeadline = (order: StepClock['holds']) =>
          pathDeadline(calendar, start, { promised: only }, 'promised', [
            step('only', only, { startedAt: start, holds: order }),
          ]).at;
        expect(findDeadline(holds)).toBe(oracle.deadline(start, only, holds));
        expect(findDeadline(holds.toReversed())).toBe(findDeadline(holds));
      }),
      { numRuns: 2_000 },
    );
  });
});

/**
 * A random history of a few steps in plain time: each starts when the steps that it needs have
 * ended, has some pauses, and ends.
 */
const history = fc
  .array(
    fc.record({
      needs: fc.array(fc.nat(20), { maxLength: 3 }),
      limit: fc.integer({ min: 1, max: 50 }),
      inside: fc.boolean(),
      parts: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((drawn) => {
    const steps: PathStep[] = [];
    for (const [index, { needs, limit, inside, parts }] of drawn.entries()) {
      const of = index === 0 ? [] : [...new Set(needs.map((place) => `s${place % index}`))];
      const ends = steps.filter(({ id }) => of.includes(id)).map(({ clock }) => clock!.endedAt!);
      let now = Math.max(START, ...ends);
      const clock: StepClock = { startedAt: now, holds: [] };
      for (const [place, length] of parts.entries()) {
        if (place % 2 === 1) clock.holds.push(supplement(now, now + length * 1_000));
        now += length * 1_000;
      }
      clock.endedAt = now;
      const need = of.length === 0 ? {} : needAll(...of);
      // The last step is inside, so that there is a promise.
      steps.push(
        step(`s${index}`, { seconds: limit }, clock, {
          inside: inside || index === drawn.length - 1,
          done: true,
          ...need,
        }),
      );
    }
    return steps;
  });

/**
 * The same rule, computed over every path: its length without and with the pauses that started before
 * the deadline.
 */
const tryEveryPath = (limitMs: number, steps: PathStep[]): number => {
  const paths = pathsOf(steps);
  const limitOf = ({ inside, limit }: PathStep): number =>
    inside && 'seconds' in limit.promised ? limit.promised.seconds * 1_000 : 0;
  const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);
  const allowed = Math.max(limitMs, ...paths.map((path) => sum(path.map(limitOf))));
  let deadline = START + limitMs;
  for (;;) {
    const pausesOf = ({ inside, clock }: PathStep) =>
      inside ? clock!.holds : [{ from: clock!.startedAt, to: clock!.endedAt! }];
    const lengths = paths.map((path) =>
      sum(
        path.map(
          (one) =>
            limitOf(one) +
            sum(pausesOf(one).map(({ from, to }) => (from < deadline && to !== undefined ? to - from : 0))),
        ),
      ),
    );
    const next = START + limitMs + Math.max(0, Math.max(...lengths) - allowed);
    if (next === deadline) return deadline;
    deadline = next;
  }
};

describe('over many paths the promise', () => {
  const seconds = fc.integer({ min: 1, max: 300 });
  const findDeadline = (limit: number, steps: PathStep[]): number =>
    pathDeadline(calendar, START, { promised: { seconds: limit } }, 'promised', steps).at;

  it('is the one that the computation over every path gives', () => {
    fc.assert(
      fc.property(seconds, history, (limit, steps) => {
        expect(findDeadline(limit, steps)).toBe(tryEveryPath(limit * 1_000, steps));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is never earlier than without pauses, and never later than with all of them in a row', () => {
    fc.assert(
      fc.property(seconds, history, (limit, steps) => {
        const base = addLimit(calendar, START, { seconds: limit }).at;
        const spans = steps.flatMap(({ inside, clock }): Pause[] =>
          inside ? clock!.holds : [{ from: clock!.startedAt, to: clock!.endedAt! }],
        );
        const all = spans.reduce((total, { from, to }) => total + (to! - from), 0);
        expect(findDeadline(limit, steps)).toBeGreaterThanOrEqual(base);
        expect(findDeadline(limit, steps)).toBeLessThanOrEqual(base + all);
      }),
    );
  });
});

describe('over working days and many paths the promise', () => {
  it('ends where the oracle computes it day by day over every path, in 10,000 histories with pauses over random calendars', () => {
    fc.assert(
      fc.property(randomCalendar, fc.array(workingHistory, { minLength: 25, maxLength: 25 }), (data, histories) => {
        const oracle = createPathOracle(data);
        const random = createCalendar(data);
        for (const history of histories) {
          const start = at(`${data.coveredFrom}T00:00`) + history.after * 60_000;
          const steps = stepsOfHistory(start, history);
          const found = pathDeadline(random, start, { promised: history.limit }, 'promised', steps);
          expect(found.at).toBe(oracle(start, history.limit, steps));
        }
      }),
      { numRuns: 400 },
    );
  }, 180_000);
});
