import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createCalendar, isWindowOpen, windowTime } from '../../../domain/calendar/calendar.ts';
import { STEP_KINDS } from '../../../domain/case/plan.ts';
import { levelOf } from '../../../domain/supervision/escalation.ts';
import { randomCalendar } from '../calendar/random-calendar.ts';

const RULES = { yellow: 'urge', red: 'order', unanswered: 'circulate' } as const;

it('the windows are open exactly while window time runs', () => {
  const minutes = (date: string): number => Date.parse(`${date}T00:00:00+08:00`) / 60_000;
  const instant = fc.integer({ min: minutes('2024-12-01'), max: minutes('2026-02-01') });
  fc.assert(
    fc.property(randomCalendar, instant, fc.constantFrom(0, 1, 59_999), (data, minute, ms) => {
      const calendar = createCalendar(data);
      const at = minute * 60_000 + ms;
      expect(isWindowOpen(calendar, at)).toBe(windowTime(calendar, at + 1) > windowTime(calendar, at));
    }),
    { numRuns: 2_000 },
  );
});

it.each(STEP_KINDS)('the rule of the matter holds for a late step, and not for a check by machine (%s)', (kind) => {
  const found = (['yellow', 'red'] as const).map((light) => levelOf(RULES, { kind, light }));
  expect(found).toEqual(kind === 'verify' ? ['nothing', 'nothing'] : ['urge', 'order']);
});
