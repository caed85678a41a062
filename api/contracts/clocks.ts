import { z } from 'zod';
import { LIGHTS } from '../../matters/light.ts';
import { Text } from '../../matters/schema.ts';
import { AgencyId, Instant, StepId } from './values.ts';

/** What every clock shows: of a step, an item, a case. */
export const ClockHead = {
  light: z.enum(LIGHTS),
  promisedAt: Instant.optional(),
  statutoryAt: Instant.optional(),
  provisional: z.boolean().meta({
    description:
      '暂定: a deadline lies past the last day that a notice covers; it may move when the next notice is published',
  }),
  pausedAt: Instant.optional(),
  endedAt: Instant.optional(),
};

export const ItemView = z
  .object({
    /** With a number where it is repeated for several, like a step's. */
    id: StepId,
    name: Text,
    lead: z.object({ id: AgencyId, name: Text }),
    steps: z.array(StepId),
    startedAt: Instant.optional(),
    ...ClockHead,
  })
  .meta({ id: 'ItemView', description: 'A service item (事项) of the bundle, with a promise of its own' });
export type ItemView = z.infer<typeof ItemView>;
