import { join } from 'node:path';
import { migrate } from '../db/migrate.ts';
import { createCipher, readKeys } from '../db/personal-data.ts';
import { createPool } from '../db/pool.ts';
import { createDatabase, createRoles, type Database } from './database.ts';
import { takeLock } from './lock.ts';
import { isFree } from './ports.ts';
import { postgresService } from './postgres.ts';
import { runToEnd } from './process.ts';
import { startSamples } from './samples.ts';
import { seedSandbox } from './seed.ts';
import {
  agenciesService,
  apiService,
  bundleCommand,
  watcherService,
  workerService,
  type Environment,
} from './services.ts';
import { readSettings, type Settings } from './settings.ts';
import { emptyHome, homeAt, makeHome, readState, saveState, writeAgencies, type Home, type State } from './state.ts';
import { writeSandboxFile } from './sandbox-file.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';
import { findTemporalCli } from './temporal-cli.ts';
import { isServing, TEMPORAL_NAMESPACE, temporalService } from './temporal.ts';
import { drawTour } from './tour.ts';

const DATABASE = 'one_matter';

interface Sandbox {
  home: Home;
  state: State;
  settings: Settings;
  supervisor: Supervisor;
  report: (line: string) => void;
}

/**
 * `npm start`: the whole product on this machine, until it is told to stop. Throws, with what to do about it, when another copy
 * runs here, a port is taken or something cannot be started; nothing is left running then.
 */
export const up = async ({ fresh, version }: { fresh: boolean; version: string }): Promise<void> => {
  const settings = readSettings(process.env);
  const home = homeAt(settings.home);
  makeHome(home);
  const lock = takeLock(home.lock);
  if (lock.kind === 'taken') {
    throw new Error(
      `Process ${lock.pid} runs the sandbox in ${home.folder} already. Stop it, or start another one beside it:\n` +
        `  ONE_MATTER_HOME=.one-matter-2 PORT=${settings.port + 1} npm start`,
    );
  }
  try {
    if (!(await isFree(settings.port))) {
      throw new Error(`Port ${settings.port} is taken. Choose another one: PORT=${settings.port + 1} npm start`);
    }
    if (fresh) emptyHome(home);
    await run(home, settings, version);
  } finally {
    lock.release();
  }
};

const run = async (home: Home, settings: Settings, version: string): Promise<void> => {
  const startedAt = performance.now();
  const report = (line: string) => console.log(line);
  const state = await readState(home, version);
  let environment: Environment | undefined;
  const supervisor = createSupervisor({
    logFolder: home.logs,
    report,
    onPids: () => {
      if (environment) writeSandboxFile(home, state, environment, supervisor.pids());
    },
  });
  const interrupted = interruption(supervisor);

  try {
    const outcome = await Promise.race([bringUp({ home, state, settings, supervisor, report }), interrupted]);
    if (outcome === 'interrupted') return;
    environment = outcome;
    const sandbox = writeSandboxFile(home, state, environment, supervisor.pids());
    const samples = state.samplesStarted ? [] : await startSamples(sandbox.api, sandbox.tokens.clerk);
    state.samplesStarted = true;
    saveState(home, state);
    const seconds = (performance.now() - startedAt) / 1000;
    report(drawTour(sandbox, { file: home.sandboxFile, home: process.env['ONE_MATTER_HOME'], samples, seconds }));
    await interrupted;
  } finally {
    report('Stopping …');
    await supervisor.stop();
  }
};

/** A Ctrl-C under npm arrives twice, from the terminal and from npm: so soon after the first it is no second one. */
const IMPATIENT_AFTER_MS = 1_000;

/** The first signal asks to stop; a second one does not wait. */
const interruption = (supervisor: Supervisor): Promise<'interrupted'> =>
  new Promise((resolve) => {
    let askedAt: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        askedAt ??= Date.now();
        resolve('interrupted');
        if (Date.now() - askedAt < IMPATIENT_AFTER_MS) return;
        supervisor.kill();
        process.exit(1);
      });
    }
  });

const bringUp = async (sandbox: Sandbox): Promise<Environment> => {
  const { home, state, settings, supervisor, report } = sandbox;
  const apiUrl = `http://127.0.0.1:${settings.port}`;
  const workflowBundle = join(home.folder, 'workflows.js');
  const bundled = runToEnd('bundling the workflows', bundleCommand(workflowBundle), join(home.logs, 'bundle.log'));
  // Waited for below; should the servers fail first, that is the error.
  bundled.catch(() => undefined);
  const [database, temporalAddress] = await Promise.all([bringUpDatabase(sandbox), bringUpTemporal(sandbox)]);
  report('Starting agencies, API, worker and watcher …');
  const environment: Environment = {
    apiUrl,
    sandboxUrl: sandboxUrlOf(state),
    workerPort: state.ports.worker,
    databaseUrl: database.serviceUrl,
    temporalAddress,
    temporalNamespace: TEMPORAL_NAMESPACE,
    ...(settings.temporalAddress === undefined && { temporalUi: `http://127.0.0.1:${state.ports.temporalUi}` }),
    keyFile: home.keys,
    agenciesFile: home.agencies,
    agenciesFolder: home.sandbox,
    workflowBundle,
  };
  await Promise.all([
    supervisor.start(agenciesService(environment)),
    supervisor.start(apiService(environment)),
    bundled.then(() => supervisor.start(workerService(environment))),
  ]);
  // Last, so that it is the first to go: nobody misses a worker that is told to stop.
  await supervisor.start(watcherService(environment, state.ports.watcher));
  return environment;
};

const bringUpDatabase = async (sandbox: Sandbox): Promise<Database> => {
  const { home, state, settings, supervisor, report } = sandbox;
  const passwords = { ownerPassword: state.passwords.owner, servicePassword: state.passwords.service };
  let adminUrl = settings.postgresUrl;
  if (adminUrl === undefined) {
    report('Starting Postgres …');
    const service = await postgresService({
      dataDir: home.postgres,
      port: state.ports.postgres,
      password: state.passwords.postgres,
    });
    await supervisor.start(service);
    adminUrl = service.url;
  }
  await createRoles(adminUrl, passwords);
  const database = await createDatabase({ adminUrl, name: DATABASE, passwords });
  const migrations = await migrate({ databaseUrl: database.ownerUrl, log: () => undefined });
  if (migrations.length > 0) report(`Migrated the database: ${migrations.length} steps.`);

  const pool = createPool({ url: database.serviceUrl, max: 1, name: 'one-matter sandbox' });
  try {
    const cipher = createCipher(readKeys({ file: home.keys }));
    await seedSandbox({ pool, cipher, state });
  } finally {
    await pool.end();
  }
  saveState(home, state);
  writeAgencies(home, state);
  return database;
};

const sandboxUrlOf = (state: State): string => `http://127.0.0.1:${state.ports.sandbox}`;

const bringUpTemporal = async ({ home, state, settings, supervisor, report }: Sandbox): Promise<string> => {
  const address = settings.temporalAddress;
  if (address !== undefined) {
    if (await isServing(address)) return address;
    throw new Error(`No Temporal with a namespace ${TEMPORAL_NAMESPACE} answers at TEMPORAL_ADDRESS=${address}.`);
  }
  const binary = await findTemporalCli({ report });
  report('Starting Temporal …');
  const { temporal: port, temporalUi: uiPort } = state.ports;
  const service = temporalService({ binary, dbFile: home.temporal, port, uiPort });
  await supervisor.start(service);
  return service.address;
};
