import { z } from 'zod';
import { Text } from '../domain/matter/schema.ts';
import { IncidentView } from './incidents.ts';
import { AgencyId, Instant, MatterCode, StepId } from './values.ts';

/** How the agencies stand: what each has, and how it did in a window of days. */

const count = z.int().nonnegative();
const Rate = z.number().min(0).max(1);
const Percentiles = z
  .object({ p50: z.number(), p90: z.number(), p99: z.number() })
  .meta({ id: 'Percentiles', description: 'Half, nine in ten, 99 in a hundred took no more than this' });
const Figures = {
  finished: count.meta({ description: 'Steps that the agency has decided in the window of days' }),
  onTimeRate: Rate.optional().meta({ description: 'Of those that had a promised deadline; absent: there were none' }),
  supplementRate: Rate.optional().meta({ description: 'Share for which the agency asked for a supplement' }),
  minutes: Percentiles.optional().meta({
    description: 'For how long the agency held them, without the time of others',
  }),
  workingMinutes: Percentiles.optional().meta({ description: 'The same, counted in the hours of the windows' }),
};

export const AgencyView = z
  .object({
    id: AgencyId,
    name: Text,
    connection: z.enum(['push', 'worklist', 'rules']),
    pending: count.meta({ description: 'Steps that are not yet with the agency' }),
    running: count.meta({ description: 'Steps that the agency has' }),
    attention: count.meta({ description: 'Steps that a person has to look at' }),
    late: count.meta({ description: 'Open steps past their promised deadline' }),
    stalled: count.meta({ description: 'Stalls for which the agency is to blame' }),
    incident: IncidentView.optional().meta({ description: 'Its outage, while one is not over' }),
    disabledAt: Instant.optional().meta({
      description: 'Since when nothing is sent to it: an operator has disabled it',
    }),
    ...Figures,
    steps: z
      .array(z.object({ matter: MatterCode, step: StepId, ...Figures }))
      .meta({ description: 'By the step of the definition' }),
  })
  .meta({ id: 'AgencyView' });
export type AgencyView = z.infer<typeof AgencyView>;

export const AgencyQuery = z.strictObject({ days: z.coerce.number().int().min(1).max(366).default(30) });
export const AgencyList = z.object({ days: z.int(), agencies: z.array(AgencyView) }).meta({ id: 'AgencyList' });
