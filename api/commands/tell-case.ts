import { v7 as uuidv7 } from 'uuid';
import { getCase } from '../../db/cases/cases.ts';
import { storedMessageId } from '../../db/messages/callers-ids.ts';
import {
  findOutcome,
  putMessage,
  type InboxOutcome,
  type NewMessage,
  type PutMessage,
} from '../../db/messages/inbox.ts';
import { listSteps } from '../../db/cases/steps.ts';
import { inTransaction } from '../../db/sql/pool.ts';
import { allowedOf } from '../../domain/actions.ts';
import type { Actor, Message } from '../../domain/case/messages.ts';
import { watch } from '../../runtime/notifications.ts';
import type { Deps } from '../deps.ts';
import { actorOf } from '../../identity/caller.ts';
import { hearMessage, recordHeard } from './hear-message.ts';
import { outcomeLabel } from '../http/metrics.ts';
import type { Caller } from '../../identity/caller.ts';
import { problem, type FieldError } from '../http/problems.ts';
import type { Reply } from '../http/route.ts';
import { allowedOnStep, caseOffers } from '../views/actions.ts';

export interface MessageHead {
  id: string;
  by: Actor;
}

export interface CaseMessage {
  /** The case; for a message to a step also its id and round. */
  about: Pick<NewMessage, 'caseId' | 'stepId' | 'round'>;
  /** The way of the message. */
  from: 'window' | 'supervisor' | 'agency';
  /**
   * The caller's id of the message, unique among the messages of the same person or agency; a
   * repeated id has no effect. Generated when absent.
   */
  messageId?: string | undefined;
  /** Reasons and evidence. They are stored in Postgres only, never sent to Temporal. */
  words: unknown;
  make: (head: MessageHead) => Message;
  /** Replaces the insert into the inbox when the transaction has to write more. */
  record?: (message: NewMessage) => Promise<PutMessage>;
}

/** Sends a message to a case. The answer is that of `recordAndAnswer`. */
export const tellCase = (
  deps: Deps,
  caller: Caller,
  { about: { caseId, stepId, round }, from, messageId = uuidv7(), words: body, make, record }: CaseMessage,
): Promise<Reply> => {
  const by = actorOf(caller);
  const id = storedMessageId(deps.cipher, caseId, by, messageId);
  const message: NewMessage = {
    caseId,
    messageId: id,
    ...(stepId !== undefined && { stepId }),
    ...(round !== undefined && { round }),
    source: from === 'agency' ? agencySource(caller) : from,
    message: make({ id, by }),
    body,
  };
  const put = async (): Promise<PutMessage> => {
    if (!record) {
      return recordHeard(deps, caseId, (client, hear) =>
        hear(message.message).then((hint) => putMessage(client, deps.cipher, { ...message, ...hint })),
      );
    }
    await inTransaction(deps.pool, (client) => hearMessage(client, caseId, message.message, deps.now()));
    return record(message);
  };
  return recordAndAnswer(deps, caller, message, put, messageId);
};

/** The sender of an agency's message: its system or one of its officers. */
export const agencySource = ({ role }: Caller): 'callback' | 'officer' => (role === 'agency' ? 'callback' : 'officer');

/**
 * Records a message and waits a short time for its outcome. 200: it was applied, now or before
 * under the same id. 409: the case refused it; the body has the first decision and the allowed
 * actions. 202: no outcome yet, because no worker runs the case; the message is dispatched later.
 * `messageId` is the id that the sender gave it; `resultFaults` explain a `RESULT_INVALID`.
 */
export const recordAndAnswer = async (
  deps: Deps,
  caller: Caller,
  message: MessageKey,
  record: () => Promise<PutMessage>,
  messageId: string,
  resultFaults: readonly FieldError[] = [],
): Promise<Reply> => {
  const outcome = await recordAndWait(deps, message, record);
  deps.metrics.outcomes.inc({ outcome: outcomeLabel(outcome) });
  if (!outcome) return { status: 202, body: { recorded: true, messageId } };
  if (outcome.kind === 'refused') throw await refusal(deps, caller, message, outcome, resultFaults);
  return { status: 200, body: { messageId, outcome: outcome.kind } };
};

type MessageKey = Pick<NewMessage, 'caseId' | 'messageId' | 'stepId'>;

const recordAndWait = async (
  deps: Deps,
  { caseId, messageId }: MessageKey,
  record: () => Promise<PutMessage>,
): Promise<InboxOutcome | undefined> => {
  // Subscribe before the insert, because the relay may dispatch the message at once.
  const settled = watch(deps.notifications, `message_settled:${caseId}:${messageId}`);
  try {
    const put = await record();
    if (put.kind === 'different') throw problem('MESSAGE_ID_REUSED');
    if (put.outcome) return put.outcome;
    const deadline = performance.now() + deps.config.outcomeWaitMs;
    for (;;) {
      const leftMs = deadline - performance.now();
      const said = leftMs > 0 ? await settled.wait(leftMs, deps.stopping) : undefined;
      if (said === 'applied' || said === 'repeated') return { kind: said };
      // A refusal needs details from the database, and a notification may have been lost.
      const outcome = await findOutcome(deps.pool, caseId, messageId);
      if (outcome || leftMs <= 0 || deps.stopping.aborted) return outcome;
    }
  } finally {
    settled.stop();
  }
};

const refusal = async (
  deps: Deps,
  caller: Caller,
  { caseId, stepId }: MessageKey,
  { code, first }: Extract<InboxOutcome, { kind: 'refused' }>,
  resultFaults: readonly FieldError[],
) => {
  // Read again, because the case may have changed since the request arrived.
  const [found, steps] = await Promise.all([getCase(deps.pool, caseId), listSteps(deps.pool, caseId)]);
  const step = steps.find((row) => row.stepId === stepId);
  return problem(code, {
    ...(code === 'RESULT_INVALID' && { errors: resultFaults }),
    more: {
      ...(first && { first: { decision: first.decision, by: first.by, at: new Date(first.at).toISOString() } }),
      allowed: step ? await allowedOnStep(deps, caller, found, step) : allowedOf(caseOffers(caller, found)),
    },
  });
};
