import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Pool } from 'pg';
import { z } from 'zod';
import { createCipher, readKeys, type Cipher } from '../../db/sql/sealing.ts';
import { createPool } from '../../db/sql/pool.ts';
import type { Behaviour } from '../../sandbox/agencies/behaviour.ts';
import { Entry } from '../../sandbox/agencies/journal.ts';
import { withClient } from '../../sandbox/database.ts';
import { createPortPool, startOnPorts } from '../../sandbox/ports.ts';
import {
  signalGroup,
  spawnService,
  startService,
  waitUntilReady,
  type RunningService,
  type Service,
} from '../../sandbox/process.ts';
import { nodeCommand } from '../../sandbox/programs.ts';
import { SandboxFile } from '../../sandbox/sandbox-file.ts';
import { apiService, environmentOf, withEnvironment, workerService } from '../../sandbox/services.ts';
import { emptyHome, homeAt, type Home } from '../../sandbox/state.ts';
import { createProcessManager } from '../../sandbox/process-manager.ts';
import { isServing, TEMPORAL_NAMESPACE } from '../../sandbox/temporal.ts';
import { startWatchdog } from '../../sandbox/watchdog.ts';
import { until } from './until.ts';

/** The product as users run it, with functions that damage it. */
export interface Installation {
  folder: string;
  /** The folder of the logs. */
  logs: string;
  sandbox: () => SandboxFile;
  db: Pool;
  cipher: Cipher;
  temporal: Client;
  /** Sets the behaviour of all agencies, or of one. */
  behave: (behaviour: z.input<typeof Behaviour>, agency?: string) => Promise<void>;
  /** The journal of the agencies. */
  journal: () => Entry[];
  /** The size of the journal, which is cheap to read and grows with every entry. */
  journalLength: () => number;
  /** Pending requests that wait for a person at the agency. */
  held: (agency: string) => Promise<string[]>;
  /** The latest calls to an agency, including those without an effect. */
  calls: (agency: string) => Promise<Call[]>;
  /** Decides a pending request of an agency, which then calls back. */
  answer: (agency: string, requestId: string, decision: { decision: string; reason?: string }) => Promise<void>;
  /** Signals a whole service and returns its process id. */
  signal: (service: string, signal: NodeJS.Signals) => number;
  /**
   * Resolves when a process other than `before` runs the service, with the milliseconds until then.
   */
  back: (service: ServiceName, before: number) => Promise<number>;
  /**
   * Kills every new process of a service until `release`, which returns the id of the last one.
   */
  keepDown: (service: ServiceName) => { release: () => number };
  /** A connection as the owner of the tables, with more rights than the service. */
  asOwner: (sql: string, values: unknown[]) => Promise<number>;
  /** A second API with other settings; the caller stops it. */
  startApi: (settings: Settings) => Promise<{ url: string; running: RunningService }>;
  /** A second worker with other settings, restarted like the first one. */
  startWorker: (settings: Settings) => Promise<OwnWorker>;
  stop: () => Promise<void>;
}

type ServiceName = 'worker' | 'temporal' | 'postgres' | 'api';

/** The differences from the product's own processes. */
interface Settings {
  /** Of a worker, and of its log. */
  name?: string;
  databaseUrl?: string;
  temporalAddress?: string;
  env?: Record<string, string>;
}

interface OwnWorker {
  isServing: () => Promise<boolean>;
  stop: () => Promise<void>;
}

const BACK_WITHIN_MS = 90_000;
const KEEP_DOWN_EVERY_MS = 20;
const Kept = z.object({ ports: z.object({ worker: z.int() }), passwords: z.object({ owner: z.string() }) });
const Call = z.object({ at: z.number(), id: z.string(), answer: z.union([z.number(), z.string()]), inFlight: z.int() });
export type Call = z.infer<typeof Call>;
const Calls = z.object({ calls: z.array(Call) });
const Requests = z.object({ requests: z.array(z.object({ requestId: z.string(), decideAt: z.number().optional() })) });

/**
 * Starts everything in a new folder, from built code, and waits until it is ready. `stop` removes
 * everything; the processes also end when this process is killed.
 */
