import { ScheduleClient, WorkflowClient } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities, type Activities } from '../activities/index.ts';
import { createAgencyClient } from '../agencies/client.ts';
import { advanceBreaker } from '../db/agencies/breakers.ts';
import { recordNamespace } from '../db/supervision/run-losses.ts';
import { createCipher, readKeys } from '../db/sql/sealing.ts';
import { createPool } from '../db/sql/pool.ts';
import { countCalls } from '../exchange/counting-client.ts';
import { serveHealth } from '../runtime/health.ts';
import { startHeartbeat } from '../runtime/heartbeat.ts';
import { startLoop } from '../runtime/loop.ts';
import { openNotifications } from '../runtime/notifications.ts';
import { cacheAgencies, cacheCalendars, cacheMatters } from '../runtime/reference-data.ts';
import { MATTERS_QUEUE } from '../workflows/names.ts';
import { createAgencyHealth } from './agency-health.ts';
import { createAgencyWorkers } from './temporal-workers.ts';
import { startBulkExecutor } from './loops/bulk-executor.ts';
import { workflowBundle } from './bundle.ts';
import { startCalendarRollout } from './loops/calendar-rollout.ts';
import type { WorkerConfig } from './config.ts';
import { startDailySchedule } from './loops/daily-schedule.ts';
import { startStatusPolling } from './loops/status-polling.ts';
import { startOutages } from './loops/outages.ts';
import { startEscalation } from './loops/escalation.ts';
import { startConnectionCheck } from './loops/temporal-connection.ts';
import { startRelay } from './relay/relay.ts';
import { startResumptions } from './loops/resumptions.ts';
import { startDueInstants } from './loops/due-instants.ts';

/** A worker reads a changed agency within this time if the notification was lost. */
const REGISTRY_POLL_MS = 30_000;

export interface RunningWorker {
  /** The port for health and metrics. */
  healthPort: number;
  /** Finishes running work, then closes every connection. */
  stop: () => Promise<void>;
}

/**
 * Starts the workflows, the activities of every agency and all loops. Any number can run side by
 * side. `fail` is called when the worker cannot continue.
 */
export const runWorker = async (
  config: WorkerConfig,
  log: Logger,
  fail: (error: unknown) => void,
): Promise<RunningWorker> => {
  const db = createPool({ url: config.databaseUrl, max: config.DATABASE_POOL, name: 'one-matter worker' });
  const cipher = createCipher(readKeys({ file: config.ONE_MATTER_KEY_FILE }));
  const connection = await NativeConnection.connect({ address: config.TEMPORAL_ADDRESS });
  const uncounted = createAgencyClient();
  const health = createAgencyHealth({
    now: Date.now,
    tell: async (id, calls, error) =>
      (await advanceBreaker(db, id, { kind: 'called', ...calls }, error === undefined ? {} : { error })).breaker,
    onError: (error) => log.warn({ err: error }, 'recording the answers of an agency failed'),
  });
  const client = countCalls(uncounted, health);
  const { matter } = cacheMatters(db, Date.now);
  const agencies = cacheAgencies(db, cipher);
  const { agency } = agencies;
  const calendars = cacheCalendars(db, Date.now);
  const exchange = { db, cipher, agency, matter, calendars, publicUrl: config.PUBLIC_URL, now: Date.now };
  const activities = createActivities({ ...exchange, client, health: health.of, agencies: agencies.agencies });
  const namespace = config.TEMPORAL_NAMESPACE;

  const cases = await createCaseWorker({ connection, namespace, activities, bundle: config.WORKFLOW_BUNDLE });
  const running = cases.run();
  running.catch(fail);
  const agencyWorkers = createAgencyWorkers({ connection, namespace, activities, log, onFailure: fail });

  const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace });
  if (namespaceInfo?.id) await recordNamespace(db, namespaceInfo.id);
  const relayed = {
    db,
    client: new WorkflowClient({ connection, namespace }),
    record: activities.writeProjection,
  };

  /** The loops. Everything in this list is started here and stopped with the worker. */
  const loops = {
    // One round at a time, also if many agencies change at once.
    registry: startLoop(
      async () => {
        agencies.forget();
        await agencyWorkers.serve([...(await agencies.agencies()).values()]);
        return 'idle';
      },
      {
        everyMs: REGISTRY_POLL_MS,
        onError: (error) => log.error({ err: error }, 'reading the agencies failed, will retry'),
      },
    ),
    relay: startRelay({ ...relayed, log }),
    resumptions: startResumptions({ ...relayed, log }),
    statusPolling: startStatusPolling({ ...exchange, client, log }),
    dueInstants: startDueInstants({ db, cipher, log }),
    calendarRollout: startCalendarRollout({ db, cipher, calendars, log }),
    escalation: startEscalation({ db, cipher, calendars, matter, now: Date.now, log }),
    outages: startOutages({ health, exchange: { ...exchange, client: uncounted }, log }),
    bulk: startBulkExecutor({ db, cipher, log }),
    schedule: startDailySchedule({ client: new ScheduleClient({ connection, namespace }), log }),
    heartbeat: startHeartbeat(
      db,
      'worker',
      (error) => log.warn({ err: error }, 'writing the heartbeat failed'),
      () => [...(cases.getState() === 'RUNNING' ? [MATTERS_QUEUE] : []), ...agencyWorkers.queues()],
    ),
    connectionCheck: startConnectionCheck({ connection, address: config.TEMPORAL_ADDRESS, log, onDead: fail }),
  };

  const notifications = openNotifications({
    url: config.databaseUrl,
    channels: ['start_requested', 'message_received', 'agency_changed', 'calendar_changed', 'incident_changed'],
    log: (line) => log.warn(line),
  });
  notifications.on('start_requested', loops.relay.startsWaiting);
  notifications.on('message_received', loops.relay.messagesWaiting);
  notifications.on('agency_changed', loops.registry.wake);
  notifications.on('calendar_changed', () => {
    calendars.forget();
    loops.calendarRollout.wake();
  });
  notifications.on('incident_changed', loops.outages.wake);
  const healthServer = await serveHealth(
    { host: config.WORKER_HOST, port: config.WORKER_PORT },
    () => cases.getState() === 'RUNNING',
  );
  const address = healthServer.address();
  log.info('worker ready');

  return {
    healthPort: typeof address === 'object' && address ? address.port : config.WORKER_PORT,
    stop: async () => {
      log.info('stopping: waiting for running tasks');
      await notifications.close();
      await Promise.all(Object.values(loops).map((loop) => loop.stop()));
      await agencyWorkers.stop();
      cases.shutdown();
      await running;
      healthServer.close();
      await Promise.all([client.close(), connection.close(), db.end()]);
    },
  };
};

/** Runs the workflows, and the first attempt at each step inside their tasks. */
const createCaseWorker = async (options: {
  connection: NativeConnection;
  namespace: string;
  activities: Activities;
  /** A file with the workflow code; absent: it is bundled now. */
  bundle: string | undefined;
}): Promise<Worker> =>
  Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue: MATTERS_QUEUE,
    workflowBundle: await workflowBundle(options.bundle),
    activities: options.activities,
    // A task that waits for an agency uses no processor time. Without a free slot for its first
    // task, a case does not start eagerly.
    maxConcurrentWorkflowTaskExecutions: 200,
    maxConcurrentLocalActivityExecutions: 200,
    maxConcurrentActivityTaskExecutions: 100,
    maxCachedWorkflows: 1_000,
    workflowThreadPoolSize: 2,
    shutdownGraceTime: '10s',
  });
