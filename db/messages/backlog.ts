import type { Db } from '../sql/pool.ts';

/** The work that waits for the relay, and for agencies that are down. */
export interface Backlog {
  messages: number;
  oldestMessageAgeS: number;
  startRequests: number;
  oldestStartRequestAgeS: number;
  openIncidents: number;
  parkedSteps: number;
}

/** Counts the open work and returns the age of the oldest. */
export const readBacklog = async (db: Db): Promise<Backlog> => {
  const { rows } = await db.query<Backlog>(
    `select * from
      (select count(*) as messages, coalesce(extract(epoch from now() - min(received_at)), 0)::float as "oldestMessageAgeS"
        from inbox where settled_at is null) as inbox,
      (select count(*) as "startRequests", coalesce(extract(epoch from now() - min(created_at)), 0)::float as "oldestStartRequestAgeS"
        from start_requests where started_at is null) as starts,
      (select count(*) as "openIncidents" from incidents where closed_at is null) as incidents,
      (select count(*) as "parkedSteps" from steps where parked_at is not null) as parked`,
  );
  const [backlog] = rows;
  if (!backlog) throw new Error('the backlog returned no row');
  return backlog;
};
