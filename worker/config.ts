import { z } from 'zod';
import {
  databasePool,
  httpUrl,
  port,
  readServiceEnvironment,
  TEMPORAL,
  text,
  type ServiceSettings,
} from '../runtime/environment.ts';

const Environment = z.object({
  ...TEMPORAL,
  ONE_MATTER_KEY_FILE: text,
  /** The address of the API as agencies see it, for their callbacks. */
  PUBLIC_URL: httpUrl,
  /** Health and metrics; 0 picks a free port. */
  WORKER_PORT: port.default(0),
  WORKER_HOST: z.string().default('127.0.0.1'),
  /** The workflow code, bundled at build time; absent: the worker bundles it at start. */
  WORKFLOW_BUNDLE: z.string().optional(),
  DATABASE_POOL: databasePool.default(20),
});

export type WorkerConfig = z.infer<typeof Environment> & Pick<ServiceSettings, 'databaseUrl'>;

/**
 * Reads the environment once, at start. Throws one error that lists every fault, without any value.
 */
export const readConfig = (env: NodeJS.ProcessEnv): WorkerConfig & ServiceSettings =>
  readServiceEnvironment('the worker', Environment, env);
