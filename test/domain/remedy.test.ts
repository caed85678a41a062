import { describe, expect, it } from 'vitest';
import { mainland as calendar } from './calendar/mainland.ts';
import { remedyOf } from '../../domain/remedy.ts';
import { parseSource } from './authoring/small-matter.ts';

const at = (local: string) => Date.parse(`${local}+08:00`);
const findRemedy = (local: string, ground?: string) =>
  remedyOf(calendar, parseSource().matter, 'check', { at: at(local), ground });

describe('the remedy against a refusal', () => {
  it('allows sixty days for reconsideration, from the next day, and until a working day', () => {
    // The sixtieth day after 2 September 2024 is 1 November, a Friday; after 3 August it is 2
    // October, a holiday.
    expect(findRemedy('2024-09-02T10:00').reconsiderationUntil).toBe('2024-11-01');
    expect(findRemedy('2024-08-03T10:00').reconsiderationUntil).toBe('2024-10-08');
  });

  it.each([
    ['2024-03-15T10:00', '2024-09-15'],
    ['2024-08-31T10:00', '2025-02-28'],
    ['2024-12-31T23:59', '2025-06-30'],
  ])('allows six months for an action: from %s to %s', (from, until) => {
    expect(findRemedy(from).litigationUntil).toBe(until);
  });

  it('names the ground that the agency gave, and no other one', () => {
    expect(findRemedy('2024-09-02T10:00', 'no-such-ground')).not.toHaveProperty('ground');
  });
});
