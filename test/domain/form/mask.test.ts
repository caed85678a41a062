import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskIdNo, maskName } from '../../../domain/form/mask.ts';

describe('a mask', () => {
  it.each([
    ['330402199003070011', '330***********0011'],
    ['E12345678', '*******78'],
    ['A1', 'A1'],
    ['', ''],
  ])('of the ID number %s is %s', (idNo, masked) => {
    expect(maskIdNo(idNo)).toBe(masked);
  });

  it.each([
    ['林晓雨', '林**'],
    ['𠮷田', '𠮷*'],
    ['李', '李'],
    ['', ''],
  ])('of the name %s is %s', (name, masked) => {
    expect(maskName(name)).toBe(masked);
  });

  it('has the length of the value, and shows at most seven characters of a number', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Z]{0,25}$/), (idNo) => {
        const masked = maskIdNo(idNo);
        expect(masked).toHaveLength(idNo.length);
        expect(masked.replaceAll('*', '').length).toBeLessThanOrEqual(7);
      }),
    );
  });
});
