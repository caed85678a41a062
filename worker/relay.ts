import { WorkflowExecutionAlreadyStartedError, type WorkflowClient } from '@temporalio/client';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { claimStarts, markStarted, releaseStart, type StartRequest } from '../db/start-requests.ts';
import { caseWorkflowId, MATTERS_QUEUE, type CaseInput } from '../workflows/messages.ts';
import { createDelivery, type RelayOptions } from './delivery.ts';
import { startLoop } from './loop.ts';

/** A relay that dies keeps what it claimed for no longer than this. */
const LEASE_MS = 30_000;
/** How often Postgres is asked when no notification came: the notification is the fast way, this is the sure one. */
const POLL_MS = 1_000;
const STARTS_AT_ONCE = 20;
const START_TIMEOUT_MS = 10_000;

export interface Relay {
  startsWaiting: () => void;
  messagesWaiting: () => void;
  stop: () => Promise<void>;
}

/**
 * Carries what Postgres has accepted to Temporal: cases to start, messages to deliver. Runs in several copies at once; each
 * row is claimed by one. Everything is repeated until it is known to have arrived, and counts once: a case by its workflow
 * id, a message by its id.
 */
export const startRelay = ({ db, cipher, client, record, log }: RelayOptions): Relay => {
  const onError = (where: string) => (error: unknown) => log.warn({ err: error, where }, 'relay: will try again');
  const delivery = createDelivery({ db, cipher, client, record, log }, () => messages.wake());
  const messages = startLoop(delivery.round, { everyMs: POLL_MS, onError: onError('messages') });
  // A message may be there before its case is known to have started, and waits for that.
  const starts = startLoop(
    async () => {
      const { started, result } = await relayStarts(db, client, log);
      if (started > 0) messages.wake();
      return result;
    },
    { everyMs: POLL_MS, onError: onError('starts') },
  );
  return {
    startsWaiting: starts.wake,
    messagesWaiting: messages.wake,
    stop: async () => {
      await Promise.all([starts.stop(), messages.stop()]);
      await delivery.stop();
    },
  };
};

const relayStarts = async (
  db: Pool,
  client: WorkflowClient,
  log: Logger,
): Promise<{ started: number; result: 'more' | 'idle' }> => {
  const requests = await claimStarts(db, { limit: STARTS_AT_ONCE, leaseMs: LEASE_MS });
  const started = await Promise.all(
    requests.map(async (request) => {
      try {
        await startCase(client, request);
        return request.caseId;
      } catch (error) {
        log.warn({ err: error, caseId: request.caseId }, 'relay: case not started yet');
        await releaseStart(db, request.caseId, POLL_MS);
        return undefined;
      }
    }),
  );
  const caseIds = started.filter((caseId) => caseId !== undefined);
  if (caseIds.length > 0) await markStarted(db, caseIds);
  return { started: caseIds.length, result: requests.length === STARTS_AT_ONCE ? 'more' : 'idle' };
};

const startCase = async (
  client: WorkflowClient,
  { caseId, caseNo, plan, receivedAt, ledgerHash }: StartRequest,
): Promise<void> => {
  const input: CaseInput = { caseId, plan, receivedAt, ledgerHash };
  try {
    await client.withDeadline(Date.now() + START_TIMEOUT_MS, () =>
      client.start(plan.matter, {
        workflowId: caseWorkflowId(caseId),
        taskQueue: MATTERS_QUEUE,
        args: [input],
        requestEagerStart: true,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary: caseNo,
      }),
    );
  } catch (error) {
    // An earlier attempt had arrived after all.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
};
