import { z } from 'zod';
import { DUE_KINDS } from '../domain/case/dues.ts';
import { NEXT_ACTIONS, TURNS, WAIT_DETAILS, WAITING_CAUSES } from '../domain/waiting/causes.ts';
import { Instant } from './values.ts';

/** The party that has to act; `nobody`: the step has ended. */
export const WaitingOn = z.enum([...TURNS, 'nobody']);
export type WaitingOn = z.infer<typeof WaitingOn>;

export const NextActionView = z
  .object({ action: z.enum([...NEXT_ACTIONS, ...DUE_KINDS]), at: Instant.optional() })
  .meta({ id: 'NextAction', description: 'What happens next automatically' });

export const WaitView = z
  .object({
    cause: z.enum(WAITING_CAUSES),
    detail: z.enum(WAIT_DETAILS),
    since: Instant,
    next: NextActionView.optional(),
    stalled: z.boolean().meta({ description: 'The wait is longer than its threshold (停滞)' }),
  })
  .meta({ id: 'Wait' });
export type WaitView = z.infer<typeof WaitView>;
