import type { Calendar } from '../calendar/calendar.ts';
import type { StepClock } from '../engine/clock.ts';
import type { DueKind } from '../engine/dues.ts';
import type { AttentionCode, Procedure } from '../engine/messages.ts';
import type { StepKind } from '../engine/plan.ts';
import type { Notice } from '../engine/state.ts';
import type { StepStatus } from '../engine/status.ts';
import { addLimit } from '../calendar/limit.ts';
import type { Limit } from '../definition/schema.ts';

/**
 * What an open step or case waits for. One function says it for the case's page, for the watcher and for the instant at which the
 * watcher looks. A wait that lasts beyond its threshold is a stall (停滞).
 */

/** Why something stands still. Exactly one for every step that has not ended. */
export const WAITING_CAUSES = [
  'agency-unreachable',
  'agency-rejected',
  'agency-silent',
  'officer-idle',
  'applicant',
  'payment',
  'courier',
  'upstream',
  'system',
] as const;
export type WaitingCause = (typeof WAITING_CAUSES)[number];

/** The causes that are an agency's own; only these light its lamp. */
export const AGENCY_CAUSES = [
  'agency-unreachable',
  'agency-rejected',
  'agency-silent',
  'officer-idle',
] as const satisfies readonly WaitingCause[];

/** Whose turn it is. */
export const TURNS = ['applicant', 'agency', 'officer', 'courier', 'upstream', 'system'] as const;
export type Turn = (typeof TURNS)[number];

/** What is wrong with the machinery, as far as Temporal and the workers' signs of life tell. */
export const FAULTS = [
  /** No worker has given a sign of life. */
  'WORKERS_UNAVAILABLE',
  'TEMPORAL_UNAVAILABLE',
  /** Nobody takes tasks from a queue. */
  'QUEUE_UNSERVED',
  /** Open here, and not running in Temporal. */
  'WORKFLOW_MISSING',
  /** Its code fails again and again: it is retried until it is mended. */
  'WORKFLOW_TASK_FAILING',
  /** The code that runs now does not lead where the history went: a wrong release. */
  'HISTORY_MISMATCH',
  'PAYLOAD_UNREADABLE',
  /** Its ledger or its rows cannot be written. */
  'PROJECTION_FAILING',
  /** Sending fails on our side, before the agency is reached. */
  'ACTIVITY_FAILING',
  /** Nobody has taken the task from the agency's queue. */
  'NOT_PICKED_UP',
] as const;
export type Fault = (typeof FAULTS)[number];

/** The precise reason, a code. */
export type WaitDetail = (typeof WAIT_DETAILS)[number];
export const WAIT_DETAILS = [
  'OTHER_STEPS',
  'SENDING',
  'RATE_CAPPED',
  'GATHERING',
  'UNANSWERED',
  'OUTAGE',
  'DECISION',
  'PROCEDURE',
  'SUSPENSION',
  'SUPPLEMENT',
  'GAP',
  'PLEDGE',
  'PAYMENT',
  'DELIVERY',
  'AGENCY_REJECTED',
  'AGENCY_SETUP',
  'AGENCY_UNREADABLE',
  'STEP_FAULT',
  'CORRECTION_BY_PERSON',
  'PARCEL_RETURNED',
  'UNDO_REJECTED',
  'UNDO_BY_PERSON',
  'NOT_STARTED',
  'NOT_BEGUN',
  'MESSAGE_WAITING',
  'OVERDUE',
  ...FAULTS,
] as const;

/** What happens next by itself. */
export const NEXT_ACTIONS = ['start', 'delivery', 'attempt', 'probe', 'enquiry'] as const;
export type NextAction = (typeof NEXT_ACTIONS)[number] | DueKind;

export interface Wait {
  cause: WaitingCause;
  detail: WaitDetail;
  turn: Turn;
  /** Milliseconds since 1970. */
  since: number;
  next?: { kind: NextAction; at?: number };
  /** When it is a stall; absent: never, for what it waits for has a wait of its own. */
  stallsAt?: number;
  /** It is the whole case that waits: one stall, however many steps it holds up. */
  ofCase?: true;
}

/** We carry things on within a second or two; so long means that something is wrong, and is said as it is. */
const PATIENCE_MS = 30_000;
/** After so long it is worth asking what is wrong; with a fault known, or an attempt failed, it is a stall. */
export const SUSPECT_MS = 10_000;
/** An agency that has been asked twice without a decision is silent: after its interval and after twice that. */
const INTERVALS_TO_SILENCE = 3;
/** No event for so long while somebody is to act: four hours of the windows where the limit is in minutes or seconds, else a working day. */
const QUICK: Limit = { workingMinutes: 240 };
const USUAL: Limit = { workingDays: 1 };

