import { z } from 'zod';
import { Text } from '../domain/matter/schema.ts';
import { Evidence, Letter } from './step-commands.ts';
import { ActorView, Cursor, Instant, StepId } from './values.ts';

/** One event of a case in readable form: what, which step, when, by whom, why. */
const TimelineEntry = z
  .object({
    seq: z.int(),
    at: Instant,
    kind: z.string(),
    what: Text,
    step: z.object({ id: StepId, name: Text }).optional(),
    by: ActorView.optional(),
    /** Only for callers who may read the agency's text. */
    reason: z.string().optional(),
    evidence: z.array(Evidence).optional(),
    letter: Letter.optional(),
    moved: z
      .array(
        z.object({
          step: StepId.optional(),
          which: z.enum(['promised', 'statutory']),
          before: Instant,
          after: Instant,
          provisional: z.boolean(),
          firm: z.boolean().meta({ description: 'The date did not move, and is no longer provisional' }),
        }),
      )
      .optional()
      .meta({
        description: 'With `calendar-changed`: the open deadlines of the case and its steps that moved or became firm',
      }),
    details: z.record(z.string(), z.unknown()).meta({ description: 'Other fields of the entry: ids and codes' }),
  })
  .meta({ id: 'TimelineEntry' });
export type TimelineEntry = z.infer<typeof TimelineEntry>;

export const Timeline = z
  .object({ entries: z.array(TimelineEntry), nextCursor: z.string().optional() })
  .meta({ id: 'Timeline' });

export const TimelineQuery = z.strictObject({
  cursor: Cursor.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
