import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  bundleWorkflows,
  prepareDatabase,
  startAgencies,
  startApi,
  startPostgres,
  startTemporal,
  startWorker,
  type Site,
} from '../sandbox/bring-up.ts';
import { createPortPool, startOnPorts } from '../sandbox/ports.ts';
import type { Service } from '../sandbox/process.ts';
import { withEnvironment, type Addresses } from '../sandbox/services.ts';
import { homeAt, makeHome, readState } from '../sandbox/state.ts';
import { createProcessManager } from '../sandbox/process-manager.ts';
import { isServing, TEMPORAL_NAMESPACE } from '../sandbox/temporal.ts';
import { build } from '../test/support/build.ts';
import { buildTemporalServer } from './temporal-server/build.ts';
import { temporalOnPostgres } from './temporal-server/service.ts';

/**
 * `dev`: the development server on SQLite. `postgres`: the production server on Postgres. `given`:
 * the server at TEMPORAL_ADDRESS.
 */
export type ServerKind = 'dev' | 'postgres' | 'given';

export interface Rig {
  addresses: Addresses;
  agencies: string[];
  clerkToken: string;
  /** As superuser. */
  adminUrl: string;
  /**
   * Process ids by service. Throws if a service was restarted, because the measurement is then not
   * valid.
   */
  pids: () => Record<string, number>;
  /** Stops everything and removes its folder, unless the logs are to be kept. */
  stop: (folder: 'remove' | 'keep') => Promise<void>;
}

export interface RigOptions {
  server: ServerKind;
  shards: number;
  /** The folder for the CPU profiles that worker, API and agencies write when they stop. */
  profileFolder?: string;
  report: (line: string) => void;
}

/**
 * All windows and agencies of the bench share one address and one account, so the limits of a
 * single caller do not apply to them.
 */
const NO_RATE_LIMITS = {
  RATE_PER_TOKEN_PER_MINUTE: '1000000',
  RATE_PER_ADDRESS_PER_MINUTE: '1000000',
  RATE_STARTS_PER_HOUR: '1000000',
};

/** Two ports, membership and gRPC, for each of the production server's four services. */
const SERVER_PORTS = ['frontend', 'history', 'matching', 'worker'].flatMap((name) => [name, `${name} membership`]);

/**
 * The whole product in an empty folder, from built code, with the same processes as `npm start`.
 */
export const bringUp = async (options: RigOptions): Promise<Rig> => {
  const { report, server } = options;
  await build();
  const home = homeAt(mkdtempSync(join(tmpdir(), 'one-matter-bench-')));
  makeHome(home);
  const state = readState(home, 'bench');
  const restarts: string[] = [];
  const manager = createProcessManager({
    logFolder: home.logs,
    report: (line) => restarts.push(line),
    onPids: () => undefined,
  });
  const portPool = createPortPool();
  const stop = async (folder: 'remove' | 'keep') => {
    await manager.stop();
    portPool.release();
    if (folder === 'remove') rmSync(home.folder, { recursive: true, force: true });
    else report(`the logs are in ${home.logs}`);
  };
  const killAll = () => {
    manager.kill();
    process.exit(1);
  };
  process.once('SIGINT', killAll);

  const start = (service: Service) => manager.start(toBenchService(service, options.profileFolder));
  const site: Site = { home, state, programs: 'built', portPool, start, report };
  try {
    report(`starting the product with Temporal: ${server} …`);
    const adminUrl = await startPostgres(site);
    const { serviceUrl: databaseUrl } = await prepareDatabase(site, adminUrl);
    const temporalAddress = await startServer(options, site, adminUrl);
    const apiUrl = await startApi(site, databaseUrl);
    const sandboxUrl = await startAgencies(site, { apiUrl, databaseUrl });
    await bundleWorkflows(site);
    const addresses = { apiUrl, sandboxUrl, databaseUrl, temporalAddress, temporalNamespace: TEMPORAL_NAMESPACE };
    await startWorker(site, addresses);
    return {
      addresses,
      agencies: Object.keys(state.secrets),
      clerkToken: state.tokens['clerk'] ?? '',
      adminUrl,
      pids: () => {
        if (restarts.length > 0) throw new Error(restarts.join('\n'));
        return { ...manager.pids() };
      },
      stop: (folder) => {
        process.off('SIGINT', killAll);
        return stop(folder);
      },
    };
  } catch (error) {
    await stop('keep');
    throw error;
  }
};

/** Returns the address of the requested Temporal server. */
const startServer = async ({ server, shards }: RigOptions, site: Site, adminUrl: string): Promise<string> => {
  if (server === 'dev') return startTemporal(site);
  if (server === 'given') {
    const address = process.env['TEMPORAL_ADDRESS'] ?? '';
    if (!(await isServing(address))) throw new Error(`no Temporal server at TEMPORAL_ADDRESS=${address}`);
    return address;
  }
  const programs = await buildTemporalServer(site.report);
  const { started } = await startOnPorts({
    portPool: site.portPool,
    kept: Object.fromEntries(SERVER_PORTS.map((name) => [name, 0])),
    start: async (ports) => {
      const service = temporalOnPostgres({
        ...{ programs, adminUrl, shards, folder: site.home.folder },
        ports: SERVER_PORTS.map((name) => ports[name] ?? 0),
      });
      await site.start(service);
      return service;
    },
  });
  return started.address;
};

/**
 * A process of the product without the limits of a single caller, and optionally with a CPU
 * profile.
 */
const toBenchService = (service: Service, profileFolder: string | undefined): Service => {
  if (service.command().file !== process.execPath) return service;
  const unlimited = withEnvironment(service, NO_RATE_LIMITS);
  if (profileFolder === undefined) return unlimited;
  return {
    ...unlimited,
    command: () => {
      const command = unlimited.command();
      const folder = join(resolve(profileFolder), service.name);
      mkdirSync(folder, { recursive: true });
      return { ...command, args: ['--cpu-prof', `--cpu-prof-dir=${folder}`, ...command.args] };
    },
  };
};
