import { z } from 'zod';
import { Text } from '../domain/matter/schema.ts';
import { AgencyId, Cursor, Instant, Reason } from './values.ts';

/** Outages of agencies: when so many calls fail that an agency counts as down for everybody. */

export const IncidentView = z
  .object({
    incidentId: z.uuid(),
    agency: z.object({ id: AgencyId, name: Text }),
    state: z.enum(['open', 'recovering', 'closed']).meta({
      description: 'open: nothing is sent but a probe in 15 seconds; recovering: what was held is released by deadline',
    }),
    why: z.enum(['rate', 'in-row', 'by-hand']).meta({
      description: 'Half of at least 20 calls within a minute failed, five in a row did, or a supervisor opened it',
    }),
    openedAt: Instant,
    openedBy: z.string().optional(),
    openedReason: z.string().optional(),
    until: Instant.optional().meta({ description: 'Announced end: from then on the agency is probed' }),
    calls: z.int(),
    failures: z.int(),
    lastError: z.string().optional(),
    probes: z.int(),
    nextProbeAt: Instant.optional(),
    recoveringAt: Instant.optional(),
    reopened: z.int().meta({ description: 'How often it failed again while it recovered' }),
    holds: z.int().meta({ description: 'Cases of your division that wait for its end' }),
    released: z.int().meta({ description: 'Steps that were released so far' }),
    closedAt: Instant.optional(),
    closedBy: z.string().optional().meta({ description: 'Absent: it ended by itself' }),
    closedReason: z.string().optional(),
  })
  .meta({ id: 'Incident' });
export type IncidentView = z.infer<typeof IncidentView>;

export const IncidentList = z
  .object({ incidents: z.array(IncidentView), nextCursor: z.string().optional() })
  .meta({ id: 'IncidentList' });

export const IncidentQuery = z.strictObject({
  state: z.enum(['open', 'all']).default('open'),
  agency: AgencyId.optional(),
  cursor: Cursor.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const OpenIncident = z.strictObject({
  reason: Reason,
  until: Instant.optional().meta({
    description: 'When the maintenance is to be over; absent: until it is closed by hand',
  }),
});
export const CloseIncident = z.strictObject({ reason: Reason });
