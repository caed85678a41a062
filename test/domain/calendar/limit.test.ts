import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCalendar } from '../../../domain/calendar/calendar.ts';
import { addLimit, type Pause } from '../../../domain/calendar/limit.ts';
import type { Limit } from '../../../domain/matter/schema.ts';
import { mainland as calendar, MAINLAND } from './mainland.ts';
import { createOracle, local, shanghai as at } from './oracle.ts';
import { randomCalendar } from './random-calendar.ts';

const findDeadline = (start: string, limit: Limit, pauses?: Pause[]): string =>
  local(addLimit(calendar, at(start), limit, pauses).at);

const instants = fc
  .integer({ min: at('2024-12-01T00:00') / 60_000, max: at('2026-02-01T00:00') / 60_000 })
  .map((minutes) => minutes * 60_000);
const limits: fc.Arbitrary<Limit> = fc.oneof(
  fc.integer({ min: 1, max: 60 }).map((workingDays) => ({ workingDays })),
  fc.integer({ min: 1, max: 3000 }).map((workingMinutes) => ({ workingMinutes })),
  fc.integer({ min: 1, max: 200 }).map((calendarDays) => ({ calendarDays })),
  fc.integer({ min: 1, max: 24 }).map((months) => ({ months })),
  fc.integer({ min: 1, max: 86_400 }).map((seconds) => ({ seconds })),
);
const history = fc.record({
  start: instants,
  limit: limits,
  offsets: fc.array(
    fc.record({ after: fc.integer({ min: -100, max: 2000 }), minutes: fc.integer({ min: 0, max: 20_000 }) }),
    {
      maxLength: 6,
    },
  ),
});
const pausesOf = (start: number, offsets: { after: number; minutes: number }[]): Pause[] =>
  offsets.map(({ after, minutes }) => {
    const from = start + after * 600_000;
    return { from, to: from + minutes * 60_000 };
  });

