import { z } from 'zod';
import { port, readServiceEnvironment, TEMPORAL, type ServiceSettings } from '../runtime/environment.ts';

const Environment = z.object({
  ...TEMPORAL,
  /** Health and metrics; 0 picks a free port. */
  WATCHER_PORT: port.default(0),
  WATCHER_HOST: z.string().default('127.0.0.1'),
});

export type WatcherConfig = z.infer<typeof Environment> & Pick<ServiceSettings, 'databaseUrl'>;

/**
 * Reads the environment once, at start. Throws one error that lists every fault, without any value.
 */
export const readConfig = (env: NodeJS.ProcessEnv): WatcherConfig & ServiceSettings =>
  readServiceEnvironment('the watcher', Environment, env);
