import fc from 'fast-check';
import type { CalendarData } from '../../../domain/calendar/calendar-schema.ts';

/** Hours whose length divides a working day of 390 minutes without a remainder in milliseconds. */
const HOURS = [
  [{ open: '09:00', close: '12:00' }],
  [{ open: '13:30', close: '16:45' }],
  [
    { open: '09:00', close: '12:00' },
    { open: '13:30', close: '17:00' },
  ],
  [
    { open: '08:30', close: '12:00' },
    { open: '14:30', close: '18:00' },
    { open: '19:00', close: '20:00' },
  ],
  [{ open: '00:00', close: '05:00' }],
];

const FIRST = Date.parse('2025-01-01');
const dateOf = (day: number): string => new Date(FIRST + day * 86_400_000).toISOString().slice(0, 10);
const isWeekend = (day: number): boolean => [0, 6].includes(new Date(FIRST + day * 86_400_000).getUTCDay());
const NAME = { zh: '节', en: 'feast' };
const days = fc.integer({ min: 0, max: 364 });

/**
 * A year with random holidays, make-up days, half days and changes of window hours.
 */
export const randomCalendar: fc.Arbitrary<CalendarData> = fc
  .record({
    holidays: fc.uniqueArray(fc.record({ at: days, length: fc.integer({ min: 0, max: 9 }) }), {
      maxLength: 8,
      selector: ({ at }) => at,
    }),
    workdays: fc.uniqueArray(days, { maxLength: 20 }),
    halfDays: fc.uniqueArray(fc.record({ at: days, hours: fc.constantFrom(...HOURS) }), {
      maxLength: 20,
      selector: ({ at }) => at,
    }),
    regimes: fc.uniqueArray(fc.record({ at: days, hours: fc.constantFrom(...HOURS) }), {
      minLength: 1,
      maxLength: 3,
      selector: ({ at }) => at,
    }),
  })
  .map(({ holidays, workdays, halfDays, regimes }) => ({
    version: '2025.1',
    coveredFrom: dateOf(0),
    coveredUntil: dateOf(364),
    windowHours: regimes.toSorted((a, b) => a.at - b.at).map(({ at, hours }) => ({ from: dateOf(at), hours })),
    notices: [
      {
        year: 2025,
        source: 'one',
        holidays: holidays.map(({ at, length }) => ({
          name: NAME,
          from: dateOf(at),
          to: dateOf(Math.min(at + length, 364)),
        })),
        workdays: workdays.filter(isWeekend).map(dateOf),
        halfDays: [],
      },
      {
        year: 2025,
        source: 'two',
        holidays: [],
        workdays: [],
        halfDays: halfDays.map(({ at, hours }) => ({ date: dateOf(at), name: NAME, hours })),
      },
    ],
  }));
