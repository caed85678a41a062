import { z } from 'zod';
import { Text } from '../domain/matter/schema.ts';

const Because = z
  .object({ code: z.string(), says: Text })
  .meta({ id: 'Because', description: 'The code with which the action would be refused now, and what it says' });

/** The actions of a noun for this caller. */
export const offers = <const A extends readonly string[]>(actions: A) =>
  z.array(z.object({ action: z.enum(actions), allowed: z.boolean(), because: Because.optional() })).meta({
    description: 'Every action that the caller has the right to: whether it is possible now, and if not, why',
  });
