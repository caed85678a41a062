import { describe, expect, test } from 'vitest';
import { mainland as calendar } from '../calendar/mainland.ts';
import { deadlines } from '../../../domain/deadlines/step-clock.ts';

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
      statutoryProvisional: false,
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

  test('are provisional each for itself', () => {
    const limit = { promised: { workingDays: 5 }, statutory: { workingDays: 60 } };
    const marks = { provisional: false, statutoryProvisional: true };
    expect(deadlines({ calendar, startedAt, limit, pauses: [] })).toMatchObject(marks);
  });
});
