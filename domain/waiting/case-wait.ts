import type { Fault, NextAction, Turn, WaitDetail, WaitingCause } from './causes.ts';
import { isSuspect, waitForSystem, type Wait } from './wait.ts';

/** The overdue work of our own machinery for a case. Instants in milliseconds since 1970. */
export interface CaseFacts {
  submittedAt: number;
  /** Its workflow has been started. */
  started: boolean;
  /** The number of its last ledger entry. The API writes entry 1, the workflow the others. */
  ledgerSeq: number;
  endedAt?: number | undefined;
  /** Since when the oldest message to it has not been delivered. */
  messageSince?: number | undefined;
  /** The oldest due instant that was not delivered to the case, or has had no effect. */
  dueSince?: number | undefined;
}

/**
 * Why a whole case waits for our own machinery; undefined: it does not. A case that has ended can
 * only wait for a message, which may reopen it.
 */
export const caseWait = (facts: CaseFacts): Wait | undefined => {
  const { submittedAt, started, ledgerSeq, endedAt, messageSince, dueSince } = facts;
  if (endedAt === undefined && ledgerSeq <= 1)
    return waitOfCase(started ? 'NOT_BEGUN' : 'NOT_STARTED', submittedAt, 'start');
  if (messageSince !== undefined) return waitOfCase('MESSAGE_WAITING', messageSince, 'delivery');
  return dueSince === undefined || endedAt !== undefined ? undefined : waitOfCase('OVERDUE', dueSince, 'delivery');
};

const waitOfCase = (detail: WaitDetail, since: number, next: NextAction): Wait => ({
  ...waitForSystem(detail, since),
  ofCase: true,
  next: { kind: next },
});

/**
 * Why a whole case waits after a fault was found at `now`: a stall at once, because work for it is
 * overdue. A fault of the whole machinery concerns only the cases that have waited long enough to
 * be suspect.
 */
export const caseWaitUnder = (facts: CaseFacts, fault: Fault | undefined, now: number): Wait | undefined => {
  const wait = caseWait(facts);
  if (fault === undefined || facts.endedAt !== undefined) return wait;
  const isOfAll = fault === 'WORKERS_UNAVAILABLE' || fault === 'TEMPORAL_UNAVAILABLE';
  if (isOfAll && !(wait && isSuspect(wait, now))) return wait;
  const since = wait?.since ?? now;
  const stall: Wait = { ...waitForSystem(fault, since), ofCase: true, stallsAt: since };
  // What a case with a fault of its own waits for does not happen until a person has fixed the fault.
  return isOfAll && wait?.next ? { ...stall, next: wait.next } : stall;
};

/** The row of an open stall. */
export interface StallFacts {
  cause: WaitingCause;
  detail: WaitDetail;
  turn: Turn;
  since: number;
  nextKind?: NextAction | undefined;
  nextAt?: number | undefined;
}

/** Why a whole case waits according to the watcher: its open stall, if any. */
export const caseWaitOfStall = (facts: CaseFacts, stall: StallFacts | undefined): Wait | undefined => {
  if (!stall || facts.endedAt !== undefined) return caseWait(facts);
  const { cause, detail, turn, since, nextKind, nextAt } = stall;
  const next = nextKind && { kind: nextKind, ...(nextAt !== undefined && { at: nextAt }) };
  return { cause, detail, turn, since, stallsAt: since, ofCase: true, ...(next && { next }) };
};