export const isStalled = ({ stallsAt }: Wait, now: number): boolean => stallsAt !== undefined && now >= stallsAt;

/** When it is worth looking at a wait: at its stall, or earlier where what is wrong can be found out. */
export const lookAt = ({ cause, since, stallsAt }: Wait): number | undefined =>
  cause === 'system' && stallsAt !== undefined ? Math.min(stallsAt, since + SUSPECT_MS) : stallsAt;

/** Whether it lasts long enough to ask Temporal about it. */
export const isSuspect = (wait: Wait, now: number): boolean =>
  wait.cause === 'system' && wait.turn === 'system' && now >= wait.since + SUSPECT_MS;

export interface CaseFacts {
  submittedAt: number;
  /** Its workflow has been started; and has recorded something. */
  started: boolean;
  begun: boolean;
  /** Since when the oldest message to it has not arrived. */
  messageSince?: number | undefined;
  /** The oldest instant that has come without the case being told. */
  dueSince?: number | undefined;
  fault?: { code: Fault; since: number } | undefined;
}

/** What a whole case waits for because our own machinery owes it something; undefined: nothing. */
export const caseWait = (facts: CaseFacts): Wait | undefined => {
  const wait = owedTo(facts);
  const { fault } = facts;
  if (!fault) return wait;
  const since = wait?.since ?? fault.since;
  return { ...(wait ?? ours(fault.code, since)), detail: fault.code, stallsAt: since };
};

const owedTo = ({ submittedAt, started, begun, messageSince, dueSince }: CaseFacts): Wait | undefined => {
  if (!begun) return { ...ours(started ? 'NOT_BEGUN' : 'NOT_STARTED', submittedAt), next: { kind: 'start' } };
  if (messageSince !== undefined) return { ...ours('MESSAGE_WAITING', messageSince), next: { kind: 'delivery' } };
  return dueSince === undefined ? undefined : { ...ours('OVERDUE', dueSince), next: { kind: 'delivery' } };
};

const ours = (detail: WaitDetail, since: number): Wait => ({
  cause: 'system',
  detail,
  turn: 'system',
  since,
  stallsAt: since + PATIENCE_MS,
  ofCase: true,
});

/** A step as its row has it. */
export interface WaitingStep {
  kind: StepKind;
  status: StepStatus;
  attempts: number;
  lastErrorAt?: number | undefined;
  nextAttemptAt?: number | undefined;
  /** Since when it waits for the end of an outage of its agency. */
  parkedAt?: number | undefined;
  attention?: AttentionCode | undefined;
  because?: string | undefined;
  suspension?: { procedure: Procedure; expectedDays: number; at: number } | undefined;
  sentAt?: number | undefined;
  changedAt: number;
  enquireAt?: number | undefined;
  enquiries: number;
  clock?: StepClock | undefined;
}

/** What else decides what a step waits for. */
export interface Surroundings {
  now: number;
  calendar: Calendar;
  agency: { connection: 'push' | 'worklist' | 'rules'; enquireAfterS: number; maxPerSecond?: number | undefined };
  /** The promised limit of the step. */
  limit: Limit;
  /** The notice in which its supplement is. */
  notice?: Pick<Notice, 'status' | 'notifiedAt'> | undefined;
  /** What time will do to the step or, by notice or pledge, to what it waits for; the earliest counts. */
  dues: readonly { kind: DueKind; at: number }[];
  /** What the whole case waits for (`caseWait`). */
  ofCase?: Wait | undefined;
  /** What is wrong with sending this step. */
  fault?: Fault | undefined;
}

/** Of what falls due in a case, that which a step waits for: about itself, its notice, or the pledge that holds it. */
export const duesOf = (
  step: Pick<WaitingStep, 'status' | 'because'> & { stepId: string; noticeId?: string | undefined },
  dues: readonly { kind: DueKind; key: string; stepId?: string | undefined; dueAt: number }[],
): { kind: DueKind; at: number }[] =>
  dues.filter((due) => concerns(step, due)).map(({ kind, dueAt }) => ({ kind, at: dueAt }));

