import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { agencyQueue } from './messages.ts';

/** Every call that a case makes, with the reason for each timeout and retry. */

/** Longest wait between two attempts: a recovering agency is found within five minutes, and not flooded before. */
const RETRY = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' } as const;

/**
 * A step or its undo on the queue of its agency. Tried for ever: an agency that is down is waited for, never given up; what a
 * retry cannot mend comes back as an answer. 20 s is twice the client's own limit, so that a lost worker is noticed soon.
 */
export const onAgencyQueue = (agency: string) =>
  proxyActivities<Pick<Activities, 'submitStep' | 'undoStep'>>({
    taskQueue: agencyQueue(agency),
    startToCloseTimeout: '20s',
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

/** Writes the projection. Retried for ever and quickly: until Postgres is back the case waits, and says nothing wrong. */
export const { recordProgress } = proxyLocalActivities<Pick<Activities, 'recordProgress'>>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
});
