import type { StepClock } from '../engine/clock.ts';
import type { DueKind } from '../engine/dues.ts';
import type { LedgerEntry } from '../engine/ledger.ts';
import type { AttentionCode, DecisionKind } from '../engine/messages.ts';
import type { Notice, StepState } from '../engine/state.ts';
import type { CaseStatus, Closing, StepStatus } from '../engine/status.ts';

/**
 * What `db/projection.ts` writes of a case: its new entries and its rows as they are after them. What is absent is null, but where it says
 * that the row keeps it. Instants in milliseconds since 1970.
 */
export interface ProjectionRows {
  caseId: string;
  /** The entry and hash (hex) after which these come. */
  prevSeq: number;
  prevHash: string;
  entries: readonly LedgerEntry[];
  case: CaseColumns;
  /** Those that may have changed. */
  steps: readonly StepColumns[];
  /** Those that may have changed. */
  notices: readonly NoticeColumns[];
  /** All of them: what is not among them is not due any more. */
  dues: readonly DueColumns[];
}

export interface CaseColumns {
  status: CaseStatus;
  closing?: Closing;
  pausedAt?: number;
  /** Materials that were pledged and have not come in. */
  gaps: readonly string[];
  /** Absent: the row keeps what it has, as with each of the deadlines. */
  acceptedAt?: number;
  yellowAt?: number;
  promisedAt?: number;
  statutoryAt?: number;
  provisional?: boolean;
  /** It has ended, and when; an instant that is absent is kept. */
  ended: boolean;
  endedAt?: number;
  /** The version of the calendar by which these rows were computed. The row keeps an older one: then some of its steps follow that. */
  calendar: string;
  /** The last entry with which all rows of the case were computed anew, and none of them follows an older calendar any more. */
  recomputedSeq?: number;
}

export interface StepColumns {
  id: string;
  /** The last entry that may have changed it: where the ledger has that one, the step is written already. */
  seq: number;
  /** When something happened to it last; absent: the row keeps it, and only deadlines are other ones. */
  changedAt?: number;
  agency: string;
  status: StepStatus;
  round: number;
  undo: boolean;
  /** Since when it waits for the outage of its agency to end. */
  parkedAt?: number;
  sentAt?: number;
  officer?: string;
  decision?: DecisionKind;
  messageId?: string;
  attention?: AttentionCode;
  because?: string;
  noticeId?: string;
  suspension?: StepState['suspension'];
  clock?: StepClock;
  extensionDays?: number;
  pausedAt?: number;
  /** Absent: the row keeps it, as with each of the deadlines. A step that has ended keeps the deadlines by which it ended, too. */
  startedAt?: number;
  yellowAt?: number;
  promisedAt?: number;
  statutoryAt?: number;
  provisional?: boolean;
  /** It has ended, and when; an instant that is absent is kept. */
  ended: boolean;
  endedAt?: number;
  /** When its agency is asked about it first. In the same round the row keeps the instant that it has. */
  enquireAt?: number;
  /** When the watcher looks at it. */
  watchAt?: number;
  /** Once it has ended: how long its agency held it, and whether it asked for a supplement. */
  heldMinutes?: number;
  workedMinutes?: number;
  supplemented?: boolean;
  /** Of what the row has besides: the next attempt to send lasts as long as its round, otherwise it is over at once. */
  keepsAttempt: boolean;
  /** The claim of an officer lasts as long as its round and the officer to whom the step was given, otherwise it lapses at once. */
  keepsClaim: boolean;
}

export interface NoticeColumns extends Pick<Notice, 'status' | 'items' | 'since' | 'notifiedAt'> {
  id: string;
  /** As of a step. */
  seq: number;
  /** Until when it is to be answered. */
  dueAt?: number;
}

/** An instant that the case waits for. */
export interface DueColumns {
  key: string;
  kind: DueKind;
  stepId?: string;
  since: number;
  dueAt: number;
  provisional: boolean;
}
