import { z } from 'zod';
import { port, readEnvironment } from '../runtime/environment.ts';

/** What the environment says about a sandbox. */
const Environment = z.object({
  ONE_MATTER_HOME: z.string().default('.one-matter'),
  PORT: port.default(8080),
  /** A Postgres of the user's own, as one who may create roles and databases there. */
  POSTGRES_URL: z.url({ error: 'must be an address such as postgres://user@host' }).optional(),
  /** A Temporal of the user's own. */
  TEMPORAL_ADDRESS: z.string().optional(),
});

export interface Settings {
  home: string;
  /** The API's; 0: a free one. All other ports are free ones. What was chosen is kept in the state. */
  port: number;
  postgresUrl: string | undefined;
  temporalAddress: string | undefined;
}

/** Throws with every wrong variable at once. */
export const readSettings = (env: NodeJS.ProcessEnv): Settings => {
  const { ONE_MATTER_HOME, PORT, POSTGRES_URL, TEMPORAL_ADDRESS } = readEnvironment('the sandbox', Environment, env);
  return { home: ONE_MATTER_HOME, port: PORT, postgresUrl: POSTGRES_URL, temporalAddress: TEMPORAL_ADDRESS };
};