describe('a limit', () => {
  test('of five working days from the eve of National Day 2026 ends on 13 October, when the windows close', () => {
    expect(findDeadline('2026-09-30T10:12', { workingDays: 5 })).toBe('2026-10-13T17:00');
  });

  test.each<[string, string, Limit, string]>([
    ['counts a make-up Saturday', '2026-10-09T09:00', { workingDays: 1 }, '2026-10-10T17:00'],
    ['counts from the next day at any hour', '2026-11-02T00:00', { workingDays: 1 }, '2026-11-03T17:00'],
    ['counts from the next day at the last minute', '2026-11-02T23:59', { workingDays: 1 }, '2026-11-03T17:00'],
    ['that starts on a Saturday counts Monday first', '2026-11-07T10:00', { workingDays: 1 }, '2026-11-09T17:00'],
    ['of minutes runs over lunch', '2026-11-03T11:50', { workingMinutes: 30 }, '2026-11-03T13:50'],
    ['of minutes runs over night and weekend', '2026-11-06T16:50', { workingMinutes: 30 }, '2026-11-09T09:20'],
    ['of minutes begins when the windows open', '2026-11-03T06:00', { workingMinutes: 30 }, '2026-11-03T09:30'],
    ['of minutes may end at the close', '2026-11-03T16:30', { workingMinutes: 30 }, '2026-11-03T17:00'],
    ['of calendar days counts every day', '2026-11-02T10:00', { calendarDays: 10 }, '2026-11-12T17:00'],
    ['of calendar days moves off a holiday', '2026-09-24T10:00', { calendarDays: 10 }, '2026-10-08T17:00'],
    ['of months ends on the day of the same number', '2026-10-20T10:00', { months: 1 }, '2026-11-20T17:00'],
    ['of months ends on the last day of a short month', '2026-01-31T10:00', { months: 3 }, '2026-04-30T17:00'],
    ['of months knows leap years', '2024-01-30T10:00', { months: 1 }, '2024-02-29T17:00'],
    ['of months may end in another year', '2025-12-04T23:59', { months: 11 }, '2026-11-04T17:00'],
    ['of months moves off a weekend', '2026-10-07T10:00', { months: 1 }, '2026-11-09T17:00'],
    ['of months moves off a holiday', '2026-09-01T10:00', { months: 1 }, '2026-10-08T17:00'],
    ['of seconds runs day and night', '2026-09-30T23:00', { seconds: 7200 }, '2026-10-01T01:00'],
  ])('%s', (_, start, limit, expected) => {
    expect(findDeadline(start, limit)).toBe(expected);
  });

  test('is provisional past the last covered day, and only then', () => {
    const isProvisional = (start: string, limit: Limit) => addLimit(calendar, at(start), limit).provisional;
    expect(isProvisional('2026-12-30T10:00', { workingDays: 1 })).toBe(false);
    expect(isProvisional('2026-12-30T10:00', { workingDays: 2 })).toBe(true);
    expect(isProvisional('2026-12-31T16:50', { workingMinutes: 10 })).toBe(false);
    expect(isProvisional('2026-12-31T16:50', { workingMinutes: 11 })).toBe(true);
    expect(isProvisional('2026-12-31T16:50', { calendarDays: 30 })).toBe(true);
    expect(isProvisional('2026-12-31T16:50', { months: 1 })).toBe(true);
    expect(isProvisional('2026-11-30T16:50', { months: 1 })).toBe(false);
    expect(isProvisional('2026-12-31T16:50', { seconds: 86_400 })).toBe(false);
  });

  test('ends at the instant that the oracle computes, in 10,000 histories over random calendars', () => {
    fc.assert(
      fc.property(randomCalendar, fc.array(history, { minLength: 25, maxLength: 25 }), (data, histories) => {
        const oracle = createOracle(data);
        const random = createCalendar(data);
        for (const { start, limit, offsets } of histories) {
          const pauses = pausesOf(start, offsets);
          expect(addLimit(random, start, limit, pauses).at).toBe(oracle.deadline(start, limit, pauses));
        }
      }),
      { numRuns: 400 },
    );
  }, 120_000);

  test('and does so on the calendar of mainland China', () => {
    const oracle = createOracle(MAINLAND);
    fc.assert(
      fc.property(history, ({ start, limit, offsets }) => {
        const pauses = pausesOf(start, offsets);
        expect(addLimit(calendar, start, limit, pauses).at).toBe(oracle.deadline(start, limit, pauses));
      }),
      { numRuns: 2_000 },
    );
  });

  test('in plain time follows the French rule: filing plus the length of every correction plus the period', () => {
    fc.assert(
      fc.property(
        instants,
        fc.integer({ min: 1, max: 86_400 }),
        fc.array(
          fc.record({ runs: fc.integer({ min: 0, max: 4_000 }), corrected: fc.integer({ min: 0, max: 500_000 }) }),
          {
            maxLength: 8,
          },
        ),
        (filed, period, corrections) => {
          let [at, run, sum] = [filed, 0, 0];
          const pauses: Pause[] = [];
          for (const { runs, corrected } of corrections) {
            run += runs;
            // A correction that is requested after the period is too late.
            if (run >= period) break;
            pauses.push({ from: at + runs * 1_000, to: at + (runs + corrected) * 1_000 });
            at += (runs + corrected) * 1_000;
            sum += corrected;
          }
          const due = filed + (sum + period) * 1_000;
          expect(addLimit(calendar, filed, { seconds: period }, pauses).at).toBe(due);
        },
      ),
    );
  });

  test('counts a half day as a day that ends when its windows close, and half of it as half a day', () => {
    const half = createCalendar({
      ...MAINLAND,
      notices: [
        ...MAINLAND.notices,
        {
          year: 2026,
          source: '测试',
          holidays: [],
          workdays: [],
          halfDays: [
            { date: '2026-11-04', name: { zh: '半天', en: 'Half' }, hours: [{ open: '09:00', close: '12:00' }] },
          ],
        },
      ],
    });
    const end = (limit: Limit, pauses?: Pause[]) => local(addLimit(half, at('2026-11-02T10:00'), limit, pauses).at);
    expect(end({ workingDays: 2 })).toBe('2026-11-04T12:00');
    expect(end({ workingDays: 3 })).toBe('2026-11-05T17:00');
    const pause = { from: at('2026-11-04T10:30'), to: at('2026-11-04T20:00') };
    // Half a day of 390 minutes on from the opening.
    expect(end({ workingDays: 2 }, [pause])).toBe('2026-11-05T13:45');
    expect(end({ workingMinutes: 810 })).toBe('2026-11-04T10:30');
  });

  test('never ends earlier for a later start or a longer limit', () => {
    fc.assert(
      fc.property(
        instants,
        fc.nat(10_000_000),
        fc.integer({ min: 1, max: 240 }),
        fc.nat(10),
        (start, later, days, more) => {
          const end = addLimit(calendar, start, { workingDays: days }).at;
          expect(addLimit(calendar, start + later, { workingDays: days + more }).at).toBeGreaterThanOrEqual(end);
        },
      ),
    );
  });
});

describe('pauses', () => {
  const start = '2026-11-02T10:00';
  const limit: Limit = { workingDays: 2 };

  test('add the window time between their start and end', () => {
    expect(findDeadline(start, limit, [{ from: at('2026-11-03T09:00'), to: at('2026-11-03T12:00') }])).toBe(
      '2026-11-05T12:00',
    );
    expect(findDeadline(start, limit, [{ from: at('2026-11-03T00:00'), to: at('2026-11-05T00:00') }])).toBe(
      '2026-11-06T17:00',
    );
  });

  test('add nothing on a day that does not count, at night, or after the end of the limit', () => {
    const unmoved: Pause[] = [
      { from: at('2026-11-02T11:00'), to: at('2026-11-02T16:00') },
      { from: at('2026-11-03T12:00'), to: at('2026-11-03T13:30') },
      { from: at('2026-11-03T18:00'), to: at('2026-11-04T08:00') },
      { from: at('2026-11-04T17:00'), to: at('2026-11-30T10:00') },
    ];
    expect(findDeadline(start, limit, unmoved)).toBe('2026-11-04T17:00');
  });

  test('that overlap count once, in any order', () => {
    const one = { from: at('2026-11-03T09:00'), to: at('2026-11-03T15:00') };
    const two = { from: at('2026-11-03T11:00'), to: at('2026-11-04T00:00') };
    expect(findDeadline(start, limit, [one, two])).toBe('2026-11-05T17:00');
    expect(findDeadline(start, limit, [two, one])).toBe('2026-11-05T17:00');
  });

  test('that have not ended move nothing', () => {
    expect(findDeadline(start, limit, [{ from: at('2026-11-03T09:00') }])).toBe('2026-11-04T17:00');
  });
});
