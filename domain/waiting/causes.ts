import { DECISION_FAULTS } from '../case/messages.ts';
import type { DueKind } from '../case/dues.ts';

/** The codes of the reasons why an open step or case waits. */

/** Why a thing is stalled. Exactly one cause for every step that has not ended. */
export const WAITING_CAUSES = [
  'agency-unreachable',
  /** An operator has disabled it: not its own doing. */
  'agency-disabled',
  /** The registry does not have it, so nothing can be sent: an operator registers it. */
  'agency-unregistered',
  /**
   * No registered office serves the division that decides the step: a supervisor asks by letter, or
   * an operator registers an office.
   */
  'no-office',
  'agency-rejected',
  /** Its system has the step, and has not been silent for long. */
  'agency-working',
  'agency-silent',
  /** The clock of the law stands still: not silence of the agency. */
  'special-procedure',
  'officer-idle',
  'applicant',
  'payment',
  'courier',
  'upstream',
  'system',
] as const;
export type WaitingCause = (typeof WAITING_CAUSES)[number];

/** The causes for which the agency itself is responsible; only these change its light. */
export const AGENCY_CAUSES = [
  'agency-unreachable',
  'agency-rejected',
  'agency-silent',
  'officer-idle',
] as const satisfies readonly WaitingCause[];

/** Who has to act. */
export const TURNS = ['applicant', 'agency', 'officer', 'courier', 'upstream', 'system'] as const;
export type Turn = (typeof TURNS)[number];

/** The faults of the machinery, as far as Temporal and the heartbeats of the workers show them. */
export const FAULTS = [
  /** No worker has sent a heartbeat. */
  'WORKERS_UNAVAILABLE',
  'TEMPORAL_UNAVAILABLE',
  /** No worker polls the queue. */
  'QUEUE_UNSERVED',
  /** Open here, and not running in Temporal. */
  'WORKFLOW_MISSING',
  /** It was reset in Temporal, so it may be behind the ledger. */
  'WORKFLOW_RESET',
  /** The ledger has entries that its run does not have: Temporal is older than Postgres. */
  'WORKFLOW_BEHIND',
  /** The ledger lacks entries that were written: Postgres is older than Temporal. */
  'LEDGER_SHORT',
  /** A workflow in Temporal whose case Postgres does not have. */
  'CASE_MISSING',
  /** Many cases have lost their workflows: a supervisor has to confirm that they continue. */
  'WORKFLOWS_LOST',
  /** Cases have lost their workflows, and Temporal has another namespace than was recorded. */
  'NAMESPACE_CHANGED',
  /** Ledgers lack entries that were written: a supervisor has to confirm that the cases continue. */
  'LEDGERS_SHORT',
  /** Its code fails repeatedly; it is retried until the code is fixed. */
  'WORKFLOW_TASK_FAILING',
  /** The present code does not match the history: a wrong release. */
  'HISTORY_MISMATCH',
  'PAYLOAD_UNREADABLE',
  /** Its ledger or its rows cannot be written. */
  'PROJECTION_FAILING',
  /** Sending fails on our side, before the agency is reached. */
  'ACTIVITY_FAILING',
  /** No worker has taken the task from the agency's queue. */
  'NOT_PICKED_UP',
] as const;
export type Fault = (typeof FAULTS)[number];

/** The precise reason, a code. */
export type WaitDetail = (typeof WAIT_DETAILS)[number];
export const WAIT_DETAILS = [
  'OTHER_STEPS',
  /** A new case is being started. */
  'STARTING',
  'SENDING',
  'RATE_CAPPED',
  'GATHERING',
  'UNANSWERED',
  'OUTAGE',
  'DISABLED',
  'UNREGISTERED',
  'NO_OFFICE',
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
  ...DECISION_FAULTS,
  'RECORD_MISSED',
  'RULES_NOT_MET',
  'STEP_FAULT',
  'CORRECTION_BY_PERSON',
  'PARCEL_RETURNED',
  'UNDO_REJECTED',
  'UNDO_BY_PERSON',
  'NOT_STARTED',
  'NOT_BEGUN',
  'MESSAGE_WAITING',
  'OVERDUE',
  /** A message of the system was not recorded, because a different one had its id. */
  'MESSAGE_CONFLICT',
  /** The words of an answer were not kept: persons must settle some of the kept ones. */
  'REVIEW_QUEUE_FULL',
  ...FAULTS,
] as const;

/** The next action that needs no person. */
export const NEXT_ACTIONS = ['start', 'resume', 'delivery', 'attempt', 'probe', 'enquiry'] as const;
export type NextAction = (typeof NEXT_ACTIONS)[number] | DueKind;

/** The order of a list of stalls: the nearest deadline first, or the longest wait first. */
export const STALL_SORTINGS = ['urgency', 'age'] as const;
export type StallSorting = (typeof STALL_SORTINGS)[number];
