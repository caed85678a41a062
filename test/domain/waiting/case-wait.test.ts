import { describe, expect, it } from 'vitest';
import { caseWait, caseWaitOfStall, caseWaitUnder, type CaseFacts } from '../../../domain/waiting/case-wait.ts';
import { FAULTS } from '../../../domain/waiting/causes.ts';
import { isSuspect, lookAt } from '../../../domain/waiting/wait.ts';

const SENT = Date.parse('2026-11-02T02:00:00Z');
const NOW = SENT + 60_000;
const S = 1_000;

const facts = (change: Partial<CaseFacts>): CaseFacts => ({
  submittedAt: SENT,
  started: true,
  ledgerSeq: 2,
  ...change,
});

const STALL = { cause: 'system', detail: 'WORKFLOW_MISSING', turn: 'system', since: SENT } as const;
const OF_ALL = ['WORKERS_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE'] as const;
const OF_CASE = FAULTS.filter((fault) => !OF_ALL.some((one) => one === fault));

describe('a case', () => {
  it.each([
    ['that was not started', { started: false, ledgerSeq: 1 }, 'NOT_STARTED', 'start'],
    ['that has recorded nothing yet', { ledgerSeq: 1 }, 'NOT_BEGUN', 'start'],
    ['with a message on its way', { messageSince: SENT }, 'MESSAGE_WAITING', 'delivery'],
    ['that missed an instant', { dueSince: SENT }, 'OVERDUE', 'delivery'],
  ] as const)('%s waits for us, and is a stall after half a minute', (_title, change, detail, next) => {
    expect(caseWait(facts(change))).toMatchObject({
      cause: 'system',
      detail,
      turn: 'system',
      next: { kind: next },
      stallsAt: SENT + 30 * S,
      ofCase: true,
    });
  });

  it('for which nothing of ours is pending does not wait for us', () => {
    expect(caseWait(facts({}))).toBeUndefined();
  });

  it('that has ended waits for nothing, even with a fault', () => {
    const ended = facts({ endedAt: SENT, dueSince: SENT });
    expect(caseWait(ended)).toBeUndefined();
    expect(caseWaitUnder(ended, 'WORKFLOW_MISSING', NOW)).toBeUndefined();
    expect(caseWaitOfStall(ended, STALL)).toBeUndefined();
  });

  it('that has ended waits for a message that does not reach it', () => {
    const ended = facts({ endedAt: SENT, messageSince: SENT });
    expect(caseWait(ended)).toMatchObject({ detail: 'MESSAGE_WAITING', since: SENT, stallsAt: SENT + 30 * S });
    expect(caseWaitUnder(ended, 'WORKFLOW_MISSING', NOW)).toEqual(caseWait(ended));
  });

  it('is checked in Temporal after ten seconds, which is when the watcher looks', () => {
    const wait = caseWait(facts({ messageSince: SENT }))!;
    expect(lookAt(wait)).toBe(SENT + 10 * S);
    expect([isSuspect(wait, SENT + 10 * S - 1), isSuspect(wait, SENT + 10 * S)]).toEqual([false, true]);
  });
});

describe('a case with a fault', () => {
  it.each(FAULTS)('%s that it waits for is a stall at once, because its next action is due', (fault) => {
    expect(caseWaitUnder(facts({ messageSince: SENT }), fault, NOW)).toMatchObject({
      detail: fault,
      since: SENT,
      stallsAt: SENT,
      ofCase: true,
    });
  });

  it('of its own goes on only after a person has acted, and with a fault of all cases the delivery is next', () => {
    const waiting = facts({ messageSince: SENT });
    for (const fault of OF_CASE) expect(caseWaitUnder(waiting, fault, NOW)).not.toHaveProperty('next');
    for (const fault of OF_ALL)
      expect(caseWaitUnder(waiting, fault, NOW)).toMatchObject({ next: { kind: 'delivery' } });
  });

  it.each(OF_CASE)('%s of its own is a stall although no action is due', (fault) => {
    expect(caseWaitUnder(facts({}), fault, NOW)).toMatchObject({
      detail: fault,
      since: NOW,
      stallsAt: NOW,
      ofCase: true,
    });
  });

  it.each(OF_ALL)('%s of all cases does not concern it until it has waited for long enough', (fault) => {
    expect(caseWaitUnder(facts({}), fault, NOW)).toBeUndefined();
    const waiting = facts({ messageSince: SENT });
    expect(caseWaitUnder(waiting, fault, SENT + 10 * S - 1)).toEqual(caseWait(waiting));
    expect(caseWaitUnder(waiting, fault, SENT + 10 * S)).toMatchObject({ detail: fault });
  });

  it('that the watcher found has the wait of its stall, and without a stall that of the case', () => {
    expect(caseWaitOfStall(facts({}), { ...STALL, nextKind: 'delivery', nextAt: NOW })).toEqual({
      ...STALL,
      stallsAt: SENT,
      ofCase: true,
      next: { kind: 'delivery', at: NOW },
    });
    expect(caseWaitOfStall(facts({}), STALL)).not.toHaveProperty('next');
    expect(caseWaitOfStall(facts({ ledgerSeq: 1 }), undefined)).toMatchObject({ detail: 'NOT_BEGUN' });
  });
});
