import type { Pool } from 'pg';
import { advanceBreaker } from './breakers.ts';
import { readCursor, writeCursor } from '../sql/cursors.ts';
import type { Opener, Sealer } from '../sql/sealing.ts';
import { databaseError, type Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

/** An outage of an agency. Instants in milliseconds since 1970; absent until the event. */
export interface IncidentRow {
  incidentId: string;
  agency: string;
  /** Absent: closed. */
  state?: 'open' | 'recovering';
  why: 'rate' | 'in-row' | 'by-hand';
  openedAt: number;
  /** In the minute before it opened. */
  calls: number;
  failures: number;
  lastError?: string;
  openedBy?: string;
  openedReason?: string;
  /** The announced end of a maintenance. */
  untilAt?: number;
  probes: number;
  nextProbeAt?: number;
  recoveringAt?: number;
  reopened: number;
  /**
   * Cases that wait for its end now, in the division that was asked for, and steps that were
   * released.
   */
  holds: number;
  released: number;
  closedAt?: number;
  closedBy?: string;
  closedReason?: string;
}

export interface IncidentFilter {
  /** The division prefix of the cases that wait for it. */
  region: string;
  agency?: string;
  /** Only incidents that have not ended. */
  open?: boolean;
}

type Columns = Omit<IncidentRow, 'openedReason' | 'closedReason'> & {
  openedReason?: Buffer;
  closedReason?: Buffer;
  key: string;
};

/** Newest first. Throws `CURSOR_INVALID`. */
export const listIncidents = async (
  db: Db,
  opener: Opener,
  { region, agency, open = false }: IncidentFilter,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<{ rows: IncidentRow[]; nextCursor?: string }> => {
  const after = cursor === undefined ? [] : readCursor(cursor, 2);
  if (!after) throw databaseError('CURSOR_INVALID', 'the cursor is not one of this list');
  const [openedAt = null, id = null] = after;
  const { rows } = await db.query<Columns>(
    `select incidents.id as "incidentId", incidents.agency, case when closed_at is null then coalesce(breakers.state, 'open') end as state, why,
      opened_at as "openedAt", calls, failures, last_error as "lastError", opened_by as "openedBy", opened_reason as "openedReason",
      until_at as "untilAt", probes, recovering_at as "recoveringAt", reopened, released, closed_at as "closedAt",
      closed_by as "closedBy", closed_reason as "closedReason", opened_at::text as key,
      case when closed_at is null and breakers.state = 'open' then (breaker ->> 'probeAt')::float8 end as "nextProbeAt",
      case when closed_at is null then (select count(distinct case_id) from steps
        where steps.agency = incidents.agency and parked_at is not null and steps.division >= $1 and steps.division < $1 || ':') else 0 end as holds
    from incidents left join breakers on breakers.agency = incidents.agency
    where ($2::text is null or incidents.agency = $2) and (not $3 or closed_at is null)
      and ($4::timestamptz is null or (opened_at, incidents.id) < ($4::timestamptz, $5::uuid))
    order by opened_at desc, incidents.id desc limit $6`,
    [region, agency ?? null, open, openedAt, id, limit + 1],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const incidents = page.map((row) => unsealIncident(opener, row));
  if (rows.length <= limit || !last) return { rows: incidents };
  return { rows: incidents, nextCursor: writeCursor([last.key, last.incidentId]) };
};

const unsealIncident = (opener: Opener, row: Columns): IncidentRow => {
  const { key: _cursor, openedReason, closedReason, ...incident } = dropNulls(row);
  const read = (sealed: Buffer) => String(opener.open(sealed, reasonContext(incident.agency)));
  return {
    ...incident,
    ...(openedReason && { openedReason: read(openedReason) }),
    ...(closedReason && { closedReason: read(closedReason) }),
  };
};

const reasonContext = (agency: string): string => `incident:${agency}`;

interface ManualChange {
  agency: string;
  by: string;
  reason: string;
}

/**
 * From now on nothing is sent to an agency, until the incident is closed by hand or the announced
 * end has come. False: an incident is open already.
 */
export const openIncident = async (
  pool: Pool,
  cipher: Sealer,
  { agency, by, reason, until }: ManualChange & { until?: number },
): Promise<boolean> => {
  const event = { kind: 'opened', ...(until !== undefined && { until }) } as const;
  const details = { by, reason: cipher.seal(reason, reasonContext(agency)) };
  return (await advanceBreaker(pool, agency, event, details)).change?.kind === 'opened';
};

/**
 * Everything that waits for an agency continues, at the agency's rate. False: no incident is open.
 */
export const closeIncident = async (
  pool: Pool,
  cipher: Sealer,
  { agency, by, reason }: ManualChange,
): Promise<boolean> => {
  const details = { by, reason: cipher.seal(reason, reasonContext(agency)) };
  return (await advanceBreaker(pool, agency, { kind: 'closed' }, details)).change?.kind === 'closed';
};
