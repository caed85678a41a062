import { z } from 'zod';
import { port, readEnvironment } from '../runtime/environment.ts';

/** The settings of a sandbox in the environment. */
const Environment = z.object({
  ONE_MATTER_HOME: z.string().default('.one-matter'),
  PORT: port.default(8080),
  /** An external Postgres; the role needs the right to create roles and databases. */
  POSTGRES_URL: z.url({ error: 'must be an address such as postgres://user@host' }).optional(),
  /** An external Temporal. */
  TEMPORAL_ADDRESS: z.string().optional(),
});

export interface Settings {
  home: string;
  /**
   * The port of the API; 0: a free port. All other ports are free ports. The state keeps them.
   */
  port: number;
  postgresUrl: string | undefined;
  temporalAddress: string | undefined;
}

/** Throws one error with every invalid variable. */
export const readSettings = (env: NodeJS.ProcessEnv): Settings => {
  const { ONE_MATTER_HOME, PORT, POSTGRES_URL, TEMPORAL_ADDRESS } = readEnvironment('the sandbox', Environment, env);
  return { home: ONE_MATTER_HOME, port: PORT, postgresUrl: POSTGRES_URL, temporalAddress: TEMPORAL_ADDRESS };
};
