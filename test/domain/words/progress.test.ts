import { describe, expect, it } from 'vitest';
import { STEP_STATUSES } from '../../../domain/case/status.ts';
import { WAIT_DETAILS } from '../../../domain/waiting/causes.ts';
import { lastDayText } from '../../../domain/words/last-day.ts';
import { waitText } from '../../../domain/words/progress.ts';

const at = (local: string) => Date.parse(`${local}+08:00`);
const texts = { office: { zh: '税务局', en: 'Tax bureau' }, awaited: [] };

describe('the last day for an act of the applicant', () => {
  it.each([
    // A pledge until the end of a day is stored as the next midnight.
    ['2026-12-21T00:00', '最迟2026年12月20日（含当日）', 'By 20 December 2026 (that day included)'],
    // A supplement ends when the windows close.
    ['2026-12-11T17:00', '最迟2026年12月11日（含当日）17:00前', 'By 17:00 on 11 December 2026 (that day included)'],
  ])('before %s is the day on which it is still in time', (local, zh, en) => {
    expect(lastDayText(at(local))).toEqual({ zh, en });
  });
});

describe('what the applicant reads about a step', () => {
  it('says that a payment, a pledged material and an address are up to the applicant', () => {
    const stateOf = (detail: (typeof WAIT_DETAILS)[number]) =>
      waitText('accepted', { cause: 'payment', detail }, texts).state;
    expect(WAIT_DETAILS.filter((detail) => stateOf(detail) === 'yours')).toEqual([
      'GAP',
      'PLEDGE',
      'PAYMENT',
      'PARCEL_RETURNED',
    ]);
  });

  it('names the office that has it, and never says so while another party has to act', () => {
    expect(waitText('accepted', { cause: 'agency-working', detail: 'DECISION' }, texts).text.zh).toBe('税务局正在办理');
    expect(waitText('accepted', { cause: 'payment', detail: 'PAYMENT' }, texts).text.zh).toBe('待您缴费');
  });

  it('has a text for every status without a wait', () => {
    for (const status of STEP_STATUSES) expect(waitText(status, undefined, texts).text.zh).not.toBe('');
  });
});
