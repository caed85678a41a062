import { z } from 'zod';

/** What the environment says about a sandbox. */
const Environment = z.object({
  ONE_MATTER_HOME: z.string().min(1).default('.one-matter'),
  PORT: z.coerce.number().int().min(1).max(65_535).default(8080),
  /** A Postgres of the user's own, as one who may create roles and databases there. */
  POSTGRES_URL: z.url().optional(),
  /** A Temporal of the user's own. */
  TEMPORAL_ADDRESS: z.string().min(1).optional(),
});

export interface Settings {
  home: string;
  /** The API's. All other ports are free ones, kept in the state. */
  port: number;
  postgresUrl: string | undefined;
  temporalAddress: string | undefined;
}

/** Throws with every wrong variable at once. */
export const readSettings = (env: NodeJS.ProcessEnv): Settings => {
  const result = Environment.safeParse(env);
  if (!result.success) {
    const faults = result.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
    throw new Error(`The environment is not valid:\n${faults.join('\n')}`);
  }
  const { ONE_MATTER_HOME, PORT, POSTGRES_URL, TEMPORAL_ADDRESS } = result.data;
  return { home: ONE_MATTER_HOME, port: PORT, postgresUrl: POSTGRES_URL, temporalAddress: TEMPORAL_ADDRESS };
};
