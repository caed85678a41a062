import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCalendar, workingMinutesBetween } from '../../../domain/calendar/calendar.ts';
import {
  caseLight,
  lightOf,
  LIGHTS,
  findYellowAt,
  type Light,
  type LightRow,
} from '../../../domain/deadlines/light.ts';
import { deadlines } from '../../../domain/deadlines/step-clock.ts';
import type { Limit } from '../../../domain/matter/schema.ts';
import { mainland as calendar } from '../calendar/mainland.ts';
import { randomCalendar } from '../calendar/random-calendar.ts';
import { local, shanghai as at } from '../calendar/oracle.ts';

const row: LightRow = { yellowAt: 80, promisedAt: 100, statutoryAt: 200 };

describe('a light', () => {
  test.each<[string, LightRow, number, Light]>([
    ['is grey before the clock starts', {}, 50, 'grey'],
    ['is green with time to spare', row, 79, 'green'],
    ['is yellow from its instant', row, 80, 'yellow'],
    ['is still yellow at the very deadline', row, 100, 'yellow'],
    ['is red past the promise', row, 101, 'red'],
    ['is still red at the very statutory deadline', row, 200, 'red'],
    ['is deep red past the law', row, 201, 'deep-red'],
    ['stays red where the law sets no limit', { promisedAt: 100 }, 10_000, 'red'],
    ['is grey in a pause, however long', { ...row, pausedAt: 90 }, 10_000, 'grey'],
    ['is red in a pause that began too late', { ...row, pausedAt: 101 }, 10_000, 'red'],
    [
      'is green for a clock that was paused in time and ended long after',
      { ...row, pausedAt: 90, endedAt: 150 },
      10_000,
      'green',
    ],
    ['is red for what stood still too late', { ...row, pausedAt: 110, endedAt: 250 }, 10_000, 'red'],
    ['is green for what ended in time', { ...row, endedAt: 100 }, 10_000, 'green'],
    ['stays red after a late end', { ...row, endedAt: 150 }, 10_000, 'red'],
    ['stays deep red after an end past the statutory deadline', { ...row, endedAt: 201 }, 10_000, 'deep-red'],
  ])('%s', (_, given, now, expected) => {
    expect(lightOf({ now, ...given })).toBe(expected);
  });

  test('of a running clock never improves', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (now, later) => {
        const worse = LIGHTS.indexOf(lightOf({ now: now + later, ...row }));
        expect(worse).toBeLessThanOrEqual(LIGHTS.indexOf(lightOf({ now, ...row })));
      }),
    );
  });
});

describe('the light of a case', () => {
  test.each<[string, Light[], Light, Light]>([
    ['is its own when no step is open', [], 'green', 'green'],
    ['is that of a late step though the case is in time', ['green', 'red'], 'green', 'red'],
    ['is its own when that is worse', ['green', 'grey'], 'deep-red', 'deep-red'],
    ['is green when something still runs beside a pause', ['grey', 'green'], 'grey', 'green'],
    ['is grey when everything is paused', ['grey', 'grey'], 'grey', 'grey'],
  ])('%s', (_, steps, own, expected) => {
    expect(caseLight(steps, own)).toBe(expected);
  });
});

describe('the yellow light', () => {
  test.each<[string, Limit, string, string]>([
    ['for a fifth of one working day', { workingDays: 1 }, '2026-11-05T17:00', '2026-11-05T15:42'],
    ['for a fifth of some working days', { workingDays: 3 }, '2026-11-05T17:00', '2026-11-05T11:36'],
    ['for a fifth of many working days', { workingDays: 20 }, '2026-11-30T17:00', '2026-11-24T17:00'],
    ['for a fifth of a limit in minutes', { workingMinutes: 100 }, '2026-11-03T13:40', '2026-11-03T11:50'],
    ['for a fifth of a limit in calendar days', { calendarDays: 60 }, '2026-11-30T17:00', '2026-11-18T17:00'],
    ['for a fifth of a limit in months', { months: 2 }, '2026-11-30T17:00', '2026-11-18T17:00'],
    ['for a fifth of a few calendar days', { calendarDays: 3 }, '2026-11-09T17:00', '2026-11-09T02:36'],
    ['for a fifth of a limit in seconds', { seconds: 300 }, '2026-11-03T10:05', '2026-11-03T10:04'],
  ])('burns %s', (_, limit, promised, yellow) => {
    expect(local(findYellowAt(calendar, at(promised), limit))).toBe(yellow);
  });

  test('never burns when a clock starts', () => {
    const limits: fc.Arbitrary<Limit> = fc.oneof(
      fc.integer({ min: 1, max: 60 }).map((workingDays) => ({ workingDays })),
      fc.integer({ min: 1, max: 3000 }).map((workingMinutes) => ({ workingMinutes })),
      fc.integer({ min: 1, max: 200 }).map((calendarDays) => ({ calendarDays })),
      fc.integer({ min: 1, max: 24 }).map((months) => ({ months })),
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
