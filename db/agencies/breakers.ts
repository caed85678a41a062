import type { Pool, PoolClient } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { advance, tally, type Breaker, type BreakerChange, type BreakerEvent } from '../../domain/agency/breaker.ts';
import { inTransaction, type Db } from '../sql/pool.ts';
import { toInstant, onlyRow } from '../sql/rows.ts';

/** How long an agency is watched after a failed call: the breaker's window and a little more. */
const WATCHED_MS = 90_000;

/**
 * The details of an event for the record: the last error of calls, or the account that acts by hand
 * and its reason (sealed).
 */
export interface EventDetails {
  error?: string;
  by?: string;
  reason?: Buffer;
}

/**
 * Advances an agency's breaker by one event at a time over all workers, by the clock of Postgres,
 * and keeps the record of the incident. Returns the result; processes that send steps get
 * `incident_changed` when the state has changed.
 */
export const advanceBreaker = (
  pool: Pool,
  agency: string,
  event: BreakerEvent,
  details: EventDetails = {},
): Promise<{ breaker: Breaker; change?: BreakerChange }> =>
  inTransaction(pool, async (client) => {
    await client.query('insert into breakers (agency) values ($1) on conflict do nothing', [agency]);
    const { rows } = await client.query<{ breaker: Breaker; now: number }>(
      'select breaker, clock_timestamp() as now from breakers where agency = $1 for update',
      [agency],
    );
    const { breaker: before, now } = onlyRow(rows);
    const next = advance(before, event, now);
    const { breaker, change } = next;
    if (breaker === before) return next;
    await client.query('update breakers set state = $2, breaker = $3, watched_until = $4 where agency = $1', [
      agency,
      breaker.state,
      JSON.stringify(breaker),
      new Date(isWatched(breaker) ? now + WATCHED_MS : now),
    ]);
    if (change) await record(client, { agency, before, breaker, change, now, event, details });
    return next;
  });

const isWatched = (breaker: Breaker): boolean => breaker.state !== 'closed' || tally(breaker).failures > 0;

interface BreakerTransition {
  agency: string;
  before: Breaker;
  breaker: Breaker;
  change: BreakerChange;
  now: number;
  event: BreakerEvent;
  details: EventDetails;
}

const record = async (client: PoolClient, changed: BreakerTransition): Promise<void> => {
  const { agency, change, now, details } = changed;
  const at = new Date(now);
  const { by = null, reason = null, error = null } = details;
  if (change.kind === 'opened') await insertIncident(client, changed);
  if (change.kind === 'probe') {
    await client.query('update incidents set probes = probes + 1 where agency = $1 and closed_at is null', [agency]);
  }
  if (change.kind === 'recovering') {
    await client.query('update incidents set recovering_at = $2 where agency = $1 and closed_at is null', [agency, at]);
  }
  if (change.kind === 'reopened') {
    await client.query(
      `update incidents set reopened = reopened + 1, recovering_at = null, last_error = coalesce($2, last_error)
      where agency = $1 and closed_at is null`,
      [agency, error],
    );
  }
  if (change.kind === 'closed') {
    await client.query(
      'update incidents set closed_at = $2, closed_by = $3, closed_reason = $4 where agency = $1 and closed_at is null',
      [agency, at, by, reason],
    );
  }
  if (change.kind !== 'probe') await client.query(`select pg_notify('incident_changed', $1)`, [agency]);
};

const insertIncident = async (
  client: PoolClient,
  { agency, breaker, change, now, event, details }: BreakerTransition,
) => {
  const { calls, failures } = tally(breaker);
  await client.query(
    `insert into incidents (id, agency, opened_at, why, calls, failures, last_error, opened_by, opened_reason, until_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      uuidv7(),
      agency,
      new Date(now),
      change.kind === 'opened' ? change.why : 'by-hand',
      calls,
      failures,
      details.error ?? null,
      details.by ?? null,
      details.reason ?? null,
      event.kind === 'opened' ? toInstant(event.until) : null,
    ],
  );
};

/** A breaker that is open, recovering, or closed and watched. */
export interface BreakerRow {
  agency: string;
  breaker: Breaker;
}

/** The agencies whose calls are watched: some failed lately, or an incident is open. */
export const listWatchedBreakers = async (db: Db): Promise<BreakerRow[]> => {
  const { rows } = await db.query<BreakerRow>({
    name: 'watched-breakers',
    text: `select agency, breaker from breakers where state <> 'closed' or watched_until > now()`,
  });
  return rows;
};
