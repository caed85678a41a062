import { z } from 'zod';
import { Text } from '../domain/matter/schema.ts';
import { READ_KINDS, READ_PURPOSES } from '../domain/reads.ts';
import { ActorView, Cursor, Instant, StepId } from './values.ts';

/** One read of personal values of a case: who, when, what and for what. */
const ReadView = z
  .object({
    at: Instant,
    by: ActorView,
    step: z.object({ id: StepId, name: Text }).optional(),
    kind: z.enum(READ_KINDS),
    what: Text,
    purpose: z.enum(READ_PURPOSES),
    purposeText: Text,
  })
  .meta({ id: 'Read' });
export type ReadView = z.infer<typeof ReadView>;

export const ReadList = z
  .object({ reads: z.array(ReadView), nextCursor: z.string().optional() })
  .meta({ id: 'ReadList' });

export const ReadQuery = z.strictObject({
  cursor: Cursor.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
