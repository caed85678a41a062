import { createHash } from 'node:crypto';
import type { WorkflowClient } from '@temporalio/client';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { getCase } from '../../db/cases/cases.ts';
import { claimMessages, releaseMessages, settleMessages, type ClaimedMessage } from '../../db/messages/inbox.ts';
import { findLedgerOutcome } from '../../db/cases/ledger.ts';
import type { Outcome } from '../../domain/case/messages.ts';
import { isCaseEnd } from '../../domain/case/status.ts';
import type { CaseChanges } from '../../domain/projection/projection.ts';
import { dispatchUpdate, type BatchResult, type MessageBatch } from '../../workflows/messages.ts';
import { caseWorkflowId } from '../../workflows/names.ts';
import { isStaleRun } from '../../activities/projection.ts';
import { createBatch } from './batch.ts';
import { isOver, isTooEarly, readStanding, readUnwritten } from './closed-cases.ts';
import { createEarlyMessages } from './early-messages.ts';
import { createInFlightPool } from './in-flight-pool.ts';
import { reopen } from './reopen.ts';
import type { InFlightCases } from './in-flight-cases.ts';
import type { Reporting } from './stale-runs.ts';

/** A relay that dies keeps its claims for at most this long. */
const LEASE_MS = 30_000;
const CASES_AT_ONCE = 50;
/** Messages of one case go in one update and return in one answer. */
const MESSAGES_PER_CASE = 10;
/** A longer update is left to the next attempt. */
const UPDATE_TIMEOUT_MS = 20_000;
const FIRST_REST_MS = 1_000;
/** The next attempt at a case that did not answer comes within half a minute. */
const LONGEST_REST_MS = 30_000;

export interface RelayOptions {
  db: Pool;
  /**
   * Must be the worker's own connection: only then can a case start eagerly, its first task without
   * a round trip.
   */
  client: WorkflowClient;
  /** Writes the entries that a case returns. */
  record: (changes: CaseChanges) => Promise<unknown>;
  log: Logger;
}

export interface Round {
  /** Dispatches what is open; `more`: there may be others. */
  round: () => Promise<'more' | 'idle'>;
  /** Resolves when everything that has arrived is written; the rest is released. */
  stop: () => Promise<void>;
}

/** The outcome of a decision about a round that does not come. */
const ROUND_NOT_STARTED: Outcome = { kind: 'refused', code: 'STEP_NOT_STARTED' };

/** The messages that go to a case together, in order. */
type Group = readonly [ClaimedMessage, ...ClaimedMessage[]];
/** The outcome of each message of a group; undefined: it has to be dispatched again. */
type Outcomes = (Outcome | undefined)[];
/** The answer of a case, or what the ledger says about it. */
interface Answer extends Pick<BatchResult, 'changes'> {
  outcomes: Outcomes;
  /** The runs that answered; undefined: the ledger. */
  runs?: string[] | undefined;
}
type SettledMessage = Parameters<typeof settleMessages>[1][number];

/**
 * Dispatches messages, one group to a case at a time: while one is being dispatched, the next
 * collects.
 */