export const install = async (): Promise<Installation> => {
  const folder = mkdtempSync(join(tmpdir(), 'one-matter-faults-'));
  const home = homeAt(folder);
  const watchdog = startWatchdog();
  const own = new Set<RunningService>();
  const watch = () =>
    watchdog.watch([...own].map(({ pid }) => ({ pid, signal: pid === main.pid ? 'SIGINT' : 'SIGKILL' })));

  const product: Service = {
    name: 'one-matter',
    command: () =>
      nodeCommand('built', 'cli/main', { ONE_MATTER_HOME: home.folder, PORT: '0', LOG_LEVEL: 'warn' }, ['up']),
    ready: () => Promise.resolve(readFileSync(join(folder, 'up.log'), 'utf8').includes('Ctrl-C')),
    stopSignal: 'SIGINT',
  };
  const main = await spawnService(product, join(folder, 'up.log'));
  own.add(main);
  watch();
  try {
    await waitUntilReady(product, main);
  } catch (error) {
    watchdog.release();
    remove(home);
    throw error;
  }

  const sandbox = () => SandboxFile.parse(JSON.parse(readFileSync(home.sandboxFile, 'utf8')));
  const { postgres, temporal: temporalAddress, sandbox: agencies } = sandbox();
  const state = Kept.parse(JSON.parse(readFileSync(home.state, 'utf8')));
  const owner = new URL(postgres);
  owner.username = 'one_matter_owner';
  owner.password = encodeURIComponent(state.passwords.owner);
  const db = createPool({ url: postgres, max: 5, name: 'faults' });
  const connection = await Connection.connect({ address: temporalAddress });
  const journalFile = join(home.sandbox, 'journal.jsonl');
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${agencies}/sandbox/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
    return response.json();
  };

  const environment = environmentOf(
    { home, programs: 'built' },
    {
      ...{ apiUrl: sandbox().api, sandboxUrl: agencies, databaseUrl: postgres },
      ...{ temporalAddress, temporalNamespace: TEMPORAL_NAMESPACE },
    },
  );
  const portPool = createPortPool();
  // Of the processes of our own: the same ones at every start.
  const ownPorts = { api: 0, worker: 0 };
  const signal = (service: string, name: NodeJS.Signals): number => {
    const pid = sandbox().pids[service];
    if (pid === undefined) throw new Error(`there is no ${service} to signal`);
    signalGroup(pid, name);
    return pid;
  };
  const serves: Record<ServiceName, () => Promise<boolean>> = {
    temporal: () => isServing(temporalAddress),
    worker: () => isOk(`http://127.0.0.1:${state.ports.worker}/healthz`),
    api: () => isOk(`${sandbox().api}/readyz`),
    postgres: () =>
      db.query('select 1').then(
        () => true,
        () => false,
      ),
  };

  return {
    folder,
    logs: home.logs,
    sandbox,
    db,
    cipher: createCipher(readKeys({ file: home.keys })),
    temporal: new Client({ connection, namespace: TEMPORAL_NAMESPACE }),
    behave: async (behaviour, agency) => {
      const ids = agency === undefined ? Object.keys(sandbox().agencies) : [agency];
      for (const id of ids) await control('PUT', `agencies/${id}/behaviour`, behaviour);
    },
    journal: () => {
      const text = readFileSync(journalFile, 'utf8');
      const whole = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
      return whole.filter((line) => line !== '').map((line) => Entry.parse(JSON.parse(line)));
    },
    journalLength: () => statSync(journalFile, { throwIfNoEntry: false })?.size ?? 0,
    held: async (agency) => {
      const { requests } = Requests.parse(await control('GET', `agencies/${agency}/requests`));
      return requests.filter(({ decideAt }) => decideAt === undefined).map(({ requestId }) => requestId);
    },
    calls: async (agency) => Calls.parse(await control('GET', `agencies/${agency}/calls`)).calls,
    answer: async (agency, requestId, decision) => {
      await control('POST', `agencies/${agency}/requests/${requestId}/answer`, decision);
    },
    signal,
    back: async (service, before) => {
      const since = performance.now();
      await until(
        `${service} is back`,
        BACK_WITHIN_MS,
        async () => sandbox().pids[service] !== before && serves[service](),
      );
      return performance.now() - since;
    },
    keepDown: (service) => {
      let killed = signal(service, 'SIGKILL');
      const timer = setInterval(() => {
        if (sandbox().pids[service] !== killed) killed = signal(service, 'SIGKILL');
      }, KEEP_DOWN_EVERY_MS);
      return {
        release: () => {
          clearInterval(timer);
          return killed;
        },
      };
    },
    asOwner: (sql, values) => withClient(owner.href, async (client) => (await client.query(sql, values)).rowCount ?? 0),
    startApi: async ({ env, ...settings }) => {
      const { ports, started } = await startOnPorts({
        portPool,
        kept: { api: ownPorts.api },
        start: ({ api }) => {
          const service = apiService({ ...environment, apiUrl: `http://127.0.0.1:${api}`, ...settings });
          return startService(withEnvironment(service, env), join(home.logs, 'own-api.log'));
        },
      });
      Object.assign(ownPorts, ports);
      own.add(started);
      watch();
      void started.exited.then(() => {
        own.delete(started);
        watch();
      });
      return { url: `http://127.0.0.1:${ports.api}`, running: started };
    },
    startWorker: async ({ env, name = 'own-worker', ...settings }) => {
      const manager = createProcessManager({
        logFolder: home.logs,
        report: () => undefined,
        onPids: () => undefined,
      });
      const { ports } = await startOnPorts({
        portPool,
        kept: { worker: ownPorts.worker },
        start: ({ worker }) => {
          const service = workerService({ ...environment, ...settings }, worker);
          return manager.start({ ...withEnvironment(service, env), name });
        },
      });
      Object.assign(ownPorts, ports);
      return {
        isServing: () => isOk(`http://127.0.0.1:${ports.worker}/healthz`),
        stop: () => manager.stop(),
      };
    },
    stop: async () => {
      await connection.close();
      await db.end();
      for (const running of [...own].reverse()) await running.stop();
      portPool.release();
      watchdog.release();
      remove(home);
    },
  };
};

/** Under root, the database is elsewhere, behind a link. */
const remove = (home: Home): void => {
  emptyHome(home);
  rmSync(home.folder, { recursive: true, force: true });
};

const isOk = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
};
