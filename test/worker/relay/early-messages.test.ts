import { expect, it } from 'vitest';
import { createEarlyMessages } from '../../../worker/relay/early-messages.ts';

const MINUTE = 60_000;

it('a message is over five minutes after it was too early first, for each message by itself', () => {
  let now = 0;
  const early = createEarlyMessages(() => now);
  const [one, other] = [
    { caseId: 'c', messageId: 'one' },
    { caseId: 'c', messageId: 'other' },
  ];
  expect(early.isOver(one)).toBe(false);
  now = 5 * MINUTE - 1;
  expect([early.isOver(one), early.isOver(other)]).toEqual([false, false]);
  now = 5 * MINUTE;
  expect([early.isOver(one), early.isOver(other)]).toEqual([true, false]);
  early.forget(one);
  expect(early.isOver(one)).toBe(false);
});

it('a message that another process has settled is forgotten', () => {
  let now = 0;
  const early = createEarlyMessages(() => now);
  const settled = { caseId: 'c', messageId: 'settled' };
  expect(early.isOver(settled)).toBe(false);
  now = 10 * MINUTE;
  expect(early.isOver({ caseId: 'c', messageId: 'other' })).toBe(false);
  expect(early.isOver(settled)).toBe(false);
});
