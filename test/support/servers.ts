import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../db/migrate.ts';
import { publishShippedCalendar } from '../../db/registry/shipped-calendar.ts';
import { createDatabase, createRoles, withClient, type Passwords } from '../../sandbox/database.ts';
import { createPortPool, startOnPorts } from '../../sandbox/ports.ts';
import { postgresService } from '../../sandbox/postgres.ts';
import { findTemporalCli } from '../../sandbox/temporal-cli.ts';
import { startService, type Service } from '../../sandbox/process.ts';
import { temporalService } from '../../sandbox/temporal.ts';
import { startWatchdog, type ProcessGroup } from '../../sandbox/watchdog.ts';
import { bundle } from '../../worker/bundle.ts';

/**
 * A twentieth of what a server lets a run have by default, so that the tests of very many messages
 * are quick.
 */
const TEMPORAL_SETTINGS = ['history.maxTotalUpdates=100'];

/** The value of `inject('servers')` in a test file. */
export interface Servers {
  temporalAddress: string;
  /**
   * `template`: a migrated database with the calendar and without connections. Each test file gets
   * a copy of it.
   */
  postgres: { adminUrl: string; template: string; passwords: Passwords };
  /** The file with the workflow code, bundled once per run. */
  workflowBundle: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    servers: Servers;
  }
}

/** One real Postgres and one real Temporal, with its database in a file. */
export const startServers = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'one-matter-test-'));
  // Under root, Postgres runs as another user, which has to enter this folder.
  chmodSync(folder, 0o711);
  const portPool = createPortPool();
  const watchdog = startWatchdog();
  const watched: ProcessGroup[] = [];
  const start = async (service: Service) => {
    const running = await startService(service, join(folder, `${service.name}.log`));
    watched.push({ pid: running.pid, signal: service.stopSignal });
    watchdog.watch(watched);
    return running;
  };

  const binary = await findTemporalCli({ report: (line) => process.stderr.write(`${line}\n`) });
  const dbFile = join(folder, 'temporal.db');
  const password = randomBytes(16).toString('hex');
  const startTemporal = () =>
    startOnPorts({
      portPool,
      kept: { server: 0, ui: 0 },
      start: async ({ server, ui }) => {
        const service = temporalService({ binary, dbFile, port: server, uiPort: ui, settings: TEMPORAL_SETTINGS });
        return { ...service, running: await start(service) };
      },
    });
  const startPostgres = () =>
    startOnPorts({
      portPool,
      kept: { server: 0 },
      start: async ({ server: port }) => {
        const service = await postgresService({ dataDir: join(folder, 'postgres'), port, password });
        return { ...service, running: await start(service) };
      },
    });
  const workflowBundle = join(folder, 'workflows.js');
  const bundleWorkflows = async () => writeFileSync(workflowBundle, await bundle());
  const [{ started: temporal }, { started: postgres }] = await Promise.all([
    startTemporal(),
    startPostgres(),
    bundleWorkflows(),
  ]);

  const database = { adminUrl: postgres.url, passwords: { ownerPassword: password, servicePassword: password } };
  const template = 'one_matter_template';
  await createRoles(database.adminUrl, database.passwords);
  const { ownerUrl } = await createDatabase({ ...database, name: template });
  await migrate({ databaseUrl: ownerUrl, log: () => undefined });
  await withClient(ownerUrl, (client) => publishShippedCalendar(client, 'test'));
  await withClient(postgres.url, (client) => client.query(`alter database ${template} allow_connections false`));
  const servers: Servers = {
    temporalAddress: temporal.address,
    postgres: { ...database, template },
    workflowBundle,
  };
  return {
    servers,
    bundleWorkflows,
    stop: async () => {
      await Promise.all([temporal, postgres].map(({ running }) => running.stop()));
      portPool.release();
      watchdog.release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** The global set-up of vitest. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const { servers, bundleWorkflows, stop } = await startServers();
  project.provide('servers', servers);
  // In watch mode the workflows may have changed.
  project.onTestsRerun(bundleWorkflows);
  return stop;
};
