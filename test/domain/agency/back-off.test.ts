import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryDelayMs } from '../../../domain/agency/back-off.ts';

const attempts = fc.integer({ min: 1, max: 100_000 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const retryAfter = fc.option(fc.integer({ min: 0, max: 3_600_000 }), { nil: undefined });

describe('the delay before the next attempt', () => {
  it('is between 0.8 seconds and five minutes when the agency names no delay', () => {
    fc.assert(
      fc.property(attempts, random, (attempt, spread) => {
        const delay = retryDelayMs(attempt, undefined, () => spread);
        expect(delay).toBeGreaterThanOrEqual(800);
        expect(delay).toBeLessThanOrEqual(300_000);
        expect(Number.isInteger(delay)).toBe(true);
      }),
    );
  });

  it('never decreases from one attempt to the next', () => {
    fc.assert(
      fc.property(attempts, random, retryAfter, (attempt, spread, asked) => {
        const delay = (of: number) => retryDelayMs(of, asked, () => spread);
        expect(delay(attempt + 1)).toBeGreaterThanOrEqual(delay(attempt));
      }),
    );
  });

  it('doubles until it reaches five minutes', () => {
    const delays = Array.from({ length: 11 }, (_, index) => retryDelayMs(index + 1, undefined, () => 0));
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1_000));
  });

  it('is never shorter than the agency asks for, nor much longer', () => {
    fc.assert(
      fc.property(attempts, random, fc.integer({ min: 0, max: 3_600_000 }), (attempt, spread, asked) => {
        const delay = retryDelayMs(attempt, asked, () => spread);
        expect(delay).toBeGreaterThanOrEqual(asked);
        expect(delay).toBeLessThanOrEqual(Math.max(300_000, Math.ceil(asked * 1.2)));
      }),
    );
  });

  it.each([
    ['doubling', undefined],
    ['the agency', 600_000],
  ])('is randomised when %s sets it, so that cases that failed together are not retried together', (_by, asked) => {
    const delays = Array.from({ length: 100 }, (_, index) => retryDelayMs(9, asked, () => index / 100));
    expect(new Set(delays).size).toBe(100);
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(40_000);
  });
});
