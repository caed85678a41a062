import { findOutcome, type NewMessage, type PutMessage } from '../db/inbox.ts';
import { listSteps } from '../db/steps.ts';
import { allowedOf } from '../matters/actions.ts';
import type { Outcome } from '../matters/engine/messages.ts';
import { getCase, type CaseRow } from '../db/cases.ts';
import type { Deps } from './deps.ts';
import { outcomeLabel } from './metrics.ts';
import { watch } from './notices.ts';
import type { Caller } from './policy.ts';
import { problem } from './problems.ts';
import type { Reply } from './route.ts';
import { allowedOnStep, caseOffers } from './views/actions.ts';

/** How a message gets into the inbox: usually `putMessage` alone, sometimes together with more in one transaction. */
type Recorder = (message: NewMessage) => Promise<PutMessage>;

/**
 * Records a message and waits a little for what becomes of it: 200 when it was applied (or is a repetition of one that was), 409 with
 * who was first and what is allowed now when it was refused, 202 when the case has not said anything yet, because whoever drives it is
 * away: then it is delivered later.
 */
export const deliver = async (
  deps: Deps,
  caller: Caller,
  { caseId }: Pick<CaseRow, 'caseId'>,
  message: NewMessage,
  record: Recorder,
  /** The id as its sender knows it. */
  messageId = message.messageId,
): Promise<Reply> => {
  const outcome = await recordAndWait(deps, message, record);
  deps.metrics.outcomes.inc({ outcome: outcomeLabel(outcome) });
  if (!outcome) return { status: 202, body: { recorded: true, messageId } };
  if (outcome.kind === 'refused') throw await refusal(deps, caller, caseId, message, outcome);
  return { status: 200, body: { messageId, outcome: outcome.kind } };
};

const recordAndWait = async (deps: Deps, message: NewMessage, record: Recorder): Promise<Outcome | undefined> => {
  const { caseId, messageId } = message;
  // Before it is recorded: the relay may be faster than we are.
  const settled = watch(deps.notices, `message_settled:${caseId}:${messageId}`);
  try {
    const put = await record(message);
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
  caseId: string,
  { stepId }: NewMessage,
  { code, first }: Extract<Outcome, { kind: 'refused' }>,
) => {
  // Read again: what was refused may have been refused because the case moved on since the request came in.
  const [found, steps] = await Promise.all([getCase(deps.pool, caseId), listSteps(deps.pool, caseId)]);
  const step = steps.find((row) => row.stepId === stepId);
  return problem(code, {
    more: {
      ...(first && { first: { decision: first.decision, by: first.by, at: new Date(first.at).toISOString() } }),
      allowed: step ? await allowedOnStep(deps, caller, found, step) : allowedOf(caseOffers(caller, found)),
    },
  });
};
