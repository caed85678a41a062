import { v7 as uuidv7 } from 'uuid';
import { inboxId } from '../../agencies/message-id.ts';
import { getCase } from '../../db/cases/cases.ts';
import { findOutcome, putMessage, type NewMessage, type PutMessage } from '../../db/messages/inbox.ts';
import { listSteps } from '../../db/cases/steps.ts';
import { allowedOf } from '../../domain/actions.ts';
import type { Actor, Message, Outcome } from '../../domain/case/messages.ts';
import { watch } from '../../runtime/notifications.ts';
import type { Deps } from '../deps.ts';
import { actorOf } from '../../identity/caller.ts';
import { outcomeLabel } from '../http/metrics.ts';
import type { Caller } from '../../identity/caller.ts';
import { problem } from '../http/problems.ts';
import type { Reply } from '../http/route.ts';
import { allowedOnStep, caseOffers } from '../views/actions.ts';

/** What every message to a case has. */
export interface MessageHead {
  id: string;
  by: Actor;
}

export interface CaseMessage {
  /** The case; for a step also which, in which round. */
  about: Pick<NewMessage, 'caseId' | 'stepId' | 'round'>;
  /**
   * The side that speaks. Each agency and each of its officers has ids of its own: two may both
   * number from 1.
   */
  from: 'window' | 'supervisor' | 'agency';
  /** The id that the caller gave it: it counts once. Absent: it gets one. */
  messageId?: string | undefined;
  /** What else was said (reasons, evidence): it stays in Postgres. */
  words: unknown;
  make: (head: MessageHead) => Message;
  /** How the message gets into the inbox, where more belongs in its transaction. */
  record?: (message: NewMessage) => Promise<PutMessage>;
}

/** Tells a case something, and answers as `recordAndAnswer` does. */
export const tellCase = (
  deps: Deps,
  caller: Caller,
  { about: { caseId, stepId, round }, from, messageId = uuidv7(), words: body, make, record }: CaseMessage,
): Promise<Reply> => {
  const by = actorOf(caller);
  const id = from === 'agency' ? inboxId(by.id, messageId) : messageId;
  const message: NewMessage = {
    caseId,
    messageId: id,
    ...(stepId !== undefined && { stepId }),
    ...(round !== undefined && { round }),
    source: from === 'agency' ? agencySource(caller) : from,
    message: make({ id, by }),
    body,
  };
  const put = record ?? ((recorded: NewMessage) => putMessage(deps.pool, deps.cipher, recorded));
  return recordAndAnswer(deps, caller, message, () => put(message), messageId);
};

/** By which way an agency speaks: its system calls, or one of its officers does. */
export const agencySource = ({ role }: Caller): 'callback' | 'officer' => (role === 'agency' ? 'callback' : 'officer');

/**
 * Records a message and waits a little for what becomes of it: 200 when it was applied (or is a
 * repetition of one that was), 409 with who was first and what is allowed now when it was refused,
 * 202 when the case has not answered yet, because no worker drives it now: then it is delivered
 * later. `messageId` is the id as its sender knows it.
 */
export const recordAndAnswer = async (
  deps: Deps,
  caller: Caller,
  message: MessageKey,
  record: () => Promise<PutMessage>,
  messageId: string,
): Promise<Reply> => {
  const outcome = await recordAndWait(deps, message, record);
  deps.metrics.outcomes.inc({ outcome: outcomeLabel(outcome) });
  if (!outcome) return { status: 202, body: { recorded: true, messageId } };
  if (outcome.kind === 'refused') throw await refusal(deps, caller, message, outcome);
  return { status: 200, body: { messageId, outcome: outcome.kind } };
};

type MessageKey = Pick<NewMessage, 'caseId' | 'messageId' | 'stepId'>;

const recordAndWait = async (
  deps: Deps,
  { caseId, messageId }: MessageKey,
  record: () => Promise<PutMessage>,
): Promise<Outcome | undefined> => {
  // Before it is recorded: the relay may be faster than we are.
  const settled = watch(deps.notifications, `message_settled:${caseId}:${messageId}`);
  try {
    const put = await record();
    if (put.kind === 'different') throw problem('MESSAGE_ID_REUSED');
    if (put.kind === 'same' && put.outcome) return put.outcome;
    const deadline = performance.now() + deps.config.outcomeWaitMs;
    for (;;) {
      const leftMs = deadline - performance.now();
      const said = leftMs > 0 ? await settled.wait(leftMs, deps.stopping) : undefined;
      if (said === 'applied' || said === 'repeated') return { kind: said };
      // Of a refusal there is more to say; and a notification may have been lost.
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
  { code, first }: Extract<Outcome, { kind: 'refused' }>,
) => {
  // Read again: what was refused may have been refused because the case moved on since the request
  // came in.
  const [found, steps] = await Promise.all([getCase(deps.pool, caseId), listSteps(deps.pool, caseId)]);
  const step = steps.find((row) => row.stepId === stepId);
  return problem(code, {
    more: {
      ...(first && { first: { decision: first.decision, by: first.by, at: new Date(first.at).toISOString() } }),
      allowed: step ? await allowedOnStep(deps, caller, found, step) : allowedOf(caseOffers(caller, found)),
    },
  });
};
