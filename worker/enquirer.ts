import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { AgencyClient } from '../agencies/client.ts';
import { formatRequestId, wantedItems } from '../agencies/contract.ts';
import { inboxId, replyIds } from '../agencies/message-id.ts';
import { endpointOf } from '../activities/send.ts';
import type { AgencyRecord } from '../db/agencies.ts';
import { putMessage } from '../db/inbox.ts';
import type { Cipher } from '../db/personal-data.ts';
import { dueEnquiries, type DueEnquiry } from '../db/enquiries.ts';
import { startLoop, type Loop } from './loop.ts';

const POLL_MS = 1_000;
const AT_ONCE = 20;

export interface EnquirerOptions {
  db: Pool;
  cipher: Cipher;
  client: AgencyClient;
  agency: (id: string) => Promise<AgencyRecord>;
  log: Logger;
}

/**
 * Asks agencies that have accepted a step and then stay silent. What they answer goes through the inbox like a callback. A
 * query finds who is due, so that no case keeps a timer for what seldom happens.
 */
export const startEnquirer = (options: EnquirerOptions): Loop =>
  startLoop(
    async () => {
      const due = await dueEnquiries(options.db, AT_ONCE);
      await Promise.all(due.map((step) => enquire(options, step)));
      return due.length === AT_ONCE ? 'more' : 'idle';
    },
    {
      everyMs: POLL_MS,
      onError: (error) => options.log.warn({ err: error }, 'enquiring at agencies failed, will retry'),
    },
  );

const enquire = async ({ db, cipher, client, agency, log }: EnquirerOptions, step: DueEnquiry): Promise<void> => {
  const { caseId, stepId, round } = step;
  const record = await agency(step.agency);
  // It may have been given a worklist since.
  if (record.connection !== 'push') return;
  const answer = await client.enquire(endpointOf(record), formatRequestId(step));
  if (answer.kind === 'decided') {
    const { messageId: _own, requestId: _repeated, decision, ...words } = answer.decision;
    const by = { role: 'agency', id: step.agency } as const;
    for (const id of replyIds(step.agency, step, answer.decision)) {
      const message = { kind: 'decision', id, stepId, round, decision, ...wantedItems(answer.decision), by } as const;
      const put = { caseId, messageId: id, stepId, round, source: 'enquiry' as const, message, body: words };
      if ((await putMessage(db, cipher, put)).kind !== 'different') break;
    }
  } else if (answer.kind === 'unknown') {
    // It lost the request: the case sends it again under the same effect key.
    const id = inboxId('enquirer', `${formatRequestId(step)}:lost:${step.enquiries}`);
    const message = { kind: 'resend', id, stepId, by: { role: 'system', id: 'enquirer' } } as const;
    await putMessage(db, cipher, { caseId, messageId: id, stepId, round, source: 'enquiry', message });
  } else if (answer.kind !== 'accepted') {
    log.info({ caseId, stepId, agency: step.agency, answer: answer.kind }, 'enquiry not answered');
  }
};
