import type { Pool, PoolClient } from 'pg';

/** Any number; the same in every watcher, and taken by nothing else in this database. */
const LOCK = 7_305_001;

export interface Leadership {
  /** Whether it is ours to watch now. Throws when Postgres is away. */
  isOurs: () => Promise<boolean>;
  stop: () => void;
}

/**
 * Of several watchers one works and the others stand by: it holds a lock in Postgres that goes with its connection. Rows could not be
 * doubled anyhow (`stalls_open`); this saves asking everything twice.
 */
export const createLeadership = (db: Pool): Leadership => {
  let holder: PoolClient | undefined;
  // A connection that breaks while nothing is asked of it: the next question says so.
  const ignore = () => undefined;
  const drop = () => {
    holder?.release(true);
    holder = undefined;
  };

  const take = async (): Promise<boolean> => {
    const client = await db.connect();
    client.on('error', ignore);
    let ours = false;
    try {
      const { rows } = await client.query<{ ours: boolean }>('select pg_try_advisory_lock($1) as ours', [LOCK]);
      ours = rows[0]?.ours === true;
    } finally {
      if (ours) holder = client;
      else client.off('error', ignore).release();
    }
    return ours;
  };

  return {
    isOurs: async () => {
      if (!holder) return take();
      try {
        await holder.query('select');
        return true;
      } catch (error) {
        drop();
        throw error;
      }
    },
    stop: drop,
  };
};
