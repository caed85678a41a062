import { z } from 'zod';
import { Text } from '../domain/matter/schema.ts';
import { STEP_STATUSES } from '../domain/case/status.ts';
import { ANSWER_STATES, VERDICTS } from '../domain/worklist/verdicts.ts';
import { offers } from './actions.ts';
import { AgencyId, By, CaseId, CaseNo, Cursor, DecisionKind, Instant, MessageId, Reason, StepId } from './values.ts';

/** The review queue (待核答复): answers of agencies that are no part of the record. */

export const KeptAnswerView = z
  .object({
    caseId: CaseId,
    caseNo: CaseNo,
    messageId: z.string(),
    step: z.object({ id: StepId, name: Text }),
    round: z.int(),
    agency: z.object({ id: AgencyId, name: Text }),
    decision: DecisionKind,
    source: z.enum(['reply', 'callback', 'enquiry']).meta({ description: 'By which way it came' }),
    receivedAt: Instant,
    state: z.enum(ANSWER_STATES).meta({
      description: 'pending: it came before the step, and counts by itself when that is there; open: a person decides',
    }),
    why: z.object({ code: z.string(), text: Text }).optional().meta({ description: 'Why it did not count' }),
    record: z
      .object({
        status: z.enum(STEP_STATUSES),
        round: z.int(),
        decision: DecisionKind.optional(),
        first: z.object({ decision: DecisionKind, by: By, at: Instant }).optional(),
      })
      .meta({ description: 'What the record says instead' }),
    /** The agency's words, only for those who may read them. */
    reason: z.string().optional(),
    result: z.record(z.string(), z.unknown()).optional(),
    settled: z.object({ by: By, at: Instant, reason: z.string().optional() }).optional(),
    actions: offers(VERDICTS),
  })
  .meta({ id: 'KeptAnswer' });
export type KeptAnswerView = z.infer<typeof KeptAnswerView>;

export const ReviewQueue = z
  .object({ answers: z.array(KeptAnswerView), nextCursor: z.string().optional() })
  .meta({ id: 'ReviewQueue' });

const page = { cursor: Cursor.optional(), limit: z.coerce.number().int().min(1).max(100).default(20) };

export const ReviewQueueQuery = z.strictObject({
  state: z.enum([...ANSWER_STATES, 'all']).default('open'),
  agency: AgencyId.optional(),
  ...page,
});
export const CaseReviewQueueQuery = z.strictObject(page);

export const DecideAnswer = z.strictObject({ verdict: z.enum(VERDICTS), reason: Reason });

/** The id under which the inbox keeps a message: the sender's, with the sender before it. */
export const KeptMessageId = MessageId.max(300);
