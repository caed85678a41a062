import type { Db } from '../sql/pool.ts';
import { onlyRow } from '../sql/rows.ts';

/** The processes that get no requests, so that nothing else notices their absence. */
export type WatchedProcess = 'worker' | 'watcher';

/**
 * A heartbeat, with the Temporal queues that the process serves. Rows of processes that have been
 * gone for a day are removed.
 */
export const beat = async (
  db: Db,
  process: WatchedProcess,
  id: string,
  queues: readonly string[] = [],
): Promise<void> => {
  await db.query({
    name: 'beat',
    text: `with gone as (delete from heartbeats where seen_at < now() - interval '1 day')
      insert into heartbeats (process, id, queues) values ($1, $2, $3)
      on conflict (process, id) do update set seen_at = now(), queues = excluded.queues`,
    values: [process, id, queues],
  });
};

/** The process ends on purpose, so the watcher must not report it. */
export const lastBeat = async (db: Db, process: WatchedProcess, id: string): Promise<void> => {
  await db.query('delete from heartbeats where process = $1 and id = $2', [process, id]);
};

/** The last heartbeat of any process of a kind; undefined: none within a day. */
export const lastSeen = async (db: Db, process: WatchedProcess): Promise<number | undefined> => {
  const { rows } = await db.query<{ at: number | null }>(
    'select max(seen_at) as at from heartbeats where process = $1',
    [process],
  );
  return onlyRow(rows).at ?? undefined;
};

/** The queues that workers reported within this many milliseconds. */
export const listServedQueues = async (db: Db, withinMs: number): Promise<Set<string>> => {
  const { rows } = await db.query<{ queue: string }>({
    name: 'served-queues',
    text: `select distinct unnest(queues) as queue from heartbeats
      where process = 'worker' and seen_at > now() - $1 * interval '1 millisecond'`,
    values: [withinMs],
  });
  return new Set(rows.map(({ queue }) => queue));
};