const concerns = (
  { status, because, stepId, noticeId }: Parameters<typeof duesOf>[0],
  due: Parameters<typeof duesOf>[1][number],
): boolean => {
  switch (due.kind) {
    case 'acceptance':
    case 'parcel':
      return due.stepId === stepId;
    case 'gathering':
    case 'reminder':
    case 'supplement':
      return status === 'supplement'
        ? due.key === `${due.kind}:${noticeId}`
        : status === 'ready' && because === 'supplement';
    case 'pledge':
    case 'pledge-return':
      return status === 'ready' && (because === 'gap' || because === 'pledge');
  }
};

/** What a step waits for; undefined: it has ended. */
export const waitOf = (step: WaitingStep, around: Surroundings): Wait | undefined => {
  const wait = ownWait(step, around);
  const { ofCase, fault, now } = around;
  if (!wait) return undefined;
  // Nobody else is to blame while the case itself does not move.
  if (ofCase && (isStalled(ofCase, now) || (wait.cause === 'upstream' && ofCase.next?.kind === 'start'))) return ofCase;
  return overdue(wait, now) ?? (fault && wait.turn === 'system' ? broken(wait, fault) : wait);
};

/** What should have happened by itself and did not is our own doing, whatever else it waits for. */
const overdue = ({ next }: Wait, now: number): Wait | undefined => {
  if (next?.at === undefined || now < next.at + PATIENCE_MS) return undefined;
  const { ofCase: _step, ...wait } = ours('OVERDUE', next.at);
  return { ...wait, next: { kind: next.kind } };
};

const broken = (wait: Wait, fault: Fault): Wait => ({ ...wait, detail: fault, stallsAt: wait.since + SUSPECT_MS });

const ownWait = (step: WaitingStep, around: Surroundings): Wait | undefined => {
  const { status, changedAt } = step;
  switch (status) {
    case 'waiting':
      return { cause: 'upstream', detail: 'OTHER_STEPS', turn: 'upstream', since: changedAt };
    case 'ready':
      return heldWait(step, around);
    case 'submitted':
    case 'undoing':
      return sendingWait(step, around);
    case 'accepted':
      return atAgency(step, around);
    case 'supplement':
      return supplementWait(step, around);
    case 'suspended':
      return suspendedWait(step, around);
    case 'attention':
      return attentionWait(step);
    case 'done':
    case 'refused':
    case 'skipped':
    case 'blocked':
    case 'stopped':
    case 'undone':
      return undefined;
  }
};

/** Its needs are met and it is held: by a gap until the pledge runs out, by what the window asked for. */
const heldWait = ({ because, changedAt: since }: WaitingStep, around: Surroundings): Wait => {
  const waits = { cause: 'applicant', turn: 'applicant', since, ...nextOf(around) } as const;
  switch (because) {
    case 'gap':
      return { ...waits, detail: 'GAP', stallsAt: nextOf(around).next?.at ?? eventless(around, since) };
    case 'pledge':
      return { ...waits, detail: 'PLEDGE', stallsAt: since };
    case 'supplement':
      return { ...waits, detail: 'SUPPLEMENT', stallsAt: eventless(around, since) };
    default:
      return stepWait('SENDING', since);
  }
};

/** On its way to the agency, or on its way back. */
const sendingWait = (step: WaitingStep, around: Surroundings): Wait => {
  const { status, parkedAt, changedAt, nextAttemptAt: at } = step;
  const since = status === 'submitted' ? (step.sentAt ?? changedAt) : changedAt;
  const unreachable = { cause: 'agency-unreachable', turn: 'agency', since } as const;
  if (parkedAt !== undefined)
    return { ...unreachable, detail: 'OUTAGE', since: parkedAt, next: { kind: 'probe' }, stallsAt: parkedAt };
  // An undo is sent in the round of its step: what failed before it does not count.
  const failed = step.attempts > 0 && (status === 'submitted' || (step.lastErrorAt ?? 0) >= changedAt);
  const began = Math.max(since, changedAt);
  if (failed) {
    const next = { kind: 'attempt' as const, ...(at !== undefined && { at }) };
    return { ...unreachable, detail: 'UNANSWERED', next, stallsAt: began + SUSPECT_MS };
  }
  // As many as the agency takes: its queue may be long, and that is nobody's fault for a while.
  if (around.agency.maxPerSecond !== undefined) {
    return { ...stepWait('RATE_CAPPED', began), stallsAt: eventless(around, began) };
  }
  return stepWait('SENDING', began);
};

