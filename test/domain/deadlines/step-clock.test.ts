import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { workingMinutesBetween } from '../../../domain/calendar/calendar.ts';
import { mainland as calendar } from '../calendar/mainland.ts';
import { deadlines, findYellowAt } from '../../../domain/deadlines/step-clock.ts';
import type { Limit } from '../../../domain/matter/schema.ts';

const at = (shanghai: string): number => Date.parse(`${shanghai}+08:00`);
const local = (instant: number): string => new Date(instant + 8 * 3_600_000).toISOString().slice(0, 16);

describe('deadlines', () => {
  const startedAt = at('2026-11-02T10:00');

  test('are a promised and a statutory one, each with its own limit', () => {
    const limit = { promised: { workingDays: 5 }, statutory: { workingDays: 20 } };
    expect(deadlines({ calendar, startedAt, limit, pauses: [] })).toEqual({
      yellowAt: at('2026-11-06T17:00'),
      promisedAt: at('2026-11-09T17:00'),
      statutoryAt: at('2026-11-30T17:00'),
      provisional: false,
    });
  });

  test('have no statutory one if the law sets no limit', () => {
    const found = deadlines({ calendar, startedAt, limit: { promised: { workingDays: 5 } }, pauses: [] });
    expect(found).not.toHaveProperty('statutoryAt');
  });

  test('move together with a pause', () => {
    const limit = { promised: { workingDays: 5 }, statutory: { workingDays: 20 } };
    const pauses = [{ from: at('2026-11-03T00:00'), to: at('2026-11-05T00:00') }];
    const found = deadlines({ calendar, startedAt, limit, pauses });
    expect([found.yellowAt, found.promisedAt, found.statutoryAt].map((instant) => local(instant!))).toEqual([
      '2026-11-10T17:00',
      '2026-11-11T17:00',
      '2026-12-02T17:00',
    ]);
  });

  test('are provisional if one of them is', () => {
    const limit = { promised: { workingDays: 5 }, statutory: { workingDays: 60 } };
    expect(deadlines({ calendar, startedAt, limit, pauses: [] }).provisional).toBe(true);
  });
});

describe('the yellow light', () => {
  test.each<[string, Limit, string, string]>([
    ['for one working day where a fifth is less', { workingDays: 3 }, '2026-11-05T17:00', '2026-11-04T17:00'],
    ['for a fifth where that is more than a day', { workingDays: 20 }, '2026-11-30T17:00', '2026-11-24T17:00'],
    ['for a fifth of a limit in minutes', { workingMinutes: 100 }, '2026-11-03T13:40', '2026-11-03T11:50'],
    ['for a fifth of a limit in calendar days', { calendarDays: 60 }, '2026-11-30T17:00', '2026-11-18T17:00'],
    ['for a working day of a short one', { calendarDays: 3 }, '2026-11-09T17:00', '2026-11-06T17:00'],
    ['for a fifth of a limit in seconds', { seconds: 300 }, '2026-11-03T10:05', '2026-11-03T10:04'],
  ])('starts %s', (_, limit, promised, yellow) => {
    expect(local(findYellowAt(calendar, at(promised), limit))).toBe(yellow);
  });

  test('starts exactly when the remaining window time reaches the threshold', () => {
    const someTime = fc.integer({ min: at('2020-02-01T00:00'), max: at('2026-11-01T00:00') });
    fc.assert(
      fc.property(someTime, fc.integer({ min: 1, max: 100 }), (startedAt, workingDays) => {
        const limit = { promised: { workingDays } };
        const { yellowAt, promisedAt } = deadlines({ calendar, startedAt, limit, pauses: [] });
        const threshold = Math.max(workingDays * 0.2, 1) * 390;
        expect(workingMinutesBetween(calendar, yellowAt, promisedAt)).toBeCloseTo(threshold);
        expect(workingMinutesBetween(calendar, yellowAt - 60_000, promisedAt)).toBeGreaterThan(threshold);
      }),
    );
  });
});
