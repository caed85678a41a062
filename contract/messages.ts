import { z } from 'zod';

/** The outcome of a message to a case: applied already, or recorded and applied later. */

export const MessageOutcome = z
  .object({ messageId: z.string(), outcome: z.enum(['applied', 'repeated']) })
  .meta({ id: 'MessageOutcome' });
export const MessageReceipt = z
  .object({ recorded: z.literal(true), messageId: z.string() })
  .meta({ id: 'MessageReceipt' });
