import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Port = z.coerce.number().int().min(0).max(65_535);
const count = (byDefault: number) => z.coerce.number().int().positive().default(byDefault);

/** Also when something else is wrong, so that everything is said at once. */
const ALWAYS = () => true;

const Environment = z
  .object({
    DATABASE_URL: z.string().optional(),
    DATABASE_URL_FILE: z.string().optional(),
    ONE_MATTER_KEY_FILE: z.string().optional(),
    /** The content of a key file, where no file can be mounted. */
    ONE_MATTER_KEYS: z.string().optional(),
    HOST: z.string().min(1).default('127.0.0.1'),
    PORT: Port.default(8080),
    /** How the world reaches us, for links and the documentation page. */
    PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
    /** How many proxies stand before us, so that the caller's address is read from the right place. */
    TRUSTED_PROXIES: z.coerce.number().int().nonnegative().default(0),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    /** Connections to Postgres. */
    DATABASE_CONNECTIONS: count(10),
    /** Requests that may wait for one of them; more are sent away at once, instead of all waiting too long. */
    DATABASE_QUEUE: count(200),
    /** How long a caller waits for the outcome of a message before it is told 202. */
    OUTCOME_WAIT_MS: count(2_500),
    /** A window with several screens open stays well below this; a program out of hand does not. */
    RATE_PER_TOKEN_PER_MINUTE: count(6_000),
    RATE_PER_ADDRESS_PER_MINUTE: count(12_000),
    /** Looking up persons by name or ID number: enough for a window, too few to try a list of people. */
    RATE_SEARCHES_PER_MINUTE: count(30),
    /** Lists as files: each is a long read, and data that leaves the house. */
    RATE_EXPORTS_PER_MINUTE: count(6),
    RATE_PUBLIC_PER_ADDRESS_PER_MINUTE: count(30),
    /** Wrong codes for one case number, from wherever: at this rate a million codes take more than a century. */
    RATE_WRONG_CODES_PER_HOUR: count(10),
  })
  .refine((env) => (env.DATABASE_URL === undefined) !== (env.DATABASE_URL_FILE === undefined), {
    path: ['DATABASE_URL'],
    error: 'give DATABASE_URL or DATABASE_URL_FILE, one of them',
    when: ALWAYS,
  })
  .refine((env) => env.ONE_MATTER_KEY_FILE !== undefined || env.ONE_MATTER_KEYS !== undefined, {
    path: ['ONE_MATTER_KEY_FILE'],
    error: 'give ONE_MATTER_KEY_FILE (or ONE_MATTER_KEYS): personal data is never kept in clear',
    when: ALWAYS,
  });

/** What `createApp` needs to know; the rest of the environment is for the process around it. */
export interface AppConfig {
  publicUrl: string;
  trustedProxies: number;
  outcomeWaitMs: number;
  /** Requests that may wait for a connection to Postgres. */
  databaseQueue: number;
  rates: {
    perTokenPerMinute: number;
    perAddressPerMinute: number;
    searchesPerMinute: number;
    exportsPerMinute: number;
    publicPerAddressPerMinute: number;
    wrongCodesPerHour: number;
  };
}

export interface ApiConfig extends AppConfig {
  databaseUrl: string;
  databaseConnections: number;
  keyFile?: string;
  keys?: string;
  host: string;
  port: number;
  logLevel: string;
}

/** Reads the environment once, at start. Throws one error that lists everything that is wrong, without any value. */
export const readConfig = (env: NodeJS.ProcessEnv): ApiConfig => {
  // An empty variable is how compose files spell an absent one.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = Environment.safeParse(given);
  if (!result.success) {
    const wrong = result.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
    throw new Error(`The environment is not valid:\n${wrong.join('\n')}`);
  }
  const {
    DATABASE_URL,
    DATABASE_URL_FILE,
    ONE_MATTER_KEY_FILE: keyFile,
    ONE_MATTER_KEYS: keys,
    HOST: host,
    PORT: port,
    ...rest
  } = result.data;
  return {
    databaseUrl: DATABASE_URL ?? readFileSync(DATABASE_URL_FILE ?? '', 'utf8').trim(),
    databaseConnections: rest.DATABASE_CONNECTIONS,
    ...(keyFile !== undefined && { keyFile }),
    ...(keys !== undefined && { keys }),
    host,
    port,
    publicUrl: rest.PUBLIC_URL ?? `http://${host}:${port}`,
    trustedProxies: rest.TRUSTED_PROXIES,
    logLevel: rest.LOG_LEVEL,
    outcomeWaitMs: rest.OUTCOME_WAIT_MS,
    databaseQueue: rest.DATABASE_QUEUE,
    rates: {
      perTokenPerMinute: rest.RATE_PER_TOKEN_PER_MINUTE,
      perAddressPerMinute: rest.RATE_PER_ADDRESS_PER_MINUTE,
      searchesPerMinute: rest.RATE_SEARCHES_PER_MINUTE,
      exportsPerMinute: rest.RATE_EXPORTS_PER_MINUTE,
      publicPerAddressPerMinute: rest.RATE_PUBLIC_PER_ADDRESS_PER_MINUTE,
      wrongCodesPerHour: rest.RATE_WRONG_CODES_PER_HOUR,
    },
  };
};
