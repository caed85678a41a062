import { describe, expect, it } from 'vitest';
import { createCalendar } from '../../../domain/calendar/calendar.ts';
import { begin, next } from '../../../domain/case/engine.ts';
import { listMovedDates } from '../../../domain/deadlines/moved-dates.ts';
import { HOUSE_MOVE, HOUSE_MOVE_PLAN } from '../../support/matters.ts';
import { MAINLAND } from '../calendar/mainland.ts';

const AT = Date.parse('2024-11-20T10:00+08:00');

/** A case whose first step was sent. */
const { state } = next(begin(HOUSE_MOVE_PLAN, AT), { kind: 'started', at: AT });

const calendarThat = (change: Partial<typeof MAINLAND>) => createCalendar({ ...MAINLAND, ...change });
const before = calendarThat({ coveredUntil: '2024-11-20' });

describe('the dates that a new calendar changes', () => {
  it('say that they are firm if the calendar only confirms them', () => {
    const moved = listMovedDates(before, calendarThat({}), HOUSE_MOVE, state);
    expect(moved.length).toBeGreaterThan(0);
    for (const date of moved) {
      expect(date).toMatchObject({ provisional: false, firm: true });
      expect(date.after).toBe(date.before);
    }
  });

  it('are not firm if it moves them', () => {
    const holiday = { name: { zh: '长假', en: 'Long holiday' }, from: '2024-11-21', to: '2024-11-30' };
    const notice = { year: 2024, source: '国办发明电〔2024〕0号', holidays: [holiday], workdays: [], halfDays: [] };
    const after = calendarThat({ notices: [...MAINLAND.notices, notice] });
    const moved = listMovedDates(before, after, HOUSE_MOVE, state);
    expect(moved.length).toBeGreaterThan(0);
    for (const date of moved) {
      expect(date).toMatchObject({ provisional: false, firm: false });
      expect(date.after).toBeGreaterThan(date.before);
    }
  });

  it('are not named if nothing about them changes', () => {
    expect(listMovedDates(before, before, HOUSE_MOVE, state)).toEqual([]);
  });
});
