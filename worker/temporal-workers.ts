import { Worker, type NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Activities } from '../activities/index.ts';
import type { AgencyRecord } from '../db/agencies/agencies.ts';
import { agencyQueue } from '../workflows/names.ts';

export interface AgencyWorkers {
  /**
   * Also serves the queues of these agencies; a changed rate restarts the agency's worker. Calls
   * must not overlap.
   */
  serve: (agencies: readonly AgencyRecord[]) => Promise<void>;
  /** The queues that it serves now. */
  queues: () => string[];
  stop: () => Promise<void>;
}

/**
 * One small worker for each agency, with its own queue and rate, so that a slow agency fills only
 * its own slots.
 */
export const createAgencyWorkers = (options: {
  connection: NativeConnection;
  namespace: string;
  activities: Pick<Activities, 'submitStep' | 'undoStep'>;
  log: Logger;
  onFailure: (error: unknown) => void;
}): AgencyWorkers => {
  const running = new Map<string, { rate: number | undefined; stop: () => Promise<void> }>();

  const start = async ({ id, maxPerSecond }: AgencyRecord) => {
    const worker = await Worker.create({
      connection: options.connection,
      namespace: options.namespace,
      taskQueue: agencyQueue(id),
      activities: options.activities,
      maxConcurrentActivityTaskExecutions: 50,
      // Most queues are usually empty; one long poll each is enough to find work.
      activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 1 },
      ...(maxPerSecond !== undefined && { maxTaskQueueActivitiesPerSecond: maxPerSecond }),
      shutdownGraceTime: '10s',
    });
    const done = worker.run();
    done.catch(options.onFailure);
    const stop = async () => {
      worker.shutdown();
      await done;
    };
    running.set(id, { rate: maxPerSecond, stop });
    options.log.info({ agency: id, maxPerSecond }, 'serving the queue of an agency');
  };

  return {
    serve: async (agencies) => {
      for (const agency of agencies) {
        const present = running.get(agency.id);
        if (present && present.rate === agency.maxPerSecond) continue;
        await present?.stop();
        await start(agency);
      }
    },
    queues: () => [...running.keys()].map(agencyQueue),
    stop: async () => {
      await Promise.all([...running.values()].map(({ stop }) => stop()));
    },
  };
};
