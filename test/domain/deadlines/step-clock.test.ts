import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCalendar, workingMinutesBetween } from '../../../domain/calendar/calendar.ts';
import { lightOf } from '../../../domain/deadlines/light.ts';
import { randomCalendar } from '../calendar/random-calendar.ts';
import { mainland as calendar } from '../calendar/mainland.ts';
import { deadlines, yellowFrom } from '../../../domain/deadlines/step-clock.ts';
import type { Limit } from '../../../domain/matter/schema.ts';

const at = (shanghai: string): number => Date.parse(`${shanghai}+08:00`);
const local = (instant: number): string => new Date(instant + 8 * 3_600_000).toISOString().slice(0, 16);

describe('deadlines', () => {
  const startedAt = at('2026-11-02T10:00');

  test('are promised and statutory, each by its own limit', () => {
    const limit = { promised: { workingDays: 5 }, statutory: { workingDays: 20 } };
    expect(deadlines({ calendar, startedAt, limit, pauses: [] })).toEqual({
      yellowAt: at('2026-11-06T17:00'),
      promisedAt: at('2026-11-09T17:00'),
      statutoryAt: at('2026-11-30T17:00'),
      provisional: false,
    });
  });

  test('leave the statutory one out where the law sets none', () => {
    const found = deadlines({ calendar, startedAt, limit: { promised: { workingDays: 5 } }, pauses: [] });
    expect(found).not.toHaveProperty('statutoryAt');
  });

  test('shift together with a pause', () => {
    const limit = { promised: { workingDays: 5 }, statutory: { workingDays: 20 } };
    const pauses = [{ from: at('2026-11-03T00:00'), to: at('2026-11-05T00:00') }];
    const found = deadlines({ calendar, startedAt, limit, pauses });
    expect([found.yellowAt, found.promisedAt, found.statutoryAt].map((instant) => local(instant!))).toEqual([
      '2026-11-10T17:00',
      '2026-11-11T17:00',
      '2026-12-02T17:00',
    ]);
  });

  test('are provisional when either of them is', () => {
    const limit = { promised: { workingDays: 5 }, statutory: { workingDays: 60 } };
    expect(deadlines({ calendar, startedAt, limit, pauses: [] }).provisional).toBe(true);
  });
});

describe('the yellow light', () => {
  test.each<[string, Limit, string, string]>([
    ['for a fifth of one working day', { workingDays: 1 }, '2026-11-05T17:00', '2026-11-05T15:42'],
    ['for a fifth of some working days', { workingDays: 3 }, '2026-11-05T17:00', '2026-11-05T11:36'],
    ['for a fifth of many working days', { workingDays: 20 }, '2026-11-30T17:00', '2026-11-24T17:00'],
    ['for a fifth of a limit in minutes', { workingMinutes: 100 }, '2026-11-03T13:40', '2026-11-03T11:50'],
    ['for a fifth of a limit in calendar days', { calendarDays: 60 }, '2026-11-30T17:00', '2026-11-18T17:00'],
    ['for a fifth of a few calendar days', { calendarDays: 3 }, '2026-11-09T17:00', '2026-11-09T02:36'],
    ['for a fifth of a limit in seconds', { seconds: 300 }, '2026-11-03T10:05', '2026-11-03T10:04'],
  ])('burns %s', (_, limit, promised, yellow) => {
    expect(local(yellowFrom(calendar, at(promised), limit))).toBe(yellow);
  });

  test('never burns when a clock starts', () => {
    const limits: fc.Arbitrary<Limit> = fc.oneof(
      fc.integer({ min: 1, max: 60 }).map((workingDays) => ({ workingDays })),
      fc.integer({ min: 1, max: 3000 }).map((workingMinutes) => ({ workingMinutes })),
      fc.integer({ min: 1, max: 200 }).map((calendarDays) => ({ calendarDays })),
      fc.integer({ min: 1, max: 86_400 }).map((seconds) => ({ seconds })),
    );
    const someTime = fc.integer({ min: at('2020-02-01T00:00'), max: at('2026-11-01T00:00') });
    fc.assert(
      fc.property(randomCalendar, someTime, limits, (data, startedAt, promised) => {
        const found = deadlines({ calendar: createCalendar(data), startedAt, limit: { promised }, pauses: [] });
        expect(found.yellowAt).toBeGreaterThan(startedAt);
        expect(found.yellowAt).toBeLessThan(found.promisedAt);
        expect(lightOf({ ...found, now: startedAt })).toBe('green');
      }),
    );
  });

  test('comes exactly when the remaining window time is down to the threshold', () => {
    const someTime = fc.integer({ min: at('2020-02-01T00:00'), max: at('2026-11-01T00:00') });
    fc.assert(
      fc.property(someTime, fc.integer({ min: 1, max: 100 }), (startedAt, workingDays) => {
        const limit = { promised: { workingDays } };
        const { yellowAt, promisedAt } = deadlines({ calendar, startedAt, limit, pauses: [] });
        const threshold = workingDays * 0.2 * 390;
        expect(workingMinutesBetween(calendar, yellowAt, promisedAt)).toBeCloseTo(threshold);
        expect(workingMinutesBetween(calendar, yellowAt - 60_000, promisedAt)).toBeGreaterThan(threshold);
      }),
    );
  });
});
