import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type WorkflowClient,
} from '@temporalio/client';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { claimMessages, releaseMessages, settleMessages, type ClaimedMessage } from '../db/inbox.ts';
import { findLedgerOutcome } from '../db/ledger.ts';
import { claimStarts, markStarted, releaseStart, type StartRequest } from '../db/start-requests.ts';
import type { Outcome } from '../matters/engine/messages.ts';
import { caseWorkflowId, deliverUpdate, MATTERS_QUEUE, type CaseInput } from '../workflows/messages.ts';
import { createBatch } from './batch.ts';
import { startLoop } from './loop.ts';

/** A relay that dies keeps what it claimed for no longer than this. */
const LEASE_MS = 30_000;
/** How often Postgres is asked when no notification came: the notification is the fast way, this is the sure one. */
const POLL_MS = 1_000;
const STARTS_AT_ONCE = 20;
const MESSAGES_AT_ONCE = 50;
/** Fewer than the ten updates that Temporal lets be in flight for one workflow. */
const MESSAGES_PER_CASE = 4;
const START_TIMEOUT_MS = 10_000;
/** An update that takes longer is left to the next attempt, under the same update id. */
const UPDATE_TIMEOUT_MS = 20_000;

export interface RelayOptions {
  db: Pool;
  /** On the worker's own connection: only then can a case start eagerly, its first task without a round trip. */
  client: WorkflowClient;
  log: Logger;
}

type Settled = Parameters<typeof settleMessages>[1][number];

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
export const startRelay = ({ db, client, log }: RelayOptions): Relay => {
  const onError = (where: string) => (error: unknown) => log.warn({ err: error, where }, 'relay: will try again');
  const messages = startLoop(createDelivery({ db, client, log }), { everyMs: POLL_MS, onError: onError('messages') });
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

const startCase = async (client: WorkflowClient, { caseId, caseNo, plan, ledgerHash }: StartRequest): Promise<void> => {
  const input: CaseInput = { caseId, plan, ledgerHash };
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

/** Delivers each message on its own, so that one case that does not answer holds up no other. */
const createDelivery = ({ db, client, log }: RelayOptions) => {
  const inFlight = new Set<Promise<void>>();
  const settle = createBatch((settled: Settled[]) => settleMessages(db, settled));

  const handle = async (message: ClaimedMessage): Promise<void> => {
    const outcome = await deliver(db, client, log, message);
    if (outcome) await settle({ caseId: message.caseId, messageId: message.messageId, outcome });
    else await releaseMessages(db, [message], POLL_MS);
  };

  return async (): Promise<'more' | 'idle'> => {
    if (inFlight.size >= MESSAGES_AT_ONCE) await Promise.race(inFlight);
    const room = MESSAGES_AT_ONCE - inFlight.size;
    const claimed = await claimMessages(db, { limit: room, leaseMs: LEASE_MS, perCase: MESSAGES_PER_CASE });
    for (const message of claimed) {
      const work: Promise<void> = handle(message)
        // The lease lapses and the message is delivered again.
        .catch((error: unknown) => log.warn({ err: error }, 'relay: outcome not written yet'))
        .finally(() => inFlight.delete(work));
      inFlight.add(work);
    }
    return claimed.length === room ? 'more' : 'idle';
  };
};

/** The outcome of a message; undefined: it did not arrive, or nobody can tell yet. */
const deliver = async (
  db: Pool,
  client: WorkflowClient,
  log: Logger,
  { caseId, messageId, message }: ClaimedMessage,
): Promise<Outcome | undefined> => {
  const handle = client.getHandle(caseWorkflowId(caseId));
  try {
    return await client.withDeadline(Date.now() + UPDATE_TIMEOUT_MS, () =>
      handle.executeUpdate(deliverUpdate, { args: [message], updateId: messageId }),
    );
  } catch (error) {
    // A case that has ended takes no more messages; the ledger tells whether this one was its last.
    if (error instanceof WorkflowNotFoundError || error instanceof WorkflowFailedError) {
      return (await findLedgerOutcome(db, caseId, messageId)) ?? { kind: 'refused', code: 'CASE_ENDED' };
    }
    log.warn({ err: error, caseId, messageId }, 'relay: message not delivered yet');
    return undefined;
  }
};
