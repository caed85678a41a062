import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { LedgerTip } from '../domain/case/ledger.ts';
import type { Message, Outcome } from '../domain/case/messages.ts';
import type { Plan } from '../domain/case/plan.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { CaseChanges } from '../domain/projection/projection.ts';

/** The names by which the world reaches a case in Temporal; each is made once, here. */

/** What a case starts with: ids and rules, nothing personal. A few kB. */
export interface CaseInput {
  caseId: string;
  plan: Plan;
  /** When the papers came in, milliseconds since 1970. */
  receivedAt: number;
  /** Hash of the last ledger entry, hex: the next one is chained to it. */
  ledgerHash: string;
  /** A case that had ended and is reopened: the fold of its ledger, and the message that does it. */
  reopened?: { state: CaseState; message: Message };
}

/** What became of messages. Whoever delivered them writes the changes; until then they do not count as recorded. */
export interface DeliveryResult {
  /** In the order of the messages; one that comes too early has changed nothing and must be delivered again later. */
  outcomes: (Outcome | { kind: 'too-early' })[];
  /** All that is not known to be in Postgres; absent: nothing. */
  changes?: CaseChanges;
}

/** Messages on their way to a case. */
export interface MessageBatch {
  messages: Message[];
  /** When they arrive, milliseconds since 1970. */
  at: number;
  /** How far the ledger is, so that the answer need not hold all. */
  tip?: LedgerTip;
}

/**
 * Delivers messages in their order. A refusal is an answer, not an error. None at all: only what is to be written is asked for. The same
 * update id gets the same answer, also after the case's end.
 */
export const deliverUpdate = defineUpdate<DeliveryResult, [MessageBatch]>('deliver');

/** The id of the update by which whoever starts a case comes for its first entries. No message has it. */
export const START_UPDATE_ID = 'start';

/** The failure type of messages all of which come too early. They leave no trace in the history. */
export const TOO_EARLY = 'TOO_EARLY';

/** All that is not known to be in Postgres, also of a case that has ended: for a relay that comes when the updates are no longer known. */
export const unwrittenQuery = defineQuery<CaseChanges | undefined>('unwritten');

/** The case as the engine sees it: for engineers and tests; screens read Postgres. */
export const stateQuery = defineQuery<CaseState>('state');

/** The queue of the workflows and of the local activities. */
export const MATTERS_QUEUE = 'matters';

/** Each agency's own queue: a slow agency delays only itself, and may host its own worker. */
export const agencyQueue = (agency: string): string => `agency-${agency}`;

export const caseWorkflowId = (caseId: string): string => `case:${caseId}`;

/** The schedule that makes the daily reports, and the type and first part of the id of the workflows that it starts. */
export const DAILY_REPORT = { scheduleId: 'daily-report', workflowType: 'dailyReport' } as const;
