import type { Pool } from 'pg';
import { formatRequestId, type EffectKey } from '../agencies/contract.ts';
import { getStep } from '../db/cases/steps.ts';
import type { PutMessage } from '../db/messages/inbox.ts';
import { putOwnMessage, type OwnMessageDependencies } from '../db/messages/own-messages.ts';
import { isDecisionFault } from '../domain/case/messages.ts';
import { AWAITING_ANSWER } from '../domain/case/status.ts';
import { systemActor } from '../domain/case/system-actors.ts';
import { storedId } from '../domain/message-ids.ts';

const BY = systemActor('agency-answers');

/**
 * An answer that does not count is known under its id, so its repetition changes nothing. If the step
 * was sent again meanwhile, its agency has answered it nevertheless: the step waits for a person
 * again, and does not look as if its agency were silent.
 */
export const holdRepeatedFault = async (
  { db, ...own }: { db: Pool } & OwnMessageDependencies,
  key: EffectKey,
  put: PutMessage,
): Promise<void> => {
  if (put.kind !== 'same' || put.outcome?.kind !== 'refused') return;
  const { code } = put.outcome;
  if (!isDecisionFault(code)) return;
  const { caseId, stepId, round } = key;
  const step = await getStep(db, caseId, stepId);
  if (!AWAITING_ANSWER.includes(step.status) || step.round !== round) return;
  // The step changes each time it is sent again.
  const id = storedId(BY, `${formatRequestId(key)}:fault:${step.changedAt}`);
  const message = { kind: 'answer-fault', id, stepId, round, code, by: BY } as const;
  await putOwnMessage(db, own, { ...key, messageId: id, source: 'system', message });
};
