import type { Fault, NextAction, Turn, WaitDetail, WaitingCause } from './causes.ts';
import { isSuspect, waitForSystem, type Wait } from './wait.ts';

/** What our own machinery owes a case. Instants in milliseconds since 1970. */
export interface CaseFacts {
  submittedAt: number;
  /** Its workflow has been started. */
  started: boolean;
  /** The number of its last ledger entry. The front door writes entry 1, the workflow the others. */
  ledgerSeq: number;
  endedAt?: number | undefined;
  /** Since when the oldest message to it has not arrived. */
  messageSince?: number | undefined;
  /** The oldest instant that has come without the case being told. */
  dueSince?: number | undefined;
}

/**
 * What a whole case waits for because our own machinery owes it something; undefined: nothing, or
 * it has ended.
 */
export const caseWait = (facts: CaseFacts): Wait | undefined => {
  const { submittedAt, started, ledgerSeq, endedAt, messageSince, dueSince } = facts;
  if (endedAt !== undefined) return undefined;
  if (ledgerSeq <= 1) return waitOfCase(started ? 'NOT_BEGUN' : 'NOT_STARTED', submittedAt, 'start');
  if (messageSince !== undefined) return waitOfCase('MESSAGE_WAITING', messageSince, 'delivery');
  return dueSince === undefined ? undefined : waitOfCase('OVERDUE', dueSince, 'delivery');
};

const waitOfCase = (detail: WaitDetail, since: number, next: NextAction): Wait => ({
  ...waitForSystem(detail, since),
  ofCase: true,
  next: { kind: next },
});

/**
 * What a whole case waits for when a fault was found at `now`: a stall at once, since our machinery
 * owed it something. A fault of the whole machinery concerns only the cases that have waited for it
 * long enough to be suspect.
 */
export const caseWaitUnder = (facts: CaseFacts, fault: Fault | undefined, now: number): Wait | undefined => {
  const wait = caseWait(facts);
  if (fault === undefined || facts.endedAt !== undefined) return wait;
  const isOfAll = fault === 'WORKERS_UNAVAILABLE' || fault === 'TEMPORAL_UNAVAILABLE';
  if (isOfAll && !(wait && isSuspect(wait, now))) return wait;
  const since = wait?.since ?? now;
  return { ...waitForSystem(fault, since), ofCase: true, ...wait, detail: fault, stallsAt: since };
};

/** An open stall as its row has it. */
export interface StallFacts {
  cause: WaitingCause;
  detail: WaitDetail;
  turn: Turn;
  since: number;
  nextKind?: NextAction | undefined;
  nextAt?: number | undefined;
}

/** What a whole case waits for by what the watcher found: its open stall, if it has one. */
export const caseWaitOfStall = (facts: CaseFacts, stall: StallFacts | undefined): Wait | undefined => {
  if (!stall || facts.endedAt !== undefined) return caseWait(facts);
  const { cause, detail, turn, since, nextKind, nextAt } = stall;
  const next = nextKind && { kind: nextKind, ...(nextAt !== undefined && { at: nextAt }) };
  return { cause, detail, turn, since, stallsAt: since, ofCase: true, ...(next && { next }) };
};
