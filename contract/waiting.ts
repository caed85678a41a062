import { z } from 'zod';
import { DUE_KINDS } from '../domain/case/dues.ts';
import { NEXT_ACTIONS, TURNS, WAIT_DETAILS, WAITING_CAUSES } from '../domain/waiting/causes.ts';
import { Instant } from './values.ts';

/** Whose turn it is; `nobody`: it has ended. */
export const WaitingOn = z.enum([...TURNS, 'nobody']);
export type WaitingOn = z.infer<typeof WaitingOn>;

export const Next = z
  .object({ action: z.enum([...NEXT_ACTIONS, ...DUE_KINDS]), at: Instant.optional() })
  .meta({ id: 'NextAction', description: 'What happens next by itself' });

/** What a step waits for. */
export const Waiting = z
  .object({
    cause: z.enum(WAITING_CAUSES),
    detail: z.enum(WAIT_DETAILS),
    since: Instant,
    next: Next.optional(),
    stalled: z.boolean().meta({ description: 'It has lasted beyond its threshold (停滞)' }),
  })
  .meta({ id: 'Waiting' });
export type Waiting = z.infer<typeof Waiting>;