const stepWait = (detail: WaitDetail, since: number): Wait => {
  const { ofCase: _step, ...wait } = ours(detail, since);
  return wait;
};

/** The agency has it. */
const atAgency = (step: WaitingStep, around: Surroundings): Wait => {
  const { kind, sentAt, changedAt, enquireAt, enquiries, clock } = step;
  const { agency } = around;
  const since = Math.max(sentAt ?? changedAt, ...(clock?.holds ?? []).map(({ to }) => to ?? 0));
  // An agency that says that it is at work is asked later: that is when it was heard.
  const heard = enquireAt !== undefined && enquiries === 0 ? enquireAt - agency.enquireAfterS * 1_000 : 0;
  const event = Math.max(since, changedAt, heard);
  const enquiry = enquireAt === undefined ? [] : [{ kind: 'enquiry' as const, at: enquireAt }];
  const waits = { since, ...earliest([...around.dues, ...enquiry]), stallsAt: eventless(around, event) };
  if (kind === 'pay') return { ...waits, cause: 'payment', detail: 'PAYMENT', turn: 'applicant' };
  if (kind === 'deliver') return { ...waits, cause: 'courier', detail: 'DELIVERY', turn: 'courier' };
  if (agency.connection !== 'push') return { ...waits, cause: 'officer-idle', detail: 'DECISION', turn: 'officer' };
  const silentAt = event + INTERVALS_TO_SILENCE * agency.enquireAfterS * 1_000;
  const stallsAt = Math.min(waits.stallsAt, silentAt);
  return { ...waits, cause: 'agency-silent', detail: 'DECISION', turn: 'agency', stallsAt };
};

/** Gathered with what others ask for, then told to the applicant. */
const supplementWait = ({ changedAt }: WaitingStep, around: Surroundings): Wait => {
  const { notice } = around;
  const { next } = nextOf(around);
  if (notice?.status === 'gathering') {
    const told = next?.at ?? changedAt;
    return { ...stepWait('GATHERING', changedAt), ...nextOf(around), stallsAt: told + PATIENCE_MS };
  }
  const since = notice?.notifiedAt ?? changedAt;
  const waits = { cause: 'applicant', detail: 'SUPPLEMENT', turn: 'applicant', since } as const;
  return { ...waits, ...nextOf(around), stallsAt: eventless(around, since) };
};

/** A special procedure takes as long as the applicant was told; a suspension by a supervisor as long as was expected. */
const suspendedWait = ({ suspension, changedAt }: WaitingStep, around: Surroundings): Wait => {
  const since = suspension?.at ?? changedAt;
  const workingDays = suspension?.expectedDays ?? 1;
  const waits = { since, stallsAt: addLimit(around.calendar, since, { workingDays }).at };
  return suspension === undefined || suspension.procedure === 'other'
    ? { ...waits, cause: 'officer-idle', detail: 'SUSPENSION', turn: 'officer' }
    : { ...waits, cause: 'agency-silent', detail: 'PROCEDURE', turn: 'agency' };
};

/** A person must act, and nobody has been told otherwise: a stall at once. */
const attentionWait = ({ attention = 'STEP_FAULT', changedAt: since }: WaitingStep): Wait => ({
  cause: ATTENTION_CAUSES[attention],
  detail: attention,
  turn: 'officer',
  since,
  stallsAt: since,
});

const ATTENTION_CAUSES: Record<AttentionCode, WaitingCause> = {
  AGENCY_REJECTED: 'agency-rejected',
  AGENCY_SETUP: 'agency-rejected',
  AGENCY_UNREADABLE: 'agency-rejected',
  UNDO_REJECTED: 'agency-rejected',
  STEP_FAULT: 'system',
  CORRECTION_BY_PERSON: 'officer-idle',
  PARCEL_RETURNED: 'courier',
  UNDO_BY_PERSON: 'officer-idle',
};

const nextOf = ({ dues }: Surroundings): Pick<Wait, 'next'> => earliest(dues);

const earliest = (coming: readonly { kind: NextAction; at: number }[]): Pick<Wait, 'next'> => {
  const [next] = coming.toSorted((a, b) => a.at - b.at);
  return next ? { next } : {};
};

/** When nothing has happened for too long since an event, while somebody is to act. */
const eventless = ({ calendar, limit }: Surroundings, event: number): number => {
  const quick = 'workingMinutes' in limit || 'seconds' in limit;
  return addLimit(calendar, event, quick ? QUICK : USUAL).at;
};
