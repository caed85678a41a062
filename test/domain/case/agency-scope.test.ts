import { describe, expect, it } from 'vitest';
import { findAgencyScope, findVisibleEntry } from '../../../domain/case/agency-scope.ts';
import type { LedgerEntry } from '../../../domain/case/ledger.ts';
import type { StepStatus } from '../../../domain/case/status.ts';
import { branchingPlan } from '../../support/matters.ts';

const PLAN = branchingPlan();

/** The rows of the steps of the plan, each with its own agency, unless `over` says otherwise. */
const listRows = (
  over: Record<string, { agency?: string; status?: StepStatus }> = {},
): { stepId: string; agency: string; status: StepStatus }[] =>
  PLAN.steps.map(({ id, agency }) => ({ stepId: id, agency, status: 'waiting', ...over[id] }));
const isOf = (agency: string) => (step: { agency: string }) => step.agency === agency;
const findScope = (agency: string, over: Parameters<typeof listRows>[0] = {}) => {
  const { own, needed } = findAgencyScope(PLAN, listRows(over), isOf(agency));
  return { own: [...own], needed: [...needed] };
};

describe('how far an agency sees a case', () => {
  it('is its own steps, and the steps that these wait for', () => {
    expect(findScope('card-agency')).toEqual({ own: ['card'], needed: ['register'] });
    expect(findScope('check-agency')).toEqual({ own: ['check'], needed: [] });
  });

  it('is nothing for an agency without a step', () => {
    expect(findScope('tax')).toEqual({ own: [], needed: [] });
  });

  it('counts no skipped step, neither as its own nor as one that it waits for', () => {
    expect(findScope('card-agency', { card: { status: 'skipped' } })).toEqual({ own: [], needed: [] });
    expect(findScope('card-agency', { register: { status: 'skipped' } })).toEqual({ own: ['card'], needed: [] });
  });

  it('names a step once that is its own and that it waits for', () => {
    expect(findScope('card-agency', { register: { agency: 'card-agency' } })).toEqual({
      own: ['register', 'card'],
      needed: ['check'],
    });
  });

  it('follows a reassigned step to its present agency', () => {
    const moved = { register: { agency: 'tax' } };
    expect(findScope('tax', moved)).toEqual({ own: ['register'], needed: ['check'] });
    expect(findScope('register-agency', moved)).toEqual({ own: [], needed: [] });
  });

  it('has the second parcel from its split on', () => {
    const steps = PLAN.steps.map((step) => (step.id === 'enrol' ? { ...step, skip: true as const } : step));
    const rows = (status: StepStatus) => listRows({ enrol: { status } });
    expect(findAgencyScope({ steps }, rows('skipped'), isOf('enrol-agency')).own.size).toBe(0);
    expect([...findAgencyScope({ steps }, rows('waiting'), isOf('enrol-agency')).own]).toEqual(['enrol']);
  });
});

describe('an entry of the ledger', () => {
  const CLERK = { role: 'clerk', id: 'clerk-1' } as const;
  const scope = { own: new Set(['card']), needed: new Set(['register']) };
  const urged = (stepId: string): LedgerEntry => ({ kind: 'step-urged', at: 1, stepId, messageId: 'm', by: CLERK });

  it('about an own step is visible as it is, about any other step not at all', () => {
    expect(findVisibleEntry(urged('card'), scope)).toEqual(urged('card'));
    for (const stepId of ['register', 'enrol']) expect(findVisibleEntry(urged(stepId), scope)).toBeUndefined();
  });

  it.each<[LedgerEntry, object]>([
    [
      { kind: 'case-submitted', at: 1, by: CLERK, overrides: ['twice'] },
      { kind: 'case-submitted', at: 1 },
    ],
    [
      { kind: 'case-accepted', at: 2 },
      { kind: 'case-accepted', at: 2 },
    ],
    [
      { kind: 'case-deemed-accepted', at: 2, stepId: 'check', messageId: 'm', by: CLERK },
      { kind: 'case-deemed-accepted', at: 2 },
    ],
    [
      { kind: 'case-closing', at: 3, closing: 'withdrawal', messageId: 'm', by: CLERK },
      { kind: 'case-closing', at: 3, closing: 'withdrawal' },
    ],
    [
      { kind: 'case-reopened', at: 4, messageId: 'm', by: CLERK },
      { kind: 'case-reopened', at: 4 },
    ],
    [
      { kind: 'case-ended', at: 5, status: 'withdrawn' },
      { kind: 'case-ended', at: 5, status: 'withdrawn' },
    ],
  ])('about the status of the case names no person, message or step: %o', (entry, shown) => {
    expect(findVisibleEntry(entry, scope)).toEqual(shown);
  });

  it.each<LedgerEntry>([
    { kind: 'values-corrected', at: 1, messageId: 'm', by: CLERK },
    { kind: 'supplement-requested', at: 1, noticeId: '1', items: [], messageId: 'm', by: CLERK },
    { kind: 'supplement-notified', at: 1, noticeId: '1' },
    { kind: 'gap-filled', at: 1, materials: ['photo'], messageId: 'm', by: CLERK },
    { kind: 'case-resumed', at: 1, by: CLERK },
    { kind: 'message-refused', at: 1, messageId: 'm', code: 'NOT_DUE' },
    { kind: 'calendar-changed', at: 1, calendar: '2', before: '1', messageId: 'm', by: CLERK },
  ])('about the case in other respects is not visible: %o', (entry) => {
    expect(findVisibleEntry(entry, scope)).toBeUndefined();
  });
});
