import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { agencyQueue } from './names.ts';

/** Every call that a workflow makes, with the reason for each timeout and retry. */

/**
 * The longest wait between two attempts: a recovering agency is called within five minutes, and is
 * not flooded before.
 */
const RETRY = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' } as const;

/**
 * A step or its undo on the queue of its agency. Retried until it succeeds, because an agency that
 * is down is never given up; a fault that no retry can fix comes back as an answer. The client
 * gives up after 10 s at most (db/migrations/0001_registry.sql), so 12 s mean a lost worker.
 */
export const proxyAgencyQueue = (agency: string) =>
  proxyActivities<Pick<Activities, 'submitStep' | 'undoStep'>>({
    taskQueue: agencyQueue(agency),
    startToCloseTimeout: '12s',
    retry: RETRY,
  });

/**
 * The first attempt, made inside the workflow task: a healthy agency answers in milliseconds, and a
 * round trip through a queue would take longer than the call. It is made only once, and within the
 * time of the workflow task. In every other case the agency's queue takes over with the same effect
 * key.
 */
export const { trySubmitStep } = proxyLocalActivities<Pick<Activities, 'trySubmitStep'>>({
  startToCloseTimeout: '4s',
  retry: { maximumAttempts: 1 },
});

/**
 * Writes entries that no answer to a message hands over. It must be a regular activity and not a
 * local one: the history must contain an entry before it is written, because a lost workflow task
 * runs again with other times and in another order (docs/decisions/0021). It is retried quickly
 * until it succeeds; while Postgres is unavailable the case waits.
 */
export const { writeProjection } = proxyActivities<Pick<Activities, 'writeProjection'>>({
  // One statement. A lost worker is detected after this time; the case waits until then.
  startToCloseTimeout: '5s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/**
 * Counts over all cases of some days, one statement each. Retried until it succeeds; the schedule
 * starts no second run meanwhile.
 */
export const { makeDailyReports } = proxyActivities<Pick<Activities, 'makeDailyReports'>>({
  startToCloseTimeout: '10m',
  retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '10m' },
});
