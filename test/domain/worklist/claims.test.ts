import { describe, expect, it } from 'vitest';
import { STEP_STATUSES } from '../../../domain/case/status.ts';
import { findOthersClaim, claimLasts, type Claim } from '../../../domain/worklist/claims.ts';

const NOW = 1_000_000;
const LATER = NOW + 1;

describe('a task of a worklist', () => {
  const cases: { it: string; of: Claim; accounts: string[]; claimed?: string }[] = [
    { it: 'without a claim is free', of: {}, accounts: ['me'] },
    { it: 'that I have is mine', of: { claimedBy: 'me', claimedUntil: LATER }, accounts: ['me'] },
    {
      it: 'that a colleague has is taken',
      of: { claimedBy: 'other', claimedUntil: LATER },
      accounts: ['me'],
      claimed: 'TASK_TAKEN',
    },
    { it: 'whose lease has lapsed is free', of: { claimedBy: 'other', claimedUntil: NOW }, accounts: ['me'] },
    {
      it: 'that one whom I cover has is open to me',
      of: { claimedBy: 'away', claimedUntil: LATER },
      accounts: ['me', 'away'],
    },
    { it: 'that was given to me is mine', of: { officer: 'me' }, accounts: ['me'] },
    {
      it: 'that was given to a colleague is not open to me',
      of: { officer: 'other' },
      accounts: ['me'],
      claimed: 'TASK_ASSIGNED',
    },
    { it: 'that was given to one whom I cover is open to me', of: { officer: 'away' }, accounts: ['me', 'away'] },
    {
      it: 'that was given to one whom I cover and taken by a third is taken',
      of: { officer: 'away', claimedBy: 'third', claimedUntil: LATER },
      accounts: ['me', 'away'],
      claimed: 'TASK_TAKEN',
    },
  ];
  it.each(cases)('$it', ({ of, accounts, claimed }) => expect(findOthersClaim(of, accounts, NOW)?.code).toBe(claimed));
});

describe('a claim', () => {
  it('lasts while the agency works on the step, and ends when the step leaves the agency', () => {
    expect(STEP_STATUSES.filter(claimLasts)).toEqual(['accepted', 'suspended']);
  });
});
