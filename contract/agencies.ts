import { z } from 'zod';
import { Text } from '../domain/matter/schema.ts';
import { IncidentView } from './incidents.ts';
import { AgencyId, Instant, MatterCode, StepId } from './values.ts';

/** Agencies: their open work now, and their performance over a number of days. */

const count = z.int().nonnegative();
const Rate = z.number().min(0).max(1);
const Percentiles = z
  .object({ p50: z.number(), p90: z.number(), p99: z.number() })
  .meta({ id: 'Percentiles', description: '50, 90 and 99 % of the steps took no longer than this' });
const Figures = {
  finished: count.meta({ description: 'Steps that the agency decided in the period' }),
  onTimeRate: Rate.optional().meta({
    description: 'Share of the finished steps with a promised deadline that met it; absent: no such step',
  }),
  supplementRate: Rate.optional().meta({
    description: 'Share of the finished steps for which the agency asked for a supplement',
  }),
  minutes: Percentiles.optional().meta({
    description: 'Time that the agency itself took, without the time of other parties',
  }),
  workingMinutes: Percentiles.optional().meta({ description: 'As `minutes`, counted in opening hours only' }),
};

export const AgencyView = z
  .object({
    id: AgencyId,
    name: Text,
    connection: z
      .enum(['push', 'worklist', 'rules'])
      .optional()
      .meta({ description: 'Absent: the agency is not registered, so its steps cannot be sent' }),
    serves: AgencyId.optional().meta({
      description: 'The agency of the matters that it works for; absent: the same id',
    }),
    divisions: z
      .array(z.string())
      .optional()
      .meta({ description: 'The divisions that it serves, by their first digits; absent: all' }),
    pending: count.meta({ description: 'Steps not yet sent to the agency' }),
    running: count.meta({ description: 'Steps that the agency is working on' }),
    attention: count.meta({ description: 'Steps that need a decision by a person' }),
    late: count.meta({ description: 'Open steps past their promised deadline' }),
    stalled: count.meta({ description: 'Stalls that the agency causes' }),
    incident: IncidentView.optional().meta({ description: 'The current outage of the agency' }),
    disabledAt: Instant.optional().meta({ description: 'Since when the agency is disabled and nothing is sent to it' }),
    disabledBy: z.string().optional().meta({ description: 'The account that disabled the agency' }),
    disabledReason: z.string().optional().meta({ description: 'Why the agency is disabled' }),
    ...Figures,
    steps: z
      .array(z.object({ matter: MatterCode, step: StepId, ...Figures }))
      .meta({ description: 'The same figures for each step of each matter' }),
  })
  .meta({ id: 'AgencyView' });
export type AgencyView = z.infer<typeof AgencyView>;

export const AgencyQuery = z.strictObject({ days: z.coerce.number().int().min(1).max(366).default(30) });
export const AgencyList = z.object({ days: z.int(), agencies: z.array(AgencyView) }).meta({ id: 'AgencyList' });
