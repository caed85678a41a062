import type { Pool, PoolClient } from 'pg';

/** Any number; equal in every watcher, and used for nothing else in this database. */
const LOCK = 7_305_001;

export interface Leadership {
  /** Whether this watcher is the leader now. Throws when Postgres is unavailable. */
  isLeader: () => Promise<boolean>;
  stop: () => void;
}

/**
 * One of several watchers works and the others stand by: it holds a lock in Postgres that ends with
 * its connection. Rows cannot be doubled in any case (`stalls_open`); the lock avoids asking
 * everything twice.
 */
export const createLeadership = (db: Pool): Leadership => {
  let holder: PoolClient | undefined;
  // For a connection that breaks while no query runs: the next query reports it.
  const ignore = () => undefined;
  const drop = () => {
    holder?.release(true);
    holder = undefined;
  };

  const take = async (): Promise<boolean> => {
    const client = await db.connect();
    client.on('error', ignore);
    let isLocked = false;
    try {
      const { rows } = await client.query<{ isLocked: boolean }>('select pg_try_advisory_lock($1) as "isLocked"', [
        LOCK,
      ]);
      isLocked = rows[0]?.isLocked === true;
    } finally {
      if (isLocked) holder = client;
      else client.off('error', ignore).release();
    }
    return isLocked;
  };

  return {
    isLeader: async () => {
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
