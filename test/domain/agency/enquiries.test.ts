import { describe, expect, it } from 'vitest';
import { enquiryIntervalS, firstEnquiryAt, lastContactAt, silentAt } from '../../../domain/agency/enquiries.ts';

const AT = Date.parse('2026-11-02T02:00:00Z');
const agency = { connection: 'push', enquireAfterS: 900 } as const;
const MINUTE = 60_000;

describe('a silent agency', () => {
  it('is asked first when its interval has passed since the step was sent', () => {
    expect(firstEnquiryAt(agency, AT)).toBe(AT + 15 * MINUTE);
  });

  it.each(['worklist', 'rules'] as const)(
    'is never asked by machine where people or rules decide (%s)',
    (connection) => {
      expect(firstEnquiryAt({ ...agency, connection }, AT)).toBeUndefined();
    },
  );

  it('is not asked about what was never sent', () => {
    expect(firstEnquiryAt(agency, undefined)).toBeUndefined();
  });

  it('is asked again at growing intervals up to six hours, however often it was asked', () => {
    const minutes = [1, 2, 3, 4, 5, 6, 20, 1_000].map((nth) => enquiryIntervalS(agency, nth) / 60);
    expect(minutes).toEqual([30, 60, 120, 240, 360, 360, 360, 360]);
  });

  it('was heard when the interval before its first enquiry began, and then not any more', () => {
    expect(lastContactAt(agency, { enquireAt: AT, enquiries: 0 })).toBe(AT - 15 * MINUTE);
    expect(lastContactAt(agency, { enquireAt: AT, enquiries: 1 })).toBe(0);
    expect(lastContactAt(agency, { enquiries: 0 })).toBe(0);
  });

  it('is silent when it was asked twice: after its interval and after twice that', () => {
    expect(silentAt(agency, AT)).toBe(AT + 45 * MINUTE);
  });
});
