import type { EnquiryAnswer } from '../agencies/client.ts';
import { formatRequestId } from '../agencies/contract.ts';
import type { DueEnquiry } from '../db/agencies/enquiries.ts';
import { putOwnMessage, type OwnMessageDependencies } from '../db/messages/own-messages.ts';
import { getTask } from '../db/cases/steps.ts';
import { systemActor } from '../domain/case/system-actors.ts';
import { storedId } from '../domain/message-ids.ts';
import { getStep } from '../domain/matter/compile.ts';
import { findUnknownItems } from '../domain/form/asked-items.ts';
import { connectionOf } from './connections/connections.ts';
import type { ExchangeDependencies } from './dependencies.ts';
import { ITEM_UNKNOWN } from './failures.ts';
import { keepAnswer } from './keep-answer.ts';

const BY = systemActor('status-polling');

/**
 * Asks an agency about a step that it accepted. A decision goes through the inbox like a callback;
 * a request for something that the matter does not have is not followed. A request that the agency
 * has lost is sent again with the same effect key. Returns the answer;
 * undefined: the agency has no system to ask any more.
 */
export const enquire = async (
  deps: Pick<ExchangeDependencies, 'db' | 'client' | 'agency' | 'matter' | 'now'> & OwnMessageDependencies,
  { caseId, stepId, round, agency, enquiries }: DueEnquiry,
): Promise<EnquiryAnswer | undefined> => {
  const { db, cipher } = deps;
  const key = { caseId, stepId, round };
  const requestId = formatRequestId(key);
  const record = await deps.agency(agency);
  const answer = await connectionOf(record).enquire(deps, record, requestId);
  if (answer?.kind === 'decided') {
    const { decision: said } = answer;
    const { found } = await getTask(db, caseId, stepId);
    const matter = await deps.matter(found.matter, found.version);
    if (findUnknownItems(matter, said.supplements ?? []).length > 0) {
      return { kind: 'unreadable', detail: ITEM_UNKNOWN };
    }
    const by = { role: 'agency', id: agency } as const;
    const step = getStep(matter, stepId);
    await keepAnswer(db, cipher, { key, source: 'enquiry', by, said, step, at: deps.now() });
  }
  if (answer?.kind === 'unknown') {
    const id = storedId(BY, `${requestId}:lost:${enquiries}`);
    const message = { kind: 'resend', id, stepId, by: BY } as const;
    await putOwnMessage(db, deps, { ...key, messageId: id, source: 'enquiry', message });
  }
  return answer;
};
