import { lastContactAt, silentAt, type AgencyFacts } from '../agency/enquiries.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { addLimit } from '../calendar/limit.ts';
import type { Limit } from '../matter/schema.ts';
import type { StepClock } from '../case/clock.ts';
import type { DueKind } from '../case/dues.ts';
import type { AttentionCode, Procedure, ProcedureLength } from '../case/messages.ts';
import { MAX_IN_FLIGHT } from '../case/in-flight.ts';
import type { StepKind } from '../case/plan.ts';
import type { Notice } from '../case/state.ts';
import type { StepStatus } from '../case/status.ts';
import type { Fault, NextAction, WaitingCause } from './causes.ts';
import { isStalled, PATIENCE_MS, SUSPECT_MS, waitForSystem, type Wait } from './wait.ts';

/**
 * The time without an event after which a wait for a person or an agency is a stall: four hours of
 * the windows for limits in minutes or seconds, otherwise a working day.
 */
const QUICK: Limit = { workingMinutes: 240 };
const USUAL: Limit = { workingDays: 1 };

/** The row of a step. */
export interface WaitingStep {
  kind: StepKind;
  status: StepStatus;
  attempts: number;
  lastErrorAt?: number | undefined;
  nextAttemptAt?: number | undefined;
  /** Since when it waits for the end of an outage of its agency, or for the agency to be enabled. */
  parkedAt?: number | undefined;
  attention?: AttentionCode | undefined;
  because?: string | undefined;
  suspension?: (ProcedureLength & { procedure: Procedure; at: number }) | undefined;
  sentAt?: number | undefined;
  changedAt: number;
  enquireAt?: number | undefined;
  enquiries: number;
  clock?: StepClock | undefined;
  /** No office serves the division that decides it. */
  unserved?: boolean | undefined;
}

/** The other facts that decide why a step waits. */
export interface Surroundings {
  now: number;
  calendar: Calendar;
  /** Undefined: it is not registered. */
  agency: AgencyFacts | undefined;
  /** The steps of the case that are being sent to the agency, this one included; absent: one. */
  sending?: number | undefined;
  /** The promised limit of the step. */
  limit: Limit;
  /** The notice with its supplement. */
  notice?: Pick<Notice, 'status' | 'notifiedAt'> | undefined;
  /**
   * The next actions of time on the step or, by notice or pledge, on what it waits for; the
   * earliest counts.
   */
  dues: readonly { kind: DueKind; at: number }[];
  /** Why the whole case waits (`caseWait`). */
  ofCase?: Wait | undefined;
  /** The fault in sending this step. */
  fault?: Fault | undefined;
}

/** Why a step waits; undefined: it has ended. */
export const waitOf = (step: WaitingStep, around: Surroundings): Wait | undefined => {
  const wait = ownWait(step, around);
  const { ofCase, fault, now } = around;
  if (!wait) return undefined;
  // While the case itself does not move, no other party is responsible.
  if (ofCase && isStalled(ofCase, now)) return ofCase;
  if (ofCase?.next?.kind === 'start' && wait.cause === 'upstream') return { ...ofCase, detail: 'STARTING' };
  return overdueWait(wait, now) ?? (fault && waitsForUs(wait) ? blameFault(wait, fault) : wait);
};

/**
 * If an action of the system is overdue, the cause is our own fault and not the reason for which
 * the step waits.
 */
const overdueWait = ({ next }: Wait, now: number): Wait | undefined =>
  next?.at === undefined || now < next.at + PATIENCE_MS
    ? undefined
    : { ...waitForSystem('OVERDUE', next.at), next: { kind: next.kind } };

/** A fault of our machinery explains only a wait for our machinery. */
const waitsForUs = ({ cause, turn }: Wait): boolean => cause === 'system' && turn === 'system';

const blameFault = (wait: Wait, fault: Fault): Wait => ({ ...wait, detail: fault, stallsAt: wait.since + SUSPECT_MS });

