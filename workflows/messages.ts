import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { CallOff } from '../domain/case/effects.ts';
import type { LedgerEntry, LedgerTip } from '../domain/case/ledger.ts';
import type { Actor, Message, Outcome } from '../domain/case/messages.ts';
import type { Plan } from '../domain/case/plan.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { CaseChanges } from '../domain/projection/projection.ts';
import { UNWRITTEN_QUERY } from './names.ts';

/** What a case takes and gives in Temporal, each message defined once. */

/**
 * Far more than a case has by itself, and a quarter of what Temporal lets a run have (2,000): one
 * agency that repeats itself must not use up the updates of all others.
 */
export const UPDATES_PER_RUN = 500;

/** The input of a case: ids and rules, no personal data. A few kB. */
export interface CaseInput {
  caseId: string;
  plan: Plan;
  /** When the papers came in, milliseconds since 1970. */
  receivedAt: number;
  /** Hash of the last ledger entry, hex: the next one is chained to it. */
  ledgerHash: string;
  /**
   * Requests of this case that may wait for a reply of an agency at the same time, by agency. Absent:
   * `MAX_IN_FLIGHT`.
   */
  maxInFlight?: Readonly<Record<string, number>>;
  /**
   * For a case that had ended and is reopened: its folded ledger and the message that reopens it.
   */
  reopened?: { state: CaseState; message: Message };
  /** For an open case whose last run has ended or was lost. */
  resumed?: ResumedCase;
  /** After so many updates the case continues in a new run. Absent: `UPDATES_PER_RUN`. */
  updatesPerRun?: number;
}

/** An open case that continues in a new run. */
export interface ResumedCase {
  /** The fold of its ledger, up to the entry with `ledgerHash`, and of `unwritten`. */
  state: CaseState;
  /** The instant of the last entry. The time of a case never goes back. */
  at: number;
  /** The notices to agencies that may not have arrived (`callOffsOf`). */
  callOffs: CallOff[];
  /** The last entries, if they may not be in the ledger. Absent: the ledger has all. */
  unwritten?: LedgerEntry[];
  /** The earlier runs that this one continues. Absent: it replaces all others. */
  runs?: string[];
  /** Who had the case resumed, for its ledger. Absent: its last run continues by itself. */
  by?: Actor;
}

/**
 * The outcomes of messages. The sender writes the changes; until then the messages do not count as
 * recorded.
 */
export interface BatchResult {
  /**
   * In the order of the messages. A message that comes too early has changed nothing and must be
   * dispatched again later.
   */
  outcomes: (Outcome | { kind: 'too-early' })[];
  /** All entries that are not known to be in Postgres; absent: none. */
  changes?: CaseChanges;
  /** As in `CaseChanges`. */
  runs: string[];
}

/** How far a run has come. */
export interface Standing {
  /** As in `CaseChanges`. */
  runs: string[];
  /** The number of its last entry. */
  seq: number;
  /** All entries that are not known to be in Postgres; absent: none. */
  changes?: CaseChanges;
}

/** The messages of one update. */
export interface MessageBatch {
  messages: Message[];
  /** The instant of arrival, milliseconds since 1970. */
  at: number;
  /** The tip of the ledger, so that the answer need not contain all entries. */
  tip?: LedgerTip;
}

/**
 * Dispatches messages in order. A refusal is an answer, not an error. Without messages, only the
 * unwritten entries are asked for. The same update id gets the same answer, also after the end of
 * the case.
 */
export const dispatchUpdate = defineUpdate<BatchResult, [MessageBatch]>('deliver');

/**
 * How far the case has come, also one that has ended: for a relay that asks when the updates are no
 * longer known.
 */
export const unwrittenQuery = defineQuery<Standing>(UNWRITTEN_QUERY);

/** The case as the engine sees it, for engineers and tests. Screens read Postgres. */
export const stateQuery = defineQuery<CaseState>('state');
