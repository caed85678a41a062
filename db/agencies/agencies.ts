import type { Pool } from 'pg';
import { z } from 'zod';
import { MAX_IN_FLIGHT } from '../../domain/case/in-flight.ts';
import { WITH_AGENCY } from '../../domain/case/status.ts';
import type { AgencyNature } from '../../domain/agency/nature.ts';
import type { Text } from '../../domain/matter/schema.ts';
import { findOverlap } from '../../domain/office/offices.ts';
import type { Cipher } from '../sql/sealing.ts';
import { inTransaction, type Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

/** How an agency is reached. The only source of addresses and secrets. */
export interface AgencyRecord {
  id: string;
  name: Text;
  /** The agency of the catalog that it serves; absent: the one with its own id. */
  serves?: string;
  /** The divisions that it serves, by their first digits; absent: all. */
  divisions?: string[];
  nature: AgencyNature;
  connection: 'push' | 'worklist' | 'rules';
  /** Only with `push`. */
  baseUrl?: string;
  /** Active webhook secrets, newest first; empty unless `push`. */
  secrets: string[];
  timeoutMs: number;
  /** Its address may be a private one. */
  allowPrivate: boolean;
  maxPerSecond?: number;
  /** The requests of one case that may wait for its reply at the same time. */
  maxInFlight: number;
  /** The number of seconds that an accepted step may be silent before the agency is asked. */
  enquireAfterS: number;
  /** Since when nothing is sent to it, milliseconds since 1970: an operator has disabled it. */
  disabledAt?: number;
  /** The account that disabled it, and why. */
  disabledBy?: string;
  disabledReason?: string;
}

const secretsContext = (id: string): string => `agency:${id}`;

/** Writes an agency; caches of agencies get `agency_changed` with its id. */
export const upsertAgency = async (db: Db, cipher: Cipher, agency: AgencyRecord): Promise<void> => {
  const { id, secrets } = agency;
  await db.query(
    `with written as (
      insert into agencies (id, name, nature, connection, base_url, secrets, timeout_ms, allow_private, max_per_second, max_in_flight, enquire_after_s,
        serves, divisions)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
      on conflict (id) do update set serves = excluded.serves, divisions = excluded.divisions, nature = excluded.nature, name = excluded.name, connection = excluded.connection, base_url = excluded.base_url,
        secrets = excluded.secrets, timeout_ms = excluded.timeout_ms, allow_private = excluded.allow_private,
        max_per_second = excluded.max_per_second, max_in_flight = excluded.max_in_flight, enquire_after_s = excluded.enquire_after_s, updated_at = now()
      returning id
    )
    select pg_notify('agency_changed', id) from written`,
    [
      id,
      JSON.stringify(agency.name),
      agency.nature,
      agency.connection,
      agency.baseUrl ?? null,
      secrets.length === 0 ? null : cipher.seal(secrets, secretsContext(id)),
      agency.timeoutMs,
      agency.allowPrivate,
      agency.maxPerSecond ?? null,
      agency.maxInFlight,
      agency.enquireAfterS,
      agency.serves ?? null,
      agency.divisions ?? null,
    ],
  );
};

/** Registrations change one after the other, so that two of them cannot bring one secret. */
const REGISTRATION_LOCK = 3_114_311;

type Registration =
  | { kind: 'registered' }
  | { kind: 'shared'; agencies: [string, string] }
  | { kind: 'overlapping'; agencies: [string, string]; division: string };

/**
 * Writes agencies, all or none. `shared`: two agencies would have one secret, so each could sign as
 * the other. `overlapping`: two would serve one agency of the catalog in the same division.
 */
export const registerAgencies = (
  pool: Pool,
  cipher: Cipher,
  agencies: readonly AgencyRecord[],
): Promise<Registration> =>
  inTransaction(pool, async (db) => {
    await db.query('select pg_advisory_xact_lock($1)', [REGISTRATION_LOCK]);
    const ids = new Set(agencies.map(({ id }) => id));
    const others = (await listAgencies(db, cipher)).filter(({ id }) => !ids.has(id));
    const holders = new Map<string, string>();
    for (const { id, secrets } of [...others, ...agencies]) {
      for (const secret of secrets) {
        const key = keyOf(secret);
        const holder = holders.get(key) ?? id;
        if (holder !== id) return { kind: 'shared', agencies: [holder, id] };
        holders.set(key, id);
      }
    }
    const overlap = findOverlap([...others, ...agencies]);
    if (overlap) return { kind: 'overlapping', agencies: overlap.offices, division: overlap.division };
    for (const agency of agencies) await upsertAgency(db, cipher, agency);
    return { kind: 'registered' };
  });

/** One key can be written with and without padding. */
const keyOf = (secret: string): string => Buffer.from(secret.replace(/^whsec_/, ''), 'base64').toString('base64');

const reasonContext = (id: string): string => `agency-switch:${id}`;

interface AgencySwitch {
  id: string;
  disabled: boolean;
  by: string;
  reason: string;
}

/**
 * Disables an agency, or enables it again, and records who did it and why. Its open steps are looked at by the watcher at once; what was
 * deferred is released when it is enabled (`agenciesToRelease`). Processes that keep agencies in memory hear `agency_changed`.
 */
export const switchAgency = async (
  db: Db,
  cipher: Cipher,
  { id, disabled, by, reason }: AgencySwitch,
): Promise<'changed' | 'unchanged' | 'unknown'> => {
  const { rowCount } = await db.query(
    `with changed as (
      update agencies set disabled_at = case when $2 then now() end, updated_at = now()
      where id = $1 and (disabled_at is null) = $2 returning id
    ), recorded as (
      insert into agency_switches (agency, disabled, account, reason) select id, $2, $4, $5 from changed
    ), looked as (
      update steps set watch_at = now() from changed where steps.agency = changed.id and steps.status = any($3)
    ), releasable as (
      insert into breakers (agency) select id from changed on conflict do nothing
    )
    select pg_notify('agency_changed', id) from changed`,
    [id, disabled, WITH_AGENCY, by, cipher.seal(reason, reasonContext(id))],
  );
  if (rowCount === 1) return 'changed';
  return (await findAgency(db, cipher, id)) ? 'unchanged' : 'unknown';
};

const SELECT = `select id, name, serves, divisions, nature, connection, base_url as "baseUrl", secrets, timeout_ms as "timeoutMs",
  allow_private as "allowPrivate", max_per_second as "maxPerSecond", max_in_flight as "maxInFlight", enquire_after_s as "enquireAfterS", disabled_at as "disabledAt", account as "disabledBy", reason as "disabledReason"
  from agencies left join agency_switches on agency = id and at = disabled_at`;

type AgencyColumns = Omit<AgencyRecord, 'secrets' | 'disabledReason'> & { secrets?: Buffer; disabledReason?: Buffer };

export const listAgencies = async (db: Db, cipher: Cipher): Promise<AgencyRecord[]> => {
  const { rows } = await db.query<AgencyColumns>(`${SELECT} order by id`);
  return rows.map((row) => unsealAgency(cipher, row));
};

export const findAgency = async (db: Db, cipher: Cipher, id: string): Promise<AgencyRecord | undefined> => {
  const { rows } = await db.query<AgencyColumns>({
    name: 'find-agency',
    text: `${SELECT} where id = $1`,
    values: [id],
  });
  const [row] = rows;
  return row && unsealAgency(cipher, row);
};

/**
 * How many requests of one case may wait for a reply of an agency at the same time: the agencies
 * that do not have `MAX_IN_FLIGHT`.
 */
export const readMaxInFlight = async (db: Db): Promise<Record<string, number>> => {
  const { rows } = await db.query<{ id: string; most: number }>({
    name: 'read-max-in-flight',
    text: 'select id, max_in_flight as most from agencies where max_in_flight <> $1',
    values: [MAX_IN_FLIGHT],
  });
  return Object.fromEntries(rows.map(({ id, most }) => [id, most]));
};

/** Those of these agencies of the catalog that no registered agency serves. */
export const findUnregistered = async (db: Db, ids: readonly string[]): Promise<string[]> => {
  const { rows } = await db.query<{ id: string }>(
    `select distinct id from unnest($1::text[]) as named (id)
    where not exists (select from agencies where coalesce(serves, agencies.id) = named.id) order by id`,
    [ids],
  );
  return rows.map(({ id }) => id);
};

const unsealAgency = (cipher: Cipher, row: AgencyColumns): AgencyRecord => {
  const { secrets, disabledReason, ...agency } = dropNulls(row);
  return {
    ...agency,
    secrets: secrets ? z.array(z.string()).parse(cipher.open(secrets, secretsContext(agency.id))) : [],
    ...(disabledReason && { disabledReason: String(cipher.open(disabledReason, reasonContext(agency.id))) }),
  };
};
