import { join } from 'node:path';
import { migrate } from '../db/migrate.ts';
import { createCipher, readKeys } from '../db/sql/sealing.ts';
import { createPool } from '../db/sql/pool.ts';
import { createDatabase, createRoles, type Database } from './database.ts';
import { isPortTaken, startOnPorts, type PortPool } from './ports.ts';
import { postgresService } from './postgres.ts';
import { runToEnd, type Service } from './process.ts';
import { nodeCommand, type Programs } from './programs.ts';
import { addSecrets, readCatalog, seedSandbox } from './seed.ts';
import {
  agenciesService,
  apiService,
  environmentOf,
  watcherService,
  workerService,
  type Addresses,
} from './services.ts';
import { saveState, writeAgencies, type Home, type State } from './state.ts';
import { findTemporalCli } from './temporal-cli.ts';
import { temporalService } from './temporal.ts';

/** An installation whose parts are started one by one. */
export interface Site {
  home: Home;
  state: State;
  programs: Programs;
  portPool: PortPool;
  /** Starts a service and restarts it whenever it ends. */
  start: (service: Service) => Promise<void>;
  report: (line: string) => void;
}

const DATABASE = 'one_matter';
/** The key of the port that controls the agencies; no agency has this id. */
const OFFICE = 'sandbox';

/** Returns the address of Postgres for the superuser. */
export const startPostgres = async (site: Site): Promise<string> => {
  const { home, state } = site;
  const { postgres: password } = state.passwords;
  const { postgres } = state.ports;
  const service = await startKept(site, { postgres }, (ports) =>
    postgresService({ dataDir: home.postgres, port: ports.postgres, password }),
  );
  return service.url;
};

/**
 * Creates missing roles and the database, and migrates it. `adminUrl` connects as superuser.
 */
export const prepareDatabase = async ({ state, report }: Site, adminUrl: string): Promise<Database> => {
  const passwords = { ownerPassword: state.passwords.owner, servicePassword: state.passwords.service };
  await createRoles(adminUrl, passwords);
  const database = await createDatabase({ adminUrl, name: DATABASE, passwords });
  const migrations = await migrate({ databaseUrl: database.ownerUrl, log: () => undefined });
  if (migrations.length > 0) report(`Migrated the database: ${migrations.length} steps.`);
  return database;
};

/** Returns the address of Temporal's development server. */
export const startTemporal = async (site: Site): Promise<string> => {
  const { home, state, report } = site;
  const binary = await findTemporalCli({ report });
  report('Starting Temporal …');
  const { temporal, temporalUi } = state.ports;
  const service = await startKept(site, { temporal, temporalUi }, (ports) =>
    temporalService({ binary, dbFile: home.temporal, port: ports.temporal, uiPort: ports.temporalUi }),
  );
  return service.address;
};

/**
 * Returns the address of the API: at `port`, or at a free port if that is 0. Throws
 * `portTaken` when another program has `port`.
 */
export const startApi = async (site: Site, databaseUrl: string, port = 0): Promise<string> => {
  const { state, programs, home } = site;
  const serviceAt = (api: number) => apiService({ programs, databaseUrl, keyFile: home.keys, apiUrl: urlAt(api) });
  if (port === 0) {
    await startKept(site, { api: state.ports.api }, ({ api }) => serviceAt(api));
    return urlAt(state.ports.api);
  }
  await site.start(serviceAt(port)).catch((error: unknown) => {
    throw isPortTaken(error) ? portTaken(port) : error;
  });
  return urlAt(port);
};

/** The error of a server whose port is taken; the command line has the words for it. */
export const portTaken = (port: number): Error =>
  Object.assign(new Error(`EADDRINUSE: port ${port}`), { code: 'EADDRINUSE', port });

/**
 * Starts the agencies and fills the database with the data of a sandbox. Returns the address that
 * controls the agencies.
 */
export const startAgencies = async (
  site: Site,
  { apiUrl, databaseUrl }: { apiUrl: string; databaseUrl: string },
): Promise<string> => {
  const { home, state, programs } = site;
  const catalog = await readCatalog();
  addSecrets(state, catalog);
  const kept: Record<string, number> = { [OFFICE]: state.ports.sandbox };
  for (const id of Object.keys(state.secrets)) kept[id] = state.agencyPorts[id] ?? 0;
  const files = { agenciesFile: home.agencies, agenciesFolder: home.sandbox };
  const { ports } = await startMovable(site, kept, (chosen) => {
    writeAgencies(home, state.secrets, chosen);
    return agenciesService({ programs, apiUrl, ...files, sandboxUrl: urlAt(chosen[OFFICE] ?? 0) });
  });
  const { [OFFICE]: office = 0, ...agencyPorts } = ports;
  state.ports.sandbox = office;
  state.agencyPorts = agencyPorts;

  const pool = createPool({ url: databaseUrl, max: 1, name: 'one-matter sandbox' });
  try {
    await seedSandbox({ pool, cipher: createCipher(readKeys({ file: home.keys })), state, catalog });
  } finally {
    await pool.end();
  }
  saveState(home, state);
  return urlAt(office);
};

/**
 * Bundles the workflow code once per `npm start`, so that a restarted worker does not have to.
 */
export const bundleWorkflows = ({ home, programs }: Site): Promise<void> =>
  runToEnd(
    'bundling the workflows',
    nodeCommand(programs, 'worker/bundle', {}, [home.workflowBundle]),
    join(home.logs, 'bundle.log'),
  );

/** Starts the worker. The bundle must exist. */
export const startWorker = async (site: Site, addresses: Addresses): Promise<void> => {
  await startKept(site, { worker: site.state.ports.worker }, ({ worker }) =>
    workerService(environmentOf(site, addresses), worker),
  );
};

export const startWatcher = async (site: Site, addresses: Addresses): Promise<void> => {
  await startKept(site, { watcher: site.state.ports.watcher }, ({ watcher }) =>
    watcherService(environmentOf(site, addresses), watcher),
  );
};

/**
 * Starts a service on its ports in the state. If a port had to be replaced, saves the new one in
 * the state.
 */
const startKept = async <Name extends keyof State['ports'], S extends Service>(
  site: Site,
  kept: Record<Name, number>,
  make: (ports: Record<Name, number>) => S | Promise<S>,
): Promise<S> => {
  const { ports, service } = await startMovable(site, kept, make);
  Object.assign(site.state.ports, ports);
  saveState(site.home, site.state);
  return service;
};

/**
 * Starts a service. If another program has one of its ports, reports that and uses another port.
 */
const startMovable = async <Name extends string, S extends Service>(
  { portPool, start, report }: Site,
  kept: Record<Name, number>,
  make: (ports: Record<Name, number>) => S | Promise<S>,
): Promise<{ ports: Record<Name, number>; service: S }> => {
  const { ports, started } = await startOnPorts({
    portPool,
    kept,
    start: async (chosen) => {
      const service = await make(chosen);
      await start(service);
      return service;
    },
  });
  for (const name in kept) {
    if (kept[name] === 0 || kept[name] === ports[name]) continue;
    report(`Another program has port ${kept[name]}: ${name} is at port ${ports[name]} from now on.`);
  }
  return { ports, service: started };
};

const urlAt = (port: number): string => `http://127.0.0.1:${port}`;
