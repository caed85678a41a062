import type { Service } from './process.ts';
import { nodeCommand, type Programs } from './programs.ts';
import type { Home } from './state.ts';

/** The processes of the product: environment and readiness check of each. */

/** The addresses of the parts of an installation. */
export interface Addresses {
  apiUrl: string;
  sandboxUrl: string;
  databaseUrl: string;
  temporalAddress: string;
  temporalNamespace: string;
  /** Only if the sandbox runs the server. */
  temporalUi?: string;
}

export interface Environment extends Addresses {
  programs: Programs;
  keyFile: string;
  agenciesFile: string;
  agenciesFolder: string;
  workflowBundle: string;
}

export const environmentOf = (
  { home, programs }: { home: Home; programs: Programs },
  addresses: Addresses,
): Environment => ({
  ...addresses,
  programs,
  keyFile: home.keys,
  agenciesFile: home.agencies,
  agenciesFolder: home.sandbox,
  workflowBundle: home.workflowBundle,
});

/** The part that a service needs. */
type Part<Name extends keyof Environment> = Readonly<Pick<Environment, Name>>;

/** All simulated agencies, in one process. */
export const agenciesService = (
  env: Part<'programs' | 'sandboxUrl' | 'agenciesFolder' | 'agenciesFile' | 'apiUrl'>,
): Service => ({
  name: 'sandbox',
  command: () =>
    nodeCommand(env.programs, 'sandbox/agencies/main', {
      SANDBOX_PORT: new URL(env.sandboxUrl).port,
      SANDBOX_DATA: env.agenciesFolder,
      SANDBOX_AGENCIES: env.agenciesFile,
      ONE_MATTER_API: env.apiUrl,
    }),
  ready: () => isOk(`${env.sandboxUrl}/healthz`),
  stopSignal: 'SIGTERM',
});

type ProductNames = 'programs' | 'databaseUrl' | 'keyFile' | 'apiUrl';

export const apiService = (env: Part<ProductNames>): Service => ({
  name: 'api',
  command: () =>
    nodeCommand(env.programs, 'api/main', {
      ...environmentOfProduct(env),
      HOST: '127.0.0.1',
      PORT: new URL(env.apiUrl).port,
    }),
  ready: () => isOk(`${env.apiUrl}/readyz`),
  stopSignal: 'SIGTERM',
});

export const workerService = (
  env: Part<ProductNames | 'temporalAddress' | 'temporalNamespace' | 'workflowBundle'>,
  port: number,
): Service => ({
  name: 'worker',
  command: () =>
    nodeCommand(env.programs, 'worker/main', {
      ...environmentOfProduct(env),
      TEMPORAL_ADDRESS: env.temporalAddress,
      TEMPORAL_NAMESPACE: env.temporalNamespace,
      WORKER_PORT: String(port),
      WORKFLOW_BUNDLE: env.workflowBundle,
      PORT: undefined,
    }),
  ready: () => isOk(`http://127.0.0.1:${port}/healthz`),
  stopSignal: 'SIGTERM',
});

/** Independent of the worker: it needs the two servers only. */
export const watcherService = (
  env: Part<'programs' | 'databaseUrl' | 'temporalAddress' | 'temporalNamespace'>,
  port: number,
): Service => ({
  name: 'watcher',
  command: () =>
    nodeCommand(env.programs, 'watcher/main', {
      DATABASE_URL: env.databaseUrl,
      TEMPORAL_ADDRESS: env.temporalAddress,
      TEMPORAL_NAMESPACE: env.temporalNamespace,
      WATCHER_PORT: String(port),
    }),
  ready: () => isOk(`http://127.0.0.1:${port}/healthz`),
  stopSignal: 'SIGTERM',
});

/** The same service with further environment variables. */
export const withEnvironment = (service: Service, more: Readonly<Record<string, string>> = {}): Service => ({
  ...service,
  command: () => {
    const command = service.command();
    return { ...command, env: { ...command.env, ...more } };
  },
});

const environmentOfProduct = (env: Part<ProductNames>) => ({
  DATABASE_URL: env.databaseUrl,
  ONE_MATTER_KEY_FILE: env.keyFile,
  PUBLIC_URL: env.apiUrl,
});

const isOk = async (url: string): Promise<boolean> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return response.ok;
};
