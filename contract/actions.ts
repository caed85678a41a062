import { z } from 'zod';
import { Text } from '../domain/matter/schema.ts';

const ActionRefusal = z
  .object({ code: z.string(), says: Text })
  .meta({ id: 'ActionRefusal', description: 'Why the API would refuse the action now: the error code and its text' });

/** The actions that a resource offers to this caller. */
export const offers = <const A extends readonly string[]>(actions: A) =>
  z.array(z.object({ action: z.enum(actions), allowed: z.boolean(), because: ActionRefusal.optional() })).meta({
    description: 'Every action that the caller has the right to; `allowed` says whether it is possible now',
  });
