import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { migrate } from '../db/migrate.ts';
import { createCipher, readKeys } from '../db/personal-data.ts';
import { createPool } from '../db/pool.ts';
import { createDatabase, createRoles } from '../sandbox/database.ts';
import { freePorts } from '../sandbox/ports.ts';
import { postgresService } from '../sandbox/postgres.ts';
import { runToEnd, type Service } from '../sandbox/process.ts';
import { seedSandbox } from '../sandbox/seed.ts';
import { agenciesService, apiService, bundleCommand, workerService, type Environment } from '../sandbox/services.ts';
import { homeAt, makeHome, readState, writeAgencies, type Home, type State } from '../sandbox/state.ts';
import { createSupervisor, type Supervisor } from '../sandbox/supervisor.ts';
import { findTemporalCli } from '../sandbox/temporal-cli.ts';
import { isServing, TEMPORAL_NAMESPACE, temporalService } from '../sandbox/temporal.ts';
import { buildTemporalServer } from './temporal-server/build.ts';
import { temporalOnPostgres } from './temporal-server/service.ts';

/** `dev`: the development server on SQLite; `postgres`: the production server on Postgres; `given`: the one at TEMPORAL_ADDRESS. */
export type ServerKind = 'dev' | 'postgres' | 'given';

export interface Rig {
  environment: Environment;
  agencies: string[];
  clerkToken: string;
  /** As superuser. */
  adminUrl: string;
  /** Process ids by service. Throws when one has been restarted: what was measured then is no measurement. */
  pids: () => Record<string, number>;
  /** Stops everything and removes its folder, unless somebody wants to read the logs in it. */
  stop: (folder: 'remove' | 'keep') => Promise<void>;
}

export interface RigOptions {
  server: ServerKind;
  shards: number;
  /** Where worker, API and agencies leave their CPU profiles when they stop. */
  profileFolder?: string;
  report: (line: string) => void;
}

const DATABASE = 'one_matter';
/** All windows and agencies of the bench call from one address and one account, so the limits of one are not theirs. */
const NO_RATE_LIMITS = { RATE_PER_TOKEN_PER_MINUTE: '1000000', RATE_PER_ADDRESS_PER_MINUTE: '1000000' };

/** The whole product in an empty folder, every part a process of its own, as `npm start` has them. */
export const bringUp = async (options: RigOptions): Promise<Rig> => {
  const { report, server } = options;
  const home = homeAt(mkdtempSync(join(tmpdir(), 'one-matter-bench-')));
  makeHome(home);
  const state = await readState(home, 'bench');
  const restarts: string[] = [];
  const supervisor = createSupervisor({
    logFolder: home.logs,
    report: (line) => restarts.push(line),
    onPids: () => undefined,
  });
  const stop = async (folder: 'remove' | 'keep') => {
    await supervisor.stop();
    if (folder === 'remove') rmSync(home.folder, { recursive: true, force: true });
    else report(`the logs are in ${home.logs}`);
  };
  const interrupted = () => {
    supervisor.kill();
    process.exit(1);
  };
  process.once('SIGINT', interrupted);

  try {
    const adminUrl = await startPostgres(home, state, supervisor);
    const databaseUrl = await makeDatabase(home, state, adminUrl);
    report(`starting the product with Temporal: ${server} …`);
    const temporalAddress = await startTemporal(options, home, state, supervisor, adminUrl);
    const environment = await startProduct({ options, home, state, supervisor, databaseUrl, temporalAddress });
    return {
      environment,
      agencies: Object.keys(state.secrets),
      clerkToken: state.tokens['clerk'] ?? '',
      adminUrl,
      pids: () => {
        if (restarts.length > 0) throw new Error(restarts.join('\n'));
        return { ...supervisor.pids() };
      },
      stop: (folder) => {
        process.off('SIGINT', interrupted);
        return stop(folder);
      },
    };
  } catch (error) {
    await stop('keep');
    throw error;
  }
};

