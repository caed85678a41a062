import { z } from 'zod';
import { Text } from '../domain/matter/schema.ts';
import { AgencyId, Cursor, Instant, Reason } from './values.ts';

/** Outages of agencies: so many calls fail that nothing more is sent to the agency. */

export const IncidentView = z
  .object({
    incidentId: z.uuid(),
    agency: z.object({ id: AgencyId, name: Text }),
    state: z.enum(['open', 'recovering', 'closed']).meta({
      description:
        'open: only one probe every 15 seconds is sent; recovering: the deferred steps are released, earliest deadline first',
    }),
    why: z.enum(['rate', 'in-row', 'by-hand']).meta({
      description:
        'rate: half of at least 20 calls in one minute failed; in-row: five calls in a row failed; by-hand: a supervisor opened it',
    }),
    openedAt: Instant,
    openedBy: z.string().optional(),
    openedReason: z.string().optional(),
    until: Instant.optional().meta({ description: 'Announced end; the agency is probed from then on' }),
    calls: z.int(),
    failures: z.int(),
    lastError: z.string().optional(),
    probes: z.int(),
    nextProbeAt: Instant.optional(),
    recoveringAt: Instant.optional(),
    reopened: z.int().meta({ description: 'How often the agency failed again while it recovered' }),
    holds: z.int().meta({ description: 'Cases of your division that wait for the outage to end' }),
    released: z.int().meta({ description: 'Steps released so far' }),
    closedAt: Instant.optional(),
    closedBy: z.string().optional().meta({ description: 'Absent: the outage ended automatically' }),
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
    description: 'Planned end of the maintenance; absent: until a supervisor closes it',
  }),
});
export const CloseIncident = z.strictObject({ reason: Reason });
