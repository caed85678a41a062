import type { StepClock } from '../case/clock.ts';
import type { DueKind } from '../case/dues.ts';
import type { LedgerEntry } from '../case/ledger.ts';
import type { AttentionCode, DecisionKind } from '../case/messages.ts';
import type { Notice, StepState } from '../case/state.ts';
import type { CaseStatus, Closing, StepStatus } from '../case/status.ts';

/**
 * What `db/cases/projection.ts` writes: the new entries of a case, and its rows after them. An
 * absent column is null, except where a comment says that the row keeps its value. Instants are in
 * milliseconds since 1970.
 */
export interface ProjectionRows {
  caseId: string;
  /** The entry and hash (hex) after which these come. */
  prevSeq: number;
  prevHash: string;
  /** As in `CaseChanges`. */
  runs: readonly string[];
  entries: readonly LedgerEntry[];
  case: CaseColumns;
  /** Those that may have changed. */
  steps: readonly StepColumns[];
  /** Those that may have changed. */
  notices: readonly NoticeColumns[];
  /** All of them: an instant that is missing here is no longer due. */
  dues: readonly DueColumns[];
}

export interface CaseColumns {
  status: CaseStatus;
  closing?: Closing;
  pausedAt?: number;
  /** Materials that were pledged and have not come in. */
  gaps: readonly string[];
  /** Absent: the row keeps its value. The same holds for each of the deadlines. */
  acceptedAt?: number;
  yellowAt?: number;
  promisedAt?: number;
  statutoryAt?: number;
  provisional?: boolean;
  statutoryProvisional?: boolean;
  /** Whether it has ended. If so, an absent `endedAt` means that the row keeps its value. */
  ended: boolean;
  endedAt?: number;
  /**
   * The version of the calendar by which these rows were computed. The row keeps an older version:
   * some of the steps that are not written now still follow it.
   */
  calendar: string;
  /** The last entry that had all rows computed anew: with it no step follows an older calendar. */
  recomputedSeq?: number;
}

export interface StepColumns {
  id: string;
  /** The last entry that may have changed it. If the ledger has that entry, so has the row. */
  seq: number;
  /** When something last happened to it. Absent: the row keeps its value. */
  changedAt?: number;
  agency: string;
  status: StepStatus;
  round: number;
  undo: boolean;
  /** Since when it waits for the end of its agency's outage. */
  parkedAt?: number;
  sentAt?: number;
  officer?: string;
  decision?: DecisionKind;
  messageId?: string;
  attention?: AttentionCode;
  because?: string;
  noticeId?: string;
  suspension?: StepState['suspension'];
  results?: StepState['results'];
  clock?: StepClock;
  extensionDays?: number;
  pausedAt?: number;
  /**
   * Absent: the row keeps its value. The same holds for each of the deadlines; besides, a row that
   * has `endedAt` already keeps the deadlines by which the step ended.
   */
  startedAt?: number;
  yellowAt?: number;
  promisedAt?: number;
  statutoryAt?: number;
  provisional?: boolean;
  statutoryProvisional?: boolean;
  /** Whether it has ended. If so, an absent `endedAt` means that the row keeps its value. */
  ended: boolean;
  endedAt?: number;
  /** When its agency is asked about it first. A row of the same round keeps its instant. */
  enquireAt?: number;
  /** When the watcher checks it. */
  watchAt?: number;
  /** Set when it has ended: how long its agency held it, and whether it asked for a supplement. */
  heldMinutes?: number;
  workedMinutes?: number;
  supplemented?: boolean;
  /** Whether the row may keep its next attempt to send: as long as the round of the attempt. */
  keepsAttempt: boolean;
  /** Whether the row may keep an officer's claim: as long as its round and `officer`. */
  keepsClaim: boolean;
}

export interface NoticeColumns extends Pick<Notice, 'status' | 'items' | 'since' | 'notifiedAt'> {
  id: string;
  /** The last entry that may have changed it. If the ledger has that entry, so has the row. */
  seq: number;
  /** The last instant for an answer. */
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
