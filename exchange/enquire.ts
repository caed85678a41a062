import type { EnquiryAnswer } from '../agencies/client.ts';
import { formatRequestId } from '../agencies/contract.ts';
import { recordEnquiryFailure, type DueEnquiry } from '../db/agencies/enquiries.ts';
import { putOwnMessage, type OwnMessageDependencies } from '../db/messages/own-messages.ts';
import { getTask } from '../db/cases/steps.ts';
import type { Message } from '../domain/case/messages.ts';
import { systemActor } from '../domain/case/system-actors.ts';
import { storedId } from '../domain/message-ids.ts';
import { getStep } from '../domain/matter/compile.ts';
import type { Matter } from '../domain/matter/schema.ts';
import { findUnknownItems } from '../domain/form/asked-items.ts';
import { connectionOf } from './connections/connections.ts';
import type { ExchangeDependencies } from './dependencies.ts';
import { attentionOf, errorOf, ITEM_UNKNOWN } from './failures.ts';
import { keepAnswer } from './keep-answer.ts';
import { holdRepeatedFault } from './repeated-fault.ts';

const BY = systemActor('status-polling');

/**
 * Asks an agency about a step that it accepted. A decision goes through the inbox like a callback;
 * a request for something that the matter does not have is not followed. A request that the agency
 * has lost is sent again with the same effect key. An answer that would need a person as the answer
 * to a request needs one here too. Returns the answer; undefined: the agency has no system to ask
 * any more.
 */
export const enquire = async (
  deps: Pick<ExchangeDependencies, 'db' | 'client' | 'agency' | 'matter' | 'now'> & OwnMessageDependencies,
  { caseId, stepId, round, agency, nextAt }: DueEnquiry,
): Promise<EnquiryAnswer | undefined> => {
  const { db, cipher } = deps;
  const key = { caseId, stepId, round };
  const requestId = formatRequestId(key);
  const record = await deps.agency(agency);
  const answer = await connectionOf(record).enquire(deps, record, requestId);
  const { found } = await getTask(db, caseId, stepId);
  const matter = await deps.matter(found.matter, found.version);
  const read = answer?.kind === 'decided' ? refuseUnknownItems(matter, answer) : answer;
  if (!read || read.kind === 'accepted') return read;
  if (read.kind === 'decided') {
    const by = { role: 'agency', id: agency } as const;
    const step = getStep(matter, stepId);
    const kept = await keepAnswer(db, cipher, {
      key,
      source: 'enquiry',
      by,
      said: read.decision,
      step,
      at: deps.now(),
    });
    await holdRepeatedFault(deps, key, kept);
    return read;
  }
  if (read.kind !== 'unknown') await recordEnquiryFailure(db, { ...key, error: errorOf(read) });
  if (read.kind === 'unavailable') return read;
  const id = storedId(BY, `${requestId}:${read.kind}:${nextAt}`);
  const message: Message =
    read.kind === 'unknown'
      ? { kind: 'resend', id, stepId, by: BY }
      : { kind: 'answer-fault', id, stepId, round, code: attentionOf(read), by: BY };
  await putOwnMessage(db, deps, { ...key, messageId: id, source: 'enquiry', message });
  return read;
};

const refuseUnknownItems = (matter: Matter, answer: Extract<EnquiryAnswer, { kind: 'decided' }>): EnquiryAnswer => {
  const unknown = findUnknownItems(matter, answer.decision.supplements ?? []);
  return unknown.length > 0 ? { kind: 'unreadable', detail: ITEM_UNKNOWN } : answer;
};