const ownWait = (step: WaitingStep, around: Surroundings): Wait | undefined => {
  const { status, changedAt } = step;
  switch (status) {
    case 'waiting':
      return { cause: 'upstream', detail: 'OTHER_STEPS', turn: 'upstream', since: changedAt };
    case 'ready':
      return deferredWait(step, around);
    case 'submitted':
    case 'undoing':
      return waitForAgency(step, around, sendingWait);
    case 'accepted':
      return waitForAgency(step, around, agencyWait);
    case 'supplement':
      return supplementWait(step, around);
    case 'suspended':
      return suspendedWait(step, around);
    case 'attention':
      return attentionWait(step, around);
    case 'done':
    case 'refused':
    case 'lapsed':
    case 'skipped':
    case 'blocked':
    case 'stopped':
    case 'undone':
      return undefined;
  }
};

/**
 * Its needs are met and it is deferred: by a missing material until the pledge expires, or by a
 * request of the window.
 */
const deferredWait = ({ because, changedAt: since }: WaitingStep, around: Surroundings): Wait => {
  const waits = { cause: 'applicant', turn: 'applicant', since, ...nextOf(around) } as const;
  switch (because) {
    case 'gap':
      return { ...waits, detail: 'GAP', stallsAt: nextOf(around).next?.at ?? stallsAtOf(around, since) };
    case 'pledge':
      return { ...waits, detail: 'PLEDGE', stallsAt: since };
    case 'supplement':
      return { ...waits, detail: 'SUPPLEMENT', stallsAt: stallsAtOf(around, since) };
    default:
      return waitForSystem('SENDING', since);
  }
};

/**
 * Nothing is sent where no office serves the division, or to an agency that is not registered or
 * disabled: a stall at once, until the agency is registered, is enabled, or answers what it was sent before. Otherwise the wait is `usual`.
 */
const waitForAgency = (
  step: WaitingStep,
  around: Surroundings,
  usual: (step: WaitingStep, around: Surroundings, agency: AgencyFacts) => Wait,
): Wait => {
  const { agency } = around;
  const { changedAt } = step;
  // What an office was sent before goes on.
  if (step.unserved === true && step.status === 'submitted') {
    return { cause: 'no-office', detail: 'NO_OFFICE', turn: 'officer', since: changedAt, stallsAt: changedAt };
  }
  if (!agency) {
    const since = { since: changedAt, stallsAt: changedAt };
    return { cause: 'agency-unregistered', detail: 'UNREGISTERED', turn: 'system', ...since };
  }
  if (agency.disabledAt === undefined) return usual(step, around, agency);
  const since = Math.max(agency.disabledAt, changedAt);
  return { cause: 'agency-disabled', detail: 'DISABLED', turn: 'agency', since, stallsAt: since };
};

/** It is being sent to the agency, or taken back. */
const sendingWait = (step: WaitingStep, around: Surroundings, agency: AgencyFacts): Wait => {
  const { status, parkedAt, changedAt, nextAttemptAt: at } = step;
  const since = status === 'submitted' ? (step.sentAt ?? changedAt) : changedAt;
  const unreachable = { cause: 'agency-unreachable', turn: 'agency', since } as const;
  if (parkedAt !== undefined)
    return { ...unreachable, detail: 'OUTAGE', since: parkedAt, next: { kind: 'probe' }, stallsAt: parkedAt };
  // An undo is sent in the round of its step: earlier failures do not count.
  const failed = step.attempts > 0 && (status === 'submitted' || (step.lastErrorAt ?? 0) >= changedAt);
  const began = Math.max(since, changedAt);
  if (failed) {
    const next = { kind: 'attempt' as const, ...(at !== undefined && { at }) };
    return { ...unreachable, detail: 'UNANSWERED', next, stallsAt: began + SUSPECT_MS };
  }
  // The agency limits its rate or the requests of a case: the queue may be long, and for a while that
  // is no fault.
  const { sending = 1 } = around;
  if (agency.maxPerSecond !== undefined || sending > (agency.maxInFlight ?? MAX_IN_FLIGHT)) {
    return { ...waitForSystem('RATE_CAPPED', began), stallsAt: stallsAtOf(around, began) };
  }
  return waitForSystem('SENDING', began);
};

