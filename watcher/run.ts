import { Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import { createPool } from '../db/sql/pool.ts';
import { databaseNow } from '../db/supervision/watch.ts';
import { settleStalls } from '../db/supervision/stalls.ts';
import { serveHealth } from '../runtime/health.ts';
import { startHeartbeat } from '../runtime/heartbeat.ts';
import { startLoop } from '../runtime/loop.ts';
import { cacheCalendars, cacheMatters } from '../runtime/reference-data.ts';
import { RECONNECT_SOON } from '../runtime/temporal-channel.ts';
import type { WatcherConfig } from './config.ts';
import { judgeConflicts } from './conflicts.ts';
import { createLeadership } from './leader.ts';
import { createMachineryWatch } from './machinery.ts';
import { createQueueWatch } from './review-queues.ts';
import { createRound } from './round.ts';
import { createTemporal } from './temporal.ts';

const EVERY_MS = 1_000;
/** Without a round for this long, the watcher is not healthy. */
const HEALTHY_MS = 30_000;

export interface RunningWatcher {
  stop: () => Promise<void>;
}

/**
 * Records everything that is stalled, with a cause, and clears it again. It needs Postgres and an
 * address of Temporal, and neither workers nor API; while Postgres is unavailable it waits. Any
 * number can run side by side: one works.
 */
export const runWatcher = async (config: WatcherConfig, log: Logger): Promise<RunningWatcher> => {
  const db = createPool({ url: config.databaseUrl, max: 5, name: 'one-matter watcher' });
  // Lazily: the watcher must start, and report, also while Temporal is unavailable.
  const connection = Connection.lazy({ address: config.TEMPORAL_ADDRESS, channelArgs: RECONNECT_SOON });
  const temporal = createTemporal(connection, config.TEMPORAL_NAMESPACE);
  const leadership = createLeadership(db);
  const machinery = createMachineryWatch({ db, temporal });
  const { matter } = cacheMatters(db, Date.now);
  const round = createRound({ db, temporal, calendars: cacheCalendars(db, Date.now), matter });
  const lookAtQueues = createQueueWatch(db);
  let wellAt = 0;

  const loop = startLoop(
    async () => {
      if (!(await leadership.isLeader())) {
        machinery.forget();
        wellAt = Date.now();
        return 'idle';
      }
      const now = await databaseNow(db);
      const state = await machinery.look(now);
      const others = [...(await judgeConflicts(db)), ...(await lookAtQueues(now))];
      await settleStalls(db, [...state.changed, ...others]);
      await round(now, state);
      wellAt = Date.now();
      return 'idle';
    },
    {
      everyMs: EVERY_MS,
      onError: (error) => {
        machinery.forget();
        log.warn({ err: error }, 'watching failed, will retry');
      },
    },
  );
  const heartbeat = startHeartbeat(db, 'watcher', (error) => log.warn({ err: error }, 'writing the heartbeat failed'));
  const health = await serveHealth(
    { host: config.WATCHER_HOST, port: config.WATCHER_PORT },
    () => Date.now() - wellAt < HEALTHY_MS,
  );
  log.info('watcher ready');

  return {
    stop: async () => {
      await Promise.all([loop.stop(), heartbeat.stop()]);
      leadership.stop();
      health.close();
      await connection.close();
      await db.end();
    },
  };
};
