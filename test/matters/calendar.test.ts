import { isWorkday } from 'chinese-days';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CALENDAR_DATA } from '../../matters/calendar-data.ts';
import {
  addLimit,
  createCalendar,
  dateOf,
  dayOf,
  dayOfDate,
  instantOf,
  isWorkingDay,
  workingMinutesBetween,
  workingTime,
  type Pause,
} from '../../matters/calendar.ts';
import type { Limit } from '../../matters/schema.ts';

const calendar = createCalendar(CALENDAR_DATA);
const at = (shanghai: string): number => Date.parse(`${shanghai}+08:00`);
const local = (instant: number): string => new Date(instant + 8 * 3_600_000).toISOString().slice(0, 16);
const deadline = (start: string, limit: Limit, pauses?: Pause[]): string =>
  local(addLimit(calendar, at(start), limit, pauses).at);

/** Everything below is worked out day by day on dates as text, with another source for the days. */
const worked = (() => {
  const known = new Map<string, boolean>();
  return (date: string): boolean => {
    const answer = known.get(date) ?? isWorkday(date);
    known.set(date, answer);
    return answer;
  };
})();
const nextDate = (date: string): string => new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
const dateAt = (instant: number): string => local(instant).slice(0, 10);

type Span = [from: number, to: number];
const windowsOf = (date: string): Span[] =>
  worked(date)
    ? [
        [at(`${date}T09:00`), at(`${date}T12:00`)],
        [at(`${date}T13:30`), at(`${date}T17:00`)],
      ]
    : [];

const without = (spans: Span[], pauses: Pause[]): Span[] =>
  pauses.reduce<Span[]>(
    (left, { from, to = from }) =>
      left
        .flatMap(([open, close]): Span[] => [
          [open, Math.min(close, from)],
          [Math.max(open, to), close],
        ])
        .filter(([open, close]) => close > open),
    spans,
  );

/** Walks from day to day through what `spansOf` leaves open after `start` until `amount` has run. */
const walk = (start: number, amount: number, pauses: Pause[], spansOf: (date: string) => Span[]): number => {
  let left = amount;
  for (let date = dateAt(start); ; date = nextDate(date)) {
    for (const [open, close] of without(spansOf(date), pauses)) {
      const length = close - Math.max(open, start);
      if (length <= 0) continue;
      if (length >= left) return close - length + left;
      left -= length;
    }
  }
};

const oracle = (start: number, limit: Limit, pauses: Pause[]): number => {
  const wholeDay = (date: string): Span[] => [[at(`${date}T00:00`), at(`${nextDate(date)}T00:00`)]];
  const tomorrow = at(`${nextDate(dateAt(start))}T00:00`);
  if ('seconds' in limit) return walk(start, limit.seconds * 1000, pauses, wholeDay);
  if ('workingMinutes' in limit) return walk(start, limit.workingMinutes * 60_000, pauses, windowsOf);
  if ('workingDays' in limit) return walk(tomorrow, limit.workingDays * 390 * 60_000, pauses, windowsOf);
  let date = dateAt(walk(tomorrow, limit.calendarDays * 86_400_000, pauses, wholeDay) - 1);
  while (!worked(date)) date = nextDate(date);
  return at(`${date}T17:00`);
};

const instants = fc
  .integer({ min: at('2020-01-01T00:00') / 1000, max: at('2026-12-20T00:00') / 1000 })
  .map((s) => s * 1000);