/** The agency has it. */
const agencyWait = (step: WaitingStep, around: Surroundings, agency: AgencyFacts): Wait => {
  const { kind, sentAt, changedAt, enquireAt, clock } = step;
  const since = Math.max(sentAt ?? changedAt, ...(clock?.holds ?? []).map(({ to }) => to ?? 0));
  const event = Math.max(since, changedAt, lastContactAt(agency, step));
  const enquiry = enquireAt === undefined ? [] : [{ kind: 'enquiry' as const, at: enquireAt }];
  const waits = { since, ...findEarliest([...around.dues, ...enquiry]), stallsAt: stallsAtOf(around, event) };
  if (kind === 'pay') return { ...waits, cause: 'payment', detail: 'PAYMENT', turn: 'applicant' };
  if (kind === 'deliver') return { ...waits, cause: 'courier', detail: 'DELIVERY', turn: 'courier' };
  if (agency.connection !== 'push') return { ...waits, cause: 'officer-idle', detail: 'DECISION', turn: 'officer' };
  const stallsAt = Math.min(waits.stallsAt, silentAt(agency, event));
  const cause = around.now < stallsAt ? 'agency-working' : 'agency-silent';
  return { ...waits, cause, detail: 'DECISION', turn: 'agency', stallsAt };
};

/** Gathered with other requests, then sent to the applicant. */
const supplementWait = ({ changedAt }: WaitingStep, around: Surroundings): Wait => {
  const { notice } = around;
  const { next } = nextOf(around);
  if (notice?.status === 'gathering') {
    const notifiedAt = next?.at ?? changedAt;
    return { ...waitForSystem('GATHERING', changedAt), ...nextOf(around), stallsAt: notifiedAt + PATIENCE_MS };
  }
  const since = notice?.notifiedAt ?? changedAt;
  const waits = { cause: 'applicant', detail: 'SUPPLEMENT', turn: 'applicant', since } as const;
  return { ...waits, ...nextOf(around), stallsAt: stallsAtOf(around, since) };
};

/**
 * A special procedure lasts as long as was announced to the applicant; a suspension by a supervisor
 * as long as expected.
 */
const suspendedWait = ({ suspension, changedAt }: WaitingStep, around: Surroundings): Wait => {
  const since = suspension?.at ?? changedAt;
  const { expectedDays = 1, unit } = suspension ?? {};
  const length = unit === 'calendar-days' ? { calendarDays: expectedDays } : { workingDays: expectedDays };
  const waits = { since, stallsAt: addLimit(around.calendar, since, length).at };
  return suspension === undefined || suspension.procedure === 'other'
    ? { ...waits, cause: 'officer-idle', detail: 'SUSPENSION', turn: 'officer' }
    : { ...waits, cause: 'special-procedure', detail: 'PROCEDURE', turn: 'agency' };
};

/**
 * A person must act, and has not been given a later time: a stall at once. An instant approval that
 * fell to an officer is ordinary work.
 */
const attentionWait = ({ attention = 'STEP_FAULT', changedAt: since }: WaitingStep, around: Surroundings): Wait => ({
  cause: ATTENTION_CAUSES[attention],
  detail: attention,
  turn: 'officer',
  since,
  stallsAt: attention === 'RULES_NOT_MET' ? stallsAtOf(around, since) : since,
});

const ATTENTION_CAUSES: Record<AttentionCode, WaitingCause> = {
  AGENCY_REJECTED: 'agency-rejected',
  AGENCY_SETUP: 'agency-rejected',
  AGENCY_UNREADABLE: 'agency-rejected',
  REASON_MISSING: 'agency-rejected',
  RESULT_INVALID: 'agency-rejected',
  DECISION_NOT_OF_KIND: 'agency-rejected',
  DECISION_BY_PERSON: 'officer-idle',
  RECORD_MISSED: 'officer-idle',
  RULES_NOT_MET: 'officer-idle',
  UNDO_REJECTED: 'agency-rejected',
  STEP_FAULT: 'system',
  CORRECTION_BY_PERSON: 'officer-idle',
  PARCEL_RETURNED: 'courier',
  UNDO_BY_PERSON: 'officer-idle',
};

const nextOf = ({ dues }: Surroundings): Pick<Wait, 'next'> => findEarliest(dues);

const findEarliest = (coming: readonly { kind: NextAction; at: number }[]): Pick<Wait, 'next'> => {
  const [next] = coming.toSorted((a, b) => a.at - b.at);
  return next ? { next } : {};
};

/** When a wait is a stall: too long after an event, while a person or an agency has to act. */
const stallsAtOf = ({ calendar, limit }: Surroundings, event: number): number => {
  const quick = 'workingMinutes' in limit || 'seconds' in limit;
  return addLimit(calendar, event, quick ? QUICK : USUAL).at;
};
