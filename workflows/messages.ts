import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { Progress } from '../activities/progress.ts';
import type { Message, Outcome } from '../matters/engine/messages.ts';
import type { Plan } from '../matters/engine/plan.ts';
import type { CaseState } from '../matters/engine/state.ts';

/** The names by which the world reaches a case in Temporal; each is made once, here. */

/** What a case starts with: ids and rules, nothing personal. A few kB. */
export interface CaseInput {
  caseId: string;
  plan: Plan;
  /** When the papers came in, milliseconds since 1970. */
  receivedAt: number;
  /** Hash of the last ledger entry, hex: the next one is chained to it. */
  ledgerHash: string;
  /** A case that had ended and is taken up again: the fold of its ledger, and the message that does it. */
  takenUp?: { state: CaseState; message: Message };
}

/** What became of a message. Whoever delivered it writes the progress; until then it does not count as recorded. */
export interface Delivered {
  outcome: Outcome;
  /** All that is not known to be in Postgres; absent: nothing. */
  progress?: Progress;
}

/**
 * Delivers one message, at an instant (milliseconds since 1970). A refusal is an answer, not an error. The same update id gets the same
 * answer, also after the case's end.
 */
export const deliverUpdate = defineUpdate<Delivered, [message: Message, at: number]>('deliver');

/** The failure type of a message that must be delivered again later. It leaves no trace in the history. */
export const TOO_EARLY = 'TOO_EARLY';

/** The case as the engine sees it: for engineers and tests; screens read Postgres. */
export const stateQuery = defineQuery<CaseState>('state');

/** The queue of the workflows and of the local activities. */
export const MATTERS_QUEUE = 'matters';

/** Each agency's own queue: a slow agency delays only itself, and may host its own worker. */
export const agencyQueue = (agency: string): string => `agency-${agency}`;

export const caseWorkflowId = (caseId: string): string => `case:${caseId}`;

/** The schedule that makes the daily reports, and the type and first part of the id of the workflows that it starts. */
export const DAILY_REPORT = { scheduleId: 'daily-report', workflowType: 'dailyReport' } as const;
