import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCalendar } from '../../../domain/calendar/calendar.ts';
import { stepDeadlines } from '../../../domain/deadlines/step-clock.ts';
import { pathDeadline } from '../../../domain/deadlines/critical-path.ts';
import { explainPaths, explainStep } from '../../../domain/deadlines/explain-clock.ts';
import { explainLimit } from '../../../domain/deadlines/explain-limit.ts';
import type { Limit } from '../../../domain/matter/schema.ts';
import { mainland as calendar } from '../calendar/mainland.ts';
import { countDays, createOracle, local, shanghai as at } from '../calendar/oracle.ts';
import { stepsOfHistory, workingHistory } from './path-oracle.ts';
import { randomCalendar } from '../calendar/random-calendar.ts';

const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);
const daysOf = (start: string, limit: Limit): string[] =>
  explainLimit(calendar, at(start), limit, []).days.map(
    ({ date, kind, counted, source }) => `${date} ${kind} ${counted}${source === undefined ? '' : ` ${source}`}`,
  );

describe('the explanation of a limit', () => {
  it('names each day, whether it counts, and the notice that decides that', () => {
    expect(daysOf('2026-09-30T10:12', { workingDays: 4 })).toEqual([
      '2026-09-30 start-day 0',
      ...[1, 2, 3, 4, 5, 6, 7].map((day) => `2026-10-0${day} holiday 0 国办发明电〔2025〕7号`),
      '2026-10-08 working-day 1',
      '2026-10-09 working-day 1',
      '2026-10-10 make-up-day 1 国办发明电〔2025〕7号',
      '2026-10-11 weekend 0',
      '2026-10-12 working-day 1',
    ]);
  });

  it('counts minutes of window hours, from the exact minute', () => {
    const { days, unit } = explainLimit(calendar, at('2026-11-06T16:50'), { workingMinutes: 30 }, []);
    expect(unit).toBe('working-minute');
    expect(days.map(({ date, counted }) => `${date} ${counted}`)).toEqual([
      '2026-11-06 10',
      '2026-11-07 0',
      '2026-11-08 0',
      '2026-11-09 20',
    ]);
    expect(days[0]!.hours.map(({ open, close }) => [open / 3_600_000, close / 3_600_000])).toEqual([
      [9, 12],
      [13.5, 17],
    ]);
  });

  it('counts every calendar day, and not the days between the last one and the next working day', () => {
    expect(daysOf('2026-09-24T10:00', { calendarDays: 10 }).slice(-5)).toEqual([
      '2026-10-04 holiday 1 国办发明电〔2025〕7号',
      '2026-10-05 holiday 0 国办发明电〔2025〕7号',
      '2026-10-06 holiday 0 国办发明电〔2025〕7号',
      '2026-10-07 holiday 0 国办发明电〔2025〕7号',
      '2026-10-08 working-day 0',
    ]);
  });

  it('marks days that no notice covers yet as assumed', () => {
    const { days, provisional } = explainLimit(calendar, at('2026-12-30T10:00'), { workingDays: 2 }, []);
    expect(provisional).toBe(true);
    expect(days.map(({ date, assumed }) => `${date} ${assumed}`)).toEqual([
      '2026-12-30 false',
      '2026-12-31 false',
      '2027-01-01 false',
      '2027-01-02 true',
      '2027-01-03 true',
      '2027-01-04 true',
    ]);
  });

  it('adds up to the limit over random calendars, with the days of the oracle', () => {
    const minutes = fc.integer({ min: 0, max: 300_000 });
    const pauses = fc.array(fc.record({ after: fc.integer({ min: 0, max: 20_000 }), length: fc.nat(9_000) }), {
      maxLength: 4,
    });
    const limits: fc.Arbitrary<Limit> = fc.oneof(
      fc.integer({ min: 1, max: 40 }).map((workingDays) => ({ workingDays })),
      fc.integer({ min: 1, max: 3000 }).map((workingMinutes) => ({ workingMinutes })),
      fc.integer({ min: 1, max: 90 }).map((calendarDays) => ({ calendarDays })),
      fc.integer({ min: 1, max: 6 }).map((months) => ({ months })),
      fc.integer({ min: 1, max: 500_000 }).map((seconds) => ({ seconds })),
    );
    fc.assert(
      fc.property(randomCalendar, minutes, limits, pauses, (data, later, limit, drawn) => {
        const oracle = createOracle(data);
        const start = at(`${data.coveredFrom}T00:00`) + later * 60_000;
        const stood = drawn.map(({ after, length }) => {
          const from = start + after * 60_000;
          return { from, to: from + length * 60_000 };
        });
        const { at: end, days } = explainLimit(createCalendar(data), start, limit, stood);
        expect(end).toBe(oracle.deadline(start, limit, stood));
        const length =
          'months' in limit ? countDays(local(start).slice(0, 10), limit.months) : Object.values(limit)[0]!;
        expect(sum(days.map(({ counted }) => counted))).toBeCloseTo(length, 6);
        for (const { date, kind, counted, paused } of days) {
          const worked = ['working-day', 'make-up-day', 'half-day'].includes(kind);
          if (kind !== 'start-day') expect([date, worked]).toEqual([date, oracle.isWorked(date)]);
          if (!worked && ('workingDays' in limit || 'workingMinutes' in limit))
            expect([counted, paused]).toEqual([0, 0]);
        }
        expect(days.at(-1)!.date).toBe(local(end - 1).slice(0, 10));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the explanation of a step', () => {
  const startedAt = at('2026-11-02T10:00');
  const limit = { promised: { workingDays: 3 }, statutory: { workingDays: 10 } };
  const holds = [
    { from: at('2026-11-03T09:00'), to: at('2026-11-03T12:00'), why: 'supplement' as const },
    { from: at('2026-11-03T11:00'), to: at('2026-11-04T00:00'), why: 'special-procedure' as const },
    { from: at('2026-11-04T09:00'), to: at('2026-11-04T17:00'), why: 'outage' as const },
    { from: at('2026-11-06T09:00'), why: 'payment' as const },
  ];

  it('gives the date of the row, with each pause, its length and whether it moved the date', () => {
    const clock = { startedAt, holds, extensionDays: 2 };
    const { promised, statutory } = explainStep(calendar, limit, 'entry', clock);
    const row = stepDeadlines(calendar, { ...limit, example: false, outside: false }, clock);
    expect([promised.at, statutory!.at]).toEqual([row.promisedAt, row.statutoryAt]);
    expect(promised.added).toBe(2);
    expect(sum(promised.days.map(({ counted }) => counted))).toBeCloseTo(5, 6);
    expect(promised.pauses.map(({ why, took, moved }) => [why, Number(took.toFixed(4)), moved])).toEqual([
      ['supplement', 0.4615, true],
      ['special-procedure', 0.5385, true],
      ['outage', 0, false],
      ['payment', 0, false],
    ]);
    expect(promised.pauses.at(-1)).not.toHaveProperty('to');
  });

  it('after a redo begins with the order to redo it', () => {
    const restartedAt = at('2026-11-10T10:00');
    const { promised } = explainStep(calendar, limit, 'entry', { startedAt, restartedAt, holds: [] });
    expect([local(promised.startedAt), local(promised.at)]).toEqual(['2026-11-10T10:00', '2026-11-13T17:00']);
  });
});

describe('the explanation of a case', () => {
  const START = at('2026-11-02T10:00');
  const supplement = (from: string, to: string) => ({ from: at(from), to: at(to), why: 'supplement' as const });
  const step = (id: string, workingDays: number, hold: ReturnType<typeof supplement>) => ({
    id,
    needs: [],
    inside: true,
    limit: { promised: { workingDays } },
    clock: { startedAt: START, holds: [hold] },
  });

  it('has the critical path, the pauses that moved the date and those within the slack of another branch', () => {
    const steps = [
      step('short', 1, supplement('2026-11-03T00:00', '2026-11-04T00:00')),
      step('long', 5, supplement('2026-11-03T00:00', '2026-11-05T00:00')),
    ];
    const promised = pathDeadline(calendar, START, { promised: { workingDays: 5 } }, 'promised', steps);
    const clocks = new Map(steps.map(({ id, clock }) => [id, clock]));
    const found = explainPaths(calendar, START, { promised }, (id) => ({ clock: clocks.get(id), outside: false }));
    expect(found.promised).toMatchObject({ at: promised.at, added: 2 });
    expect(found.promised.path).toEqual([{ stepId: 'long', limit: 5, extension: 0, paused: 2 }]);
    expect(found.promised.pauses.map(({ stepId, why, took, moved }) => [stepId, why, took, moved])).toEqual([
      ['long', 'supplement', 2, true],
      ['short', 'supplement', 1, false],
    ]);
  });

  it('adds up to the limit and to what moved it, in random histories', () => {
    fc.assert(
      fc.property(workingHistory, (history) => {
        const start = START + history.after * 60_000;
        const steps = stepsOfHistory(start, history);
        const promised = pathDeadline(calendar, start, { promised: history.limit }, 'promised', steps);
        const clocks = new Map(steps.map(({ id, clock, inside }) => [id, { clock, outside: !inside }]));
        const { promised: found } = explainPaths(calendar, start, { promised }, (id) => clocks.get(id)!);
        expect(found.at).toBe(promised.at);
        expect(sum(found.days.map(({ counted }) => counted))).toBeCloseTo(
          Object.values(history.limit)[0]! + found.added,
          6,
        );
      }),
    );
  });
});
