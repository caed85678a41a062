import type { Pool } from 'pg';
import type { StallVerdict } from '../db/supervision/stalls.ts';
import { listFullQueues, listQueueStalls } from '../db/supervision/full-queues.ts';

/** How often the review queues are looked at: a stall of theirs opens within this time. */
const EVERY_MS = 5_000;

/**
 * Finds the steps whose review queue is full and that have lost the words of an answer. The stall
 * ends when a person has settled an answer of the step.
 */
export const createQueueWatch = (db: Pool) => {
  let lookAt = 0;
  return async (now: number): Promise<StallVerdict[]> => {
    if (now < lookAt) return [];
    lookAt = now + EVERY_MS;
    const [full, open] = await Promise.all([listFullQueues(db), listQueueStalls(db)]);
    const stalled = full.map(({ stepId, since, ...place }): StallVerdict => ({
      ...place,
      subject: subjectOf(stepId),
      stall: { cause: 'system', detail: 'REVIEW_QUEUE_FULL', turn: 'system', since },
    }));
    const found = new Set(stalled.map(keyOf));
    const cleared = open.filter((stall) => !found.has(keyOf(stall))).map((stall) => ({ ...stall, stall: undefined }));
    return [...stalled, ...cleared];
  };
};

const subjectOf = (stepId: string): string => `review-queue:${stepId}`;
const keyOf = ({ caseId = '', subject = '' }: { caseId?: string; subject?: string }): string => `${caseId} ${subject}`;
