import { z } from 'zod';

/** What became of a message that was told to a case: it counts, or it is recorded and will. */

export const Answered = z
  .object({ messageId: z.string(), outcome: z.enum(['applied', 'repeated']) })
  .meta({ id: 'Answered' });
export const Recorded = z.object({ recorded: z.literal(true), messageId: z.string() }).meta({ id: 'Recorded' });
