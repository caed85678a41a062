import { describe, expect, it } from 'vitest';
import {
  CLAIMABLE,
  CLOSINGS,
  DECIDED,
  ENQUIRABLE,
  GRANTED,
  IN_CALL,
  STEP_STATUSES,
  UNANSWERED,
  UNDER_WAY,
  WITH_AGENCY,
  isCaseEnd,
  isStepEnd,
  whyNotReopen,
  situationOf,
  openActions,
} from '../../../domain/case/status.ts';
import { OPEN, SITUATIONS, isLedOut, mayExist, waysOut } from './ways-out.ts';

const CASES = OPEN.flatMap((status) => [{ status }, ...CLOSINGS.map((closing) => ({ status, closing }))]);

describe('a step that has not ended', () => {
  it.each(SITUATIONS.filter((step) => !isStepEnd(step.status) && mayExist(step)))(
    'and is $status $attention (undoing: $undoing) has a way out in every open case',
    (step) => {
      for (const found of CASES) expect(waysOut(found, step).length === 0).toBe(isLedOut(found, step));
    },
  );

  it('and is being undone can only be settled or have its undo retried, for any cause', () => {
    for (const step of SITUATIONS.filter(({ undoing }) => undoing)) {
      expect(openActions(step).filter((action) => !action.endsWith('-undo'))).toEqual([]);
    }
  });
});

describe('groups of statuses', () => {
  const rest = (of: readonly string[]) => STEP_STATUSES.filter((status) => !of.includes(status));

  it('count as under way every status except those before sending and the ends', () => {
    expect(rest(UNDER_WAY).filter((status) => !isStepEnd(status))).toEqual(['waiting', 'ready']);
    expect(UNDER_WAY.filter((status) => isStepEnd(status))).toEqual([]);
    expect(UNDER_WAY.filter((status) => !WITH_AGENCY.includes(status))).toEqual(['supplement']);
  });

  it('let an officer claim exactly what is with the agency and can be decided', () => {
    const decidable = STEP_STATUSES.filter((status) =>
      openActions({ status, undoing: false, extension: 0 }).includes('decide'),
    );
    expect(CLAIMABLE).toEqual(decidable);
    expect(WITH_AGENCY.filter((status) => !CLAIMABLE.includes(status))).toEqual(['undoing']);
  });

  it('name only open statuses as being sent or enquired about, and only ends as decided', () => {
    expect([UNANSWERED, IN_CALL, ENQUIRABLE].flat().filter((status) => isStepEnd(status))).toEqual([]);
    expect(rest(IN_CALL).filter((status) => !isStepEnd(status))).toEqual(['accepted', 'suspended']);
    expect(DECIDED.every((status) => isStepEnd(status))).toBe(true);
  });

  it('contain, as ends that granted something, only ends that can be reopened', () => {
    expect(GRANTED.every((status) => isCaseEnd(status) && whyNotReopen({ status }) === undefined)).toBe(true);
  });
});

describe('the situation of a step', () => {
  it('is that of an undo until the undo has ended, and allows one extension', () => {
    expect(situationOf({ status: 'attention', undo: true, attention: 'UNDO_REJECTED' })).toEqual({
      status: 'attention',
      attention: 'UNDO_REJECTED',
      undoing: true,
      extension: 0,
      extended: false,
    });
    expect(situationOf({ status: 'undone', undo: true })).toMatchObject({ undoing: false });
    expect(situationOf({ status: 'accepted', extension: 5 })).toMatchObject({ extension: 5, extended: false });
    expect(situationOf({ status: 'accepted', extension: 5, extensionDays: 2 })).toMatchObject({
      extension: 0,
      extended: true,
    });
  });
});