const limits: fc.Arbitrary<Limit> = fc.oneof(
  fc.integer({ min: 1, max: 60 }).map((workingDays) => ({ workingDays })),
  fc.integer({ min: 1, max: 3000 }).map((workingMinutes) => ({ workingMinutes })),
  fc.integer({ min: 1, max: 200 }).map((calendarDays) => ({ calendarDays })),
  fc.integer({ min: 1, max: 86_400 }).map((seconds) => ({ seconds })),
);
const history = fc.record({
  start: instants,
  limit: limits,
  offsets: fc.array(
    fc.record({ after: fc.integer({ min: -100, max: 2000 }), minutes: fc.integer({ min: 0, max: 20_000 }) }),
    {
      maxLength: 4,
    },
  ),
});
const pausesOf = (start: number, offsets: { after: number; minutes: number }[]): Pause[] =>
  offsets.map(({ after, minutes }) => {
    const from = start + after * 600_000;
    return { from, to: from + minutes * 60_000 };
  });

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

  test('belong to the date in China, whatever the date is in Greenwich', () => {
    expect(dateOf(dayOf(Date.parse('2026-09-30T15:59:59Z')))).toBe('2026-09-30');
    expect(dateOf(dayOf(Date.parse('2026-09-30T16:00:00Z')))).toBe('2026-10-01');
  });

  test('follow a later notice where it overrides an earlier one', () => {
    expect(isWorkingDay(calendar, dayOfDate('2020-01-31'))).toBe(false);
    expect(isWorkingDay(calendar, dayOfDate('2020-02-01'))).toBe(false);
  });
});

describe('calendar data', () => {
  const notice = { year: 2026, source: 'a notice', holidays: [], workdays: [] };

  test('names the notice of every year', () => {
    expect(CALENDAR_DATA.notices.map(({ year }) => year)).toEqual([2020, 2020, 2021, 2022, 2023, 2024, 2025, 2026]);
    for (const { source } of CALENDAR_DATA.notices) expect(source).toMatch(/^国办发明电〔20\d\d〕\d+号$/);
  });

  test.each([
    ['a date that does not exist', { ...notice, workdays: ['2026-02-30'] }, 'no such date: 2026-02-30'],
    ['a date in another form', { ...notice, workdays: ['2026-2-3'] }, 'no such date: 2026-2-3'],
    ['a day outside the covered ones', { ...notice, workdays: ['2027-01-02'] }, '2027-01-02 is not covered'],
    [
      'a holiday that ends before it begins',
      { ...notice, holidays: [{ zh: '节', en: 'feast', from: '2026-05-05', to: '2026-05-01' }] },
      'the holiday from 2026-05-05 ends on 2026-05-01',
    ],
  ])('with %s is refused', (_, wrong, message) => {
    expect(() => createCalendar({ ...CALENDAR_DATA, notices: [wrong] })).toThrow(message);
  });
});

