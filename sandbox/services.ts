import { fileURLToPath } from 'node:url';
import type { Service } from './process.ts';

/** Our own processes: what each is started with and how it shows that it serves. */

export interface Environment {
  apiUrl: string;
  sandboxUrl: string;
  workerPort: number;
  databaseUrl: string;
  temporalAddress: string;
  temporalNamespace: string;
  /** Only where the server is ours. */
  temporalUi?: string;
  keyFile: string;
  agenciesFile: string;
  agenciesFolder: string;
  workflowBundle: string;
}

/** The agencies, all in one process. */
export const agenciesService = (env: Environment): Service => ({
  name: 'sandbox',
  command: () =>
    node(new URL('agencies/main.ts', import.meta.url), {
      SANDBOX_PORT: new URL(env.sandboxUrl).port,
      SANDBOX_DATA: env.agenciesFolder,
      SANDBOX_AGENCIES: env.agenciesFile,
      ONE_MATTER_API: env.apiUrl,
    }),
  ready: () => isOk(`${env.sandboxUrl}/healthz`),
  stopSignal: 'SIGTERM',
});

export const apiService = (env: Environment): Service => ({
  name: 'api',
  command: () =>
    node(new URL('../api/main.ts', import.meta.url), {
      ...product(env),
      HOST: '127.0.0.1',
      PORT: new URL(env.apiUrl).port,
    }),
  ready: () => isOk(`${env.apiUrl}/readyz`),
  stopSignal: 'SIGTERM',
});

export const workerService = (env: Environment): Service => ({
  name: 'worker',
  command: () =>
    node(new URL('../worker/main.ts', import.meta.url), {
      ...product(env),
      TEMPORAL_ADDRESS: env.temporalAddress,
      TEMPORAL_NAMESPACE: env.temporalNamespace,
      WORKER_PORT: String(env.workerPort),
      WORKFLOW_BUNDLE: env.workflowBundle,
      PORT: undefined,
    }),
  ready: () => isOk(`http://127.0.0.1:${env.workerPort}/healthz`),
  stopSignal: 'SIGTERM',
});

/** Independent of the worker: it needs the two servers only. */
export const watcherService = (env: Environment, port: number): Service => ({
  name: 'watcher',
  command: () =>
    node(new URL('../watcher/main.ts', import.meta.url), {
      DATABASE_URL: env.databaseUrl,
      TEMPORAL_ADDRESS: env.temporalAddress,
      TEMPORAL_NAMESPACE: env.temporalNamespace,
      WATCHER_PORT: String(port),
    }),
  ready: () => isOk(`http://127.0.0.1:${port}/healthz`),
  stopSignal: 'SIGTERM',
});

/** Bundles the workflow code once a start, so that a worker that dies is back without doing it again. */
export const bundleCommand = (outFile: string) => node(new URL('../worker/bundle.ts', import.meta.url), {}, [outFile]);

const product = (env: Environment) => ({
  ONE_MATTER_MODE: 'sandbox',
  DATABASE_URL: env.databaseUrl,
  ONE_MATTER_KEY_FILE: env.keyFile,
  PUBLIC_URL: env.apiUrl,
});

const TSX = import.meta.resolve('tsx');

const node = (script: URL, env: Record<string, string | undefined>, args: readonly string[] = []) => ({
  file: process.execPath,
  args: ['--import', TSX, '--enable-source-maps', fileURLToPath(script), ...args],
  env,
});

const isOk = async (url: string): Promise<boolean> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return response.ok;
};
