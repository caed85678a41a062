import { describe, expect, it } from 'vitest';
import { checkPledge, endOfPledge } from '../../../domain/form/pledge.ts';
import { HOUSE_MOVE } from '../../support/matters.ts';

const PHOTO = { name: { zh: '照片', en: 'Photo' }, source: { kind: 'photo' as const } };
const MATTER = {
  ...HOUSE_MOVE,
  materials: [
    { ...PHOTO, id: 'follows', mayFollow: true },
    { ...PHOTO, id: 'now', mayFollow: false },
  ],
};
const PLEDGE = { materials: ['follows'], until: '2024-11-20' };
/** Midnight in China after the last day. */
const END = Date.parse('2024-11-20T16:00:00Z');

describe('a pledge', () => {
  it('ends with its last day in China', () => {
    expect(endOfPledge(PLEDGE)).toBe(END);
    expect(checkPledge(MATTER, PLEDGE, END - 1)).toEqual([]);
    expect(checkPledge(MATTER, PLEDGE, END)).toEqual([{ path: 'until', rule: 'in-the-past' }]);
  });

  it('is possible only for materials that may follow, and names each other one', () => {
    expect(checkPledge(MATTER, { ...PLEDGE, materials: ['now', 'follows', 'unknown'] }, END)).toEqual([
      { path: 'materials[0]', rule: 'may-not-follow' },
      { path: 'materials[2]', rule: 'may-not-follow' },
      { path: 'until', rule: 'in-the-past' },
    ]);
  });
});
