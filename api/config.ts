import { z } from 'zod';
import {
  count,
  databasePool,
  httpUrl,
  port,
  readServiceEnvironment,
  wholeNumber,
  type ServiceSettings,
} from '../runtime/environment.ts';

const Environment = z
  .object({
    ONE_MATTER_KEY_FILE: z.string().optional(),
    /** The content of a key file, where no file can be mounted. */
    ONE_MATTER_KEYS: z.string().optional(),
    HOST: z.string().default('127.0.0.1'),
    PORT: port.default(8080),
    /** Metrics, on the same host; 0 picks a free port. */
    METRICS_PORT: port.default(0),
    /** The public address of the API, for links and the documentation page. */
    PUBLIC_URL: httpUrl.optional(),
    /**
     * The number of proxies in front of the API, to read the caller's address from the right header
     * entry.
     */
    TRUSTED_PROXIES: wholeNumber(0, 100).default(0),
    DATABASE_POOL: databasePool.default(10),
    /**
     * Requests that may wait for a connection to Postgres. Further requests are refused at once, so
     * that the others do not wait too long.
     */
    DATABASE_QUEUE: count.default(200),
    /** How long a request waits for the outcome of a message before the answer is 202. */
    OUTCOME_WAIT_MS: count.default(2_500),
    /** Far above a window with several screens, low enough to stop a faulty program. */
    RATE_PER_TOKEN_PER_MINUTE: count.default(6_000),
    RATE_PER_ADDRESS_PER_MINUTE: count.default(12_000),
    /**
     * Searches by name or ID number: enough for a window, too few to try a list of people.
     */
    RATE_SEARCHES_PER_MINUTE: count.default(30),
    /**
     * Cases that one account may start. A division has 99,999 case numbers a day, and one account
     * must not use them up.
     */
    RATE_STARTS_PER_HOUR: count.default(3_000),
    /** Exports are long reads, and data leaves the service. */
    RATE_EXPORTS_PER_MINUTE: count.default(6),
    RATE_PUBLIC_PER_ADDRESS_PER_MINUTE: count.default(30),
    /** Streams and waiting requests that one caller may have open. */
    OPEN_PER_CALLER: count.default(50),
    /**
     * Wrong query codes for one case number from one network. `createWrongCodeLimit` says how long
     * guessing takes.
     */
    RATE_WRONG_CODES_PER_HOUR: count.default(10),
    /**
     * Wrong query codes for one case number from all networks. Above it, each network has fewer tries
     * in an hour.
     */
    RATE_WRONG_CODES_PER_CASE_PER_DAY: count.default(100),
  })
  .refine((env) => env.ONE_MATTER_KEY_FILE !== undefined || env.ONE_MATTER_KEYS !== undefined, {
    path: ['ONE_MATTER_KEY_FILE'],
    error: 'or ONE_MATTER_KEYS must be set: personal data is never kept in clear',
    // Also checked after other errors, so that one message lists all of them.
    when: () => true,
  });

/** The part of the environment that `createApp` needs. */
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
    startsPerHour: number;
    exportsPerMinute: number;
    publicPerAddressPerMinute: number;
    wrongCodesPerHour: number;
    wrongCodesPerCasePerDay: number;
  };
  /** Streams and waiting requests that one caller may have open. */
  openPerCaller: number;
}

export interface ApiConfig extends AppConfig, ServiceSettings {
  databasePool: number;
  keyFile?: string;
  keys?: string;
  host: string;
  port: number;
  metricsPort: number;
}

/**
 * Reads the environment once, at start. Throws one error that lists every invalid variable, without
 * its value.
 */
export const readConfig = (env: NodeJS.ProcessEnv): ApiConfig => {
  const {
    ONE_MATTER_KEY_FILE: keyFile,
    ONE_MATTER_KEYS: keys,
    HOST: host,
    PORT,
    ...rest
  } = readServiceEnvironment('the API', Environment, env);
  return {
    databaseUrl: rest.databaseUrl,
    logLevel: rest.logLevel,
    databasePool: rest.DATABASE_POOL,
    ...(keyFile !== undefined && { keyFile }),
    ...(keys !== undefined && { keys }),
    host,
    port: PORT,
    metricsPort: rest.METRICS_PORT,
    publicUrl: rest.PUBLIC_URL ?? `http://${host}:${PORT}`,
    trustedProxies: rest.TRUSTED_PROXIES,
    outcomeWaitMs: rest.OUTCOME_WAIT_MS,
    databaseQueue: rest.DATABASE_QUEUE,
    rates: {
      perTokenPerMinute: rest.RATE_PER_TOKEN_PER_MINUTE,
      perAddressPerMinute: rest.RATE_PER_ADDRESS_PER_MINUTE,
      searchesPerMinute: rest.RATE_SEARCHES_PER_MINUTE,
      startsPerHour: rest.RATE_STARTS_PER_HOUR,
      exportsPerMinute: rest.RATE_EXPORTS_PER_MINUTE,
      publicPerAddressPerMinute: rest.RATE_PUBLIC_PER_ADDRESS_PER_MINUTE,
      wrongCodesPerHour: rest.RATE_WRONG_CODES_PER_HOUR,
      wrongCodesPerCasePerDay: rest.RATE_WRONG_CODES_PER_CASE_PER_DAY,
    },
    openPerCaller: rest.OPEN_PER_CALLER,
  };
};
