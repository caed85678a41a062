import { WorkflowExecutionAlreadyStartedError, type WorkflowClient } from '@temporalio/client';
import { readMaxInFlight } from '../../db/agencies/agencies.ts';
import {
  claimStarts,
  markRecorded,
  markStarted,
  releaseStarts,
  type StartRequest,
} from '../../db/messages/start-requests.ts';
import type { CaseChanges } from '../../domain/projection/projection.ts';
import type { CaseInput } from '../../workflows/messages.ts';
import { caseWorkflowId, MATTERS_QUEUE, START_UPDATE_ID } from '../../workflows/names.ts';
import { createBatch } from './batch.ts';
import { isOver, isRunning, readUnwritten } from './closed-cases.ts';
import { createInFlightPool } from './in-flight-pool.ts';
import { dispatch, backOffMs, type RelayOptions, type Round } from './dispatch-messages.ts';
import type { InFlightCases } from './in-flight-cases.ts';

/**
 * A relay that dies keeps its claims for at most this long. The record shows the start of the case
 * only afterwards.
 */
const LEASE_MS = 15_000;
const STARTS_AT_ONCE = 20;
const START_TIMEOUT_MS = 10_000;

/** A claimed request, with the limits of the registry as they are at the start of the case. */
type Start = StartRequest & { maxInFlight: Record<string, number> };

/**
 * Starts cases and writes their first entries: which steps were sent, and what agencies answered at
 * once. A message can arrive before its case has started; it waits for the start.
 */
export const createCaseStarter = ({ db, client, record, log }: RelayOptions, inFlight: InFlightCases): Round => {
  const started = createBatch((caseIds: string[]) => markStarted(db, caseIds));
  const recorded = createBatch((caseIds: string[]) => markRecorded(db, caseIds));

  const pool = createInFlightPool({
    atOnce: STARTS_AT_ONCE,
    dispatch: async (request: Start): Promise<{ changes?: CaseChanges } | undefined> => {
      const { caseId } = request;
      try {
        await startCase(client, request);
        await started(caseId);
        return await fetchEntries(client, caseId);
      } catch (error) {
        log.warn({ err: error, caseId }, 'starting the case failed, will retry');
        return undefined;
      }
    },
    commit: async ({ caseId }, { changes }) => {
      if (changes) await record(changes);
      await recorded(caseId);
    },
    release: (requests, when) =>
      releaseStarts(
        db,
        requests.map(({ caseId, attempts }) => ({ caseId, delayMs: when === 'now' ? 0 : backOffMs(attempts) })),
      ),
    onError: ({ caseId }, error) =>
      log.warn({ err: error, caseId }, 'recording the start of the case failed, will retry'),
  });

  return {
    round: async () => {
      const room = await pool.freeSlots();
      const [requests, maxInFlight] = await Promise.all([
        claimStarts(db, { limit: room, leaseMs: LEASE_MS }),
        readMaxInFlight(db),
      ]);
      for (const request of requests) void inFlight.track(request.caseId, pool.add({ ...request, maxInFlight }));
      return requests.length === room ? 'more' : 'idle';
    },
    stop: pool.stop,
  };
};

/**
 * The first entries of a case. A case that ended before they were fetched, or whose workflow was
 * terminated or deleted, does not answer any more: what it has not handed over is read, and the
 * request ends.
 */
const fetchEntries = async (client: WorkflowClient, caseId: string): Promise<{ changes?: CaseChanges }> => {
  try {
    return await dispatch(client, caseId, START_UPDATE_ID, { messages: [] });
  } catch (error) {
    if (!isOver(error) || (await isRunning(client, caseId))) throw error;
    const changes = await readUnwritten(client, caseId);
    return { ...(changes && { changes }) };
  }
};

const startCase = async (
  client: WorkflowClient,
  { caseId, caseNo, plan, receivedAt, ledgerHash, maxInFlight }: Start,
): Promise<void> => {
  const input: CaseInput = { caseId, plan, receivedAt, ledgerHash, maxInFlight };
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
    // An earlier attempt did arrive.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
};