describe('a limit', () => {
  test('of five working days from the eve of National Day 2026 ends on 13 October, when the windows close', () => {
    expect(deadline('2026-09-30T10:12', { workingDays: 5 })).toBe('2026-10-13T17:00');
  });

  test.each<[string, string, Limit, string]>([
    ['counts a make-up Saturday', '2026-10-09T09:00', { workingDays: 1 }, '2026-10-10T17:00'],
    ['counts from the next day whatever the hour', '2026-11-02T00:00', { workingDays: 1 }, '2026-11-03T17:00'],
    ['counts from the next day at the last minute', '2026-11-02T23:59', { workingDays: 1 }, '2026-11-03T17:00'],
    ['that starts on a Saturday counts Monday first', '2026-11-07T10:00', { workingDays: 1 }, '2026-11-09T17:00'],
    ['of minutes runs over lunch', '2026-11-03T11:50', { workingMinutes: 30 }, '2026-11-03T13:50'],
    ['of minutes runs over night and weekend', '2026-11-06T16:50', { workingMinutes: 30 }, '2026-11-09T09:20'],
    ['of minutes begins when the windows open', '2026-11-03T06:00', { workingMinutes: 30 }, '2026-11-03T09:30'],
    ['of minutes may end at the close', '2026-11-03T16:30', { workingMinutes: 30 }, '2026-11-03T17:00'],
    ['of calendar days counts every day', '2026-11-02T10:00', { calendarDays: 10 }, '2026-11-12T17:00'],
    ['of calendar days moves off a holiday', '2026-09-24T10:00', { calendarDays: 10 }, '2026-10-08T17:00'],
    ['of seconds runs day and night', '2026-09-30T23:00', { seconds: 7200 }, '2026-10-01T01:00'],
  ])('%s', (_, start, limit, expected) => {
    expect(deadline(start, limit)).toBe(expected);
  });

  test('is provisional past the last covered day, and only then', () => {
    const provisional = (start: string, limit: Limit) => addLimit(calendar, at(start), limit).provisional;
    expect(provisional('2026-12-30T10:00', { workingDays: 1 })).toBe(false);
    expect(provisional('2026-12-30T10:00', { workingDays: 2 })).toBe(true);
    expect(provisional('2026-12-31T16:50', { workingMinutes: 10 })).toBe(false);
    expect(provisional('2026-12-31T16:50', { workingMinutes: 11 })).toBe(true);
    expect(provisional('2026-12-31T16:50', { calendarDays: 30 })).toBe(true);
    expect(provisional('2026-12-31T16:50', { seconds: 86_400 })).toBe(false);
  });

  test('ends where walking day by day through the window hours ends, whatever the pauses', () => {
    fc.assert(
      fc.property(history, ({ start, limit, offsets }) => {
        const pauses = pausesOf(start, offsets);
        expect(addLimit(calendar, start, limit, pauses).at).toBe(oracle(start, limit, pauses));
      }),
      { numRuns: 3000 },
    );
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

  test('add the window time that they took', () => {
    expect(deadline(start, limit, [{ from: at('2026-11-03T09:00'), to: at('2026-11-03T12:00') }])).toBe(
      '2026-11-05T12:00',
    );
    expect(deadline(start, limit, [{ from: at('2026-11-03T00:00'), to: at('2026-11-05T00:00') }])).toBe(
      '2026-11-06T17:00',
    );
  });

  test('add nothing on the day that is not counted, at night, or once the limit is over', () => {
    const unmoved: Pause[] = [
      { from: at('2026-11-02T11:00'), to: at('2026-11-02T16:00') },
      { from: at('2026-11-03T12:00'), to: at('2026-11-03T13:30') },
      { from: at('2026-11-03T18:00'), to: at('2026-11-04T08:00') },
      { from: at('2026-11-04T17:00'), to: at('2026-11-30T10:00') },
    ];
    expect(deadline(start, limit, unmoved)).toBe('2026-11-04T17:00');
  });

  test('that overlap count once, in whatever order they come', () => {
    const one = { from: at('2026-11-03T09:00'), to: at('2026-11-03T15:00') };
    const two = { from: at('2026-11-03T11:00'), to: at('2026-11-04T00:00') };
    expect(deadline(start, limit, [one, two])).toBe('2026-11-05T17:00');
    expect(deadline(start, limit, [two, one])).toBe('2026-11-05T17:00');
  });

  test('that are still open move nothing yet', () => {
    expect(deadline(start, limit, [{ from: at('2026-11-03T09:00') }])).toBe('2026-11-04T17:00');
  });
});

describe('window time', () => {
  test('is 390 minutes a working day and none on a day off', () => {
    expect(workingMinutesBetween(calendar, at('2026-11-03T00:00'), at('2026-11-04T00:00'))).toBe(390);
    expect(workingMinutesBetween(calendar, at('2026-10-01T00:00'), at('2026-10-08T00:00'))).toBe(0);
    expect(workingMinutesBetween(calendar, at('2026-11-03T11:30'), at('2026-11-03T14:00:30'))).toBe(60.5);
    expect(workingMinutesBetween(calendar, at('2026-11-04T00:00'), at('2026-11-03T00:00'))).toBe(-390);
  });

  test('and the instant that reaches it are each other’s inverse, inside the calendar and outside', () => {
    fc.assert(
      fc.property(fc.integer({ min: at('2010-01-01T00:00'), max: at('2035-01-01T00:00') }), (instant) => {
        const reached = instantOf(calendar, workingTime(calendar, instant));
        expect(reached).toBeLessThanOrEqual(instant);
        expect(workingTime(calendar, reached)).toBe(workingTime(calendar, instant));
      }),
    );
  });
});
