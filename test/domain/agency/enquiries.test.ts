import { describe, expect, it } from 'vitest';
import { enquiryIntervalS, firstEnquiryAt, lastContactAt, silentAt } from '../../../domain/agency/enquiries.ts';

const AT = Date.parse('2026-11-02T02:00:00Z');
const agency = { connection: 'push', enquireAfterS: 900 } as const;
const MINUTE = 60_000;

describe('a silent agency', () => {
  it('gets the first enquiry one interval after the step was sent', () => {
    expect(firstEnquiryAt(agency, AT)).toBe(AT + 15 * MINUTE);
  });

  it.each(['worklist', 'rules'] as const)('gets no enquiry where people or rules decide (%s)', (connection) => {
    expect(firstEnquiryAt({ ...agency, connection }, AT)).toBeUndefined();
  });

  it('gets no enquiry about a step that was never sent', () => {
    expect(firstEnquiryAt(agency, undefined)).toBeUndefined();
  });

  it('gets further enquiries at growing intervals, which never exceed six hours', () => {
    const minutes = [1, 2, 3, 4, 5, 6, 20, 1_000].map((nth) => enquiryIntervalS(agency, nth) / 60);
    expect(minutes).toEqual([30, 60, 120, 240, 360, 360, 360, 360]);
  });

  it('was last heard at the start of the interval before its first enquiry', () => {
    expect(lastContactAt(agency, { enquireAt: AT, enquiries: 0 })).toBe(AT - 15 * MINUTE);
    expect(lastContactAt(agency, { enquireAt: AT, enquiries: 1 })).toBe(0);
    expect(lastContactAt(agency, { enquiries: 0 })).toBe(0);
  });

  it('counts as silent after two enquiries: one interval and two further intervals after the sending', () => {
    expect(silentAt(agency, AT)).toBe(AT + 45 * MINUTE);
  });
});
