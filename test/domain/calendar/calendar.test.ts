import { isWorkday } from 'chinese-days';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateOf, dayOf, dayOfDate } from '../../../domain/calendar/calendar-days.ts';
import {
  createCalendar,
  dayTime,
  dayTimeAt,
  describeDay,
  isWorkingDay,
  windowTime,
  windowTimeAt,
  workingMinutesBetween,
} from '../../../domain/calendar/calendar.ts';
import { mainland as calendar, MAINLAND } from './mainland.ts';
import { createOracle, shanghai as at } from './oracle.ts';
import { randomCalendar } from './random-calendar.ts';

describe('working days', () => {
  test('agree with chinese-days on every day from 2020 to 2026', () => {
    const different: string[] = [];
    for (let day = calendar.firstDay; day <= calendar.lastDay; day++) {
      if (isWorkingDay(calendar, day) !== isWorkday(dateOf(day))) different.push(dateOf(day));
    }
    expect(different).toEqual([]);
  });

  test('are Monday to Friday outside the covered years', () => {
    const week = (monday: string): boolean[] =>
      [0, 1, 2, 3, 4, 5, 6].map((offset) => isWorkingDay(calendar, dayOfDate(monday) + offset));
    expect(week('2019-12-23')).toEqual([true, true, true, true, true, false, false]);
    expect(week('2027-02-01')).toEqual([true, true, true, true, true, false, false]);
    expect(week('1965-03-01')).toEqual([true, true, true, true, true, false, false]);
  });

  test('are no holidays that the law fixes, also where no notice covers the day yet', () => {
    const worked = (year: number) =>
      ['01-01', '05-01', '05-02', '05-03', '10-01', '10-02', '10-03', '10-04', '12-31'].filter((date) =>
        isWorkingDay(calendar, dayOfDate(`${year}-${date}`)),
      );
    // Monday to Friday, without the fixed holidays.
    expect([2027, 2029, 2036].map(worked)).toEqual([
      ['05-03', '10-04', '12-31'],
      ['05-03', '10-04', '12-31'],
      ['12-31'],
    ]);
    expect(describeDay(calendar, dayOfDate('2027-01-01'))).toMatchObject({
      kind: 'holiday',
      source: '全国年节及纪念日放假办法',
      assumed: false,
    });
    expect(describeDay(calendar, dayOfDate('2027-01-04'))).toMatchObject({ kind: 'working-day', assumed: true });
  });

  test('belong to the date in China, also if the date in UTC differs', () => {
    expect(dateOf(dayOf(Date.parse('2026-09-30T15:59:59Z')))).toBe('2026-09-30');
    expect(dateOf(dayOf(Date.parse('2026-09-30T16:00:00Z')))).toBe('2026-10-01');
  });

  test('follow a later notice that overrides an earlier one', () => {
    expect(isWorkingDay(calendar, dayOfDate('2020-01-31'))).toBe(false);
    expect(isWorkingDay(calendar, dayOfDate('2020-02-01'))).toBe(false);
  });
});

describe('the calendar that comes with the product', () => {
  test('names the notice for every year', () => {
    expect(MAINLAND.notices.map(({ year }) => year)).toEqual([2020, 2020, 2021, 2022, 2023, 2024, 2025, 2026]);
    for (const { source } of MAINLAND.notices) expect(source).toMatch(/^国办发明电〔20\d\d〕\d+号$/);
  });
});

describe('window time', () => {
  test('is 390 minutes a working day and none on a day off', () => {
    expect(workingMinutesBetween(calendar, at('2026-11-03T00:00'), at('2026-11-04T00:00'))).toBe(390);
    expect(workingMinutesBetween(calendar, at('2026-10-01T00:00'), at('2026-10-08T00:00'))).toBe(0);
    expect(workingMinutesBetween(calendar, at('2026-11-03T11:30'), at('2026-11-03T14:00:30'))).toBe(60.5);
    expect(workingMinutesBetween(calendar, at('2026-11-04T00:00'), at('2026-11-03T00:00'))).toBe(-390);
  });

  test('and the instant that reaches it are inverse, inside and outside the calendar', () => {
    fc.assert(
      fc.property(fc.integer({ min: at('2010-01-01T00:00'), max: at('2035-01-01T00:00') }), (instant) => {
        for (const [read, instantAt] of [
          [windowTime, windowTimeAt],
          [dayTime, dayTimeAt],
        ] as const) {
          const reached = instantAt(calendar, read(calendar, instant));
          expect(reached).toBeLessThanOrEqual(instant);
          expect(read(calendar, reached)).toBe(read(calendar, instant));
        }
      }),
    );
  });

  test('of any calendar is the time for which the oracle has the windows open', () => {
    const instant = fc.integer({ min: at('2024-12-01T00:00') / 60_000, max: at('2026-02-01T00:00') / 60_000 });
    fc.assert(
      fc.property(randomCalendar, instant, fc.nat(60 * 24 * 20), (data, minute, minutes) => {
        const { spansOf } = createOracle(data);
        const [from, to] = [minute * 60_000, (minute + minutes) * 60_000];
        let open = 0;
        for (let day = dayOf(from); day <= dayOf(to); day += 1) {
          for (const [opens, closes] of spansOf(dateOf(day))) {
            open += Math.max(Math.min(closes, to) - Math.max(opens, from), 0);
          }
        }
        expect(workingMinutesBetween(createCalendar(data), from, to) * 60_000).toBe(open);
      }),
    );
  });
});
