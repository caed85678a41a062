import { ScheduleClient, WorkflowClient } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities/index.ts';
import { createAgencyClient } from '../agencies/client.ts';
import { listAgencies } from '../db/agencies.ts';
import { advanceBreaker } from '../db/breakers.ts';
import { createCalendars } from '../db/calendars.ts';
import { listen } from '../db/notifications.ts';
import { createCipher, readKeys } from '../db/personal-data.ts';
import { createPool } from '../db/pool.ts';
import { MATTERS_QUEUE } from '../workflows/messages.ts';
import { createAgencyHealth } from './agency-health.ts';
import { createAgencyWorkers } from './agency-workers.ts';
import { startCalendarHerald } from './calendar-herald.ts';
import { startBulkExecutor } from './bulk-executor.ts';
import { workflowBundle } from './bundle.ts';
import { cacheAgencies, cacheMatters } from './caches.ts';
import type { WorkerConfig } from './config.ts';
import { countCalls } from './counting-client.ts';
import { startDailySchedule } from './daily-schedule.ts';
import { startEnquirer } from './enquirer.ts';
import { serveHealth } from './health.ts';
import { startHeartbeat } from './heartbeat.ts';
import { startLoop } from './loop.ts';
import { startOutages } from './outages.ts';
import { startOverseer } from './overseer.ts';
import { startPulse } from './pulse.ts';
import { startRelay } from './relay.ts';
import { startTimekeeper } from './timekeeper.ts';

/** A changed agency is noticed within this time when its notification was lost. */
const REGISTRY_POLL_MS = 30_000;

export interface RunningWorker {
  /** Finishes what is under way, then closes every connection. */
  stop: () => Promise<void>;
}

/**
 * Workflows, activities of every agency, the relay, the enquirer, the timekeeper and the overseer, put together. Any number may run
 * side by side. `fail` is told when it cannot go on.
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
  const matter = cacheMatters(db);
  const { agency, forget } = cacheAgencies(db, cipher);
  const calendars = createCalendars(db, Date.now);
  const send = {
    db,
    cipher,
    agency,
    matter,
    calendars,
    publicUrl: config.PUBLIC_URL,
    now: Date.now,
  };
  const activities = createActivities({ ...send, client, health: health.of });
  const namespace = config.TEMPORAL_NAMESPACE;

  const cases = await Worker.create({
    connection,
    namespace,
    taskQueue: MATTERS_QUEUE,
    workflowBundle: await workflowBundle(config.WORKFLOW_BUNDLE),
    activities,
    // A task that waits for agencies does nothing; without a free place for it a case does not start eagerly.
    maxConcurrentWorkflowTaskExecutions: 200,
    maxConcurrentLocalActivityExecutions: 200,
    maxConcurrentActivityTaskExecutions: 100,
    maxCachedWorkflows: 1_000,
    workflowThreadPoolSize: 2,
    shutdownGraceTime: '10s',
  });
  const running = cases.run();
  running.catch(fail);
  const agencyWorkers = createAgencyWorkers({ connection, namespace, activities, log, onFailure: fail });
  // One round at a time, however many agencies change at once.
  const registry = startLoop(
    async () => {
      forget();
      await agencyWorkers.serve(await listAgencies(db, cipher));
      return 'idle';
    },
    {
      everyMs: REGISTRY_POLL_MS,
      onError: (error) => log.error({ err: error }, 'reading the agencies failed, will retry'),
    },
  );

  const relay = startRelay({
    db,
    cipher,
    client: new WorkflowClient({ connection, namespace }),
    record: activities.recordProgress,
    log,
  });
  const enquirer = startEnquirer({ db, cipher, client, agency, log });
  const timekeeper = startTimekeeper({ db, cipher, log });
  const herald = startCalendarHerald({ db, cipher, calendars, log });
  const overseer = startOverseer({ db, cipher, calendars, matter, log });
  const outages = startOutages({ db, cipher, health, send: { ...send, client: uncounted }, log });
  const bulk = startBulkExecutor({ db, cipher, log });
  const schedule = startDailySchedule({ client: new ScheduleClient({ connection, namespace }), log });
  const heartbeat = startHeartbeat(
    db,
    'worker',
    (error) => log.warn({ err: error }, 'writing the heartbeat failed'),
    () => [...(cases.getState() === 'RUNNING' ? [MATTERS_QUEUE] : []), ...agencyWorkers.queues()],
  );
  const pulse = startPulse({ connection, address: config.TEMPORAL_ADDRESS, log, onDead: fail });
  const notifications = listen({
    url: config.databaseUrl,
    channels: ['start_requested', 'message_received', 'agency_changed', 'calendar_changed', 'incident_changed'],
    onNotification: (channel, payload) => {
      if (channel === 'start_requested') relay.startsWaiting();
      if (channel === 'message_received') relay.messagesWaiting(payload);
      if (channel === 'agency_changed') registry.wake();
      if (channel === 'calendar_changed') {
        calendars.forget();
        herald.wake();
      }
      if (channel === 'incident_changed') outages.wake();
    },
    onReconnect: () => {
      relay.startsWaiting();
      relay.messagesWaiting();
      registry.wake();
      calendars.forget();
    },
    log: (line) => log.warn(line),
  });
  const healthServer = await serveHealth(
    { host: config.WORKER_HOST, port: config.WORKER_PORT },
    () => cases.getState() === 'RUNNING',
  );
  log.info('worker ready');

  return {
    stop: async () => {
      log.info('stopping: waiting for running tasks');
      await notifications.close();
      const loops = [
        relay,
        enquirer,
        timekeeper,
        herald,
        overseer,
        outages,
        bulk,
        schedule,
        registry,
        heartbeat,
        pulse,
      ];
      await Promise.all(loops.map((loop) => loop.stop()));
      await agencyWorkers.stop();
      cases.shutdown();
      await running;
      healthServer.close();
      await Promise.all([client.close(), connection.close(), db.end()]);
    },
  };
};
