import type { Logger } from 'pino';
import {
  claimResumptions,
  dispatchLostReplies,
  finishResumption,
  releaseResumption,
  withdrawApproval,
  type ClaimedResumption,
} from '../../db/supervision/resumptions.ts';
import { startLoop, type Loop } from '../../runtime/loop.ts';
import { backOffMs } from '../relay/dispatch-messages.ts';
import { catchUp, resumeCase, type ResumeOptions } from '../relay/resume.ts';

const POLL_MS = 1_000;
/** A case takes a few calls to Temporal of at most 5 s, and a query of at most 20 s. */
const LEASE_MS = 60_000;
const AT_ONCE = 5;

/**
 * Continues the cases whose workflows were lost, as far as that is approved. Any number can run side
 * by side. A case that cannot be continued now is tried again until it succeeds.
 */
export const startResumptions = (options: ResumeOptions & { log: Logger }): Loop => {
  const { db, log } = options;
  /** The run goes on as it is. */
  const writeOnly = async (caseId: string): Promise<'running' | 'behind' | 'short'> => {
    const standing = await catchUp(options, caseId);
    return typeof standing === 'object' || standing === undefined ? 'running' : standing;
  };
  const resume = async (claimed: ClaimedResumption): Promise<void> => {
    const { id, caseId, by, why, attempts } = claimed;
    try {
      const outcome = await (why === 'unwritten' ? writeOnly(caseId) : resumeCase(options, caseId, by));
      if (outcome === 'short') await withdrawApproval(db, id, 'ahead');
      else if (outcome === 'behind') await withdrawApproval(db, id, 'behind');
      else await finishResumption(db, claimed, outcome);
      log.info({ caseId, outcome }, 'handled a resumption');
    } catch (error) {
      log.warn({ err: error, caseId }, 'resuming a case failed, will retry');
      await releaseResumption(db, id, backOffMs(attempts));
    }
  };
  return startLoop(
    async () => {
      const claimed = await claimResumptions(db, { limit: AT_ONCE, leaseMs: LEASE_MS });
      await Promise.all(claimed.map(resume));
      await dispatchLostReplies(db);
      return claimed.length === AT_ONCE ? 'more' : 'idle';
    },
    { everyMs: POLL_MS, onError: (error) => log.warn({ err: error }, 'reading resumptions failed, will retry') },
  );
};
