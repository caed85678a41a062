import { z } from 'zod';
import { BULK_VERBS } from '../domain/supervision/bulk.ts';
import { ORDER_ACTIONS } from '../domain/supervision/orders.ts';
import { CASE_ACTIONS, STEP_OFFERS } from '../domain/actions.ts';
import { VERDICTS } from '../domain/worklist/verdicts.ts';
import { DuplicateView } from './duplicates.ts';
import { By, DecisionKind, Instant } from './values.ts';

/** What every refused request is answered with (RFC 9457). */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    retry: z.boolean(),
    correlationId: z.string(),
    errors: z.array(z.object({ path: z.string(), rule: z.string(), message: z.string() })).optional(),
    /** Who was first, with 409. */
    first: z.object({ decision: DecisionKind, by: By, at: Instant }).optional(),
    /** What this caller can do now, with 409. */
    allowed: z
      .array(z.enum([...STEP_OFFERS, ...CASE_ACTIONS, ...ORDER_ACTIONS, ...BULK_VERBS, ...VERDICTS]))
      .optional(),
    claimedBy: z.string().optional(),
    claimedAt: Instant.optional(),
    claimedUntil: Instant.optional(),
    /** To whom the task was given, with `TASK_ASSIGNED`. */
    officer: z.string().optional(),
    /** The cases that this one would be a duplicate of, with `DUPLICATE_CASE`. */
    duplicates: z.array(DuplicateView).optional(),
  })
  .meta({ id: 'Problem' });
