import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowNotFoundError, WorkflowUpdateFailedError, type WorkflowClient } from '@temporalio/client';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Progress } from '../activities/progress.ts';
import { getCase } from '../db/cases.ts';
import { claimMessages, releaseMessages, saidOtherwise, settleMessages, type ClaimedMessage } from '../db/inbox.ts';
import { findLedgerOutcome } from '../db/ledger.ts';
import type { Cipher } from '../db/personal-data.ts';
import type { Outcome } from '../matters/engine/messages.ts';
import { isCaseEnd } from '../matters/engine/status.ts';
import { caseWorkflowId, deliverUpdate, type Delivered } from '../workflows/messages.ts';
import { createBatch } from './batch.ts';
import { takeUp } from './take-up.ts';

/** A relay that dies keeps what it claimed for no longer than this. */
const LEASE_MS = 30_000;
const MESSAGES_AT_ONCE = 50;
/** Fewer than the ten updates that Temporal lets be in flight for one workflow. */
const MESSAGES_PER_CASE = 4;
/** A message that takes longer gives up its place among those at once, and goes on beside them. */
const PLACE_MS = 1_000;
/** An update that takes longer is left to the next attempt, under the same update id. */
const UPDATE_TIMEOUT_MS = 20_000;
const FIRST_REST_MS = 1_000;
/** A case that answers again is found within half a minute. */
const LONGEST_REST_MS = 30_000;

export interface RelayOptions {
  db: Pool;
  cipher: Cipher;
  /** On the worker's own connection: only then can a case start eagerly, its first task without a round trip. */
  client: WorkflowClient;
  /** Writes what a case answers to a message. */
  record: (progress: Progress) => Promise<unknown>;
  log: Logger;
}

type Settled = Parameters<typeof settleMessages>[1][number];

export interface Delivery {
  /** Delivers what is open; `more`: there may be others. */
  round: () => Promise<'more' | 'idle'>;
  /** Resolves when what has arrived is written. What has not is let go of, and is at once the next relay's. */
  stop: () => Promise<void>;
}

/**
 * Delivers each message on its own, so that cases that do not answer, however many, hold up no other for long. `onRoom` hears
 * that a case which had its fill of messages can take more.
 */
export const createDelivery = ({ db, cipher, client, record, log }: RelayOptions, onRoom: () => void): Delivery => {
  const places = new Set<Promise<unknown>>();
  const arriving = new Set<ClaimedMessage>();
  const writing = new Set<Promise<unknown>>();
  /** Cases that may have more messages than were claimed. */
  const full = new Set<string>();
  let stopped = false;
  const settle = createBatch((settled: Settled[]) => settleMessages(db, settled));

  const handle = async (message: ClaimedMessage): Promise<void> => {
    const { caseId, attempts } = message;
    const delivered = await answerOf(message);
    if (isStopped()) return;
    arriving.delete(message);
    await keep(writing, delivered ? write(message, delivered) : releaseMessages(db, [message], restMs(attempts)));
    if (full.has(caseId)) onRoom();
    if (arrivingAt(caseId) === 0) full.delete(caseId);
  };
  const arrivingAt = (caseId: string) => [...arriving].filter((message) => message.caseId === caseId).length;
  // A function, because the flag changes while something is awaited.
  const isStopped = () => stopped;

  /** In this order: a message that has an outcome is recorded. */
  const write = async ({ caseId, messageId }: ClaimedMessage, { outcome, progress }: Delivered): Promise<void> => {
    if (progress) await record(progress);
    // The case knows decisions and no words: what says the same in other words is no repetition.
    const first = outcome.kind === 'repeated' ? await saidOtherwise(db, cipher, caseId, messageId) : undefined;
    await settle({
      caseId,
      messageId,
      outcome: first ? { kind: 'refused', code: 'STEP_ALREADY_DECIDED', first } : outcome,
    });
  };

  /** What the case answers; undefined: the message did not arrive, or nobody can tell yet. */
  const answerOf = async (message: ClaimedMessage): Promise<Delivered | undefined> => {
    try {
      return await deliver(client, message);
    } catch (error) {
      if (isStopped()) return undefined;
      const ended = error instanceof WorkflowNotFoundError || error instanceof WorkflowUpdateFailedError;
      const outcome = ended ? await outcomeAfterEnd(db, client, message) : undefined;
      const { caseId, messageId } = message;
      if (outcome) return { outcome };
      log.warn({ err: error, caseId, messageId }, 'relay: message not delivered yet');
      return undefined;
    }
  };

  return {
    round: async () => {
      if (places.size >= MESSAGES_AT_ONCE) await Promise.race(places);
      const room = MESSAGES_AT_ONCE - places.size;
      const claimed = await claimMessages(db, { limit: room, leaseMs: LEASE_MS, perCase: MESSAGES_PER_CASE });
      for (const message of claimed) {
        arriving.add(message);
        if (arrivingAt(message.caseId) >= MESSAGES_PER_CASE) full.add(message.caseId);
        // Should progress or outcome not be written, the lease lapses and the message is delivered again: it gets the same answer.
        const work = handle(message).catch((error: unknown) => {
          log.warn(
            { err: error, caseId: message.caseId, messageId: message.messageId },
            'relay: outcome not written yet',
          );
        });
        void keep(places, Promise.race([work, delay(PLACE_MS, undefined, { ref: false })]));
      }
      return claimed.length === room ? 'more' : 'idle';
    },
    stop: async () => {
      stopped = true;
      // Where Postgres is away the leases lapse.
      await Promise.allSettled([...writing, releaseMessages(db, [...arriving], 0)]);
    },
  };
};

const deliver = (client: WorkflowClient, { caseId, messageId, message }: ClaimedMessage): Promise<Delivered> =>
  client.withDeadline(Date.now() + UPDATE_TIMEOUT_MS, () =>
    client
      .getHandle(caseWorkflowId(caseId))
      .executeUpdate(deliverUpdate, { args: [message, Date.now()], updateId: messageId }),
  );

/**
 * A case that has ended takes no more messages but those that take it up again; the ledger tells whether this one was its last. A case
 * that is open here and not in Temporal was lost there or stopped by hand: no word to it is refused because of that.
 */
const outcomeAfterEnd = async (
  db: Pool,
  client: WorkflowClient,
  message: ClaimedMessage,
): Promise<Outcome | undefined> => {
  const { caseId, messageId } = message;
  // In this order: a case that had ended before the ledger is read adds nothing to it any more.
  const { status } = await getCase(db, caseId);
  const recorded = await findLedgerOutcome(db, caseId, messageId);
  return recorded ?? (isCaseEnd(status) ? takeUp(db, client, message) : undefined);
};

/** Until its next attempt, a message that did not arrive rests twice as long each time. */
const restMs = (attempts: number): number => Math.min(FIRST_REST_MS * 2 ** (attempts - 1), LONGEST_REST_MS);

/** Keeps a promise in the set until it is settled. */
const keep = <T>(set: Set<Promise<unknown>>, promise: Promise<T>): Promise<T> => {
  set.add(promise);
  return promise.finally(() => set.delete(promise));
};
