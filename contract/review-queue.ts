import { z } from 'zod';
import { DeclaredField, Result } from '../agencies/contract.ts';
import { Text } from '../domain/matter/schema.ts';
import { STEP_STATUSES } from '../domain/case/status.ts';
import { ANSWER_STATES, VERDICTS } from '../domain/worklist/verdicts.ts';
import { offers } from './actions.ts';
import { AgencyId, ActorView, CaseId, CaseNo, Cursor, DecisionKind, Instant, Reason, StepId } from './values.ts';

/** The review queue (待核答复): answers of agencies that are no part of the record. */

export const ReviewAnswerView = z
  .object({
    caseId: CaseId,
    caseNo: CaseNo,
    messageId: z.string(),
    step: z.object({ id: StepId, name: Text }),
    round: z.int(),
    agency: z.object({ id: AgencyId, name: Text }),
    decision: DecisionKind,
    source: z.enum(['reply', 'callback', 'enquiry']).meta({ description: 'The channel that the answer came through' }),
    receivedAt: Instant,
    state: z.enum(ANSWER_STATES).meta({
      description:
        'pending: the answer came before its step began and is applied automatically when it begins; open: a person decides',
    }),
    why: z.object({ code: z.string(), text: Text }).optional().meta({ description: 'Why the answer did not count' }),
    record: z
      .object({
        status: z.enum(STEP_STATUSES),
        round: z.int(),
        decision: DecisionKind.optional(),
        first: z.object({ decision: DecisionKind, by: ActorView, at: Instant }).optional(),
      })
      .meta({ description: 'The recorded status and decision of the step' }),
    settled: z.object({ by: ActorView, at: Instant, reason: z.string().optional() }).optional(),
    actions: offers(VERDICTS),
  })
  .meta({ id: 'ReviewAnswer' });
export type ReviewAnswerView = z.infer<typeof ReviewAnswerView>;

/** A kept answer with its texts, for callers who may read the text of the agency. */
export const ReviewAnswerDetail = ReviewAnswerView.extend({
  reason: z.string().optional(),
  ground: z.string().optional(),
  basis: z.string().optional(),
  result: z.record(z.string(), z.unknown()).optional(),
  supplements: z.array(z.record(z.string(), z.unknown())).optional(),
  resultFields: z.array(DeclaredField).optional().meta({ description: 'What the result of an approval must have' }),
  resultFaults: z
    .array(z.object({ field: z.string(), rule: z.string(), message: Text }))
    .optional()
    .meta({ description: 'What is missing or wrong in the result' }),
}).meta({ id: 'ReviewAnswerDetail' });
export type ReviewAnswerDetail = z.infer<typeof ReviewAnswerDetail>;

export const ReviewQueue = z
  .object({ answers: z.array(ReviewAnswerView), nextCursor: z.string().optional() })
  .meta({ id: 'ReviewQueue' });

const page = { cursor: Cursor.optional(), limit: z.coerce.number().int().min(1).max(100).default(20) };

export const ReviewQueueQuery = z.strictObject({
  state: z.enum([...ANSWER_STATES, 'all']).default('open'),
  agency: AgencyId.optional(),
  ...page,
});
export const CaseReviewQueueQuery = z.strictObject(page);

export const DecideAnswer = z.strictObject({
  verdict: z.enum(VERDICTS),
  reason: Reason,
  result: Result.optional().meta({ description: 'With `adopt`: values that complete or replace those of the agency' }),
});

/** The id of a message in the inbox: role and id of the sender, then the sender's message id. */
export const InboxMessageId = z.string().regex(/^[A-Za-z0-9._:~-]{1,300}$/);
