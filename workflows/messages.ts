import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { LedgerTip } from '../domain/case/ledger.ts';
import type { Message, Outcome } from '../domain/case/messages.ts';
import type { Plan } from '../domain/case/plan.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { CaseChanges } from '../domain/projection/projection.ts';

/** The names of a case in Temporal, each defined once. */

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
}

/**
 * The outcomes of messages. The sender writes the progress; until then the messages do not count as
 * recorded.
 */
export interface DeliveryResult {
  /**
   * In the order of the messages. A message that comes too early has changed nothing and must be
   * delivered again later.
   */
  outcomes: (Outcome | { kind: 'too-early' })[];
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
 * Delivers messages in order. A refusal is an answer, not an error. Without messages, only the
 * unwritten entries are asked for. The same update id gets the same answer, also after the end of
 * the case.
 */
export const deliverUpdate = defineUpdate<DeliveryResult, [MessageBatch]>('deliver');

/**
 * The id of the update with which the starter of a case fetches its first entries. No message has
 * it.
 */
export const START_UPDATE_ID = 'start';

/**
 * The failure type of an update whose messages all come too early. They are not added to the
 * history.
 */
export const TOO_EARLY = 'TOO_EARLY';

/**
 * All entries that are not known to be in Postgres, also of a case that has ended: for a relay that
 * asks when the updates are no longer known.
 */
export const unwrittenQuery = defineQuery<CaseChanges | undefined>('unwritten');

/** The case as the engine sees it, for engineers and tests. Screens read Postgres. */
export const stateQuery = defineQuery<CaseState>('state');

/** The queue of the workflows and of the local activities. */
export const MATTERS_QUEUE = 'matters';

/**
 * Each agency has a queue of its own: a slow agency delays only itself, and can run its own worker.
 */
export const agencyQueue = (agency: string): string => `agency-${agency}`;

export const caseWorkflowId = (caseId: string): string => `case:${caseId}`;

/**
 * The schedule that makes the daily reports, and the type of its workflows, which is also the first
 * part of their ids.
 */
export const DAILY_REPORT = { scheduleId: 'daily-report', workflowType: 'dailyReport' } as const;