export const createMessageDispatch = (
  { db, client, record, check, log }: RelayOptions & Reporting,
  inFlight: InFlightCases,
): Round => {
  const early = createEarlyMessages(Date.now);
  const settle = createBatch((settled: SettledMessage[]) => settleMessages(db, settled));
  const letGo = (messages: readonly ClaimedMessage[], when: 'later' | 'now') =>
    releaseMessages(
      db,
      messages.map((message) => ({ ...idsOf(message), delayMs: when === 'now' ? 0 : backOffMs(message.attempts) })),
    );

  /**
   * A message that is too early is dispatched again, until it is about a round that does not come:
   * then it is refused, and the review queue has it.
   */
  const inTime = (outcome: BatchResult['outcomes'][number], message: ClaimedMessage | undefined) => {
    if (outcome.kind !== 'too-early') return outcome;
    return message && early.isOver(message) ? ROUND_NOT_STARTED : undefined;
  };

  const answerOfError = async (error: unknown, group: Group): Promise<Answer> => {
    if (isTooEarly(error)) {
      const outcomes = group.map((message) => inTime({ kind: 'too-early' }, message));
      return { outcomes, runs: (await readStanding(client, group[0].caseId))?.runs };
    }
    return { outcomes: isOver(error) ? await outcomesAfterEnd({ db, client, record }, group) : [] };
  };

  const pool = createInFlightPool({
    atOnce: CASES_AT_ONCE,
    dispatch: async (group: Group, isStopped): Promise<Answer | undefined> => {
      const [{ caseId, tip }] = group;
      const messages = group.map(({ message }) => message);
      try {
        const recorded = await findRecorded(db, group);
        if (recorded.some((outcome) => outcome !== undefined)) return { outcomes: recorded };
        const { outcomes, ...rest } = await dispatch(client, caseId, updateIdOf(group), { messages, tip });
        return { outcomes: outcomes.map((outcome, index) => inTime(outcome, group[index])), ...rest };
      } catch (error) {
        if (isStopped()) return undefined;
        const answer = await answerOfError(error, group);
        if (answer.outcomes.some((outcome) => outcome !== undefined)) return answer;
        const about = { caseId, messageIds: group.map(({ messageId }) => messageId) };
        if (isTooEarly(error)) log.debug(about, 'messages came too early, will retry');
        else log.warn({ err: error, ...about }, 'dispatching messages failed, will retry');
        return undefined;
      }
    },
    // A message may have its outcome only after its entries are recorded, so the order matters.
    commit: async (group, { outcomes, changes, runs }) => {
      try {
        if (changes) await record(changes);
        else if (runs) await check(group[0].caseId, runs);
      } catch (error) {
        // The case answers in another run, soon.
        if (isStaleRun(error)) await letGo(group, 'later');
        throw error;
      }
      await Promise.all(
        group.map(async (message, index) => {
          const outcome = outcomes[index];
          if (!outcome) return letGo([message], 'later');
          early.forget(message);
          return settle({ ...idsOf(message), outcome });
        }),
      );
    },
    release: (groups, when) => letGo(groups.flat(), when),
    onError: ([{ caseId }], error) => log.warn({ err: error, caseId }, 'recording outcomes failed, will retry'),
  });

  return {
    round: async () => {
      const room = await pool.freeSlots();
      inFlight.look();
      const claimed = await claimMessages(db, {
        limit: room,
        leaseMs: LEASE_MS,
        perCase: MESSAGES_PER_CASE,
        except: inFlight.cases(),
      });
      for (const group of groupsOf(claimed)) {
        void inFlight.track(group[0].caseId, pool.add(group), group.length === MESSAGES_PER_CASE);
      }
      return claimed.length === room ? 'more' : 'idle';
    },
    stop: pool.stop,
  };
};

const idsOf = ({ caseId, messageId }: ClaimedMessage) => ({ caseId, messageId });

const groupsOf = (messages: readonly ClaimedMessage[]): Group[] => {
  const groups = new Map<string, [ClaimedMessage, ...ClaimedMessage[]]>();
  for (const message of messages) {
    const group = groups.get(message.caseId);
    if (group) group.push(message);
    else groups.set(message.caseId, [message]);
  }
  return [...groups.values()];
};

/**
 * Equal for equal groups. If a message is repeated in another group, the case recognises it by its
 * own id.
 */
const updateIdOf = (group: Group): string => {
  const [{ messageId }, ...others] = group;
  if (others.length === 0) return messageId;
  const ids = JSON.stringify(group.map((message) => message.messageId));
  return createHash('sha256').update(ids).digest('hex');
};

/** Dispatches messages, or none, to a case, and returns the entries that it hands over. */
export const dispatch = (
  client: WorkflowClient,
  caseId: string,
  updateId: string,
  batch: Omit<MessageBatch, 'at'>,
): Promise<BatchResult> =>
  client.withDeadline(Date.now() + UPDATE_TIMEOUT_MS, () =>
    client
      .getHandle(caseWorkflowId(caseId))
      .executeUpdate(dispatchUpdate, { args: [{ ...batch, at: Date.now() }], updateId }),
  );

/**
 * The outcomes that the ledger has of repeated messages. A case with very many messages may have
 * forgotten them when it continued in a new run.
 */
const findRecorded = (db: Pool, group: Group): Promise<Outcomes> =>
  Promise.all(
    group.map(async ({ caseId, messageId, attempts }) =>
      attempts > 1 ? findLedgerOutcome(db, caseId, messageId) : undefined,
    ),
  );

/**
 * A case that has ended accepts no messages except those that reopen it. The ledger shows whether
 * the messages were its last. A case that is open here and missing in Temporal was lost or
 * terminated there: its messages are not refused for that reason.
 */
const outcomesAfterEnd = async (
  { db, client, record }: Pick<RelayOptions, 'db' | 'client' | 'record'>,
  group: Group,
): Promise<Outcomes> => {
  const [{ caseId }] = group;
  // Read before the ledger: if the case had ended by then, nothing is added to the ledger after it
  // was read.
  const { status } = await getCase(db, caseId);
  const outcomes: Outcomes = [];
  for (const message of group) {
    const recorded = await findLedgerOutcome(db, caseId, message.messageId);
    outcomes.push(recorded ?? (isCaseEnd(status) ? await reopen(db, client, message) : undefined));
  }
  if (outcomes.includes(undefined)) {
    // A relay may have died before it wrote the end of the case. The next attempt finds it written.
    const changes = await readUnwritten(client, caseId);
    if (changes) await record(changes);
  }
  return outcomes;
};

/** The delay before the next attempt doubles with each attempt. */
export const backOffMs = (attempts: number): number => Math.min(FIRST_REST_MS * 2 ** (attempts - 1), LONGEST_REST_MS);