const startPostgres = async (home: Home, state: State, supervisor: Supervisor): Promise<string> => {
  const { postgres: password } = state.passwords;
  const service = await postgresService({ dataDir: home.postgres, port: state.ports.postgres, password });
  await supervisor.start(service);
  return service.url;
};

const makeDatabase = async (home: Home, state: State, adminUrl: string): Promise<string> => {
  const passwords = { ownerPassword: state.passwords.owner, servicePassword: state.passwords.service };
  await createRoles(adminUrl, passwords);
  const { ownerUrl, serviceUrl } = await createDatabase({ adminUrl, name: DATABASE, passwords });
  await migrate({ databaseUrl: ownerUrl, log: () => undefined });
  const pool = createPool({ url: serviceUrl, max: 1, name: 'one-matter bench' });
  try {
    const cipher = createCipher(readKeys({ file: home.keys }));
    await seedSandbox({ pool, cipher, state });
  } finally {
    await pool.end();
  }
  writeAgencies(home, state);
  return serviceUrl;
};

const startTemporal = async (
  { server, shards, report }: RigOptions,
  home: Home,
  state: State,
  supervisor: Supervisor,
  adminUrl: string,
): Promise<string> => {
  if (server === 'given') {
    const address = process.env['TEMPORAL_ADDRESS'] ?? '';
    if (!(await isServing(address))) throw new Error(`no Temporal server at TEMPORAL_ADDRESS=${address}`);
    return address;
  }
  const service =
    server === 'dev'
      ? temporalService({
          binary: await findTemporalCli({ report }),
          dbFile: home.temporal,
          port: state.ports.temporal,
          uiPort: state.ports.temporalUi,
        })
      : temporalOnPostgres({
          programs: await buildTemporalServer(report),
          adminUrl,
          folder: home.folder,
          shards,
          ports: await otherPorts(8, state),
        });
  await supervisor.start(service);
  return service.address;
};

const startProduct = async (start: {
  options: RigOptions;
  home: Home;
  state: State;
  supervisor: Supervisor;
  databaseUrl: string;
  temporalAddress: string;
}): Promise<Environment> => {
  const { options, home, state, supervisor, databaseUrl, temporalAddress } = start;
  const [apiPort = 0] = await otherPorts(1, state);
  const environment: Environment = {
    apiUrl: `http://127.0.0.1:${apiPort}`,
    sandboxUrl: sandboxUrlOf(state),
    workerPort: state.ports.worker,
    databaseUrl,
    temporalAddress,
    temporalNamespace: TEMPORAL_NAMESPACE,
    keyFile: home.keys,
    agenciesFile: home.agencies,
    agenciesFolder: home.sandbox,
    workflowBundle: join(home.folder, 'workflows.js'),
  };
  await runToEnd('bundling the workflows', bundleCommand(environment.workflowBundle), join(home.logs, 'bundle.log'));
  const services = [agenciesService(environment), apiService(environment), workerService(environment)];
  await Promise.all(services.map((service) => supervisor.start(forBench(service, options.profileFolder))));
  return environment;
};

/** The same process, without limits meant for one caller, and with a profile of its life if that is wanted. */
const forBench = (service: Service, profileFolder: string | undefined): Service => ({
  ...service,
  command: () => {
    const command = service.command();
    const env = { ...command.env, ...NO_RATE_LIMITS };
    if (profileFolder === undefined) return { ...command, env };
    const folder = join(resolve(profileFolder), service.name);
    mkdirSync(folder, { recursive: true });
    return { ...command, env, args: ['--cpu-prof', `--cpu-prof-dir=${folder}`, ...command.args] };
  },
});

/** Free ports that are not meant for something that does not listen yet. */
const otherPorts = (count: number, { ports, agencyPorts }: State): Promise<number[]> =>
  freePorts(count, [...Object.values(ports), ...Object.values(agencyPorts)]);

const sandboxUrlOf = (state: State): string => `http://127.0.0.1:${state.ports.sandbox}`;
