import { z } from 'zod';
import { BULK_VERBS } from '../domain/supervision/bulk.ts';
import { ORDER_ACTIONS } from '../domain/supervision/orders.ts';
import { CASE_ACTIONS, STEP_OFFERS } from '../domain/actions.ts';
import { VERDICTS } from '../domain/worklist/verdicts.ts';
import { Finding } from './confirmations.ts';
import { DuplicateView } from './duplicates.ts';
import { ActorView, DecisionKind, Instant } from './values.ts';

/** The body of every error response (RFC 9457). */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    retry: z.boolean(),
    correlationId: z.string(),
    errors: z.array(Finding).optional(),
    /** With `FORM_UNCONFIRMED` and `FORM_INVALID`: what is unusual about the form. */
    warnings: z.array(Finding).optional(),
    omitted: z
      .int()
      .positive()
      .optional()
      .meta({ description: 'The number of further entries that `errors`, `warnings` or `duplicates` would have' }),
    /** With 409: the decision that was recorded first. */
    first: z.object({ decision: DecisionKind, by: ActorView, at: Instant }).optional(),
    /** With 409: the actions that this caller can take now. */
    allowed: z
      .array(z.enum([...STEP_OFFERS, ...CASE_ACTIONS, ...ORDER_ACTIONS, ...BULK_VERBS, ...VERDICTS]))
      .optional(),
    claimedBy: z.string().optional(),
    claimedAt: Instant.optional(),
    claimedUntil: Instant.optional(),
    /** With `TASK_ASSIGNED`: the officer whom a supervisor gave the task. */
    officer: z.string().optional(),
    /** With `ANSWER_DECIDED`: the person who decided about the answer, and the reason. */
    settled: z.object({ by: ActorView, at: Instant, reason: z.string().optional() }).optional(),
    /** With `DUPLICATE_CASE`: the earlier cases. */
    duplicates: z.array(DuplicateView).optional(),
  })
  .meta({ id: 'Problem' });
