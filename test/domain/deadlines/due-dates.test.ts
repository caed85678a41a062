import { describe, expect, it } from 'vitest';
import { dueDate } from '../../../domain/deadlines/due-dates.ts';
import type { Due } from '../../../domain/case/dues.ts';
import { mainland as calendar } from '../calendar/mainland.ts';
import { local, shanghai as at } from '../calendar/oracle.ts';
import { parseSource, SMALL_MATTER } from '../authoring/small-matter.ts';

const { matter } = parseSource(SMALL_MATTER);
const from = at('2026-11-03T10:00');

describe('what a case waits for comes', () => {
  it.each<[string, Partial<Due> & Pick<Due, 'kind'>, string]>([
    ['five working days after receipt, when the intake is silent', { kind: 'acceptance' }, '2026-11-10T17:00'],
    ['half an hour after the first supplement, to tell the applicant', { kind: 'gathering' }, '2026-11-03T10:30'],
    ['at the agreed instant of a pledge', { kind: 'pledge', at: at('2026-12-01T00:00') }, '2026-12-01T00:00'],
    ['fifteen working days after a pledge has expired', { kind: 'pledge-return' }, '2026-11-24T17:00'],
  ])('%s', (_, due, expected) => {
    expect(local(dueDate(calendar, matter, { key: 'key', from, ...due }).at)).toBe(expected);
  });

  it('provisionally after the last covered day, unless the instant is agreed or within minutes', () => {
    const late = at('2026-12-30T16:50');
    const isProvisional = (kind: Due['kind']) =>
      dueDate(calendar, matter, { key: 'key', kind, from: late }).provisional;
    expect(isProvisional('acceptance')).toBe(true);
    expect([isProvisional('gathering'), isProvisional('pledge')]).toEqual([false, false]);
  });
});
