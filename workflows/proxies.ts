import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { agencyQueue } from './messages.ts';

/** Every call that a workflow makes, with the reason for each timeout and retry. */

/** Longest wait between two attempts: a recovering agency is found within five minutes, and not flooded before. */
const RETRY = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' } as const;

/**
 * A step or its undo on the queue of its agency. Tried for ever: an agency that is down is waited for, never given up; what a
 * retry cannot mend comes back as an answer. The client gives up after
 * 10 s at most (db/migrations/0001_registry.sql), so 12 s tell a lost worker.
 */
export const onAgencyQueue = (agency: string) =>
  proxyActivities<Pick<Activities, 'submitStep' | 'undoStep'>>({
    taskQueue: agencyQueue(agency),
    startToCloseTimeout: '12s',
    retry: RETRY,
  });

/**
 * The first attempt, made inside the workflow task: an agency that is well answers in milliseconds, and a round trip through
 * a queue would cost more than the call. Once only, and within the workflow task's own time; whatever else comes of it, the
 * agency's queue takes over under the same effect key.
 */
export const { trySubmitStep } = proxyLocalActivities<Pick<Activities, 'trySubmitStep'>>({
  startToCloseTimeout: '4s',
  retry: { maximumAttempts: 1 },
});

/**
 * Writes what no answer to a message hands over. A regular activity, never a local one: what is written must be in the history first,
 * for a workflow task that is lost runs again with other times and in another order (docs/decisions/0021). Retried for ever and quickly:
 * until Postgres is back the case waits, and says nothing wrong.
 */
export const { writeProjection } = proxyActivities<Pick<Activities, 'writeProjection'>>({
  // One statement. A worker that is lost with it is noticed after this time, and until then the case stands still.
  startToCloseTimeout: '5s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/** Counts over all cases of some days, each one statement. Retried until it is written; the schedule starts no second one meanwhile. */
export const { makeDailyReports } = proxyActivities<Pick<Activities, 'makeDailyReports'>>({
  startToCloseTimeout: '10m',
  retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '10m' },
});
