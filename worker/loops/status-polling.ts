import type { Logger } from 'pino';
import { dueEnquiries, type DueEnquiry } from '../../db/agencies/enquiries.ts';
import type { ExchangeDependencies } from '../../exchange/dependencies.ts';
import { enquire } from '../../exchange/enquire.ts';
import { startLoop, type Loop } from '../../runtime/loop.ts';

const POLL_MS = 1_000;
const AT_ONCE = 20;

export interface StatusPollingOptions extends Pick<
  ExchangeDependencies,
  'db' | 'cipher' | 'client' | 'agency' | 'matter' | 'now'
> {
  log: Logger;
}

/**
 * Asks agencies that have accepted a step and then stay silent. A query finds the steps that are
 * due, so a case needs no timer for a rare event.
 */
export const startStatusPolling = (options: StatusPollingOptions): Loop =>
  startLoop(
    async () => {
      const due = await dueEnquiries(options.db, AT_ONCE);
      await Promise.all(due.map((step) => pollStatus(options, step)));
      return due.length === AT_ONCE ? 'more' : 'idle';
    },
    {
      everyMs: POLL_MS,
      onError: (error) => options.log.warn({ err: error }, 'enquiring at agencies failed, will retry'),
    },
  );

const pollStatus = async (options: StatusPollingOptions, step: DueEnquiry): Promise<void> => {
  const answer = await enquire(options, step);
  if (!answer || ['decided', 'unknown', 'accepted'].includes(answer.kind)) return;
  const { caseId, stepId, agency } = step;
  options.log.info({ caseId, stepId, agency, answer: answer.kind }, 'enquiry not answered');
};
