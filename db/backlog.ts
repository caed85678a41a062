import type { WaitingCause } from '../matters/waiting.ts';
import type { Db } from './pool.ts';

/** What waits for the relay, for agencies that are down, and what stands still. */
export interface Backlog {
  messages: number;
  oldestMessageAgeS: number;
  startRequests: number;
  oldestStartRequestAgeS: number;
  openIncidents: number;
  parkedSteps: number;
  /** By cause; a cause without any is absent. */
  stalls: Partial<Record<WaitingCause, number>>;
  /** Since the watcher's last sign of life; null: none for a day. */
  watcherAgeS: number | null;
}

/** Counts what is open and how old the oldest of it is. */
export const readBacklog = async (db: Db): Promise<Backlog> => {
  const { rows } = await db.query<Backlog>(
    `select * from
      (select count(*) as messages, coalesce(extract(epoch from now() - min(received_at)), 0)::float as "oldestMessageAgeS"
        from inbox where settled_at is null) as inbox,
      (select count(*) as "startRequests", coalesce(extract(epoch from now() - min(created_at)), 0)::float as "oldestStartRequestAgeS"
        from start_requests where started_at is null) as starts,
      (select count(*) as "openIncidents" from incidents where closed_at is null) as incidents,
      (select count(*) as "parkedSteps" from steps where parked_at is not null) as parked,
      (select coalesce(json_object_agg(cause, open), '{}') as stalls
        from (select cause, count(*) as open from stalls where cleared_at is null group by cause) as by_cause) as stalling,
      (select extract(epoch from now() - max(seen_at))::float as "watcherAgeS" from heartbeats where process = 'watcher') as watching`,
  );
  const [backlog] = rows;
  if (!backlog) throw new Error('the backlog gave no row');
  return backlog;
};
